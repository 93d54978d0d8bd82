/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP over the Ethernet driver: addresses, name server, time server, and the polling of all. */
#ifndef NET_H
#define NET_H

#include "osft_lwip.h"

/* Start the driver and lwIP. args: how a test spoils the network, NULL: not at all; drop=PERCENT of
 * the frames each way, delay=PERCENT of those received (until the next frame, or for 30 ms),
 * seed=N. 0, or -1: there is no driver. */
int net_init(const char *args);
/* One turn: take one frame, run lwIP's timers. 1: a frame came, and there may be another. */
int net_poll(void);
/* 1: the device has an address. */
int net_is_up(void);
/* Make the port over lwIP. It connects to the settings' address, where there is one. */
void net_init_port(struct osft_lwip *lwip);
void net_log(void);

#if FIRMWARE_SNTP
/* Ask the settings' time server now and each hour, and as RFC 4330 says while it is silent;
 * sntp_time_take() is told what it says. 0: the settings name none. */
int net_start_sntp(void);
void net_stop_sntp(void);
#endif

#endif
