/* SPDX-License-Identifier: Apache-2.0 */
/* Which events a watch reports for what changed since the last poll. */
#include "watcher.h"

static void each_change_of_a_run_is_one_event(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    end_run(w, 1, "success");
    start_run(w);
    start_run(w);
    end_run(w, 3, "failed");
    assert_poll(w, "S2"); /* the first poll reports nothing of runs that have ended */
    assert_poll(w, "");
    service_find(w->s, 2)->progress = 40;
    start_run(w);
    assert_poll(w, "S4 P2");
    assert_int_equal(w->told[2].progress, 40);
    restart_watch(w);
    assert_poll(w, "");
    service_find(w->s, 2)->progress = 100;
    end_run(w, 2, "success");
    end_run(w, 4, "failed");
    assert_poll(w, "-4 +2");
    assert_poll(w, "");
    start_run(w);
    end_run(w, 5, "success");
    assert_poll(w, "S5 +5"); /* run 5 started and ended between two polls */
    start_run(w);
    assert_poll(w, "S6");
    service_delete(w->s, 0);
    service_delete(w->s, 0); /* run 5 had ended, so that it vanishes is not reported */
    assert_poll(w, "V6");
    assert_poll(w, "");
    watcher_free(w);
}

static void a_run_that_ended_can_start_again(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    end_run(w, 1, "failed");
    assert_poll(w, "");
    end_run(w, 1, "running");
    service_find(w->s, 1)->progress = 7;
    assert_poll(w, "S1");
    end_run(w, 1, "success");
    assert_poll(w, "+1");
    end_run(w, 1, "failed"); /* another outcome is reported */
    assert_poll(w, "-1");
    watcher_free(w);
}

static void status_and_end_time_decide_whether_a_run_has_ended(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    struct service_task *t;
    (void)state;
    assert_poll(w, "");
    t = start_run(w);
    t->status = "waiting";
    assert_poll(w, "S1");
    t = service_find(w->s, 1);
    t->status = NULL;
    t->progress = -1;
    assert_poll(w, ""); /* a task without status and progress shows no change */
    t->status = "running";
    t->progress = 0;
    assert_poll(w, "");
    t->progress = 3;
    t->status = "paused";
    assert_poll(w, "P1");
    end_run(w, 1, "cancelled");
    assert_poll(w, "-1");
    t = start_run(w);
    t->progress = -1;
    assert_poll(w, "S2");
    assert_int_equal(w->runs[1].progress, OSFT_UNKNOWN);
    service_find(w->s, 2)->status = "success"; /* the task has no end time */
    assert_poll(w, "+2");
    t = start_run(w);
    t->status = "cancelled";
    t->end = 1; /* the earliest possible end */
    assert_poll(w, "S3 -3");
    watcher_free(w);
}

/* A new watch does not depend on what its memory contained. */
static void a_watch_begins_with_nothing(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    struct osft_watch fresh = w->watch;
    (void)state;
    memset(&w->watch, 0xaa, sizeof(w->watch));
    osft_watch_init(&w->watch, &w->s->client, &w->s->query, w->runs, w->max, fresh.on_event, w);
    assert_int_equal(w->watch.count, 0);
    assert_int_equal(w->watch.dropped, 0);
    assert_null(w->watch.on_omission);
    start_run(w);
    start_run(w);
    end_run(w, 1, "success");
    assert_poll(w, "S2");
    assert_int_equal(w->s->now, 0); /* the watch did not wait */
    watcher_free(w);
}

static void a_run_that_becomes_visible_late_is_new(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    int i;
    (void)state;
    for (i = 0; i < 5; i++) {
        start_run(w);
    }
    assert_poll(w, "S5 S4 S3 S2 S1");
    service_insert(w->s, 3, w->s->list[3].start + 1);
    assert_poll(w, "S6");
    watcher_free(w);
}

static void runs_without_a_start_are_followed_while_they_are_listed(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    (void)state;
    start_run(w);
    start_run(w)->start = -1; /* the run has not started, and is listed first */
    assert_poll(w, "S2 S1");
    assert_poll(w, "");
    service_find(w->s, 2)->start = 5000;
    assert_poll(w, "");
    end_run(w, 2, "success");
    assert_poll(w, "+2");
    service_insert(w->s, 0, -1);
    assert_poll(w, "S3");
    service_delete(w->s, 0);
    assert_poll(w, "V3");
    watcher_free(w);
}

