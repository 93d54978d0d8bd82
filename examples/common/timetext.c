/* SPDX-License-Identifier: Apache-2.0 */
/* Formatting times for people. All computations use integers. */
#include "timetext.h"
#include <inttypes.h>
#include <stdio.h>
#include "utc.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

void format_time(int64_t ms, char text[TIME_SIZE])
{
    if (ms < 0 || format_utc(ms / SECOND, text) != 0) {
        snprintf(text, TIME_SIZE, "%" PRId64 "ms", ms);
    }
}

void format_duration(int64_t ms, char text[TIME_SIZE])
{
    int64_t s = ms / SECOND, m = ms / MINUTE, h = ms / HOUR;

    if (s == 0) {
        snprintf(text, TIME_SIZE, "%" PRId64 "ms", ms);
    } else if (m == 0) {
        snprintf(text, TIME_SIZE, "%" PRId64 "s", s);
    } else if (h == 0) {
        snprintf(text, TIME_SIZE, "%" PRId64 "m %02ds", m, (int)(s % 60));
    } else if (h < 24) {
        snprintf(text, TIME_SIZE, "%" PRId64 "h %02dm", h, (int)(m % 60));
    } else {
        snprintf(text, TIME_SIZE, "%" PRId64 "d %02dh", h / 24, (int)(h % 24));
    }
}

void format_limit(int64_t ms, char text[TIME_SIZE])
{
    if (ms % SECOND != 0) {
        snprintf(text, TIME_SIZE, "%" PRId64 "ms", ms);
    } else if (ms >= HOUR && ms % MINUTE != 0) {
        snprintf(text, TIME_SIZE, "%" PRId64 "s", ms / SECOND);
    } else if (ms >= DAY && ms % HOUR != 0) {
        snprintf(text, TIME_SIZE, "%" PRId64 "m", ms / MINUTE);
    } else {
        format_duration(ms, text);
    }
}
