/* SPDX-License-Identifier: Apache-2.0 */
/* Functions for tests of the HTTP channel of osft-reporter. They send requests over loopback, and
 * turn the loop. They exist only with libmicrohttpd. */
#ifndef REPORTER_HTTP_H
#define REPORTER_HTTP_H

#include <stdint.h>
#include "../../examples/gateway/channel.h"

#define HTTP_RESPONSE_SIZE (16 << 20)

extern const struct channel http_channel;

extern struct instance http_instance; /* the reporter's only instance */
extern struct reporter http_reporter;
extern uint16_t http_port;                     /* of the channel */
extern char http_response[HTTP_RESPONSE_SIZE]; /* the last response, with its header */

/* Add a setting, as --set does. */
void add_http_setting(const char *text);
/* Start the channel before a test, and stop it afterwards. */
int set_up_http(void **state);
int tear_down_http(void **state);

/* Turn the loop once, with a client's socket (or -1) besides the channel's descriptors. Returns the
 * client's events. */
short turn_http(int client, short events);

/* Open a connection with the channel. Returns its socket, which does not block. */
int connect_http(void);

/* Send a request, and turn the loop until the response is complete or the connection ends. has_body
 * 0: the response is complete after its header. Returns 1 when the connection has ended. */
int exchange_http(int fd, const char *request, int has_body);

/* Send a request on a new connection. Returns the status. */
int request_http(const char *method, const char *target, const char *headers);

/* Return the body of the last response; "" when it has none. */
const char *get_http_body(void);
/* Whether the last response has the text. */
int http_has(const char *text);

/* Make the page and the exposition longer than a socket buffers: some megabytes. */
void make_http_page_large(void);

/* Send a request on a new connection, and read only the first byte of the response. Returns the
 * connection. */
int open_slow_reader(const char *target);

#endif
