/* SPDX-License-Identifier: Apache-2.0 */
/* The columns: the ways to ask. */
#include "matrix.h"

#include <string.h>

#define PAGE_SIZE 5
#define CALLS_MAX 64 /* of a walk: more is a walk without an end */

void note_call(struct outcome *o, const struct osft_link *l, int64_t began_ms)
{
    int64_t ms = live_ticks_ms() - began_ms;

    if (o->requests == 0) {
        o->first_attempts = l->attempts;
        o->first_last = l->last;
    } else {
        if (l->attempts > o->later_attempts)
            o->later_attempts = l->attempts;
        if (l->last)
            o->later_last = l->last;
    }
    o->requests += l->attempts;
    o->reopened += l->reopened;
    if (ms > o->longest_ms)
        o->longest_ms = ms;
}

/* Have a page take tasks of an array, or hand them over in a stream. */
static void page_init(struct osft_page *page, struct osft_task *tasks, size_t max,
                      struct osft_stream *stream, struct got *g)
{
    memset(page, 0, sizeof(*page));
    if (stream) {
        osft_stream_init(stream, page, got_on_task, g);
    } else {
        page->tasks = tasks;
        page->max = max;
    }
}

void ask_list(struct live_client *c, uint32_t budget_ms, int stream, struct got *g,
              struct outcome *o)
{
    struct osft_task tasks[AFTER_COUNT];
    struct osft_stream s;
    int64_t began = live_ticks_ms();
    size_t i;

    page_init(&o->page, tasks, AFTER_COUNT, stream ? &s : NULL, g);
    c->query.page_size = AFTER_COUNT;
    o->err = osft_link_list(&c->link, &c->query, budget_ms, &o->page);
    note_call(o, &c->link, began);
    assert_in_range(o->page.seen, o->page.count, AFTER_COUNT);
    for (i = 0; !stream && i < o->page.count; i++)
        got_task(g, &tasks[i]);
    if (stream) {
        assert_int_equal(o->page.count, 0);
        assert_int_equal(s.delivered, g->count);
        assert_int_equal(s.too_large, 0);
    }
    o->total = o->page.total;
}

void ask_pages(struct live_client *c, uint32_t budget_ms, int stream, struct got *g,
               struct outcome *o)
{
    struct osft_task tasks[PAGE_SIZE];
    struct osft_pages p;
    struct osft_stream s;
    int calls = 0;
    size_t i;

    page_init(&o->page, tasks, PAGE_SIZE, stream ? &s : NULL, g);
    osft_pages_init(&p, &c->link, &c->query, PAGE_SIZE);
    while (!o->err && osft_pages_more(&p)) {
        int64_t began = live_ticks_ms();

        assert_in_range(++calls, 1, CALLS_MAX);
        o->err = osft_pages_next(&p, budget_ms, &o->page);
        note_call(o, &c->link, began);
        for (i = 0; !stream && i < o->page.count; i++)
            got_task(g, &tasks[i]);
    }
    o->changed = p.changed;
    o->delivered = p.delivered;
    o->total = p.total;
    assert_int_equal(p.delivered, g->count + g->wrong);
}

void ask_get(struct live_client *c, uint32_t budget_ms, struct got *g, struct outcome *o)
{
    static const struct osft_span generation = OSFT_LIT("10");
    struct osft_task task;
    int64_t began = live_ticks_ms();

    page_init(&o->page, &task, 1, NULL, g);
    c->query.generation = generation;
    o->err = osft_link_list(&c->link, &c->query, budget_ms, &o->page);
    note_call(o, &c->link, began);
    assert_in_range(o->page.count, 0, 1);
    if (o->page.count)
        got_task(g, &task);
}
