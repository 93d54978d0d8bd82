/* SPDX-License-Identifier: Apache-2.0 */
/* A chart of runs over time: a line for each run, in the order of the table, below an axis in UTC.
 * A column of the chart stands for a fixed number of milliseconds. A run fills each column that it
 * touches, so even the shortest run fills one. */
#include <stdio.h>
#include <string.h>
#include "command.h"

#define GAP           2
#define DEFAULT_WIDTH 100 /* where there is no terminal */
#define CHART_MIN     20
#define CELL_MAX      12 /* columns of a name, and of a status */
#define CELL_MIN      3  /* columns of a cell that is cut for a narrow terminal */
#define TICK_MIN      13 /* columns from one tick to the next: a label and two spaces */

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

struct timeline {
    struct output *out;
    const struct display *display;
    int is_plain; /* bars consist of ASCII characters */
    size_t name_columns, status_columns;
    int64_t chart_columns;  /* the columns of the chart, behind those of the texts */
    int64_t from_ms, to_ms; /* the time that the chart shows */
    int64_t ms_per_column, ms_per_tick;
};

/* Get the time that a run covers. Returns 1, or 0 when the start of the run is not known. */
static int get_time_covered(const struct osft_task *task, int64_t now_ms, int64_t *from_ms,
                            int64_t *to_ms)
{
    if (task->start_ms == OSFT_UNKNOWN) {
        return 0;
    }
    *from_ms = task->start_ms;
    *to_ms = has_ended(task) ? task->end_ms : now_ms;
    if (*to_ms < *from_ms) {
        *to_ms = *from_ms; /* the end is not known, or is before the start */
    }
    return 1;
}

static struct osft_span get_name(const struct osft_task *task)
{
    if (task->generation.len > 0) {
        return task->generation;
    }
    return task->run_id.len > 0 ? task->run_id : osft_span_from("-");
}

static struct osft_span get_status(const struct osft_task *task)
{
    return task->status.len > 0 ? task->status : osft_span_from("-");
}

static void put_cell(const struct timeline *line, const struct osft_span *text, size_t columns)
{
    size_t used = put_cut_in_the_middle(line->out, text, columns, line->display->ascii_only);
    put_spaces(line->out, columns - used + GAP);
}

static void widen_column(const struct timeline *line, size_t *columns, const struct osft_span *text)
{
    size_t needed = put_safe_columns(NULL, text, SIZE_MAX, line->display->ascii_only);

    needed = needed < CELL_MAX ? needed : CELL_MAX;
    *columns = needed > *columns ? needed : *columns;
}

/* Find the widths of the texts, and the time that the runs cover. Returns 0 when no run has a
 * start. */
static int measure_runs(struct timeline *line, const struct osft_page *page)
{
    int has_start = 0;
    size_t i;

    line->name_columns = strlen("GEN");
    line->status_columns = strlen("STATUS");
    for (i = 0; i < page->count; i++) {
        const struct osft_task *task = &page->tasks[i];
        struct osft_span name = get_name(task), status = get_status(task);
        int64_t from_ms, to_ms;

        widen_column(line, &line->name_columns, &name);
        widen_column(line, &line->status_columns, &status);
        if (get_time_covered(task, line->display->now_ms, &from_ms, &to_ms)) {
            line->from_ms = !has_start || from_ms < line->from_ms ? from_ms : line->from_ms;
            line->to_ms = !has_start || to_ms > line->to_ms ? to_ms : line->to_ms;
            has_start = 1;
        }
    }
    return has_start;
}

/* Return the smallest round length of time from tick to tick that leaves room for the labels. */
static int64_t choose_tick(int64_t ms_per_column)
{
    static const int64_t round[] = { SECOND,      2 * SECOND,  5 * SECOND, 10 * SECOND, 15 * SECOND,
                                     30 * SECOND, MINUTE,      2 * MINUTE, 5 * MINUTE,  10 * MINUTE,
                                     15 * MINUTE, 30 * MINUTE, HOUR,       2 * HOUR,    3 * HOUR,
                                     6 * HOUR,    12 * HOUR,   DAY,        2 * DAY,     5 * DAY,
                                     10 * DAY,    20 * DAY,    50 * DAY };
    int64_t ms = 100 * DAY;
    size_t i;

    for (i = 0; i < sizeof(round) / sizeof(round[0]); i++) {
        if (round[i] / ms_per_column >= TICK_MIN) {
            return round[i];
        }
    }
    while (ms / ms_per_column < TICK_MIN && ms <= INT64_MAX / 10) {
        ms *= 10;
    }
    return ms;
}

