/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing values that a user types: numbers, lengths of time and hosts. Functions named parse_
 * return 0, or -1. */
#ifndef VALUES_H
#define VALUES_H

#include <stdint.h>

int parse_integer(const char *text, int64_t min, int64_t max, int64_t *value);
int is_loopback_host(const char *host);

/* Read a count and its unit (ms, s, m, h, d or w), such as 30m. Returns the milliseconds of the
 * unit, or 0 when the text is something else. */
int64_t read_amount(const char *text, int64_t *count);
int parse_duration(const char *text, uint32_t *ms); /* 1ms to 24d; without a unit: seconds */

#define HOST_SIZE 256
struct endpoint {
    char host[HOST_SIZE]; /* an IPv6 address in brackets */
    uint16_t tcp_port;    /* 0: the default of HTTP or HTTPS */
};
/* *reason: the middle of a sentence that ends with the rejected text, such as "needs HOST or
 * HOST:PORT, not" */
int parse_endpoint(const char *text, struct endpoint *endpoint, const char **reason);
int parse_region(const char *text, struct endpoint *endpoint);

#endif
