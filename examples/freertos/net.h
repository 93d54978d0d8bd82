/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP with its thread, over the Ethernet driver of examples/firmware/. */
#ifndef NET_H
#define NET_H

/* Start lwIP's thread, the driver, the task that receives frames, and DHCP. Call this before the
 * scheduler is started. args: how a test disturbs the network (ethernet.h). */
void net_start(const char *args);
/* Make the calling task one that may use sockets, and sleep until the device has an address. */
void net_wait_for_address(void);
void net_log(void);

#endif
