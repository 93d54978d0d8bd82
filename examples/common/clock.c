/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"
#include <time.h>

int64_t get_utc_ms(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_REALTIME, &t) != 0) {
        return 0;
    }
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t get_monotonic_ms(void)
{
    struct timespec t = { 0, 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail with this clock */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void lower_timeout(int64_t *timeout_ms, int64_t left_ms)
{
    left_ms = left_ms > 0 ? left_ms : 0;
    *timeout_ms = left_ms < *timeout_ms ? left_ms : *timeout_ms;
}
