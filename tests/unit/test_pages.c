/* SPDX-License-Identifier: Apache-2.0 */
/* A walk through the whole list, page by page, while the service's list changes. */
#include "walk.h"

/* Room for tasks in the array; 0: tasks go to a function. Each test runs with both. */
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
            assert_int_equal(walk_to_end(w), 0);
            assert_int_equal(w->delivered, counts[i]);
            assert_each_once(w, 1, counts[i]);
            for (n = 0; n < w->delivered; n++) {
                assert_int_equal(w->order[n], counts[i] - n);
            }
            assert_int_equal(w->pages.changed & ~OSFT_PAGES_SHORT, 0);
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
    for (id = 1; id <= count; id++) { /* up to three tasks start in the same millisecond */
        start += id % 3 == 0 ? 1 + service_random(w->s, 100) : 0;
        service_insert(w->s, 0, start);
    }
    for (id = 0; id < count && seed % 5 == 0; id++) {
        /* the work buffer is too small for some pages of an array */
        w->s->list[id].pad = service_random(w->s, 1000);
    }
    w->s->total = total;
    w->s->total_first = (int)(seed & 1);
    w->s->retry.attempts = (uint8_t)(1 + seed % 3);
    w->s->between = churn;
    w->s->ctx = &c;
    errors = walk_to_end(w);
    assert_true(errors == 0 || how->fail != 0);
    for (id = 1; id <= count; id++) {
        if (w->times[id] > 1 || (w->times[id] == 0 && !c.gone[id])) {
            fail_msg("seed %lu max %lu size %lu total %d: task %lu of %lu was delivered %u times",
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

static void a_page_size_of_0_is_1(void **state)
{
    size_t k;
    (void)state;
    for (k = 0; k < 2; k++) {
        struct walk *w = walk_new(4000, kinds[k], 0, 9);
        assert_int_equal(read_page(w), OSFT_OK);
        assert_int_equal(w->s->page_size, 1);
        assert_int_equal(walk_to_end(w), 0);
        assert_each_once(w, 1, 9);
        walk_free(w);
    }
}

static void the_largest_page_size_is_2_to_the_20(void **state)
{
    struct walk *w = walk_new(8192, 0, UINT32_MAX, 9);
    (void)state;
    assert_int_equal(read_page(w), OSFT_OK);
    assert_int_equal(w->s->page_size, 0x100000);
    assert_int_equal(walk_to_end(w), 0);
    assert_each_once(w, 1, 9);
    walk_free(w);
}

/* Delete most of the tasks that were delivered, all before one request. */
static void delete_90(struct service *s, void *ctx)
{
    int i;
    (void)ctx;
    for (i = 0; i < 90 && s->requests == 30; i++) {
        service_delete(s, 0);
    }
}

static void many_tasks_vanish_at_once_and_no_other_is_lost(void **state)
{
    size_t k;
    (void)state;
    for (k = 0; k < 4; k++) {
        struct walk *w = walk_new(8192, kinds[k & 1], 7, 200);
        w->s->total = k / 2 ? TOTAL_ABSENT : TOTAL_RIGHT;
        w->s->between = delete_90;
        assert_int_equal(walk_to_end(w), 0);
        assert_each_once(w, 1, 200);
        walk_free(w);
    }
}

static int stop_at_third(void *ctx, const struct osft_task *task,
                         const struct osft_omission *omission)
{
    struct walk *w = ctx;
    assert_null(omission);
    note_task(w, task);
    return w->delivered % 3 == 0;
}

static void a_callback_can_stop_and_the_walk_goes_on_behind_it(void **state)
{
    struct walk *w = walk_new(8192, 0, 10, 25);
    (void)state;
    w->page.on_task = stop_at_third;
    while (osft_pages_more(&w->pages)) {
        int err = read_page(w);
        assert_true(err == OSFT_OK || (err == OSFT_E_STOPPED && w->delivered % 3 == 0));
    }
    assert_int_equal(w->delivered, 25);
    assert_each_once(w, 1, 25);
    walk_free(w);
}

static int check_index(void *ctx, const struct osft_task *task,
                       const struct osft_omission *omission)
{
    struct walk *w = ctx;
    if (omission != NULL) {
        assert_int_equal(omission->task.index, 60 - 31);
        w->omitted++;
        return 0;
    }
    note_task(w, task);
    assert_int_equal(task->index, 60 - service_id(task));
    return 0;
}

static void the_index_counts_from_the_top_of_the_whole_list(void **state)
{
    struct walk *w = walk_new(8192, 0, 9, 60);
    uint32_t i;
    (void)state;
    service_find(w->s, 31)->progress = 101;
    w->page.on_task = check_index;
    assert_int_equal(walk_to_end(w), 1);
    assert_int_equal(w->delivered, 59);
    walk_free(w);
    w = walk_new(8192, 7, 9, 60);
    while (osft_pages_more(&w->pages)) {
        assert_int_equal(read_page(w), OSFT_OK);
        for (i = 0; i < w->page.count; i++) {
            assert_int_equal(w->tasks[i].index, 60 - service_id(&w->tasks[i]));
        }
    }
    walk_free(w);
}

static void a_client_in_use_changes_nothing(void **state)
{
    struct walk *w = walk_new(8192, 7, 7, 10);
    struct osft_page other = { .max = 1 };
    (void)state;
    assert_int_equal(read_page(w), OSFT_OK);
    assert_int_equal(osft_list_start(&w->s->client, &w->s->query, &other, 0), OSFT_OK);
    assert_int_equal(osft_pages_start(&w->pages, &w->page, 0), OSFT_E_STATE);
    assert_int_equal(osft_pages_next(&w->pages, &w->page, 0), OSFT_E_STATE);
    assert_int_equal(osft_pages_more(&w->pages), 1);
    osft_close(&w->s->client);
    assert_int_equal(walk_to_end(w), 0);
    assert_each_once(w, 1, 10);
    walk_free(w);
}

static void a_page_is_read_in_steps(void **state)
{
    struct walk *w = walk_new(8192, 7, 7, 10);
    struct osft_page other = { .max = 1 };
    int result;
    (void)state;
    assert_int_equal(osft_pages_start(&w->pages, &w->page, 0), OSFT_OK);
    assert_int_equal(osft_pages_start(&w->pages, &other, 0), OSFT_E_STATE);
    assert_int_equal(osft_wait_ms(&w->s->client), 0);
    do {
        result = osft_step(&w->s->client);
    } while (result == OSFT_PENDING);
    assert_int_equal(result, OSFT_OK);
    /* the result is the same when osft_step() is called again */
    assert_int_equal(osft_step(&w->s->client), OSFT_OK);
    assert_int_equal(w->page.count, 7);
    assert_int_equal(other.count, 0);
    walk_free(w);
}

static void a_call_that_was_closed_is_followed_by_another(void **state)
{
    struct walk *w = walk_new(8192, 0, 7, 10);
    (void)state;
    assert_int_equal(osft_pages_start(&w->pages, &w->page, 0), OSFT_OK);
    osft_close(&w->s->client);
    assert_int_equal(osft_step(&w->s->client), OSFT_E_STOPPED);
    assert_int_equal(walk_to_end(w), 0);
    assert_each_once(w, 1, 10);
    walk_free(w);
}

static void the_query_is_heeded_but_for_page_and_generation(void **state)
{
    struct walk *w = walk_new(8192, 7, 7, 3);
    struct osft_query query = w->s->query;
    (void)state;
    query.generation.ptr = "5";
    query.generation.len = 1;
    query.page_number = 4;
    query.page_size = 77;
    query.start_ms = 123456789;
    osft_pages_init(&w->pages, &w->s->client, &query, 7);
    assert_int_equal(read_page(w), OSFT_OK);
    assert_int_equal(w->s->page_number, 1);
    assert_int_equal(w->s->page_size, 7);
    assert_non_null(strstr(w->s->request, "startTime=123456789"));
    assert_null(strstr(w->s->request, "tasks/5"));
    assert_int_equal(query.page_number, 4);
    walk_free(w);
}

/* The number of requests grows with the length of the list, and a page that is shorter than
 * requested costs one request more, as it need not be the last one. */
static void a_list_takes_few_requests(void **state)
{
    static const struct {
        uint32_t count, requests;
    } lists[] = { { 0, 1 },  { 1, 3 },  { 2, 3 },  { 3, 2 },
                  { 49, 2 }, { 50, 2 }, { 99, 3 }, { 900, 18 } };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(lists); i++) {
        struct walk *w = walk_new(8192, 0, 50, lists[i].count);
        assert_int_equal(walk_to_end(w), 0);
        assert_each_once(w, 1, lists[i].count);
        assert_int_equal(w->pages.changed, 0);
        assert_int_equal(w->s->requests, lists[i].requests);
        walk_free(w);
    }
}

static void different_runs_have_different_ids(void **state)
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
            task.start_ms = 6; /* ignored when the task has a run id or a generation */
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
        cmocka_unit_test(a_page_size_of_0_is_1),
        cmocka_unit_test(the_largest_page_size_is_2_to_the_20),
        cmocka_unit_test(many_tasks_vanish_at_once_and_no_other_is_lost),
        cmocka_unit_test(a_callback_can_stop_and_the_walk_goes_on_behind_it),
        cmocka_unit_test(the_index_counts_from_the_top_of_the_whole_list),
        cmocka_unit_test(a_client_in_use_changes_nothing),
        cmocka_unit_test(a_page_is_read_in_steps),
        cmocka_unit_test(a_call_that_was_closed_is_followed_by_another),
        cmocka_unit_test(the_query_is_heeded_but_for_page_and_generation),
        cmocka_unit_test(a_list_takes_few_requests),
        cmocka_unit_test(different_runs_have_different_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
