/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that osft needs from the device: a transport, two clocks, random bytes and SHA-256.
 * port/README.md is the one-page guide to writing a port; port/null/ is the template.
 */
#ifndef OSFT_PORT_H
#define OSFT_PORT_H

#include <stddef.h>
#include <stdint.h>

#include "osft_error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The events that a transport waits for; bits. */
enum osft_event { OSFT_READABLE = 1, OSFT_WRITABLE = 2 };

/* A port: functions that do not block, and a context pointer that each of them is given. Only wait
 * may sleep. open may block while a name is looked up, where the system has no other way; no time
 * limit bounds the look-up.
 *
 * open, send and recv return > 0 on success (open: 1; send and recv: the number of bytes moved),
 * 0 when they would block, and < 0 when the connection is dead. A result from -31 to -16
 * (an error of the device or its network, such as OSFT_E_IO) is passed on to the caller; any other
 * negative result becomes OSFT_E_IO, except OSFT_EOF from recv.
 * lifetime: the struct and ctx must outlive every client that uses them.
 * threads:  the functions are called only from within calls on one client; each struct has one
 *           connection.
 */
struct osft_port {
    void *ctx;
    /* Connect to a host (a name, an IPv4 address, or an IPv6 address in brackets; ended by a NUL)
     * and a TCP port. While open returns 0, the client calls open again with the same text. After
     * close, open may be called for another connection. */
    int (*open)(void *ctx, const char *host, uint16_t tcp_port);
    /* Send up to len bytes. When send has taken nothing, the next send begins with the same bytes,
     * unless the connection is closed first; recv may be called in between. A port may rely on this
     * rule, for example when it has already made a TLS record of the bytes. */
    int (*send)(void *ctx, const void *bytes, size_t len);
    /* Receive up to room bytes; OSFT_EOF when the peer has ended the stream in an orderly way. Also
     * called when send has taken nothing or has failed, and for one byte before a kept connection
     * is used again. When recv receives nothing, it must leave the buffer as it is. */
    int (*recv)(void *ctx, void *buffer, size_t room);
    /* Sleep until one of the events (osft_event bits) has happened or ms have passed; earlier
     * returns are allowed. events 0: wait for time only; there may be no connection. ms may be any
     * number; UINT32_MAX: no limit. The result is ignored: the next send or recv reports what
     * happened. NULL: the blocking calls poll without a pause. */
    int (*wait)(void *ctx, unsigned events, uint32_t ms);
    /* Translate a wait. The caller wants to wait for events (never 0) for at most *ms. Return the
     * osft_event bits that the lowest transport must wait for instead, and lower *ms when the port
     * has something to do earlier (0: at once); a higher *ms is ignored. TLS needs this function,
     * and so does a port with timers of its own. NULL: the events are the same at all levels. */
    unsigned (*awaits)(void *ctx, unsigned events, uint32_t *ms);
    /* Release everything that open acquired. Harmless when repeated, and after an open that
     * failed. */
    void (*close)(void *ctx);
    /* Return the seconds since 1970 UTC; < 0: the time is not known. */
    int64_t (*utc_s)(void *ctx);
    /* Return the milliseconds of a clock that never goes back; it may wrap at 2^32. NULL: no time
     * limit is kept, a watch does not wait between polls, nothing is retried, and no connection is
     * kept. */
    uint32_t (*ticks_ms)(void *ctx);
    /* Fill buffer with bytes that do not repeat, not even after a reset. Return 0; not 0 on
     * failure. The bytes become nonces, never keys. */
    int (*random)(void *ctx, void *buffer, size_t len);
    /* Points to the port's own number for its last failure; NULL: the port has none. */
    const int32_t *code;
    /* Take the service's time, UTC seconds; called while utc_s does not know the time. The port may
     * reject the time; then utc_s stays negative. NULL: the client keeps the time itself, and uses
     * it for signing only. */
    void (*learn_utc)(void *ctx, int64_t utc_s);
};

/* SHA-256, and HMAC with SHA-256. Clients of one thread may share it: one digest is in progress at
 * a time, and never between two calls of a client. start discards a digest in progress. The HMAC's
 * key is the AccessKeySecret: where a secure element computes the HMAC, key can be any bytes that
 * tell the element which secret to use. Each function returns 0, or another number on failure. When
 * finish or hmac returns, ctx must hold nothing of the input.
 */
struct osft_sha256 {
    void *ctx;
    int (*start)(void *ctx);
    int (*update)(void *ctx, const void *bytes, size_t len);
    int (*finish)(void *ctx, uint8_t digest[32]);
    int (*hmac)(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                uint8_t mac[32]);
};

#ifdef __cplusplus
}
#endif
#endif
