/* SPDX-License-Identifier: Apache-2.0 */
/* All walks through small worlds: pages.c is linked with a client of this file that does not use
 * HTTP. A world is a service with up to six tasks, of which some arrive and vanish between
 * requests. Before each request everything that may happen is tried, as a tree; a state that was
 * met before is not explored again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client.h"
#include "osft_pages.h"
#include "response.h"

#define IDS 127

/* The value of totalCount. */
enum total {
    TOTAL_RIGHT,
    TOTAL_ABSENT,
    TOTAL_ZERO,
    TOTAL_TOO_SMALL, /* one less than the number of tasks */
    TOTAL_TOO_LARGE,
    TOTAL_CONSTANT, /* always the value of the first response */
    TOTAL_OF_PAGE,  /* the number of tasks on the page */
    TOTALS
};

struct listed {
    uint8_t id, start;
    uint8_t is_old; /* 1: the task existed when the walk began */
};

struct service {
    struct listed list[IDS];
    uint8_t count, last_id, last_start;
    uint8_t together, most_together; /* tasks with the newest start; with any one start */
    uint8_t cap;                     /* tasks on a page at most; 0: no limit */
    uint8_t cap_is_size; /* 1: pages begin at multiples of the cap; 0: at multiples of the requested
                            size */
    uint8_t total, first_count;
    uint8_t arrivals_left, removals_left; /* arrivals and removals that may still happen */
};

/* The state that changes during a walk; explore() copies it and puts it back. */
struct world {
    struct service service;
    struct osft_pages pages;
    uint8_t delivered[IDS]; /* how often each task was delivered, by id */
    uint16_t requests;
};

static struct world world;
static struct osft_client client;
static struct osft_page page;

/* The pages, in turn, of a service without a list; NULL: the service has a list. */
static const struct listed *const *cycle;
static unsigned cycle_length;

/* Numbers of walks that ended: all; those without a cap; and of the latter those that were reported
 * as whole. */
static unsigned long walks, uncapped, whole;

/* The client: each call ends before its function returns. */
int osft_list_start(struct osft_client *c, const struct osft_query *query, struct osft_page *to,
                    uint32_t limit_ms)
{
    (void)limit_ms;
    c->query = query;
    c->response.page = to;
    return OSFT_OK;
}

static int64_t get_total(const struct service *s, uint32_t on_page)
{
    switch (s->total) {
    case TOTAL_RIGHT: return s->count;
    case TOTAL_ABSENT: return OSFT_UNKNOWN;
    case TOTAL_ZERO: return 0;
    case TOTAL_TOO_SMALL: return s->count != 0 ? s->count - 1 : 0;
    case TOTAL_TOO_LARGE: return s->count + 1;
    case TOTAL_CONSTANT: return s->first_count;
    default: return on_page;
    }
}

static void list_task(struct osft_client *c, const struct listed *listed)
{
    struct osft_task *task = &c->response.current.task;
    char id = (char)listed->id;
    int returned;

    memset(task, 0, sizeof(*task));
    task->run_id.ptr = &id;
    task->run_id.len = 1;
    task->start_ms = listed->start;
    task->index = c->reply.tasks++;
    returned = c->response.page->on_task(c->response.page->on_task_ctx, task, NULL);
    assert_true(returned == 0 || returned == OSFT_KEEP_TEXTS);
}

int osft_run(struct osft_client *c)
{
    const struct service *s = &world.service;
    uint32_t size = c->query->page_size, step = size, i;

    assert_true(size > 0 && c->query->page_number > 0);
    memset(&c->reply, 0, sizeof(c->reply));
    c->reply.http_status = 200;
    if (cycle != NULL) {
        const struct listed *next = cycle[world.requests % cycle_length];
        while (next->id != 0) {
            list_task(c, next++);
        }
    } else {
        if (s->cap != 0 && size > s->cap) {
            size = s->cap;
            step = s->cap_is_size ? size : step;
        }
        i = (c->query->page_number - 1) * step;
        while (size-- > 0 && i < s->count) {
            list_task(c, &s->list[i++]);
        }
    }
    c->reply.total = get_total(s, c->reply.tasks);
    world.requests++;
    return c->on_result(c->on_result_ctx, OSFT_OK);
}

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    (void)ctx;
    assert_null(omission);
    world.delivered[(uint8_t)task->run_id.ptr[0]]++;
    return 0;
}

