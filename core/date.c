/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "request.h"

#define DAY 86400

/* Write v over the zeros at p, a digit for each unit, passing over what stands between them. */
static void digits(char *p, uint32_t v, const uint16_t *unit, int n)
{
    for (; n > 0; n--, unit++, p++) {
        if (*p == ':') {
            p++;
        }
        for (; v >= *unit; v -= *unit) {
            (*p)++;
        }
    }
}

/* By counting down, as 64-bit division would link a library routine. At most 8,029 rounds. */
int osft_date(int64_t utc_s, char date[OSFT_DATE_SIZE])
{
    static const uint16_t decimal[] = { 1000, 100, 10, 1 };
    static const uint16_t clock[] = { 36000, 3600, 600, 60, 10, 1 };
    uint32_t year = 1970, of_century = 70, month = 1, day = 1;
    int leap, days;

    if (utc_s < 0 || utc_s > INT64_C(253402300799)) {
        return OSFT_E_CLOCK;
    }
    for (;; year++, of_century++) {
        if (of_century == 100) {
            of_century = 0;
        }
        /* Of the centuries, those divisible by 400 are leap: they are divisible by 16, too. */
        leap = (year & (of_century != 0 ? 3 : 15)) == 0;
        if (utc_s < (365 + leap) * (int64_t)DAY) {
            break;
        }
        utc_s -= (365 + leap) * (int64_t)DAY;
    }
    for (;; month++) {
        /* 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 */
        days = month == 2 ? 28 + leap : 30 + (int)((month + (month >> 3)) & 1);
        if (utc_s < days * (int64_t)DAY) {
            break;
        }
        utc_s -= days * (int64_t)DAY;
    }
    for (; utc_s >= DAY; utc_s -= DAY) {
        day++;
    }
    memcpy(date, "0000-00-00T00:00:00Z", OSFT_DATE_SIZE);
    digits(date, year, decimal, 4);
    digits(date + 5, month, decimal + 2, 2);
    digits(date + 8, day, decimal + 2, 2);
    digits(date + 11, (uint32_t)utc_s, clock, 6);
    return OSFT_OK;
}
