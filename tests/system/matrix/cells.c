/* SPDX-License-Identifier: Apache-2.0 */
/* A cell: the client meets the fault, and what came out is compared with what must. */
#include "matrix.h"

#include <string.h>

#define GENEROUS_MS 200000 /* the limit of calls that must come out well */
#define BACKOFF_MS  10     /* a back-off is no longer */

static int is_watch(enum column column)
{
    return column == WATCH || column == WATCH_FIRST;
}

static uint32_t limit_of(const struct row *row)
{
    return row->limit_ms ? row->limit_ms : GENEROUS_MS;
}

/* Make the calls of a column that is no watch. */
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

/* What the reply says fits the result. */
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

/* A poll's reply is that of its last page. So when it has read on, the attempts of its first page
 * are the requests for it that the endpoint saw. */
static void find_attempts_of_watch(struct stage *s, const struct cell *cell, struct outcome *o)
{
    size_t i = 0;

    while (i < s->line_count && strcmp(s->lines[i].target, s->lines[0].target) == 0)
        i++;
    if (i == s->line_count) { /* there was only one page */
        assert_int_equal(i, o->requests + o->reopened);
        return;
    }
    assert_int_equal(o->first_error, OSFT_OK);
    assert_int_equal(o->first_attempts, 1);
    o->requests += (uint32_t)(s->line_count - 1);
    o->first_attempts = (uint16_t)i;
    o->first_error = cell->last_error; /* which is not known any more */
}

/* Each pause is as long as the response asked for, or a short back-off. */
static void check_pauses(const struct row *row, const struct outcome *o)
{
    uint32_t pauses = o->first_attempts - 1U;

    assert_in_range(o->first_paused_ms, pauses * row->waits_ms,
                    pauses * (row->waits_ms > BACKOFF_MS ? row->waits_ms : BACKOFF_MS));
}

/* Tasks from the first one on, in order, each once; all of them when the call went well. */
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
    if (column != LIST) /* where no function is told */
        assert_int_equal(got->left_out, result == OSFT_E_BAD_TASK);
}

/* The endpoint saw as many requests as the client has made, each with another nonce. */
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

/* A watch that has seen the tasks before the change. */
static void watch_before(struct stage *s, struct watcher *w)
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

/* The faults are over: what has not been reported is, and nothing twice. */
static void watch_rest(struct stage *s, struct watcher *w, void (*check)(const struct heard *, int))
{
    struct outcome o;

    memset(&o, 0, sizeof(o));
    stage_turn(s, &s->after);
    call_watch(w, &s->client, GENEROUS_MS, &o);
    assert_int_equal(o.result, OSFT_OK);
    check(&w->heard, 1);
}

/* The watch sees its first tasks, or those that have changed since, while the endpoint plays the
 * fault; then it meets no more faults. In the end each event was reported once, whatever the poll
 * came to. */
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
        watch_before(s, &w);
        stage_turn(s, &s->faulty);
    }
    call_watch(&w, &s->client, limit_of(row), &o);
    check_cell(s, row, column, &o);
    is_good = o.result == OSFT_OK || o.result == OSFT_E_BAD_TASK;
    assert_int_equal(w.heard.left_out, o.result == OSFT_E_BAD_TASK);
    check(&w.heard, is_good);
    if (!is_good)
        assert_int_equal(w.heard.count[7][OSFT_WATCH_VANISHED], 0);
    watch_rest(s, &w, check);
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

/* --- lies: each page is a good response in itself, and yet something in it is wrong ----------- */

/* So many different tasks were delivered; each once, unless the order is lost, too. */
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

/* Whatever the poll was told, it reports nothing that is not so; and once the lies have stopped,
 * everything is reported. */
static void lie_to_watch(struct stage *s, const struct lie *lie)
{
    struct watcher w;
    struct outcome o;

    memset(&o, 0, sizeof(o));
    watch_before(s, &w);
    stage_turn(s, &s->faulty);
    call_watch(&w, &s->client, GENEROUS_MS, &o);
    assert_int_equal(o.result, OSFT_OK);
    check_heard_change(&w.heard, lie->watch);
    watch_rest(s, &w, check_heard_change);
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

/* What a random fault comes to depends on the fault; but either all tasks are there, or an error is
 * named. */
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
    watch_before(s, &w);
    stage_turn(s, &s->faulty);
    call_watch(&w, &s->client, GENEROUS_MS, &o);
    assert_true(is_named(o.result));
    check_heard_change(&w.heard, o.result == OSFT_OK);
    watch_rest(s, &w, check_heard_change);
}
