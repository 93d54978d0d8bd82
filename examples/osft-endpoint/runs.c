/* SPDX-License-Identifier: Apache-2.0 */
/* How made-up tasks change with time. */
#include "store.h"

#include <stdlib.h>
#include <string.h>

/* Return a new place in front of the newest task. The store has free room there, so that an arrival
 * does not move the other tasks. */
static struct ep_task *add_front(struct ep_store *s)
{
    if (s->room == 0) {
        size_t room = s->count + 64;
        struct ep_task *block = ep_alloc(NULL, room + s->count, sizeof(*block));

        if (s->count)
            memcpy(block + room, s->tasks, s->count * sizeof(*block));
        free(s->block);
        s->block = block;
        s->tasks = block + room;
        s->room = room;
    }
    s->room--;
    s->count++;
    return --s->tasks;
}

void ep_run_attach(struct ep_store *s, size_t i, const struct ep_made *m)
{
    struct ep_run *run = ep_alloc(NULL, 1, sizeof(*run));

    memset(run, 0, sizeof(*run));
    run->made = *m;
    run->shown = -1;
    s->tasks[i].run = run;
    s->moving_count++;
    ep_event_add(&s->events, m->start_ms, EP_STARTED, m);
}

/* Add a run that starts at start_ms, or later if that is needed to keep start times distinct and
 * increasing. */
static void add_run(struct ep_store *s, int64_t start_ms)
{
    struct ep_arrivals *a = &s->arrivals;
    struct ep_made m;

    if (s->count >= EP_TASKS_MAX) {
        if (!a->full)
            fprintf(stderr, "osft-endpoint: %d tasks: while there are so many, none arrives\n",
                    EP_TASKS_MAX);
        a->full = 1;
        return;
    }
    if (start_ms <= a->newest_ms)
        start_ms = a->newest_ms + 1;
    a->newest_ms = start_ms;
    a->count++;
    ep_made_plan(&m, ++s->last_number, start_ms, s->run_ms);
    if (a->vanish_every && a->count % (uint64_t)a->vanish_every == 0)
        m.vanish_ms = m.start_ms + (m.end_ms - m.start_ms) / 2;
    memset(add_front(s), 0, sizeof(struct ep_task));
    ep_run_attach(s, 0, &m);
}

static void add_due_runs(struct ep_store *s, int64_t now_ms)
{
    struct ep_arrivals *a = &s->arrivals;

    if (a->every_ms <= 0)
        return;
    for (; a->next_ms <= now_ms && s->count < EP_TASKS_MAX; a->next_ms += a->every_ms)
        add_run(s, a->next_ms);
    if (a->next_ms > now_ms)
        return;
    add_run(s, a->next_ms); /* reports that there is no room; runs that are due now never arrive */
    a->next_ms += ((now_ms - a->next_ms) / a->every_ms + 1) * a->every_ms;
}

/* Remove the i-th task. This moves only the few newer tasks, as a task that vanishes has started a
 * short time ago. */
static void remove_task(struct ep_store *s, size_t i)
{
    struct ep_run *run = s->tasks[i].run;

    ep_event_add(&s->events, run->made.vanish_ms, EP_VANISHED, &run->made);
    ep_free(&run->text);
    free(run);
    memmove(s->tasks + 1, s->tasks, i * sizeof(*s->tasks));
    s->tasks++;
    s->room++;
    s->count--;
}

static void write_task(struct ep_task *t, int64_t now_ms)
{
    struct ep_text why = { NULL, 0, 0 };
    struct ep_run *run = t->run;
    size_t order = t->order;

    run->shown = ep_made_stage(&run->made, now_ms);
    run->text.len = 0;
    ep_made_write(&run->made, now_ms, &run->text);
    if (ep_task_parse(ep_span_of(&run->text), t, &why))
        abort(); /* impossible: the endpoint wrote this JSON */
    t->run = run;
    t->order = order;
}

/* Move the i-th task on to now_ms. Returns 1, or 0 when the task has vanished and the next task is
 * at i. */
static int advance_run(struct ep_store *s, size_t i, int64_t now_ms)
{
    struct ep_task *t = &s->tasks[i];
    const struct ep_made *m = &t->run->made;

    if (m->vanish_ms && m->vanish_ms <= now_ms) {
        s->moving_count--;
        remove_task(s, i);
        return 0;
    }
    if (ep_made_stage(m, now_ms) != t->run->shown)
        write_task(t, now_ms);
    if (now_ms >= m->end_ms) {
        s->moving_count--;
        ep_event_add(&s->events, m->end_ms, m->fails ? EP_FAILED_RUN : EP_SUCCEEDED, m);
    }
    return 1;
}

static int is_moving(const struct ep_task *t)
{
    return t->run && t->run->shown <= 100;
}

/* Move all made-up tasks on to now_ms. The search begins with the newest task, and ends with the
 * last task that can still change. */
static void advance_runs(struct ep_store *s, int64_t now_ms)
{
    size_t i = 0, left = s->moving_count;

    while (left > 0) {
        if (is_moving(&s->tasks[i])) {
            left--;
            i += advance_run(s, i, now_ms) != 0;
        } else {
            i++;
        }
    }
    ep_events_flush(&s->events);
}

static int64_t advance_clock(struct ep_store *s, int64_t now_ms)
{
    if (now_ms > s->now_ms)
        s->now_ms = now_ms;
    add_due_runs(s, s->now_ms);
    return s->now_ms;
}

void ep_store_tick(struct ep_store *s, int64_t now_ms)
{
    if (s->made_up)
        advance_runs(s, advance_clock(s, now_ms));
}

void ep_store_tick_list(struct ep_store *s, int64_t now_ms)
{
    int64_t i, n = s->arrivals.per_list;

    if (!s->made_up)
        return;
    now_ms = advance_clock(s, now_ms);
    for (i = 1; i <= n; i++)
        add_run(s, now_ms - n + i);
    advance_runs(s, now_ms);
}
