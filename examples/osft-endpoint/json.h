/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for the endpoint, written apart from the library's: what the two disagree on, tests show. */
#ifndef EP_JSON_H
#define EP_JSON_H

#include "text.h"

/* Whether text is one JSON value as RFC 8259 has it, in valid UTF-8 and not nested deeper than 64.
 * Returns 0, or -1 with *at the offset where it stops being one. */
int ep_json_check(struct osft_span text, size_t *at);

/* The members of an object, one a call; only for text that passed ep_json_check. Begin with
 * *rest = the object. name is between its quotes, as written; value is as written.
 * Returns 1, or 0 at the end (and at once when the value is no object). */
int ep_json_member(struct osft_span *rest, struct osft_span *name, struct osft_span *value);

/* The text that a JSON string, given with its quotes, stands for. A lone surrogate becomes
 * U+FFFD. */
void ep_json_unescape(struct osft_span string, struct ep_text *out);
/* The other way round, quotes included. */
void ep_json_quote(struct osft_span text, struct ep_text *out);

#endif
