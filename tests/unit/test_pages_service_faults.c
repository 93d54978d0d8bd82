/* SPDX-License-Identifier: Apache-2.0 */
/* Walks through the list of a service that breaks its documentation: each walk ends, and reports
 * what it noticed. */
#include "walk.h"

/* Room for tasks in the array; 0: tasks go to a function. Each test runs with both. */
static const size_t kinds[] = { 7, 0 };

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
                    assert_int_equal(walk_to_end(w), 0);
                    assert_int_equal(w->delivered, count);
                    assert_each_once(w, 1, count);
                    assert_int_equal(w->pages.changed & ~OSFT_PAGES_NO_OVERLAP, 0);
                    assert_true(cap > 4 || count > cap || w->pages.changed == 0);
                    /* pages of at least five tasks can overlap */
                    assert_true(cap < 5 || w->pages.changed == 0);
                    assert_int_equal(cap <= 2 && count > cap, w->pages.changed != 0 && cap <= 2);
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
                    assert_int_equal(walk_to_end(w), 0);
                    assert_int_equal(w->delivered, count);
                    assert_each_once(w, 1, count);
                    assert_int_equal(w->pages.changed & ~OSFT_PAGES_NO_OVERLAP, 0);
                    walk_free(w);
                }
            }
        }
    }
}

static void a_service_that_lists_everything_at_once_is_understood(void **state)
{
    uint32_t count, k, t;
    (void)state;
    for (count = 0; count < 50; count++) {
        for (k = 0; k < 2; k++) {
            for (t = 0; t < 2; t++) {
                struct walk *w = walk_new(8192, k ? 0 : 50, 7, count);
                w->s->everything = 1;
                w->s->total = t ? TOTAL_ABSENT : TOTAL_RIGHT;
                assert_int_equal(walk_to_end(w), 0);
                assert_int_equal(w->delivered, count);
                assert_each_once(w, 1, count);
                assert_int_equal(w->pages.changed & ~OSFT_PAGES_STUCK, 0);
                assert_true(w->s->requests <= 1 + OSFT_PAGES_PATIENCE);
                walk_free(w);
            }
        }
    }
}

static void an_array_smaller_than_the_services_pages_gets_all_tasks(void **state)
{
    struct walk *w = walk_new(8192, 7, 7, 20);
    (void)state;
    w->s->everything = 1;
    assert_int_equal(walk_to_end(w), 0);
    assert_int_equal(w->delivered, 20);
    assert_each_once(w, 1, 20);
    walk_free(w);
}

static void a_service_with_a_largest_page_size_is_walked_through(void **state)
{
    uint32_t size, k;
    (void)state;
    for (size = 1; size < 30; size++) {
        for (k = 0; k < 2; k++) {
            struct walk *w = walk_new(8192, k ? 0 : 50, size, 100);
            w->s->largest = size;
            assert_int_equal(walk_to_end(w), 0);
            assert_int_equal(w->delivered, 100);
            assert_each_once(w, 1, 100);
            assert_int_equal(w->pages.changed & ~OSFT_PAGES_NO_OVERLAP, 0);
            walk_free(w);
        }
    }
}

static void a_refusal_is_returned(void **state)
{
    struct walk *w = walk_new(8192, 7, 7, 100);
    (void)state;
    assert_int_equal(read_page(w), OSFT_OK);
    w->s->largest = 1;
    (void)read_page(w);
    assert_int_equal(read_page(w), OSFT_E_REFUSED);
    assert_int_equal(read_page(w), OSFT_E_REFUSED);
    w->s->largest = 0;
    assert_int_equal(walk_to_end(w), 0);
    assert_each_once(w, 1, 100);
    walk_free(w);
}

static void a_refusal_of_a_service_with_a_page_size_of_its_own_is_returned(void **state)
{
    struct walk *w = walk_new(8192, 0, 7, 100);
    (void)state;
    w->s->ignore_size = 20;
    assert_int_equal(read_page(w), OSFT_OK);
    assert_int_equal(read_page(w), OSFT_OK);
    w->s->largest = 1;
    (void)read_page(w); /* the walk may have requested more than its page size */
    assert_int_equal(read_page(w), OSFT_E_REFUSED);
    assert_int_equal(read_page(w), OSFT_E_REFUSED);
    w->s->largest = 0;
    assert_int_equal(walk_to_end(w), 0);
    assert_each_once(w, 1, 100);
    walk_free(w);
}

/* Make totalCount alternate between its extremes. */
static void swing_total(struct service *s, void *ctx)
{
    const long *most = ctx;
    s->wrong_total = s->requests % 2 ? *most : 0;
}

