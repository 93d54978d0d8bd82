/* SPDX-License-Identifier: Apache-2.0 */
/* The whole history, page by page, over a service that changes meanwhile. */
#include "walk.h"

/* Array and stream: each test runs with both. */
static const size_t kinds[] = { 7, 0 };

static void each_task_comes_once_and_in_order(void **state)
{
    static const uint32_t counts[] = { 0, 1, 2, 3, 6, 7, 8, 13, 14, 15, 20, 21, 49, 50, 100 };
    static const enum service_total totals[] = { TOTAL_RIGHT, TOTAL_ABSENT, TOTAL_WRONG };
    static const long wrong[] = { 0, 1, 7, 1000 };
    size_t i, k, t, v;
    uint32_t n;
    (void)state;
    for (i = 0; i < COUNT(counts); i++) {
        for (v = 0; v < 2 * 3 * COUNT(wrong); v++) {
            struct walk *w;
            k = v & 1;
            t = v / 2 % 3;
            w = walk_new(8192, kinds[k], 1 + (uint32_t)v / 6 * 7, counts[i]);
            w->s->total = totals[t];
            w->s->wrong_total = wrong[v / 6];
            w->s->total_first = (int)k;
            assert_int_equal(walk(w), 0);
            assert_int_equal(w->came, counts[i]);
            assert_each_once(w, 1, counts[i]);
            for (n = 0; n < w->came; n++) {
                assert_int_equal(w->order[n], counts[i] - n);
            }
            assert_int_equal(w->pages.changed & ~OSFT_PAGES_SHORT, 0);
            if (t == 0 && counts[i] < 7 && kinds[k] == 7 && v / 6 == 1) {
                assert_int_equal(w->s->requests, 1); /* no more is asked for than is needed */
            }
            assert_int_equal(w->pages.changed != 0, t == 2 && w->s->wrong_total > (long)counts[i]);
            walk_free(w);
        }
    }
}

static void churn_walk(uint32_t seed, size_t max, uint32_t page_size, const struct churn *how,
                       enum service_total total)
{
    struct walk *w = walk_new(8192, max, page_size, 0);
    struct churn c = *how;
    uint32_t count, id, errors;
    int64_t start = 1000;

    w->s->random = seed * 2654435761U + 1;
    count = service_random(w->s, 300);
    for (id = 1; id <= count; id++) { /* up to three in the same millisecond */
        start += id % 3 == 0 ? 1 + service_random(w->s, 100) : 0;
        service_insert(w->s, 0, start);
    }
    for (id = 0; id < count && seed % 5 == 0; id++) {
        w->s->list[id].pad = service_random(w->s, 1000); /* some pages of an array do not fit */
    }
    w->s->total = total;
    w->s->total_first = (int)(seed & 1);
    w->s->settings.tries = (uint8_t)(1 + seed % 3);
    w->s->between = churn;
    w->s->ctx = &c;
    errors = walk(w);
    assert_true(errors == 0 || how->fail != 0);
    for (id = 1; id <= count; id++) {
        if (w->times[id] > 1 || (w->times[id] == 0 && !c.gone[id])) {
            fail_msg("seed %lu max %lu size %lu total %d: task %lu of %lu came %u times",
                     (unsigned long)seed, (unsigned long)max, (unsigned long)page_size, (int)total,
                     (unsigned long)id, (unsigned long)count, w->times[id]);
        }
    }
    assert_int_equal(w->pages.changed & (OSFT_PAGES_DISORDER | OSFT_PAGES_STUCK), 0);
    assert_true(how->fail != 0 || seed % 5 == 0 || (w->pages.changed & OSFT_PAGES_SHORT) == 0);
    walk_free(w);
}

