/* SPDX-License-Identifier: Apache-2.0 */
/* Every walk through a small world: pages.c over a client made of memory, without HTTP. A world is a service
 * with a few tasks, which come and go between requests. All that can happen is tried, by going through the
 * tree of what may happen before each request; states that were met before are not gone through again. */
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

#define TASKS_MAX 127
#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))

enum total {
    TOTAL_RIGHT,
    TOTAL_ABSENT,
    TOTAL_ZERO,
    TOTAL_TOO_SMALL, /* by one */
    TOTAL_TOO_LARGE,
    TOTAL_CONSTANT, /* the first one, for ever */
    TOTAL_OF_PAGE,  /* how many tasks the page has */
    TOTALS
};

struct listed {
    uint8_t id;
    uint8_t start;
    uint8_t is_old; /* it was there at the beginning */
};

struct service {
    struct listed list[TASKS_MAX];
    uint8_t count, last_id, last_start, arrived;
    uint8_t cap;         /* tasks that a page has at most; 0: as asked */
    uint8_t caps_places; /* 1: and pages begin at multiples of it; 0: of what was asked */
    uint8_t total, first_total;
    uint8_t arrivals_left, removals_left; /* that may still happen, in all */
    uint8_t steady; /* arrivals before every request but the first */
};

struct world {
    struct service service;
    struct osft_pages pages;
    uint8_t delivered[TASKS_MAX]; /* how often, by id */
    uint8_t gone[TASKS_MAX];
    uint16_t requests;
};

static struct world world;
static struct osft_client client;
static struct osft_page page;
static struct osft_task array[8];

/* The client. */
int osft_start_call(struct osft_client *c, const struct osft_query *query, struct osft_page *to,
                    uint32_t limit_ms, osft_on_result *on_result, void *ctx, int drops_repeats)
{
    (void)limit_ms;
    c->query = query;
    c->response.page = to;
    c->on_result = on_result;
    c->on_result_ctx = ctx;
    c->drops_repeats = (uint8_t)drops_repeats;
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
    case TOTAL_CONSTANT: return s->first_total;
    default: return on_page;
    }
}

