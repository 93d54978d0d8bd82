/* SPDX-License-Identifier: Apache-2.0 */
/* Walks with a work buffer that is too small for some pages, and with tasks that are left out. */
#include "walk.h"

/* Room for tasks in the array; 0: tasks go to a function. Each test runs with both. */
static const size_t kinds[] = { 6, 0 };

static void a_page_that_does_not_fit_is_asked_for_in_smaller_ones(void **state)
{
    uint32_t seed, id;
    (void)state;
    for (seed = 1; seed <= 200; seed++) {
        struct walk *w = walk_new(1500, 10, 10, 60);
        w->s->random = seed;
        for (id = 0; id < 60; id++) { /* the work buffer holds one to ten of these tasks */
            w->s->list[id].pad = service_random(w->s, seed % 2 ? 700 : 150);
        }
        w->s->total = seed % 3 == 0 ? TOTAL_ABSENT : TOTAL_RIGHT;
        assert_int_equal(walk_to_end(w), 0);
        assert_int_equal(w->delivered, 60);
        assert_each_once(w, 1, 60);
        assert_int_equal(w->pages.changed, 0);
        assert_true(w->s->requests < (seed % 2 ? 120 : 40));
        walk_free(w);
    }
}

static void a_page_grows_back(void **state)
{
    struct walk *w = walk_new(1500, 16, 16, 200);
    (void)state;
    w->s->list[0].pad = 1000;
    assert_int_equal(walk_to_end(w), 0);
    assert_each_once(w, 1, 200);
    /* more requests would mean that the page size had not grown again */
    assert_true(w->s->requests < 200 / 6);
    walk_free(w);
}

static void a_page_after_a_full_one_is_no_larger_than_that(void **state)
{
    struct walk *w = walk_new(1500, 16, 16, 100);
    size_t fitted;
    uint32_t i;
    (void)state;
    for (i = 0; i < 100; i++) {
        w->s->list[i].pad = 250;
    }
    assert_int_equal(read_page(w), OSFT_OK);
    assert_int_equal(w->s->page_size, 16);
    fitted = w->page.count;
    assert_true(fitted > 0 && fitted < 7);
    assert_int_equal(read_page(w), OSFT_OK);
    assert_true(w->s->page_size < 16);
    assert_int_equal(w->page.count, fitted);
    walk_free(w);
}

static void a_task_that_does_not_fit_is_reported_and_passed_over(void **state)
{
    uint32_t i, n, k;
    (void)state;
    for (n = 1; n <= 20; n++) { /* n tasks in a row do not fit, at each place of the list */
        for (i = 0; i + n <= 20; i++) {
            for (k = 0; k < 2; k++) {
                struct walk *w = walk_new(1200, kinds[k], 6, 20);
                uint32_t id;
                for (id = i; id < i + n; id++) {
                    w->s->list[id].pad = 2000;
                }
                assert_true(walk_to_end(w) > 0);
                assert_int_equal(w->omitted, n);
                assert_int_equal(w->delivered, 20 - n);
                for (id = 0; id < 20; id++) {
                    assert_int_equal(w->times[20 - id], id < i || id >= i + n);
                }
                assert_int_equal(w->pages.changed, 0);
                walk_free(w);
            }
        }
    }
}

static void the_room_that_an_array_needs_is_reported(void **state)
{
    struct walk *w = walk_new(1200, 1, 1, 3);
    const struct osft_reply *reply = &w->s->client.reply;
    (void)state;
    w->s->list[1].pad = 5000;
    assert_int_equal(read_page(w), OSFT_OK);
    assert_int_equal(read_page(w), OSFT_E_SPACE);
    assert_true(reply->need > 5000 && reply->need < 5500);
    assert_int_equal(reply->left_out, 1);
    assert_int_equal(reply->omission.reason, OSFT_E_SPACE);
    assert_int_equal(reply->omission.task.index, 1);
    assert_span(reply->omission.task.run_id, "run-2");
    assert_int_equal(walk_to_end(w), 0);
    assert_each_once(w, 3, 3);
    assert_each_once(w, 1, 1);
    walk_free(w);
}

/* A task that does not fit behind other tasks in the array is asked for again, and left out only
 * when it does not fit by itself. */
