/* SPDX-License-Identifier: Apache-2.0 */
#include "osft_port_tools.h"

#include <string.h>

/* 9999-12-31 23:59:59, the last second that dates in HTTP and in certificates can express. */
#define LAST_UTC_S INT64_C(253402300799)

static size_t length_without_zone(const char *address, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (address[i] == '%') {
            return i;
        }
    }
    return len;
}

size_t osft_bare_host(const char *host, enum osft_zone zone, char *bare, size_t room)
{
    size_t len = strlen(host);

    if (host[0] == '[') {
        if (host[len - 1] != ']') {
            return 0;
        }
        host++;
        len -= 2;
        if (zone == OSFT_DROP_ZONE) {
            len = length_without_zone(host, len);
        }
    } else if (len > 0 && host[len - 1] == '.') {
        len--;
    }
    if (len >= room) {
        return 0;
    }
    memcpy(bare, host, len);
    bare[len] = 0;
    return len;
}

void osft_learn_utc(struct osft_learned_clock *clock, int64_t utc_s, uint32_t ticks_ms)
{
    if (utc_s >= 0 && utc_s <= LAST_UTC_S) {
        clock->utc_s = utc_s;
        clock->ticks_ms = ticks_ms;
        clock->is_known = 1;
    }
}

int64_t osft_learned_utc_s(struct osft_learned_clock *clock, uint32_t ticks_ms)
{
    if (!clock->is_known) {
        return -1;
    }
    /* The clock moves in whole seconds, and ticks_ms keeps the rest, so that frequent calls lose no
     * millisecond. The difference is correct also when the ticks wrap. */
    uint32_t passed_s = (ticks_ms - clock->ticks_ms) / 1000;
    clock->utc_s += passed_s;
    clock->ticks_ms += passed_s * 1000;
    return clock->utc_s;
}

/* A year is counted from 1 March, so that the leap day is the last day of the year. The months from
 * March on have 31, 30, 31, 30, 31 days, again and again: 153 days in five months. */
int64_t osft_seconds_of_date(int year, int month, int day, int hour, int minute, int second)
{
    int32_t months = month >= 3 ? month - 3 : month + 9; /* since March */
    int32_t years = month >= 3 ? year : year - 1;
    int32_t days =
        365 * years + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 1;

    days -= 719468; /* from 1 March of the year 0 to 1970 */
    return (int64_t)days * 86400 + ((int32_t)hour * 60 + minute) * 60 + second;
}
