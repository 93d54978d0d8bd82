/* SPDX-License-Identifier: Apache-2.0 */
/* Reports what changed since the last poll. Between polls, the table has each listed run that is
 * newer than the newest dropped run.
 */
#include <string.h>
#include "deadline.h"
#include "osft_watch.h"
#include "pages.h"
#include "recent.h"

#define PAGE_MAX 50 /* the most tasks that a request asks for */
#define PAGE_EXTRA                                                                  \
    4 /* with a small table, a request asks for this many tasks more than the table \
       * holds */

/* Bits of run->seen. */
enum { SEEN = 1, IS_NEW = 2 };

const char *osft_watch_event_name(enum osft_watch_event event)
{
    static const char names[][11] = { "started", "progressed", "succeeded",
                                      "failed",  "vanished",   "dropped" };
    unsigned i = (unsigned)event - OSFT_WATCH_STARTED;

    return i < sizeof(names) / sizeof(names[0]) ? names[i] : "unknown";
}

static int has_ended(const struct osft_run *run)
{
    return run->state != OSFT_RUNNING;
}

static void report_event(struct osft_watch *watch, enum osft_watch_event event,
                         const struct osft_task *task, const struct osft_run *run)
{
    if (watch->on_event(watch->on_event_ctx, event, task, run) != 0) {
        watch->should_stop = 1;
    }
}

/* Return the run to drop because the table is full: a run of the table, or the new run. */
static struct osft_run *choose_dropped(const struct osft_watch *watch, struct osft_run *new_run)
{
    struct osft_run *run, *dropped = new_run;

    for (run = watch->runs; run < watch->runs + watch->max; run++) {
        if (has_ended(run) == has_ended(dropped) ? run->start_ms < dropped->start_ms
                                                 : has_ended(run)) {
            dropped = run;
        }
    }
    return dropped;
}

static void insert_run(struct osft_watch *watch, struct osft_run *run)
{
    struct osft_run *dropped;
    int is_new;

    if (watch->count < watch->max) {
        watch->runs[watch->count++] = *run;
        return;
    }
    dropped = choose_dropped(watch, run);
    if (dropped->start_ms >= watch->dropped_last.start_ms) {
        osft_add_recent(&watch->dropped_last, dropped->start_ms, dropped->id);
    }
    /* A known run that is dropped raises the floor, so that this poll does not take the run for new
     * when the service lists it. A dropped run that is new to this poll does not raise the floor,
     * because older new runs are still to be reported. */
    is_new = dropped->seen & IS_NEW;
    if (!is_new && watch->floor_ms < dropped->start_ms) {
        watch->floor_ms = dropped->start_ms;
    }
    if (is_new || !has_ended(dropped)) {
        watch->dropped++;
        report_event(watch, OSFT_WATCH_DROPPED, NULL, dropped);
    }
    *dropped = *run;
}

static enum osft_state get_state(const struct osft_task *task)
{
    enum osft_state state = osft_task_state(task);

    if (state == OSFT_STATE_OTHER) {
        state = task->end_ms > 0 ? OSFT_FAILED : OSFT_RUNNING;
    }
    return state;
}

/* Report the changes in the service's description of a run, and store them in the run. */
static void update_run(struct osft_watch *watch, const struct osft_task *task, struct osft_run *run,
                       int is_new)
{
    /* The event that is reported when a run changes to this state. */
    static const uint8_t event_of_state[] = {
        [OSFT_STATE_OTHER] = 0,
        [OSFT_SUCCESS] = OSFT_WATCH_SUCCEEDED,
        [OSFT_FAILED] = OSFT_WATCH_FAILED,
        [OSFT_RUNNING] = OSFT_WATCH_STARTED,
    };
    enum osft_state state = get_state(task);
    int32_t progress = task->progress < 0 ? run->progress : task->progress;
    int is_known = is_new && !watch->is_settled && state != OSFT_RUNNING;
    unsigned event = 0;

    run->start_ms = task->start_ms;
    if (is_new && !is_known) {
        report_event(watch, OSFT_WATCH_STARTED, task, run);
    }
    if (state != run->state && !is_known) {
        event = event_of_state[state];
    } else if (state == OSFT_RUNNING && progress != run->progress && !is_new) {
        event = OSFT_WATCH_PROGRESSED;
    }
    if (event != 0) {
        report_event(watch, (enum osft_watch_event)event, task, run);
    }
    run->state = (uint16_t)state;
    run->progress = progress;
}

