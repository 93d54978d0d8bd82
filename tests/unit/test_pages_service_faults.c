/* SPDX-License-Identifier: Apache-2.0 */
/* The whole history of a service that does not do as documented. */
#include "walk.h"

/* Array and stream: each test runs with both. */
static const size_t kinds[] = { 7, 0 };

/* Services that do not do as documented. The walk must end, and say so. */
static void a_service_with_small_pages_is_walked_through(void **state)
{
    uint32_t cap, count, k, t;
    (void)state;
    for (cap = 1; cap <= 9; cap++) {
        for (count = 0; count < 30; count++) {
            for (k = 0; k < 2; k++) {
                for (t = 0; t < 2; t++) {
                    struct walk *w = walk_new(8192, kinds[k], 7, count);
                    w->s->cap = cap;
                    w->s->total = t ? TOTAL_ABSENT : TOTAL_RIGHT;
                    assert_int_equal(walk(w), 0);
                    assert_int_equal(w->came, count);
                    assert_each_once(w, 1, count);
                    assert_int_equal(w->pages.changed, 0);
                    walk_free(w);
                }
            }
        }
    }
}

static void a_service_that_ignores_the_page_size_is_walked_through(void **state)
{
    uint32_t size, count, k, t;
    (void)state;
    for (size = 1; size <= 40; size++) {
        for (count = 0; count < 50; count += 1 + count / 8) {
            for (k = 0; k < 2; k++) {
                for (t = 0; t < 2; t++) {
                    struct walk *w = walk_new(8192, k ? 0 : 50, 7, count);
                    w->s->ignore_size = size;
                    w->s->total = t ? TOTAL_ABSENT : TOTAL_RIGHT;
                    assert_int_equal(walk(w), 0);
                    assert_int_equal(w->came, count);
                    assert_each_once(w, 1, count);
                    assert_int_equal(
                        w->pages.changed & ~(OSFT_PAGES_DISORDER | OSFT_PAGES_REPEATED), 0);
                    walk_free(w);
                }
            }
        }
    }
}

static void a_service_that_says_everything_at_once_is_understood(void **state)
{
    uint32_t count, k, t;
    (void)state;
    for (count = 0; count < 50; count++) {
        for (k = 0; k < 2; k++) {
            for (t = 0; t < 2; t++) {
                struct walk *w = walk_new(8192, k ? 0 : 50, 7, count);
                w->s->everything = 1;
                w->s->total = t ? TOTAL_ABSENT : TOTAL_RIGHT;
                assert_int_equal(walk(w), 0);
                assert_int_equal(w->came, count);
                assert_each_once(w, 1, count);
                assert_int_equal(w->pages.changed & ~(OSFT_PAGES_STUCK | OSFT_PAGES_REPEATED), 0);
                assert_true(w->s->requests < 15);
                walk_free(w);
            }
        }
    }
}

static void an_array_too_small_for_such_a_service_ends_in_an_error(void **state)
{
    struct walk *w = walk_new(8192, 7, 7, 20);
    (void)state;
    w->s->everything = 1;
    assert_int_equal(next(w), OSFT_E_TASKS);
    assert_int_equal(w->page.seen, 20);
    assert_int_equal(w->came, 7);
    assert_int_equal(osft_pages_more(&w->pages), 0);
    assert_int_equal(w->pages.changed, OSFT_PAGES_STUCK | OSFT_PAGES_SHORT);
    walk_free(w);
}

static void an_end_before_a_beginning_is_out_of_order(void **state)
{
    struct walk *w = walk_new(8192, 7, 7, 3);
    (void)state;
    assert_int_equal(osft_pages_end(&w->pages), OSFT_E_STATE);
    assert_int_equal(walk(w), 0);
    assert_each_once(w, 1, 3);
    walk_free(w);
}

/* totalCount goes up and down by all that it can hold. */
static void swing(struct service *s, void *ctx)
{
    long *most = ctx;
    s->wrong_total = s->requests % 2 ? *most : 0;
}

