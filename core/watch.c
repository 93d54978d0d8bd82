/* SPDX-License-Identifier: Apache-2.0 */
/* What changed since the last look. What holds between polls: each run that is listed and is newer than
 * w->floor_ms is in the table.
 */
#include <string.h>
#include "client.h"
#include "osft_watch.h"

#define PAGE_MAX  50 /* tasks to ask for at once, at most */
#define PAGE_MORE 4  /* and in a small table: more than it holds by so many */

enum { UNSEEN, SEEN, FIRST_SEEN };

OSFT_STATIC_ASSERT(OSFT_WATCH_SUCCEEDED - OSFT_SUCCESS == 2 && OSFT_WATCH_FAILED - OSFT_FAILED == 2,
                   states_and_events_must_be_in_one_order);

static int has_ended(const struct osft_run *run)
{
    return run->state != OSFT_RUNNING;
}

static void tell(struct osft_watch *w, unsigned event, const struct osft_task *task,
                 const struct osft_run *run)
{
    w->stop |= w->on_event(w->ctx, (enum osft_watch_event)event, task, run) != 0;
}

/* A run that is new goes into the table, or, where it is the first that must go, does not. */
static void keep(struct osft_watch *w, struct osft_run *run)
{
    struct osft_run *gone = run, *r;
    int64_t *floor;
    int is_first;

    if (w->count < w->max) {
        w->runs[w->count++] = *run;
        return;
    }
    for (r = w->runs; r < w->runs + w->max; r++) {
        int better = has_ended(r) - has_ended(gone);
        if (better > 0 || (better == 0 && r->start_ms < gone->start_ms)) {
            gone = r;
        }
    }
    /* What is new to this poll has been told, and so will be all that follows; what this poll was still
     * to see must not be taken for new when it comes. */
    is_first = gone->seen == FIRST_SEEN;
    floor = is_first ? &w->drop_ms : &w->floor_ms;
    if (*floor < gone->start_ms) {
        *floor = gone->start_ms;
    }
    if (is_first || !has_ended(gone)) {
        w->dropped++;
        tell(w, OSFT_WATCH_DROPPED, NULL, gone);
    }
    *gone = *run;
}

static enum osft_state state_of(const struct osft_task *task)
{
    enum osft_state state = osft_task_state(task);

    if (state == OSFT_STATE_OTHER) {
        state = task->end_ms > 0 ? OSFT_FAILED : OSFT_RUNNING;
    }
    return state;
}

/* Tell what is new in what the service says of a run, and remember it. */
static void update(struct osft_watch *w, const struct osft_task *task, struct osft_run *run,
                   int is_first)
{
    enum osft_state state = state_of(task);
    int32_t progress = task->progress < 0 ? run->progress : task->progress;
    int is_over = state != OSFT_RUNNING;

    run->start_ms = task->start_ms;
    if (!is_first || w->known || !is_over) { /* else: taken as known */
        if (is_first || (has_ended(run) && !is_over)) {
            tell(w, OSFT_WATCH_STARTED, task, run);
        } else if (!is_over && progress != run->progress) {
            tell(w, OSFT_WATCH_PROGRESSED, task, run);
        }
        if (is_over && state != run->state) {
            tell(w, state + 2, task, run);
        }
    }
    run->state = (uint16_t)state;
    run->progress = progress;
}

static void look_at(struct osft_watch *w, const struct osft_task *task)
{
    struct osft_run one, *run = w->runs, *end = run + w->count;

    one.id = osft_task_id(task);
    for (; run < end; run++) {
        if (run->id == one.id) {
            if (run->seen == UNSEEN) {
                run->seen = SEEN;
            }
            update(w, task, run, 0);
            return;
        }
    }
    if (task->start_ms > w->floor_ms) {
        one.state = OSFT_RUNNING;
        one.progress = OSFT_UNKNOWN;
        one.seen = (uint16_t)(SEEN + w->known);
        update(w, task, &one, 1);
        keep(w, &one);
    }
}

