/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a cell: the client meets a fault, and the outcome is compared with what is expected. */
#include "matrix.h"

#include <string.h>

#define GENEROUS_MS 200000 /* time limit of calls that must succeed */
#define BACKOFF_MS  10     /* the longest back-off */

static int is_watch(enum column column)
{
    return column == WATCH || column == WATCH_FIRST;
}

static uint32_t limit_of(const struct row *row)
{
    return row->limit_ms ? row->limit_ms : GENEROUS_MS;
}

/* Make the calls of a column, except for columns of a watch. */
static void make_calls(struct stage *s, enum column column, uint32_t limit_ms, int has_bad_task,
                       struct got *got, struct outcome *o)
{
    memset(o, 0, sizeof(*o));
    got_init(got, after, AFTER_COUNT);
    got->has_bad_task = has_bad_task;
    switch (column) {
    case LIST: call_list(&s->client, limit_ms, 0, got, o); break;
    case LIST_STREAM: call_list(&s->client, limit_ms, 1, got, o); break;
    case PAGES: call_pages(&s->client, limit_ms, 0, got, o); break;
    case PAGES_STREAM: call_pages(&s->client, limit_ms, 1, got, o); break;
    default: call_get(&s->client, limit_ms, got, o); break;
    }
}

/* Check that the reply agrees with the result. */
static void check_reply(const struct outcome *o)
{
    if (o->result == OSFT_E_REFUSED)
        assert_in_range(o->reply.http_status, 200, 599);
    if (o->reply.http_status == 0)
        assert_int_equal(o->reply.code.len, 0);
}

static void check_attempts(const struct cell *cell, const struct outcome *o)
{
    if (!cell->or_attempts || o->first_attempts != cell->or_attempts)
        assert_int_equal(o->first_attempts, cell->attempts);
    if (o->first_attempts == cell->attempts)
        assert_int_equal(o->first_error, cell->last_error);
    assert_in_range(o->later_attempts, cell->later_attempts,
                    cell->later_attempts ? cell->later_attempts : 1);
    assert_int_equal(o->later_error, cell->later_error);
}

/* Find the attempts of a poll's first page. The reply of a poll is that of its last page. So when
 * the poll has read further pages, the requests that the endpoint saw are counted. */
static void find_attempts_of_watch(struct stage *s, const struct cell *cell, struct outcome *o)
{
    size_t i = 0;

    while (i < s->line_count && strcmp(s->lines[i].target, s->lines[0].target) == 0)
        i++;
    if (i == s->line_count) { /* the poll read only one page */
        assert_int_equal(i, o->requests + o->reopened);
        return;
    }
    assert_int_equal(o->first_error, OSFT_OK);
    assert_int_equal(o->first_attempts, 1);
    o->requests += (uint32_t)(s->line_count - 1);
    o->first_attempts = (uint16_t)i;
    o->first_error = cell->last_error; /* only the error of the last attempt is known */
}

/* Check that each pause is as long as the response asked for, plus at most the short back-off. */
static void check_pauses(const struct row *row, const struct outcome *o)
{
    uint32_t pauses = o->first_attempts - 1U;

    assert_in_range(o->first_paused_ms, pauses * row->waits_ms,
                    pauses * (row->waits_ms + BACKOFF_MS));
}

/* Check that the delivered tasks are the first tasks of the list, in order and each once. When the
 * call succeeded, they must be all tasks. */
static void check_tasks(const struct got *got, enum column column, int result)
{
    int i, is_good = result == OSFT_OK || result == OSFT_E_BAD_TASK;

    assert_int_equal(got->wrong, 0);
    if (column == GET) {
        assert_in_range(got->count, is_good, 1);
        if (got->count)
            assert_string_equal(got->truth[got->index[0]].task.generation.ptr, "10");
        return;
    }
    for (i = 0; i < got->count; i++)
        assert_int_equal(got->index[i], i);
    if (is_good)
        assert_int_equal(got->count, AFTER_COUNT);
    if (column != LIST) /* only on_task is told about omissions */
        assert_int_equal(got->left_out, result == OSFT_E_BAD_TASK);
}

/* Check that the endpoint saw as many requests as the client made, each with another nonce. */
static void check_log(struct stage *s, const struct row *row, const struct outcome *o)
{
    size_t i;

    assert_in_range(s->line_count, o->requests, o->requests + o->reopened);
    if (!strstr(row->faults, "SignatureNonceUsed"))
        for (i = 0; i < s->line_count; i++)
            assert_string_not_equal(s->lines[i].code, "SignatureNonceUsed");
}

static void check_cell(struct stage *s, const struct row *row, enum column column,
                       struct outcome *o)
{
    const struct cell *cell = &row->cells[column];

    stage_log(s);
    assert_int_equal(o->result, cell->result);
    if (is_watch(column))
        find_attempts_of_watch(s, cell, o);
    check_attempts(cell, o);
    check_pauses(row, o);
    assert_in_range(o->longest_ms, 0, limit_of(row));
    check_reply(o);
    check_log(s, row, o);
}

/* Make a watch, and let it poll the tasks before the change. */
static void watch_before_change(struct stage *s, struct watcher *w)
{
    struct outcome o;

    memset(&o, 0, sizeof(o));
    watcher_init(w, &s->client);
    stage_turn(s, &s->before);
    call_watch(w, &s->client, GENEROUS_MS, &o);
    assert_int_equal(o.result, OSFT_OK);
    check_heard_before(&w->heard);
    memset(&w->heard, 0, sizeof(w->heard));
}

/* Poll without faults, and check that all events that had not been reported are now reported, and
 * that no event is reported twice. */
