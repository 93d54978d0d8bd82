/* SPDX-License-Identifier: Apache-2.0 */
/* All tasks, newest first: from a JSON Lines file, or made up. Made-up runs start, progress, end
 * and vanish as time passes. */
#ifndef EP_STORE_H
#define EP_STORE_H

#include <stdio.h>

#include "task.h"

#define EP_MOVING_MAX 3
#define EP_TASKS_MAX  200000

/* A made-up task. All of its members depend only on its number and its start. */
struct ep_made {
    uint64_t number;
    int64_t start_ms, end_ms; /* when it ends or will end */
    int64_t vanish_ms;        /* when it disappears from the list; 0: never */
    int fails;
    int arrived; /* 1: it started after the endpoint */
};
/* Put the task at now_ms as a JSON object. */
void ep_made_write(const struct ep_made *m, int64_t now_ms, struct ep_text *out);
void ep_made_run_id(const struct ep_made *m, struct ep_text *out);
/* Return per cent while the task runs, and 101 when it has ended. The JSON of a task changes only
 * with this stage. */
int ep_made_stage(const struct ep_made *m, int64_t now_ms);
/* Plan a run that starts at start_ms and takes 75 to 125 per cent of run_ms, depending on its
 * number. */
void ep_made_plan(struct ep_made *m, uint64_t number, int64_t start_ms, int64_t run_ms);

/* The made-up run behind a task that changes after the endpoint has started. */
struct ep_run {
    struct ep_made made;
    struct ep_text text; /* the task's JSON */
    int shown;           /* text is the JSON of this stage; -1: there is none yet */
};

/* The events of the made-up runs, a line for each event. Tests compare them with the events that a
 * watch reports. */
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
    int64_t every_ms;     /* one run arrives in so many milliseconds; 0: none by time */
    int64_t per_list;     /* runs that arrive with each list */
    int64_t vanish_every; /* one of so many runs vanishes halfway; 0: no run does */
    int64_t next_ms, newest_ms;
    uint64_t count;
    int full; /* 1: the lack of room was reported */
};

struct ep_store {
    struct ep_task *tasks;
    size_t count;
    struct ep_task *block; /* the memory of the tasks */
    size_t room;           /* free places in front of tasks */
    struct ep_text text;   /* the text that tasks without a run point into */
    int made_up;
    int64_t run_ms, now_ms;
    uint64_t last_number;
    size_t moving_count;
    /* Set these before ep_store_make(), if they are wanted. */
    struct ep_arrivals arrivals;
    struct ep_events events;
};

/* Fill a store of all zero, from text or from a file. Return 0, or -1 with the reason in *why,
 * which begins with the line number. */
int ep_store_load(struct ep_store *s, struct osft_span jsonl, struct ep_text *why);
int ep_store_read(struct ep_store *s, const char *path, struct ep_text *why);

/* Make count tasks. The newest of them end within run_ms from now_ms. */
void ep_store_make(struct ep_store *s, size_t count, int64_t run_ms, int64_t now_ms);
/* Move made-up tasks on to now_ms: add runs that are due, let runs progress, end and vanish, and
 * record their events. When the clock is set back, the time of the store stands still. */
void ep_store_tick(struct ep_store *s, int64_t now_ms);
/* Do the same as ep_store_tick() before a list is sent, and add the runs that arrive with each
 * list. */
void ep_store_tick_list(struct ep_store *s, int64_t now_ms);

/* Count the tasks that match; find the newest task of a generation, or NULL. */
size_t ep_store_count(const struct ep_store *s, const struct ep_filter *f);
const struct ep_task *ep_store_get(const struct ep_store *s, struct osft_span generation);
void ep_store_free(struct ep_store *s);

/* Allocate memory, or end the program when there is none. For the files of the store. */
void *ep_alloc(void *old, size_t count, size_t size);
/* Attach a run to the i-th task, which is new, so that it changes with time. */
void ep_run_attach(struct ep_store *s, size_t i, const struct ep_made *m);
void ep_event_add(struct ep_events *e, int64_t ms, enum ep_event_kind kind,
                  const struct ep_made *m);
/* Write the added events in the order of time. */
void ep_events_flush(struct ep_events *e);

#endif
