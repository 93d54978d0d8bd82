/* SPDX-License-Identifier: Apache-2.0 */
/* What changed since the last poll: which event, and when. */
#include "watcher.h"

static void the_life_of_a_run(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    end_run(w, 1, "success");
    start_run(w);
    start_run(w);
    end_run(w, 3, "failed");
    assert_poll(w, "S2"); /* the first poll takes what has ended as known */
    assert_poll(w, "");
    service_find(w->s, 2)->progress = 40;
    start_run(w);
    assert_poll(w, "S4 P2");
    assert_int_equal(w->told[2].progress, 40);
    restart(w);
    assert_poll(w, "");
    service_find(w->s, 2)->progress = 100;
    end_run(w, 2, "success");
    end_run(w, 4, "failed");
    assert_poll(w, "-4 +2");
    assert_poll(w, "");
    start_run(w);
    end_run(w, 5, "success");
    assert_poll(w, "S5 +5"); /* never seen running */
    start_run(w);
    assert_poll(w, "S6");
    service_delete(w->s, 0);
    service_delete(w->s, 0); /* 5 had ended: of no interest */
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
    end_run(w, 1, "failed"); /* another outcome is news */
    assert_poll(w, "-1");
    watcher_free(w);
}

static void what_a_status_means(void **state)
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
    assert_poll(w, ""); /* says nothing: nothing has changed */
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
    service_find(w->s, 2)->status = "success"; /* without an end time */
    assert_poll(w, "+2");
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

static void runs_without_a_start_are_followed_while_they_show(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    (void)state;
    start_run(w);
    start_run(w)->start = -1; /* waits at the top of the list */
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
    assert_int_equal(w->s->requests, 3); /* nor does any other poll */
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
    assert_int_equal(w->s->requests, 1); /* and no longer than it has to */
    watcher_free(w);
}

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
    assert_poll(w, "S4"); /* 2 went without a word: all was said of it */
    assert_int_equal(w->watch.dropped, 0);
    start_run(w);
    assert_poll(w, "S5 D1"); /* none has ended: the oldest goes, and one is told */
    assert_int_equal(w->watch.dropped, 1);
    end_run(w, 1, "success"); /* nobody follows it any more */
    end_run(w, 3, "success");
    assert_poll(w, "+3");
    assert_poll(w, "");
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
        restart(w);
    }
    assert_poll(w, "");
    watcher_free(w);
}

static void one_poll_tells_more_than_the_table_holds(void **state)
{
    (void)state;
    tell_more_than_the_table_holds(0);
    tell_more_than_the_table_holds(1);
}

static void what_does_not_fit_is_told_and_has_not_vanished(void **state)
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

static void a_list_that_is_short_of_what_it_says_makes_none_vanish(void **state)
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

/* More runs than a page has. */
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

