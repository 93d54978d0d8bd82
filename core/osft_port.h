/* SPDX-License-Identifier: Apache-2.0 */
/* What osft needs from the device: a way to move bytes, two clocks, random bytes and SHA-256.
 * port/README.md is the one-page guide to writing one; port/null/ is the template.
 */
#ifndef OSFT_PORT_H
#define OSFT_PORT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Everything that can go wrong, grouped by who can mend it. The values are frozen. */
enum osft_err {
    OSFT_OK = 0,

    /* the caller: change the call */
    OSFT_E_ARG = -1,   /* a value cannot be sent as it is; see osft_arg_name() */
    OSFT_E_SPACE = -2, /* the work buffer is too small; page->need says how many bytes suffice */
    OSFT_E_TASKS = -3, /* the task array is too small; page->seen says how many tasks there were */
    OSFT_E_STATE = -4, /* the call is out of order: begin first, and finish before the next */
    OSFT_E_STOPPED = -5, /* a callback of the caller's ended the call */
    OSFT_E_SAVED =
        -6, /* a saved state is damaged, or of another version or owner: begin without it */

    /* the device and its network: page->port_code has the port's own number */
    OSFT_E_IO = -16,        /* the connection failed or broke; trying again may help */
    OSFT_E_TIMEOUT = -17,   /* the call's budget ran out; trying again may help */
    OSFT_E_RESOLVE = -18,   /* the host name has no address; look at DNS and at the name */
    OSFT_E_TLS = -19,       /* TLS could not be agreed on or broke */
    OSFT_E_CERT = -20,      /* the server's certificate is not to be trusted; look at CA and name */
    OSFT_E_CERT_TIME = -21, /* the certificate is not valid now; look at the device's clock first */
    OSFT_E_CLOCK = -22,     /* the port does not know the time; set the clock */
    OSFT_E_RANDOM = -23,    /* the port's random source failed */
    OSFT_E_HASH = -24,      /* the port's SHA-256 failed */
    OSFT_E_CUT = -25,       /* the connection ended before the answer was whole; try again */

    /* something between here and the service, or the service: the answer is not what it should be */
    OSFT_E_HTTP = -32,     /* the answer breaks HTTP/1.1's rules */
    OSFT_E_JSON = -33,     /* the body is not JSON; page->offset says where */
    OSFT_E_ANSWER = -34,   /* JSON, but no such answer; page->member names the member */
    OSFT_E_HTML = -35,     /* the body is a web page: a proxy or captive portal answered */
    OSFT_E_EMPTY = -36,    /* there is no body */
    OSFT_E_REDIRECT = -37, /* a 3xx, which is never followed; look at the endpoint's name */

    /* whoever owns the account: the service said no; see http_status, code, message, request_id */
    OSFT_E_REFUSED = -48,
    OSFT_E_TOKEN = -49, /* the STS token expired and there is no other; renew it */

    /* not an error of a call: what a port's recv returns at the end of the stream */
    OSFT_EOF = -64
};

/* What a wait is for; a port that knows better (TLS does) may ignore it. */
enum osft_event { OSFT_READABLE = 1, OSFT_WRITABLE = 2 };

/* The port: functions that never block, but for wait, and one context pointer passed to each.
 *
 * open, send and recv return > 0 on success (open: 1; send and recv: bytes moved, at most len),
 * 0 when they would block, and < 0 when the connection is dead. A negative result from -31 to -16
 * is an osft_err and reaches the caller as it is; any other becomes OSFT_E_IO with page->port_code.
 * lifetime: the struct and ctx must outlive every client that uses them.
 * threads:  called only from within calls on that client; one connection per struct.
 */
struct osft_port {
    void *ctx;
    /* Connect to host (name or address, IPv6 in [], NUL-terminated) and TCP port; called again until it does
     * not return 0. Must be safe to call again after close. */
    int (*open)(void *ctx, const char *host, uint16_t tcp_port);
    int (*send)(void *ctx, const void *src, size_t len);
    int (*recv)(void *ctx, void *dst, size_t cap); /* OSFT_EOF at the orderly end of the stream */
    /* Sleep until the connection can go on, at most ms. >= 0: go on (early returns are fine).
     * < 0: dead. NULL: the blocking call polls without pause. */
    int (*wait)(void *ctx, unsigned events, uint32_t ms);
    void (*close)(void *ctx);        /* idempotent; also after a failed open */
    int64_t (*utc_s)(void *ctx);     /* seconds since 1970 UTC; < 0: not known */
    uint32_t (*ticks_ms)(void *ctx); /* monotonic, may wrap; not called when there is no budget */
    int (*random)(void *ctx, void *dst, size_t len); /* 0, or < 0. For nonces, never for keys */
    const int32_t *code; /* the port's own number for its last failure; NULL: it has none */
    /* The service's time, UTC seconds, learned by a client whose utc_s says it is not known. From now
     * on utc_s knows it, or still does not: it is not to be believed. NULL: only requests are signed
     * with it, see osft_link.h. */
    void (*learn_utc)(void *ctx, int64_t utc_s);
};

/* SHA-256 and the HMAC made with it. One digest at a time is in progress; start begins anew whatever
 * came before. The HMAC's key is the AccessKeySecret: where a secure element does the HMAC, key can
 * be whatever tells it which secret to take. Each function returns 0, or < 0 (OSFT_E_HASH for the
 * caller), and leaves nothing of its input in ctx when it is done.
 */
struct osft_sha256 {
    void *ctx;
    int (*start)(void *ctx);
    int (*update)(void *ctx, const void *src, size_t len);
    int (*finish)(void *ctx, uint8_t digest[32]);
    int (*hmac)(void *ctx, const void *key, size_t key_len, const void *src, size_t len,
                uint8_t mac[32]);
};

#ifdef __cplusplus
}
#endif
#endif