/* Read one page, and check the bound on requests that the header gives. */
static void request(void)
{
    assert_int_equal(osft_pages_next(&world.pages, &page, 0), OSFT_OK);
    assert_true(world.requests <= (world.pages.delivered + 1) * OSFT_PAGES_PATIENCE);
}

/* Add a task that starts together with the newest one, or later. */
static void arrive(struct service *s, int is_together)
{
    assert_true(s->count < IDS && s->last_id + 1 < IDS);
    memmove(&s->list[1], &s->list[0], s->count * sizeof(s->list[0]));
    s->last_start = (uint8_t)(s->last_start + !is_together);
    s->together = (uint8_t)(is_together ? s->together + 1 : 1);
    if (s->most_together < s->together) {
        s->most_together = s->together;
    }
    s->list[0].id = ++s->last_id;
    s->list[0].start = s->last_start;
    s->list[0].is_old = 0;
    s->count++;
}

static void vanish(struct service *s, unsigned place)
{
    s->count--;
    memmove(&s->list[place], &s->list[place + 1], (s->count - place) * sizeof(s->list[0]));
}

/* The hashes of the states that were met, in an open hash table. An entry of an earlier world
 * counts as empty. */
#define MET_BITS 20
static struct {
    uint64_t hash;
    uint32_t world;
} met[1U << MET_BITS];
static uint32_t met_world, met_count;

static int was_met(uint64_t hash)
{
    size_t at = (size_t)(hash >> (64 - MET_BITS));

    while (met[at].world == met_world) {
        if (met[at].hash == hash) {
            return 1;
        }
        at = (at + 1) & ((1U << MET_BITS) - 1);
    }
    met[at].hash = hash;
    met[at].world = met_world;
    assert_true(++met_count < (1U << MET_BITS) * 7 / 8);
    return 0;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    return hash ^ hash >> 29;
}

/* Hash everything of the list that decides how the walk goes on. Of tasks newer than the walk has
 * come, only their number counts, the place of the first page's first task, and which old ones were
 * not delivered. */
static uint64_t hash_list(uint64_t hash)
{
    const struct service *s = &world.service;
    const int64_t reached = world.pages.recent.start_ms;
    uint8_t start = 0;
    unsigned i;

    for (i = 0; i < s->count; i++) {
        const struct listed *t = &s->list[i];
        unsigned is_due = t->is_old && world.delivered[t->id] == 0;
        if (t->id == s->first_count) { /* the newest task when the walk began */
            hash = mix(hash, 1000 + i);
        }
        if (t->start <= reached || is_due) {
            hash = mix(hash, i * 16 + world.delivered[t->id] * 8U + is_due * 4 +
                                 (t->start == reached) * 2U + (t->start == start));
        }
        start = t->start;
    }
    hash = mix(hash, s->count * 256U + s->arrivals_left * 16U + s->removals_left);
    hash = mix(hash, s->together > OSFT_PAGES_RECENT);
    return mix(hash, s->last_start == reached);
}

static uint64_t hash_state(void)
{
    const struct osft_pages *p = &world.pages;
    uint64_t hash = hash_list(1);

    hash = mix(hash, (uint64_t)p->next << 32 | p->empty_at);
    hash = mix(hash, p->changed * 256U + p->without_new);
    hash = mix(hash, p->gap_count * 512U + p->full_of_repeats * 2U + p->has_new);
    hash = mix(hash, (uint64_t)p->largest << 32 | p->smallest);
    hash = mix(hash, (uint64_t)p->most_seen << 32 | p->recent.tied);
    hash = mix(hash, (uint64_t)p->smallest_total << 32 | p->largest_total);
    return mix(hash, p->size);
}

static const char *describe(void)
{
    static char text[200];
    const struct service *s = &world.service;

    snprintf(text, sizeof(text), "%u at first, cap %u (%u), total %u, page size %lu, told 0x%x",
             s->first_count, s->cap, s->cap_is_size, s->total, (unsigned long)world.pages.page_size,
             world.pages.changed);
    return text;
}

/* Check a walk that has ended: each task that stayed was delivered once, or the walk reports why
 * not. */