static void a_total_that_swings_is_only_reported(void **state)
{
    static const long most[] = { 100, INT32_MAX };
    uint32_t i, k;
    (void)state;
    for (i = 0; i < 2; i++) {
        for (k = 0; k < 2; k++) {
            struct walk *w = walk_new(8192, kinds[k], 7, 60);
            w->s->total = TOTAL_WRONG;
            w->s->between = swing_total;
            w->s->ctx = (void *)(uintptr_t)&most[i];
            assert_int_equal(walk_to_end(w), 0);
            assert_int_equal(w->delivered, 60);
            assert_true(w->pages.changed & OSFT_PAGES_SHRANK);
            walk_free(w);
        }
    }
}

/* Every page is the first one, and more tasks start together than the walk can tell apart, so that
 * tasks that were delivered seem new again. */
static void tasks_that_seem_new_for_ever_end_the_walk(void **state)
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
            assert_int_equal(read_page(w), OSFT_OK);
            assert_true(w->s->requests < 100);
        }
        assert_each_once(w, 1, 0);
        for (i = 1; i <= 10; i++) {
            assert_true(w->times[i] > 0);
        }
        assert_int_equal(w->pages.changed, OSFT_PAGES_DISORDER | OSFT_PAGES_STUCK);
        walk_free(w);
    }
}

/* A service that gives a fixed series of responses in give_next_page, whatever is requested. */
struct cycle {
    uint32_t period, tasks;
    int has_starts;
};

static void give_next_page(struct service *s, void *ctx)
{
    const struct cycle *c = ctx;
    uint32_t i;
    while (s->count != 0) {
        service_delete(s, 0);
    }
    for (i = c->tasks; i-- > 0;) {
        uint32_t id = s->requests % c->period * c->tasks + i + 1;
        struct service_task *t = service_insert(s, 0, c->has_starts ? 5000 - (int64_t)id : -1);
        t->id = id;
    }
}

static void responses_that_alternate_end_the_walk(void **state)
{
    struct cycle c;
    uint32_t k, t, i;
    (void)state;
    for (c.period = 1; c.period <= 9; c.period += 1 + c.period / 4) {
        for (c.tasks = 1; c.tasks <= 7; c.tasks++) {
            for (c.has_starts = 0; c.has_starts <= 1; c.has_starts++) {
                for (k = 0; k < 2; k++) {
                    for (t = 0; t < 2; t++) {
                        struct walk *w = walk_new(8192, kinds[k], 5, 0);
                        w->s->between = give_next_page;
                        w->s->ctx = &c;
                        w->s->ignore_number = 1;
                        w->s->total = t ? TOTAL_ABSENT : TOTAL_RIGHT;
                        assert_int_equal(walk_to_end(w), 0);
                        assert_true(w->s->requests <= (w->delivered + 1) * OSFT_PAGES_PATIENCE);
                        assert_true(c.has_starts || w->s->requests < 30 * (c.period + 1));
                        for (i = 1; i <= c.tasks * c.period && c.has_starts; i++) {
                            assert_true(w->times[i] <= 1);
                        }
                        walk_free(w);
                    }
                }
            }
        }
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
                assert_int_equal(walk_to_end(w), 0);
                assert_true(w->s->requests <= (w->delivered + 1) * OSFT_PAGES_PATIENCE);
                assert_true(w->delivered >= count ||
                            (w->pages.changed & (OSFT_PAGES_STUCK | OSFT_PAGES_SHORT)));
                if (count > 7) {
                    assert_each_once(w, count - 4, count);
                }
                walk_free(w);
            }
        }
    }
}

/* A service of which one response contains none of the page's tasks, or only the first few. */
struct lost_page {
    uint32_t request; /* number of that response */
    size_t kept;      /* number of tasks that it contains */
};

static void lose_page(struct service *s, void *ctx)
{
    const struct lost_page *lost = ctx;
    s->keep = s->requests == lost->request ? lost->kept : SIZE_MAX;
}

