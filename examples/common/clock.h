/* SPDX-License-Identifier: Apache-2.0 */
/* This machine's two clocks. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t get_utc_ms(void);       /* since 1970; can jump when somebody sets the clock */
int64_t get_monotonic_ms(void); /* never goes back */
/* Lower *timeout_ms to left_ms if *timeout_ms is larger. A negative left_ms counts as 0. */
void lower_timeout(int64_t *timeout_ms, int64_t left_ms);

#endif
