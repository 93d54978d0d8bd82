/* SPDX-License-Identifier: Apache-2.0 */
/* Dates in UTC, by the Gregorian calendar, for the programs in this folder. */
#ifndef UTC_H
#define UTC_H

#include <stddef.h>
#include <stdint.h>

/* Days from 1970-01-01 to a day of a year from 1 on. month and day: from 1 */
int64_t days_since_1970(int year, int month, int day);
int days_in_month(int year, int month);

/* Reads exactly 2024-02-29T23:59:59Z, a second that exists. Returns 0 with seconds since 1970, or -1. */
int parse_utc(const char *text, size_t len, int64_t *utc_s);

#define UTC_SIZE 21 /* of 2024-02-29T23:59:59Z and a NUL */

/* Writes such a text. Returns 0, or -1 outside the years 1000 to 9999. */
int format_utc(int64_t utc_s, char text[UTC_SIZE]);

#endif