static void a_page_that_came_without_its_tasks_is_asked_for_again(void **state)
{
    struct lost_page lost;
    uint32_t count, size, k, requests;
    (void)state;
    for (count = 1; count <= 60; count += 1 + count / 3) {
        for (size = 1; size <= 20; size += 1 + size / 3) {
            for (k = 0; k < 2; k++) {
                struct walk *whole = walk_new(8192, k ? 0 : 50, size, count);
                assert_int_equal(walk_to_end(whole), 0);
                requests = whole->s->requests;
                walk_free(whole);
                for (lost.request = 1; lost.request <= requests; lost.request++) {
                    for (lost.kept = 0; lost.kept <= 4; lost.kept += 2) {
                        struct walk *w = walk_new(8192, k ? 0 : 50, size, count);
                        w->s->between = lose_page;
                        w->s->ctx = &lost;
                        assert_int_equal(walk_to_end(w), 0);
                        assert_int_equal(w->delivered, count);
                        assert_each_once(w, 1, count);
                        assert_int_equal(w->pages.changed & ~OSFT_PAGES_NO_OVERLAP, 0);
                        assert_true(w->s->requests <= requests + count + 16);
                        walk_free(w);
                    }
                }
            }
        }
    }
}

/* Delete two thirds of the tasks, and leave tasks out of the page. */
static void vanish_and_lose_page(struct service *s, void *ctx)
{
    uint32_t i;
    lose_page(s, ctx);
    for (i = 0; i < 40 && s->requests == 3; i++) {
        service_delete(s, 0);
    }
}

static void a_page_without_its_tasks_is_noticed_though_others_have_vanished(void **state)
{
    struct lost_page lost;
    uint32_t size, k;
    (void)state;
    for (size = 1; size <= 20; size += 1 + size / 3) {
        for (k = 0; k < 2; k++) {
            for (lost.request = 3; lost.request <= 12; lost.request++) {
                for (lost.kept = 0; lost.kept <= 4; lost.kept += 2) {
                    struct walk *w = walk_new(8192, k ? 0 : 50, size, 60);
                    w->s->between = vanish_and_lose_page;
                    w->s->ctx = &lost;
                    assert_int_equal(walk_to_end(w), 0);
                    assert_each_once(w, 1, 20);
                    walk_free(w);
                }
            }
        }
    }
}

static void a_list_with_fewer_tasks_than_it_says_ends_after_few_requests(void **state)
{
    uint32_t count, k;
    (void)state;
    for (count = 0; count <= 60; count++) {
        for (k = 0; k < 2; k++) {
            struct walk *w = walk_new(8192, kinds[k], 7, count);
            uint32_t requests = 0;
            assert_int_equal(walk_to_end(w), 0);
            requests = w->s->requests;
            walk_free(w);
            w = walk_new(8192, kinds[k], 7, count);
            w->s->total = TOTAL_WRONG;
            w->s->wrong_total = 1000;
            assert_int_equal(walk_to_end(w), 0);
            assert_each_once(w, 1, count);
            assert_int_equal(w->pages.changed & ~OSFT_PAGES_NO_OVERLAP, OSFT_PAGES_SHORT);
            assert_true(w->s->requests <= requests + 6);
            walk_free(w);
        }
    }
}

static void a_walk_ends_although_no_task_fits(void **state)
{
    uint32_t k;
    (void)state;
    for (k = 0; k < 2; k++) {
        struct walk *w = walk_new(1200, kinds[k], 7, 20);
        size_t i;
        w->s->ignore_number = 1;
        for (i = 0; i < 20; i++) {
            w->s->list[i].pad = 2000;
        }
        assert_true(walk_to_end(w) > 0);
        assert_int_equal(w->delivered, 0);
        assert_true(w->omitted >= 7);
        assert_true(w->s->requests <= (w->omitted + 1) * OSFT_PAGES_PATIENCE);
        walk_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_with_small_pages_is_walked_through),
        cmocka_unit_test(a_service_that_ignores_the_page_size_is_walked_through),
        cmocka_unit_test(a_service_that_lists_everything_at_once_is_understood),
        cmocka_unit_test(an_array_smaller_than_the_services_pages_gets_all_tasks),
        cmocka_unit_test(a_service_with_a_largest_page_size_is_walked_through),
        cmocka_unit_test(a_refusal_is_returned),
        cmocka_unit_test(a_refusal_of_a_service_with_a_page_size_of_its_own_is_returned),
        cmocka_unit_test(a_total_that_swings_is_only_reported),
        cmocka_unit_test(tasks_that_seem_new_for_ever_end_the_walk),
        cmocka_unit_test(responses_that_alternate_end_the_walk),
        cmocka_unit_test(a_service_that_ignores_the_page_number_ends_the_walk),
        cmocka_unit_test(a_page_that_came_without_its_tasks_is_asked_for_again),
        cmocka_unit_test(a_page_without_its_tasks_is_noticed_though_others_have_vanished),
        cmocka_unit_test(a_list_with_fewer_tasks_than_it_says_ends_after_few_requests),
        cmocka_unit_test(a_walk_ends_although_no_task_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
