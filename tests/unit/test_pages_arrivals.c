/* SPDX-License-Identifier: Apache-2.0 */
/* A walk through the list of a service while many new tasks arrive. */
#include "walk.h"

/* Room for tasks in the array; 0: tasks go to a function. Each test runs with both. */
static const size_t kinds[] = { 7, 0 };

/* Add *ctx tasks before each request except the first one. */
static void arrive_before_each(struct service *s, void *ctx)
{
    const uint32_t *count = ctx;
    uint32_t i;
    for (i = 0; i < *count && s->requests > 1 && s->last_id + 1 < IDS; i++) {
        service_insert(s, 0, s->list[0].start + 10);
    }
}

static void new_tasks_on_short_pages_do_not_make_the_walk_endless(void **state)
{
    uint32_t cap, count, arrive, k;
    (void)state;
    for (cap = 1; cap <= 4; cap++) {
        for (count = 1; count <= 40; count += 1 + count / 6) {
            for (arrive = 1; arrive <= 5; arrive++) {
                for (k = 0; k < 2; k++) {
                    struct walk *w = walk_new(8192, kinds[k], 50, count);
                    w->s->cap = cap;
                    w->s->between = arrive_before_each;
                    w->s->ctx = &arrive;
                    assert_int_equal(walk_to_end(w), 0);
                    assert_true(w->s->requests <= (w->delivered + 1) * OSFT_PAGES_PATIENCE);
                    if (cap == 3 && arrive == 2 && count > 2) {
                        assert_int_equal(w->pages.changed & OSFT_PAGES_STUCK, 0);
                    }
                    if ((w->pages.changed & OSFT_PAGES_STUCK) == 0) {
                        assert_each_once(w, 1, count);
                    }
                    walk_free(w);
                }
            }
        }
    }
}

static void a_walk_asks_for_more_than_what_arrives(void **state)
{
    uint32_t size, arrive, k;
    (void)state;
    for (size = 1; size <= 20; size += 1 + size / 4) {
        for (arrive = 1; arrive <= 2 * size; arrive += 1 + arrive / 4) {
            for (k = 0; k < 2; k++) {
                struct walk *w = walk_new(8192, k ? 0 : 20, size, 80);
                w->s->between = arrive_before_each;
                w->s->ctx = &arrive;
                assert_int_equal(walk_to_end(w), 0);
                assert_int_equal(w->delivered, 80);
                assert_each_once(w, 1, 80);
                assert_int_equal(w->pages.changed, OSFT_PAGES_GREW);
                walk_free(w);
            }
        }
    }
}

/* For a while, add tasks faster than the walk reads pages. */
static void arrive_at_first(struct service *s, void *ctx)
{
    uint32_t many = 30;
    (void)ctx;
    if (s->requests < 9) {
        arrive_before_each(s, &many);
    }
}

static void each_page_brings_new_tasks_when_no_more_arrive(void **state)
{
    struct walk *w = walk_new(65536, 0, 10, 500);
    uint32_t largest = 0;
    (void)state;
    w->s->between = arrive_at_first;
    while (w->delivered < 500) {
        assert_int_equal(read_page(w), OSFT_OK);
        if (w->delivered <= 10) {
            largest = (uint32_t)w->s->page_size;
        } else {
            assert_true(w->page.count > 0);
        }
    }
    assert_true(largest > 10 + 10 / 8 + 16); /* the walk had requested larger pages */
    assert_each_once(w, 1, 500);
    walk_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_tasks_on_short_pages_do_not_make_the_walk_endless),
        cmocka_unit_test(a_walk_asks_for_more_than_what_arrives),
        cmocka_unit_test(each_page_brings_new_tasks_when_no_more_arrive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
