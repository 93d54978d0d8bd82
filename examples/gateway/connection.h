/* SPDX-License-Identifier: Apache-2.0 */
/* A client and its kept connection. All instances with the same endpoint, proxy and credentials
 * share a connection, and take turns. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <poll.h>
#include "credentials.h"
#include "osft_hosted.h"
#include "reporter.h"
#include "roots.h"

struct connection {
    struct connection *next;
    int is_used; /* 1: an instance of the configuration that is being put in force uses it */

    /* Two instances share a connection when all of these members are the same. */
    struct endpoint endpoint;
    uint8_t plain_http;
    char ca[1001], proxy[601]; /* "": the default */
    int has_proxy;             /* 0: the proxy of the environment is used */
    struct key_source source;

    struct roots *roots;     /* NULL: not loaded, or not needed with plain_http */
    char roots_problem[320]; /* why the roots could not be loaded; "": no failure */
    struct osft_hosted hosted;
    struct osft_client client;
    int is_ready;      /* 1: hosted and client are initialized */
    int resolver;      /* id of the process that looks a name up; 0: there is none */
    int resolver_pipe; /* becomes readable when the process has ended */
    int is_looked_up; /* 1: the resolver has found an address for the socket that is being opened */
    int (*open_sockets)(void *ctx, const char *host, uint16_t tcp_port); /* of hosted.sockets */
    void (*close_sockets)(void *ctx);
    struct instance *polled_instance; /* the instance whose poll is in progress; NULL: none */
    int64_t not_before_ms;            /* when the next poll may begin, by get_monotonic_ms() */
    struct listing *listing;
};

/* Find the connection in *list that the instance of a section needs, or make it and add it to
 * *list. Returns NULL when there is no memory. */
struct connection *find_connection(struct connection **list, const struct config *config,
                                   const char *section);
/* Initialize hosted and client, unless they are ready. Reads files. Returns OSFT_OK or an
 * osft_error. */
int ready_connection(struct connection *connection);
/* Make hosted open a socket only after a child process has looked the name up, so that a resolver
 * that does not respond does not block the loop. connection_open.c */
void open_by_resolver(struct connection *connection);
/* Return the descriptor and events that a call in progress waits for. events 0: the call waits only
 * for a time. connection_open.c */
struct pollfd get_connection_wait(const struct connection *connection);
/* Release the memory of the last poll: its response, and the texts of client.reply. */
void forget_response(struct connection *connection);
/* Describe a result in one line of English; valid until the next call. */
const char *describe_result(struct connection *connection, int result);
/* Close the connections whose is_used is 0, and free their memory. */
void close_unused_connections(struct connection **list);

#endif
