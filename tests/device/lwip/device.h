/* SPDX-License-Identifier: Apache-2.0 */
/* The device's end of the wire: the port that is tested. */
#ifndef DEVICE_H
#define DEVICE_H

#include "wire.h"

extern struct osft_lwip lwip;

int device_random(void *ctx, void *buffer, size_t len);
/* Makes a new port, a wire that loses nothing, and a peer; ends them, and fails if lwIP then holds
 * anything. */
int device_set_up(void **state);
int device_tear_down(void **state);

/* Calls open until it does not return 0, and returns that. */
int device_open(const char *host, uint16_t tcp_port);
/* Connects to the peer, which must succeed. */
void device_connect(void);
/* Receives until the buffer is full, or recv returns an error or OSFT_EOF; returns what recv did.
 * step: how many bytes recv is asked for at most. */
int device_receive_all(uint8_t *buffer, size_t room, size_t step, size_t *len);
void device_send_all(const uint8_t *bytes, size_t len);
/* What the port's awaits makes of these events and of "no limit"; *ms is the limit that it sets. */
unsigned device_awaits(unsigned events, uint32_t *ms);
/* size bytes without repetition; the caller frees them. */
uint8_t *make_bytes(size_t size);

#endif
