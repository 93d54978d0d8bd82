/* SPDX-License-Identifier: Apache-2.0 */
/* A walk through a list that is not sorted newest first delivers all tasks. */
#include "walk.h"

/* Room for tasks in the array; 0: tasks go to a function. Each test runs with both. */
static const size_t kinds[] = { 7, 0 };

/* Bring the list into disorder. how: 0: oldest first; 1: random order; 2: no task has a start; 3:
 * some tasks have no start. */
static void disorder(struct walk *w, uint32_t how)
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

static void tasks_out_of_order_are_all_delivered(void **state)
{
    uint32_t count, k, t, how, n;
    (void)state;
    for (count = 2; count < 60; count++) {
        for (how = 0; how < 4; how++) {
            for (t = 0; t < 2; t++) {
                for (k = 0; k < 2; k++) {
                    struct walk *w = walk_new(8192, kinds[k], 3 + count % 6, count);
                    w->s->random = count + 1;
                    disorder(w, how);
                    w->s->total = t ? TOTAL_ABSENT : TOTAL_RIGHT;
                    assert_int_equal(walk_to_end(w), 0);
                    for (n = 1; n <= count; n++) {
                        assert_true(w->times[n] >= 1);
                    }
                    if (how != 1) {
                        assert_int_equal(w->delivered, count);
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
                disorder(w, how);
                w->s->ignore_number = 1;
                w->s->total = t ? TOTAL_ABSENT : TOTAL_RIGHT;
                assert_int_equal(walk_to_end(w), 0);
                assert_true(w->s->requests < 2 * OSFT_PAGES_PATIENCE);
                assert_true(w->pages.changed & OSFT_PAGES_DISORDER);
                assert_true(w->pages.changed & OSFT_PAGES_STUCK);
                walk_free(w);
            }
        }
    }
}

/* Make each page behind the end of the list contain new tasks. */
static void invent_tasks(struct service *s, void *ctx)
{
    (void)ctx;
    service_insert(s, s->count, -1);
    service_insert(s, s->count, -1);
    service_insert(s, s->count, -1);
    s->wrong_total = 9;
    s->total = TOTAL_WRONG;
}

static void tasks_behind_the_end_of_a_list_in_disorder_end_the_walk(void **state)
{
    struct walk *w = walk_new(8192, 0, 3, 9);
    (void)state;
    disorder(w, 2);
    w->s->between = invent_tasks;
    w->s->cap = 3;
    assert_int_equal(walk_to_end(w), 0);
    assert_int_equal(w->pages.changed & OSFT_PAGES_STUCK, OSFT_PAGES_STUCK);
    walk_free(w);
}

/* Make each response give a totalCount that is one less than that of the response before. */
static void lower_total(struct service *s, void *ctx)
{
    (void)ctx;
    s->wrong_total = 1000000 - (long)s->requests;
}

static void a_total_that_keeps_falling_does_not_make_a_walk_in_disorder_endless(void **state)
{
    uint32_t how, k;
    (void)state;
    for (how = 0; how < 4; how++) {
        for (k = 0; k < 2; k++) {
            struct walk *w = walk_new(8192, k ? 0 : 40, 5, 6);
            disorder(w, how);
            w->s->ignore_number = 1;
            w->s->total = TOTAL_WRONG;
            w->s->between = lower_total;
            while (osft_pages_more(&w->pages)) {
                assert_int_equal(read_page(w), OSFT_OK);
                assert_true(w->s->requests <= (w->delivered + 1) * OSFT_PAGES_PATIENCE);
            }
            walk_free(w);
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
        disorder(w, 1);
        w->s->between = churn;
        w->s->ctx = &c;
        (void)walk_to_end(w);
        for (n = 1; n <= 80; n++) {
            assert_true(w->times[n] >= 1 || c.gone[n]);
        }
        walk_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_out_of_order_are_all_delivered),
        cmocka_unit_test(a_service_out_of_order_that_repeats_itself_ends_the_walk),
        cmocka_unit_test(tasks_behind_the_end_of_a_list_in_disorder_end_the_walk),
        cmocka_unit_test(a_total_that_keeps_falling_does_not_make_a_walk_in_disorder_endless),
        cmocka_unit_test(tasks_out_of_order_that_vanish_take_no_other_with_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
