/* SPDX-License-Identifier: Apache-2.0 */
/* Runs over time: a line each, in the order of the table, below an axis in UTC. A column is so and so
 * many milliseconds; a run takes each column that it touches, so even the shortest takes one. */
#include <stdio.h>
#include <string.h>
#include "cmd.h"

#define GAP        2
#define WIDTH      100 /* where there is no terminal */
#define AREA_MIN   20
#define CELL_MAX   12 /* columns of a generation, and of a status */
#define TICK_SPACE 13 /* columns from one tick to the next, at least: a label and two spaces */

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

struct line {
    struct out *o;
    const struct look *look;
    int plain;           /* bars are of ASCII */
    size_t name, status; /* columns of the two texts */
    int64_t area;        /* columns of the rest */
    int64_t from, to;    /* what it shows; ms */
    int64_t unit;        /* ms a column */
    int64_t step;        /* ms from one tick to the next */
};

int format_is_over(const struct osft_task *t)
{
    enum osft_state state = osft_task_state(t);
    return t->end_ms > 0 || state == OSFT_SUCCESS || state == OSFT_FAILED;
}

/* The time a run covers. Returns 0 when nobody knows when it started. */
static int covers(const struct osft_task *t, int64_t now_ms, int64_t *from, int64_t *to)
{
    if (t->start_ms == OSFT_UNKNOWN) {
        return 0;
    }
    *from = t->start_ms;
    *to = format_is_over(t) ? t->end_ms : now_ms;
    if (*to < *from) {
        *to = *from; /* no end, or a clock that is off */
    }
    return 1;
}

static struct osft_span span(const char *s)
{
    struct osft_span v;
    v.ptr = s;
    v.len = strlen(s);
    return v;
}

static struct osft_span name_of(const struct osft_task *t)
{
    return t->generation.len > 0 ? t->generation : t->run_id.len > 0 ? t->run_id : span("-");
}

static struct osft_span status_of(const struct osft_task *t)
{
    return t->status.len > 0 ? t->status : span("-");
}

/* Writes s, cut to at most width columns; o NULL: only measures. Returns the columns it takes. */
static size_t put_text(struct out *o, const struct line *l, const struct osft_span *s, size_t width)
{
    struct piece p;
    size_t at = 0, done = 0;
    while (at < s->len) {
        at += text_piece(s->ptr + at, s->len - at, l->look->ascii, &p);
        if (done + p.width > width) {
            break;
        }
        if (o != NULL) {
            out_put(o, p.bytes, p.len);
        }
        done += p.width;
    }
    return done;
}

static void put_cell(const struct line *l, const struct osft_span *s, size_t width)
{
    size_t done = put_text(l->o, l, s, width);
    out_pad(l->o, width - done + GAP);
}

static void widen(size_t *width, size_t to)
{
    *width = to > *width ? to : *width;
}

/* How wide the texts are, and from when to when the runs go. Returns 0 when no run has a start. */
static int measure(struct line *l, const struct osft_page *page)
{
    size_t i;
    int any = 0;

    l->name = strlen("GEN");
    l->status = strlen("STATUS");
    for (i = 0; i < page->count; i++) {
        struct osft_span name = name_of(&page->tasks[i]), status = status_of(&page->tasks[i]);
        int64_t from, to;
        widen(&l->name, put_text(NULL, l, &name, CELL_MAX));
        widen(&l->status, put_text(NULL, l, &status, CELL_MAX));
        if (covers(&page->tasks[i], l->look->now_ms, &from, &to)) {
            l->from = !any || from < l->from ? from : l->from;
            l->to = !any || to > l->to ? to : l->to;
            any = 1;
        }
    }
    return any;
}

/* The smallest round length of time that leaves room for the labels. */
static int64_t round_step(int64_t unit)
{
    static const int64_t steps[] = { SECOND,      2 * SECOND,  5 * SECOND, 10 * SECOND, 15 * SECOND,
                                     30 * SECOND, MINUTE,      2 * MINUTE, 5 * MINUTE,  10 * MINUTE,
                                     15 * MINUTE, 30 * MINUTE, HOUR,       2 * HOUR,    3 * HOUR,
                                     6 * HOUR,    12 * HOUR,   DAY,        2 * DAY,     5 * DAY,
                                     10 * DAY,    20 * DAY,    50 * DAY };
    int64_t step = 100 * DAY;
    size_t i;
    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (steps[i] / unit >= TICK_SPACE) {
            return steps[i];
        }
    }
    while (step / unit < TICK_SPACE && step <= INT64_MAX / 10) {
        step *= 10;
    }
    return step;
}

static void scale(struct line *l)
{
    size_t columns = l->look->terminal ? l->look->columns : WIDTH;
    size_t used = l->name + l->status + 2 * GAP;

    l->area = columns > used + AREA_MIN ? (int64_t)(columns - used) : AREA_MIN;
    l->unit = (l->to - l->from) / l->area + 1;
    l->step = round_step(l->unit);
}

/* The first tick at or after ms; INT64_MAX: there is none. */
static int64_t tick_from(const struct line *l, int64_t ms)
{
    int64_t before = ms - ms % l->step;
    if (before == ms) {
        return ms;
    }
    return before <= INT64_MAX - l->step ? before + l->step : INT64_MAX;
}

