/* SPDX-License-Identifier: Apache-2.0 */
/* What changed since the last look: each event once, over polls, failures and restarts. */
#include "support_service.h"
#include "osft_watch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS      4096

/* What was reported of a run. */
struct told {
    uint8_t started, succeeded, failed, vanished, dropped;
    uint32_t progressed;
    int progress; /* as last reported */
};

struct watcher {
    struct service *s;
    struct osft_watch watch;
    struct osft_run *runs;
    uint32_t max;
    struct told told[IDS];
    uint64_t ids[IDS]; /* osft_task_id() of each */
    char log[4096];    /* S3 P3 + 3 - 3 V3 D3 */
    size_t log_len;
    uint32_t events;
    uint32_t stop_at; /* the event that asks to stop; 0: none */
};

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
    fail_msg("an event of a run that never was");
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
    return ++w->events == w->stop_at;
}

static struct watcher *watcher_new(size_t room, uint32_t max)
{
    struct watcher *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    w->s = service_new(room);
    w->runs = calloc(max, sizeof(*w->runs)); /* so that ASan sees one too many */
    assert_non_null(w->runs);
    w->max = max;
    osft_watch_init(&w->watch, &w->s->link, &w->s->query, w->runs, max, on_event, w);
    return w;
}

static void watcher_free(struct watcher *w)
{
    service_free(w->s);
    free(w->runs);
    free(w);
}

/* One poll, and the events it gave. */
static int poll(struct watcher *w)
{
    w->log_len = 0;
    w->log[0] = 0;
    w->events = 0;
    return osft_watch_poll(&w->watch, 0);
}

#define assert_poll(w, events)                             \
    do {                                                   \
        assert_int_equal(poll(w), OSFT_OK);                \
        assert_string_equal((w)->log, events);             \
        assert_int_equal(osft_watch_more(&(w)->watch), 0); \
    } while (0)

static void restart(struct watcher *w)
{
    size_t len = OSFT_WATCH_BYTES(w->watch.count);
    char *blob = malloc(len);

    assert_non_null(blob);
    assert_int_equal(osft_watch_save(&w->watch, blob, len), len);
    memset(w->runs, 0xaa, w->max * sizeof(*w->runs));
    memset(&w->watch, 0xaa, sizeof(w->watch));
    osft_watch_init(&w->watch, &w->s->link, &w->s->query, w->runs, w->max, on_event, w);
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_OK);
    free(blob);
}

static struct service_task *start_run(struct watcher *w)
{
    struct service *s = w->s;
    struct service_task *t = service_insert(s, 0, s->count != 0 ? s->list[0].start + 10 : 1000);
    t->progress = 0;
    t->end = 0;
    return t;
}

static void end_run(struct watcher *w, uint32_t id, const char *status)
{
    struct service_task *t = service_find(w->s, id);
    assert_non_null(t);
    t->status = status;
    t->end = t->start + 5;
}

static void the_life_of_a_run(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    end_run(w, 1, "success");
    start_run(w);
    start_run(w);
    end_run(w, 3, "failed");
    assert_poll(w, "S2"); /* the first poll takes what has ended as known */
    assert_poll(w, "");
    service_find(w->s, 2)->progress = 40;
    start_run(w);
    assert_poll(w, "S4 P2");
    assert_int_equal(w->told[2].progress, 40);
    restart(w);
    assert_poll(w, "");
    service_find(w->s, 2)->progress = 100;
    end_run(w, 2, "success");
    end_run(w, 4, "failed");
    assert_poll(w, "-4 +2");
    assert_poll(w, "");
    start_run(w);
    end_run(w, 5, "success");
    assert_poll(w, "S5 +5"); /* never seen running */
    start_run(w);
    assert_poll(w, "S6");
    service_delete(w->s, 0);
    service_delete(w->s, 0); /* 5 had ended: of no interest */
    assert_poll(w, "V6");
    assert_poll(w, "");
    watcher_free(w);
}

