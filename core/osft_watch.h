/* SPDX-License-Identifier: Apache-2.0 */
/* What changed since the last poll: runs that started, progressed, succeeded, failed or vanished,
 * each reported once, over polls, failed polls and restarts, in a table of fixed size that the
 * caller owns.
 *
 *     static struct osft_run runs[16];
 *     struct osft_watch watch;
 *     osft_watch_init(&watch, &client, &query, runs, 16, on_event, NULL);
 *     osft_watch_load(&watch, blob, blob_len);             what was saved before, if there is any
 *     for (;;) {
 *         result = osft_watch_poll(&watch, 60000);
 *         blob_len = osft_watch_save(&watch, blob, sizeof(blob));
 *         ... sleep ...
 *     }
 *
 * first poll: runs that have not ended are reported as started; those that have ended are taken as
 * known.
 * each poll:  reads pages from the newest task to the oldest one that it has to know of: usually
 *             one page. A poll that fails has reported what it saw, and the next one goes on:
 *             nothing is reported twice, nothing is lost. An event that is followed by a crash
 *             before the state is saved is reported again.
 * the table:  holds every listed run that is newer than the newest one it has dropped.
 *             - The first poll reads no further than to fill it.
 *             - When it is full, the oldest run that has ended is dropped, or else the oldest. A
 *               run that had not ended, or is new to this poll, is then reported as dropped.
 *             - A poll reports all runs that are new to it, however many. After it, a run older
 *               than the newest dropped one is never reported as new. A run that starts in the same
 *               millisecond as the newest dropped one is still reported as new, unless more than
 *               OSFT_PAGES_RECENT runs with that start were dropped.
 *             - When a poll drops runs and then fails, runs that it had not come to can be lost
 *               with them. So let the table hold more runs than can start between two polls that go
 *               well.
 * order:      within a poll as the service lists the runs, newest first; vanished ones come last. A
 *             watch relies on that order: where osft_pages.h reports disorder, runs may be missed.
 * ended:      a status that is neither success nor failed counts as failed with an end time, and as
 *             running without one.
 * vanished:   only a run that had not ended, and only after a poll that must have shown it.
 * left out:   a task that is bad or too large is no event, and its run has not vanished. The poll
 *             reads on, reports everything else, and returns OSFT_E_BAD_TASK or OSFT_E_SPACE;
 *             on_omission is told which task it was.
 */
#ifndef OSFT_WATCH_H
#define OSFT_WATCH_H

#include "osft_pages.h"

#ifdef __cplusplus
extern "C" {
#endif

enum osft_watch_event {
    /* A run is new. When it has ended already, _SUCCEEDED or _FAILED follows. Also: a run that had
     * ended goes on. */
    OSFT_WATCH_STARTED = 1,
    /* Its progress has changed; run->progress is what it was before. */
    OSFT_WATCH_PROGRESSED,
    OSFT_WATCH_SUCCEEDED,
    OSFT_WATCH_FAILED,
    /* It had not ended, and is listed no more. */
    OSFT_WATCH_VANISHED,
    /* The table is too small to follow it any further. */
    OSFT_WATCH_DROPPED
};

/* An event in one lower-case word, such as "started"; static text. */
const char *osft_watch_event_name(enum osft_watch_event event);

/* A run in the table. */
struct osft_run {
    uint64_t id;      /* osft_task_id() */
    int64_t start_ms; /* OSFT_UNKNOWN: not said */
    int32_t progress; /* per cent; OSFT_UNKNOWN: not said */
    uint16_t state;   /* OSFT_RUNNING, _SUCCESS or _FAILED */
    uint16_t seen;    /* private: by this poll */
};

/* Something happened.
 * task:    the run as the service describes it, until the function returns; NULL with _VANISHED and
 *          _DROPPED
 * run:     what was known of it before
 * threads: called from within osft_step(); it must not call functions of the client or the watch
 * returns: 0 to go on. Anything else ends the poll with OSFT_E_STOPPED, after the other events of
 *          this run and of the run that it displaces have been reported. None of these events is
 *          reported again */
typedef int osft_on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                          const struct osft_run *run);

