/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of a port. core/osft_port.h is their contract; port/README.md has a table of
 * them. */
#include "osft_null.h"

#include <string.h>

/* The values of the port's code, which tells the cause of a failure. A port of yours may use errno,
 * or other numbers of its system. */
enum { OSFT_NULL_NO_CODE, OSFT_NULL_NO_NETWORK, OSFT_NULL_NO_RANDOM_SOURCE };

/* Connect to a host and a TCP port without blocking. Returns 1: connected; 0: call again; < 0:
 * failed: OSFT_E_RESOLVE when there is no such name, OSFT_E_IO when there is no connection. A port
 * whose connection is made elsewhere returns 1. */
static int osft_null_open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_null *null = ctx;
    (void)host, (void)tcp_port;
    null->code = OSFT_NULL_NO_NETWORK;
    return OSFT_E_IO;
}

/* Send up to len bytes. Returns how many were taken; 0: none can be taken now, and the same bytes
 * will be offered again; < 0: the connection is dead. The buffer belongs to the caller again when
 * this returns. */
static int osft_null_send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct osft_null *null = ctx;
    (void)bytes, (void)len;
    null->code = OSFT_NULL_NO_NETWORK;
    return OSFT_E_IO;
}

/* Receive up to room bytes. Returns how many; 0: there are none yet; OSFT_EOF: the peer has ended
 * the stream; any other < 0: the connection is dead. Also called when send has taken nothing or has
 * failed. When this receives nothing, it must leave the buffer as it is. */
static int osft_null_recv_bytes(void *ctx, void *buffer, size_t room)
{
    struct osft_null *null = ctx;
    (void)buffer, (void)room;
    null->code = OSFT_NULL_NO_NETWORK;
    return OSFT_E_IO;
}

/* Sleep until one of these events (osft_event bits; 0: none) has happened or ms milliseconds have
 * passed (UINT32_MAX: without limit). Only this function may block. It may return early. port.wait
 * may be NULL where only a super-loop calls the client. */
static int osft_null_wait_for_events(void *ctx, unsigned events, uint32_t ms)
{
    struct osft_null *null = ctx;
    (void)events; /* none ever happens */
    null->ticks_ms += ms;
    return 0;
}

/* Return the events that the connection really waits for when its owner waits for these events, and
 * lower *ms when the port has something to do earlier (0: at once). port.awaits may be NULL, which
 * has the same effect as this function. */
static unsigned osft_null_awaited_events(void *ctx, unsigned events, uint32_t *ms)
{
    (void)ctx, (void)ms;
    return events;
}

/* Release everything that open acquired, also when open has not finished. Harmless when called
 * twice. */
static void osft_null_close_connection(void *ctx)
{
    (void)ctx;
}

/* Return the seconds since 1970 UTC; < 0 while the time is not known, and never a guess. A device
 * with a clock of its own reads that clock here, and leaves port.learn_utc NULL. */
static int64_t osft_null_utc_s(void *ctx)
{
    struct osft_null *null = ctx;
    return osft_learned_utc_s(&null->clock, null->ticks_ms);
}

/* Return milliseconds that never go back; they may wrap at 2^32. port.ticks_ms may be NULL: then
 * call with limit_ms 0; nothing is retried, and connections are not kept. */
static uint32_t osft_null_ticks_ms(void *ctx)
{
    struct osft_null *null = ctx;
    return null->ticks_ms++;
}

/* Fill buffer with bytes that do not repeat, not even after a reset. Returns 0; not 0: failed. */
static int osft_null_random_bytes(void *ctx, void *buffer, size_t len)
{
    struct osft_null *null = ctx;
    (void)buffer, (void)len;
    null->code = OSFT_NULL_NO_RANDOM_SOURCE;
    return OSFT_E_RANDOM;
}

/* Set the clock to the service's time; called while utc_s does not know the time. port.learn_utc
 * may be NULL. */
static void osft_null_learn_utc(void *ctx, int64_t utc)
{
    struct osft_null *null = ctx;
    osft_learn_utc(&null->clock, utc, null->ticks_ms);
}

void osft_null_init(struct osft_null *null)
{
    memset(null, 0, sizeof *null);
    null->code = OSFT_NULL_NO_CODE;
    null->port.ctx = null;
    null->port.open = osft_null_open_connection;
    null->port.send = osft_null_send_bytes;
    null->port.recv = osft_null_recv_bytes;
    null->port.wait = osft_null_wait_for_events;
    null->port.awaits = osft_null_awaited_events;
    null->port.close = osft_null_close_connection;
    null->port.utc_s = osft_null_utc_s;
    null->port.ticks_ms = osft_null_ticks_ms;
    null->port.random = osft_null_random_bytes;
    null->port.code = &null->code;
    null->port.learn_utc = osft_null_learn_utc;
}
