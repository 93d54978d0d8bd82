/* SPDX-License-Identifier: Apache-2.0 */
#include "watcher.h"

static uint64_t id_of(uint32_t id)
{
    char run[32], generation[32];
    struct osft_task task;

    memset(&task, 0, sizeof(task));
    task.run_id.ptr = run;
    task.run_id.len = (size_t)snprintf(run, sizeof(run), "run-%lu", (unsigned long)id);
    task.generation.ptr = generation;
    task.generation.len =
        (size_t)snprintf(generation, sizeof(generation), "%lu", (unsigned long)id);
    return osft_task_id(&task);
}

static uint32_t which(struct watcher *w, const struct osft_run *run)
{
    uint32_t id;
    for (id = 1; id <= w->s->last_id && id < IDS; id++) {
        if (w->ids[id] == 0) {
            w->ids[id] = id_of(id);
        }
        if (w->ids[id] == run->id) {
            return id;
        }
    }
    fail_msg("an event of a run that does not exist");
    return 0;
}

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    struct watcher *w = ctx;
    uint32_t id = which(w, run);
    struct told *told = &w->told[id];

    assert_true(event >= OSFT_WATCH_STARTED && event <= OSFT_WATCH_DROPPED);
    assert_int_equal(task == NULL, event >= OSFT_WATCH_VANISHED);
    if (task != NULL) {
        assert_int_equal(service_id(task), id);
        assert_int_equal(task->start_ms, run->start_ms);
    }
    if (event == OSFT_WATCH_STARTED) {
        told->started++;
        told->progress = task->progress;
    } else if (event == OSFT_WATCH_PROGRESSED) {
        assert_int_equal(run->progress, told->progress);
        assert_int_not_equal(task->progress, told->progress);
        told->progressed++;
        told->progress = task->progress;
    } else if (event == OSFT_WATCH_SUCCEEDED) {
        assert_span(task->status, "success");
        told->succeeded++;
    } else if (event == OSFT_WATCH_FAILED) {
        told->failed++;
    } else if (event == OSFT_WATCH_VANISHED) {
        told->vanished++;
    } else {
        told->dropped++;
    }
    if (w->log_len < sizeof(w->log) - 16) {
        w->log_len +=
            (size_t)snprintf(w->log + w->log_len, 16, "%s%c%lu", w->log_len != 0 ? " " : "",
                             " SP+-VD"[event], (unsigned long)id);
    }
    if (++w->events == w->late_at) {
        w->s->now += 1000;
    }
    return w->events == w->stop_at;
}

struct watcher *watcher_new(size_t room, uint32_t max)
{
    struct watcher *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    w->s = service_new(room);
    /* exactly max elements, so that ASan finds an access to one more */
    w->runs = calloc(max, sizeof(*w->runs));
    assert_non_null(w->runs);
    w->max = max;
    osft_watch_init(&w->watch, &w->s->client, &w->s->query, w->runs, max, on_event, w);
    return w;
}

void watcher_free(struct watcher *w)
{
    service_free(w->s);
    free(w->runs);
    free(w);
}

int watcher_poll(struct watcher *w)
{
    w->log_len = 0;
    w->log[0] = 0;
    w->events = 0;
    return osft_watch_poll(&w->watch, 0);
}

void restart_watch(struct watcher *w)
{
    size_t len = OSFT_WATCH_BYTES(w->watch.count);
    char *blob = malloc(len);

    assert_non_null(blob);
    assert_int_equal(osft_watch_save(&w->watch, blob, len), len);
    memset(w->runs, 0xaa, w->max * sizeof(*w->runs));
    memset(&w->watch, 0xaa, sizeof(w->watch));
    osft_watch_init(&w->watch, &w->s->client, &w->s->query, w->runs, w->max, on_event, w);
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_OK);
    free(blob);
}

struct service_task *start_run(struct watcher *w)
{
    struct service *s = w->s;
    struct service_task *t = service_insert(s, 0, s->count != 0 ? s->list[0].start + 10 : 1000);
    t->progress = 0;
    t->end = 0;
    return t;
}

void end_run(struct watcher *w, uint32_t id, const char *status)
{
    struct service_task *t = service_find(w->s, id);
    assert_non_null(t);
    t->status = status;
    t->end = t->start + 5;
}
