/* SPDX-License-Identifier: Apache-2.0 */
/* Times as people read them. */
#ifndef TIMETEXT_H
#define TIMETEXT_H

#include <stdint.h>

#define TIME_SIZE 40
/* Milliseconds since 1970 as 2024-02-29T23:59:59Z; outside the years 1000 to 9999 as their
 * number. */
void format_time(int64_t ms, char text[TIME_SIZE]);
void format_duration(int64_t ms, char text[TIME_SIZE]); /* such as 3h 05m */

#endif