static void a_run_that_ended_can_start_again(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    end_run(w, 1, "failed");
    assert_poll(w, "");
    end_run(w, 1, "running");
    service_find(w->s, 1)->progress = 7;
    assert_poll(w, "S1");
    end_run(w, 1, "success");
    assert_poll(w, "+1");
    end_run(w, 1, "failed"); /* another outcome is news */
    assert_poll(w, "-1");
    watcher_free(w);
}

static void what_a_status_means(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    struct service_task *t;
    (void)state;
    assert_poll(w, "");
    t = start_run(w);
    t->status = "waiting";
    assert_poll(w, "S1");
    t = service_find(w->s, 1);
    t->status = NULL;
    t->progress = -1;
    assert_poll(w, ""); /* says nothing: nothing has changed */
    t->status = "running";
    t->progress = 0;
    assert_poll(w, "");
    t->progress = 3;
    t->status = "paused";
    assert_poll(w, "P1");
    end_run(w, 1, "cancelled");
    assert_poll(w, "-1");
    t = start_run(w);
    t->progress = -1;
    assert_poll(w, "S2");
    service_find(w->s, 2)->status = "success"; /* without an end time */
    assert_poll(w, "+2");
    watcher_free(w);
}

static void a_run_that_becomes_visible_late_is_new(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    int i;
    (void)state;
    for (i = 0; i < 5; i++) {
        start_run(w);
    }
    assert_poll(w, "S5 S4 S3 S2 S1");
    service_insert(w->s, 3, w->s->list[3].start + 1);
    assert_poll(w, "S6");
    watcher_free(w);
}

static void runs_without_a_start_are_followed_while_they_show(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    (void)state;
    start_run(w);
    start_run(w)->start = -1; /* waits at the top of the list */
    assert_poll(w, "S2 S1");
    assert_poll(w, "");
    service_find(w->s, 2)->start = 5000;
    assert_poll(w, "");
    end_run(w, 2, "success");
    assert_poll(w, "+2");
    service_insert(w->s, 0, -1);
    assert_poll(w, "S3");
    service_delete(w->s, 0);
    assert_poll(w, "V3");
    watcher_free(w);
}

static void the_first_poll_reads_no_further_than_it_must(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    uint32_t i;
    (void)state;
    for (i = 1; i <= 500; i++) {
        start_run(w);
        end_run(w, i, i % 2 ? "success" : "failed");
    }
    start_run(w);
    assert_poll(w, "S501");
    assert_int_equal(w->s->requests, 1);
    assert_int_equal(w->watch.count, 8);
    assert_poll(w, "");
    start_run(w);
    assert_poll(w, "S502");
    assert_int_equal(w->s->requests, 3); /* and no other poll, either */
    assert_int_equal(w->watch.dropped, 0);
    watcher_free(w);
}

static void a_poll_reads_down_to_the_oldest_run_that_has_not_ended(void **state)
{
    struct watcher *w = watcher_new(8192, 3);
    uint32_t i;
    (void)state;
    start_run(w);
    assert_poll(w, "S1");
    for (i = 2; i <= 100; i++) {
        start_run(w);
        end_run(w, i, "success");
        assert_int_equal(poll(w), OSFT_OK);
    }
    for (i = 2; i <= 100; i++) {
        assert_int_equal(w->told[i].started, 1);
        assert_int_equal(w->told[i].succeeded, 1);
    }
    service_find(w->s, 1)->progress = 9;
    assert_poll(w, "P1");
    end_run(w, 1, "failed");
    assert_poll(w, "-1");
    assert_int_equal(w->watch.dropped, 0);
    w->s->requests = 0;
    assert_poll(w, "");
    assert_int_equal(w->s->requests, 1); /* and no longer than it has to */
    watcher_free(w);
}

static void a_full_table_drops_the_oldest_run_that_has_ended(void **state)
{
    struct watcher *w = watcher_new(4096, 3);
    (void)state;
    assert_poll(w, "");
    start_run(w);
    start_run(w);
    start_run(w);
    assert_poll(w, "S3 S2 S1");
    end_run(w, 2, "success");
    assert_poll(w, "+2");
    start_run(w);
    assert_poll(w, "S4"); /* 2 went without a word: all was said of it */
    assert_int_equal(w->watch.dropped, 0);
    start_run(w);
    assert_poll(w, "S5 D1"); /* none has ended: the oldest goes, and one is told */
    assert_int_equal(w->watch.dropped, 1);
    end_run(w, 1, "success"); /* nobody follows it any more */
    end_run(w, 3, "success");
    assert_poll(w, "+3");
    assert_poll(w, "");
    watcher_free(w);
}

