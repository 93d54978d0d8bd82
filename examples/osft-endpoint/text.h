/* SPDX-License-Identifier: Apache-2.0 */
/* Text that grows, and the few conversions that everything here needs. The endpoint is a program
 * for a development machine: it allocates as much memory as responses need, and ends when there is
 * none.
 */
#ifndef EP_TEXT_H
#define EP_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "osft.h"

/* Starts as all zero. mem is ended by a NUL, not counted in len, once anything was put. */
struct ep_text {
    char *mem;
    size_t len, cap;
};

void ep_reserve(struct ep_text *t, size_t more);
void ep_put(struct ep_text *t, const void *src, size_t len);
void ep_puts(struct ep_text *t, const char *s);
void ep_put_span(struct ep_text *t, struct osft_span s);
/* printf for short pieces: at most 255 bytes a call, the rest is dropped. */
void ep_putf(struct ep_text *t, const char *format, ...);
/* The same byte len times. */
void ep_fill(struct ep_text *t, char c, size_t len);
void ep_put_hex(struct ep_text *t, const unsigned char *src, size_t len);
/* Take the first len bytes away. */
void ep_drop(struct ep_text *t, size_t len);
/* Add a whole file. Returns 0, or -1 with errno. */
int ep_read(struct ep_text *t, const char *path);
void ep_free(struct ep_text *t);

struct osft_span ep_span(const char *s);
struct osft_span ep_span_of(const struct ep_text *t);
int ep_same(struct osft_span s, const char *text);
/* The same, letters of either case. */
int ep_same_nocase(struct osft_span s, const char *text);
/* Take a text off the beginning of *rest. Returns 0, or -1 when it does not begin with that. */
int ep_take(struct osft_span *rest, const char *text);
/* The value of a hexadecimal digit; -1: it is none. */
int ep_hex_digit(int c);
/* Decimal, whole, with an optional minus. Returns 0, or -1 when s is no 64-bit integer. */
int ep_int64(struct osft_span s, int64_t *value);
/* A pseudo-random number that depends on these two alone, so that each run of the endpoint with the
 * same seed does the same. */
uint64_t ep_mix(uint64_t seed, uint64_t salt);

#endif
