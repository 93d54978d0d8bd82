/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up runs that arrive, move, end and vanish, and the truth that is written about them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../examples/osft-endpoint/store.h"

#define NOW_MS INT64_C(1700000000123)

/* A store with these arrivals, its events in a file that is gone when it is closed. */
static void make(struct ep_store *s, size_t count, const struct ep_arrivals *a)
{
    memset(s, 0, sizeof(*s));
    s->arrivals = *a;
    s->events.file = tmpfile();
    assert_non_null(s->events.file);
    ep_store_make(s, count, 1000, NOW_MS);
}

static void unmake(struct ep_store *s)
{
    fclose(s->events.file);
    ep_store_free(s);
}

struct event {
    long long ms;
    char kind[16], run_id[64];
    unsigned long long number;
};

/* Up to max of what was written; returns how many lines there are. */
static size_t read_events(struct ep_store *s, struct event *list, size_t max)
{
    size_t n = 0;

    rewind(s->events.file);
    while (n < max && fscanf(s->events.file, "%lld %15s %llu %63s\n", &list[n].ms, list[n].kind,
                             &list[n].number, list[n].run_id) == 4)
        n++;
    fseek(s->events.file, 0, SEEK_END);
    return n;
}

static size_t count_kind(const struct event *list, size_t n, const char *kind)
{
    size_t i, found = 0;

    for (i = 0; i < n; i++)
        found += strcmp(list[i].kind, kind) == 0;
    return found;
}

static void expect_in_order(const struct ep_store *s)
{
    size_t i;

    for (i = 1; i < s->count; i++)
        assert_true(s->tasks[i].start_ms < s->tasks[i - 1].start_ms);
}

static void a_run_arrives_each_time_that_it_is_due(void **state)
{
    const struct ep_arrivals each = { .every_ms = 100 };
    struct ep_store s;
    int i;

    (void)state;
    make(&s, 5, &each);
    ep_store_tick(&s, NOW_MS + 99);
    assert_int_equal(s.count, 5);
    for (i = 1; i <= 50; i++) {
        ep_store_tick(&s, NOW_MS + i * 100);
        assert_int_equal(s.count, 5 + i);
        assert_true(s.tasks[0].start_ms == NOW_MS + i * 100);
        assert_int_equal(s.tasks[0].status, EP_RUNNING);
        expect_in_order(&s);
    }
    ep_store_tick(&s, NOW_MS + 6099); /* many at once, as when nobody asked for a while */
    assert_int_equal(s.count, 65);
    expect_in_order(&s);
    assert_ptr_equal(ep_store_get(&s, ep_span("65")), &s.tasks[0]);
    assert_ptr_equal(ep_store_get(&s, ep_span("1")), &s.tasks[64]);
    unmake(&s);
}

static void as_many_runs_as_asked_for_arrive_with_each_list_and_none_else(void **state)
{
    const struct ep_arrivals three = { .per_list = 3 };
    struct ep_store s;
    int i;

    (void)state;
    make(&s, 2, &three);
    for (i = 1; i <= 10; i++) {
        ep_store_tick_list(&s,
                           NOW_MS); /* the clock stands still: starts are distinct all the same */
        ep_store_tick(&s, NOW_MS);
        assert_int_equal(s.count, 2 + 3 * i);
        expect_in_order(&s);
    }
    ep_store_tick_list(&s, NOW_MS + 60000);
    assert_true(s.tasks[0].start_ms == NOW_MS + 60000);
    assert_true(s.tasks[2].start_ms == NOW_MS + 59998);
    expect_in_order(&s);
    unmake(&s);
}

static void what_arrives_runs_about_as_long_as_asked_for_and_ends_as_its_number_says(void **state)
{
    struct ep_made m;
    uint64_t n;
    int64_t least = INT64_MAX, most = 0;
    int failed = 0;

    (void)state;
    for (n = 1; n <= 1300; n++) {
        ep_made_plan(&m, n, NOW_MS, 1000);
        assert_true(m.start_ms == NOW_MS && m.vanish_ms == 0);
        least = m.end_ms - NOW_MS < least ? m.end_ms - NOW_MS : least;
        most = m.end_ms - NOW_MS > most ? m.end_ms - NOW_MS : most;
        failed += m.fails;
    }
    assert_true(least == 750 && most == 1250);
    assert_int_equal(failed, 100);
    ep_made_plan(&m, 1, NOW_MS, 0);
    assert_true(m.end_ms == NOW_MS + 1);
}

