/* SPDX-License-Identifier: Apache-2.0 */
/* The events that a watch must report when `before` becomes `after`. */
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

#define GENERATIONS (sizeof(((struct heard *)0)->count) / sizeof(((struct heard *)0)->count[0]))

enum {
    STARTED = 1 << OSFT_WATCH_STARTED,
    PROGRESSED = 1 << OSFT_WATCH_PROGRESSED,
    SUCCEEDED = 1 << OSFT_WATCH_SUCCEEDED,
    FAILED = 1 << OSFT_WATCH_FAILED,
    VANISHED = 1 << OSFT_WATCH_VANISHED
};

/* The events by generation: of the first poll when it sees `before`; of the second one, which sees
 * `after`; and of the first poll when it sees `after`. */
static const int at_first[GENERATIONS] = {
    [0] = STARTED, /* running, as its status is neither success nor failed, and it has no end */
    [7] = STARTED,
    [8] = STARTED,
    [9] = STARTED,
    [10] = STARTED
};
static const int at_change[GENERATIONS] = {
    [7] = VANISHED, [8] = FAILED, [9] = SUCCEEDED, [10] = PROGRESSED, [11] = STARTED | SUCCEEDED,
    [12] = STARTED
};
static const int at_last[GENERATIONS] = { [0] = STARTED, [10] = STARTED, [12] = STARTED };

static int generation_of(const struct osft_task *task)
{
    unsigned long n = task->generation.ptr ? strtoul(task->generation.ptr, NULL, 10) : GENERATIONS;
    return n < GENERATIONS ? (int)n : -1;
}

/* Return the generation of a run. Of a run that is not listed any more, only the id is known. */
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
    struct heard *heard = ctx;
    int generation = task ? generation_of(task) : generation_of_run(run);

    if (generation < 0 || event < OSFT_WATCH_STARTED || event > OSFT_WATCH_DROPPED ||
        (task && truth_index(before, BEFORE_COUNT, task) < 0 &&
         truth_index(after, AFTER_COUNT, task) < 0))
        heard->wrong++;
    else
        heard->count[generation][event]++;
    return 0;
}

static void on_omission(void *ctx, const struct osft_omission *omission)
{
    struct heard *heard = ctx;

    heard->left_out++;
    heard->wrong +=
        omission->reason != OSFT_E_BAD_TASK || strcmp(omission->member, "progress") != 0;
}

void watcher_init(struct watcher *w, struct live_client *c)
{
    memset(w, 0, sizeof(*w));
    osft_watch_init(&w->watch, &c->client, &c->query, w->runs, sizeof(w->runs) / sizeof(w->runs[0]),
                    on_event, &w->heard);
    w->watch.on_omission = on_omission;
}

static void check(const struct heard *heard, const int *wanted, int complete)
{
    size_t generation;
    int event;

    assert_int_equal(heard->wrong, 0);
    for (generation = 0; generation < GENERATIONS; generation++) {
        for (event = OSFT_WATCH_STARTED; event <= OSFT_WATCH_DROPPED; event++) {
            int due = wanted[generation] >> event & 1, times = heard->count[generation][event];

            if (times > due || (complete && times != due))
                fail_msg("generation %d: %s was reported %d times, and should be %d times",
                         (int)generation, osft_watch_event_name((enum osft_watch_event)event),
                         times, due);
        }
    }
}

void check_heard_before(const struct heard *heard)
{
    check(heard, at_first, 1);
}

void check_heard_change(const struct heard *heard, int complete)
{
    check(heard, at_change, complete);
}

void check_heard_after(const struct heard *heard, int complete)
{
    check(heard, at_last, complete);
}