/* Whether a run that is not in the table is new, and was not dropped before. */
static int is_new_run(const struct osft_watch *watch, int64_t start_ms, uint64_t id)
{
    const struct osft_recent *dropped = &watch->dropped_last;

    if (start_ms == watch->floor_ms) {
        return start_ms == dropped->start_ms && dropped->tied <= OSFT_PAGES_RECENT &&
               !osft_is_recent(dropped, id);
    }
    return start_ms > watch->floor_ms;
}

static void process_task(struct osft_watch *watch, const struct osft_task *task,
                         struct osft_run *known)
{
    struct osft_run run;

    if (known != NULL) {
        update_run(watch, task, known, 0);
    } else if (is_new_run(watch, task->start_ms, watch->last_id)) {
        run.id = watch->last_id;
        run.progress = OSFT_UNKNOWN;
        run.seen = watch->is_settled ? SEEN | IS_NEW : SEEN;
        run.state = OSFT_RUNNING;
        update_run(watch, task, &run, 1);
        insert_run(watch, &run);
    }
}

static int on_walk_task(void *ctx, const struct osft_task *task,
                        const struct osft_omission *omission)
{
    struct osft_watch *watch = (struct osft_watch *)ctx;
    const struct osft_task *known = task != NULL ? task : &omission->task;
    struct osft_run *run, *found = NULL;
    uint64_t id = osft_task_id(known);

    for (run = watch->runs; run < watch->runs + watch->count; run++) {
        if (run->id == id) {
            found = run;
        } else if (task != NULL || run->start_ms != known->start_ms) {
            continue; /* a task that was left out may lack its id; it may be the task of this run,
                       * which has the same start */
        }
        run->seen |= SEEN;
    }
    watch->last_id = id;
    if (task != NULL) {
        process_task(watch, task, found);
    } else if (watch->on_omission != NULL) {
        watch->on_omission(watch->on_event_ctx, omission);
    }
    return watch->should_stop;
}

/* Report as vanished the runs that this poll has not seen, although it has read where they would be
 * listed. is_whole: 1 when the poll has read the whole list */
static void report_vanished(struct osft_watch *watch, int is_whole)
{
    uint32_t i = watch->count;

    while (i-- > 0 && !watch->should_stop) {
        struct osft_run *run = &watch->runs[i];
        if (run->seen == 0 && !has_ended(run) && (is_whole || run->start_ms > 0)) {
            report_event(watch, OSFT_WATCH_VANISHED, NULL, run);
            *run = watch->runs[--watch->count];
        }
    }
}

/* End a poll that has read enough. Returns its result. */
static int end_poll(struct osft_watch *watch, int is_whole)
{
    unsigned changed = watch->pages.changed;

    watch->is_settled = 1;
    /* After these changes, a run that was not seen may still be listed. */
    if ((changed & (OSFT_PAGES_STUCK | OSFT_PAGES_SHORT | OSFT_PAGES_NO_OVERLAP)) == 0) {
        if (is_whole) {
            watch->end_id = watch->last_id;
        }
        if (is_whole || (changed & OSFT_PAGES_DISORDER) == 0) {
            report_vanished(watch, is_whole);
        }
    }
    if (watch->should_stop) {
        return OSFT_E_STOPPED;
    }
    return watch->pages.omission_error;
}