static void one_poll_tells_more_than_the_table_holds(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    uint32_t i;
    (void)state;
    start_run(w);
    assert_poll(w, "S1");
    for (i = 2; i <= 90; i++) {
        start_run(w);
        end_run(w, i, i % 3 ? "success" : "failed");
    }
    end_run(w, 1, "success");
    assert_int_equal(poll(w), OSFT_OK);
    for (i = 1; i <= 90; i++) {
        assert_int_equal(w->told[i].started, 1);
        assert_int_equal(w->told[i].succeeded + w->told[i].failed, 1);
        assert_int_equal(w->told[i].dropped, i > 1 && i <= 87);
    }
    assert_int_equal(w->watch.dropped, 86);
    assert_poll(w, "");
    restart(w);
    assert_poll(w, "");
    watcher_free(w);
}

static void what_does_not_fit_is_said_and_has_not_vanished(void **state)
{
    struct watcher *w = watcher_new(1200, 8);
    (void)state;
    start_run(w);
    start_run(w);
    start_run(w);
    assert_poll(w, "S3 S2 S1");
    service_find(w->s, 2)->pad = 3000;
    end_run(w, 1, "success");
    assert_int_equal(poll(w), OSFT_E_SPACE);
    assert_string_equal(w->log, "+1");
    assert_true(w->watch.page.need > 3000);
    service_find(w->s, 2)->pad = 0;
    assert_poll(w, "");
    watcher_free(w);
}

static void a_list_that_is_short_of_what_it_says_makes_none_vanish(void **state)
{
    struct watcher *w = watcher_new(4096, 8);
    (void)state;
    start_run(w);
    start_run(w);
    assert_poll(w, "S2 S1");
    service_delete(w->s, 0);
    w->s->total = TOTAL_WRONG;
    w->s->wrong_total = 2;
    assert_poll(w, "");
    w->s->wrong_total = 1;
    assert_poll(w, "V2");
    watcher_free(w);
}

static void a_callback_ends_the_poll_and_nothing_is_lost(void **state)
{
    uint32_t stop, i;
    (void)state;
    for (stop = 1; stop <= 30; stop++) {
        struct watcher *w = watcher_new(4096, 12);
        int err;
        for (i = 1; i <= 6; i++) {
            start_run(w);
        }
        assert_int_equal(poll(w), OSFT_OK);
        end_run(w, 1, "success");
        end_run(w, 5, "failed");
        service_delete(w->s, 2); /* 4 and 3 */
        service_delete(w->s, 2);
        for (i = 7; i <= 10; i++) {
            start_run(w);
            end_run(w, i, "success");
        }
        w->stop_at = stop;
        err = poll(w);
        assert_int_equal(err, stop <= 12 ? OSFT_E_STOPPED : OSFT_OK);
        w->stop_at = 0;
        assert_int_equal(poll(w), OSFT_OK);
        for (i = 1; i <= 10; i++) {
            assert_int_equal(w->told[i].started, 1);
            assert_int_equal(w->told[i].succeeded, i == 1 || i >= 7);
            assert_int_equal(w->told[i].failed, i == 5);
            assert_int_equal(w->told[i].vanished, i == 3 || i == 4);
        }
        watcher_free(w);
    }
}

/* A life by a generator, and the events that it must have had. */
struct life {
    uint32_t running, most; /* runs at once, at most */
    uint8_t gone[IDS];      /* deleted while running */
    uint8_t known[IDS];     /* had ended before the first whole poll */
    uint32_t fail;          /* one request in so many fails; 0: none */
    int moves;              /* things happen between the requests of a poll, too */
};