static void a_task_that_fits_by_itself_is_not_left_out(void **state)
{
    size_t pad;
    uint32_t deferred = 0, omitted = 0;
    (void)state;
    for (pad = 600; pad < 1300; pad += 10) {
        struct walk *alone = walk_new(1200, 6, 6, 1), *w = walk_new(1200, 6, 6, 6);
        alone->s->list[0].pad = w->s->list[2].pad = pad;
        (void)walk_to_end(alone);
        (void)read_page(w);
        deferred += w->page.count == 2;
        (void)walk_to_end(w);
        assert_int_equal(w->omitted, alone->omitted);
        assert_int_equal(w->delivered + w->omitted, 6);
        omitted += w->omitted;
        walk_free(alone);
        walk_free(w);
    }
    assert_true(deferred > omitted && omitted > 0);
}

static void a_walk_goes_on_behind_a_task_that_does_not_fit(void **state)
{
    static const enum service_total totals[] = { TOTAL_RIGHT, TOTAL_ABSENT };
    uint32_t i, t;
    (void)state;
    for (i = 0; i < 60; i++) {
        for (t = 0; t < 2; t++) {
            struct walk *w = walk_new(1200, 0, 6, 30);
            uint32_t id, big = 0;
            w->s->total = totals[t];
            for (id = 0; id < 30; id++) {
                if (id == i || (i >= 30 && id % (i - 27) == 0)) {
                    w->s->list[id].pad = 2000;
                    big++;
                }
            }
            assert_true(walk_to_end(w) > 0);
            assert_int_equal(w->omitted, big); /* each of them is reported once */
            assert_int_equal(w->delivered, 30 - big);
            for (id = 0; id < 30; id++) {
                assert_int_equal(w->times[30 - id], w->s->list[id].pad == 0);
            }
            walk_free(w);
        }
    }
}

/* Make a task bad in one of several ways. */
static void make_bad(struct service_task *t, uint32_t how)
{
    switch (how) {
    case 0: t->progress = 101; break;
    case 1: t->start_text = "1000.5"; break;
    case 2: t->start_text = "{}"; break;
    default: t->start_text = "\"x\""; t->id = 0;
    }
}

static void a_bad_task_does_not_hide_the_others(void **state)
{
    uint32_t i, how, k, id;
    (void)state;
    for (i = 0; i < 20; i++) {
        for (how = 0; how < 4; how++) {
            for (k = 0; k < 2; k++) {
                struct walk *w = walk_new(8192, kinds[k], 5, 20);
                make_bad(&w->s->list[i], how);
                assert_int_equal(walk_to_end(w), 1);
                assert_int_equal(w->omitted, 1);
                for (id = 0; id < 20; id++) {
                    assert_int_equal(w->times[20 - id], id != i);
                }
                assert_int_equal(w->pages.changed, 0);
                walk_free(w);
            }
        }
    }
}

static void a_bad_task_is_named(void **state)
{
    struct walk *w = walk_new(8192, 6, 6, 6);
    const struct osft_reply *reply = &w->s->client.reply;
    (void)state;
    w->s->list[2].progress = 101;
    assert_int_equal(read_page(w), OSFT_E_BAD_TASK);
    assert_int_equal(w->page.count, 5);
    assert_int_equal(reply->left_out, 1);
    assert_string_equal(reply->omission.member, "progress");
    assert_span(reply->omission.task.run_id, "run-4");
    walk_free(w);
}

/* A bad task behind a full array does not replace tasks of the array, like a good one. */
static void a_full_array_ends_before_a_bad_task(void **state)
{
    struct walk *w = walk_new(8192, 3, 9, 6);
    (void)state;
    w->s->list[3].progress = 101;
    w->s->ignore_size = 6;
    assert_int_equal(read_page(w), OSFT_OK);
    assert_int_equal(w->page.count, 3);
    assert_int_equal(read_page(w), OSFT_E_BAD_TASK);
    assert_int_equal(w->omitted, 1);
    (void)walk_to_end(w);
    assert_each_once(w, 1, 2);
    walk_free(w);
}

static void bad_tasks_under_churn_are_reported_once(void **state)
{
    uint32_t seed, id;
    (void)state;
    for (seed = 1; seed <= 200; seed++) {
        struct walk *w = walk_new(8192, kinds[seed & 1], 10 + seed % 20, 100);
        struct churn c = { .arrive = seed % 3 };
        uint32_t bad = 0;
        w->s->random = seed;
        for (id = 0; id < 100; id++) {
            if (service_random(w->s, 8) == 0) {
                w->s->list[id].progress = 101;
                bad++;
            }
        }
        w->s->between = churn;
        w->s->ctx = &c;
        (void)walk_to_end(w);
        assert_int_equal(w->omitted, bad);
        for (id = 1; id <= 100; id++) {
            assert_int_equal(w->times[id], service_find(w->s, id)->progress != 101);
        }
        walk_free(w);
    }
}

