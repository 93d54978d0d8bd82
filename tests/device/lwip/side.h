/* SPDX-License-Identifier: Apache-2.0 */
/* The port's side of the wire. */
#ifndef SIDE_H
#define SIDE_H

#include "wire.h"

extern struct osft_lwip net;

int side_random(void *ctx, void *dst, size_t len);
/* A fresh port, a quiet wire and a peer; and their end, with nothing left. */
int side_set_up(void **state);
int side_tear_down(void **state);

/* Calls open until it does not return 0. */
int side_open(const char *host, uint16_t tcp_port);
/* The same, which must succeed. */
void side_connect(void);
/* Receives until recv neither gives nor blocks; that result. step: bytes it may take at most each
 * time. */
int side_read_all(uint8_t *dst, size_t cap, size_t step, size_t *len);
/* Sends all. */
void side_write_all(const uint8_t *src, size_t len);
/* size bytes that are nowhere the same for long; the caller frees them. */
uint8_t *side_bytes(size_t size);

#endif
