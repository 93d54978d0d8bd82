/* SPDX-License-Identifier: Apache-2.0 */
/* Converting times as people write them to and from milliseconds since 1970. All computations use
 * integers. */
#include <stdio.h>
#include <string.h>
#include "../common/utc.h"
#include "command.h"
#include "osft_port_tools.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

#define LAST_REQUEST_MS (INT64_C(4102444799) * SECOND) /* 2099-12-31T23:59:59Z */

static const struct osft_client *service_clock;

void set_service_clock(const struct osft_client *client)
{
    service_clock = client;
}

/* A clock that shows a time before 1970 was never set. In that case the client uses the ticks of
 * the port as its clock, and learns how far the service's clock is ahead of the ticks. This
 * function uses the same ticks. */
int64_t get_service_time_ms(void)
{
    int64_t now_ms = get_utc_ms();

    if (service_clock == NULL || service_clock->clock_offset_s == 0) {
        return now_ms;
    }
    now_ms = now_ms < 0 ? (int64_t)(uint32_t)get_monotonic_ms() : now_ms;
    return now_ms + service_clock->clock_offset_s * SECOND;
}

/* Read exactly count digits, and then the character `follows` (0: no character). Moves *text behind
 * both. Returns 0, or -1. */
static int read_digits(const char **text, int count, char follows, int *value)
{
    const char *at = *text;

    *value = 0;
    for (; count > 0; count--, at++) {
        if (*at < '0' || *at > '9') {
            return -1;
        }
        *value = *value * 10 + (*at - '0');
    }
    if (follows != 0 && *at++ != follows) {
        return -1;
    }
    *text = at;
    return 0;
}

static int read_day(const char **text, int64_t *ms)
{
    int year, month, day;

    if (read_digits(text, 4, '-', &year) != 0 || read_digits(text, 2, '-', &month) != 0 ||
        read_digits(text, 2, 0, &day) != 0 || year < 1 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month)) {
        return -1;
    }
    *ms = osft_seconds_of_date(year, month, day, 0, 0, 0) * SECOND;
    return 0;
}

static int read_fraction(const char **text, int64_t *ms)
{
    int64_t unit = 100;

    if (**text != '.') {
        return 0;
    }
    (*text)++;
    if (**text < '0' || **text > '9') {
        return -1;
    }
    for (; **text >= '0' && **text <= '9'; (*text)++, unit /= 10) {
        if (unit == 0) {
            return -1; /* a request cannot have parts of a millisecond */
        }
        *ms += unit * (**text - '0');
    }
    return 0;
}

static int read_zone(const char **text, int64_t *ms)
{
    int hour, minute;
    char sign = **text;

    if (sign == 'Z') {
        (*text)++;
        return 0;
    }
    if (sign != '+' && sign != '-') {
        return -1;
    }
    (*text)++;
    if (read_digits(text, 2, ':', &hour) != 0 || read_digits(text, 2, 0, &minute) != 0 ||
        hour > 23 || minute > 59) {
        return -1;
    }
    *ms -= (sign == '+' ? 1 : -1) * (hour * HOUR + minute * MINUTE);
    return 0;
}

/* Parse a day, or a day and a time with a zone. Returns 0, or -1. */
static int parse_iso_time(const char *text, int64_t *ms)
{
    int hour, minute, second;

    if (read_day(&text, ms) != 0) {
        return -1;
    }
    if (*text == 0) {
        return 0;
    }
    if (*text++ != 'T' || read_digits(&text, 2, ':', &hour) != 0 ||
        read_digits(&text, 2, ':', &minute) != 0 || read_digits(&text, 2, 0, &second) != 0 ||
        hour > 23 || minute > 59 || second > 59) {
        return -1;
    }
    *ms += hour * HOUR + minute * MINUTE + second * SECOND;
    return read_fraction(&text, ms) != 0 || read_zone(&text, ms) != 0 || *text != 0 ? -1 : 0;
}

int is_relative_time(const char *text)
{
    int64_t count;

    return text != NULL && *text == '-' && read_amount(text + 1, &count) != 0;
}

int parse_time(const char *text, int64_t now_ms, int64_t *ms)
{
    int64_t count = 0, unit;

    if (parse_integer(text, INT64_MIN, INT64_MAX, ms) == 0) {
        return 0;
    }
    if (*text != '-') {
        return parse_iso_time(text, ms);
    }
    unit = read_amount(text + 1, &count);
    if (unit == 0 || (now_ms < 0 && count * unit > INT64_MAX + now_ms)) {
        return -1;
    }
    *ms = now_ms - count * unit;
    return 0;
}

int parse_request_date(const char *text, int64_t *ms)
{
    int64_t utc_s;

    if (parse_utc(text, strlen(text), &utc_s) != 0) {
        return -1;
    }
    *ms = utc_s * SECOND;
    return *ms >= 0 && *ms <= LAST_REQUEST_MS ? 0 : -1;
}