static void watch_without_faults(struct stage *s, struct watcher *w,
                                 void (*check)(const struct heard *, int))
{
    struct outcome o;

    memset(&o, 0, sizeof(o));
    stage_turn(s, &s->after);
    call_watch(w, &s->client, GENEROUS_MS, &o);
    assert_int_equal(o.result, OSFT_OK);
    check(&w->heard, 1);
}

/* Let a watch poll its first tasks, or the tasks after the change, while the endpoint plays the
 * fault; then poll without faults. In the end each event must have been reported once, whatever the
 * poll with the fault returned. */
static void watch(struct stage *s, const struct row *row, enum column column)
{
    void (*check)(const struct heard *, int) =
        column == WATCH_FIRST ? check_heard_after : check_heard_change;
    struct watcher w;
    struct outcome o;
    int is_good;

    memset(&o, 0, sizeof(o));
    if (column == WATCH_FIRST) {
        watcher_init(&w, &s->client);
    } else {
        watch_before_change(s, &w);
        stage_turn(s, &s->faulty);
    }
    call_watch(&w, &s->client, limit_of(row), &o);
    check_cell(s, row, column, &o);
    is_good = o.result == OSFT_OK || o.result == OSFT_E_BAD_TASK;
    assert_int_equal(w.heard.left_out, o.result == OSFT_E_BAD_TASK);
    check(&w.heard, is_good);
    if (!is_good)
        assert_int_equal(w.heard.count[7][OSFT_WATCH_VANISHED], 0);
    watch_without_faults(s, &w, check);
}

void test_cell(struct stage *s, const struct row *row, enum column column)
{
    struct outcome o;
    struct got got;

    stage_fault(s, row->faults, 0, row->has_bad_task ? AFTER_AND_BAD : AFTER);
    s->delay_is_too_long = row->limit_ms != 0;
    if (is_watch(column)) {
        watch(s, row, column);
    } else {
        make_calls(s, column, limit_of(row), row->has_bad_task, &got, &o);
        check_cell(s, row, column, &o);
        check_tasks(&got, column, o.result);
    }
}

/* --- lies: each response is valid by itself, but the list is wrong ---------------------------- */

/* Check that `count` different tasks were delivered. once: 1: check also that no task was delivered
 * twice. */
static void check_set(const struct got *got, int count, int once)
{
    int times[AFTER_COUNT] = { 0 }, i, different = 0;

    assert_int_equal(got->wrong, 0);
    for (i = 0; i < got->count; i++) {
        different += times[got->index[i]]++ == 0;
        assert_true(!once || times[got->index[i]] == 1);
    }
    assert_int_equal(different, count);
}

static void check_order(const struct got *got, enum order order, int count)
{
    int i;

    check_set(got, count, order != ANY_ORDER);
    for (i = 0; i < got->count && order != ANY_ORDER; i++)
        assert_int_equal(got->index[i], order == BACKWARD ? count - 1 - i : i);
}

/* Poll while the endpoint lies, then without lies. The watch must report no false event, and in the
 * end it must have reported all true events. */
static void lie_to_watch(struct stage *s, const struct lie *lie)
{
    struct watcher w;
    struct outcome o;

    memset(&o, 0, sizeof(o));
    watch_before_change(s, &w);
    stage_turn(s, &s->faulty);
    call_watch(&w, &s->client, GENEROUS_MS, &o);
    assert_int_equal(o.result, OSFT_OK);
    check_heard_change(&w.heard, lie->watch);
    watch_without_faults(s, &w, check_heard_change);
}

void test_lie(struct stage *s, const struct lie *lie, enum column column)
{
    struct outcome o;
    struct got got;

    stage_fault(s, lie->faults, 0, AFTER);
    if (column == WATCH) {
        lie_to_watch(s, lie);
        return;
    }
    memset(&o, 0, sizeof(o));
    got_init(&got, after, AFTER_COUNT);
    got.anywhere = 1;
    if (column == LIST || column == LIST_STREAM)
        call_list(&s->client, GENEROUS_MS, column == LIST_STREAM, &got, &o);
    else
        call_pages(&s->client, GENEROUS_MS, column == PAGES_STREAM, &got, &o);
    assert_int_equal(o.result, OSFT_OK);
    if (column == LIST || column == LIST_STREAM) {
        assert_int_equal(o.total, lie->total);
        check_order(&got, lie->list, lie->list_count);
        return;
    }
    check_order(&got, lie->pages, lie->pages_count);
    assert_int_equal(o.changed & lie->changed, lie->changed);
    assert_int_equal(o.changed & ~(lie->changed | lie->may), 0);
}

/* --- chaos ------------------------------------------------------------------------------------ */

static int is_named(int result)
{
    return result == OSFT_OK || result == OSFT_E_CUT || result == OSFT_E_REFUSED ||
           result == OSFT_E_HTTP || result == OSFT_E_JSON || result == OSFT_E_HTML;
}

/* Check a call under random faults: either the call delivers all tasks, or it returns an error. */
void test_chaos(struct stage *s, enum column column, const char *faults, int seed)
{
    struct watcher w;
    struct outcome o;
    struct got got;

    stage_fault(s, faults, seed, AFTER);
    if (column != WATCH) {
        make_calls(s, column, GENEROUS_MS, 0, &got, &o);
        assert_true(is_named(o.result));
        check_tasks(&got, column, o.result);
        return;
    }
    memset(&o, 0, sizeof(o));
    watch_before_change(s, &w);
    stage_turn(s, &s->faulty);
    call_watch(&w, &s->client, GENEROUS_MS, &o);
    assert_true(is_named(o.result));
    check_heard_change(&w.heard, o.result == OSFT_OK);
    watch_without_faults(s, &w, check_heard_change);
}
