/* SPDX-License-Identifier: Apache-2.0 */
/* An Ethernet driver, polled. Why polled: the loop turns at least once a millisecond, the chips hold frames
 * until then, lwIP without an OS must not be entered from an interrupt anyway, and so nothing needs a lock.
 * What that costs is a millisecond of latency where the loop sleeps. TCP's window is smaller than either
 * chip's memory, so a server cannot outrun the loop while it computes.
 */
#ifndef NIC_H
#define NIC_H

#include "lwip/pbuf.h"

/* Take the address and start. 0, or < 0: there is no such chip. */
int nic_init(const uint8_t mac[6]);
/* The frame that waits, or NULL. It has ETH_PAD_SIZE bytes in front. A frame for which there is no memory
 * is dropped, which TCP mends. */
struct pbuf *nic_recv(void);
/* p likewise begins with ETH_PAD_SIZE bytes, which are the driver's to write on. 0, or < 0: not now. */
int nic_send(struct pbuf *p);

/* For drivers. A frame of size bytes, without pad, is in the chip, and fifo yields its 32-bit words, pad
 * first, then extra words that are nobody's. first: the first word, where it has been read; else NULL. */
struct pbuf *nic_take(volatile uint32_t *fifo, uint32_t size, uint32_t extra,
                      const uint32_t *first);
/* Write p, pad included, word by word. */
void nic_give(volatile uint32_t *fifo, const struct pbuf *p);

#endif