static void live(struct watcher *w, struct life *life)
{
    struct service *s = w->s;
    uint32_t i, n = service_random(s, 4);

    for (i = 0; i < n && life->running < life->most && s->last_id + 1 < IDS; i++) {
        size_t place = service_random(s, 4);
        struct service_task *t;
        if (place < s->count && place > 0 && service_random(s, 3) == 0) {
            t = service_insert(s, place, s->list[place].start); /* late */
        } else {
            t = service_insert(
                s, 0, s->count != 0 ? s->list[0].start + 1 + (int64_t)service_random(s, 9) : 1000);
        }
        t->progress = (int)service_random(s, 50);
        t->end = 0;
        life->running++;
    }
    for (i = 0; i < s->count && i < 60; i++) {
        struct service_task *t = &s->list[i];
        if (strcmp(t->status, "running") != 0) {
            continue;
        }
        if (service_random(s, 3) == 0) {
            t->progress = (int)service_random(s, 101);
        }
        if (service_random(s, 6) == 0) {
            t->status = service_random(s, 2) ? "success" : "failed";
            t->end = t->start + 1;
            life->running--;
        } else if (service_random(s, 40) == 0) {
            life->gone[t->id] = 1;
            life->running--;
            service_delete(s, i);
        }
    }
}

static void meanwhile(struct service *s, void *ctx)
{
    void **both = ctx;
    struct life *life = both[1];

    if (life->moves && service_random(s, 2)) {
        live(both[0], life);
    }
    if (life->fail != 0 && service_random(s, life->fail) == 0) {
        static const enum service_fault faults[] = { SERVICE_DROP, SERVICE_CUT,  SERVICE_CUT,
                                                     SERVICE_CUT,  SERVICE_BUSY, SERVICE_REFUSE };
        s->fault = faults[service_random(s, COUNT(faults))];
        s->cut = service_random(s, 3000);
    }
}

static void check_life(struct watcher *w, const struct life *life, uint32_t seed)
{
    uint32_t id;
    for (id = 1; id <= w->s->last_id; id++) {
        const struct told *told = &w->told[id];
        const struct service_task *t = service_find(w->s, id);
        int was = told->started != 0, succeeded = 0, failed = 0, ok;
        if (t != NULL) {
            succeeded = strcmp(t->status, "success") == 0;
            failed = strcmp(t->status, "failed") == 0;
        }
        ok = told->dropped == 0 && told->succeeded == (succeeded && was) &&
             told->failed == (failed && was) && told->vanished == (life->gone[id] && was) &&
             told->started == (t == NULL ? was : !life->known[id] || was) && told->started <= 1 &&
             (t == NULL || succeeded || failed || told->progress == t->progress);
        if (!ok) {
            fail_msg("seed %lu: run %lu (%s%s): %u %u %u %u %u, progress %d", (unsigned long)seed,
                     (unsigned long)id, t != NULL ? t->status : "gone",
                     life->known[id] ? ", known" : "", told->started, told->succeeded, told->failed,
                     told->vanished, told->dropped, told->progress);
        }
    }
}

static void live_on(uint32_t seed, uint32_t max, const struct life *how)
{
    struct watcher *w = watcher_new(seed % 2 ? 1500 : 8192, max);
    struct life life = *how;
    void *both[2];
    uint32_t i, id;
    int began = 0;

    both[0] = w;
    both[1] = &life;
    w->s->random = seed * 2654435761U + 1;
    w->s->total = seed % 3 == 0 ? TOTAL_ABSENT : TOTAL_RIGHT;
    w->s->between = meanwhile;
    w->s->ctx = both;
    for (i = service_random(w->s, 20); i > 0; i--) {
        live(w, &life);
    }
    for (i = 0; i < 40; i++) {
        int err;
        for (id = 1; id <= w->s->last_id && !began; id++) {
            const struct service_task *t = service_find(w->s, id);
            life.known[id] = t == NULL || t->end != 0;
        }
        err = poll(w);
        if (!began &&
            life.moves) { /* what ended before it was looked at cannot be told from outside */
            for (id = 1; id <= w->s->last_id; id++) {
                life.known[id] |= w->told[id].started == 0;
            }
        }
        began |= err == OSFT_OK;
        if (service_random(w->s, 4) == 0) {
            restart(w);
        }
        live(w, &life);
    }
    life.fail = 0;
    life.moves = 0;
    assert_int_equal(poll(w), OSFT_OK);
    assert_int_equal(poll(w), OSFT_OK);
    assert_int_equal(w->events, 0);
    check_life(w, &life, seed);
    watcher_free(w);
}

