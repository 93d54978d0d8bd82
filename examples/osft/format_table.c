/* SPDX-License-Identifier: Apache-2.0 */
/* One line a task, for people. On a terminal: bars, colour, cut to its width. Else plain text. */
#include <stdio.h>
#include <string.h>
#include "cmd.h"

enum column { GENERATION, STATUS, PROGRESS, STARTED, TOOK, RUN, METRICS, COLUMNS };
OSFT_STATIC_ASSERT(COLUMNS == COLUMNS_MAX, columns_max_is_not_the_number_of_columns);

#define GAP           2
#define BAR           10
#define LEAST         8 /* columns below which a cut text is of no use */
#define METRICS_LEAST 16
#define METRICS_MAX   60

static const char *const heads[COLUMNS] = { "GEN",  "STATUS", "PROGRESS", "STARTED",
                                            "TOOK", "RUN",    "METRICS" };

struct row {
    struct osft_span cell[COLUMNS];
    char progress[64], started[TIME_TEXT], took[TIME_TEXT + 8];
};

struct table {
    struct out *o;
    const struct look *look;
    struct columns *widest;
    size_t width[COLUMNS]; /* as shown now; 0: not at all */
};

static struct osft_span span(const char *s)
{
    struct osft_span v;
    v.ptr = s;
    v.len = strlen(s);
    return v;
}

static struct osft_span or_dash(struct osft_span s)
{
    return s.ptr == NULL || s.len == 0 ? span("-") : s;
}

static void progress_text(char *text, size_t size, int32_t progress, int plain)
{
    const char *full = plain ? "#" : "\xe2\x96\x88", *rest = plain ? "." : "\xe2\x96\x91";
    int32_t filled = progress < 0 ? 0 : progress > 100 ? BAR : progress * BAR / 100;
    size_t at = 0;
    int32_t i;

    if (progress == OSFT_UNKNOWN) {
        snprintf(text, size, "-");
        return;
    }
    for (i = 0; i < BAR; i++) {
        at += (size_t)snprintf(text + at, size - at, "%s", i < filled ? full : rest);
    }
    snprintf(text + at, size - at, " %3d%%", (int)progress);
}

static void took_text(char *text, size_t size, const struct osft_task *t, int64_t now_ms)
{
    enum osft_state state = osft_task_state(t);
    int ended = t->end_ms > 0 || state == OSFT_SUCCESS || state == OSFT_FAILED;
    int64_t end = ended ? t->end_ms : now_ms;
    char length[TIME_TEXT];

    if (t->start_ms < 0 || end < t->start_ms || (ended && end <= 0)) {
        snprintf(text, size, "%s", state == OSFT_RUNNING ? "running" : "-");
        return;
    }
    time_length(end - t->start_ms, length);
    snprintf(text, size, "%s%s", ended ? "" : "running ", length);
}

static void make_row(struct row *r, const struct osft_task *t, const struct look *look)
{
    progress_text(r->progress, sizeof(r->progress), t->progress, !look->terminal || look->ascii);
    snprintf(r->started, sizeof(r->started), "-");
    if (t->start_ms != OSFT_UNKNOWN) {
        time_iso(t->start_ms, r->started);
    }
    took_text(r->took, sizeof(r->took), t, look->now_ms);
    r->cell[GENERATION] = or_dash(t->generation);
    r->cell[STATUS] = or_dash(t->status);
    r->cell[PROGRESS] = span(r->progress);
    r->cell[STARTED] = span(r->started);
    r->cell[TOOK] = span(r->took);
    r->cell[RUN] = or_dash(t->run_id);
    r->cell[METRICS] = or_dash(t->extend_info);
}

static size_t width_of(const struct osft_span *s, const struct look *look)
{
    struct piece p;
    size_t at = 0, width = 0;
    while (at < s->len) {
        at += text_piece(s->ptr + at, s->len - at, look->ascii, &p);
        width += p.width;
    }
    return width;
}

/* At most width columns of s, the last of them dots when it had to be cut. Returns columns written. */
static size_t put_cut(const struct table *t, const struct osft_span *s, size_t width)
{
    size_t whole = width_of(s, t->look), room = whole <= width ? width : width - 2, at = 0,
           done = 0;
    struct piece p;
    while (at < s->len) {
        size_t n = text_piece(s->ptr + at, s->len - at, t->look->ascii, &p);
        if (done + p.width > room) {
            break;
        }
        out_put(t->o, p.bytes, p.len);
        done += p.width;
        at += n;
    }
    if (at < s->len) {
        out_str(t->o, "..");
        done += 2;
    }
    return done;
}

