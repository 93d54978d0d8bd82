/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP/1.1 request, read strictly: what a lenient server would let pass, a test should see. */
#ifndef EP_WIRE_H
#define EP_WIRE_H

#include "text.h"

#define EP_HEADERS_MAX 64
#define EP_HEAD_MAX    65536
#define EP_BODY_MAX    65536

struct ep_header {
    struct osft_span name, value; /* the value without white space around it */
};

/* Everything points into the bytes that were parsed. */
struct ep_request {
    struct osft_span method, target, path, query, body;
    int keep; /* the client wants to go on with this connection */
    struct ep_header headers[EP_HEADERS_MAX];
    size_t count;
};

/* Returns the length of the whole request; 0: more bytes are needed; < 0: minus the HTTP status
 * that refuses it. */
long ep_parse(struct osft_span bytes, struct ep_request *r);

/* The first header of that name; NULL: none. */
const struct ep_header *ep_header(const struct ep_request *r, const char *name);

#endif
