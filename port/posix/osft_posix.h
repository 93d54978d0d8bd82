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
 * names:   the addresses of a name are tried as in RFC 8305: in the resolver's order, but families
 *          alternate; the next one is started when one fails, or after 250 ms while the earlier
 *          ones go on; the first to connect is taken. An open that follows a failure, or a
 *          connection over which no byte came, begins behind the address that was tried last.
 * memory:  only what getaddrinfo() takes, given back when the connection is established or failed.
 * threads: one at a time for each struct.
 */
#ifndef OSFT_POSIX_H
#define OSFT_POSIX_H

#include "osft_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long after an address of a name the next one is tried, while the first goes on; ms. (RFC 8305
 * calls it the connection attempt delay, and recommends 250.) */
#ifndef OSFT_POSIX_ATTEMPT_DELAY_MS
#define OSFT_POSIX_ATTEMPT_DELAY_MS 250
#endif

/* How many addresses are tried at the same time. One more ends the oldest. */
enum { OSFT_POSIX_ATTEMPTS = 6 };

struct addrinfo;

/* private: an address that is being tried */
struct osft_posix_attempt {
    int fd;
    unsigned index; /* of the address, in the order in which they are tried */
};

struct osft_posix {
    struct osft_port port;     /* its code: errno, or with OSFT_E_RESOLVE what getaddrinfo() said */
    uint32_t attempt_delay_ms; /* OSFT_POSIX_ATTEMPT_DELAY_MS; may be changed after init */

    /* private */
    struct addrinfo *addresses; /* of the name, while connecting */
    unsigned address_count;
    unsigned first_family_count; /* how many are of the first one's family */
    unsigned next_index;         /* of the address that is tried next */
    unsigned untried_count;
    uint32_t attempt_start_ms; /* when the newest attempt was started */
    int32_t code;
    int fd;                                                  /* that has connected; -1: none */
    struct osft_posix_attempt attempts[OSFT_POSIX_ATTEMPTS]; /* that go on, the oldest first */
    uint8_t attempt_count;
    uint8_t state;
    /* The address that was tried last and from which nothing has come yet: the next open begins
     * behind it. A struct sockaddr_in or sockaddr_in6. */
    uint8_t failed_len; /* 0: there is none */
    unsigned char failed[28];
};

/* Fill in *posix and its port. Owns nothing until open; after use, call port.close.
 * lifetime: *posix must not move while the port is in use. */
void osft_posix_init(struct osft_posix *posix);

/* The socket, for a poll loop of your own: watch it for osft_wait_events(), level-triggered, and
 * for at most osft_wait_ms(). Ask for it again after each step: each address that is tried has a
 * socket of its own, and the client closes a connection when it must. While several are tried, it
 * is the newest one's, and osft_wait_ms() is short enough to see to the others.
 * returns: -1 while there is no socket */
int osft_posix_fd(const struct osft_posix *posix);

#ifdef __cplusplus
}
#endif
#endif
