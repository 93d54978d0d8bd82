/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: small functions on text that several files need. */
#ifndef OSFT_TEXT_H
#define OSFT_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Divide *value, and return the remainder. divisor: at most 1 << 16. */
uint32_t osft_divide(uint64_t *value, uint32_t divisor);
/* Write a number in decimal in front of end, where 20 bytes suffice for any. Returns its begin. */
char *osft_write_number(char *end, uint64_t number);
/* The number that decimal digits write: 0 to INT64_MAX; -1 for anything else, and for no digits. */
int64_t osft_parse_integer(const char *text, size_t len);
/* The value of hexadecimal digits. For other characters the result is unspecified, and nothing else
 * goes wrong. */
uint64_t osft_parse_hex(const char *digits, size_t count);
/* Unescape the inside of a JSON string that the grammar check has passed, from src to dst; they may
 * overlap when dst does not lie behind src. Returns the length, which is at most len. */
size_t osft_unescape(char *dst, const char *src, size_t len);
/* 1 when text is the name, whatever the case of its letters; name: in lower case, with a NUL. */
int osft_is_equal_ignoring_case(const char *text, size_t len, const char *name);

#endif
