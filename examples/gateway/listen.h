/* SPDX-License-Identifier: Apache-2.0 */
/* A TCP socket that listens. */
#ifndef LISTEN_H
#define LISTEN_H

#include <stdint.h>

#define URL_SIZE 80 /* of http://[ADDRESS]:PORT/ with its NUL */

/* What went wrong: parts of sentences, as config_report() takes them. */
struct listen_problem {
    const char *key; /* which setting is to blame: "address" or "port" */
    char what[160];
    const char *advice;
};

/* 1: the text is an address in numbers. A name would have to be looked up, which can take long. */
int is_numeric_address(const char *address);
/* 1: it can be reached from this machine only. */
int is_loopback_address(const char *address);

/* Returns a non-blocking socket, with its URL in url; or -1 with *problem set.
 * port: 0: any that is free */
int open_listener(const char *address, uint16_t port, char url[URL_SIZE],
                  struct listen_problem *problem);

#endif
