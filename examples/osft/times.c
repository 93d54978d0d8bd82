/* SPDX-License-Identifier: Apache-2.0 */
/* Times as people write them, to and from milliseconds since 1970, in whole numbers throughout. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "cmd.h"
#include "request.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

int64_t time_now_ms(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_REALTIME, &t) != 0) {
        return 0;
    }
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000000;
}

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* From year 1 on. */
static int64_t days_to(int year, int month, int day)
{
    static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    int64_t y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 - 719162 + before[month - 1] +
           (month > 2 && is_leap(year)) + day - 1;
}

static int month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Exactly count digits, then the character after (0: whatever follows). */
static int read_digits(const char **s, int count, char after, int *value)
{
    const char *p = *s;
    *value = 0;
    for (; count > 0; count--, p++) {
        if (*p < '0' || *p > '9') {
            return -1;
        }
        *value = *value * 10 + (*p - '0');
    }
    if (after != 0 && *p++ != after) {
        return -1;
    }
    *s = p;
    return 0;
}

static int read_day(const char **s, int64_t *ms)
{
    int year, month, day;
    if (read_digits(s, 4, '-', &year) != 0 || read_digits(s, 2, '-', &month) != 0 ||
        read_digits(s, 2, 0, &day) != 0 || year < 1 || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month)) {
        return -1;
    }
    *ms = days_to(year, month, day) * DAY;
    return 0;
}

static int read_fraction(const char **s, int64_t *ms)
{
    int64_t unit = 100;
    if (**s != '.') {
        return 0;
    }
    (*s)++;
    if (**s < '0' || **s > '9') {
        return -1;
    }
    for (; **s >= '0' && **s <= '9'; (*s)++, unit /= 10) {
        if (unit == 0) {
            return -1; /* finer than a millisecond could not be sent */
        }
        *ms += unit * (**s - '0');
    }
    return 0;
}

static int read_zone(const char **s, int64_t *ms)
{
    int hour, minute;
    char sign = **s;
    if (sign == 'Z') {
        (*s)++;
        return 0;
    }
    if (sign != '+' && sign != '-') {
        return -1;
    }
    (*s)++;
    if (read_digits(s, 2, ':', &hour) != 0 || read_digits(s, 2, 0, &minute) != 0 || hour > 23 ||
        minute > 59) {
        return -1;
    }
    *ms -= (sign == '+' ? 1 : -1) * (hour * HOUR + minute * MINUTE);
    return 0;
}

static int read_iso(const char *s, int64_t *ms)
{
    int hour, minute, second;
    if (read_day(&s, ms) != 0) {
        return -1;
    }
    if (*s == 0) {
        return 0;
    }
    if (*s++ != 'T' || read_digits(&s, 2, ':', &hour) != 0 ||
        read_digits(&s, 2, ':', &minute) != 0 || read_digits(&s, 2, 0, &second) != 0 || hour > 23 ||
        minute > 59 || second > 59) {
        return -1;
    }
    *ms += hour * HOUR + minute * MINUTE + second * SECOND;
    return read_fraction(&s, ms) != 0 || read_zone(&s, ms) != 0 || *s != 0 ? -1 : 0;
}

/* A count and its unit. Returns the unit's milliseconds, 0 when it is none; the count in *count. */
static int64_t read_amount(const char *s, int64_t *count)
{
    static const struct {
        char name[3];
        int64_t ms;
    } units[] = { { "ms", 1 },   { "s", SECOND }, { "m", MINUTE },
                  { "h", HOUR }, { "d", DAY },    { "w", 7 * DAY } };
    char digits[20];
    size_t n = strspn(s, "0123456789"), i;

    if (n == 0 || n >= sizeof(digits)) {
        return 0;
    }
    memcpy(digits, s, n);
    digits[n] = 0;
    if (value_int(digits, 0, INT64_MAX, count) != 0) {
        return 0;
    }
    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(s + n, units[i].name) == 0) {
            return *count <= INT64_MAX / units[i].ms ? units[i].ms : 0;
        }
    }
    return 0;
}

int time_parse(const char *s, int64_t now_ms, int64_t *ms)
{
    int64_t count = 0, unit;
    if (value_int(s, INT64_MIN, INT64_MAX, ms) == 0) {
        return 0;
    }
    if (*s != '-') {
        return read_iso(s, ms);
    }
    unit = read_amount(s + 1, &count);
    if (unit == 0 || (now_ms < 0 && count * unit > INT64_MAX + now_ms)) {
        return -1;
    }
    *ms = now_ms - count * unit;
    return 0;
}

int time_parse_date(const char *s, int64_t *ms)
{
    return strlen(s) == OSFT_DATE_SIZE && s[OSFT_DATE_SIZE - 1] == 'Z' && read_iso(s, ms) == 0 &&
                   *ms >= 0 && *ms % SECOND == 0
               ? 0
               : -1;
}

int time_parse_length(const char *s, uint32_t *ms)
{
    int64_t count = 0, unit = SECOND;
    if (value_int(s, 1, UINT32_MAX, &count) != 0) {
        unit = read_amount(s, &count);
    }
    if (unit == 0 || unit > HOUR || count == 0 || count * unit > INT32_MAX) {
        return -1;
    }
    *ms = (uint32_t)(count * unit);
    return 0;
}

void time_iso(int64_t ms, char text[TIME_TEXT])
{
    if (ms < 0 || osft_date(ms / SECOND, text) != OSFT_OK) {
        snprintf(text, TIME_TEXT, "%" PRId64 "ms", ms);
        return;
    }
    text[OSFT_DATE_SIZE] = 0;
}

void time_length(int64_t ms, char text[TIME_TEXT])
{
    int64_t s = ms / SECOND, m = ms / MINUTE, h = ms / HOUR;
    if (s == 0) {
        snprintf(text, TIME_TEXT, "%" PRId64 "ms", ms);
    } else if (m == 0) {
        snprintf(text, TIME_TEXT, "%" PRId64 "s", s);
    } else if (h == 0) {
        snprintf(text, TIME_TEXT, "%" PRId64 "m %02ds", m, (int)(s % 60));
    } else if (h < 24) {
        snprintf(text, TIME_TEXT, "%" PRId64 "h %02dm", h, (int)(m % 60));
    } else {
        snprintf(text, TIME_TEXT, "%" PRId64 "d %02dh", h / 24, (int)(h % 24));
    }
}