static void what_does_not_fit_does_not_end_the_poll(void **state)
{
    struct watcher *w = with_55_runs(1200);
    (void)state;
    service_find(w->s, 55)->pad = 3000;
    service_find(w->s, 1)->progress = 5;
    assert_int_equal(watcher_poll(w), OSFT_E_SPACE);
    assert_string_equal(w->log, "P1");
    watcher_free(w);
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

static void a_list_read_in_part_makes_none_vanish_that_may_lie_beyond(void **state)
{
    struct watcher *w = watcher_new(4096, 3);
    struct service_task t;
    uint32_t i;
    (void)state;
    start_run(w)->start = -1;
    assert_poll(w, "S1");
    for (i = 2; i <= 30; i++) {
        service_insert(w->s, 1, 1000 + i)->end = 0;
        t = w->s->list[1]; /* the newest behind the one that waits */
        w->s->list[1].status = "success";
    }
    assert_int_equal(watcher_poll(w), OSFT_OK);
    (void)t;
    service_insert(w->s, 1,
                   2000); /* runs, and then stands at the end, as does the one that waits */
    assert_poll(w, "S31");
    t = w->s->list[0];
    service_delete(w->s, 0);
    *service_insert(w->s, w->s->count, -1) = t;
    assert_poll(w, "");
    service_delete(w->s, w->s->count - 1);
    *service_insert(w->s, 0, -1) = t;
    t = w->s->list[1];
    service_delete(w->s, 1);
    *service_insert(w->s, w->s->count, -1) = t;
    assert_poll(w, "");
    watcher_free(w);
}

static void a_callback_ends_the_poll_and_nothing_is_lost(void **state)
{
    uint32_t stop, i;
    (void)state;
    for (stop = 1; stop <= 30; stop++) {
        struct watcher *w = watcher_new(4096, 12);
        int err;
        for (i = 1; i <= 6; i++) {
            start_run(w);
        }
        assert_int_equal(watcher_poll(w), OSFT_OK);
        end_run(w, 1, "success");
        end_run(w, 5, "failed");
        service_delete(w->s, 2); /* 4 and 3 */
        service_delete(w->s, 2);
        for (i = 7; i <= 10; i++) {
            start_run(w);
            end_run(w, i, "success");
        }
        w->stop_at = stop;
        err = watcher_poll(w);
        assert_int_equal(err, stop <= 12 ? OSFT_E_STOPPED : OSFT_OK);
        assert_true(err == OSFT_OK || w->events <= stop + 1); /* at most how that run ended */
        w->stop_at = 0;
        assert_int_equal(watcher_poll(w), OSFT_OK);
        for (i = 1; i <= 10; i++) {
            assert_int_equal(w->told[i].started, 1);
            assert_int_equal(w->told[i].succeeded, i == 1 || i >= 7);
            assert_int_equal(w->told[i].failed, i == 5);
            assert_int_equal(w->told[i].vanished, i == 3 || i == 4);
        }
        watcher_free(w);
    }
}

static int run(struct watcher *w)
{
    int result;
    while ((result = osft_step(&w->s->client)) == OSFT_PENDING) {
        osft_wait(&w->s->client);
    }
    return result;
}

static void a_second_passes(struct service *s, void *ctx)
{
    (void)ctx;
    s->now += 1000;
}

static void the_time_limit_is_for_the_whole_poll(void **state)
{
    struct watcher *w = watcher_new(8192, 100);
    uint32_t i, limit;
    (void)state;
    for (i = 1; i <= 90; i++) {
        start_run(w);
    }
    w->s->between = a_second_passes;
    for (limit = 500; limit <= 2500; limit += 1000) {
        w->s->requests = 0;
        assert_int_equal(osft_watch_start(&w->watch, 0, limit), OSFT_OK);
        assert_int_equal(osft_watch_start(&w->watch, 0, limit), OSFT_E_STATE);
        assert_int_equal(run(w), limit < 2000 ? OSFT_E_TIMEOUT : OSFT_OK);
        assert_int_equal(w->s->requests, limit < 1000 ? 1 : 2);
    }
    for (i = 1; i <= 90; i++) {
        assert_int_equal(w->told[i].started, 1);
    }
    watcher_free(w);
}

static void a_poll_that_is_late_asks_for_no_other_page(void **state)
{
    struct watcher *w = watcher_new(8192, 100);
    uint32_t i;
    (void)state;
    for (i = 1; i <= 90; i++) {
        start_run(w);
    }
    w->late_at = 50; /* the last one of the first page */
    assert_int_equal(osft_watch_poll(&w->watch, 900), OSFT_E_TIMEOUT);
    assert_int_equal(w->s->requests, 1);
    w->late_at = 0;
    assert_int_equal(watcher_poll(w), OSFT_OK);
    for (i = 1; i <= 90; i++) {
        assert_int_equal(w->told[i].started, 1);
    }
    watcher_free(w);
}

static void a_poll_begins_when_it_is_due(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    struct osft_client *client = &w->s->client;
    (void)state;
    start_run(w);
    assert_int_equal(osft_watch_start(&w->watch, 5000, 100), OSFT_OK);
    assert_int_equal(osft_step(client), OSFT_PENDING);
    assert_int_equal(osft_wait_ms(client), 5000);
    assert_int_equal(osft_wait_events(client), 0);
    w->s->now += 4999;
    assert_int_equal(osft_step(client), OSFT_PENDING);
    assert_int_equal(w->s->requests, 0);
    w->s->now++;
    assert_int_equal(run(w), OSFT_OK); /* limit_ms counts from here */
    assert_string_equal(w->log, "S1");
    watcher_free(w);
}

static void a_poll_waits_as_long_as_the_service_asks(void **state)
{
    static const char *const bodies[] = { "{\"Code\":\"Throttling\"}", "<html>busy</html>", "" };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(bodies); i++) {
        struct watcher *w = watcher_new(4096, 8);
        start_run(w);
        assert_poll(w, "S1");
        w->s->header = "Retry-After: 30\r\n";
        w->s->body = bodies[i];
        assert_int_not_equal(watcher_poll(w), OSFT_OK);
        assert_int_equal(w->s->client.reply.retry_after_ms, 30000);
        w->s->header = NULL;
        w->s->body = NULL;
        w->s->now += 10000; /* the caller sleeps for a while */
        assert_int_equal(osft_watch_start(&w->watch, 0, 0), OSFT_OK);
        assert_int_equal(osft_step(&w->s->client), OSFT_PENDING);
        assert_int_equal(osft_wait_ms(&w->s->client), 20000);
        osft_close(&w->s->client);
        assert_int_equal(osft_watch_start(&w->watch, 25000, 0), OSFT_OK);
        assert_int_equal(osft_step(&w->s->client), OSFT_PENDING);
        assert_int_equal(osft_wait_ms(&w->s->client), 25000); /* the longer one counts */
        w->s->requests = 0;
        assert_int_equal(run(w), OSFT_OK);
        assert_int_equal(w->s->requests, 1);
        assert_poll(w, ""); /* at once */
        assert_int_equal(w->s->now, 35000);
        watcher_free(w);
    }
}