/* A start of 0 is treated like an absent one: polls do not read down to the end of the list to find
 * that run. */
static void a_run_with_a_start_of_0_makes_no_poll_read_the_whole_list(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    uint32_t i;
    (void)state;
    start_run(w)->start = 0;
    assert_poll(w, "S1");
    for (i = 2; i <= 300; i++) {
        start_run(w)->start = 1000 + i;
        end_run(w, i, "success");
    }
    /* the poll reads the list to its end, as the table was not full */
    assert_int_equal(watcher_poll(w), OSFT_OK);
    w->s->requests = 0;
    assert_poll(w, ""); /* run 1 is not reported as vanished */
    assert_int_equal(w->s->requests, 1);
    watcher_free(w);
}

static void the_first_poll_reads_no_further_than_it_must(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    uint32_t i;
    (void)state;
    for (i = 1; i <= 500; i++) {
        start_run(w);
        end_run(w, i, i % 2 ? "success" : "failed");
    }
    start_run(w);
    assert_poll(w, "S501");
    assert_int_equal(w->s->requests, 1);
    assert_int_equal(w->watch.count, 8);
    assert_poll(w, "");
    start_run(w);
    assert_poll(w, "S502");
    assert_int_equal(w->s->requests, 3); /* no other poll reads the whole list either */
    assert_int_equal(w->watch.dropped, 0);
    watcher_free(w);
}

static void a_poll_reads_down_to_the_oldest_run_that_has_not_ended(void **state)
{
    struct watcher *w = watcher_new(8192, 3);
    uint32_t i;
    (void)state;
    start_run(w);
    assert_poll(w, "S1");
    for (i = 2; i <= 100; i++) {
        start_run(w);
        end_run(w, i, "success");
        assert_int_equal(watcher_poll(w), OSFT_OK);
    }
    for (i = 2; i <= 100; i++) {
        assert_int_equal(w->told[i].started, 1);
        assert_int_equal(w->told[i].succeeded, 1);
    }
    service_find(w->s, 1)->progress = 9;
    assert_poll(w, "P1");
    end_run(w, 1, "failed");
    assert_poll(w, "-1");
    assert_int_equal(w->watch.dropped, 0);
    w->s->requests = 0;
    assert_poll(w, "");
    assert_int_equal(w->s->requests, 1); /* the watch reads further only while it must */
    watcher_free(w);
}

static void a_list_with_fewer_tasks_than_its_total_makes_none_vanish(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    start_run(w);
    assert_poll(w, "S2 S1");
    service_delete(w->s, 0);
    w->s->total = TOTAL_WRONG;
    w->s->wrong_total = 2;
    assert_poll(w, "");
    w->s->wrong_total = 1;
    assert_poll(w, "V2");
    watcher_free(w);
}

/* Make a watch over more runs than one page lists. */
static struct watcher *with_55_runs(size_t room)
{
    struct watcher *w = watcher_new(room, 60);
    int i;
    for (i = 0; i < 55; i++) {
        start_run(w);
    }
    assert_int_equal(watcher_poll(w), OSFT_OK);
    assert_int_equal(w->watch.count, 55);
    return w;
}

static void a_list_that_repeats_itself_makes_none_vanish(void **state)
{
    struct watcher *w = with_55_runs(4096);
    (void)state;
    w->s->total = TOTAL_ABSENT;
    w->s->ignore_number = 1;
    w->s->cap = 20;
    assert_poll(w, "");
    w->s->ignore_number = 0;
    assert_poll(w, "");
    watcher_free(w);
}

/* Read a list of which the service shows only a part. cap: the largest page; 0: no limit */
static void read_a_list_in_part(size_t cap, enum service_total total)
{
    struct watcher *w = watcher_new(4096, 3);
    struct service_task t;
    uint32_t i;

    w->s->cap = cap;
    w->s->total = total;
    start_run(w)->start = -1;
    assert_poll(w, "S1");
    for (i = 2; i <= 30; i++) { /* the newest runs, behind the one that has not started */
        service_insert(w->s, 1, 1000 + i);
        w->s->list[1].status = "success";
    }
    assert_int_equal(watcher_poll(w), OSFT_OK);
    /* below, the test moves first the run that has not started, then this one to the end of the
     * list */
    service_insert(w->s, 1, 2000)->end = 0;
    assert_poll(w, "S31");
    t = w->s->list[0];
    service_delete(w->s, 0);
    *service_insert(w->s, w->s->count, -1) = t;
    assert_poll(w, "");
    assert_poll(w, "");
    service_delete(w->s, w->s->count - 1);
    *service_insert(w->s, 0, -1) = t;
    t = w->s->list[1];
    service_delete(w->s, 1);
    *service_insert(w->s, w->s->count, -1) = t;
    assert_poll(w, "");
    watcher_free(w);
}

