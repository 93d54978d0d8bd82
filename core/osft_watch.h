/* SPDX-License-Identifier: Apache-2.0 */
/* What changed since the last look: runs that started, progressed, succeeded, failed or vanished, each
 * reported once, over polls, lost polls and restarts, in a fixed table of the caller's.
 *
 *     static struct osft_run runs[16];
 *     struct osft_watch watch;
 *     osft_watch_init(&watch, &link, &query, runs, 16, on_event, NULL);
 *     osft_watch_load(&watch, blob, blob_len);             what was saved before, if there is any
 *     for (;;) {
 *         err = osft_watch_poll(&watch, 60000);
 *         blob_len = osft_watch_save(&watch, blob, sizeof(blob));
 *         ... sleep ...
 *     }
 *
 * first poll: what is running is reported as started; what has ended is taken as known.
 * each poll:  reads pages, as a stream, from the newest task to the oldest one that it has to know of:
 *             usually one page. A poll that fails has reported what it saw, and the next one goes on;
 *             nothing is reported twice, nothing is lost. An event that is followed by a crash before
 *             the state is saved is reported again.
 * the table:  holds every run that is newer than the newest one it has dropped. When it is full, the
 *             oldest run that has ended is dropped, else the oldest; a run that was still running, or
 *             had not been seen before this poll, is then reported as dropped. A poll reports all runs
 *             that are new to it, however many; after it, one older than what was dropped is never
 *             reported as new. The first poll reads no further than to fill the table.
 * order:      within a poll as the service lists the runs, newest first; what vanished comes last. It
 *             relies on that order: where osft_pages.h finds another, runs may be missed.
 * ended:      a status that is neither success nor failed, with an end time, counts as failed; without
 *             one, and whatever it says, as running.
 * vanished:   only a run that had not ended, and only after a whole poll that must have shown it.
 */
#ifndef OSFT_WATCH_H
#define OSFT_WATCH_H

#include "osft_pages.h"

#ifdef __cplusplus
extern "C" {
#endif

enum osft_watch_event {
    OSFT_WATCH_STARTED = 1, /* a run is new, whatever became of it meanwhile; or one that had ended
                             * has not any more */
    OSFT_WATCH_PROGRESSED,  /* its progress is another one; run->progress has the one before */
    OSFT_WATCH_SUCCEEDED,
    OSFT_WATCH_FAILED,
    OSFT_WATCH_VANISHED, /* it was running and is no longer listed */
    OSFT_WATCH_DROPPED   /* the table is too small to follow it any further */
};

/* A run in the table. */
struct osft_run {
    uint64_t id;      /* osft_task_id() */
    int64_t start_ms; /* OSFT_UNKNOWN: not said */
    int32_t progress; /* per cent; OSFT_UNKNOWN: not said */
    uint16_t state;   /* OSFT_RUNNING, _SUCCESS or _FAILED */
    uint16_t seen;    /* private: by this poll */
};

/* Something happened.
 * task: the run as the service tells it, until the function returns; NULL with _VANISHED and _DROPPED
 * run:  what was known of it before
 * returns: 0; anything else ends the poll with OSFT_E_STOPPED. This event counts as reported, and what
 *          else there is to say of this run is said before; what had to be dropped for it, too */
typedef int osft_on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                          const struct osft_run *run);

struct osft_watch {
    uint32_t count;   /* runs in the table */
    uint32_t dropped; /* runs dropped that were reported as such, in all */

    /* private */
    uint8_t known;        /* 0: the first poll is still to be finished */
    uint8_t busy;         /* 1: a poll is under way */
    uint8_t enough, stop; /* of it: has read all it has to; a callback wants it to end */
    uint32_t max;
    struct osft_run *runs;
    osft_on_event *on_event;
    void *ctx;
    struct osft_query *query;
    struct osft_deadline deadline; /* of the poll */
    int64_t floor_ms; /* what starts at or before this and is not in the table is of no interest */
    int64_t drop_ms;  /* the same for the next poll */
    uint64_t deep_ms; /* what starts at or before this is older than all that a poll looks for */

    struct osft_pages pages;   /* of this poll; pages.link, for what the link says */
    struct osft_page page;     /* of the last answer */
    struct osft_stream stream; /* private */
};

/* Begin with an empty table. max: runs that runs has room for, at least 1.
 * buffers: keeps l, query and runs, which must outlive the watch; sets query's page_number and
 *          page_size. Its status and times should be left empty: a filter hides how a run ends. */
void osft_watch_init(struct osft_watch *w, struct osft_link *l, struct osft_query *query,
                     struct osft_run *runs, uint32_t max, osft_on_event *on_event, void *ctx);

/* One poll. Blocks as osft_link_list() does. units: budget_ms for the whole poll.
 * returns: 0, or an osft_err; w->page says more. OSFT_E_SPACE: a task did not fit, and was passed over */
int osft_watch_poll(struct osft_watch *w, uint32_t budget_ms);

/* The same without blocking:
 *
 *     for (err = osft_watch_begin(w, ms); osft_watch_more(w); err = osft_watch_end(w))
 *         ... drive w->pages.link until OSFT_DONE */
int osft_watch_begin(struct osft_watch *w, uint32_t budget_ms);
int osft_watch_more(const struct osft_watch *w); /* 1: drive the link, then osft_watch_end() */
int osft_watch_end(struct osft_watch *w);

/* The table as bytes, to be given back after a restart, on the same kind of machine: with version,
 * checksum, and what it is of (application, function, instance).
 * returns: bytes written; when that is more than cap, how many are needed, and nothing was written.
 *          OSFT_WATCH_BYTES(max) always suffice. */
#define OSFT_WATCH_BYTES(max) (24 + sizeof(struct osft_run) * (max))
size_t osft_watch_save(const struct osft_watch *w, void *dst, size_t cap);
/* returns: 0; or OSFT_E_SAVED, and the watch is as before: damaged, of another version or another
 *          instance; or OSFT_E_SPACE: more runs than the table has room for */
int osft_watch_load(struct osft_watch *w, const void *src, size_t len);

#ifdef __cplusplus
}
#endif
#endif
