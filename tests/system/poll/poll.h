/* SPDX-License-Identifier: Apache-2.0 */
/* Poll loops over real sockets, written by the rules of osft.h: step; then poll(osft_posix_fd(),
 * osft_wait_events(), osft_wait_ms()). What is counted is how often a loop turns, and how many
 * events there were that it had to turn for. So nothing here depends on how long anything takes.
 */
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

/* A client that a poll loop drives, and what is counted of it. */
#define CALLER_TASKS 30
struct caller {
    struct osft_posix sockets;
    struct osft_port port;   /* over the sockets; counts */
    struct osft_proxy proxy; /* over that port, where it goes through one */
    struct osft_tls tls;     /* over either */
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

    unsigned
        events; /* what happened to its connection: opened, failed, closed, bytes moved, ended */
    unsigned turns;      /* steps */
    unsigned idle_turns; /* steps in which nothing happened, though their time had not come */
    unsigned at_once;    /* turns that were due at once, with a connection open */
};

/* Make a client that calls this TCP port; over TLS when ca_pem is not NULL. */
void caller_init(struct caller *caller, uint16_t tcp_port, const char *ca_pem);
/* The same through a proxy at this TCP port. */
void caller_init_through_proxy(struct caller *caller, uint16_t tcp_port, const char *ca_pem);
void caller_free(struct caller *caller);
/* Start to list. limit_ms: 0: none */
void caller_start(struct caller *caller, uint32_t limit_ms);
/* Step, and count. Returns what osft_step() did. */
int caller_step(struct caller *caller);
/* What to give to poll. */
struct pollfd caller_pollfd(const struct caller *caller);
int caller_timeout(const struct caller *caller);

/* A TCP relay between a caller and an endpoint, in the same thread. It moves only when it is told
 * to, and then does one thing: so the caller meets each piece of a response by itself. */
struct relay {
    uint16_t tcp_port; /* where it listens */
    size_t piece;      /* bytes that it gives the caller at a time */
    int is_silent;     /* 1: it gives the caller nothing any more */
    int is_proxy;      /* 1: a connection begins with CONNECT, to which it responds itself */
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
/* Do one thing: give the caller a piece, or the end of the stream; or move on what the caller has
 * sent and wait for the response. */
void relay_move(struct relay *relay);

#endif
