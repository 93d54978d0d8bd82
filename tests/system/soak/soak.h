/* SPDX-License-Identifier: Apache-2.0 */
/* A watch that runs for a long time: it polls an endpoint whose runs start, end and vanish, and
 * which plays random faults. Then the reports are compared with the endpoint's own record. The
 * client has the clock of live.h, so a slow machine has no more time-outs than a fast one. */
#ifndef SOAK_H
#define SOAK_H

#include <stddef.h>
#include <stdint.h>

#include "live.h"
#include "osft_watch.h"

/* Runs in the watch's table: more than can start between two polls on a slow machine. */
#define SOAK_RUNS 256
#define GEN_MAX   100001 /* more than the endpoint can make */

/* A run: how it was reported, and what happened. */
struct soak_run {
    uint64_t id;
    uint8_t reported[OSFT_WATCH_DROPPED + 1]; /* number of reports, by event */
    int64_t start_ms, end_ms;                 /* when it started and ended; 0: it did not */
    uint8_t end;                              /* the osft_watch_event at end_ms */
};

/* A poll that succeeded, from before its request to after its response. */
struct soak_poll {
    int64_t began_ms, ended_ms;
};

struct soak_memory {
    long heap;      /* bytes of the heap in use by the whole program; -1: not known */
    long resident;  /* resident bytes; -1: not known */
    long our_calls; /* calls of malloc and its like by core and port */
};

struct soak {
    struct live_client client;
    struct live endpoint;
    struct osft_watch watch;
    struct osft_run runs[SOAK_RUNS];
    struct soak_run *seen;   /* GEN_MAX elements, by generation */
    struct soak_poll *polls; /* polls that succeeded */
    size_t well, failed, reports, progressed, restarts, refused_blobs;
    size_t wrong;                 /* reports of events that are impossible */
    size_t newest;                /* the newest generation */
    size_t by_error[64];          /* number of failed polls, by minus osft_error */
    struct soak_memory warm, end; /* memory after a fifth of the polls, and after all */
    char log[LIVE_PATH_MAX], events[LIVE_PATH_MAX];
    long log_at;       /* offset up to which the log was read for requests without a response */
    size_t unanswered; /* such requests that the client has not been told of */
    uint64_t random;
};

/* Make `polls` polls. Returns 0, or -1 when the program could not begin or did not end. */
int soak_run(struct soak *s, size_t polls, int secure, unsigned seed);
/* Read the endpoint's record of events. Returns 0, or -1. */
int soak_truth(struct soak *s);

/* The result of the comparison. */
struct soak_verdict {
    size_t started, succeeded, failed, vanished; /* events before the last poll */
    size_t
        unseen;   /* runs that started and vanished between two polls, so that no poll shows them */
    size_t lost;  /* events that were not reported */
    size_t twice; /* events that were reported more than once */
    size_t untrue; /* reports of events that have not happened */
};
void soak_compare(const struct soak *s, struct soak_verdict *v);

/* Print a line for each kind of fault in the log. Returns how many requests met a fault; *requests
 * gets the number of all. */
size_t soak_faults(const struct soak *s, size_t *requests);

struct soak_memory soak_memory(void);
extern long soak_heap_calls;

#endif
