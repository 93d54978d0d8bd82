/* SPDX-License-Identifier: Apache-2.0 */
/* The whole history, page by page, over a service that changes meanwhile or misbehaves. */
#include "support_service.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS      4096

/* A walk, and what it delivered. */
struct walk {
    struct service *s;
    struct osft_pages pages;
    struct osft_page page;
    struct osft_stream stream;
    struct osft_task tasks[64];
    uint8_t times[IDS]; /* that each task came */
    uint32_t came, too_large, calls;
    uint32_t order[IDS]; /* in which they came */
};

static void came(struct walk *w, const struct osft_task *task)
{
    uint32_t id = service_id(task);
    assert_true(id < IDS && w->came < IDS);
    w->times[id]++;
    w->order[w->came++] = id;
}

static int on_task(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    struct walk *w = ctx;
    (void)index;
    if (task != NULL) {
        came(w, task);
    } else {
        assert_true(need > w->s->settings.work_size);
        w->too_large++;
    }
    return 0;
}

/* max: of the array; 0: a stream. count tasks, the newest with the highest start. */
static struct walk *walk_new(size_t room, size_t max, uint32_t page_size, uint32_t count)
{
    struct walk *w = calloc(1, sizeof(*w));
    uint32_t i;

    assert_non_null(w);
    w->s = service_new(room);
    for (i = 0; i < count; i++) {
        service_insert(w->s, 0, 1000 + 10 * (int64_t)i);
    }
    w->page.tasks = w->tasks;
    w->page.max = max;
    if (max == 0) {
        osft_stream_init(&w->stream, &w->page, on_task, w);
    }
    osft_pages_init(&w->pages, &w->s->link, &w->s->query, page_size);
    return w;
}

static void walk_free(struct walk *w)
{
    service_free(w->s);
    free(w);
}

static int next(struct walk *w)
{
    int err = osft_pages_next(&w->pages, 0, &w->page);
    size_t i;

    w->calls++;
    if (w->page.stream == NULL) {
        for (i = 0; i < w->page.count; i++) {
            came(w, &w->tasks[i]);
        }
    } else {
        assert_int_equal(w->page.count, 0);
    }
    assert_int_equal(w->pages.delivered, w->came);
    return err;
}

/* To the end; errors are counted and gone past. Returns how many there were. */
static unsigned walk(struct walk *w)
{
    unsigned errors = 0;
    while (osft_pages_more(&w->pages)) {
        errors += next(w) != OSFT_OK;
        assert_true(w->calls < 3000);
    }
    return errors;
}

static void assert_each_once(const struct walk *w, uint32_t from, uint32_t to)
{
    uint32_t id;
    for (id = from; id <= to; id++) {
        if (w->times[id] != 1) {
            fail_msg("task %lu came %u times", (unsigned long)id, w->times[id]);
        }
    }
}

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
            assert_int_equal(w->pages.changed != 0, t == 2 && w->s->wrong_total > (long)counts[i]);
            walk_free(w);
        }
    }
}

/* Tasks that come and go between requests, by a generator. */
struct churn {
    uint32_t seed, arrive, vanish; /* tasks a request, at most */
    uint32_t burst;                /* one request in so many brings ten times as many; 0: none */
    uint32_t fail;                 /* one request in so many fails; 0: none */
    uint8_t gone[IDS];
};

static void churn(struct service *s, void *ctx)
{
    struct churn *c = ctx;
    uint32_t n = s->requests == 1 ? 0 : service_random(s, c->arrive + 1);

    if (c->burst != 0 && service_random(s, c->burst) == 0) {
        n *= 10;
    }
    while (n-- > 0 && s->last_id + 1 < IDS) {
        service_insert(s, 0, s->count != 0 ? s->list[0].start + (int64_t)service_random(s, 3) : 5);
    }
    n = s->requests == 1 ? 0 : service_random(s, c->vanish + 1);
    while (n-- > 0 && s->count != 0) {
        size_t place = service_random(s, (uint32_t)s->count);
        c->gone[s->list[place].id] = 1;
        service_delete(s, place);
    }
    if (c->fail != 0 && service_random(s, c->fail) == 0) {
        static const enum service_fault faults[] = { SERVICE_DROP, SERVICE_CUT, SERVICE_CUT,
                                                     SERVICE_BUSY, SERVICE_REFUSE };
        s->fault = faults[service_random(s, COUNT(faults))];
        s->cut = service_random(s, 2000);
    }
}

