/* SPDX-License-Identifier: Apache-2.0 */
/* A table with one line for each task, for people. On a terminal it has bars and colour, and is cut
 * to the width of the terminal. Elsewhere it is plain text. */
#include <stdio.h>
#include <string.h>
#include "command.h"

enum column { GENERATION, STATUS, PROGRESS, STARTED, TOOK, RUN, METRICS, COLUMNS };
OSFT_STATIC_ASSERT(COLUMNS == TABLE_COLUMNS, table_columns_is_the_number_of_columns);

#define GAP         2
#define BAR         10
/* The fewest columns to which a text is cut; fewer would not identify it. */
#define NAME_MIN    12 /* a generation or a status */
#define RUN_MIN     8
#define METRICS_MIN 16
#define METRICS_MAX 60

static const char *const heads[COLUMNS] = { "GEN",  "STATUS", "PROGRESS", "STARTED",
                                            "TOOK", "RUN",    "METRICS" };

struct row {
    struct osft_span cell[COLUMNS];
    char progress[64], started[TIME_SIZE], took[TIME_SIZE + 8], metrics[METRICS_TEXT_SIZE];
};

struct table {
    struct output *out;
    const struct display *display;
    struct table_widths *widest; /* the widest cells so far */
    size_t width[COLUMNS];       /* of each column as printed; 0: the column is left out */
};

static const char no_text[] = "-";

static struct osft_span text_or_dash(struct osft_span text)
{
    return text.len == 0 ? osft_span_from(no_text) : text;
}

