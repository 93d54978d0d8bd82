/* SPDX-License-Identifier: Apache-2.0 */
/* The watch: what it reports when `before` becomes `after`. */
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

#define GENERATIONS (sizeof(((struct heard *)0)->count) / sizeof(((struct heard *)0)->count[0]))

enum {
    HAS_BEGUN = 1 << OSFT_WATCH_STARTED,
    HAS_MOVED = 1 << OSFT_WATCH_PROGRESSED,
    HAS_WON = 1 << OSFT_WATCH_SUCCEEDED,
    HAS_LOST = 1 << OSFT_WATCH_FAILED,
    HAS_GONE = 1 << OSFT_WATCH_VANISHED
};

/* What is reported, by generation: of `before` as the first thing seen, of what has changed then, and
 * of `after` as the first thing seen. */
static const int at_first[GENERATIONS] = {
    [0] = HAS_BEGUN, /* in a state of its own, and without an end: counted as running */
    [7] = HAS_BEGUN,
    [8] = HAS_BEGUN,
    [9] = HAS_BEGUN,
    [10] = HAS_BEGUN
};
static const int at_change[GENERATIONS] = {
    [7] = HAS_GONE,  [8] = HAS_LOST, [9] = HAS_WON, [10] = HAS_MOVED, [11] = HAS_BEGUN | HAS_WON,
    [12] = HAS_BEGUN
};
static const int at_last[GENERATIONS] = { [0] = HAS_BEGUN, [10] = HAS_BEGUN, [12] = HAS_BEGUN };

static int generation_of(const struct osft_task *t)
{
    unsigned long n = t->generation.ptr ? strtoul(t->generation.ptr, NULL, 10) : GENERATIONS;
    return n < GENERATIONS ? (int)n : -1;
}

/* A run that is gone is told only by what the watch keeps of it. */
static int generation_of_run(const struct osft_run *run)
{
    int i;

    for (i = 0; i < BEFORE_COUNT; i++)
        if (osft_task_id(&before[i].task) == run->id)
            return generation_of(&before[i].task);
    for (i = 0; i < AFTER_COUNT; i++)
        if (osft_task_id(&after[i].task) == run->id)
            return generation_of(&after[i].task);
    return -1;
}

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    struct heard *h = ctx;
    int gen = task ? generation_of(task) : generation_of_run(run);

    if (gen < 0 || event < OSFT_WATCH_STARTED || event > OSFT_WATCH_DROPPED ||
        (task && truth_index(before, BEFORE_COUNT, task) < 0 &&
         truth_index(after, AFTER_COUNT, task) < 0))
        h->wrong++;
    else
        h->count[gen][event]++;
    return 0;
}

void watch_init(struct sight *s, struct live_client *c)
{
    memset(s, 0, sizeof(*s));
    osft_watch_init(&s->watch, &c->link, &c->query, s->runs, sizeof(s->runs) / sizeof(s->runs[0]),
                    on_event, &s->heard);
}

void watch_poll(struct sight *s, uint32_t budget_ms, struct outcome *o)
{
    struct osft_watch *w = &s->watch;
    int calls = 0;

    for (o->err = osft_watch_begin(w, budget_ms); osft_watch_more(w); o->err = osft_watch_end(w)) {
        int64_t began = live_ticks_ms();

        assert_in_range(++calls, 1, 64);
        (void)osft_link_run(w->pages.link);
        note_call(o, w->pages.link, began);
    }
    o->page = w->page;
    assert_int_equal(w->dropped, 0);
}

static void check(const struct heard *h, const int *want, int complete)
{
    size_t gen;
    int event;

    assert_int_equal(h->wrong, 0);
    for (gen = 0; gen < GENERATIONS; gen++) {
        for (event = OSFT_WATCH_STARTED; event <= OSFT_WATCH_DROPPED; event++) {
            int due = want[gen] >> event & 1, is = h->count[gen][event];

            if (is > due || (complete && is != due))
                fail_msg("generation %d: event %d came %d times, is due %d times", (int)gen, event,
                         is, due);
        }
    }
}

void check_heard_before(const struct heard *h)
{
    check(h, at_first, 1);
}

void check_heard_change(const struct heard *h, int complete)
{
    check(h, at_change, complete);
}

void check_heard_after(const struct heard *h, int complete)
{
    check(h, at_last, complete);
}
