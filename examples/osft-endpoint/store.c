/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int newest_first(const void *left, const void *right)
{
    const struct ep_task *a = left, *b = right;

    if (a->start_ms != b->start_ms)
        return a->start_ms > b->start_ms ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int is_blank(struct osft_span line)
{
    size_t i;

    for (i = 0; i < line.len; i++)
        if (!memchr(" \t\r", line.ptr[i], 3))
            return 0;
    return 1;
}

void *ep_alloc(void *old, size_t count, size_t size)
{
    void *mem = count > SIZE_MAX / size ? NULL : realloc(old, count * size);

    if (!mem) {
        fputs("osft-endpoint: out of memory\n", stderr);
        exit(1);
    }
    return mem;
}

static void add(struct ep_store *s, const struct ep_task *t)
{
    if ((s->count & (s->count - 1)) == 0) /* the array is full at 0, 1, 2, 4 and so on */
        s->tasks = s->block = ep_alloc(s->block, s->count ? s->count * 2 : 1, sizeof(*s->tasks));
    s->tasks[s->count] = *t;
    s->tasks[s->count].order = s->count;
    s->count++;
}

/* Make tasks of the lines of s->text. */
static int index_text(struct ep_store *s, struct ep_text *why)
{
    struct osft_span rest = ep_span_of(&s->text);
    struct ep_text reason = { NULL, 0, 0 };
    unsigned long number = 0;

    while (rest.len) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        struct osft_span line = { rest.ptr, end ? (size_t)(end - rest.ptr) : rest.len };
        struct ep_task task;

        rest.ptr += line.len + (end ? 1 : 0);
        rest.len -= line.len + (end ? 1 : 0);
        number++;
        if (is_blank(line))
            continue;
        if (s->count == EP_TASKS_MAX)
            ep_puts(&reason, "more tasks than the endpoint takes, 200000");
        else if (!ep_task_parse(line, &task, &reason))
            add(s, &task);
        if (reason.len) {
            ep_putf(why, "line %lu: %s", number, reason.mem);
            ep_free(&reason);
            return -1;
        }
    }
    if (s->count)
        qsort(s->tasks, s->count, sizeof(*s->tasks), newest_first);
    return 0;
}

int ep_store_load(struct ep_store *s, struct osft_span jsonl, struct ep_text *why)
{
    ep_put_span(&s->text, jsonl);
    return index_text(s, why);
}

int ep_store_read(struct ep_store *s, const char *path, struct ep_text *why)
{
    if (ep_read(&s->text, path)) {
        ep_puts(why, strerror(errno));
        return -1;
    }
    return index_text(s, why);
}

/* Plan when the i-th newest task ran. The newest are running when the endpoint starts, and end one
 * after the other. The others have ended. One has run in each six hours, or, when there are many,
 * all of them within ten years. */
static void plan_run(struct ep_made *m, size_t i, size_t count, size_t moving, int64_t run_ms,
                     int64_t now_ms)
{
    static const int before[EP_MOVING_MAX] = { 1, 5, 30 };
    int64_t gap_ms = 6 * 3600000LL;
    uint64_t number = count - i;
    int64_t jitter = (int64_t)(number * 2654435761U % 1000003);

    memset(m, 0, sizeof(*m));
    m->number = number;
    m->fails = number % 13 == 7;
    if (i < moving) {
        m->start_ms = now_ms - before[i] * (run_ms + 60000) / 6;
        m->end_ms = now_ms + run_ms / (1 << i);
        m->fails = i == 2;
        return;
    }
    if (gap_ms * (int64_t)count > 10 * 365 * 86400000LL)
        gap_ms = 10 * 365 * 86400000LL / (int64_t)count;
    m->start_ms = now_ms - 40 * run_ms - 3600000 - (int64_t)(i - moving) * gap_ms - jitter % gap_ms;
    m->end_ms = m->start_ms + 480000 + jitter * 2;
}

void ep_store_make(struct ep_store *s, size_t count, int64_t run_ms, int64_t now_ms)
{
    size_t i, moving = count > EP_MOVING_MAX ? EP_MOVING_MAX : count > 0;
    struct ep_text none = { NULL, 0, 0 };
    struct ep_made m;

    s->made_up = 1;
    s->run_ms = run_ms;
    s->last_number = count;
    for (i = 0; i < count; i++) {
        plan_run(&m, i, count, moving, run_ms, now_ms);
        ep_made_write(&m, now_ms, &s->text);
        ep_puts(&s->text, "\n");
    }
    if (index_text(s, &none))
        abort(); /* impossible: the endpoint wrote this JSON */
    for (i = 0; i < moving; i++) {
        plan_run(&m, i, count, moving, run_ms, now_ms);
        ep_run_attach(s, i, &m);
    }
    s->arrivals.next_ms = now_ms + s->arrivals.every_ms;
    s->arrivals.newest_ms = now_ms - 1;
    ep_store_tick(s, now_ms);
}

size_t ep_store_count(const struct ep_store *s, const struct ep_filter *f)
{
    size_t i, found = 0;

    if (ep_filter_any(f))
        return s->count;
    for (i = 0; i < s->count; i++)
        found += ep_filter_match(f, &s->tasks[i]) != 0;
    return found;
}

const struct ep_task *ep_store_get(const struct ep_store *s, struct osft_span generation)
{
    size_t i;

    for (i = 0; i < s->count; i++)
        if (ep_task_is(&s->tasks[i], generation))
            return &s->tasks[i];
    return NULL;
}

void ep_store_free(struct ep_store *s)
{
    size_t i;

    for (i = 0; i < s->count; i++) {
        if (s->tasks[i].run)
            ep_free(&s->tasks[i].run->text);
        free(s->tasks[i].run);
    }
    free(s->block);
    free(s->events.list);
    ep_free(&s->text);
    memset(s, 0, sizeof(*s));
}
