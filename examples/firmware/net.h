/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP on the driver: address, name server, the polling of both. */
#ifndef NET_H
#define NET_H

#include "osft_lwip.h"

/* Start the driver and lwIP. args: of a test, how to spoil the network: drop=PERCENT of the frames each way,
 * delay=PERCENT of those received until the next one or 30 ms have passed, seed=N. 0, or -1: no driver. */
int net_init(const char *args);
/* One turn: frames in, timers. 1: something came, turn again before you sleep. */
int net_poll(void);
/* 1: there is an address. */
int net_is_up(void);
void net_log(void);
/* The port: over lwIP, and to the settings' address where there is one. */
void net_port(struct osft_lwip *p);

#endif