static void each_event_comes_once_in_a_life(void **state)
{
    static const struct life calm = { .most = 6 }, lossy = { .most = 6, .fail = 3 },
                             moving = { .most = 6, .fail = 5, .moves = 1 };
    uint32_t seed;
    (void)state;
    for (seed = 0; seed < 400; seed++) {
        live_on(seed, 24, &calm);
        live_on(seed, 24, &lossy);
        live_on(seed, 24 + seed % 100, &lossy);
        live_on(seed, 24 + seed % 20, &moving);
    }
}

/* The state as bytes. */
static struct watcher *with_some_runs(void)
{
    struct watcher *w = watcher_new(4096, 5);
    start_run(w);
    end_run(w, 1, "success");
    start_run(w)->progress = 33;
    start_run(w)->start = -1;
    assert_int_equal(poll(w), OSFT_OK);
    assert_int_equal(w->watch.count, 3);
    return w;
}

static void a_damaged_state_is_refused(void **state)
{
    struct watcher *w = with_some_runs();
    struct osft_watch before;
    struct osft_run runs[5];
    uint8_t blob[OSFT_WATCH_BYTES(5)];
    size_t len = osft_watch_save(&w->watch, blob, sizeof(blob)), i;
    unsigned bit;
    (void)state;
    assert_int_equal(len, OSFT_WATCH_BYTES(3));
    memcpy(runs, w->runs, sizeof(runs));
    before = w->watch;
    for (i = 0; i < len; i++) {
        for (bit = 1; bit < 256; bit++) {
            blob[i] = (uint8_t)(blob[i] ^ bit);
            assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_E_SAVED);
            blob[i] = (uint8_t)(blob[i] ^ bit);
        }
        assert_int_equal(osft_watch_load(&w->watch, blob, i), OSFT_E_SAVED);
    }
    assert_int_equal(osft_watch_load(&w->watch, blob, len + 1), OSFT_E_SAVED);
    assert_memory_equal(runs, w->runs, sizeof(runs));
    assert_memory_equal(&before, &w->watch, sizeof(before));
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_OK);
    watcher_free(w);
}

static void a_state_of_another_watch_is_refused(void **state)
{
    struct watcher *w = with_some_runs();
    uint8_t blob[OSFT_WATCH_BYTES(3)];
    size_t len = osft_watch_save(&w->watch, blob, sizeof(blob)), i;
    struct osft_span *names = &w->s->query.app_group, name;
    (void)state;
    for (i = 0; i < 3; i++) {
        name = names[i];
        names[i].len--;
        assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_E_SAVED);
        names[i] = name;
    }
    name = names[0];
    names[0] = names[1];
    names[1] = name;
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_E_SAVED);
    names[1] = names[0];
    names[0] = name;
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_OK);
    w->watch.max = 2;
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_E_SPACE);
    assert_int_equal(w->watch.count, 3);
    watcher_free(w);
}

static void what_is_too_small_for_the_state_stays_as_it_is(void **state)
{
    struct watcher *w = with_some_runs();
    uint8_t *blob;
    size_t cap;
    (void)state;
    for (cap = 0; cap < OSFT_WATCH_BYTES(3); cap++) {
        blob = malloc(cap + 1);
        assert_non_null(blob);
        blob[0] = 0x55;
        assert_int_equal(osft_watch_save(&w->watch, blob, cap), OSFT_WATCH_BYTES(3));
        assert_int_equal(blob[0], 0x55);
        free(blob);
    }
    watcher_free(w);
}

