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
    static const struct {
        uint8_t at, max;
    } numbers[] = { { 5, 31 }, { 12, 20 }, { 14, 99 }, { 17, 23 }, { 20, 59 }, { 23, 60 } };
    const char *s = text->ptr;
    uint32_t value[6], month, year, days, i;

    if (text->len != 29 || memcmp(s + 25, " GMT", 4) != 0) {
        return -1;
    }
    for (i = 0; i < 6; i++) {
        value[i] = (uint32_t)osft_integer(s + numbers[i].at, 2);
        if (value[i] > numbers[i].max) { /* what is no number is -1, which is more */
            return -1;
        }
    }
    for (month = 0; memcmp(s + 8, months + 3 * month, 3) != 0; month++) {
        if (month == 11) {
            return -1;
        }
    }
    if (value[0] == 0 || value[1] != 20 || value[2] < 20) {
        return -1;
    }
    year = value[2] + 30;
    /* Days before the month: 30 each, and one more for every other one, twice in a row for July and
     * August; less what February lacks. */
    days = 365 * year + ((year + 1) >> 2) + 30 * month + ((month + 1 + (month > 7)) >> 1) +
           value[0] - 1;
    if (month > 1) {
        days -= ((year + 2) & 3) == 0 ? 1 : 2;
    }
    return (int64_t)days * 86400 + (int32_t)(3600 * value[3] + 60 * value[4] + value[5]);
}
