/* SPDX-License-Identifier: Apache-2.0 */
/* A cell: the client meets the fault, and what came out is compared. */
#include "matrix.h"

#include <string.h>

#define GENEROUS_MS 20000 /* a budget for what must come out well */
#define LATE_MS     5000  /* how much longer than its budget a call may take on a slow machine */

static uint32_t budget_of(const struct row *r)
{
    return r->budget_ms ? r->budget_ms : GENEROUS_MS;
}

/* Run a column whose call is all that there is. */
static void ask(struct stage *s, enum column column, uint32_t budget_ms, struct got *g,
                struct outcome *o)
{
    memset(o, 0, sizeof(*o));
    got_init(g, after, AFTER_COUNT);
    switch (column) {
    case LIST: ask_list(&s->client, budget_ms, 0, g, o); break;
    case LIST_STREAM: ask_list(&s->client, budget_ms, 1, g, o); break;
    case PAGES: ask_pages(&s->client, budget_ms, 0, g, o); break;
    case PAGES_STREAM: ask_pages(&s->client, budget_ms, 1, g, o); break;
    default: ask_get(&s->client, budget_ms, g, o); break;
    }
}

static void check_error(const struct outcome *o)
{
    if (o->err == OSFT_E_REFUSED)
        assert_in_range(o->page.http_status, 200, 599);
    if (o->err == OSFT_E_CUT || o->err == OSFT_E_TIMEOUT || o->err == OSFT_OK)
        return;
    assert_int_not_equal(o->page.http_status == 0 && o->page.code.len != 0, 1);
}

static void check_cell(const struct cell *c, const struct outcome *o, uint32_t budget_ms)
{
    assert_int_equal(o->err, c->err);
    if (c->last == OSFT_E_TIMEOUT && c->err == OSFT_OK)
        assert_in_range(o->first_attempts, c->attempts, 4); /* a slow machine may need one more */
    else if (!c->or_attempts || o->first_attempts != c->or_attempts)
        assert_int_equal(o->first_attempts, c->attempts);
    if (o->first_attempts == c->attempts)
        assert_int_equal(o->first_last, c->last);
    assert_in_range(o->later_attempts, 0, 1);
    assert_int_equal(o->later_last, 0);
    assert_in_range(o->longest_ms, 0, budget_ms + LATE_MS);
    check_error(o);
}

/* A beginning of what there is, in order, each once; all of it when the call was good. */
static void check_whole(const struct got *g, enum column column, int err)
{
    int i;

    assert_int_equal(g->wrong, 0);
    if (column == GET) {
        assert_in_range(g->count, err == OSFT_OK, 1);
        if (g->count)
            assert_string_equal(g->truth[g->index[0]].task.generation.ptr, "10");
        return;
    }
    for (i = 0; i < g->count; i++)
        assert_int_equal(g->index[i], i);
    if (err == OSFT_OK)
        assert_int_equal(g->count, AFTER_COUNT);
}

/* The endpoint saw as many requests as the client says, and each with a nonce of its own (or else it
 * would have refused it). */
static void check_log(struct stage *s, const struct row *r, const struct cell *c,
                      const struct outcome *o)
{
    struct live_line lines[64];
    size_t n = stage_log(s, lines, 64), i;

    assert_in_range(n, 0, o->requests + o->reopened);
    if (c->last != OSFT_E_TIMEOUT && c->err != OSFT_E_TIMEOUT)
        assert_in_range(n, o->requests, o->requests + o->reopened);
    if (!strstr(r->faults, "SignatureNonceUsed"))
        for (i = 0; i < n; i++)
            assert_string_not_equal(lines[i].code, "SignatureNonceUsed");
    if (r->waits_ms) { /* a millisecond less: both clocks count whole ones */
        assert_in_range(n, 2, 64);
        assert_true(lines[1].ms - lines[0].ms + 1 >= r->waits_ms);
    }
}

/* A watch that saw how things were. */
static void watch_before(struct stage *s, struct sight *w)
{
    struct outcome o;

    memset(&o, 0, sizeof(o));
    watch_init(w, &s->client);
    stage_turn(s, &s->before);
    watch_poll(w, GENEROUS_MS, &o);
    assert_int_equal(o.err, OSFT_OK);
    check_heard_before(&w->heard);
    memset(&w->heard, 0, sizeof(w->heard));
}

/* The endpoint does no more wrong: what was not reported is, and nothing a second time. */
static void watch_rest(struct stage *s, struct sight *w, void (*check)(const struct heard *, int))
{
    struct outcome o;

    memset(&o, 0, sizeof(o));
    s->client.settings.attempt_ms = 0;
    stage_turn(s, &s->after);
    watch_poll(w, GENEROUS_MS, &o);
    assert_int_equal(o.err, OSFT_OK);
    check(&w->heard, 1);
}

/* The watch sees its first tasks, or tasks that have changed since, while the endpoint does wrong; then
 * it does no more. Everything is reported once in the end, whatever the poll in between came to. */
