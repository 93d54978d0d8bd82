/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a listening TCP socket. */
#ifndef LISTEN_H
#define LISTEN_H

#include <stdint.h>

#define URL_SIZE 80 /* bytes of http://[ADDRESS]:PORT/ with its NUL */

/* Why a socket could not be opened: the arguments for config_report(), which are parts of
 * sentences. */
struct listen_problem {
    const char *key; /* the setting that is wrong: "address" or "port" */
    char what[160];
    const char *advice;
};

/* Whether the text is a numeric address. Names are not accepted, as looking them up can take
 * long. */
int is_numeric_address(const char *address);
/* Whether the address can be reached only from this machine. */
int is_loopback_address(const char *address);

/* Open a socket.
 * port:    0: any free port
 * returns: a non-blocking listening socket, with its URL in url; or -1 with *problem set */
int open_listener(const char *address, uint16_t port, char url[URL_SIZE],
                  struct listen_problem *problem);

#endif
