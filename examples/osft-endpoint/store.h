/* SPDX-License-Identifier: Apache-2.0 */
/* All tasks, newest first: from a JSON Lines file, or made up; made-up runs start, move on, end and
 * vanish as time passes. */
#ifndef EP_STORE_H
#define EP_STORE_H

#include <stdio.h>

#include "task.h"

#define EP_MOVING_MAX 3
#define EP_TASKS_MAX  200000

/* A made-up task; everything in it follows from its number and from when it started. */
struct ep_made {
    uint64_t number;
    int64_t start_ms, end_ms; /* when it ends or will end */
    int64_t vanish_ms;        /* when it disappears from the list; 0: never */
    int fails;
    int arrived; /* not there when the endpoint began */
};
/* As a JSON object, as it is at now_ms. */
void ep_made_write(const struct ep_made *m, int64_t now_ms, struct ep_text *out);
void ep_made_run_id(const struct ep_made *m, struct ep_text *out);
/* Per cent while it runs, 101 when it has ended: as long as that stays, so does its JSON. */
int ep_made_stage(const struct ep_made *m, int64_t now_ms);
/* A run that starts then and takes about run_ms: 75 to 125 per cent of it, as its number says. */
void ep_made_plan(struct ep_made *m, uint64_t number, int64_t start_ms, int64_t run_ms);

/* The made-up run behind a task that moved after the endpoint began. */
struct ep_run {
    struct ep_made made;
    struct ep_text text; /* the task's JSON */
    int shown;           /* the stage that text has; -1: none yet */
};

/* What really happened, for tests to compare with: a line an event. */
enum ep_event_kind { EP_STARTED, EP_SUCCEEDED, EP_FAILED_RUN, EP_VANISHED };
struct ep_event {
    int64_t ms;
    enum ep_event_kind kind;
    struct ep_made made;
};
struct ep_events {
    FILE *file; /* NULL: none */
    struct ep_event *list;
    size_t count, size;
};

struct ep_arrivals {
    int64_t every_ms;     /* 0: none by time */
    int64_t per_list;     /* with each list */
    int64_t vanish_every; /* each such one vanishes halfway; 0: none does */
    int64_t next_ms, newest_ms;
    uint64_t count;
    int full; /* reported that there is no room */
};

struct ep_store {
    struct ep_task *tasks;
    size_t count;
    struct ep_task *block; /* the memory that tasks lies in */
    size_t room;           /* free places in front of tasks */
    struct ep_text text;   /* what tasks without a run point into */
    int made_up;
    int64_t run_ms, now_ms;
    uint64_t last_number;
    size_t moving_count;
    /* To be set before ep_store_make(), where wanted. */
    struct ep_arrivals arrivals;
    struct ep_events events;
};

/* Both take a store of all zero and return 0, or -1 with the reason in *why (line number first). */
int ep_store_load(struct ep_store *s, struct osft_span jsonl, struct ep_text *why);
int ep_store_read(struct ep_store *s, const char *path, struct ep_text *why);

/* count tasks; the newest end within run_ms from now_ms. */
void ep_store_make(struct ep_store *s, size_t count, int64_t run_ms, int64_t now_ms);
/* Let made-up tasks go on to now_ms: those that are due arrive, move on, end, vanish, and what
 * happened is written down. A clock that was set back stands still here. */
void ep_store_tick(struct ep_store *s, int64_t now_ms);
/* The same before a list is sent: runs that arrive with each list are put in front. */
void ep_store_tick_list(struct ep_store *s, int64_t now_ms);

/* How many match; and the newest of that generation, or NULL. */
size_t ep_store_count(const struct ep_store *s, const struct ep_filter *f);
const struct ep_task *ep_store_get(const struct ep_store *s, struct osft_span generation);
void ep_store_free(struct ep_store *s);

/* For the parts of the store: memory, or the end of the program. */
void *ep_alloc(void *old, size_t count, size_t size);
/* Make the i-th task, which is new, one that moves. */
void ep_run_attach(struct ep_store *s, size_t i, const struct ep_made *m);
void ep_event_add(struct ep_events *e, int64_t ms, enum ep_event_kind kind,
                  const struct ep_made *m);
/* Write what was added, in the order of time. */
void ep_events_flush(struct ep_events *e);

#endif
