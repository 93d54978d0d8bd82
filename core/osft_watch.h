/* SPDX-License-Identifier: Apache-2.0 */
/* Reports what changed since the last poll: runs that started, progressed, succeeded, failed or
 * vanished. Each change is reported once, also after failed polls and restarts. The known runs are
 * kept in a table of fixed size that the caller owns.
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
 * first poll: runs that have not ended are reported as started; runs that have ended are not
 *             reported. This also holds for the polls after a first poll that has failed, up to the
 *             first poll that succeeds.
 * each poll:  reads pages from the newest task until it has passed the newest dropped run and all
 *             runs that have not ended, or to the end of the list: usually one page. A poll that
 *             fails has reported the changes that it read, and the next poll goes on from there:
 *             nothing is reported twice, and nothing is lost. When the program crashes after an
 *             event and before the state is saved, the event is reported again.
 * the table:  holds every listed run that is newer than the newest dropped run.
 *             - The first poll reads only as many tasks as fill the table.
 *             - When the table is full, the oldest run that has ended is dropped, or, if none has
 *               ended, the oldest run. If the dropped run had not ended, or is new to this poll, it
 *               is reported as dropped.
 *             - A poll reports all runs that are new to it, however many. In later polls, a run
 *               older than the newest dropped run is never reported as new. A run that starts in
 *               the same millisecond as the newest dropped run is still reported as new, unless
 *               more than OSFT_PAGES_RECENT runs with that start were dropped.
 *             - When a poll drops runs and then fails, runs that the poll had not reached can be
 *               lost with them. Therefore let the table hold more runs than can start between two
 *               successful polls.
 * order:      a poll reports events in the order in which the service lists the runs, newest first;
 *             vanished runs come last. A watch relies on that order: when osft_pages.h notices
 *             disorder, runs may be missed.
 * ended:      a status that is neither success nor failed counts as failed when the task has an end
 *             time, and as running when it has none.
 * vanished:   only a run that had not ended is reported as vanished, and only after a poll that
 *             read all of the list that could have contained the run.
 * left out:   a task that is bad or too large causes no event, and its run does not count as
 *             vanished. The poll reads on, reports everything else, and returns OSFT_E_BAD_TASK or
 *             OSFT_E_SPACE; on_omission receives the task that was left out.
 */
#ifndef OSFT_WATCH_H
#define OSFT_WATCH_H

#include "osft_pages.h"

#ifdef __cplusplus
extern "C" {
#endif

enum osft_watch_event {
    /* A run is new, or goes on after it had ended. If a new run has already ended, _SUCCEEDED or
     * _FAILED follows. */
    OSFT_WATCH_STARTED = 1,
    /* The run's progress has changed; run->progress is its value before. */
    OSFT_WATCH_PROGRESSED,
    OSFT_WATCH_SUCCEEDED,
    OSFT_WATCH_FAILED,
    /* A run that had not ended is no longer listed. */
    OSFT_WATCH_VANISHED,
    /* The table is too small to follow the run any further. */
    OSFT_WATCH_DROPPED
};

/* Return the name of an event, one lower-case word such as "started"; static text. */
const char *osft_watch_event_name(enum osft_watch_event event);

/* A run in the table. */
struct osft_run {
    uint64_t id;      /* osft_task_id() */
    int64_t start_ms; /* OSFT_UNKNOWN: absent */
    int32_t progress; /* per cent, or OSFT_UNKNOWN */
    uint16_t state;   /* OSFT_RUNNING, _SUCCESS or _FAILED */
    uint16_t seen;    /* private: bits of this poll */
};

/* Receives one event.
 * task:    the run as the service describes it, until the function returns; NULL with _VANISHED and
 *          _DROPPED
 * run:     the run as it was known before the event
 * threads: called from within osft_step(); the function must not call functions of the client or
 *          the watch
 * returns: 0 to go on. Anything else ends the poll with OSFT_E_STOPPED. Before the poll ends, the
 *          remaining events of this run are reported, and OSFT_WATCH_DROPPED of the run that was
 *          dropped to make room for this run. None of these events is reported again */
typedef int osft_on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                          const struct osft_run *run);

