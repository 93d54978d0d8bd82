/* SPDX-License-Identifier: Apache-2.0 */
/* Limits the time that each connection of the HTTP channel may take, so that clients that send or
 * read slowly cannot keep all others out. The caller passes the time, by get_monotonic_ms(). */
#ifndef HTTP_CLIENTS_H
#define HTTP_CLIENTS_H

#include <stdint.h>

#define HTTP_CLIENTS_MAX 16

/* The longest time of a request, from the start of the connection or from the end of the last
 * response. */
#define HTTP_REQUEST_MS 10000

/* The longest time of a response. The largest body has some megabytes, which take less than this
 * over the slowest network of a gateway; Prometheus gives up after 10 s. */
#define HTTP_RESPONSE_MS 60000

/* The longest time of a response while connections or memory are scarce. */
#define HTTP_SCARCE_MS 10000

enum http_phase {
    HTTP_NONE,     /* this entry is free */
    HTTP_REQUEST,  /* a request is awaited, or is being received */
    HTTP_RESPONSE, /* a response is being sent */
    HTTP_ENDED     /* the socket was shut down, and will be closed */
};

/* An open connection. */
struct http_client {
    int fd; /* its socket */
    enum http_phase phase;
    int64_t since_ms; /* when the phase began */
};

/* Add an entry for a connection that begins. Returns the entry, or NULL when all entries are in
 * use. */
struct http_client *add_http_client(int fd, int64_t now_ms);

/* Remove the entry of a connection before its socket is closed. */
void remove_http_client(struct http_client *client);

/* Note that a request was read, and that its response begins to be sent. */
void note_http_response(struct http_client *client, int64_t now_ms);

/* Note that a response was sent. The connection is kept for the next request. If all entries are in
 * use, its socket is shut down instead, so that a waiting client can connect. */
void note_http_response_end(struct http_client *client, int64_t now_ms);

/* Shut down the sockets of connections whose time is over. is_scarce: 1 while memory is scarce.
 * Returns the time until this function must be called again; ms, INT64_MAX: no connection has a
 * time limit. */
int64_t end_slow_http_clients(int64_t now_ms, int is_scarce);

#endif
