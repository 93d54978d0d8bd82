/* SPDX-License-Identifier: Apache-2.0 */
/* A watch over a service in memory, and the events that it reported. */
#ifndef SUPPORT_WATCHER_H
#define SUPPORT_WATCHER_H

#include "service.h"
#include "osft_watch.h"

#define IDS 4096

/* The events that were reported about one run: how often each came. */
struct told {
    uint8_t started, succeeded, failed, vanished, dropped;
    uint32_t progressed;
    int progress; /* the progress that was reported last */
};

struct watcher {
    struct service *s;
    struct osft_watch watch;
    struct osft_run *runs;
    uint32_t max;
    struct told told[IDS];
    uint64_t ids[IDS]; /* osft_task_id() of each run */
    char log[4096]; /* the events of the last poll, each a letter and the id of the run, such as "S3
                       P3 +3 -3 V3 D3" */
    size_t log_len;
    uint32_t events;
    uint32_t stop_at; /* the number of the event at which the callback asks to stop; 0: none */
    uint32_t late_at; /* the number of the event whose callback takes a second; 0: none */
    uint32_t omitted; /* omissions that were reported */
};

/* Make a watch. room: bytes of the work buffer; max: runs that the table holds. */
struct watcher *watcher_new(size_t room, uint32_t max);
void watcher_free(struct watcher *w);
/* Poll once, and record the events in log. Returns the osft_error. */
int watcher_poll(struct watcher *w);
/* Save the state, begin a new watch, and load the state into that. */
void restart_watch(struct watcher *w);
/* Add a run that starts now, as the newest of the list. Returns its task. */
struct service_task *start_run(struct watcher *w);
/* End a run: give its task this status and an end time. */
void end_run(struct watcher *w, uint32_t id, const char *status);

#define assert_poll(w, events)                      \
    do {                                            \
        assert_int_equal(watcher_poll(w), OSFT_OK); \
        assert_string_equal((w)->log, events);      \
    } while (0)

#endif