static void a_poll_needs_no_clock(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    w->s->port.ticks_ms = NULL;
    w->s->header = "Retry-After: 30\r\n";
    start_run(w);
    assert_poll(w, "S1");
    assert_poll(w, "");
    watcher_free(w);
}

static void a_closed_poll_is_followed_by_another(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    assert_int_equal(osft_watch_start(&w->watch, 0, 0), OSFT_OK);
    osft_close(&w->s->client);
    assert_int_equal(osft_step(&w->s->client), OSFT_E_STOPPED);
    assert_poll(w, "S1");
    watcher_free(w);
}

static void a_client_in_use_makes_no_poll(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    struct osft_page other = { .max = 1 };
    (void)state;
    start_run(w);
    assert_int_equal(osft_list_start(&w->s->client, &w->s->query, &other, 0), OSFT_OK);
    assert_int_equal(osft_watch_poll(&w->watch, 0), OSFT_E_STATE);
    osft_close(&w->s->client);
    assert_poll(w, "S1");
    watcher_free(w);
}

static void a_request_that_does_not_fit_makes_no_poll(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    (void)state;
    start_run(w);
    w->s->settings.work_size = 200;
    assert_int_equal(watcher_poll(w), OSFT_E_SPACE);
    assert_int_equal(w->s->requests, 0);
    w->s->settings.work_size = 4096;
    assert_poll(w, "S1");
    watcher_free(w);
}

static void count_omission(void *ctx, const struct osft_omission *omission)
{
    struct watcher *w = ctx;
    assert_int_equal(omission->reason, OSFT_E_BAD_TASK);
    assert_span(omission->task.run_id, "run-3");
    w->omitted++;
}

/* The newest task of three has a member that cannot be used. */
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
    assert_string_equal(w->log, "V3"); /* and what has vanished is told all the same */
    t = service_find(w->s, 2);
    t->start_text = "10.5"; /* known by its id */
    assert_int_equal(watcher_poll(w), OSFT_E_BAD_TASK);
    assert_string_equal(w->log, "");
    t->start_text = NULL;
    t->hides_generation = 1; /* known by its start */
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