static int64_t column_of(const struct line *l, int64_t ms)
{
    return (ms - l->from) / l->unit;
}

/* Where the first tick from column on stands; area: nowhere. *ms: its time. */
static int64_t next_tick(const struct line *l, int64_t ms, int64_t *tick)
{
    *tick = tick_from(l, ms);
    return *tick == INT64_MAX || column_of(l, *tick) > l->area ? l->area : column_of(l, *tick);
}

/* Such parts of 2024-02-29T23:59:59Z as tell one tick from another. Returns the length. */
static size_t tick_text(const struct line *l, int64_t ms, char text[TIME_TEXT])
{
    time_iso(ms, text);
    if (text[4] != '-' || strlen(text) != 20) {
        return 0; /* beyond the calendar */
    }
    if (l->step >= DAY) {
        return 10;
    }
    if (l->step >= MINUTE) {
        text[10] = ' ';
        memmove(text, text + 5, 11);
        return 11;
    }
    memmove(text, text + 11, 8);
    return 8;
}

static void put_labels(const struct line *l)
{
    int64_t at = 0, ms = l->from, tick, column;
    struct osft_span head = span("GEN"), status = span("STATUS");

    put_cell(l, &head, l->name);
    put_cell(l, &status, l->status);
    while ((column = next_tick(l, ms, &tick)) < l->area) {
        char text[TIME_TEXT];
        size_t len = tick_text(l, tick, text);
        if (len > 0 && column + (int64_t)len <= l->area) {
            out_pad(l->o, (size_t)(column - at));
            out_put(l->o, text, len);
            at = column + (int64_t)len;
        }
        ms = tick + 1;
    }
    out_str(l->o, "\n");
}

static void put_axis(const struct line *l)
{
    int64_t ms = l->from, tick, column = next_tick(l, ms, &tick), i;

    out_pad(l->o, l->name + l->status + 2 * GAP);
    for (i = 0; i < l->area; i++) {
        out_str(l->o, i == column ? "+" : "-");
        if (i == column) {
            column = next_tick(l, tick + 1, &tick);
        }
    }
    out_str(l->o, "\n");
}

static const char *colour_of(enum osft_state state)
{
    static const char *const colours[] = { "", "\x1b[32m", "\x1b[31m", "\x1b[36m" };
    return colours[state];
}

/* One a state, so that the bar tells it without colour. */
static const char *mark_of(enum osft_state state, int plain)
{
    static const char *const marks[][4] = {
        { "\xe2\x96\x91", "\xe2\x96\x88", "\xe2\x96\x92", "\xe2\x96\x93" }, { "-", "#", "x", "=" }
    };
    return marks[plain][state];
}

static void put_bar(const struct line *l, const struct osft_task *t)
{
    enum osft_state state = osft_task_state(t);
    int64_t from, to, i, last;

    if (!covers(t, l->look->now_ms, &from, &to)) {
        out_str(l->o, "(start unknown)");
        return;
    }
    last = column_of(l, to);
    out_pad(l->o, (size_t)column_of(l, from));
    out_str(l->o, l->look->colour ? colour_of(state) : "");
    for (i = column_of(l, from); i <= last; i++) {
        out_str(l->o, i == last && !format_is_over(t) ? ">" : mark_of(state, l->plain));
    }
    out_str(l->o, l->look->colour && state != OSFT_STATE_OTHER ? "\x1b[0m" : "");
}

static void put_run(const struct line *l, const struct osft_task *t)
{
    struct osft_span name = name_of(t), status = status_of(t);
    put_cell(l, &name, l->name);
    put_cell(l, &status, l->status);
    put_bar(l, t);
    out_str(l->o, "\n");
}

static void put_legend(const struct line *l)
{
    char text[TIME_TEXT];
    int i;

    time_iso(l->from, text);
    out_str(l->o, text);
    out_str(l->o, " to ");
    time_iso(l->to, text);
    out_str(l->o, text);
    time_length(l->unit, text);
    out_str(l->o, "; one column: ");
    out_str(l->o, text);
    for (i = OSFT_SUCCESS; i <= OSFT_RUNNING; i++) {
        static const char *const names[] = { "", " success", " failed", " running" };
        out_str(l->o, i == OSFT_SUCCESS ? "; " : ", ");
        out_str(l->o, mark_of((enum osft_state)i, l->plain));
        out_str(l->o, names[i]);
    }
    out_str(l->o, "\n");
}

void format_timeline(struct out *o, const struct look *look, const struct osft_page *page)
{
    struct line l = { .o = o, .look = look };
    size_t i;
    int any;

    if (page->count == 0) {
        out_str(o, "no task to show\n");
        return;
    }
    l.plain = look->ascii || !look->terminal;
    any = measure(&l, page);
    scale(&l);
    if (any) {
        put_labels(&l);
        put_axis(&l);
    }
    for (i = 0; i < page->count; i++) {
        put_run(&l, &page->tasks[i]);
    }
    if (any) {
        put_legend(&l);
    }
}
