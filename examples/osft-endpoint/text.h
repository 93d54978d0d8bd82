/* SPDX-License-Identifier: Apache-2.0 */
/* Text that grows, and conversions that all files need. The endpoint is a program for a development
 * machine: it allocates as much memory as responses need, and ends when there is none. */
#ifndef EP_TEXT_H
#define EP_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "osft.h"

/* A text. Begin with all zero. After the first put, mem ends with a NUL that len does not count. */
struct ep_text {
    char *mem;
    size_t len, cap;
};

void ep_reserve(struct ep_text *t, size_t more);
void ep_put(struct ep_text *t, const void *src, size_t len);
void ep_puts(struct ep_text *t, const char *s);
void ep_put_span(struct ep_text *t, struct osft_span s);
/* Put a formatted text of at most 255 bytes; the rest is dropped. */
void ep_putf(struct ep_text *t, const char *format, ...);
/* Put the same byte len times. */
void ep_fill(struct ep_text *t, char c, size_t len);
void ep_put_hex(struct ep_text *t, const unsigned char *src, size_t len);
/* Remove the first len bytes. */
void ep_drop(struct ep_text *t, size_t len);
/* Add a whole file. Returns 0, or -1 with errno. */
int ep_read(struct ep_text *t, const char *path);
void ep_free(struct ep_text *t);

struct osft_span ep_span(const char *s);
struct osft_span ep_span_of(const struct ep_text *t);
int ep_same(struct osft_span s, const char *text);
/* Whether both texts are the same when the case of letters is ignored. */
int ep_same_nocase(struct osft_span s, const char *text);
/* Take a text off the beginning of *rest. Returns 0, or -1 when *rest does not begin with it. */
int ep_take(struct osft_span *rest, const char *text);
/* Return the value of a hexadecimal digit; -1 when the character is not one. */
int ep_hex_digit(int c);
/* Parse a decimal integer with an optional minus. Returns 0, or -1 when s is not a 64-bit
 * integer. */
int ep_int64(struct osft_span s, int64_t *value);
/* Return a pseudo-random number that depends only on seed and salt, so that each run with the same
 * seed does the same. */
uint64_t ep_mix(uint64_t seed, uint64_t salt);

#endif
