/* SPDX-License-Identifier: Apache-2.0 */
/* An Ethernet driver. It is polled: the loop turns at least once a millisecond, and the chips hold
 * frames until then. lwIP without an OS must not be called from an interrupt anyway, so nothing
 * needs a lock. Where the loop sleeps, polling costs a millisecond of latency. TCP's window is
 * smaller than the memory of either chip, so a server cannot overrun it while the loop computes. */
#ifndef NIC_H
#define NIC_H

#include "lwip/pbuf.h"

/* Start the chip with this address. Returns 0, or < 0 when there is no such chip. */
int nic_init(const uint8_t mac[6]);
/* Take the next received frame, with ETH_PAD_SIZE bytes in front of it; NULL: there is none. A
 * frame for which there is no memory is dropped; TCP sends its segment again. */
struct pbuf *nic_recv(void);
/* Send a frame. The driver may overwrite its first ETH_PAD_SIZE bytes. Returns 0, or < 0 when the
 * chip cannot take it now. */
int nic_send(struct pbuf *frame);

/* For drivers: read a frame of size bytes from the chip. fifo: gives 32-bit words of the pad, the
 * frame, and extra words that do not belong to the frame. first: the first word, if it was read
 * already; else NULL. */
struct pbuf *nic_read_frame(volatile uint32_t *fifo, uint32_t size, uint32_t extra,
                            const uint32_t *first);
/* For drivers: write a frame, with its pad, word by word. */
void nic_write_frame(volatile uint32_t *fifo, const struct pbuf *frame);

#endif
