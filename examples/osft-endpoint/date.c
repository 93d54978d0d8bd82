/* SPDX-License-Identifier: Apache-2.0 */
#include "date.h"

#include <time.h>

/* Days from 1970-01-01, counting years from March so that the leap day comes last. */
static int64_t days(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return y * 365 + y / 4 - y / 100 + y / 400 + in_year - 719468;
}

static int month_length(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

int ep_date_parse(struct osft_span text, int64_t *utc_s)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    int field[6] = { 0 }, n = 0;
    size_t i;

    if (text.len != sizeof(form) - 1)
        return -1;
    for (i = 0; i < text.len; i++) {
        if (form[i] == 'd' && text.ptr[i] >= '0' && text.ptr[i] <= '9')
            field[n] = field[n] * 10 + text.ptr[i] - '0';
        else if (form[i] == 'd' || form[i] != text.ptr[i])
            return -1;
        else
            n++;
    }
    if (field[1] < 1 || field[1] > 12 || field[2] < 1 ||
        field[2] > month_length(field[0], field[1]) || field[3] > 23 || field[4] > 59 ||
        field[5] > 59)
        return -1;
    *utc_s =
        days(field[0], field[1], field[2]) * 86400 + field[3] * 3600 + field[4] * 60 + field[5];
    return 0;
}

static void put(int64_t utc_s, const char *format, struct ep_text *out)
{
    time_t t = (time_t)utc_s;
    char text[64];
    struct tm tm;

    if (gmtime_r(&t, &tm))
        ep_put(out, text, strftime(text, sizeof(text), format, &tm));
}

void ep_date_iso(int64_t utc_s, struct ep_text *out)
{
    put(utc_s, "%Y-%m-%dT%H:%M:%SZ", out);
}

void ep_date_http(int64_t utc_s, struct ep_text *out)
{
    put(utc_s, "%a, %d %b %Y %H:%M:%S GMT", out);
}