static int progress_of(const struct ep_task *t)
{
    struct ep_text out = { NULL, 0, 0 };
    const char *at;
    int progress;

    ep_task_write(t, 0, NULL, &out);
    at = strstr(out.mem, "\"progress\":");
    assert_non_null(at);
    progress = atoi(at + 11);
    ep_free(&out);
    return progress;
}

static void progress_moves_on_and_never_goes_back(void **state)
{
    const struct ep_arrivals each = { .every_ms = 50 };
    int last[64] = { 0 }, moved = 0, ms;
    struct ep_store s;
    size_t i;

    (void)state;
    make(&s, 0, &each);
    for (ms = 0; ms <= 3000; ms += 7) {
        ep_store_tick(&s, NOW_MS + ms);
        for (i = 0; i < s.count; i++) {
            const struct ep_task *t = &s.tasks[i];
            int *before = &last[s.count - i], now = progress_of(t);

            assert_true(now >= *before && now <= 100);
            assert_true((t->status == EP_RUNNING) == (t->end_ms == 0));
            assert_true(t->status == EP_RUNNING ? now < 100 : t->end_ms <= NOW_MS + ms);
            assert_true(t->status != EP_SUCCESS || now == 100);
            moved += now > *before;
            *before = now;
        }
    }
    assert_int_equal(s.count, 59); /* 50, 100 ... 2950 */
    assert_true(moved > 2000);
    assert_int_equal(s.tasks[s.count - 7].status, EP_FAILED);
    assert_int_equal(s.tasks[s.count - 6].status, EP_SUCCESS);
    unmake(&s);
}

static void each_nth_run_that_arrived_vanishes_halfway(void **state)
{
    const struct ep_arrivals a = { .every_ms = 100, .vanish_every = 4 };
    struct event list[256];
    struct ep_store s;
    size_t n, i;
    int ms;

    (void)state;
    make(&s, 3, &a);
    for (ms = 0; ms <= 4370; ms += 10)
        ep_store_tick(&s, NOW_MS + ms);
    n = read_events(&s, list, 256);
    assert_true(n < 256);
    assert_int_equal(count_kind(list, n, "vanished"), 9);
    assert_int_equal(s.count, 3 + 43 - 9);
    for (i = 0; i < n; i++)
        assert_true(list[i].number <= 3 ||
                    (strcmp(list[i].kind, "vanished") == 0) ==
                        (list[i].number % 4 == 3 && strcmp(list[i].kind, "started") != 0));
    assert_null(ep_store_get(&s, ep_span("7")));
    assert_non_null(ep_store_get(&s, ep_span("8")));
    expect_in_order(&s);
    unmake(&s);
}

/* However often one looks, the same is written, though not cut into the same looks. */
static void the_truth_does_not_depend_on_who_looks_when(void **state)
{
    const struct ep_arrivals a = { .every_ms = 30, .vanish_every = 3 };
    struct event often[1024], once[1024];
    struct ep_store s;
    size_t n, i;
    int ms;

    (void)state;
    make(&s, 10, &a);
    for (ms = 0; ms <= 5000; ms++)
        ep_store_tick(&s, NOW_MS + ms);
    n = read_events(&s, often, 1024);
    unmake(&s);
    make(&s, 10, &a);
    ep_store_tick(&s, NOW_MS + 5000);
    assert_int_equal(read_events(&s, once, 1024), n);
    unmake(&s);
    assert_true(n > 250 && n < 1024);
    for (i = 0; i < n; i++) {
        assert_true(once[i].ms == often[i].ms && once[i].number == often[i].number);
        assert_string_equal(once[i].kind, often[i].kind);
        assert_true(i == 0 || once[i].ms >= once[i - 1].ms);
    }
}

static void what_was_moving_at_the_beginning_is_written_down_too(void **state)
{
    const struct ep_arrivals none = { .every_ms = 0 };
    struct event list[8];
    struct ep_store s;
    size_t i;

    (void)state;
    make(&s, 25, &none);
    assert_int_equal(read_events(&s, list, 8), 3);
    assert_int_equal(count_kind(list, 3, "started"), 3);
    for (i = 0; i < 3; i++) { /* the oldest first */
        struct ep_text id = { NULL, 0, 0 };

        ep_made_run_id(&s.tasks[2 - i].run->made, &id);
        assert_true(list[i].ms == s.tasks[2 - i].start_ms && list[i].number == 23 + i);
        assert_string_equal(list[i].run_id, id.mem);
        ep_free(&id);
    }
    ep_store_tick(&s, NOW_MS + 250);
    assert_int_equal(read_events(&s, list, 8), 4);
    assert_string_equal(list[3].kind, "failed");
    assert_true(list[3].number == 23 && list[3].ms == NOW_MS + 250);
    ep_store_tick(&s, NOW_MS + 1000);
    ep_store_tick(&s, NOW_MS + 100000);
    assert_int_equal(read_events(&s, list, 8), 6);
    assert_int_equal(count_kind(list, 6, "succeeded"), 2);
    unmake(&s);
}

