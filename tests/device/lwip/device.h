/* SPDX-License-Identifier: Apache-2.0 */
/* The device's end of the simulated wire: the port that is tested. */
#ifndef DEVICE_H
#define DEVICE_H

#include "wire.h"

extern struct osft_lwip lwip;

int device_random(void *ctx, void *buffer, size_t len);
/* Begin a test: a new port, a wire that loses nothing, and a peer. device_tear_down() ends them,
 * and fails when lwIP then still holds anything. */
int device_set_up(void **state);
int device_tear_down(void **state);

/* Call open until it no longer returns 0. Returns the last result. */
int device_open(const char *host, uint16_t tcp_port);
/* Connect to the peer, and assert that this succeeds. */
void device_connect(void);
/* Receive until the buffer is full, or recv returns an error or OSFT_EOF. Returns the last result
 * of recv. step: bytes that one recv is asked for at most. */
int device_receive_all(uint8_t *buffer, size_t room, size_t step, size_t *len);
void device_send_all(const uint8_t *bytes, size_t len);
/* Call the port's awaits with these events and no limit. Returns the events that it returned; *ms
 * is the limit that it set. */
unsigned device_awaits(unsigned events, uint32_t *ms);
/* Return `size` bytes without a repeated pattern. The caller frees them. */
uint8_t *make_bytes(size_t size);

#endif