static void a_total_that_swings_is_only_told(void **state)
{
    static long most[] = { 100, INT32_MAX };
    uint32_t i, k;
    (void)state;
    for (i = 0; i < 2; i++) {
        for (k = 0; k < 2; k++) {
            struct walk *w = walk_new(8192, kinds[k], 7, 60);
            w->s->total = TOTAL_WRONG;
            w->s->between = swing;
            w->s->ctx = &most[i];
            assert_int_equal(walk(w), 0);
            assert_int_equal(w->came, 60);
            assert_true(w->pages.changed & OSFT_PAGES_SHRANK);
            walk_free(w);
        }
    }
}

/* Every page is the first one, all tasks start together, and there are more than can be told apart: what
 * was delivered seems new again. */
static void a_walk_that_goes_back_for_ever_ends(void **state)
{
    uint32_t i, k;
    (void)state;
    for (k = 0; k < 2; k++) {
        struct walk *w = walk_new(8192, kinds[k], 10, 10);
        w->s->ignore_number = 1;
        for (i = 0; i < 10; i++) {
            w->s->list[i].start = 1000;
        }
        while (osft_pages_more(&w->pages)) {
            assert_int_equal(osft_pages_next(&w->pages, 0, &w->page), OSFT_OK);
            w->came = 0; /* more come than a walk has room for */
            assert_true(w->s->requests < 10000);
        }
        assert_true(w->pages.changed & OSFT_PAGES_STUCK);
        walk_free(w);
    }
}

static void a_service_that_ignores_the_page_number_ends_the_walk(void **state)
{
    uint32_t count, k, t;
    (void)state;
    for (count = 0; count < 40; count++) {
        for (k = 0; k < 2; k++) {
            for (t = 0; t < 3; t++) {
                struct walk *w = walk_new(8192, kinds[k], 7, count);
                struct churn c = { .arrive = t };
                w->s->ignore_number = 1;
                w->s->total = count % 2 ? TOTAL_ABSENT : TOTAL_RIGHT;
                w->s->between = t ? churn : NULL;
                w->s->ctx = &c;
                w->s->cap = count % 3 == 0 ? 5 : 0;
                assert_int_equal(walk(w), 0);
                assert_true(w->s->requests < 60);
                assert_true((uint32_t)w->came >= count ||
                            (w->pages.changed & (OSFT_PAGES_STUCK | OSFT_PAGES_SHORT)));
                if (count > 7) {
                    assert_each_once(w, count - 4, count);
                }
                walk_free(w);
            }
        }
    }
}

/* 0: oldest first; 1: as it comes; 2: no starts; 3: now and then none. */
static void out_of_order(struct walk *w, uint32_t how)
{
    size_t i;
    for (i = 0; i < w->s->count; i++) {
        struct service_task *t = &w->s->list[i];
        t->start = how == 0   ? 1000 + (int64_t)i
                   : how == 1 ? (int64_t)service_random(w->s, 1000)
                   : how == 2 ? -1
                   : i % 5    ? t->start
                              : -1;
    }
}

static void tasks_out_of_order_all_come(void **state)
{
    uint32_t count, k, t, how, n;
    (void)state;
    for (count = 2; count < 60; count++) {
        for (how = 0; how < 4; how++) {
            for (t = 0; t < 2; t++) {
                for (k = 0; k < 2; k++) {
                    struct walk *w = walk_new(8192, kinds[k], 3 + count % 6, count);
                    w->s->random = count + 1;
                    out_of_order(w, how);
                    w->s->total = t ? TOTAL_ABSENT : TOTAL_RIGHT;
                    (void)walk(w);
                    for (n = 1; n <= count; n++) {
                        assert_true(w->times[n] >= 1);
                    }
                    if (how != 1) {
                        assert_int_equal(w->came, count);
                        assert_int_equal(w->pages.changed, OSFT_PAGES_DISORDER);
                    }
                    walk_free(w);
                }
            }
        }
    }
}