static void run_ids_are_distinct_and_those_in_the_list_are_those_in_the_truth(void **state)
{
    const struct ep_arrivals a = { .every_ms = 1 };
    struct event list[201];
    struct ep_store s;
    size_t n, i, j;

    (void)state;
    make(&s, 0, &a);
    ep_store_tick(&s, NOW_MS + 200);
    n = read_events(&s, list, 201);
    assert_int_equal(n, 200);
    for (i = 0; i < n; i++) {
        struct ep_text member = { NULL, 0, 0 };

        for (j = 0; j < i; j++)
            assert_string_not_equal(list[i].run_id, list[j].run_id);
        ep_putf(&member, "\"runId\":\"%s\"", list[i].run_id);
        assert_non_null(strstr(s.tasks[n - 1 - i].run->text.mem, member.mem));
        ep_free(&member);
    }
    unmake(&s);
}

static void no_run_arrives_while_there_is_no_room(void **state)
{
    const struct ep_arrivals a = { .every_ms = 10, .per_list = 2, .vanish_every = 1 };
    struct event list[16];
    struct ep_store s;

    (void)state;
    make(&s, EP_TASKS_MAX - 3, &a);
    ep_store_tick(&s, NOW_MS + 20);
    assert_int_equal(s.count, EP_TASKS_MAX - 1);
    ep_store_tick_list(&s, NOW_MS + 21);
    assert_int_equal(s.count, EP_TASKS_MAX);
    ep_store_tick(&s, NOW_MS + 300); /* all due meanwhile are lost */
    assert_int_equal(s.count, EP_TASKS_MAX);
    ep_store_tick(&s, NOW_MS + 700); /* the three have vanished; the next one due is at 710 */
    assert_int_equal(s.count, EP_TASKS_MAX - 3);
    ep_store_tick(&s, NOW_MS + 710);
    assert_int_equal(s.count, EP_TASKS_MAX - 2);
    assert_true(s.tasks[0].start_ms == NOW_MS + 710);
    assert_true(read_events(&s, list, 16) == 3 + 3 + 2 + 3 + 1);
    expect_in_order(&s);
    unmake(&s);
}

static void a_clock_that_is_set_back_stands_still(void **state)
{
    const struct ep_arrivals a = { .every_ms = 10, .per_list = 1 };
    struct ep_store s;

    (void)state;
    make(&s, 1, &a);
    ep_store_tick(&s, NOW_MS + 500);
    assert_int_equal(s.count, 51);
    ep_store_tick_list(&s, NOW_MS - 5000);
    assert_int_equal(s.count, 52);
    assert_true(s.tasks[0].start_ms == NOW_MS + 501);
    expect_in_order(&s);
    unmake(&s);
}

static void tasks_from_a_file_stay_as_they_are(void **state)
{
    struct ep_text why = { NULL, 0, 0 };
    struct ep_store s;

    (void)state;
    memset(&s, 0, sizeof(s));
    s.arrivals.per_list = 5;
    assert_int_equal(ep_store_load(&s, ep_span("{\"startTime\":1}\n{}"), &why), 0);
    ep_store_tick_list(&s, NOW_MS);
    assert_int_equal(s.count, 2);
    ep_store_free(&s);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(a_run_arrives_each_time_that_it_is_due),
        cmocka_unit_test(as_many_runs_as_asked_for_arrive_with_each_list_and_none_else),
        cmocka_unit_test(what_arrives_runs_about_as_long_as_asked_for_and_ends_as_its_number_says),
        cmocka_unit_test(progress_moves_on_and_never_goes_back),
        cmocka_unit_test(each_nth_run_that_arrived_vanishes_halfway),
        cmocka_unit_test(the_truth_does_not_depend_on_who_looks_when),
        cmocka_unit_test(what_was_moving_at_the_beginning_is_written_down_too),
        cmocka_unit_test(run_ids_are_distinct_and_those_in_the_list_are_those_in_the_truth),
        cmocka_unit_test(no_run_arrives_while_there_is_no_room),
        cmocka_unit_test(a_clock_that_is_set_back_stands_still),
        cmocka_unit_test(tasks_from_a_file_stay_as_they_are),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}
