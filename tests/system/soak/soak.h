/* SPDX-License-Identifier: Apache-2.0 */
/* A watch that is left alone: poll after poll against an endpoint whose runs come, go and vanish, and
 * that misbehaves at random. Then the endpoint's own record of what happened is compared with what was
 * reported.
 */
#ifndef SOAK_H
#define SOAK_H

#include <stddef.h>
#include <stdint.h>

#include "live.h"
#include "osft_watch.h"

#define SOAK_RUNS 32     /* of the watch's table */
#define GEN_MAX   100001 /* the endpoint makes no more */

/* What came of a run, as reported, and as it was. */
struct soak_run {
    uint64_t id;
    uint8_t told[OSFT_WATCH_DROPPED + 1]; /* times, by event */
    int64_t start_ms, end_ms;             /* as it was; 0: not (yet) */
    uint8_t end;                          /* osft_watch_event */
};

/* A poll that came out well, from before its request to after its answer. */
struct soak_poll {
    int64_t began_ms, ended_ms;
};

struct soak_memory {
    long heap;      /* bytes in use, of the whole program; -1: cannot be said */
    long resident;  /* bytes; -1 likewise */
    long our_calls; /* of malloc and its like, by core and port */
};

struct soak {
    struct live_client client;
    struct live endpoint;
    struct osft_watch watch;
    struct osft_run runs[SOAK_RUNS];
    struct soak_run *seen;   /* GEN_MAX, by generation */
    struct soak_poll *polls; /* that came out well */
    size_t well, failed, reports, progressed, restarts, refused_blobs;
    size_t wrong;        /* reports of what is not there */
    size_t newest;       /* generation */
    size_t by_error[64]; /* polls that failed, by minus osft_err */
    struct soak_memory warm, end;
    char log[LIVE_PATH_MAX], events[LIVE_PATH_MAX];
    uint64_t lots;
};

/* What is done: so many polls. Returns 0, or -1 when it could not even begin. */
int soak_run(struct soak *s, size_t polls, int secure, unsigned seed);
/* Read what happened. Returns 0, or -1. */
int soak_truth(struct soak *s);

/* What the comparison found. */
struct soak_verdict {
    size_t started, succeeded, failed, vanished; /* that happened while the watch looked */
    size_t
        unseen; /* of them, runs that came and vanished between two polls: nobody can know them */
    size_t lost, twice, untrue;
};
void soak_compare(const struct soak *s, struct soak_verdict *v);

/* Print a line for each kind of fault in the log; returns how many of all requests met one. */
size_t soak_faults(const struct soak *s, size_t *requests);

struct soak_memory soak_memory(void);
extern long soak_heap_calls;

#endif
