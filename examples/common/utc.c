/* SPDX-License-Identifier: Apache-2.0 */
#include "utc.h"

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

static int is_a_date(const int field[FIELDS])
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
    if (!is_a_date(field)) {
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

    if (t != utc_s || gmtime_r(&t, &tm) == NULL ||
        strftime(text, UTC_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) != UTC_SIZE - 1) {
        return -1;
    }
    return 0;
}
