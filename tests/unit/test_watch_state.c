/* SPDX-License-Identifier: Apache-2.0 */
/* A watch over many polls: failures, restarts, and its state as bytes. */
#include "watcher.h"
#include "recent.h"

/* A random series of changes, and the runs whose events must follow from it. */
struct life {
    uint32_t running, most; /* most: the largest number of runs at the same time */
    uint8_t gone[IDS];      /* 1: the run was deleted while it was running */
    uint8_t known[IDS];     /* 1: the run had ended before the first complete poll */
    uint32_t fail;          /* one request in this many fails; 0: none */
    int moves;              /* 1: the list also changes between the requests of one poll */
};

static void change_runs(struct watcher *w, struct life *life)
{
    struct service *s = w->s;
    uint32_t i, n = service_random(s, 4);

    for (i = 0; i < n && life->running < life->most && s->last_id + 1 < IDS; i++) {
        size_t place = service_random(s, 4);
        struct service_task *t;
        if (place < s->count && place > 0 && service_random(s, 3) == 0) {
            t = service_insert(s, place, s->list[place].start); /* the run becomes visible late */
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
        change_runs(both[0], life);
    }
    if (life->fail != 0 && service_random(s, life->fail) == 0) {
        static const enum service_fault faults[] = { SERVICE_DROP, SERVICE_CUT,  SERVICE_CUT,
                                                     SERVICE_CUT,  SERVICE_BUSY, SERVICE_REFUSE };
        s->fault = faults[service_random(s, COUNT(faults))];
        s->cut = service_random(s, 3000);
    }
}

/* Whether the events that were reported about a run are those that happened. */
static int is_right(const struct told *told, const struct service_task *t, int gone, int known)
{
    int was = told->started != 0, succeeded = 0, failed = 0;

    if (t != NULL) {
        succeeded = strcmp(t->status, "success") == 0;
        failed = strcmp(t->status, "failed") == 0;
        if ((!known && !was) || (!succeeded && !failed && told->progress != t->progress)) {
            return 0;
        }
    }
    return told->started <= 1 && told->dropped == 0 && told->succeeded == (succeeded && was) &&
           told->failed == (failed && was) && told->vanished == (gone && was);
}

static void check_life(struct watcher *w, const struct life *life, uint32_t seed)
{
    uint32_t id;
    for (id = 1; id <= w->s->last_id; id++) {
        const struct told *told = &w->told[id];
        const struct service_task *t = service_find(w->s, id);
        if (!is_right(told, t, life->gone[id], life->known[id])) {
            fail_msg("seed %lu: run %lu (%s%s): %u %u %u %u %u, progress %d", (unsigned long)seed,
                     (unsigned long)id, t != NULL ? t->status : "gone",
                     life->known[id] ? ", known" : "", told->started, told->succeeded, told->failed,
                     told->vanished, told->dropped, told->progress);
        }
    }
}

static void poll_while_runs_change(uint32_t seed, uint32_t max, const struct life *how)
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
        change_runs(w, &life);
    }
    for (i = 0; i < 40; i++) {
        int err;
        for (id = 1; id <= w->s->last_id && !began; id++) {
            const struct service_task *t = service_find(w->s, id);
            life.known[id] = t == NULL || t->end != 0;
        }
        err = watcher_poll(w);
        if (!began && life.moves) { /* a run that ended during the poll may count as known */
            for (id = 1; id <= w->s->last_id; id++) {
                life.known[id] |= w->told[id].started == 0;
            }
        }
        began |= err == OSFT_OK;
        if (service_random(w->s, 4) == 0) {
            restart_watch(w);
        }
        change_runs(w, &life);
    }
    life.fail = 0;
    life.moves = 0;
    assert_int_equal(watcher_poll(w), OSFT_OK);
    assert_int_equal(watcher_poll(w), OSFT_OK);
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
    for (seed = 0; seed < 250; seed++) {
        poll_while_runs_change(seed, 24, &calm);
        poll_while_runs_change(seed, 24, &lossy);
        poll_while_runs_change(seed, 24 + seed % 100, &lossy);
        poll_while_runs_change(seed, 24 + seed % 20, &moving);
    }
}

/* Make a watch whose state has some runs. */
static struct watcher *with_some_runs(void)
{
    struct watcher *w = watcher_new(4096, 5);
    start_run(w);
    end_run(w, 1, "success");
    start_run(w)->progress = 33;
    start_run(w)->start = -1;
    assert_int_equal(watcher_poll(w), OSFT_OK);
    assert_int_equal(w->watch.count, 3);
    return w;
}

