/* SPDX-License-Identifier: Apache-2.0 */
/* A peer made of memory: whatever is asked, it gives the same answer, in pieces, and ends the stream. */
#ifndef FUZZ_PEER_H
#define FUZZ_PEER_H

#include "fuzz_support.h"

struct peer {
    const uint8_t *answer;
    size_t len, given;
    uint32_t cuts; /* a generator of how much each recv gives; 0: all there is */
    int at_end;
};

static inline int peer_open(void *ctx, const char *host, uint16_t tcp_port)
{
    (void)ctx, (void)host, (void)tcp_port;
    return 1;
}

static inline int peer_send(void *ctx, const void *src, size_t len)
{
    (void)ctx, (void)src;
    return (int)len;
}

static inline int peer_recv(void *ctx, void *dst, size_t cap)
{
    struct peer *peer = ctx;
    size_t n = peer->len - peer->given;

    FUZZ_CHECK(cap > 0); /* who receives into nothing waits for ever */
    if (n == 0) {
        return peer->at_end;
    }
    if (peer->cuts != 0) {
        size_t most;
        peer->cuts = peer->cuts * 1664525 + 1013904223;
        most = 1 + (peer->cuts >> 24 & (peer->cuts >> 16 & 1 ? 3 : 63));
        n = n < most ? n : most;
        peer->cuts |= 1;
    }
    n = n < cap ? n : cap;
    memcpy(dst, peer->answer + peer->given, n);
    peer->given += n;
    return (int)n;
}

static inline void peer_close(void *ctx)
{
    (void)ctx;
}

static inline int64_t peer_utc(void *ctx)
{
    (void)ctx;
    return 1709251199;
}

static inline int peer_random(void *ctx, void *dst, size_t len)
{
    (void)ctx;
    memset(dst, 0x5a, len);
    return 0;
}

#endif
