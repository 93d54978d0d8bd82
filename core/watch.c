/* SPDX-License-Identifier: Apache-2.0 */
/* What changed since the last look. What holds between polls: each run that is listed and is newer than
 * w->floor_ms is in the table.
 */
#include <string.h>
#include "osft_watch.h"

#define PAGE_MAX  50 /* tasks to ask for at once, at most */
#define PAGE_MORE 4  /* and in a small table: more than it holds by so many */

enum { UNSEEN, SEEN, FIRST_SEEN };

OSFT_STATIC_ASSERT(OSFT_WATCH_SUCCEEDED - OSFT_SUCCESS == 2 && OSFT_WATCH_FAILED - OSFT_FAILED == 2,
                   states_and_events_must_be_in_one_order);

static int has_ended(const struct osft_run *run)
{
    return run->state - 1U < 2; /* OSFT_SUCCESS, OSFT_FAILED */
}

static void raise(int64_t *to, int64_t at_least)
{
    *to = *to < at_least ? at_least : *to;
}

static void tell(struct osft_watch *w, int event, const struct osft_task *task,
                 const struct osft_run *run)
{
    w->stop |= w->on_event(w->ctx, (enum osft_watch_event)event, task, run) != 0;
}

/* A run that is new goes into the table, or, where it is the first that must go, does not. */
static void keep(struct osft_watch *w, struct osft_run *run)
{
    struct osft_run *gone = run, *r;

    if (w->count < w->max) {
        w->runs[w->count++] = *run;
        return;
    }
    for (r = w->runs; r < w->runs + w->max; r++) {
        int ended = has_ended(r), better = has_ended(gone);
        if (ended == better ? r->start_ms < gone->start_ms : ended) {
            gone = r;
        }
    }
    if (gone != run) {
        struct osft_run swap = *gone;
        *gone = *run;
        *run = swap;
    }
    /* What is new to this poll has been told, and so will be all that follows; what this poll was still
     * to see must not be taken for new when it comes. */
    if (run->seen == FIRST_SEEN && w->known) {
        raise(&w->drop_ms, run->start_ms);
    } else {
        raise(&w->floor_ms, run->start_ms);
        if (has_ended(run)) {
            return;
        }
    }
    w->dropped++;
    tell(w, OSFT_WATCH_DROPPED, NULL, run);
}

/* What the service says of a run: tell what is new in that, and remember it. */
static void look_at(struct osft_watch *w, const struct osft_task *task)
{
    struct osft_run one, was, *run = w->runs;
    int is_first;

    one.id = osft_task_id(task);
    while (run < w->runs + w->count && run->id != one.id) {
        run++;
    }
    is_first = run == w->runs + w->count;
    if (is_first) {
        if (task->start_ms <= w->floor_ms) {
            return;
        }
        run = &one;
        run->state = OSFT_STATE_OTHER;
        run->progress = OSFT_UNKNOWN;
    }
    run->start_ms = task->start_ms;
    run->seen = (uint8_t)(is_first ? FIRST_SEEN : run->seen | SEEN);
    was = *run;
    run->state = (uint8_t)osft_task_state(task);
    if (run->state == OSFT_STATE_OTHER && task->end_ms > 0) {
        run->state = OSFT_FAILED;
    }
    if (task->progress >= 0) {
        run->progress = (int8_t)task->progress;
    }
    if (!is_first || w->known || !has_ended(run)) { /* else: taken as known */
        if (is_first || (has_ended(&was) && !has_ended(run))) {
            tell(w, OSFT_WATCH_STARTED, task, &was);
        } else if (!has_ended(run) && run->progress != was.progress) {
            tell(w, OSFT_WATCH_PROGRESSED, task, &was);
        }
        if (has_ended(run) && run->state != was.state) {
            tell(w, run->state + 2, task, &was);
        }
    }
    if (is_first) {
        keep(w, run);
    }
}

static int on_task(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    struct osft_watch *w = ctx;

    (void)index;
    (void)need;
    if (task != NULL) {
        look_at(w, task);
        w->enough |=
            task->start_ms >= 0 && task->start_ms <= w->floor_ms && task->start_ms < w->oldest_ms;
    }
    return w->stop;
}

/* What should have been seen and was not. */
static void look_for_vanished(struct osft_watch *w)
{
    unsigned changed = w->pages.changed;
    uint32_t i;

    if (w->lacks || (changed & (OSFT_PAGES_SHRANK | OSFT_PAGES_STUCK | OSFT_PAGES_SHORT))) {
        return; /* it may be there all the same */
    }
    for (i = w->count; i-- > 0 && !w->stop;) {
        struct osft_run run = w->runs[i];
        if (run.seen == UNSEEN && !has_ended(&run) &&
            (!osft_pages_more(&w->pages) ||
             (run.start_ms > 0 && !(changed & OSFT_PAGES_DISORDER)))) {
            w->runs[i] = w->runs[--w->count];
            tell(w, OSFT_WATCH_VANISHED, NULL, &run);
        }
    }
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

static int ask(struct osft_watch *w)
{
    const struct osft_port *port = w->pages.link->set->port;
    uint32_t left = 0;

    if (w->budget != 0) {
        uint32_t gone = port->ticks_ms(port->ctx) - w->began; /* right across a wrap, too */
        if (gone >= w->budget) {
            return OSFT_E_TIMEOUT;
        }
        left = w->budget - gone;
    }
    return osft_pages_begin(&w->pages, left, &w->page);
}

/* The poll is over. */
static int end(struct osft_watch *w, int err)
{
    raise(&w->floor_ms, w->drop_ms);
    w->busy = 0;
    return err;
}

int osft_watch_begin(struct osft_watch *w, uint32_t budget_ms)
{
    struct osft_link *l = w->pages.link;
    struct osft_run *run;
    int err;

    if (w->busy) {
        return OSFT_E_STATE;
    }
    w->oldest_ms = INT64_MAX;
    for (run = w->runs; run < w->runs + w->count; run++) {
        run->seen = UNSEEN;
        if (!has_ended(run) && run->start_ms > 0 && run->start_ms < w->oldest_ms) {
            w->oldest_ms = run->start_ms;
        }
    }
    osft_stream_init(&w->stream, &w->page, on_task, w);
    osft_pages_init(&w->pages, l, w->query,
                    w->max < PAGE_MAX - PAGE_MORE ? w->max + PAGE_MORE : PAGE_MAX);
    w->lacks = OSFT_OK;
    w->enough = w->stop = 0;
    w->budget = budget_ms;
    w->began = l->set->port->ticks_ms(l->set->port->ctx);
    w->busy = 1;
    err = ask(w);
    return err != OSFT_OK ? end(w, err) : err;
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
    if (err == OSFT_E_SPACE && w->page.http_status != 0) {
        w->lacks = err; /* all else of the page was read */
        err = OSFT_OK;
    }
    if (err == OSFT_OK) {
        if (!w->enough && osft_pages_more(&w->pages)) {
            err = ask(w);
            if (err == OSFT_OK) {
                return err;
            }
        } else {
            w->known = 1;
            look_for_vanished(w);
            err = w->stop ? OSFT_E_STOPPED : w->lacks;
        }
    }
    return end(w, err);
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