static void measure(struct table *t, const struct osft_page *page)
{
    struct columns *w = t->widest;
    struct row r;
    size_t i, c, metrics = 0;

    for (c = 0; c < METRICS; c++) {
        w->width[c] = w->width[c] > 0 ? w->width[c] : strlen(heads[c]);
    }
    for (i = 0; i < page->count; i++) {
        make_row(&r, &page->tasks[i], t->look);
        metrics |= page->tasks[i].extend_info.len;
        for (c = 0; c < METRICS + (metrics > 0); c++) {
            size_t width = width_of(&r.cell[c], t->look);
            w->width[c] = width > w->width[c] ? width : w->width[c];
        }
    }
    if (metrics > 0 && w->width[METRICS] < strlen(heads[METRICS])) {
        w->width[METRICS] = strlen(heads[METRICS]);
    }
    if (w->width[METRICS] > METRICS_MAX) {
        w->width[METRICS] = METRICS_MAX;
    }
    memcpy(t->width, w->width, sizeof(t->width));
}

/* On a narrow terminal first the metrics are cut, then the run's name, which often repeats when it
 * started; then the name goes altogether, and at last the metrics. */
static void fit(struct table *t)
{
    size_t c, room = t->look->columns, metrics = t->width[METRICS];
    size_t least = metrics < METRICS_LEAST ? metrics : METRICS_LEAST;

    for (c = 0; c < RUN && room > 0; c++) {
        room = room > t->width[c] + GAP ? room - t->width[c] - GAP : 1;
    }
    if (room == 0 || t->width[RUN] + (metrics > 0 ? GAP + metrics : 0) <= room) {
        return;
    }
    if (metrics == 0 || room < LEAST) {
        t->width[METRICS] = 0;
        t->width[RUN] = room > LEAST ? room : LEAST;
    } else if (t->width[RUN] + GAP + least <= room) {
        t->width[METRICS] = room - GAP - t->width[RUN];
    } else if (room >= LEAST + GAP + least) {
        t->width[RUN] = room - GAP - least;
        t->width[METRICS] = least;
    } else {
        t->width[RUN] = 0;
        t->width[METRICS] = room < metrics ? room : metrics;
    }
}

static void put_row(const struct table *t, const struct osft_span *cell, size_t coloured,
                    const char *colour)
{
    size_t last = t->width[METRICS] > 0 ? METRICS : RUN, c;
    for (c = 0; c <= last; c++) {
        int paint = colour != NULL && (c == coloured || coloured == COLUMNS);
        size_t done;
        if (t->width[c] == 0) {
            continue;
        }
        out_str(t->o, paint ? colour : "");
        done = put_cut(t, &cell[c], t->width[c]);
        out_str(t->o, paint ? "\x1b[0m" : "");
        if (c < last) {
            out_pad(t->o, t->width[c] - done + GAP);
        }
    }
    out_str(t->o, t->look->line_end);
}

static const char *colour_of(const struct osft_task *task)
{
    switch (osft_task_state(task)) {
    case OSFT_SUCCESS: return "\x1b[32m";
    case OSFT_FAILED: return "\x1b[31m";
    case OSFT_RUNNING: return "\x1b[36m";
    case OSFT_STATE_OTHER: break;
    }
    return NULL;
}

void format_table(struct out *o, const struct look *look, struct columns *columns,
                  const struct osft_page *page)
{
    struct osft_span head[COLUMNS];
    struct table t = { o, look, columns, { 0 } };
    struct row r;
    size_t i, c;
    int is_first = columns->width[0] == 0;

    measure(&t, page);
    fit(&t);
    for (c = 0; c < COLUMNS; c++) {
        head[c] = span(heads[c]);
    }
    if (is_first) {
        put_row(&t, head, COLUMNS, look->colour ? "\x1b[1m" : NULL);
    }
    for (i = 0; i < page->count; i++) {
        make_row(&r, &page->tasks[i], look);
        put_row(&t, r.cell, STATUS, look->colour ? colour_of(&page->tasks[i]) : NULL);
    }
}
