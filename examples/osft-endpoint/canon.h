/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-encoding, and the canonical forms of path and query, which client and server must make in
 * the same way. */
#ifndef EP_CANON_H
#define EP_CANON_H

#include "text.h"

#define EP_PAIRS_MAX 64

/* Decode %XX. plus 1: '+' is a space, as in a query. Returns 0, or -1 on a broken %. */
int ep_decode(struct osft_span raw, int plus, struct ep_text *out);

/* Decode the segments of a path and encode them again. Returns 0, or -1. */
int ep_canonical_path(struct osft_span path, const char *bare, struct ep_text *out);

/* The decoded pairs of a query. Begin with all zero; end with ep_free(&q->text). */
struct ep_pair {
    size_t name, name_len, value, value_len; /* in text */
};
struct ep_query {
    struct ep_text text;
    struct ep_pair pairs[EP_PAIRS_MAX];
    size_t count;
};
/* Parse a query. Returns 0, or -1 on a broken % or too many pairs. */
int ep_query_parse(struct osft_span query, struct ep_query *q);
/* Count the pairs with that name. *value: set to the value of the first of them, and not changed
 * when there is none. */
size_t ep_query_find(const struct ep_query *q, const char *name, struct osft_span *value);
/* Put the pairs sorted by name and encoded. Sorts q in place. */
void ep_canonical_query(struct ep_query *q, struct ep_text *out);

#endif
