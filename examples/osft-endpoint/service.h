/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to its response: everything but the sockets. */
#ifndef EP_SERVICE_H
#define EP_SERVICE_H

#include <stdio.h>

#include "reply.h"

struct ep_service {
    struct ep_gate gate;
    struct ep_store store;
    struct ep_faults faults;
    int pascal;
    const char *ram_role;   /* of this machine; NULL: it has none, and no metadata server */
    FILE *log;              /* NULL: none */
    unsigned char seed[16]; /* of request ids */
    uint64_t served;
};

/* One response that is being sent. out is used again for the next. */
struct ep_exchange {
    struct ep_plan plan;
    struct ep_text out;
    int keep;           /* the connection goes on after it */
    uint64_t conn, nth; /* for the log: which connection, which request on it (counted here) */
};

/* Make the response to a request that came at now_ms over link (for the log: plain, tls=full,
 * tls=resumed).
 * r: NULL when the request has only begun */
void ep_service_answer(struct ep_service *s, const struct ep_request *r, int64_t now_ms,
                       const char *link, struct ep_exchange *x);
/* Make the response to what was no request. */
void ep_service_reject(struct ep_service *s, int status, int64_t now_ms, const char *link,
                       struct ep_exchange *x);

#endif
