/* SPDX-License-Identifier: Apache-2.0 */
/* The Ethernet driver as a network interface of lwIP, with an OS and without one. */
#ifndef ETHERNET_H
#define ETHERNET_H

#include <stdint.h>

#include "lwip/ip_addr.h"
#include "lwip/netif.h"

/* For netif_add(): start the chip with the MAC address in the settings. */
err_t ethernet_init(struct netif *netif);
/* Receive one frame, if there is one, and give it to netif->input. Returns 1 when a frame came, as
 * another may follow, or else 0. */
int ethernet_poll(struct netif *netif);
/* Read a server's setting ADDRESS[:PORT]. Without a port, *port is not changed. Returns 1 when
 * there is such a setting, or else 0. */
int ethernet_get_server(const char *name, ip_addr_t *server, uint16_t *port);

/* TEST-ONLY: drop and delay frames as args say; NULL: not at all. drop=PERCENT drops frames each
 * way, delay=PERCENT delays received frames (until the next frame, or for ETHERNET_HELD_MS), seed=N
 * seeds the choice. */
void ethernet_set_faults(const char *args);
#define ETHERNET_HELD_MS 30
/* Whether a frame is being delayed: then ethernet_poll() must be called again. */
int ethernet_holds_frame(void);
/* Log the address of the device, and how many frames were dropped and delayed. */
void ethernet_log(const struct netif *netif);

#endif