/* The bytes end where their memory ends, so that a sanitizer finds a read past them. */
static void a_state_that_is_too_short_is_not_read_past_its_end(void **state)
{
    struct watcher *w = with_some_runs();
    uint8_t blob[OSFT_WATCH_BYTES(3)], *part;
    size_t len = osft_watch_save(&w->watch, blob, sizeof(blob)), i;
    (void)state;
    for (i = 1; i < len; i++) {
        part = malloc(i);
        assert_non_null(part);
        memcpy(part, blob, i);
        assert_int_equal(osft_watch_load(&w->watch, part, i), OSFT_E_SAVED);
        free(part);
    }
    assert_int_equal(osft_watch_load(&w->watch, NULL, 0), OSFT_E_SAVED);
    watcher_free(w);
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

#define VERSION 4

/* Write the hash of these bytes and this version into the state. */
static void put_hash(const struct watcher *w, uint8_t *blob, size_t len, unsigned version)
{
    const struct osft_query *query = &w->s->query;
    uint64_t hash = OSFT_HASH + version;

    hash = osft_hash(hash, query->app_group.ptr, query->app_group.len);
    hash = osft_hash(hash, query->function.ptr, query->function.len);
    hash = osft_hash(hash, query->instance.ptr, query->instance.len);
    hash = osft_hash(hash, blob + sizeof(hash), len - sizeof(hash));
    memcpy(blob, &hash, sizeof(hash));
}

static void a_state_of_another_version_is_refused(void **state)
{
    struct watcher *w = with_some_runs();
    uint8_t blob[OSFT_WATCH_BYTES(3)], copy[OSFT_WATCH_BYTES(3)];
    size_t len = osft_watch_save(&w->watch, blob, sizeof(blob));
    unsigned version;
    (void)state;
    memcpy(copy, blob, len);
    put_hash(w, copy, len, VERSION);
    assert_memory_equal(copy, blob, len); /* put_hash() computes the same hash as the watch */
    for (version = 0; version < 256; version++) {
        put_hash(w, copy, len, version);
        assert_int_equal(osft_watch_load(&w->watch, copy, len),
                         version == VERSION ? OSFT_OK : OSFT_E_SAVED);
    }
    watcher_free(w);
}

/* The hash is right, but the number of runs does not fit the number of bytes. */
static void a_state_with_another_number_of_runs_is_refused(void **state)
{
    struct watcher *w = with_some_runs();
    uint8_t blob[OSFT_WATCH_BYTES(3)], copy[OSFT_WATCH_BYTES(3)];
    size_t len = osft_watch_save(&w->watch, blob, sizeof(blob)), i;
    (void)state;
    for (i = 8; i < 12; i++) {
        memcpy(copy, blob, len);
        copy[i]++;
        put_hash(w, copy, len, VERSION);
        assert_int_equal(osft_watch_load(&w->watch, copy, len), OSFT_E_SAVED);
    }
    watcher_free(w);
}

static void a_state_of_another_watch_is_refused(void **state)
{
    struct watcher *w = with_some_runs();
    uint8_t blob[OSFT_WATCH_BYTES(3)];
    size_t len = osft_watch_save(&w->watch, blob, sizeof(blob));
    struct osft_query *query = &w->s->query, saved = *query;
    (void)state;
    query->app_group.len--;
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_E_SAVED);
    *query = saved;
    query->function.len--;
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_E_SAVED);
    *query = saved;
    query->instance.len--;
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_E_SAVED);
    query->app_group = saved.function;
    query->function = saved.app_group;
    query->instance = saved.instance;
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_E_SAVED);
    *query = saved;
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_OK);
    w->watch.max = 2;
    assert_int_equal(osft_watch_load(&w->watch, blob, len), OSFT_E_FULL);
    assert_int_equal(w->watch.count, 3);
    watcher_free(w);
}

static void a_buffer_too_small_for_the_state_stays_unchanged(void **state)
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

static void a_state_restores_all_runs(void **state)
{
    struct watcher *w = with_some_runs();
    struct osft_run runs[3];
    (void)state;
    memcpy(runs, w->runs, sizeof(runs));
    restart_watch(w);
    assert_int_equal(w->watch.count, 3);
    assert_int_equal(w->runs[0].id, runs[0].id);
    assert_int_equal(w->runs[0].start_ms, OSFT_UNKNOWN);
    assert_int_equal(w->runs[1].progress, 33);
    assert_int_equal(w->runs[2].state, OSFT_SUCCESS);
    start_run(w)->start = 2000;
    end_run(w, 4, "success");
    assert_poll(w, "S4 +4"); /* run 4 is reported, as the restored watch has had its first poll */
    watcher_free(w);
}

static void a_watch_that_has_not_polled_is_restored_as_such(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    (void)state;
    start_run(w);
    end_run(w, 1, "success");
    w->s->settings.host = "elsewhere";
    restart_watch(w);
    assert_poll(w, "");
    restart_watch(w);
    assert_poll(w, "");
    watcher_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_comes_once_in_a_life),
        cmocka_unit_test(a_damaged_state_is_refused),
        cmocka_unit_test(a_state_that_is_too_short_is_not_read_past_its_end),
        cmocka_unit_test(a_state_of_another_version_is_refused),
        cmocka_unit_test(a_state_with_another_number_of_runs_is_refused),
        cmocka_unit_test(a_state_of_another_watch_is_refused),
        cmocka_unit_test(a_buffer_too_small_for_the_state_stays_unchanged),
        cmocka_unit_test(a_state_restores_all_runs),
        cmocka_unit_test(a_watch_that_has_not_polled_is_restored_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