/* Narrow a column of texts, down to CELL_MIN, so that *used fits into room and columns are left for
 * the chart. */
static void narrow_column(size_t *cell, size_t *used, size_t room)
{
    size_t too_many = *used > room ? *used - room : 0;
    size_t least = *cell < CELL_MIN ? *cell : CELL_MIN;
    size_t less = too_many < *cell - least ? too_many : *cell - least;

    *cell -= less;
    *used -= less;
}

static void choose_scale(struct timeline *line)
{
    size_t columns = line->display->is_terminal ? line->display->columns : DEFAULT_WIDTH;
    size_t used = line->name_columns + line->status_columns + 2 * GAP;
    size_t room = columns > CHART_MIN ? columns - CHART_MIN : 0;

    if (columns > 0) {
        narrow_column(&line->status_columns, &used, room);
        narrow_column(&line->name_columns, &used, room);
    }
    line->chart_columns = columns > used ? (int64_t)(columns - used) : columns > 0 ? 1 : CHART_MIN;
    line->ms_per_column = (line->to_ms - line->from_ms) / line->chart_columns + 1;
    line->ms_per_tick = choose_tick(line->ms_per_column);
}

static int64_t get_chart_column(const struct timeline *line, int64_t ms)
{
    return (ms - line->from_ms) / line->ms_per_column;
}

/* Return the column of the first tick at or after ms, and its time in *tick_ms. Returns
 * chart_columns when the chart has no such tick. */
static int64_t find_tick(const struct timeline *line, int64_t ms, int64_t *tick_ms)
{
    int64_t past = ms % line->ms_per_tick; /* milliseconds since the previous tick */

    if (past != 0 && ms - past > INT64_MAX - line->ms_per_tick) {
        return line->chart_columns;
    }
    *tick_ms = past == 0 ? ms : ms - past + line->ms_per_tick;
    return get_chart_column(line, *tick_ms) > line->chart_columns
               ? line->chart_columns
               : get_chart_column(line, *tick_ms);
}

/* Format those parts of 2024-02-29T23:59:59Z in which ticks differ. Returns the length; 0: the year
 * does not have four digits. */
static size_t format_tick(const struct timeline *line, int64_t ms, char text[TIME_SIZE])
{
    format_time(ms, text);
    if (text[4] != '-' || strlen(text) != 20) {
        return 0;
    }
    if (line->ms_per_tick >= DAY) {
        return 10;
    }
    if (line->ms_per_tick >= MINUTE) {
        text[10] = ' ';
        memmove(text, text + 5, 11);
        return 11;
    }
    memmove(text, text + 11, 8);
    return 8;
}

static void put_labels(const struct timeline *line)
{
    struct osft_span name = osft_span_from("GEN"), status = osft_span_from("STATUS");
    int64_t at = 0, ms = line->from_ms, tick_ms = 0, column;

    put_cell(line, &name, line->name_columns);
    put_cell(line, &status, line->status_columns);
    while ((column = find_tick(line, ms, &tick_ms)) < line->chart_columns) {
        char text[TIME_SIZE];
        size_t len = format_tick(line, tick_ms, text);

        if (len > 0 && column + (int64_t)len <= line->chart_columns) {
            put_spaces(line->out, (size_t)(column - at));
            put_bytes(line->out, text, len);
            at = column + (int64_t)len;
        }
        ms = tick_ms + 1;
    }
    put_text(line->out, "\n");
}

static void put_axis(const struct timeline *line)
{
    int64_t tick_ms = 0, tick = find_tick(line, line->from_ms, &tick_ms), column;

    put_spaces(line->out, line->name_columns + line->status_columns + 2 * GAP);
    for (column = 0; column < line->chart_columns; column++) {
        put_text(line->out, column == tick ? "+" : "-");
        if (column == tick) {
            tick = find_tick(line, tick_ms + 1, &tick_ms);
        }
    }
    put_text(line->out, "\n");
}

