/* SPDX-License-Identifier: Apache-2.0 */
/* Poll loops over real sockets that follow osft.h: step; then poll(osft_posix_fd(),
 * osft_wait_events(), osft_wait_ms()). The tests count how often a loop turns, and how many events
 * it had to turn for. So no result depends on time. */
#ifndef POLL_H
#define POLL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>

#include "live.h"
#include "osft_proxy.h"

/* A client that a poll loop drives, and counts of what it did. */
#define CALLER_TASKS 30
struct caller {
    struct osft_posix sockets;
    struct osft_port port;   /* over the sockets; counts events */
    struct osft_proxy proxy; /* over that port, if the client uses a proxy */
    struct osft_tls tls;     /* over the port or the proxy */
    struct osft_mbedtls_sha256 sha256;
    struct osft_credentials credentials;
    struct osft_retry retry;
    struct osft_settings settings;
    struct osft_client client;
    struct osft_query query;
    struct osft_task tasks[CALLER_TASKS];
    struct osft_page page;
    int has_tls;
    char work[8192];

    unsigned events;     /* events of its connection: opened, failed, closed, bytes moved, ended */
    unsigned turns;      /* steps */
    unsigned idle_turns; /* steps without an event before their time had come */
    unsigned at_once;    /* turns that were due at once while a connection was open */
};

/* Initialise a client that calls this TCP port; over TLS when ca_pem is not NULL. */
void caller_init(struct caller *caller, uint16_t tcp_port, const char *ca_pem);
/* Do the same with a client that uses a proxy at this TCP port. */
void caller_init_through_proxy(struct caller *caller, uint16_t tcp_port, const char *ca_pem);
void caller_free(struct caller *caller);
/* Start a list. limit_ms: 0: no limit */
void caller_start(struct caller *caller, uint32_t limit_ms);
/* Step the client, and count. Returns what osft_step() returned. */
int caller_step(struct caller *caller);
/* Return the descriptor and the events to poll for. */
struct pollfd caller_pollfd(const struct caller *caller);
int caller_timeout(const struct caller *caller);

/* A TCP relay between a caller and an endpoint, in the same thread. Each call of relay_move() does
 * one thing, so that the caller receives each piece of a response by itself. */
struct relay {
    uint16_t tcp_port; /* port that the relay listens on */
    size_t piece;      /* bytes that the relay gives the caller at a time */
    int is_silent;     /* 1: the relay gives the caller nothing */
    int is_proxy;      /* 1: a connection begins with CONNECT, to which the relay responds */
    unsigned pieces, connections;

    /* private */
    uint16_t endpoint_port;
    int listener, caller, endpoint;
    char bytes[65536];
    size_t len, given;
    int has_ended, has_tunnel;
};
void relay_open(struct relay *relay, uint16_t endpoint_port, size_t piece);
void relay_close(struct relay *relay);
/* Give the caller one piece, or the end of the stream; or, when there is none, forward what the
 * caller has sent and wait for the response. */
void relay_move(struct relay *relay);

#endif
