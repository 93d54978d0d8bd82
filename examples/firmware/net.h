/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP over the Ethernet driver: addresses, name server, time server, and polling. */
#ifndef NET_H
#define NET_H

#include "osft_lwip.h"

/* Start the driver and lwIP. args: how a test disturbs the network (ethernet.h). Returns 0, or -1
 * when there is no Ethernet chip. */
int net_init(const char *args);
/* Handle one received frame, if there is one, and run lwIP's timers. Returns 1 when a frame came,
 * as another may follow, or else 0. */
int net_poll(void);
/* Whether the device has an address. */
int net_is_up(void);
/* Initialise the port over lwIP. It connects to the address in the settings, if there is one. */
void net_init_port(struct osft_lwip *lwip);
void net_log(void);
/* Return a number that nobody can guess. */
uint32_t net_random(void);

#if FIRMWARE_SNTP
/* Ask the time server in the settings now and each hour; while it does not answer, ask again as RFC
 * 4330 says. Its answers are given to sntp_time_take(). Returns 1, or 0 when the settings name no
 * time server. */
int net_start_sntp(void);
void net_stop_sntp(void);
#endif

#endif
