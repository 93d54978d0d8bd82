/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what the blocking loops and the link need of a client. */
#ifndef OSFT_CLIENT_H
#define OSFT_CLIENT_H

#include "osft.h"

/* Do what is wanted through the port, and sleep when it would block. Returns what to report. */
int osft_do(const struct osft_client *c, enum osft_want want, void *buf, size_t len);

#endif