struct osft_watch {
    uint32_t count;   /* Runs in the table. During an event it still has its value from before the
                       * event: a vanished or dropped run is counted, a started one is not yet. */
    uint32_t dropped; /* runs dropped that were reported as such, in all */

    /* Is told of each task that was left out, in each poll; it must not call functions of the
     * client or the watch. May be set after osft_watch_init(), which sets NULL. */
    void (*on_omission)(void *ctx, const struct osft_omission *omission);

    /* private */
    uint8_t is_settled;  /* 0: the first poll is still to be finished */
    uint8_t should_stop; /* a callback wants this poll to end */
    uint32_t max;        /* runs that the table has room for */
    uint32_t limit_ms;   /* of this poll */
    struct osft_run *runs;
    osft_on_event *on_event;
    void *on_event_ctx; /* also of on_omission */
    const struct osft_query *query;
    struct osft_deadline deadline;    /* of this poll */
    struct osft_deadline retry_after; /* the service does not want to be asked before it */
    struct osft_pages pages;          /* of this poll */
    struct osft_page page;
    int64_t floor_ms;  /* a run that starts before this and is not in the table is of no interest */
    int64_t oldest_ms; /* the oldest start of runs that have not ended; INT64_MAX: none */
    uint64_t last_id;  /* of the task that was met last */
    uint64_t end_id;   /* of the last task of the list, when a poll came to its end; 0: not known */
    struct osft_recent dropped_last; /* the newest runs that were dropped */
};

/* Begin with an empty table.
 * buffers: keeps client, query and runs, which must outlive the watch. The query's page number and
 *          generation are not heeded. Its status and times should be left empty: a filter hides how
 *          a run ends
 * max:     runs that `runs` has room for, at least 1 */
#define osft_watch_init OSFT_WITH_LIMITS(osft_watch_init)
void osft_watch_init(struct osft_watch *watch, struct osft_client *client,
                     const struct osft_query *query, struct osft_run *runs, uint32_t max,
                     osft_on_event *on_event, void *on_event_ctx);

/* One poll, later when the service has asked for a wait. Blocks as osft_list() does.
 * units:   limit_ms for the whole poll, without that wait; 0: as osft_list()
 * returns: OSFT_OK or an osft_error; the client's reply is that of the last page */
int osft_watch_poll(struct osft_watch *watch, uint32_t limit_ms);

/* The same without blocking: then call osft_step() until it does not return OSFT_PENDING.
 * units:   the poll begins after after_ms, or later, when the last response to the watch asked for
 *          a longer wait (reply.retry_after_ms); limit_ms counts from then
 * returns: OSFT_OK; or OSFT_E_STATE while another call is in progress */
int osft_watch_start(struct osft_watch *watch, uint32_t after_ms, uint32_t limit_ms);

/* The table as bytes, to be given back after a restart, on a machine of the same byte order: with
 * version, checksum, and what it is of (application, function, instance). Call it between polls,
 * also while the next one still waits for after_ms; not from a callback, and not after a poll's
 * first request has begun.
 * returns: bytes written; when that is more than room, how many are needed, and nothing was
 *          written. OSFT_WATCH_BYTES(max) always suffice. */
#define OSFT_WATCH_BYTES(max) (16 + sizeof(struct osft_recent) + sizeof(struct osft_run) * (max))
size_t osft_watch_save(const struct osft_watch *watch, void *bytes, size_t room);
/* Where the number of runs stands in what is saved: a uint32_t in the byte order of the machine,
 * by which a state of a machine with the other byte order can be told. */
#define OSFT_WATCH_COUNT_AT 8
/* returns: OSFT_OK; or OSFT_E_SAVED: damaged, of another version or another instance, or saved by a
 *          machine with another byte order; or OSFT_E_FULL: more runs than the table has room for.
 *          After an error the watch is as before */
int osft_watch_load(struct osft_watch *watch, const void *bytes, size_t len);

#ifdef __cplusplus
}
#endif
#endif