static void new_tasks_push_the_others_back(void **state)
{
    static const struct churn slow = { .arrive = 1 },
                              fast = { .arrive = 4, .fail = 7, .burst = 20 };
    uint32_t seed;
    (void)state;
    for (seed = 0; seed < 800; seed++) {
        churn_walk(seed, 0, 3 + seed % 60, &slow, seed % 4 == 0 ? TOTAL_ABSENT : TOTAL_RIGHT);
        churn_walk(seed, 3 + seed % 60, 64, &slow, seed % 4 == 1 ? TOTAL_ABSENT : TOTAL_RIGHT);
        churn_walk(seed, 0, 10 + seed % 50, &fast, seed % 4 == 2 ? TOTAL_ABSENT : TOTAL_RIGHT);
        churn_walk(seed, 10 + seed % 50, 64, &fast, seed % 4 == 3 ? TOTAL_ABSENT : TOTAL_RIGHT);
    }
}

static void tasks_vanish_and_no_other_is_lost(void **state)
{
    static const struct churn few = { .vanish = 1 }, many = { .arrive = 3, .vanish = 6, .fail = 9 };
    uint32_t seed;
    (void)state;
    for (seed = 0; seed < 800; seed++) {
        churn_walk(seed, 0, 10 + seed % 50, &few, seed % 4 == 0 ? TOTAL_ABSENT : TOTAL_RIGHT);
        churn_walk(seed, 10 + seed % 50, 64, &few, seed % 4 == 1 ? TOTAL_ABSENT : TOTAL_RIGHT);
        churn_walk(seed, 0, 10 + seed % 50, &many, seed % 4 == 2 ? TOTAL_ABSENT : TOTAL_RIGHT);
        churn_walk(seed, 10 + seed % 50, 64, &many, seed % 4 == 3 ? TOTAL_ABSENT : TOTAL_RIGHT);
    }
}

