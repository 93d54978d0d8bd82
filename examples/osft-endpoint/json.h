/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for the endpoint. The code is independent of the library's, so that tests show where the two
 * disagree. */
#ifndef EP_JSON_H
#define EP_JSON_H

#include "text.h"

/* Check that text is one JSON value of RFC 8259, in valid UTF-8 and not nested deeper than 64.
 * Returns 0, or -1 with *at the offset of the error. */
int ep_json_check(struct osft_span text, size_t *at);

/* Read the next member of an object, only from text that passed ep_json_check(). Begin with *rest =
 * the object. name: the text between its quotes, not unescaped; value: as written. Returns 1, or 0
 * at the end, and at once when the value is not an object. */
int ep_json_member(struct osft_span *rest, struct osft_span *name, struct osft_span *value);

/* Unescape a JSON string, given with its quotes. A lone surrogate becomes U+FFFD. */
void ep_json_unescape(struct osft_span string, struct ep_text *out);
/* Put a text as a JSON string, with its quotes. */
void ep_json_quote(struct osft_span text, struct ep_text *out);

#endif
