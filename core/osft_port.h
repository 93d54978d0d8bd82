/* SPDX-License-Identifier: Apache-2.0 */
/* What osft needs from the device: a way to move bytes, two clocks, random bytes and SHA-256.
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

/* What a transport waits for; bits. */
enum osft_event { OSFT_READABLE = 1, OSFT_WRITABLE = 2 };

/* A port: functions that do not block, and one context pointer that each is given. Only wait may
 * sleep, and open while a name is looked up where the system has no other way; no time limit bounds
 * that.
 *
 * open, send and recv return > 0 on success (open: 1; send and recv: the number of bytes moved),
 * 0 when they would block, and < 0 when the connection is dead. A negative result from -31 to -16
 * is an osft_error and reaches the caller as it is; any other becomes OSFT_E_IO.
 * lifetime: the struct and ctx must outlive every client that uses them.
 * threads:  the functions are called only from within calls on one client; one connection a struct.
 */
struct osft_port {
    void *ctx;
    /* Connect to a host (a name, an IPv4 address, or an IPv6 address in brackets; ended by a NUL)
     * and a TCP port. Called again with the same text until it does not return 0, and again after
     * close. */
    int (*open)(void *ctx, const char *host, uint16_t tcp_port);
    /* Send up to len bytes. When send took nothing, the next send begins with the same bytes,
     * unless the connection is closed first; recv may be called in between. A port may rely on
     * that, for example when it has already made a TLS record of them. */
    int (*send)(void *ctx, const void *bytes, size_t len);
    /* Receive up to room bytes; OSFT_EOF when the peer has ended the stream in an orderly way. Also
     * called when send has taken none or failed, and for one byte before a kept connection is used
     * again; when it has received none, it must leave the buffer as it is. */
    int (*recv)(void *ctx, void *buffer, size_t room);
    /* Sleep until one of the events (osft_event bits) has happened or ms have passed; earlier
     * returns are allowed. events 0: only time is waited for, and there may be no connection. ms is
     * any number; UINT32_MAX: no limit. The result is ignored: the next send or recv reports what
     * happened. NULL: the blocking calls poll without a pause. */
    int (*wait)(void *ctx, unsigned events, uint32_t ms);
    /* Translate a wait. The caller wants to wait for events (never 0) for at most *ms. Return the
     * osft_event bits that the lowest transport must wait for instead, and lower *ms when there is
     * something to do earlier (0: at once); a higher *ms is not heeded. TLS needs it, and a port
     * with timers of its own. NULL: the events are the same at all levels. */
    unsigned (*awaits)(void *ctx, unsigned events, uint32_t *ms);
    /* Give back all that open took. Harmless when repeated, and after an open that failed. */
    void (*close)(void *ctx);
    /* Seconds since 1970 UTC; < 0: the time is not known. */
    int64_t (*utc_s)(void *ctx);
    /* Milliseconds of a clock that never goes back; it may wrap at 2^32. NULL: then no time limit
     * is kept, a watch does not wait between polls, nothing is retried, and no connection is
     * kept. */
    uint32_t (*ticks_ms)(void *ctx);
    /* Fill buffer with bytes that do not repeat, not even after a reset; 0, or not 0 on failure.
     * They become nonces, never keys. */
    int (*random)(void *ctx, void *buffer, size_t len);
    /* Where the port's own number for its last failure stands; NULL: it has none. */
    const int32_t *code;
    /* Takes the service's time, UTC seconds, while utc_s does not know it. The port may reject it;
     * then utc_s stays negative. NULL: the client keeps the time itself, and uses it for signing
     * only. */
    void (*learn_utc)(void *ctx, int64_t utc_s);
};

/* SHA-256, and HMAC with SHA-256. Clients of one thread may share it: one digest is in progress at
 * a time, and never between two calls of a client. start discards what came
 * before. The HMAC's key is the AccessKeySecret: where a secure element computes the HMAC, key can
 * be whatever tells it which secret to use. Each function returns 0, or another number on failure,
 * and leaves nothing of its input in ctx when finish or hmac returns.
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
