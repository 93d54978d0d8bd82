/* SPDX-License-Identifier: Apache-2.0 */
/* A watch whose table is full: which runs it drops, and which events it reports of them. */
#include "watcher.h"

static void a_full_table_drops_the_oldest_run_that_has_ended(void **state)
{
    struct watcher *w = watcher_new(4096, 3);
    (void)state;
    assert_poll(w, "");
    start_run(w);
    start_run(w);
    start_run(w);
    assert_poll(w, "S3 S2 S1");
    end_run(w, 2, "success");
    assert_poll(w, "+2");
    start_run(w);
    assert_poll(w, "S4"); /* run 2 is dropped without an event, as its end was reported */
    assert_int_equal(w->watch.dropped, 0);
    start_run(w);
    assert_poll(w, "S5 D1"); /* no run has ended, so the oldest one is dropped, which is reported */
    assert_int_equal(w->watch.dropped, 1);
    end_run(w, 1, "success"); /* run 1 is not in the table any more */
    end_run(w, 3, "success");
    assert_poll(w, "+3");
    assert_poll(w, "");
    watcher_free(w);
}

/* Of two runs with the same start, the one that is in the table stays there. */
static void a_run_is_not_dropped_for_one_that_is_as_old(void **state)
{
    struct watcher *w = watcher_new(4096, 2);
    (void)state;
    start_run(w)->start = 1000;
    start_run(w)->start = 1000;
    assert_poll(w, "S2 S1");
    start_run(w)->start = 1000;
    assert_poll(w, "S3 D3");
    assert_poll(w, "");
    end_run(w, 1, "success");
    end_run(w, 2, "failed");
    assert_poll(w, "-2 +1");
    watcher_free(w);
}

static uint32_t counts[16];
static struct watcher *counted;
static osft_on_event *real_on_event;

static int count_runs(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                      const struct osft_run *run)
{
    counts[event] = counted->watch.count;
    return real_on_event(ctx, event, task, run);
}

/* During an event, watch.count is that from before the event. */
static void during_an_event_the_count_is_that_before_the_event(void **state)
{
    struct watcher *w = counted = watcher_new(4096, 2);
    (void)state;
    real_on_event = w->watch.on_event;
    w->watch.on_event = count_runs;
    start_run(w);
    assert_poll(w, "S1");
    assert_int_equal(counts[OSFT_WATCH_STARTED], 0);
    start_run(w);
    assert_poll(w, "S2");
    assert_int_equal(counts[OSFT_WATCH_STARTED], 1);
    start_run(w);
    assert_poll(w, "S3 D1");
    assert_int_equal(counts[OSFT_WATCH_STARTED], 2);
    assert_int_equal(counts[OSFT_WATCH_DROPPED], 2);
    service_delete(w->s, 0);
    assert_poll(w, "V3");
    assert_int_equal(counts[OSFT_WATCH_VANISHED], 2);
    assert_int_equal(w->watch.count, 1);
    watcher_free(w);
}

static void tell_more_than_the_table_holds(int restarts)
{
    struct watcher *w = watcher_new(4096, 4);
    uint32_t i;
    start_run(w);
    assert_poll(w, "S1");
    for (i = 2; i <= 90; i++) {
        start_run(w);
        end_run(w, i, i % 3 ? "success" : "failed");
    }
    end_run(w, 1, "success");
    assert_int_equal(watcher_poll(w), OSFT_OK);
    for (i = 1; i <= 90; i++) {
        assert_int_equal(w->told[i].started, 1);
        assert_int_equal(w->told[i].succeeded + w->told[i].failed, 1);
        assert_int_equal(w->told[i].dropped, i > 1 && i <= 87);
    }
    assert_int_equal(w->watch.dropped, 86);
    if (restarts) {
        restart_watch(w);
    }
    assert_poll(w, "");
    watcher_free(w);
}

static void one_poll_reports_more_runs_than_the_table_holds(void **state)
{
    (void)state;
    tell_more_than_the_table_holds(0);
    tell_more_than_the_table_holds(1);
}