static void a_list_read_in_part_makes_none_vanish_that_may_lie_beyond(void **state)
{
    (void)state;
    read_a_list_in_part(0, TOTAL_RIGHT);
    read_a_list_in_part(0, TOTAL_ABSENT);
    read_a_list_in_part(5, TOTAL_RIGHT);
    read_a_list_in_part(5, TOTAL_ABSENT);
}

static void count_omission(void *ctx, const struct osft_omission *omission)
{
    struct watcher *w = ctx;
    assert_int_equal(omission->reason, OSFT_E_BAD_TASK);
    assert_span(omission->task.run_id, "run-3");
    w->omitted++;
}

/* The newest of three tasks has a member that cannot be used. */
static void a_bad_task_hides_no_other(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    start_run(w);
    start_run(w)->progress = 101;
    assert_int_equal(watcher_poll(w), OSFT_E_BAD_TASK);
    assert_string_equal(w->log, "S2 S1");
    w->watch.on_omission = count_omission;
    service_find(w->s, 1)->progress = 50;
    assert_int_equal(watcher_poll(w), OSFT_E_BAD_TASK);
    assert_string_equal(w->log, "P1");
    assert_int_equal(w->omitted, 1);
    service_find(w->s, 3)->progress = 10;
    assert_poll(w, "S3");
    watcher_free(w);
}

static void a_run_whose_task_turns_bad_has_not_vanished(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    struct service_task *t;
    (void)state;
    start_run(w);
    start_run(w);
    start_run(w);
    assert_poll(w, "S3 S2 S1");
    service_find(w->s, 2)->progress = 101;
    service_delete(w->s, 0);
    assert_int_equal(watcher_poll(w), OSFT_E_BAD_TASK);
    assert_string_equal(w->log, "V3"); /* runs that have vanished are reported all the same */
    t = service_find(w->s, 2);
    t->start_text = "10.5"; /* the bad task is known by its id */
    assert_int_equal(watcher_poll(w), OSFT_E_BAD_TASK);
    assert_string_equal(w->log, "");
    t->start_text = NULL;
    t->hides_generation = 1; /* the bad task is known by its start */
    assert_int_equal(watcher_poll(w), OSFT_E_BAD_TASK);
    assert_string_equal(w->log, "");
    t->hides_generation = 0;
    t->progress = 30;
    assert_poll(w, "P2");
    watcher_free(w);
}

static void bad_tasks_on_every_page_hide_no_other(void **state)
{
    struct watcher *w = watcher_new(8192, 200);
    uint32_t i;
    (void)state;
    for (i = 1; i <= 150; i++) {
        start_run(w)->progress = i % 10 == 0 ? 101 : 0;
    }
    assert_int_equal(watcher_poll(w), OSFT_E_BAD_TASK);
    for (i = 1; i <= 150; i++) {
        assert_int_equal(w->told[i].started, i % 10 != 0);
    }
    watcher_free(w);
}

/* A short list that was read whole is not read to its end again while its end stays the same. */
static void a_poll_of_a_short_list_is_one_request(void **state)
{
    struct watcher *w = watcher_new(4096, 20);
    uint32_t i;
    (void)state;
    for (i = 1; i <= 9; i++) {
        start_run(w);
    }
    assert_int_equal(watcher_poll(w), OSFT_OK);
    w->s->requests = 0;
    for (i = 0; i < 5; i++) {
        service_find(w->s, 5)->progress++;
        assert_poll(w, "P5");
        start_run(w);
        assert_int_equal(watcher_poll(w), OSFT_OK);
    }
    assert_int_equal(w->s->requests, 10);
    service_delete(w->s, w->s->count - 1);
    assert_poll(w, "V1");
    assert_true(w->s->requests > 11);
    w->s->requests = 0;
    assert_poll(w, "");
    assert_int_equal(w->s->requests, 1);
    watcher_free(w);
}