static void check_end(void)
{
    const struct service *s = &world.service;
    unsigned changed = world.pages.changed, i;
    unsigned is_told = changed & (OSFT_PAGES_STUCK | OSFT_PAGES_NO_OVERLAP | OSFT_PAGES_DISORDER);

    walks++;
    uncapped += s->cap == 0;
    whole += s->cap == 0 && is_told == 0;
    if ((changed & OSFT_PAGES_DISORDER) != 0 && s->most_together <= OSFT_PAGES_RECENT) {
        fail_msg("no disorder was there: %s", describe());
    }
    for (i = 1; i <= s->last_id; i++) {
        if (world.delivered[i] > 1 && (changed & OSFT_PAGES_DISORDER) == 0) {
            fail_msg("task %u was delivered twice: %s", i, describe());
        }
    }
    for (i = 0; i < s->count; i++) {
        if (s->list[i].is_old && world.delivered[s->list[i].id] == 0 && !is_told) {
            fail_msg("task %u was lost: %s", s->list[i].id, describe());
        }
    }
}

static void explore(void);

/* Explore what may vanish before the next request, after tasks have arrived: nothing, or any one
 * task. Then make the request. */
static void explore_removals(void)
{
    const struct world before = world;
    unsigned place;

    request();
    explore();
    for (place = 0; place < before.service.count && before.service.removals_left != 0; place++) {
        world = before;
        world.service.removals_left--;
        vanish(&world.service, place);
        request();
        explore();
    }
}

/* Explore what may arrive before the next request: no task, or up to two, which start alone,
 * together, or with the newest one. */
static void explore(void)
{
    const struct world before = world;
    int count, is_together, i;

    if (!osft_pages_more(&world.pages)) {
        check_end();
        return;
    }
    if (was_met(hash_state())) {
        return;
    }
    for (count = 0; count <= 2 && count <= before.service.arrivals_left; count++) {
        for (is_together = 0; is_together <= (count != 0); is_together++) {
            world = before;
            world.service.arrivals_left = (uint8_t)(world.service.arrivals_left - count);
            for (i = 0; i < count; i++) {
                arrive(&world.service, is_together);
            }
            explore_removals();
        }
    }
}

/* Begin a world with this number of tasks. together: bit i is set when task i starts with the task
 * before it. */
static void begin_world(unsigned tasks, unsigned together, uint32_t page_size)
{
    static const struct osft_query query;
    unsigned i;

    memset(&world, 0, sizeof(world));
    for (i = 0; i < tasks; i++) {
        arrive(&world.service, i < 8 && (together >> i & 1));
        world.service.list[0].is_old = 1;
    }
    world.service.first_count = (uint8_t)tasks;
    osft_pages_init(&world.pages, &client, &query, page_size);
    memset(&page, 0, sizeof(page));
    page.on_task = on_task;
    cycle = NULL;
    met_world++;
    met_count = 0;
}

/* Explore all worlds within these limits. */
static void explore_worlds(uint32_t page_size, enum total total, unsigned arrivals,
                           unsigned removals)
{
    unsigned tasks, together, cap, cap_is_size;

    for (tasks = 0; tasks <= 6; tasks++) {
        for (together = 0; together < (1U << tasks); together += 2) {
            for (cap = 0; cap <= 4; cap++) {
                for (cap_is_size = 0; cap_is_size <= (cap != 0); cap_is_size++) {
                    begin_world(tasks, together, page_size);
                    world.service.cap = (uint8_t)cap;
                    world.service.cap_is_size = (uint8_t)cap_is_size;
                    world.service.total = (uint8_t)total;
                    world.service.arrivals_left = (uint8_t)arrivals;
                    world.service.removals_left = (uint8_t)removals;
                    request();
                    explore();
                }
            }
        }
    }
}

static void every_task_that_stays_is_delivered_once_or_the_walk_reports_why_not(void **state)
{
    (void)state;
    explore_worlds(1, TOTAL_RIGHT, 1, 1);
    explore_worlds(2, TOTAL_RIGHT, 2, 1);
    explore_worlds(3, TOTAL_RIGHT, 1, 1);
    explore_worlds(7, TOTAL_RIGHT, 2, 2);
    explore_worlds(7, TOTAL_RIGHT, 3, 1);
    assert_true(walks > 500000);
    /* most walks must be whole, so that check_end() does not excuse every loss */
    assert_true(whole > uncapped / 20 * 17);
}

static void a_wrong_total_takes_no_task_away(void **state)
{
    int total;
    (void)state;
    for (total = TOTAL_ABSENT; total < TOTALS; total++) {
        explore_worlds(2, (enum total)total, 1, 1);
        explore_worlds(7, (enum total)total, 1, 1);
    }
}

