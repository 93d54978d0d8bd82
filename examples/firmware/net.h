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
#if FIRMWARE_SNTP
/* Ask the settings' SNTP server now, each hour from then on, and as RFC 4330 says while it is silent; its
 * answers go to device_told(). 0: there is none. */
int net_sntp(void);
void net_sntp_end(void); /* ask no more */
#endif
void net_log(void);
/* The port: over lwIP, and to the settings' address where there is one. */
void net_port(struct osft_lwip *p);

#endif