/* A full page does not tell whether further runs are listed behind it. */
static void a_run_that_becomes_visible_behind_a_full_page_is_new(void **state)
{
    static const enum service_total totals[] = { TOTAL_RIGHT, TOTAL_ABSENT };
    size_t i, k;
    (void)state;
    for (k = 0; k < COUNT(totals); k++) {
        struct watcher *w = with_55_runs(8192);
        w->s->total = totals[k];
        for (i = 0; i < 5; i++) {
            service_delete(w->s, 0);
        }
        assert_int_equal(watcher_poll(w), OSFT_OK);
        assert_poll(w, "");
        service_insert(w->s, w->s->count, w->s->list[w->s->count - 1].start - 1)->end = 0;
        assert_poll(w, "S56");
        watcher_free(w);
    }
}

/* The service gives few tasks at a time, and a totalCount that says that these are all. */
static void a_capped_list_is_read_to_its_end(void **state)
{
    struct watcher *w = watcher_new(4096, 20);
    uint32_t i;
    (void)state;
    w->s->cap = 5;
    w->s->total = TOTAL_WRONG;
    w->s->wrong_total = 5;
    for (i = 1; i <= 12; i++) {
        start_run(w);
    }
    assert_int_equal(watcher_poll(w), OSFT_OK);
    for (i = 1; i <= 12; i++) {
        assert_int_equal(w->told[i].started, 1);
    }
    assert_poll(w, "");
    service_find(w->s, 2)->progress = 7;
    assert_poll(w, "P2");
    service_delete(w->s, 3);
    assert_poll(w, "V9");
    watcher_free(w);
}

static void an_event_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(osft_watch_event_name(OSFT_WATCH_STARTED), "started");
    assert_string_equal(osft_watch_event_name(OSFT_WATCH_PROGRESSED), "progressed");
    assert_string_equal(osft_watch_event_name(OSFT_WATCH_SUCCEEDED), "succeeded");
    assert_string_equal(osft_watch_event_name(OSFT_WATCH_FAILED), "failed");
    assert_string_equal(osft_watch_event_name(OSFT_WATCH_VANISHED), "vanished");
    assert_string_equal(osft_watch_event_name(OSFT_WATCH_DROPPED), "dropped");
    assert_string_equal(osft_watch_event_name((enum osft_watch_event)0), "unknown");
    assert_string_equal(osft_watch_event_name((enum osft_watch_event)7), "unknown");
}

static void a_task_that_does_not_fit_does_not_end_the_poll(void **state)
{
    struct watcher *w = with_55_runs(1200);
    (void)state;
    service_find(w->s, 55)->pad = 3000;
    service_find(w->s, 1)->progress = 5;
    assert_int_equal(watcher_poll(w), OSFT_E_SPACE);
    assert_string_equal(w->log, "P1");
    watcher_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_change_of_a_run_is_one_event),
        cmocka_unit_test(a_run_that_ended_can_start_again),
        cmocka_unit_test(status_and_end_time_decide_whether_a_run_has_ended),
        cmocka_unit_test(a_watch_begins_with_nothing),
        cmocka_unit_test(a_run_that_becomes_visible_late_is_new),
        cmocka_unit_test(runs_without_a_start_are_followed_while_they_are_listed),
        cmocka_unit_test(a_run_with_a_start_of_0_makes_no_poll_read_the_whole_list),
        cmocka_unit_test(the_first_poll_reads_no_further_than_it_must),
        cmocka_unit_test(a_poll_reads_down_to_the_oldest_run_that_has_not_ended),
        cmocka_unit_test(a_list_with_fewer_tasks_than_its_total_makes_none_vanish),
        cmocka_unit_test(a_list_that_repeats_itself_makes_none_vanish),
        cmocka_unit_test(a_list_read_in_part_makes_none_vanish_that_may_lie_beyond),
        cmocka_unit_test(a_bad_task_hides_no_other),
        cmocka_unit_test(a_run_whose_task_turns_bad_has_not_vanished),
        cmocka_unit_test(bad_tasks_on_every_page_hide_no_other),
        cmocka_unit_test(a_poll_of_a_short_list_is_one_request),
        cmocka_unit_test(a_run_that_becomes_visible_behind_a_full_page_is_new),
        cmocka_unit_test(a_capped_list_is_read_to_its_end),
        cmocka_unit_test(a_task_that_does_not_fit_does_not_end_the_poll),
        cmocka_unit_test(an_event_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
