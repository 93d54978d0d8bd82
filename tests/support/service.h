/* SPDX-License-Identifier: Apache-2.0 */
/* The service made of memory: a list of tasks, and a port that responds to each request from it,
 * over connections that stay open. It can misbehave. */
#ifndef SUPPORT_SERVICE_H
#define SUPPORT_SERVICE_H

#include "fake.h"
#include "osft_pages.h"

struct service_task {
    uint32_t id;            /* runId is run-ID, generation is ID; 0: both are left out */
    int64_t start, end;     /* < 0: left out */
    const char *start_text; /* startTime as it is written instead; NULL: as start says */
    int progress;           /* < 0: left out */
    const char *status;     /* NULL: left out */
    size_t pad;             /* bytes of extendInfo */
    int hides_generation;   /* 1: it is left out, with an id, too */
};

enum service_fault {
    SERVICE_GOOD,
    SERVICE_DROP,  /* the connection ends without a byte of a response */
    SERVICE_CUT,   /* it ends after cut bytes */
    SERVICE_BUSY,  /* 503 */
    SERVICE_REFUSE /* 403 */
};
enum service_total { TOTAL_RIGHT, TOTAL_ABSENT, TOTAL_WRONG };

struct service {
    struct service_task *list; /* as the service lists them: newest first, unless made otherwise */
    size_t count, room;
    uint32_t last_id;

    /* what the next response is like; between() may change it, and the list, before each */
    void (*between)(struct service *s, void *ctx);
    void *ctx;
    enum service_fault fault;
    size_t cut;
    enum service_total total;
    long wrong_total;
    int total_first;         /* totalCount comes before result */
    int ignore_number;       /* it is always page 1 */
    size_t ignore_size, cap; /* pages are of that size; of that size at most; 0: as asked */
    size_t keep;             /* a page has no more than so many of its tasks */
    size_t message;          /* bytes of message */
    int everything;          /* one page has it all */
    size_t largest;          /* a request for more tasks is refused; 0: none is */
    const char *header;      /* a header line of each response, with CR LF; NULL: none */
    const char *body;        /* a body instead of the tasks; NULL: none */

    uint32_t requests;
    int64_t page_number, page_size; /* as last asked */

    /* private, and what a client needs */
    char request[4096];
    size_t request_len;
    char *response;
    size_t response_len, response_room, given;
    int is_open, is_responding;
    uint32_t now, nonce, random;
    struct osft_port port;
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_retry retry;
    struct osft_query query;
    struct osft_client client;
    char *work;
};

/* A service without tasks, and a client of it with room bytes to work in; one attempt a call. */
struct service *service_new(size_t room);
void service_free(struct service *s);

/* A task, at place in the list. Returns it; it lives until the list is changed. */
struct service_task *service_insert(struct service *s, size_t place, int64_t start);
void service_delete(struct service *s, size_t place);
struct service_task *service_find(struct service *s, uint32_t id);

/* A generator whose numbers depend on nothing but its seed. */
uint32_t service_random(struct service *s, uint32_t below);

/* Which task of the service this is. */
uint32_t service_id(const struct osft_task *task);

#endif
