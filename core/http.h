/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: the answer's HTTP/1.1, byte by byte: head lines are looked at one at a time and given
 * up, chunk framing is removed, what comes out are the bytes of the body.
 *
 * Strict where two readers could disagree on where a body ends: bare LF, folded lines, white space
 * before a colon, both or differing lengths, signs, spaces and overflow in numbers, and codings
 * other than chunked are refused.
 */
#ifndef OSFT_HTTP_H
#define OSFT_HTTP_H

#include "osft.h"

/* States of c->http that others care about. */
enum {
    OSFT_HTTP_TO_END = 126, /* the end of the connection makes the answer whole */
    OSFT_HTTP_OVER = 127    /* the answer is whole: no byte is to follow */
};

/* The next byte; one of the body goes on to answer.h, or to the page's stream. Returns 0, or the error
 * that ends the answer: OSFT_E_HTTP, OSFT_E_REDIRECT, or what the body's reader says.
 * Lines are collected behind c->used; the values that the page keeps stay there. */
int osft_http_byte(struct osft_client *c, uint8_t b);

#endif
