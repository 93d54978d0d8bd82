/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: time limits. */
#ifndef OSFT_DEADLINE_H
#define OSFT_DEADLINE_H

#include "osft.h"

/* Start a time limit that begins now. limit_ms: UINT32_MAX: there is no limit. */
void osft_start_deadline(struct osft_deadline *deadline, const struct osft_port *port,
                         uint32_t limit_ms);
/* Return how many milliseconds are left; UINT32_MAX: there is no limit. */
uint32_t osft_time_left(const struct osft_deadline *deadline, const struct osft_port *port);

#endif