static void a_task_that_does_not_fit_is_reported_and_has_not_vanished(void **state)
{
    struct watcher *w = watcher_new(1200, 8);
    (void)state;
    start_run(w);
    start_run(w);
    start_run(w);
    assert_poll(w, "S3 S2 S1");
    service_find(w->s, 2)->pad = 3000;
    end_run(w, 1, "success");
    assert_int_equal(watcher_poll(w), OSFT_E_SPACE);
    assert_string_equal(w->log, "+1");
    assert_true(w->s->client.reply.need > 3000);
    service_find(w->s, 2)->pad = 0;
    assert_poll(w, "");
    watcher_free(w);
}

/* All runs start in the same millisecond, and the table is full. */
static void runs_that_start_with_a_dropped_one_are_reported(void **state)
{
    uint32_t old, i;
    (void)state;
    for (old = 3; old <= 3 + OSFT_PAGES_RECENT; old++) {
        struct watcher *w = watcher_new(4096, 3);
        for (i = 1; i <= old; i++) {
            start_run(w)->start = 1000;
            end_run(w, i, "success");
        }
        assert_poll(w, "");
        /* each of these runs drops one that has ended */
        for (i = old + 1; i <= 4 + OSFT_PAGES_RECENT; i++) {
            start_run(w)->start = 1000;
            end_run(w, i, "success");
            assert_int_equal(watcher_poll(w), OSFT_OK);
            if (i % 2) {
                restart_watch(w);
            }
            assert_poll(w, "");
            assert_int_equal(w->told[i].started, 1);
            assert_int_equal(w->told[i].succeeded, 1);
        }
        watcher_free(w);
    }
}

/* More runs than a page lists start together, and the new one is the last of them. */
static void a_run_behind_all_that_start_with_a_dropped_one_is_reported(void **state)
{
    struct watcher *w = watcher_new(4096, 3);
    uint32_t i;
    (void)state;
    for (i = 1; i <= 9; i++) {
        start_run(w)->start = 1000;
        end_run(w, i, "success");
    }
    assert_poll(w, "");
    service_insert(w->s, w->s->count, 1000)->end = 0;
    assert_poll(w, "S10");
    assert_true(w->s->page_number > 1);
    watcher_free(w);
}

/* Run 2 is dropped for a newer run before the same poll reads its task. */
static void a_known_run_that_was_dropped_is_not_reported_as_new(void **state)
{
    struct watcher *w = watcher_new(4096, 2);
    (void)state;
    start_run(w)->start = 1000;
    start_run(w)->start = 1000;
    assert_poll(w, "S2 S1");
    start_run(w)->start = 3000;
    start_run(w)->start = 4000;
    end_run(w, 4, "success");
    assert_int_equal(watcher_poll(w), OSFT_OK);
    assert_int_equal(w->told[1].started, 1);
    assert_int_equal(w->told[2].started, 1);
    assert_int_equal(w->told[3].started, 1);
    assert_int_equal(w->told[4].started, 1);
    assert_poll(w, "");
    watcher_free(w);
}

/* When more runs with one start were dropped than the watch remembers, all other runs with that
 * start count as known, too. */
static void more_runs_that_start_together_than_are_remembered_are_reported_once(void **state)
{
    struct watcher *w = watcher_new(8192, 3);
    uint32_t i;
    (void)state;
    for (i = 1; i <= 40; i++) {
        start_run(w)->start = 1000;
        assert_int_equal(watcher_poll(w), OSFT_OK);
        assert_true(w->told[i].started <= 1);
        assert_true(i > 3 + OSFT_PAGES_RECENT || w->told[i].started == 1);
    }
    start_run(w)->start = 1001;
    assert_int_equal(watcher_poll(w), OSFT_OK);
    assert_int_equal(w->told[41].started, 1);
    for (i = 1; i <= 40; i++) {
        assert_true(w->told[i].started <= 1);
    }
    watcher_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_table_drops_the_oldest_run_that_has_ended),
        cmocka_unit_test(a_run_is_not_dropped_for_one_that_is_as_old),
        cmocka_unit_test(during_an_event_the_count_is_that_before_the_event),
        cmocka_unit_test(one_poll_reports_more_runs_than_the_table_holds),
        cmocka_unit_test(a_task_that_does_not_fit_is_reported_and_has_not_vanished),
        cmocka_unit_test(runs_that_start_with_a_dropped_one_are_reported),
        cmocka_unit_test(a_run_behind_all_that_start_with_a_dropped_one_is_reported),
        cmocka_unit_test(a_known_run_that_was_dropped_is_not_reported_as_new),
        cmocka_unit_test(more_runs_that_start_together_than_are_remembered_are_reported_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
