/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#define DAY 86400

static char *two(char *p, unsigned v, char after)
{
    *p = '0';
    for (; v >= 10; v -= 10) {
        (*p)++;
    }
    p[1] = (char)('0' + v);
    p[2] = after;
    return p + 3;
}

static int leap(unsigned year)
{
    /* Of the years divisible by 4, only centuries not divisible by 400 are common; for centuries
     * that is divisibility by 16. No division: some of our processors have none. */
    unsigned c = year;
    while (c >= 100) {
        c -= 100;
    }
    return (year & 3) == 0 && (c != 0 || (year & 15) == 0);
}

/* By counting down, as 64-bit division would link a library routine of 0.5 KB. At most 8,029 rounds. */
int osft_date(int64_t utc_s, char date[OSFT_DATE_SIZE])
{
    static const uint8_t month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    unsigned year = 1970, month = 0, day = 1, hour = 0, minute = 0, century = 0;
    int32_t days_in, s;
    char *p = date;

    if (utc_s < 0 || utc_s > INT64_C(253402300799)) {
        return OSFT_E_CLOCK;
    }
    for (; utc_s >= (days_in = 365 + leap(year)) * (int64_t)DAY; year++) {
        utc_s -= days_in * (int64_t)DAY;
    }
    s = (int32_t)utc_s;
    for (; s >= (days_in = month_days[month] + (month == 1 && leap(year))) * DAY; month++) {
        s -= days_in * DAY;
    }
    for (; s >= DAY; s -= DAY) {
        day++;
    }
    for (; s >= 3600; s -= 3600) {
        hour++;
    }
    for (; s >= 60; s -= 60) {
        minute++;
    }
    for (; year >= 100; year -= 100) {
        century++;
    }
    p = two(p, century, '0') - 1;
    p = two(p, year, '-');
    p = two(p, month + 1, '-');
    p = two(p, day, 'T');
    p = two(p, hour, ':');
    p = two(p, minute, ':');
    two(p, (unsigned)s, 'Z');
    return OSFT_OK;
}
