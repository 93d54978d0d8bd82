/* SPDX-License-Identifier: Apache-2.0 */
/* Dates in UTC as texts, for the programs in this folder. */
#ifndef UTC_H
#define UTC_H

#include <stddef.h>
#include <stdint.h>

int days_in_month(int year, int month); /* month: from 1 */

/* Reads exactly 2024-02-29T23:59:59Z, a second that exists. Returns 0 with seconds since 1970, or
 * -1. */
int parse_utc(const char *text, size_t len, int64_t *utc_s);

#define UTC_SIZE 21 /* of 2024-02-29T23:59:59Z and a NUL */

/* Writes such a text. Returns 0, or -1 outside the years 1000 to 9999. */
int format_utc(int64_t utc_s, char text[UTC_SIZE]);

#endif
