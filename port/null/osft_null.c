/* SPDX-License-Identifier: Apache-2.0 */
/* Copy this folder to start a port, and replace each body by what its comment asks for.
 * port/README.md has the same as a table; core/osft_port.h is the contract.
 */
#include "osft_null.h"

/* Connect, without blocking: 1 connected, 0 call again later, < 0 failed. Tells OSFT_E_RESOLVE
 * (no such name) apart from OSFT_E_IO (no answer). A port whose connection is made elsewhere
 * leaves open and close NULL. */
static int null_open(void *ctx, const char *host, uint16_t tcp_port)
{
    (void)ctx, (void)host, (void)tcp_port;
    return OSFT_E_IO;
}

/* Take up to len bytes: how many were taken, 0 when none can be now, < 0 when the connection is
 * dead. src is the caller's again as soon as this returns. */
static int null_send(void *ctx, const void *src, size_t len)
{
    (void)ctx, (void)src, (void)len;
    return OSFT_E_IO;
}

/* Give up to cap bytes: how many, 0 when there are none yet, OSFT_EOF when the peer has ended the
 * stream, any other < 0 when the connection is dead. */
static int null_recv(void *ctx, void *dst, size_t cap)
{
    (void)ctx, (void)dst, (void)cap;
    return OSFT_E_IO;
}

/* Sleep until an event (osft_event bits) or until ms have passed; >= 0, or < 0 when dead. The one
 * function that may block. NULL in a super-loop, which calls again by itself. */
static int null_wait(void *ctx, unsigned events, uint32_t ms)
{
    (void)ctx, (void)events, (void)ms;
    return OSFT_E_IO;
}

/* Give everything back that open took, however far it came; harmless when called twice. */
static void null_close(void *ctx)
{
    (void)ctx;
}

/* Seconds since 1970 UTC. Negative while the clock is not set: never a guess. */
static int64_t null_utc_s(void *ctx)
{
    (void)ctx;
    return -1;
}

/* Fill dst with bytes that do not repeat, not even after a reset: 0, or < 0. */
static int null_random(void *ctx, void *dst, size_t len)
{
    (void)ctx, (void)dst, (void)len;
    return OSFT_E_RANDOM;
}

const struct osft_port osft_null_port = {
    NULL, /* ctx: your own struct; here nothing needs one */
    null_open,   null_send,  null_recv, null_wait,
    null_close,  null_utc_s, NULL, /* ticks_ms: milliseconds that never go back. Without it no budget is enforced */
    null_random, NULL, /* code: where your own number for the last failure stands, for people to look up */
    NULL, /* learn_utc: takes the service's time, for a device whose utc_s does not know it */
};
