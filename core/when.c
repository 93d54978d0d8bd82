/* SPDX-License-Identifier: Apache-2.0 */
/* Dates in headers. */
#include <string.h>
#include "text.h"
#include "when.h"

/* Only the form that HTTP/1.1 sends, Sun, 06 Nov 1994 08:49:37 GMT, and only the years in which this
 * can be true: where the century is known, every fourth year is a leap year. */
int64_t osft_http_date(const struct osft_span *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *s = text->ptr;
    uint32_t day, month, year, hour, minute, second, days;

    if (text->len != 29 || memcmp(s + 12, "20", 2) != 0 || memcmp(s + 25, " GMT", 4) != 0) {
        return -1;
    }
    for (month = 0; memcmp(s + 8, months + 3 * month, 3) != 0; month++) {
        if (month == 11) {
            return -1;
        }
    }
    /* What is no number is a very large one, -1, and so out of bounds. */
    day = (uint32_t)osft_integer(s + 5, 2) - 1;
    year = (uint32_t)osft_integer(s + 14, 2) + 30;
    hour = (uint32_t)osft_integer(s + 17, 2);
    minute = (uint32_t)osft_integer(s + 20, 2);
    second = (uint32_t)osft_integer(s + 23, 2);
    if (day > 30 || year - 50 > 79 || hour > 23 || minute > 59 || second > 60) {
        return -1;
    }
    /* Days before the month: 30 each, and one more for every other one, twice in a row for July and
     * August; less what February lacks. */
    days = 365 * year + ((year + 1) >> 2) + 30 * month + ((month + 1 + (month > 7)) >> 1) + day;
    if (month > 1) {
        days -= ((year + 2) & 3) == 0 ? 1 : 2;
    }
    return (int64_t)days * 86400 + (int32_t)(3600 * hour + 60 * minute + second);
}