/* All start in one millisecond, and the table is full. */
static void runs_that_start_with_a_dropped_one_are_told(void **state)
{
    uint32_t old, i;
    (void)state;
    for (old = 3; old <= 2 + OSFT_PAGES_RECENT; old++) {
        struct watcher *w = watcher_new(4096, 3);
        for (i = 1; i <= old; i++) {
            start_run(w)->start = 1000;
            end_run(w, i, "success");
        }
        assert_poll(w, "");
        for (i = old + 1; i <= 2 + OSFT_PAGES_RECENT;
             i++) { /* each takes the place of an ended one */
            start_run(w)->start = 1000;
            end_run(w, i, "success");
            assert_int_equal(watcher_poll(w), OSFT_OK);
            if (i % 2) {
                restart(w);
            }
            assert_poll(w, "");
            assert_int_equal(w->told[i].started, 1);
            assert_int_equal(w->told[i].succeeded, 1);
        }
        watcher_free(w);
    }
}

/* 2 is dropped for a newer run, before the poll comes to it. */
static void a_known_run_that_was_dropped_is_not_told_as_new(void **state)
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

/* More have been dropped with one start than are remembered: then all others that start there, too. */
static void more_runs_that_start_together_than_are_remembered_are_told_once(void **state)
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

/* A short list, read whole once, is not asked for its end again, as long as that is the same. */
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

/* The service gives few tasks at once, and says that these are all. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_life_of_a_run),
        cmocka_unit_test(a_run_that_ended_can_start_again),
        cmocka_unit_test(what_a_status_means),
        cmocka_unit_test(a_run_that_becomes_visible_late_is_new),
        cmocka_unit_test(runs_without_a_start_are_followed_while_they_show),
        cmocka_unit_test(the_first_poll_reads_no_further_than_it_must),
        cmocka_unit_test(a_poll_reads_down_to_the_oldest_run_that_has_not_ended),
        cmocka_unit_test(a_full_table_drops_the_oldest_run_that_has_ended),
        cmocka_unit_test(one_poll_tells_more_than_the_table_holds),
        cmocka_unit_test(what_does_not_fit_is_told_and_has_not_vanished),
        cmocka_unit_test(a_list_that_is_short_of_what_it_says_makes_none_vanish),
        cmocka_unit_test(what_does_not_fit_does_not_end_the_poll),
        cmocka_unit_test(a_list_that_repeats_itself_makes_none_vanish),
        cmocka_unit_test(a_list_read_in_part_makes_none_vanish_that_may_lie_beyond),
        cmocka_unit_test(a_callback_ends_the_poll_and_nothing_is_lost),
        cmocka_unit_test(the_time_limit_is_for_the_whole_poll),
        cmocka_unit_test(a_poll_that_is_late_asks_for_no_other_page),
        cmocka_unit_test(a_poll_begins_when_it_is_due),
        cmocka_unit_test(a_poll_waits_as_long_as_the_service_asks),
        cmocka_unit_test(a_poll_needs_no_clock),
        cmocka_unit_test(a_closed_poll_is_followed_by_another),
        cmocka_unit_test(a_client_in_use_makes_no_poll),
        cmocka_unit_test(a_request_that_does_not_fit_makes_no_poll),
        cmocka_unit_test(a_bad_task_hides_no_other),
        cmocka_unit_test(a_run_whose_task_turns_bad_has_not_vanished),
        cmocka_unit_test(bad_tasks_on_every_page_hide_no_other),
        cmocka_unit_test(runs_that_start_with_a_dropped_one_are_told),
        cmocka_unit_test(a_known_run_that_was_dropped_is_not_told_as_new),
        cmocka_unit_test(more_runs_that_start_together_than_are_remembered_are_told_once),
        cmocka_unit_test(a_poll_of_a_short_list_is_one_request),
        cmocka_unit_test(a_capped_list_is_read_to_its_end),
        cmocka_unit_test(an_event_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
