/* SPDX-License-Identifier: Apache-2.0 */
/* Functions for tests of osft-reporter's HTTP channel. The tests send requests over loopback, and
 * run the reporter's event loop turn by turn. Without libmicrohttpd these functions are not
 * compiled. */
#ifndef REPORTER_HTTP_H
#define REPORTER_HTTP_H

#include <stdint.h>
#include "../../examples/gateway/channel.h"

#define HTTP_RESPONSE_SIZE (16 << 20)

extern const struct channel http_channel;

extern struct instance http_instance; /* the reporter's only instance */
extern struct reporter http_reporter;
extern uint16_t http_port;                     /* the TCP port that the channel listens on */
extern char http_response[HTTP_RESPONSE_SIZE]; /* the last response: header and body */

/* Add a setting to the reporter's configuration, as --set does. */
void add_http_setting(const char *text);
/* set_up_http() starts the HTTP channel with one instance; tear_down_http() stops the channel. For
 * cmocka_unit_test_setup_teardown(). Returns 0. */
int set_up_http(void **state);
int tear_down_http(void **state);

/* Run one turn of the event loop: wait for the channel's descriptors and for the events of a
 * client's socket (-1: no socket), and let the channel handle them. Returns the events of the
 * client's socket. */
short turn_http(int client, short events);

/* Open a connection with the channel. Returns its socket, which does not block. */
int connect_http(void);

/* Send a request, and run the event loop until the response is complete or the connection ends.
 * has_body 0: the response has no body. Returns 1 when the connection has ended. */
int exchange_http(int fd, const char *request, int has_body);

/* Send a request on a new connection, and receive the response. Returns the HTTP status; 0: there
 * is none. */
int request_http(const char *method, const char *target, const char *headers);

/* Return the body of the last response; "" when it has none. */
const char *get_http_body(void);
/* Whether the last response contains the text. */
int http_has(const char *text);

/* Make the page and the exposition some megabytes long, which is more than a socket buffers. */
void make_http_page_large(void);

/* Send a request on a new connection, and read only the first byte of the response. Returns the
 * connection. */
int open_slow_reader(const char *target);

#endif
