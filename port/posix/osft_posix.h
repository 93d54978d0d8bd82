/* SPDX-License-Identifier: Apache-2.0 */
/* A port for hosted systems: TCP over POSIX sockets, the system's clocks and random source.
 *
 *     struct osft_posix net;
 *     osft_posix_init(&net);         then give &net.port to osft_tls_init() or to a client
 *
 * blocks:  open looks the name up with getaddrinfo(), which sleeps until the resolver answers or
 *          gives up, whatever the call's budget is. Where that matters, pass a numeric address,
 *          put the name into the hosts file, or bound the resolver (resolv.conf: timeout,
 *          attempts). All else is non-blocking; only wait sleeps.
 * memory:  none but what getaddrinfo() takes, given back when the connection stands or fails.
 * threads: one at a time for each struct.
 */
#ifndef OSFT_POSIX_H
#define OSFT_POSIX_H

#include "osft_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long one address may take to answer while others are left to try. */
#ifndef OSFT_POSIX_CONNECT_MS
#define OSFT_POSIX_CONNECT_MS 3000
#endif

struct addrinfo;

struct osft_posix {
    struct osft_port port; /* its code: errno, or with OSFT_E_RESOLVE what getaddrinfo() said */
    uint32_t connect_ms;   /* OSFT_POSIX_CONNECT_MS; may be changed after init */

    /* private */
    struct addrinfo *all, *next;
    uint32_t began;
    int32_t code;
    int fd;
    uint8_t state;
};

/* Fill in *p and its port. Owns nothing until open; after use, call port.close.
 * lifetime: *p must not move while the port is in use. */
void osft_posix_init(struct osft_posix *p);

#ifdef __cplusplus
}
#endif
#endif
