/* SPDX-License-Identifier: Apache-2.0 */
/* A service in memory: a list of tasks, and a port that responds to each request from that list,
 * over connections that stay open. A test can make the service break its rules. */
#ifndef SUPPORT_SERVICE_H
#define SUPPORT_SERVICE_H

#include "fake.h"
#include "osft_pages.h"

struct service_task {
    uint32_t id; /* number of the task: runId is "run-ID", generation is "ID"; 0: both members are
                    left out */
    int64_t start, end;     /* < 0: left out */
    const char *start_text; /* startTime as JSON text, in place of start; NULL: start is used */
    int progress;           /* < 0: left out */
    const char *status;     /* NULL: left out */
    size_t pad;             /* bytes of extendInfo */
    int hides_generation;   /* 1: generation is left out although id is not 0 */
};

enum service_fault {
    SERVICE_GOOD,
    SERVICE_DROP,  /* the connection ends before the first byte of a response */
    SERVICE_CUT,   /* the connection ends after `cut` bytes of the response */
    SERVICE_BUSY,  /* 503 */
    SERVICE_REFUSE /* 403 */
};
enum service_total { TOTAL_RIGHT, TOTAL_ABSENT, TOTAL_WRONG };

struct service {
    struct service_task *list; /* in the order in which they are listed; newest first, unless a test
                                  says otherwise */
    size_t count, room;
    uint32_t last_id;

    /* how the service responds; between() is called before each response, and may change this and
     * the list */
    void (*between)(struct service *s, void *ctx);
    void *ctx;
    enum service_fault fault;
    size_t cut;
    enum service_total total;
    long wrong_total;
    int total_first;    /* 1: totalCount comes before result */
    int ignore_number;  /* 1: every page is page 1 */
    size_t ignore_size; /* the size of every page; 0: as requested */
    size_t cap;         /* the largest size of a page; 0: no limit */
    size_t keep;        /* a page contains at most this many of its tasks */
    size_t message;     /* length of the member `message` in bytes */
    int everything;     /* 1: every page contains the whole list */
    size_t largest;     /* the largest page size that is not refused; 0: none is refused */
    const char *header; /* a header line of each response, with CR LF; NULL: none */
    const char *body;   /* a body instead of the tasks; NULL: none */

    uint32_t requests;
    int64_t page_number, page_size; /* of the last request */

    /* private, then the client and what it needs */
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

/* Make a service without tasks, and a client of it that makes one attempt a call. room: bytes of
 * the work buffer. */
struct service *service_new(size_t room);
void service_free(struct service *s);

/* Insert a task at index `place` of the list. Returns the task; the pointer is valid until the list
 * is changed. */
struct service_task *service_insert(struct service *s, size_t place, int64_t start);
void service_delete(struct service *s, size_t place);
struct service_task *service_find(struct service *s, uint32_t id);

/* Return a pseudo-random number less than `below`. The same seed gives the same numbers. */
uint32_t service_random(struct service *s, uint32_t below);

/* Return the id of the service's task that the client delivered as *task. */
uint32_t service_id(const struct osft_task *task);

#endif