static void a_request_that_does_not_fit_tells_what_it_needs(void **state)
{
    struct walk *w = walk_new(4000, 8, 8, 3);
    (void)state;
    w->s->settings.work_size = 200;
    assert_int_equal(read_page(w), OSFT_E_SPACE);
    assert_int_equal(w->s->client.reply.http_status, 0);
    assert_true(w->s->client.reply.need > 200);
    assert_int_equal(w->s->requests, 0);
    w->s->settings.work_size = 4000;
    assert_int_equal(walk_to_end(w), 0);
    assert_each_once(w, 1, 3); /* no task was skipped */
    walk_free(w);
}

static void an_envelope_that_does_not_fit_is_not_counted_as_a_task(void **state)
{
    uint32_t k;
    (void)state;
    for (k = 0; k < 2; k++) {
        struct walk *w = walk_new(1000, kinds[k], 4, 9);
        w->s->message = 2000;
        assert_true(walk_to_end(w) > 0);
        assert_true(w->s->client.reply.need > 2000);
        assert_int_equal(w->omitted, 0);
        assert_int_equal(w->delivered, 9);
        assert_each_once(w, 1, 9);
        walk_free(w);
    }
}

static void an_array_without_room_for_a_task_is_refused(void **state)
{
    struct walk *w = walk_new(4000, 4, 4, 9);
    (void)state;
    w->page.max = 0;
    assert_int_equal(osft_pages_next(&w->pages, &w->page, 0), OSFT_E_TASKS);
    assert_int_equal(w->s->requests, 0);
    w->page.max = 4;
    assert_int_equal(walk_to_end(w), 0);
    assert_each_once(w, 1, 9);
    walk_free(w);
}

static void cut_once(struct service *s, void *ctx)
{
    const size_t *cut = ctx;
    if (s->requests == 1) {
        s->fault = SERVICE_CUT;
        s->cut = *cut;
    }
}

/* The page ends where the response was cut, as another attempt would overwrite the tasks in the
 * array. */
static void an_array_keeps_what_came_before_a_response_was_cut(void **state)
{
    size_t cut, k;
    (void)state;
    for (cut = 0; cut < 900; cut += 7) {
        for (k = 0; k < 2; k++) {
            struct walk *w = walk_new(8192, kinds[k], 6, 6);
            w->s->retry.attempts = 2;
            w->s->between = cut_once;
            w->s->ctx = &cut;
            assert_int_equal(walk_to_end(w), 0);
            assert_each_once(w, 1, 6);
            walk_free(w);
        }
    }
}

/* The bad task is in the responses of both attempts, and is reported once. */
static void a_bad_task_before_the_end_of_a_cut_response_is_reported(void **state)
{
    size_t cut, k;
    (void)state;
    for (cut = 100; cut < 900; cut += 7) {
        for (k = 0; k < 2; k++) {
            struct walk *w = walk_new(8192, kinds[k], 6, 6);
            w->s->list[1].progress = 101;
            w->s->retry.attempts = 2;
            w->s->between = cut_once;
            w->s->ctx = &cut;
            assert_true(walk_to_end(w) > 0);
            assert_int_equal(w->omitted, 1);
            assert_each_once(w, 1, 4);
            assert_each_once(w, 6, 6);
            walk_free(w);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_that_does_not_fit_is_asked_for_in_smaller_ones),
        cmocka_unit_test(a_page_grows_back),
        cmocka_unit_test(a_page_after_a_full_one_is_no_larger_than_that),
        cmocka_unit_test(a_task_that_does_not_fit_is_reported_and_passed_over),
        cmocka_unit_test(the_room_that_an_array_needs_is_reported),
        cmocka_unit_test(a_task_that_fits_by_itself_is_not_left_out),
        cmocka_unit_test(a_walk_goes_on_behind_a_task_that_does_not_fit),
        cmocka_unit_test(a_bad_task_does_not_hide_the_others),
        cmocka_unit_test(a_bad_task_is_named),
        cmocka_unit_test(a_full_array_ends_before_a_bad_task),
        cmocka_unit_test(bad_tasks_under_churn_are_reported_once),
        cmocka_unit_test(a_request_that_does_not_fit_tells_what_it_needs),
        cmocka_unit_test(an_envelope_that_does_not_fit_is_not_counted_as_a_task),
        cmocka_unit_test(an_array_without_room_for_a_task_is_refused),
        cmocka_unit_test(an_array_keeps_what_came_before_a_response_was_cut),
        cmocka_unit_test(a_bad_task_before_the_end_of_a_cut_response_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