/* The header promises more for lists without changes, and for lists from which no task vanishes. */
static void a_list_at_rest_is_walked_through(void **state)
{
    unsigned tasks, cap, cap_is_size, total, i;
    uint32_t page_size;
    (void)state;
    for (tasks = 0; tasks <= 40; tasks++) {
        for (cap = 0; cap <= 9; cap++) {
            for (cap_is_size = 0; cap_is_size <= 1; cap_is_size++) {
                for (total = 0; total < TOTALS; total++) {
                    for (page_size = 1; page_size <= 9; page_size++) {
                        begin_world(tasks, 0, page_size);
                        world.service.cap = (uint8_t)cap;
                        world.service.cap_is_size = (uint8_t)cap_is_size;
                        world.service.total = (uint8_t)total;
                        while (osft_pages_more(&world.pages)) {
                            request();
                        }
                        for (i = 1; i <= tasks; i++) {
                            assert_int_equal(world.delivered[i], 1);
                        }
                        assert_int_equal(world.pages.changed & OSFT_PAGES_STUCK, 0);
                        assert_true(world.requests <= 2 * tasks + 8);
                        assert_true((cap != 0 && cap < 5) ||
                                    !(world.pages.changed & OSFT_PAGES_NO_OVERLAP));
                    }
                }
            }
        }
    }
}

static void tasks_that_keep_arriving_do_not_make_the_walk_endless(void **state)
{
    unsigned tasks, cap, rate, i;
    uint32_t page_size;
    (void)state;
    for (page_size = 1; page_size <= 8; page_size++) {
        for (cap = 0; cap <= 4; cap++) {
            for (rate = 1; rate <= 3; rate++) {
                for (tasks = 1; tasks <= 6; tasks++) {
                    begin_world(tasks, 0, page_size);
                    world.service.cap = (uint8_t)cap;
                    world.service.cap_is_size = 1;
                    request();
                    while (osft_pages_more(&world.pages) && world.service.last_id + 4 < IDS) {
                        for (i = 0; i < rate; i++) {
                            arrive(&world.service, 0);
                        }
                        request();
                    }
                    if (!osft_pages_more(&world.pages)) {
                        check_end();
                    }
                }
            }
        }
    }
}

/* Services without a list: every cycle of up to three pages, each with up to two of three tasks. */
#define PAGES 13
static void pages_that_alternate_end_the_walk(void **state)
{
    static struct listed pages[PAGES][3];
    const struct listed *turns[3];
    unsigned i, j, k, total, has_order;
    uint32_t page_size;
    (void)state;
    for (has_order = 0; has_order <= 1; has_order++) {
        for (i = 1; i < PAGES; i++) { /* pages 1 to 3 have one task, the others two */
            pages[i][0].id = (uint8_t)(i < 4 ? i : (i - 4) / 3 + 1);
            pages[i][1].id = (uint8_t)(i < 4 ? 0 : (i - 4) % 3 + 1);
            for (j = 0; j < 2; j++) {
                pages[i][j].start = (uint8_t)(has_order ? 10 - pages[i][j].id : pages[i][j].id);
            }
        }
        for (i = 0; i < PAGES * PAGES * PAGES; i++) {
            for (page_size = 1; page_size <= 3; page_size++) {
                for (total = 0; total < TOTALS; total++) {
                    begin_world(3, 0, page_size);
                    world.service.total = (uint8_t)total;
                    turns[0] = pages[i % PAGES];
                    turns[1] = pages[i / PAGES % PAGES];
                    turns[2] = pages[i / PAGES / PAGES];
                    cycle = turns;
                    cycle_length = 3;
                    while (osft_pages_more(&world.pages)) {
                        request();
                        assert_true(world.requests <= 4 * OSFT_PAGES_PATIENCE);
                    }
                    for (k = 1; k <= 3 && has_order; k++) {
                        assert_true(world.delivered[k] <= 1 ||
                                    (world.pages.changed & OSFT_PAGES_DISORDER) != 0);
                    }
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_that_stays_is_delivered_once_or_the_walk_reports_why_not),
        cmocka_unit_test(a_wrong_total_takes_no_task_away),
        cmocka_unit_test(a_list_at_rest_is_walked_through),
        cmocka_unit_test(tasks_that_keep_arriving_do_not_make_the_walk_endless),
        cmocka_unit_test(pages_that_alternate_end_the_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
