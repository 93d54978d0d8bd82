/* SPDX-License-Identifier: Apache-2.0 */
/* Tests when one poll of a watch begins, how long it may take, and what ends it. */
#include "watcher.h"

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
        service_delete(w->s, 2); /* runs 4 and 3 vanish */
        service_delete(w->s, 2);
        for (i = 7; i <= 10; i++) {
            start_run(w);
            end_run(w, i, "success");
        }
        w->stop_at = stop;
        err = watcher_poll(w);
        assert_int_equal(err, stop <= 12 ? OSFT_E_STOPPED : OSFT_OK);
        /* at most one more event: the end of the same run */
        assert_true(err == OSFT_OK || w->events <= stop + 1);
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
        assert_int_equal(osft_run(&w->s->client), limit < 2000 ? OSFT_E_TIMEOUT : OSFT_OK);
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
    w->late_at = 50; /* the last task of the first page */
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
    /* limit_ms counts from the start of the poll */
    assert_int_equal(osft_run(&w->s->client), OSFT_OK);
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
        w->s->now += 10000; /* the caller sleeps for 10 s */
        assert_int_equal(osft_watch_start(&w->watch, 0, 0), OSFT_OK);
        assert_int_equal(osft_step(&w->s->client), OSFT_PENDING);
        assert_int_equal(osft_wait_ms(&w->s->client), 20000);
        osft_close(&w->s->client);
        assert_int_equal(osft_watch_start(&w->watch, 25000, 0), OSFT_OK);
        assert_int_equal(osft_step(&w->s->client), OSFT_PENDING);
        /* the longer of the two waits counts */
        assert_int_equal(osft_wait_ms(&w->s->client), 25000);
        w->s->requests = 0;
        assert_int_equal(osft_run(&w->s->client), OSFT_OK);
        assert_int_equal(w->s->requests, 1);
        assert_poll(w, ""); /* the poll begins at once */
        assert_int_equal(w->s->now, 35000);
        watcher_free(w);
    }
}

/* A source of random bytes that only works for nonces. Without random bytes, a back-off has its
 * full length. */
static int draw_nonces_only(void *ctx, void *buffer, size_t len)
{
    memset(buffer, 7, len);
    (void)ctx;
    return len == sizeof(uint32_t) ? -1 : 0;
}

/* Devices that were refused at the same time must not poll again at the same time, also when a poll
 * has no attempts left. */
static void the_random_wait_follows_the_one_that_the_service_asks_for(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    w->s->port.random = draw_nonces_only;
    w->s->header = "Retry-After: 30\r\n";
    w->s->body = "{\"Code\":\"Throttling\"}";
    assert_int_not_equal(watcher_poll(w), OSFT_OK);
    assert_int_equal(w->s->client.reply.retry_after_ms, 30000);
    assert_int_equal(w->s->client.reply.retry_wait_ms, 30500);
    assert_int_equal(osft_watch_start(&w->watch, 0, 0), OSFT_OK);
    assert_int_equal(osft_step(&w->s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_ms(&w->s->client), 30500);
    watcher_free(w);
}

/* Cut the response off after its first task. */
static void cut_response(struct service *s, void *ctx)
{
    (void)ctx;
    s->fault = SERVICE_CUT;
    s->cut = 250;
}

static void the_first_poll_is_over_when_a_poll_has_succeeded(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    start_run(w);
    w->s->between = cut_response;
    assert_int_not_equal(watcher_poll(w), OSFT_OK);
    assert_string_equal(w->log, "S2");
    start_run(w);
    end_run(w, 3, "success");
    w->s->between = NULL;
    assert_poll(w, "S1"); /* run 3 has ended, so the first poll does not report it */
    start_run(w);
    end_run(w, 4, "success");
    assert_poll(w, "S4 +4");
    watcher_free(w);
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

static void a_refused_start_changes_nothing_of_the_poll_that_is_due(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    (void)state;
    start_run(w);
    w->s->between = a_second_passes;
    assert_int_equal(osft_watch_start(&w->watch, 5000, 10000), OSFT_OK);
    assert_int_equal(osft_watch_start(&w->watch, 0, 1), OSFT_E_STATE);
    assert_int_equal(osft_run(&w->s->client), OSFT_OK); /* the limit is 10,000 ms, not 1 ms */
    assert_string_equal(w->log, "S1");
    assert_int_equal(w->s->now, 5000 + 1000 * w->s->requests);
    watcher_free(w);
}

/* A poll requests a few tasks more than the table holds, so that an unchanged list fits on one
 * page. There is a limit, so that a page does not take long. */
static void a_poll_asks_for_a_few_more_tasks_than_the_table_holds_and_at_most_50(void **state)
{
    static const uint32_t sizes[][2] = { { 1, 5 },   { 3, 7 },   { 45, 49 }, { 46, 50 },
                                         { 47, 50 }, { 50, 50 }, { 54, 50 }, { 1000, 50 } };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(sizes); i++) {
        struct watcher *w = watcher_new(4096, sizes[i][0]);
        start_run(w);
        assert_poll(w, "S1");
        assert_poll(w, ""); /* one request shows all runs */
        assert_int_equal(w->s->page_size, sizes[i][1]);
        watcher_free(w);
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_callback_ends_the_poll_and_nothing_is_lost),
        cmocka_unit_test(the_time_limit_is_for_the_whole_poll),
        cmocka_unit_test(a_poll_that_is_late_asks_for_no_other_page),
        cmocka_unit_test(a_poll_begins_when_it_is_due),
        cmocka_unit_test(a_poll_waits_as_long_as_the_service_asks),
        cmocka_unit_test(the_random_wait_follows_the_one_that_the_service_asks_for),
        cmocka_unit_test(the_first_poll_is_over_when_a_poll_has_succeeded),
        cmocka_unit_test(a_poll_needs_no_clock),
        cmocka_unit_test(a_closed_poll_is_followed_by_another),
        cmocka_unit_test(a_client_in_use_makes_no_poll),
        cmocka_unit_test(a_refused_start_changes_nothing_of_the_poll_that_is_due),
        cmocka_unit_test(a_poll_asks_for_a_few_more_tasks_than_the_table_holds_and_at_most_50),
        cmocka_unit_test(a_request_that_does_not_fit_makes_no_poll),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