static void format_progress(char *text, size_t size, int32_t progress, int is_plain)
{
    const char *full = is_plain ? "#" : "\xe2\x96\x88", *rest = is_plain ? "." : "\xe2\x96\x91";
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

/* Format how long the task took, or how long it has been running. */
static void format_time_taken(char *text, size_t size, const struct osft_task *task, int64_t now_ms)
{
    int ended = has_ended(task);
    int64_t end_ms = ended ? task->end_ms : now_ms;
    char duration[TIME_SIZE];

    if (task->start_ms < 0 || end_ms < task->start_ms || (ended && end_ms <= 0)) {
        snprintf(text, size, "%s", osft_task_state(task) == OSFT_RUNNING ? "running" : "-");
        return;
    }
    format_duration(end_ms - task->start_ms, duration);
    snprintf(text, size, "%s%s", ended ? "" : "running ", duration);
}

static void make_row(struct row *row, const struct osft_task *task, const struct display *display)
{
    format_progress(row->progress, sizeof(row->progress), task->progress,
                    !display->is_terminal || display->ascii_only);
    snprintf(row->started, sizeof(row->started), "-");
    if (task->start_ms != OSFT_UNKNOWN) {
        format_time(task->start_ms, row->started);
    }
    format_time_taken(row->took, sizeof(row->took), task, display->now_ms);
    row->cell[GENERATION] = text_or_dash(task->generation);
    row->cell[STATUS] = text_or_dash(task->status);
    row->cell[PROGRESS] = osft_span_from(row->progress);
    row->cell[STARTED] = osft_span_from(row->started);
    row->cell[TOOK] = osft_span_from(row->took);
    row->cell[RUN] = text_or_dash(task->run_id);
    row->cell[METRICS] = text_or_dash(summarise_metrics(&task->extend_info, row->metrics));
}

static size_t count_columns(const struct osft_span *text, const struct display *display)
{
    return put_safe_columns(NULL, text, SIZE_MAX, display->ascii_only);
}

/* Put at most width columns of a text. Metrics are cut at the end, and other texts in the middle.
 * Returns how many columns were used. */
static size_t put_cut(const struct table *table, enum column column, const struct osft_span *text,
                      size_t width)
{
    int ascii_only = table->display->ascii_only;
    size_t used;

    if (column != METRICS) {
        return put_cut_in_the_middle(table->out, text, width, ascii_only);
    }
    if (width < METRICS_MIN || count_columns(text, table->display) <= width) {
        return put_safe_columns(table->out, text, width, ascii_only);
    }
    used = put_safe_columns(table->out, text, width - 2, ascii_only);
    put_text(table->out, "..");
    return used + 2;
}

static void widen_column(size_t *width, size_t least)
{
    *width = *width < least ? least : *width;
}

/* Widen the columns to the cells of the page. The column of metrics is left out as long as no task
 * has a metric to show. */
static void measure_columns(struct table *table, const struct osft_page *page)
{
    size_t *widest = table->widest->column, i, c;
    struct row row;

    for (c = 0; c < METRICS; c++) {
        widen_column(&widest[c], strlen(heads[c]));
    }
    for (i = 0; i < page->count; i++) {
        make_row(&row, &page->tasks[i], table->display);
        for (c = 0; c < METRICS; c++) {
            widen_column(&widest[c], count_columns(&row.cell[c], table->display));
        }
        if (page->tasks[i].extend_info.len > 0 && row.cell[METRICS].ptr != no_text) {
            widen_column(&widest[METRICS], strlen(heads[METRICS]));
            widen_column(&widest[METRICS], count_columns(&row.cell[METRICS], table->display));
        }
    }
    if (widest[METRICS] > METRICS_MAX) {
        widest[METRICS] = METRICS_MAX;
    }
    memcpy(table->width, widest, sizeof(table->width));
}

/* Return how few columns a column of the table needs. */
static size_t get_least_width(const struct table *table, enum column column)
{
    size_t width = table->width[column];
    size_t least = column == RUN       ? RUN_MIN
                   : column == METRICS ? METRICS_MIN
                   : column <= STATUS  ? NAME_MIN
                                       : width;
    return width < least ? width : least;
}

static size_t get_least_table_width(const struct table *table)
{
    size_t total = 0, c;

    for (c = 0; c < COLUMNS; c++) {
        if (table->width[c] > 0) {
            total += (total > 0 ? GAP : 0) + get_least_width(table, (enum column)c);
        }
    }
    return total;
}

/* Fit the table to the terminal. Texts are cut, beginning with the last column. When that is not
 * enough, columns are left out. The run's name is the first of them, as it often has the time of
 * the start in it. If the column of the start is then left out as well, the run's name is shown
 * again when there is room. */
static void fit_to_terminal(struct table *table)
{
    static const enum column dropped[] = { RUN, METRICS, STARTED, TOOK, PROGRESS };
    size_t room = table->display->columns, spare, i, c;

    if (room == 0) {
        return;
    }
    for (i = 0; i < sizeof(dropped) / sizeof(dropped[0]) && get_least_table_width(table) > room;
         i++) {
        table->width[dropped[i]] = 0;
    }
    table->width[RUN] = table->widest->column[RUN];
    if (get_least_table_width(table) > room) {
        table->width[RUN] = 0;
    }
    spare = room > get_least_table_width(table) ? room - get_least_table_width(table) : 0;
    for (c = 0; c < COLUMNS; c++) {
        size_t least = get_least_width(table, (enum column)c), width = table->width[c];
        size_t more = width - least < spare ? width - least : spare;

        table->width[c] = least + more;
        spare -= more;
    }
}

/* Put a row. coloured_column: the column in the colour; COLUMNS: all columns. colour NULL: no
 * colour. */
static void put_row(const struct table *table, const struct osft_span *cell, size_t coloured_column,
                    const char *colour)
{
    size_t room = table->display->columns > 0 ? table->display->columns : SIZE_MAX;
    size_t spaces = 0, c; /* spaces: before the next cell, if there is one */

    put_text(table->out, table->display->line_start);
    for (c = 0; c < COLUMNS && room > spaces; c++) {
        int is_coloured = colour != NULL && (c == coloured_column || coloured_column == COLUMNS);
        size_t width = table->width[c], used;

        if (width == 0) {
            continue;
        }
        put_spaces(table->out, spaces);
        room -= spaces;
        width = width < room ? width : room; /* the terminal may be too narrow for a table */
        put_text(table->out, is_coloured ? colour : "");
        used = put_cut(table, (enum column)c, &cell[c], width);
        put_text(table->out, is_coloured ? "\x1b[0m" : "");
        room -= used;
        spaces = width - used + GAP;
    }
    put_text(table->out, "\n");
}

void print_table(struct output *out, const struct display *display, struct table_widths *widths,
                 const struct osft_page *page)
{
    struct table table = { out, display, widths, { 0 } };
    int is_first = widths->column[0] == 0;
    struct osft_span head[COLUMNS];
    struct row row;
    size_t i, c;

    measure_columns(&table, page);
    fit_to_terminal(&table);
    if (is_first) {
        for (c = 0; c < COLUMNS; c++) {
            head[c] = osft_span_from(heads[c]);
        }
        put_row(&table, head, COLUMNS, display->has_colour ? "\x1b[1m" : NULL);
    }
    for (i = 0; i < page->count; i++) {
        make_row(&row, &page->tasks[i], display);
        put_row(&table, row.cell, STATUS,
                display->has_colour ? get_state_colour(osft_task_state(&page->tasks[i])) : NULL);
    }
}
