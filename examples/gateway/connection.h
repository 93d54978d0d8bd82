/* SPDX-License-Identifier: Apache-2.0 */
/* A client and its kept connection, for all instances of one endpoint, proxy and credential, which
 * take turns. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <poll.h>
#include "credentials.h"
#include "osft_hosted.h"
#include "reporter.h"
#include "roots.h"

struct connection {
    struct connection *next;
    int is_used; /* by an instance of the configuration that is being put in force */

    /* What makes two connections the same. */
    struct endpoint endpoint;
    uint8_t plain_http;
    char ca[1001], proxy[601]; /* "": the usual one */
    int has_proxy;             /* 0: the environment's */
    struct key_source source;

    struct roots *roots;     /* NULL: not loaded, or not needed with plain_http */
    char roots_problem[320]; /* why the roots could not be loaded; "": they could */
    struct osft_hosted hosted;
    struct osft_client client;
    int is_ready;      /* hosted and client were made */
    int resolver;      /* process that looks a name up; 0: none */
    int resolver_pipe; /* can be read when the process has ended */
    int is_looked_up;  /* the name of the socket that is being opened has an address */
    int (*open_sockets)(void *ctx, const char *host, uint16_t tcp_port); /* of hosted.sockets */
    void (*close_sockets)(void *ctx);
    struct instance *turn; /* whose call is in progress; NULL: none is */
    int64_t not_before_ms; /* by the monotonic clock: the service has asked to wait that long */
    struct listing *listing;
};

/* Finds the one that an instance of the configuration needs, or makes it, in *list. Returns NULL
 * when there is no memory. */
struct connection *find_connection(struct connection **list, const struct config *config,
                                   const char *section);
/* Make hosted and client, unless they are there. Reads files. Returns OSFT_OK or an osft_error. */
int ready_connection(struct connection *connection);
/* connection_open.c: from now on hosted opens a socket only after a child process has looked the
 * name up, so that a resolver that is away stops nothing. */
void open_by_resolver(struct connection *connection);
/* connection_open.c: what a call in progress waits for. events 0: only for its time. */
struct pollfd get_connection_wait(const struct connection *connection);
/* Give back what the last poll has left in memory: its response, and texts of client.reply. */
void forget_response(struct connection *connection);
/* One line of English about a result; valid until the next call. */
const char *describe_result(struct connection *connection, int result);
/* Close those that are not used any more, and give their memory back. */
void close_unused_connections(struct connection **list);

#endif
