/* SPDX-License-Identifier: Apache-2.0 */
/* A port for hosted systems: TCP over POSIX sockets, and the system's clocks and random source.
 *
 *     struct osft_posix sockets;
 *     osft_posix_init(&sockets);     then give &sockets.port to osft_tls_init() or to a client
 *
 * blocks:  open looks the name up with getaddrinfo(), which sleeps until the resolver answers or
 *          gives up, whatever the call's time limit is. Where this matters, pass a numeric address,
 *          put the name into the hosts file, or limit the resolver (resolv.conf: timeout,
 *          attempts). All other functions are non-blocking; only wait sleeps.
 * names:   the addresses of a name are tried as in RFC 8305: in the resolver's order, but with
 *          alternating families. The next address is tried when one fails, or after 250 ms while
 *          the earlier attempts go on; the first attempt to connect is used. After a failure, or a
 *          connection over which no byte came, the next open begins behind the address that was
 *          tried last.
 * memory:  only getaddrinfo() allocates; its memory is freed when the connection is established or
 *          has failed.
 * threads: one at a time for each struct.
 */
#ifndef OSFT_POSIX_H
#define OSFT_POSIX_H

#include "osft_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The delay between the beginnings of two attempts, while the earlier one goes on; ms. (RFC 8305
 * calls it the connection attempt delay, and recommends 250.) */
#ifndef OSFT_POSIX_ATTEMPT_DELAY_MS
#define OSFT_POSIX_ATTEMPT_DELAY_MS 250
#endif

/* How many addresses are tried at the same time. A further attempt ends the oldest one. */
enum { OSFT_POSIX_ATTEMPTS = 6 };

struct addrinfo;

/* private: an address that is being tried */
struct osft_posix_attempt {
    int fd;
    unsigned index; /* of the address, in the order in which addresses are tried */
};

struct osft_posix {
    struct osft_port port;     /* *port.code: errno; with OSFT_E_RESOLVE the error of
                                * getaddrinfo() */
    uint32_t attempt_delay_ms; /* OSFT_POSIX_ATTEMPT_DELAY_MS; may be changed after init */

    /* private */
    struct addrinfo *addresses; /* of the name, while connecting */
    unsigned address_count;
    unsigned first_family_count; /* addresses of the first address's family */
    unsigned next_index;         /* of the address that is tried next */
    unsigned untried_count;
    uint32_t attempt_start_ms; /* when the newest attempt was started */
    int32_t code;
    int fd;                                                  /* the connected socket; -1: none */
    struct osft_posix_attempt attempts[OSFT_POSIX_ATTEMPTS]; /* attempts in progress, the oldest
                                                              * first */
    uint8_t attempt_count;
    uint8_t state;
    /* The address that was tried last, if no byte has come from it: the next open begins behind
     * this address. A struct sockaddr_in or sockaddr_in6. */
    uint8_t failed_len; /* 0: there is none */
    unsigned char failed[28];
};

/* Fill in *posix and its port. The port owns nothing until open; after use, call port.close.
 * lifetime: *posix must not move while the port is in use. */
void osft_posix_init(struct osft_posix *posix);

/* Return the socket, for a poll loop of your own: watch it for osft_wait_events(), level-triggered,
 * and for at most osft_wait_ms(). Call this again after each step, because each address that is
 * tried has a socket of its own, and the client may close a connection. While several addresses are
 * tried, this is the newest attempt's socket, and osft_wait_ms() is short enough to check the
 * others.
 * returns: -1 while there is no socket */
int osft_posix_fd(const struct osft_posix *posix);

#ifdef __cplusplus
}
#endif
#endif
