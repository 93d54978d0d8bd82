/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: the dates of requests and of response headers. */
#ifndef OSFT_CALENDAR_H
#define OSFT_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

#define OSFT_DATE_LENGTH 20 /* of 2024-02-29T23:59:59Z, without a NUL */

/* Write UTC seconds in the form of the header x-acs-date. Returns OSFT_OK, or OSFT_E_CLOCK outside
 * the years 1970 to 2099. */
int osft_format_date(int64_t utc_s, char date[OSFT_DATE_LENGTH]);

/* Read a date in one of the three forms of RFC 9110, 5.6.7. The weekday is not compared with the
 * date. A leap second is read as the second after it.
 * returns: UTC seconds, or -1 when the text is no date of the years 2020 to 2099 */
int64_t osft_parse_http_date(const char *text, size_t len);

#endif
