/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-encoding, and the canonical forms of path and query that both sides must agree on. */
#ifndef EP_CANON_H
#define EP_CANON_H

#include "text.h"

#define EP_PAIRS_MAX 64

/* What %XX stands for. plus: '+' is a space, as in a query. Returns 0, or -1 on a broken %. */
int ep_decode(struct osft_span raw, int plus, struct ep_text *out);

/* The path's segments decoded and encoded again. Returns 0, or -1. */
int ep_canonical_path(struct osft_span path, const char *bare, struct ep_text *out);

/* A query's pairs, decoded. Begin with all zero; end with ep_free(&q->text). */
struct ep_pair {
    size_t name, name_len, value, value_len; /* in text */
};
struct ep_query {
    struct ep_text text;
    struct ep_pair pairs[EP_PAIRS_MAX];
    size_t count;
};
/* Returns 0, or -1: a broken %, or too many pairs. */
int ep_query_parse(struct osft_span query, struct ep_query *q);
/* How often name is there; *value is its first value, untouched when there is none. */
size_t ep_query_find(const struct ep_query *q, const char *name, struct osft_span *value);
/* Sorted by name, encoded again. Sorts q in place. */
void ep_canonical_query(struct ep_query *q, struct ep_text *out);

#endif
