/* SPDX-License-Identifier: Apache-2.0 */
#include "utc.h"

#include <stdio.h>
#include <time.h>

#include "osft_port_tools.h"

static int is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap_year(year));
}

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };

static int is_valid_time(const int field[FIELDS])
{
    return field[YEAR] >= 1 && field[MONTH] >= 1 && field[MONTH] <= 12 && field[DAY] >= 1 &&
           field[DAY] <= days_in_month(field[YEAR], field[MONTH]) && field[HOUR] <= 23 &&
           field[MINUTE] <= 59 && field[SECOND] <= 59;
}

int parse_utc(const char *text, size_t len, int64_t *utc_s)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    int field[FIELDS + 1] = { 0 }, n = 0;
    size_t i;

    if (len != sizeof(form) - 1) {
        return -1;
    }
    for (i = 0; i < len; i++) {
        if (form[i] != 'd' && form[i] == text[i]) {
            n++;
        } else if (form[i] == 'd' && text[i] >= '0' && text[i] <= '9') {
            field[n] = field[n] * 10 + text[i] - '0';
        } else {
            return -1;
        }
    }
    if (!is_valid_time(field)) {
        return -1;
    }
    *utc_s = osft_seconds_of_date(field[YEAR], field[MONTH], field[DAY], field[HOUR], field[MINUTE],
                                  field[SECOND]);
    return 0;
}

int format_utc(int64_t utc_s, char text[UTC_SIZE])
{
    time_t t = (time_t)utc_s;
    struct tm tm;
    int length;

    if (t != utc_s || gmtime_r(&t, &tm) == NULL || tm.tm_year < 1000 - 1900) {
        return -1;
    }
    /* strftime() is not used, as it adds 4 KB to a static program. */
    length = snprintf(text, UTC_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
                      tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    return length == UTC_SIZE - 1 ? 0 : -1;
}