static void a_service_out_of_order_that_repeats_itself_ends_the_walk(void **state)
{
    uint32_t how, k, t;
    (void)state;
    for (how = 0; how < 4; how++) {
        for (k = 0; k < 2; k++) {
            for (t = 0; t < 2; t++) {
                struct walk *w = walk_new(8192, k ? 0 : 40, 30, 35);
                out_of_order(w, how);
                w->s->ignore_number = 1;
                w->s->total = t ? TOTAL_ABSENT : TOTAL_RIGHT;
                (void)walk(w);
                assert_true(w->s->requests < 15);
                assert_true(w->pages.changed & OSFT_PAGES_DISORDER);
                walk_free(w);
            }
        }
    }
}

static void tasks_out_of_order_that_vanish_take_no_other_with_them(void **state)
{
    uint32_t seed, n;
    (void)state;
    for (seed = 1; seed <= 200; seed++) {
        struct walk *w = walk_new(8192, kinds[seed & 1], 7, 80);
        struct churn c = { .vanish = 2 };
        w->s->random = seed;
        out_of_order(w, 1);
        w->s->between = churn;
        w->s->ctx = &c;
        (void)walk(w);
        for (n = 1; n <= 80; n++) {
            assert_true(w->times[n] >= 1 || c.gone[n]);
        }
        walk_free(w);
    }
}

static void tasks_that_never_fit_end_the_walk_all_the_same(void **state)
{
    struct walk *w = walk_new(1200, 7, 7, 20);
    size_t i;
    (void)state;
    w->s->ignore_number = 1;
    for (i = 0; i < 20; i++) {
        w->s->list[i].pad = 2000;
    }
    assert_int_equal(walk(w), 20); /* one error for each that there should be */
    assert_int_equal(w->came, 0);
    walk_free(w);
}

static void new_tasks_as_fast_as_the_walk_end_it(void **state)
{
    struct walk *w = walk_new(8192, 1, 1, 50);
    struct churn c = { .arrive = 0 };
    (void)state;
    w->s->between = churn;
    w->s->ctx = &c;
    assert_int_equal(next(w), OSFT_OK);
    while (osft_pages_more(&w->pages)) {
        service_insert(w->s, 0, w->s->list[0].start + 10);
        assert_int_equal(next(w), OSFT_OK);
        assert_true(w->calls < 20);
    }
    assert_int_equal(w->came, 1);
    assert_true(w->pages.changed & OSFT_PAGES_STUCK);
    assert_true(w->pages.changed & OSFT_PAGES_SHORT);
    walk_free(w);
}

/* A stream outruns them. */
static void arrive_three(struct service *s, void *ctx)
{
    int i;
    (void)ctx;
    for (i = 0; i < 3 && s->requests > 1 && s->last_id + 1 < IDS; i++) {
        service_insert(s, 0, s->list[0].start + 10);
    }
}

static void a_stream_asks_for_more_than_what_comes(void **state)
{
    struct walk *w = walk_new(8192, 0, 3, 80);
    (void)state;
    w->s->between = arrive_three;
    assert_int_equal(walk(w), 0);
    assert_int_equal(w->came, 80);
    assert_each_once(w, 1, 80);
    assert_int_equal(w->pages.changed, OSFT_PAGES_GREW | OSFT_PAGES_REPEATED);
    walk_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_with_small_pages_is_walked_through),
        cmocka_unit_test(a_service_that_ignores_the_page_size_is_walked_through),
        cmocka_unit_test(a_service_that_says_everything_at_once_is_understood),
        cmocka_unit_test(an_array_too_small_for_such_a_service_ends_in_an_error),
        cmocka_unit_test(an_end_before_a_beginning_is_out_of_order),
        cmocka_unit_test(a_total_that_swings_is_only_told),
        cmocka_unit_test(a_walk_that_goes_back_for_ever_ends),
        cmocka_unit_test(a_service_that_ignores_the_page_number_ends_the_walk),
        cmocka_unit_test(tasks_out_of_order_all_come),
        cmocka_unit_test(a_service_out_of_order_that_repeats_itself_ends_the_walk),
        cmocka_unit_test(tasks_out_of_order_that_vanish_take_no_other_with_them),
        cmocka_unit_test(tasks_that_never_fit_end_the_walk_all_the_same),
        cmocka_unit_test(new_tasks_as_fast_as_the_walk_end_it),
        cmocka_unit_test(a_stream_asks_for_more_than_what_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