/* Whether this poll has passed the newest dropped run and all runs that have not ended. */
static int has_passed_known_runs(const struct osft_watch *watch)
{
    int64_t last_ms = watch->pages.recent.start_ms;
    return last_ms < watch->oldest_ms && last_ms < watch->floor_ms;
}

static int on_page(void *ctx, int result);

static int ask_for_page(struct osft_watch *watch)
{
    uint32_t left_ms = osft_time_left(&watch->deadline, watch->pages.client->settings->port);

    if (left_ms == 0) {
        return OSFT_E_TIMEOUT;
    }
    (void)osft_start_page(&watch->pages, &watch->page, left_ms, on_page, watch);
    return OSFT_PENDING;
}

static int on_page(void *ctx, int result)
{
    struct osft_watch *watch = (struct osft_watch *)ctx;
    struct osft_pages *pages = &watch->pages;
    const struct osft_reply *reply = &pages->client->reply;
    int is_whole;

    osft_start_deadline(&watch->retry_after, pages->client->settings->port, reply->retry_wait_ms);
    result = osft_end_page(pages, result);
    if (result != OSFT_OK) {
        return result;
    }
    is_whole = !osft_pages_more(pages);
    if (reply->tasks < pages->asked && watch->last_id == watch->end_id &&
        pages->delivered >= pages->smallest_total) {
        is_whole = 1; /* the list ends with the same task as before, so no request for a further
                       * page is needed */
    }
    return is_whole || has_passed_known_runs(watch) ? end_poll(watch, is_whole)
                                                    : ask_for_page(watch);
}

/* Begin the poll, after the pause before it. */
static int begin_poll(void *ctx, int result)
{
    struct osft_watch *watch = (struct osft_watch *)ctx;
    struct osft_client *client = watch->pages.client;
    struct osft_run *run;

    (void)result;
    watch->floor_ms = watch->dropped_last.start_ms;
    watch->oldest_ms = INT64_MAX;
    for (run = watch->runs; run < watch->runs + watch->count; run++) {
        run->seen = 0;
        if (!has_ended(run) && run->start_ms > 0 && run->start_ms < watch->oldest_ms) {
            watch->oldest_ms = run->start_ms;
        }
    }
    watch->should_stop = 0;
    watch->last_id = 0;
    osft_pages_init(&watch->pages, client, watch->query,
                    watch->max < PAGE_MAX - PAGE_EXTRA ? watch->max + PAGE_EXTRA : PAGE_MAX);
    osft_start_deadline(&watch->deadline, client->settings->port,
                        watch->limit_ms != 0 ? watch->limit_ms : UINT32_MAX);
    return ask_for_page(watch);
}

void osft_watch_init(struct osft_watch *watch, struct osft_client *client,
                     const struct osft_query *query, struct osft_run *runs, uint32_t max,
                     osft_on_event *on_event, void *on_event_ctx)
{
    memset(watch, 0, sizeof(*watch));
    watch->pages.client = client;
    watch->query = query;
    watch->runs = runs;
    watch->max = max;
    watch->on_event = on_event;
    watch->on_event_ctx = on_event_ctx;
    watch->dropped_last.start_ms = INT64_MIN;
    watch->page.on_task = on_walk_task;
    watch->page.on_task_ctx = watch;
}

int osft_watch_start(struct osft_watch *watch, uint32_t after_ms, uint32_t limit_ms)
{
    struct osft_client *client = watch->pages.client;
    uint32_t wait_ms = osft_time_left(&watch->retry_after, client->settings->port);
    int error;

    if (wait_ms < after_ms) {
        wait_ms = after_ms;
    }
    error = osft_start_pause(client, wait_ms, begin_poll, watch);
    if (error == OSFT_OK) {
        watch->limit_ms = limit_ms;
    }
    return error;
}

int osft_watch_poll(struct osft_watch *watch, uint32_t limit_ms)
{
    int error = osft_watch_start(watch, 0, limit_ms);
    return error == OSFT_OK ? osft_run(watch->pages.client) : error;
}
