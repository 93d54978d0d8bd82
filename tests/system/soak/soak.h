/* SPDX-License-Identifier: Apache-2.0 */
/* A watch that runs for long: poll after poll against an endpoint whose runs start, end and vanish,
 * and that plays faults at random. Then what was reported is compared with the endpoint's own
 * record of what happened. Its clock is that of live.h, so a slow machine has no more time-outs
 * than a fast one.
 */
#ifndef SOAK_H
#define SOAK_H

#include <stddef.h>
#include <stdint.h>

#include "live.h"
#include "osft_watch.h"

#define SOAK_RUNS \
    256 /* of the watch's table: more than can start between two polls on a slow machine */
#define GEN_MAX 100001 /* the endpoint makes no more */

/* A run: what was reported of it, and what happened. */
struct soak_run {
    uint64_t id;
    uint8_t reported[OSFT_WATCH_DROPPED + 1]; /* how often, by event */
    int64_t start_ms, end_ms;                 /* what happened; 0: it did not */
    uint8_t end;                              /* the osft_watch_event at end_ms */
};

/* A poll that went well, from before its request to after its response. */
struct soak_poll {
    int64_t began_ms, ended_ms;
};

struct soak_memory {
    long heap;      /* bytes in use, of the whole program; -1: not known */
    long resident;  /* bytes; -1: not known */
    long our_calls; /* calls of malloc and its like by core and port */
};

struct soak {
    struct live_client client;
    struct live endpoint;
    struct osft_watch watch;
    struct osft_run runs[SOAK_RUNS];
    struct soak_run *seen;   /* GEN_MAX, by generation */
    struct soak_poll *polls; /* that went well */
    size_t well, failed, reports, progressed, restarts, refused_blobs;
    size_t wrong;                 /* events that cannot be */
    size_t newest;                /* generation */
    size_t by_error[64];          /* polls that failed, by minus osft_error */
    struct soak_memory warm, end; /* after a fifth of the polls, and after all */
    char log[LIVE_PATH_MAX], events[LIVE_PATH_MAX];
    long log_at;       /* how far the log was read for requests without a response */
    size_t unanswered; /* of them, those that the client has not been told of */
    uint64_t random;
};

/* Poll so often. Returns 0, or -1 when it could not begin or did not end. */
int soak_run(struct soak *s, size_t polls, int secure, unsigned seed);
/* Read the endpoint's record of what happened. Returns 0, or -1. */
int soak_truth(struct soak *s);

/* What the comparison found. */
struct soak_verdict {
    size_t started, succeeded, failed, vanished; /* what happened before the last poll */
    size_t
        unseen;   /* runs that started and vanished between two polls, so that no poll shows them */
    size_t lost;  /* events that were not reported */
    size_t twice; /* or more than once */
    size_t untrue; /* or have not happened */
};
void soak_compare(const struct soak *s, struct soak_verdict *v);

/* Print a line for each kind of fault in the log; returns how many of all requests met one. */
size_t soak_faults(const struct soak *s, size_t *requests);

struct soak_memory soak_memory(void);
extern long soak_heap_calls;

#endif