static void watch(struct stage *s, const struct row *r, const struct cell *c, int first)
{
    void (*check)(const struct heard *, int) = first ? check_heard_after : check_heard_change;
    struct sight w;
    struct outcome o;

    memset(&o, 0, sizeof(o));
    if (first) {
        watch_init(&w, &s->client);
    } else {
        watch_before(s, &w);
        stage_turn(s, &s->faulty);
    }
    s->client.settings.attempt_ms = r->attempt_ms;
    watch_poll(&w, budget_of(r), &o);
    check_cell(c, &o, budget_of(r));
    check(&w.heard, o.err == OSFT_OK);
    if (o.err != OSFT_OK)
        assert_int_equal(w.heard.count[7][OSFT_WATCH_VANISHED], 0);
    check_log(s, r, c, &o);
    watch_rest(s, &w, check);
}

void test_cell(struct stage *s, const struct row *r, enum column column)
{
    const struct cell *c = &r->cells[column];
    struct outcome o;
    struct got g;

    stage_fault(s, r->faults, 0);
    if (column == WATCH || column == WATCH_FIRST) {
        watch(s, r, c, column == WATCH_FIRST);
    } else {
        s->client.settings.attempt_ms = r->attempt_ms;
        ask(s, column, budget_of(r), &g, &o);
        check_cell(c, &o, budget_of(r));
        check_whole(&g, column, o.err);
        check_log(s, r, c, &o);
    }
}

/* --- lies: each page is an answer like any other, and yet not right ------------------------------ */

/* Each task that was handed over is a right one; each once, unless the order is lost, too. */
static void check_set(const struct got *g, int count, int once)
{
    int times[AFTER_COUNT] = { 0 }, i, different = 0;

    assert_int_equal(g->wrong, 0);
    for (i = 0; i < g->count; i++) {
        different += times[g->index[i]]++ == 0;
        assert_true(!once || times[g->index[i]] == 1);
    }
    assert_int_equal(different, count);
}

static void check_order(const struct got *g, enum order order, int count)
{
    int i;

    check_set(g, count, order != ANY_ORDER);
    for (i = 0; i < g->count && order != ANY_ORDER; i++)
        assert_int_equal(g->index[i], order == BACKWARD ? count - 1 - i : i);
}

/* Whatever the poll was told, it must not report what is not so; and once the lies have stopped all is
 * reported. A run that the poll had to take for gone is the exception: it may come again. */
static void lie_to_watch(struct stage *s, const struct lie *l)
{
    struct sight w;
    struct outcome o;

    memset(&o, 0, sizeof(o));
    watch_before(s, &w);
    stage_turn(s, &s->faulty);
    watch_poll(&w, GENEROUS_MS, &o);
    assert_int_equal(o.err, OSFT_OK);
    check_heard_change(&w.heard, l->watch);
    watch_rest(s, &w, check_heard_change);
}

void test_lie(struct stage *s, const struct lie *l, enum column column)
{
    struct outcome o;
    struct got g;

    stage_fault(s, l->faults, 0);
    if (column == WATCH) {
        lie_to_watch(s, l);
        return;
    }
    memset(&o, 0, sizeof(o));
    got_init(&g, after, AFTER_COUNT);
    g.anywhere = 1;
    if (column == LIST || column == LIST_STREAM)
        ask_list(&s->client, GENEROUS_MS, column == LIST_STREAM, &g, &o);
    else
        ask_pages(&s->client, GENEROUS_MS, column == PAGES_STREAM, &g, &o);
    assert_int_equal(o.err, OSFT_OK);
    if (column == LIST || column == LIST_STREAM) {
        assert_int_equal(o.total, l->total);
        check_order(&g, l->list, l->list_count);
        return;
    }
    if (column == PAGES_STREAM && l->pages_stream) {
        check_order(&g, l->pages, l->pages_stream);
        return;
    }
    check_order(&g, l->pages, l->pages_count);
    assert_int_equal(o.changed & l->changed, l->changed);
    assert_int_equal(o.changed & ~(l->changed | l->may), 0);
}

/* --- chaos ------------------------------------------------------------------------------------------ */

static int is_named(int err)
{
    return err == OSFT_OK || err == OSFT_E_CUT || err == OSFT_E_REFUSED || err == OSFT_E_HTTP ||
           err == OSFT_E_JSON || err == OSFT_E_HTML;
}

/* Of a random fault nobody can say what it comes to, but that it is named, or all is there. */
void test_chaos(struct stage *s, enum column column, const char *faults, int seed)
{
    struct outcome o;
    struct sight w;
    struct got g;

    stage_fault(s, faults, seed);
    if (column != WATCH) {
        ask(s, column, GENEROUS_MS, &g, &o);
        assert_true(is_named(o.err));
        check_whole(&g, column, o.err);
        assert_in_range(o.longest_ms, 0, GENEROUS_MS + LATE_MS);
        return;
    }
    memset(&o, 0, sizeof(o));
    watch_before(s, &w);
    stage_turn(s, &s->faulty);
    watch_poll(&w, GENEROUS_MS, &o);
    assert_true(is_named(o.err));
    check_heard_change(&w.heard, o.err == OSFT_OK);
    watch_rest(s, &w, check_heard_change);
}
