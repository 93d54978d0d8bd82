/* SPDX-License-Identifier: Apache-2.0 */
/* Converting UTC times to and from text, for the example programs. */
#ifndef UTC_H
#define UTC_H

#include <stddef.h>
#include <stdint.h>

int days_in_month(int year, int month); /* month: 1 to 12 */

/* Parse a time of exactly the form 2024-02-29T23:59:59Z. The date must exist. Returns 0 with
 * seconds since 1970, or -1. */
int parse_utc(const char *text, size_t len, int64_t *utc_s);

#define UTC_SIZE 21 /* bytes of 2024-02-29T23:59:59Z and a NUL */

/* Write a time in the same form. Returns 0, or -1 outside the years 1000 to 9999. */
int format_utc(int64_t utc_s, char text[UTC_SIZE]);

#endif