static void churn_walk(uint32_t seed, size_t max, uint32_t page_size, const struct churn *how,
                       enum service_total total)
{
    struct walk *w = walk_new(8192, max, page_size, 0);
    struct churn c = *how;
    uint32_t count, id;
    int64_t start = 1000;

    w->s->random = seed * 2654435761U + 1;
    count = service_random(w->s, 300);
    for (id = 1; id <= count; id++) { /* up to three in the same millisecond */
        start += id % 3 == 0 ? 1 + service_random(w->s, 100) : 0;
        service_insert(w->s, 0, start);
    }
    w->s->total = total;
    w->s->total_first = (int)(seed & 1);
    w->s->settings.tries = (uint8_t)(1 + seed % 3);
    w->s->between = churn;
    w->s->ctx = &c;
    (void)walk(w);
    for (id = 1; id <= count; id++) {
        if (w->times[id] > 1 || (w->times[id] == 0 && !c.gone[id])) {
            fail_msg("seed %lu max %lu size %lu total %d: task %lu of %lu came %u times",
                     (unsigned long)seed, (unsigned long)max, (unsigned long)page_size, (int)total,
                     (unsigned long)id, (unsigned long)count, w->times[id]);
        }
    }
    assert_int_equal(w->pages.changed & (OSFT_PAGES_DISORDER | OSFT_PAGES_STUCK), 0);
    walk_free(w);
}

static void new_tasks_push_the_others_back(void **state)
{
    static const struct churn slow = { .arrive = 1 },
                              fast = { .arrive = 4, .fail = 7, .burst = 20 };
    uint32_t seed;
    (void)state;
    for (seed = 0; seed < 1500; seed++) {
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
    for (seed = 0; seed < 1500; seed++) {
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
            if (w->too_large < big)
                fail_msg("i %u t %u: %u < %u", i, t, w->too_large,
                         big); /* one can be on two pages */
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
    struct walk *w = walk_new(200, 8, 8, 3);
    int i, err = OSFT_OK;
    (void)state;
    for (i = 0; i < 8 && err == OSFT_OK; i++) {
        err = next(w);
    }
    assert_int_equal(err, OSFT_E_SPACE);
    assert_int_equal(w->page.http_status, 0);
    assert_true(w->page.need > 200);
    assert_int_equal(w->s->requests, 0);
    walk_free(w);
}

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
                assert_int_equal(walk(w), 0);
                assert_true(w->s->requests < 60);
                if (count > 7) {
                    assert_each_once(w, count - 6, count);
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
        cmocka_unit_test(a_service_with_small_pages_is_walked_through),
        cmocka_unit_test(a_service_that_ignores_the_page_size_is_walked_through),
        cmocka_unit_test(a_service_that_says_everything_at_once_is_understood),
        cmocka_unit_test(an_array_too_small_for_such_a_service_ends_in_an_error),
        cmocka_unit_test(a_service_that_ignores_the_page_number_ends_the_walk),
        cmocka_unit_test(tasks_out_of_order_all_come),
        cmocka_unit_test(a_service_out_of_order_that_repeats_itself_ends_the_walk),
        cmocka_unit_test(new_tasks_as_fast_as_the_walk_end_it),
        cmocka_unit_test(a_stream_asks_for_more_than_what_comes),
        cmocka_unit_test(a_callback_can_stop_and_the_walk_goes_on_behind_it),
        cmocka_unit_test(the_index_is_of_the_whole_history),
        cmocka_unit_test(a_link_in_use_changes_nothing),
        cmocka_unit_test(a_run_is_told_from_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
