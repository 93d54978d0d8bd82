/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: JSON's escapes. */
#ifndef OSFT_UNESCAPE_H
#define OSFT_UNESCAPE_H

#include <stddef.h>
#include <stdint.h>

/* 0 to 15, or more when b is no hex digit. */
unsigned osft_hex_digit(uint8_t b);
/* What a backslash and b stand for, or 0 when b is none of "\/bfnrt. */
char osft_unescape_char(uint8_t b);
/* The inside of a string that the grammar check has passed, from src to dst; dst may overlap src
 * when it does not lie after it. Returns the length, which is never more than len. */
size_t osft_unescape(char *dst, const char *src, size_t len);

#endif
