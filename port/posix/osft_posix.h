/* SPDX-License-Identifier: Apache-2.0 */
/* A port for hosted systems: TCP over POSIX sockets, the system's clocks and random source.
 *
 *     struct osft_posix sockets;
 *     osft_posix_init(&sockets);     then give &sockets.port to osft_tls_init() or to a client
 *
 * blocks:  open looks the name up with getaddrinfo(), which sleeps until the resolver answers or
 *          gives up, whatever the call's time limit is. Where that matters, pass a numeric address,
 *          put the name into the hosts file, or bound the resolver (resolv.conf: timeout,
 *          attempts). All other functions are non-blocking; only wait sleeps.
 * memory:  only what getaddrinfo() takes, given back when the connection is established or failed.
 * threads: one at a time for each struct.
 */
#ifndef OSFT_POSIX_H
#define OSFT_POSIX_H

#include "osft_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long one address of a name may take to answer while others are left to try; ms. */
#ifndef OSFT_POSIX_CONNECT_MS
#define OSFT_POSIX_CONNECT_MS 3000
#endif

struct addrinfo;

struct osft_posix {
    struct osft_port port; /* its code: errno, or with OSFT_E_RESOLVE what getaddrinfo() said */
    uint32_t connect_ms;   /* OSFT_POSIX_CONNECT_MS; may be changed after init */

    /* private */
    struct addrinfo *addresses, *next_address;
    uint32_t connect_start_ms; /* when the address being tried was asked */
    int32_t code;
    int fd;
    uint8_t state;
};

/* Fill in *posix and its port. Owns nothing until open; after use, call port.close.
 * lifetime: *posix must not move while the port is in use. */
void osft_posix_init(struct osft_posix *posix);

/* The socket, for a poll loop of your own: watch it for osft_wait_events(), level-triggered, and
 * for at most osft_wait_ms(). Ask for it again after each step: each address that is tried has a
 * socket of its own, and the client closes a connection when it must.
 * returns: -1 while there is no socket */
int osft_posix_fd(const struct osft_posix *posix);

#ifdef __cplusplus
}
#endif
#endif