/* Return the mark of a state. Each state has a mark of its own, so that states can be told apart
 * without colour. */
static const char *get_mark(enum osft_state state, int is_plain)
{
    static const char *const blocks[] = { "\xe2\x96\x91", "\xe2\x96\x88", "\xe2\x96\x92",
                                          "\xe2\x96\x93" };
    static const char *const ascii[] = { "-", "#", "x", "=" };
    return is_plain ? ascii[state] : blocks[state];
}

static void put_bar(const struct timeline *line, const struct osft_task *task)
{
    static const struct osft_span unknown = OSFT_LIT("(start unknown)");
    enum osft_state state = osft_task_state(task);
    const char *colour = line->display->has_colour ? get_state_colour(state) : NULL;
    int64_t from_ms, to_ms, column, last;

    if (!get_time_covered(task, line->display->now_ms, &from_ms, &to_ms)) {
        put_safe_columns(line->out, &unknown, (size_t)line->chart_columns, 1);
        return;
    }
    column = get_chart_column(line, from_ms);
    last = get_chart_column(line, to_ms);
    put_spaces(line->out, (size_t)column);
    put_text(line->out, colour != NULL ? colour : "");
    for (; column <= last; column++) {
        int is_open_end = column == last && !has_ended(task);
        put_text(line->out, is_open_end ? ">" : get_mark(state, line->is_plain));
    }
    put_text(line->out, colour != NULL ? "\x1b[0m" : "");
}

static void put_run(const struct timeline *line, const struct osft_task *task)
{
    struct osft_span name = get_name(task), status = get_status(task);

    put_cell(line, &name, line->name_columns);
    put_cell(line, &status, line->status_columns);
    put_bar(line, task);
    put_text(line->out, "\n");
}

/* Put a part of the legend, on a new line when it does not fit on this one. *used: columns of this
 * line that are used. */
static void put_legend_part(const struct timeline *line, size_t *used, const char *separator,
                            const char *text)
{
    struct osft_span part = osft_span_from(text);
    size_t columns = line->display->columns > 0 ? line->display->columns : SIZE_MAX;
    size_t needed = put_safe_columns(NULL, &part, SIZE_MAX, line->is_plain);

    if (*used > 0 && *used + strlen(separator) + needed > columns) {
        put_text(line->out, "\n");
        *used = 0;
    } else if (*used > 0) {
        put_text(line->out, separator);
        *used += strlen(separator);
    }
    *used += put_safe_columns(line->out, &part, columns - *used, line->is_plain);
}

static void put_legend(const struct timeline *line)
{
    static const char *const names[] = { "", "success", "failed", "running" };
    char time[TIME_SIZE], text[TIME_SIZE + 16];
    size_t used = 0;
    int state;

    format_time(line->from_ms, time);
    put_legend_part(line, &used, "", time);
    format_time(line->to_ms, time);
    snprintf(text, sizeof(text), "to %s", time);
    put_legend_part(line, &used, " ", text);
    format_duration(line->ms_per_column, time);
    snprintf(text, sizeof(text), "one column: %s", time);
    put_legend_part(line, &used, "; ", text);
    for (state = OSFT_SUCCESS; state <= OSFT_RUNNING; state++) {
        snprintf(text, sizeof(text), "%s %s", get_mark((enum osft_state)state, line->is_plain),
                 names[state]);
        put_legend_part(line, &used, state == OSFT_SUCCESS ? "; " : ", ", text);
    }
    put_text(line->out, "\n");
}

void print_timeline(struct output *out, const struct display *display, const struct osft_page *page)
{
    struct timeline line = { .out = out, .display = display };
    int has_start;
    size_t i;

    if (page->count == 0) {
        put_text(out, "no task to show\n");
        return;
    }
    line.is_plain = display->ascii_only || !display->is_terminal;
    has_start = measure_runs(&line, page);
    choose_scale(&line);
    if (has_start) {
        put_labels(&line);
        put_axis(&line);
    }
    for (i = 0; i < page->count; i++) {
        put_run(&line, &page->tasks[i]);
    }
    if (has_start) {
        put_legend(&line);
    }
}