int osft_run(struct osft_client *c)
{
    const struct service *s = &world.service;
    uint32_t size = c->query->page_size, step = size, begin, i;

    assert_true(size > 0 && c->query->page_number > 0);
    if (s->cap != 0 && size > s->cap) {
        size = s->cap;
        step = s->caps_places ? size : step;
    }
    begin = (c->query->page_number - 1) * step;
    if (getenv("TRACE")) {
        printf("# %u: asks %u x %u, next %u high %d fruitless %u; list", world.requests, c->query->page_number, c->query->page_size, world.pages.next, (int)world.pages.high, world.pages.fruitless);
        for (i = 0; i < s->count; i++) printf(" %u@%u", s->list[i].id, s->list[i].start);
        printf(" cap %u\n", s->cap);
    }
    memset(&c->reply, 0, sizeof(c->reply));
    c->reply.http_status = 200;
    for (i = begin; i < begin + size && i < s->count; i++) {
        char id[2];
        struct osft_task *task = &c->response.current.task;
        int returned;

        memset(task, 0, sizeof(*task));
        id[0] = (char)s->list[i].id;
        task->run_id.ptr = id;
        task->run_id.len = 1;
        task->start_ms = s->list[i].start;
        task->index = i - begin;
        returned = c->response.page->on_task(c->response.page->on_task_ctx, task, NULL);
        assert_true(returned == 0);
        c->reply.tasks++;
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

/* A task comes: it starts together with the newest one, or later. */
static void arrive(struct service *s, int is_together)
{
    assert_true(s->count < TASKS_MAX && s->last_id + 1 < TASKS_MAX);
    memmove(&s->list[1], &s->list[0], s->count * sizeof(s->list[0]));
    s->last_start = (uint8_t)(s->last_start + !is_together);
    s->list[0].id = ++s->last_id;
    s->list[0].start = s->last_start;
    s->list[0].is_old = 0;
    s->count++;
}

static void vanish(struct world *w, unsigned place)
{
    struct service *s = &w->service;
    w->gone[s->list[place].id] = 1;
    s->count--;
    memmove(&s->list[place], &s->list[place + 1], (s->count - place) * sizeof(s->list[0]));
}

/* States that were met: their hashes, in an open table. */
#define MET_BITS 20
static uint64_t met[1U << MET_BITS];
static size_t met_count;

static int was_met(uint64_t hash)
{
    size_t at = (size_t)(hash >> (64 - MET_BITS));

    hash |= 1;
    while (met[at] != 0) {
        if (met[at] == hash) {
            return 1;
        }
        at = (at + 1) & ((1U << MET_BITS) - 1);
    }
    met[at] = hash;
    met_count++;
    assert_true(met_count < sizeof(met) / sizeof(met[0]) * 7 / 8);
    return 0;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    return hash ^ hash >> 29;
}

/* All that decides how the walk goes on; what is newer than it has come is all the same. */
static uint64_t hash_state(const struct world *w)
{
    const struct osft_pages *p = &w->pages;
    const struct service *s = &w->service;
    uint64_t hash = 1;
    uint8_t start = 0;
    unsigned i, newer = 0;

    for (i = 0; i < s->count; i++) {
        const struct listed *t = &s->list[i];
        unsigned is_lost = t->is_old && w->delivered[t->id] == 0;
        if (t->start > p->recent.start_ms && !is_lost) {
            newer++;
        } else if (t->start == p->recent.start_ms || is_lost || t->is_old == 0) {
            hash = mix(hash, 8 + (i - newer) * 8 + w->delivered[t->id] + 2 * t->is_old + 4 * (t->start == p->recent.start_ms));
        }
        if (t->start < p->recent.start_ms) {
            hash = mix(hash, (uint64_t)(start == t->start));
        }
        start = t->start;
    }
    hash = mix(hash, newer);
    hash = mix(hash, s->count);
    hash = mix(hash, (uint64_t)s->arrivals_left << 16 | s->removals_left << 8 | (s->last_start == p->recent.start_ms));
    hash = mix(hash, (uint64_t)p->next << 32 | p->high);
    hash = mix(hash, (uint64_t)p->changed << 32 | p->fruitless << 8 | p->has_new << 1 | (uint64_t)p->gaps << 16 | p->is_end_at_high);
    hash = mix(hash, (uint64_t)p->largest << 32 | p->smallest);
    hash = mix(hash, (uint64_t)p->most_seen << 32 | p->recent.tied);
    hash = mix(hash, p->size);
    return hash;
}

static unsigned long walks, stuck, loose, worst;
static const char *describe(void)
{
    static char text[400];
    const struct service *s = &world.service;
    snprintf(text, sizeof(text), "cap %u%s, total %u, page size %u, %u arrivals %u removals left, steady %u, changed %u, %u requests",
             s->cap, s->caps_places ? " and places" : "", s->total, (unsigned)world.pages.page_size,
             s->arrivals_left, s->removals_left, s->steady, world.pages.changed, world.requests);
    return text;
}

static void check_end(void)
{
    const struct service *s = &world.service;
    unsigned excuses = OSFT_PAGES_STUCK | OSFT_PAGES_NO_OVERLAP | (world.pages.recent.tied > 8 ? OSFT_PAGES_DISORDER : 0);
    unsigned i;

    walks++;
    if (getenv("STUCK") && (world.pages.changed & OSFT_PAGES_STUCK)) fail_msg("stuck: %s", describe());
    stuck += (world.pages.changed & OSFT_PAGES_STUCK) != 0;
    loose += (world.pages.changed & OSFT_PAGES_NO_OVERLAP) != 0;
    if (world.requests > worst) worst = world.requests;
    if ((world.pages.changed & OSFT_PAGES_DISORDER) && world.pages.recent.tied <= 8) {
        fail_msg("disorder: %s", describe());
    }
    for (i = 1; i <= s->last_id; i++) {
        if (world.delivered[i] > 1 && !(world.pages.changed & OSFT_PAGES_DISORDER)) {
            fail_msg("task %u came twice: %s", i, describe());
        }
    }
    for (i = 0; i < s->count; i++) {
        if (s->list[i].is_old && world.delivered[s->list[i].id] == 0 && !(world.pages.changed & excuses)) {
            fail_msg("task %u was lost: %s", s->list[i].id, describe());
        }
    }
}

static void request(void)
{
    int result = osft_pages_next(&world.pages, &page, 0);
    assert_int_equal(result, OSFT_OK);
    if (world.requests > (world.pages.delivered + 1u) * OSFT_PAGES_PATIENCE) {
        fail_msg("no end: %s", describe());
    }
}

static int trace;
static void go_on(void);

static void try_removals(void)
{
    const struct world before = world;
    unsigned place;

    go_on();
    world = before;
    if (world.service.removals_left == 0) {
        return;
    }
    for (place = 0; place < before.service.count; place++) {
        world.service.removals_left--;
        vanish(&world, place);
        go_on();
        world = before;
    }
}

/* Before the next request. */
static void explore(void)
{
    const struct world before = world;
    int n, how;

    if (!osft_pages_more(&world.pages)) {
        check_end();
        return;
    }
    if (was_met(hash_state(&world))) {
        return;
    }
    for (n = 0; n <= 2 && n <= before.service.arrivals_left; n++) {
        for (how = 0; how < (n ? 2 : 1); how++) {
            int i;
            for (i = 0; i < n; i++) {
                arrive(&world.service, how);
            }
            world.service.arrivals_left = (uint8_t)(world.service.arrivals_left - n);
            try_removals();
            world = before;
        }
    }
}

static void go_on(void)
{
    int i;
    for (i = 0; i < world.service.steady; i++) {
        arrive(&world.service, 0);
    }
    request();
    explore();
}

static void begin_world(unsigned tasks, unsigned together, uint32_t page_size)
{
    static const struct osft_query query;
    unsigned i;

    memset(&world, 0, sizeof(world));
    for (i = 0; i < tasks; i++) {
        arrive(&world.service, together >> i & 1);
        world.service.list[0].is_old = 1;
    }
    world.service.first_total = (uint8_t)tasks;
    osft_pages_init(&world.pages, &client, &query, page_size);
    memset(&page, 0, sizeof(page));
    page.on_task = on_task;
    page.tasks = array;
    memset(met, 0, sizeof(met));
    met_count = 0;
}

static void every_small_service_is_walked_through(void **state)
{
    unsigned tasks, together, cap, places, total, size;
    (void)state;
    for (tasks = 0; tasks <= 6; tasks++) {
        for (together = 0; together < (1U << tasks) && tasks; together += 2) {
            for (cap = 0; cap <= 4; cap++) {
                for (places = 0; places < 2; places++) {
                  for (size = 2; size <= 7; size += 5) {
                    for (total = 0; total < (getenv("ALLT") ? TOTALS : 1); total++) {
                    begin_world(tasks, together, size);
                    world.service.cap = (uint8_t)cap;
                    world.service.caps_places = (uint8_t)places;
                    world.service.total = (uint8_t)total;
                    world.service.arrivals_left = (uint8_t)atoi(getenv("A"));
                    world.service.removals_left = (uint8_t)atoi(getenv("R"));
                    request();
                    explore();
                    }
                  }
                }
            }
        }
        printf("# %u tasks: %lu ends, %lu stuck %lu loose worst %lu met %lu\n", tasks, walks, stuck, loose, worst, (unsigned long)met_count);
    }
    (void)trace;
}

static void steady(void **state)
{
    unsigned tasks, cap, rate, size;
    (void)state;
    for (size = 1; size < 8; size += 1)
    for (cap = 0; cap <= 4; cap++)
    for (rate = 1; rate <= 3; rate++) {
        printf("size %u cap %u rate %u:", size, cap, rate);
        for (tasks = 1; tasks <= 6; tasks++) {
            begin_world(tasks, 0, size);
            world.service.cap = (uint8_t)cap;
            world.service.caps_places = 1;
            world.service.steady = (uint8_t)rate;
            request();
            while (osft_pages_more(&world.pages) && world.service.last_id + 4 < TASKS_MAX) {
                unsigned i;
                for (i = 0; i < rate; i++) arrive(&world.service, 0);
                request();
            }
            printf(" %u:%u/%u", world.requests, world.pages.changed & ~OSFT_PAGES_GREW, world.pages.delivered);
        }
        printf("\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(steady), cmocka_unit_test(every_small_service_is_walked_through) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
