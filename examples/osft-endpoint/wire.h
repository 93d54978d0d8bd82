/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing an HTTP/1.1 request strictly, so that tests see requests that only a lenient server would
 * accept. */
#ifndef EP_WIRE_H
#define EP_WIRE_H

#include "text.h"

#define EP_HEADERS_MAX 64
#define EP_HEAD_MAX    65536
#define EP_BODY_MAX    65536

struct ep_header {
    struct osft_span name, value; /* the value without white space around it */
};

/* A request; all spans point into the parsed bytes. */
struct ep_request {
    struct osft_span method, target, path, query, body;
    int keep; /* 1: the client wants to keep the connection */
    struct ep_header headers[EP_HEADERS_MAX];
    size_t count;
};

/* Parse a request. Returns its whole length; 0: more bytes are needed; < 0: minus the HTTP status
 * of the refusal. */
long ep_parse(struct osft_span bytes, struct ep_request *r);

/* Return the first header of that name; NULL: none. */
const struct ep_header *ep_header(const struct ep_request *r, const char *name);

#endif
