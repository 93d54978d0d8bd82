/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: body bytes -> members and tasks.
 *
 * Follows the grammar check through the body, collects the value of one known member at a time in the
 * work buffer, and hands it to tasks.c. White space, names, unknown members and what does not fit are
 * not kept: the buffer holds the texts of what was delivered and the one value being read.
 */
#ifndef OSFT_ANSWER_H
#define OSFT_ANSWER_H

#include "osft.h"

/* Empty the page but for what its owner set, and the client but for its settings; begin an answer.
 * one: 1 when result is one object, 0 when it is an array. */
void osft_answer_init(struct osft_client *c, struct osft_page *page, int one);
/* Returns 0, or OSFT_E_JSON or OSFT_E_HTML. All else that is wrong waits for osft_answer_end(), as
 * the rest of the body decides what it is. c->used must not pass the bytes still to be read. */
int osft_answer_byte(struct osft_client *c, uint8_t b);
/* The answer is not what it should be, and member is why. */
void osft_wrong(struct osft_client *c, unsigned member);
/* The body is over: what does it come to? */
int osft_answer_end(struct osft_client *c);

#endif
