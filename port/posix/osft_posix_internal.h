/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: the functions of the POSIX port that need no connection. They ignore ctx. */
#ifndef OSFT_POSIX_INTERNAL_H
#define OSFT_POSIX_INTERNAL_H

#include "osft_posix.h"

int64_t osft_posix_utc_s(void *ctx);
uint32_t osft_posix_ticks_ms(void *ctx);
int osft_posix_random(void *ctx, void *buffer, size_t len);

#endif