static void a_state_brings_back_all_that_counts(void **state)
{
    struct watcher *w = with_some_runs();
    struct osft_run runs[3];
    (void)state;
    memcpy(runs, w->runs, sizeof(runs));
    restart(w);
    assert_int_equal(w->watch.count, 3);
    assert_int_equal(w->runs[0].id, runs[0].id);
    assert_int_equal(w->runs[0].start_ms, OSFT_UNKNOWN);
    assert_int_equal(w->runs[1].progress, 33);
    assert_int_equal(w->runs[2].state, OSFT_SUCCESS);
    start_run(w)->start = 2000;
    end_run(w, 4, "success");
    assert_poll(w, "S4 +4"); /* not taken as known: it is past its first poll */
    watcher_free(w);
}

static void a_watch_that_saw_nothing_yet_comes_back_so(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    (void)state;
    start_run(w);
    end_run(w, 1, "success");
    w->s->settings.host = "elsewhere";
    restart(w);
    assert_poll(w, "");
    restart(w);
    assert_poll(w, "");
    watcher_free(w);
}

static void the_budget_is_for_the_whole_poll(void **state)
{
    struct watcher *w = watcher_new(8192, 100);
    uint32_t i, budget;
    (void)state;
    for (i = 1; i <= 90; i++) {
        start_run(w);
    }
    for (budget = 1; budget <= 3; budget++) {
        struct osft_link *l = &w->s->link;
        int err = osft_watch_begin(&w->watch, budget);
        uint32_t pages = 0;
        assert_int_equal(osft_watch_begin(&w->watch, budget), OSFT_E_STATE);
        while (osft_watch_more(&w->watch)) {
            assert_int_equal(err, OSFT_OK);
            assert_int_equal(osft_watch_end(&w->watch), OSFT_E_STATE); /* the link is not done */
            assert_int_equal(osft_watch_more(&w->watch), 1);
            (void)osft_link_run(l);
            w->s->now++;
            err = osft_watch_end(&w->watch);
            pages++;
        }
        assert_int_equal(err, budget < 2 ? OSFT_E_TIMEOUT : OSFT_OK);
        assert_int_equal(pages, budget < 2 ? 1 : 2);
    }
    for (i = 1; i <= 90; i++) {
        assert_int_equal(w->told[i].started, 1);
    }
    watcher_free(w);
}

static void a_link_in_use_makes_no_poll(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    struct osft_page other = { .max = 0 };
    (void)state;
    start_run(w);
    assert_int_equal(osft_link_begin(&w->s->link, &w->s->query, 0, &other), OSFT_OK);
    assert_int_equal(osft_watch_poll(&w->watch, 0), OSFT_E_STATE);
    assert_int_equal(osft_watch_more(&w->watch), 0);
    osft_link_close(&w->s->link);
    assert_poll(w, "S1");
    watcher_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_life_of_a_run),
        cmocka_unit_test(a_run_that_ended_can_start_again),
        cmocka_unit_test(what_a_status_means),
        cmocka_unit_test(a_run_that_becomes_visible_late_is_new),
        cmocka_unit_test(runs_without_a_start_are_followed_while_they_show),
        cmocka_unit_test(the_first_poll_reads_no_further_than_it_must),
        cmocka_unit_test(a_poll_reads_down_to_the_oldest_run_that_has_not_ended),
        cmocka_unit_test(a_full_table_drops_the_oldest_run_that_has_ended),
        cmocka_unit_test(one_poll_tells_more_than_the_table_holds),
        cmocka_unit_test(what_does_not_fit_is_said_and_has_not_vanished),
        cmocka_unit_test(a_list_that_is_short_of_what_it_says_makes_none_vanish),
        cmocka_unit_test(a_callback_ends_the_poll_and_nothing_is_lost),
        cmocka_unit_test(each_event_comes_once_in_a_life),
        cmocka_unit_test(a_damaged_state_is_refused),
        cmocka_unit_test(a_state_of_another_watch_is_refused),
        cmocka_unit_test(what_is_too_small_for_the_state_stays_as_it_is),
        cmocka_unit_test(a_state_brings_back_all_that_counts),
        cmocka_unit_test(a_watch_that_saw_nothing_yet_comes_back_so),
        cmocka_unit_test(the_budget_is_for_the_whole_poll),
        cmocka_unit_test(a_link_in_use_makes_no_poll),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
