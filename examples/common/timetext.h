/* SPDX-License-Identifier: Apache-2.0 */
/* Formatting times for people. */
#ifndef TIMETEXT_H
#define TIMETEXT_H

#include <stdint.h>

#define TIME_SIZE 40
/* Format milliseconds since 1970 as 2024-02-29T23:59:59Z, or as their number outside the years 1000
 * to 9999. */
void format_time(int64_t ms, char text[TIME_SIZE]);
void format_duration(int64_t ms, char text[TIME_SIZE]); /* such as 3h 05m */
/* Format a length of time that a user chose, without rounding it: such as 1500ms. */
void format_limit(int64_t ms, char text[TIME_SIZE]);

#endif
