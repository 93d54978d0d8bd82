/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of the matrix: the ways to call the service. */
#include "matrix.h"

#include <string.h>

#define PAGE_SIZE 5
#define CALLS_MAX 64 /* calls of one walk; a walk with more does not end */

/* Note the outcome of a call. now_ms, paused_ms: the client's clock and its pauses when the call
 * began. */
static void note_call(struct outcome *o, const struct live_client *c, uint32_t now_ms,
                      uint32_t paused_ms)
{
    const struct osft_reply *reply = &c->client.reply;
    uint32_t ms = c->now_ms - now_ms;

    if (o->requests == 0) {
        o->first_attempts = reply->attempts;
        o->first_error = reply->last_error;
        o->first_paused_ms = c->paused_ms - paused_ms;
    } else {
        if (reply->attempts > o->later_attempts)
            o->later_attempts = reply->attempts;
        if (reply->last_error)
            o->later_error = reply->last_error;
    }
    o->requests += reply->attempts;
    o->reopened += reply->reopened;
    if (ms > o->longest_ms)
        o->longest_ms = ms;
    o->reply = *reply;
}

/* Initialise a page whose tasks go into an array, or to a function. */
static void page_init(struct osft_page *page, struct osft_task *tasks, size_t max, int stream,
                      struct got *got)
{
    memset(page, 0, sizeof(*page));
    page->tasks = tasks;
    page->max = max;
    page->on_task = stream ? got_on_task : NULL;
    page->on_task_ctx = got;
}

/* Check that the reply has the omission, and that it is the bad task. */
static void check_omission(const struct osft_reply *reply, const struct got *got)
{
    assert_in_range(reply->left_out, 0, got->has_bad_task);
    if (reply->left_out)
        assert_true(is_bad_task(&reply->omission));
}

void call_list(struct live_client *c, uint32_t limit_ms, int stream, struct got *got,
               struct outcome *o)
{
    struct osft_task tasks[AFTER_COUNT];
    struct osft_page page;
    uint32_t now_ms = c->now_ms, paused_ms = c->paused_ms;
    size_t i;

    page_init(&page, tasks, AFTER_COUNT, stream, got);
    c->query.page_size = AFTER_COUNT + 1;
    o->result = osft_list(&c->client, &c->query, &page, limit_ms);
    note_call(o, c, now_ms, paused_ms);
    check_omission(&o->reply, got);
    for (i = 0; !stream && i < page.count; i++)
        got_task(got, &tasks[i]);
    assert_int_equal(page.count, got->count + got->wrong);
    assert_in_range(page.count + o->reply.left_out, 0, o->reply.tasks);
    if (o->result == OSFT_OK || o->result == OSFT_E_BAD_TASK)
        assert_int_equal(page.count + o->reply.left_out, o->reply.tasks);
    o->total = o->reply.total;
}

void call_pages(struct live_client *c, uint32_t limit_ms, int stream, struct got *got,
                struct outcome *o)
{
    struct osft_task tasks[PAGE_SIZE];
    struct osft_pages pages;
    struct osft_page page;
    int calls = 0, result = OSFT_OK;
    size_t i, count = 0;

    page_init(&page, tasks, PAGE_SIZE, stream, got);
    osft_pages_init(&pages, &c->client, &c->query, PAGE_SIZE);
    while (result == OSFT_OK && osft_pages_more(&pages)) {
        uint32_t now_ms = c->now_ms, paused_ms = c->paused_ms;

        assert_in_range(++calls, 1, CALLS_MAX);
        result = osft_pages_next(&pages, &page, limit_ms);
        note_call(o, c, now_ms, paused_ms);
        check_omission(&o->reply, got);
        for (i = 0; !stream && i < page.count; i++)
            got_task(got, &tasks[i]);
        count += page.count;
        if (result == OSFT_E_BAD_TASK) { /* the walk goes on behind the bad task */
            got->left_out += !stream;
            o->result = result;
            result = OSFT_OK;
        } else if (result != OSFT_OK) {
            o->result = result;
        }
    }
    o->changed = pages.changed;
    assert_int_equal(count, got->count + got->wrong);
    assert_int_equal(pages.delivered, count + (size_t)got->left_out);
}

void call_get(struct live_client *c, uint32_t limit_ms, struct got *got, struct outcome *o)
{
    static const struct osft_span generation = OSFT_LIT("10");
    struct osft_task task;
    struct osft_page page;
    uint32_t now_ms = c->now_ms, paused_ms = c->paused_ms;

    page_init(&page, &task, 1, 0, got);
    c->query.generation = generation;
    o->result = osft_list(&c->client, &c->query, &page, limit_ms);
    note_call(o, c, now_ms, paused_ms);
    assert_in_range(page.count, 0, 1);
    got->anywhere = 1; /* the task is the only one of its response, so its index is 0 */
    if (page.count)
        got_task(got, &task);
}

void call_watch(struct watcher *watcher, struct live_client *c, uint32_t limit_ms,
                struct outcome *o)
{
    uint32_t now_ms = c->now_ms, paused_ms = c->paused_ms;

    o->result = osft_watch_poll(&watcher->watch, limit_ms);
    note_call(o, c, now_ms, paused_ms);
    assert_int_equal(watcher->watch.dropped, 0);
}
