/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: small readers of text that more than one step needs. */
#ifndef OSFT_TEXT_H
#define OSFT_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* The nth, from 0, of texts that lie behind each other, each ended by a NUL. */
const char *osft_nth(const char *texts, unsigned n);
/* Which of the first n of these texts is s, but for the case of its first letter; n when none is. */
unsigned osft_find(const char *texts, unsigned n, const char *s, size_t len);
/* Divide *v, and return the remainder. by: at most 1 << 31. */
unsigned osft_divide(uint64_t *v, unsigned by);
/* Digits only: 0 to INT64_MAX, or -1 when there is anything else, or nothing, or too much. */
int64_t osft_integer(const char *s, size_t len);
/* The number that n hex digits write. What is no hex digit gives a wrong number, and no more. */
uint32_t osft_hex(const char *hex, size_t n);
/* The inside of a JSON string that the grammar check has passed, from src to dst; they may overlap
 * when dst does not lie after src. Returns the length, which is never more than len. */
size_t osft_unescape(char *dst, const char *src, size_t len);

#endif
