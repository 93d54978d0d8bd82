/* SPDX-License-Identifier: Apache-2.0 */
#include "utc.h"

#include <time.h>

#define DAY_S 86400

static int is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Years are counted from March, so that the leap day is the last of a year. */
int64_t days_since_1970(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int months = month > 2 ? month - 3 : month + 9;

    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * months + 2) / 5 + day - 1 - 719468;
}

int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap_year(year));
}

int parse_utc(const char *text, size_t len, int64_t *utc_s)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };
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
    if (field[YEAR] < 1 || field[MONTH] < 1 || field[MONTH] > 12 || field[DAY] < 1 ||
        field[DAY] > days_in_month(field[YEAR], field[MONTH]) || field[HOUR] > 23 ||
        field[MINUTE] > 59 || field[SECOND] > 59) {
        return -1;
    }
    *utc_s = days_since_1970(field[YEAR], field[MONTH], field[DAY]) * DAY_S + field[HOUR] * 3600 +
             field[MINUTE] * 60 + field[SECOND];
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