static int on_task(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    struct osft_watch *w = ctx;

    (void)index;
    (void)need;
    if (task != NULL) {
        look_at(w, task);
        w->enough |= (uint64_t)task->start_ms <= w->deep_ms && task->start_ms <= w->floor_ms;
    }
    return w->stop;
}

/* What should have been seen and was not. */
static int look_for_vanished(struct osft_watch *w)
{
    unsigned changed = w->pages.changed;
    uint32_t i = w->count;

    if (changed & (OSFT_PAGES_STUCK | OSFT_PAGES_SHORT)) {
        return OSFT_OK; /* it may be there all the same */
    }
    while (i-- > 0) {
        struct osft_run run = w->runs[i];
        if (run.seen == UNSEEN && !has_ended(&run) &&
            (!osft_pages_more(&w->pages) ||
             (run.start_ms > 0 && !(changed & OSFT_PAGES_DISORDER)))) {
            w->runs[i] = w->runs[--w->count];
            tell(w, OSFT_WATCH_VANISHED, NULL, &run);
            if (w->stop) {
                return OSFT_E_STOPPED;
            }
        }
    }
    return OSFT_OK;
}

void osft_watch_init(struct osft_watch *w, struct osft_link *l, struct osft_query *query,
                     struct osft_run *runs, uint32_t max, osft_on_event *on_event, void *ctx)
{
    memset(w, 0, sizeof(*w));
    w->pages.link = l;
    w->query = query;
    w->runs = runs;
    w->max = max;
    w->on_event = on_event;
    w->ctx = ctx;
    w->floor_ms = w->drop_ms = INT64_MIN;
}

/* Ask for the next page. */
static int ask(struct osft_watch *w)
{
    uint32_t left = osft_time_left(&w->deadline, w->pages.link->set->port);
    int err = OSFT_E_TIMEOUT;

    if (left != 0) {
        err = osft_pages_begin(&w->pages, left, &w->page);
    }
    w->busy = err == OSFT_OK;
    return err;
}

int osft_watch_begin(struct osft_watch *w, uint32_t budget_ms)
{
    struct osft_link *l = w->pages.link;
    struct osft_run *run;

    if (w->busy) {
        return OSFT_E_STATE;
    }
    if (w->floor_ms < w->drop_ms) {
        w->floor_ms = w->drop_ms;
    }
    w->deep_ms = INT64_MAX;
    for (run = w->runs; run < w->runs + w->count; run++) {
        uint64_t before = (uint64_t)run->start_ms - 1; /* 0, as if not said: beyond all others */
        run->seen = UNSEEN;
        if (!has_ended(run) && before < w->deep_ms) {
            w->deep_ms = before;
        }
    }
    osft_stream_init(&w->stream, &w->page, on_task, w);
    osft_pages_init(&w->pages, l, w->query,
                    w->max < PAGE_MAX - PAGE_MORE ? w->max + PAGE_MORE : PAGE_MAX);
    w->enough = w->stop = 0;
    osft_count_from_now(&w->deadline, l->set->port, budget_ms);
    return ask(w);
}

int osft_watch_more(const struct osft_watch *w)
{
    return w->busy;
}

int osft_watch_end(struct osft_watch *w)
{
    int err = osft_pages_end(&w->pages);

    if (err == OSFT_E_STATE) {
        return err;
    }
    /* Where a task did not fit, all else of the page was read. */
    if (err == OSFT_OK || (err == OSFT_E_SPACE && w->stream.too_large != 0)) {
        if (!w->enough && osft_pages_more(&w->pages)) {
            return ask(w);
        }
        w->known = 1;
        err = w->stream.too_large != 0 ? OSFT_E_SPACE : look_for_vanished(w);
    }
    w->busy = 0;
    return err;
}

int osft_watch_poll(struct osft_watch *w, uint32_t budget_ms)
{
    int err = osft_watch_begin(w, budget_ms);

    while (err == OSFT_OK && w->busy) {
        (void)osft_link_run(w->pages.link);
        err = osft_watch_end(w);
    }
    return err;
}
