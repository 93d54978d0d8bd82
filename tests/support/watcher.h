/* SPDX-License-Identifier: Apache-2.0 */
/* A watch over a service made of memory, and what it reported. */
#ifndef SUPPORT_WATCHER_H
#define SUPPORT_WATCHER_H

#include "service.h"
#include "osft_watch.h"

#define IDS 4096

/* What was reported of a run. */
struct told {
    uint8_t started, succeeded, failed, vanished, dropped;
    uint32_t progressed;
    int progress; /* as last reported */
};

struct watcher {
    struct service *s;
    struct osft_watch watch;
    struct osft_run *runs;
    uint32_t max;
    struct told told[IDS];
    uint64_t ids[IDS]; /* osft_task_id() of each */
    char log[4096];    /* S3 P3 + 3 - 3 V3 D3 */
    size_t log_len;
    uint32_t events;
    uint32_t stop_at; /* the event that asks to stop; 0: none */
    uint32_t late_at; /* the event that takes a second; 0: none */
    uint32_t omitted; /* tasks that were reported as left out */
};

/* A watch with room bytes to work in and a table of max runs. */
struct watcher *watcher_new(size_t room, uint32_t max);
void watcher_free(struct watcher *w);
/* One poll, and the events it gave. */
int watcher_poll(struct watcher *w);
/* Save the state, forget everything, load it. */
void restart(struct watcher *w);
/* A run starts, as the newest. */
struct service_task *start_run(struct watcher *w);
/* It has this status, and an end. */
void end_run(struct watcher *w, uint32_t id, const char *status);

#define assert_poll(w, events)                      \
    do {                                            \
        assert_int_equal(watcher_poll(w), OSFT_OK); \
        assert_string_equal((w)->log, events);      \
    } while (0)

#endif
