/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: functions for numbers and texts that several files use. */
#ifndef OSFT_TEXT_H
#define OSFT_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Divide *value, and return the remainder. divisor: at most 1 << 16. */
uint32_t osft_divide(uint64_t *value, uint32_t divisor);
/* Write a number in decimal in front of end, where 20 bytes suffice for any number. Returns where
 * it begins. */
char *osft_write_number(char *end, uint64_t number);
/* Return the value of decimal digits: 0 to INT64_MAX; -1 for any other text, and for no digits. */
int64_t osft_parse_integer(const char *text, size_t len);
/* Return the value of hexadecimal digits; for other characters an unspecified number. */
uint64_t osft_parse_hex(const char *digits, size_t count);
/* Unescape the inside of a JSON string that the grammar check has passed, from src to dst; they may
 * overlap when dst does not lie behind src. Returns the length, which is at most len. */
size_t osft_unescape(char *dst, const char *src, size_t len);
/* Whether text is the name, ignoring the case of its letters. name: in lower case, ended by a
 * NUL. */
int osft_is_equal_ignoring_case(const char *text, size_t len, const char *name);

#endif
