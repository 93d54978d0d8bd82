/* SPDX-License-Identifier: Apache-2.0 */
/* This machine's two clocks. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t get_utc_ms(void);       /* since 1970; it can jump */
int64_t get_monotonic_ms(void); /* never goes back */

#endif
