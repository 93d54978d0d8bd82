/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what the blocking loops and the link need of a client. */
#ifndef OSFT_CLIENT_H
#define OSFT_CLIENT_H

#include "osft.h"

/* Begin to count, and what is left, ms; UINT32_MAX when there is no bound. */
void osft_count_from_now(struct osft_deadline *d, const struct osft_port *port, uint32_t budget_ms);
uint32_t osft_time_left(const struct osft_deadline *d, const struct osft_port *port);

/* Do what is wanted through the port, and sleep when it would block. Returns what to report. */
int osft_do(const struct osft_client *c, enum osft_want want, void *buf, size_t len);

#endif