static void a_page_that_does_not_fit_is_asked_for_in_smaller_ones(void **state)
{
    uint32_t seed, id;
    (void)state;
    for (seed = 1; seed <= 200; seed++) {
        struct walk *w = walk_new(1500, 10, 10, 60);
        w->s->random = seed;
        for (id = 0; id < 60; id++) { /* one to ten of them fit */
            w->s->list[id].pad = service_random(w->s, seed % 2 ? 700 : 150);
        }
        w->s->total = seed % 3 == 0 ? TOTAL_ABSENT : TOTAL_RIGHT;
        assert_int_equal(walk(w), 0);
        assert_int_equal(w->came, 60);
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
    assert_int_equal(walk(w), 0);
    assert_each_once(w, 1, 200);
    assert_true(w->s->requests < 200 / 6); /* else it had stayed small */
    walk_free(w);
}

static void a_task_that_does_not_fit_is_said_and_passed_over(void **state)
{
    uint32_t i, n;
    (void)state;
    for (n = 1; n <= 20; n++) { /* so many in a row, everywhere */
        for (i = 0; i + n <= 20; i++) {
            struct walk *w = walk_new(1200, 6, 6, 20);
            uint32_t id;
            for (id = i; id < i + n; id++) {
                w->s->list[id].pad = 2000;
            }
            assert_int_equal(walk(w), n); /* OSFT_E_SPACE, once each */
            assert_int_equal(w->came, 20 - n);
            for (id = 0; id < 20; id++) {
                assert_int_equal(w->times[20 - id], id < i || id >= i + n);
            }
            assert_int_equal(w->pages.changed, OSFT_PAGES_SHORT);
            walk_free(w);
        }
    }
}

static void what_an_array_needs_is_said(void **state)
{
    struct walk *w = walk_new(1200, 1, 1, 3);
    int err;
    (void)state;
    w->s->list[1].pad = 5000;
    assert_int_equal(next(w), OSFT_OK);
    err = next(w);
    assert_int_equal(err, OSFT_E_SPACE);
    assert_int_equal(w->page.count, 0);
    assert_true(w->page.need > 5000 && w->page.need < 5500);
    assert_int_equal(next(w), OSFT_OK);
    assert_int_equal(service_id(&w->tasks[0]), 1);
    walk_free(w);
}

static void a_stream_goes_on_behind_what_does_not_fit(void **state)
{
    static const enum service_total totals[] = { TOTAL_RIGHT, TOTAL_ABSENT };
    uint32_t i, t;
    (void)state;
    for (i = 0; i < 60; i++) {
        for (t = 0; t < 2; t++) {
            struct walk *w = walk_new(1200, 0, 6, 30);
            uint32_t id, errors, big = 0;
            w->s->total = totals[t];
            for (id = 0; id < 30; id++) {
                if (id == i || (i >= 30 && id % (i - 27) == 0)) {
                    w->s->list[id].pad = 2000;
                    big++;
                }
            }
            errors = walk(w);
            assert_true(errors > 0);
            assert_int_equal(w->too_large, big); /* each reported once, too */
            assert_int_equal(w->came, 30 - big);
            for (id = 0; id < 30; id++) {
                assert_int_equal(w->times[30 - id], w->s->list[id].pad == 0);
            }
            walk_free(w);
        }
    }
}

static void a_request_that_does_not_fit_says_what_it_needs(void **state)
{
    struct walk *w = walk_new(4000, 8, 8, 3);
    int i, err = OSFT_OK;
    (void)state;
    w->s->settings.work_size = 200;
    for (i = 0; i < 8 && err == OSFT_OK; i++) {
        err = next(w);
    }
    assert_int_equal(err, OSFT_E_SPACE);
    assert_int_equal(w->page.http_status, 0);
    assert_true(w->page.need > 200);
    assert_int_equal(w->s->requests, 0);
    w->s->settings.work_size = 4000;
    assert_int_equal(walk(w), 0);
    assert_each_once(w, 1, 3); /* nothing was passed over */
    walk_free(w);
}

static void what_does_not_fit_of_the_envelope_is_no_task(void **state)
{
    struct walk *w = walk_new(1000, 8, 4, 9);
    (void)state;
    w->s->message = 2000;
    while (w->calls < 40) { /* it says so again and again, as it never knows the end */
        assert_true(next(w) == OSFT_OK || w->came == 9);
    }
    assert_true(w->page.need > 2000);
    assert_int_equal(w->came, 9);
    assert_each_once(w, 1, 9);
    walk_free(w);
}

static void no_room_for_a_task_is_said(void **state)
{
    struct walk *w = walk_new(4000, 4, 4, 9);
    (void)state;
    w->page.max = 0;
    assert_int_equal(next(w), OSFT_E_TASKS);
    assert_int_equal(w->page.count, 0);
    walk_free(w);
}

static void a_page_size_of_0_is_1(void **state)
{
    size_t k;
    (void)state;
    for (k = 0; k < 2; k++) {
        struct walk *w = walk_new(4000, kinds[k], 0, 9);
        assert_int_equal(next(w), OSFT_OK);
        assert_int_equal(w->s->page_size, 1);
        assert_int_equal(walk(w), 0);
        assert_each_once(w, 1, 9);
        walk_free(w);
    }
}

/* Most of what was delivered goes, all at once. */
static void delete_90(struct service *s, void *ctx)
{
    int i;
    (void)ctx;
    for (i = 0; i < 90 && s->requests == 30; i++) {
        service_delete(s, 0);
    }
}

static void many_vanish_at_once_and_no_other_is_lost(void **state)
{
    size_t k;
    (void)state;
    for (k = 0; k < 4; k++) {
        struct walk *w = walk_new(8192, kinds[k & 1], 7, 200);
        w->s->total = k / 2 ? TOTAL_ABSENT : TOTAL_RIGHT;
        w->s->between = delete_90;
        assert_int_equal(walk(w), 0);
        assert_each_once(w, 1, 200);
        walk_free(w);
    }
}

static int stop_at_third(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    struct walk *w = ctx;
    (void)index;
    (void)need;
    came(w, task);
    return w->came % 3 == 0;
}

static void a_callback_can_stop_and_the_walk_goes_on_behind_it(void **state)
{
    struct walk *w = walk_new(8192, 0, 10, 25);
    (void)state;
    osft_stream_init(&w->stream, &w->page, stop_at_third, w);
    while (osft_pages_more(&w->pages)) {
        int err = next(w);
        assert_true(err == OSFT_OK || (err == OSFT_E_STOPPED && w->came % 3 == 0));
    }
    assert_int_equal(w->came, 25);
    assert_each_once(w, 1, 25);
    assert_null(w->stream.fresh); /* the stream is the caller's again */
    walk_free(w);
}

static int check_index(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    struct walk *w = ctx;
    (void)need;
    came(w, task);
    assert_int_equal(index, 60 - service_id(task));
    return 0;
}

static void the_index_is_of_the_whole_history(void **state)
{
    struct walk *w = walk_new(8192, 0, 9, 60);
    (void)state;
    osft_stream_init(&w->stream, &w->page, check_index, w);
    assert_int_equal(walk(w), 0);
    assert_int_equal(w->came, 60);
    walk_free(w);
}

static void a_link_in_use_changes_nothing(void **state)
{
    struct walk *w = walk_new(8192, 7, 7, 10);
    struct osft_page other = { .max = 0 };
    (void)state;
    assert_int_equal(next(w), OSFT_OK);
    assert_int_equal(osft_link_begin(&w->s->link, &w->s->query, 0, &other), OSFT_OK);
    assert_int_equal(osft_pages_begin(&w->pages, 0, &w->page), OSFT_E_STATE);
    assert_int_equal(osft_pages_end(&w->pages), OSFT_E_STATE);
    assert_int_equal(osft_pages_more(&w->pages), 1);
    osft_link_close(&w->s->link);
    assert_int_equal(walk(w), 0);
    assert_each_once(w, 1, 10);
    walk_free(w);
}

static void a_run_is_told_from_another(void **state)
{
    static const struct osft_span texts[] = { { NULL, 0 },     OSFT_LIT("a"),  OSFT_LIT("b"),
                                              OSFT_LIT("ab"),  OSFT_LIT("ba"), OSFT_LIT("1"),
                                              OSFT_LIT("12"),  OSFT_LIT("2"),  OSFT_LIT("a\0"),
                                              OSFT_LIT("\0a"), OSFT_LIT("\0") };
    uint64_t ids[COUNT(texts) * COUNT(texts) + 3];
    struct osft_task task;
    size_t i, j, n = 0;
    (void)state;
    memset(&task, 0, sizeof(task));
    for (i = 0; i < COUNT(texts); i++) {
        for (j = 0; j < COUNT(texts); j++) {
            task.run_id = texts[i];
            task.generation = texts[j];
            task.start_ms = 5;
            ids[n++] = osft_task_id(&task);
            task.start_ms = 6; /* does not count where there is an id */
            assert_int_equal(i + j != 0, osft_task_id(&task) == ids[n - 1]);
        }
    }
    task.run_id = task.generation = texts[0];
    ids[n++] = osft_task_id(&task);
    task.start_ms = OSFT_UNKNOWN;
    ids[n++] = osft_task_id(&task);
    task.start_ms = 0;
    ids[n++] = osft_task_id(&task);
    for (i = 0; i < n; i++) {
        assert_true(ids[i] != 0);
        for (j = 0; j < i; j++) {
            assert_true(ids[i] != ids[j]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_comes_once_and_in_order),
        cmocka_unit_test(new_tasks_push_the_others_back),
        cmocka_unit_test(tasks_vanish_and_no_other_is_lost),
        cmocka_unit_test(a_page_that_does_not_fit_is_asked_for_in_smaller_ones),
        cmocka_unit_test(a_page_grows_back),
        cmocka_unit_test(a_task_that_does_not_fit_is_said_and_passed_over),
        cmocka_unit_test(what_an_array_needs_is_said),
        cmocka_unit_test(a_stream_goes_on_behind_what_does_not_fit),
        cmocka_unit_test(a_request_that_does_not_fit_says_what_it_needs),
        cmocka_unit_test(what_does_not_fit_of_the_envelope_is_no_task),
        cmocka_unit_test(no_room_for_a_task_is_said),
        cmocka_unit_test(a_page_size_of_0_is_1),
        cmocka_unit_test(many_vanish_at_once_and_no_other_is_lost),
        cmocka_unit_test(a_callback_can_stop_and_the_walk_goes_on_behind_it),
        cmocka_unit_test(the_index_is_of_the_whole_history),
        cmocka_unit_test(a_link_in_use_changes_nothing),
        cmocka_unit_test(a_run_is_told_from_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