struct osft_watch {
    uint32_t count;   /* Runs in the table. During an event, count has the value from before the
                       * event: a vanished or dropped run is still counted, a started run is not yet
                       * counted. */
    uint32_t dropped; /* number of _DROPPED events in all */

    /* Receives each task that was left out, in each poll. The function must not call functions of
     * the client or the watch. May be set after osft_watch_init(), which sets NULL. */
    void (*on_omission)(void *ctx, const struct osft_omission *omission);

    /* private */
    uint8_t is_settled;  /* 0: the first poll has not succeeded yet */
    uint8_t should_stop; /* 1: a callback asked to end this poll */
    uint32_t max;        /* runs that the table has room for */
    uint32_t limit_ms;   /* of this poll */
    struct osft_run *runs;
    osft_on_event *on_event;
    void *on_event_ctx; /* also given to on_omission */
    const struct osft_query *query;
    struct osft_deadline deadline;    /* of this poll */
    struct osft_deadline retry_after; /* no request is made before this, because the service asked
                                       * for a wait */
    struct osft_pages pages;          /* of this poll */
    struct osft_page page;
    int64_t floor_ms;  /* a run that starts before this time and is not in the table is ignored */
    int64_t oldest_ms; /* start of the oldest run that has not ended; INT64_MAX: none */
    uint64_t last_id;  /* of the task that was read last */
    uint64_t end_id;   /* of the last task of the list, from the last poll that read to the end; 0:
                        * not known */
    struct osft_recent dropped_last; /* the newest runs that were dropped */
};

/* Begin a watch with an empty table.
 * buffers: keeps client, query and runs, which must outlive the watch. The query's page number and
 *          generation are ignored. Its status and times should be left empty: a filter hides how a
 *          run ends
 * max:     runs that `runs` has room for, at least 1 */
#define osft_watch_init OSFT_WITH_LIMITS(osft_watch_init)
void osft_watch_init(struct osft_watch *watch, struct osft_client *client,
                     const struct osft_query *query, struct osft_run *runs, uint32_t max,
                     osft_on_event *on_event, void *on_event_ctx);

/* Poll once. Waits first, when the service has asked for a wait. Blocks as osft_list() does.
 * units:   limit_ms bounds the whole poll, but not that wait; 0: as in osft_list()
 * returns: OSFT_OK or an osft_error; the client's reply is that of the last page */
int osft_watch_poll(struct osft_watch *watch, uint32_t limit_ms);

/* Start osft_watch_poll() without blocking: then call osft_step() until it does not return
 * OSFT_PENDING.
 * units:   the poll begins after after_ms, or later when the watch's last response asked for a
 *          longer wait (reply.retry_wait_ms); limit_ms counts from the beginning of the poll
 * returns: OSFT_OK; or OSFT_E_STATE while another call is in progress */
int osft_watch_start(struct osft_watch *watch, uint32_t after_ms, uint32_t limit_ms);

/* Save the table as bytes, for osft_watch_load() after a restart on a machine of the same byte
 * order. The bytes have a version and a checksum, which also covers the names of application,
 * function and instance. Call this between polls, or while the next poll still waits for after_ms;
 * not from a callback, and not after a poll's first request has begun.
 * returns: the number of bytes written. When it is more than room, nothing was written, and so many
 *          bytes are needed. OSFT_WATCH_BYTES(max) always suffice. */
#define OSFT_WATCH_BYTES(max) (16 + sizeof(struct osft_recent) + sizeof(struct osft_run) * (max))
size_t osft_watch_save(const struct osft_watch *watch, void *bytes, size_t room);
/* The offset of the number of runs in the saved bytes: a uint32_t in the machine's byte order,
 * which shows whether a machine of the other byte order saved them. */
#define OSFT_WATCH_COUNT_AT 8
/* Load the table from saved bytes.
 * returns: OSFT_OK; or OSFT_E_SAVED: damaged, of another version or another instance, or saved by a
 *          machine with another byte order; or OSFT_E_FULL: more runs than the table has room for.
 *          After an error the watch is unchanged */
int osft_watch_load(struct osft_watch *watch, const void *bytes, size_t len);

#ifdef __cplusplus
}
#endif
#endif
