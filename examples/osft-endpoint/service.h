/* SPDX-License-Identifier: Apache-2.0 */
/* Making the response to a request: everything but the sockets. */
#ifndef EP_SERVICE_H
#define EP_SERVICE_H

#include <stdio.h>

#include "reply.h"

struct ep_service {
    struct ep_gate gate;
    struct ep_store store;
    struct ep_faults faults;
    int pascal;
    const char *ram_role;   /* the RAM role of this machine; NULL: none, and no metadata server */
    FILE *log;              /* NULL: none */
    unsigned char seed[16]; /* of request ids */
    uint64_t served;
};

/* The response that is being sent. The memory of out is used again for the next response. */
struct ep_exchange {
    struct ep_plan plan;
    struct ep_text out;
    int keep;           /* 1: the connection is kept after the response */
    uint64_t conn, nth; /* for the log: numbers of the connection and of the request on it */
};

/* Make the response to a request that came at now_ms. link: for the log, such as plain, tls=full,
 * tls=resumed. r NULL: only the beginning of the request has come. */
void ep_service_answer(struct ep_service *s, const struct ep_request *r, int64_t now_ms,
                       const char *link, struct ep_exchange *x);
/* Make the response to bytes that are not a request. */
void ep_service_reject(struct ep_service *s, int status, int64_t now_ms, const char *link,
                       struct ep_exchange *x);

#endif
