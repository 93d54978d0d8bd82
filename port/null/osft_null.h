/* SPDX-License-Identifier: Apache-2.0 */
/* A port that has nothing: links everywhere, and answers "no network". The template for a new one. */
#ifndef OSFT_NULL_H
#define OSFT_NULL_H

#include "osft_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* open, send, recv and wait: OSFT_E_IO. utc_s: -1. ticks_ms: NULL. random: OSFT_E_RANDOM. */
extern const struct osft_port osft_null_port;

#ifdef __cplusplus
}
#endif
#endif
