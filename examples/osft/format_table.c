/* SPDX-License-Identifier: Apache-2.0 */
/* One line a task, for people. On a terminal: bars, colour, cut to its width; elsewhere plain
 * text. */
#include <stdio.h>
#include <string.h>
#include "command.h"

enum column { GENERATION, STATUS, PROGRESS, STARTED, TOOK, RUN, METRICS, COLUMNS };
OSFT_STATIC_ASSERT(COLUMNS == TABLE_COLUMNS, table_columns_is_the_number_of_columns);

#define GAP         2
#define BAR         10
/* Columns that a text is cut to where there is no room; with fewer it is of no use. */
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
    struct table_widths *widest; /* as wide as the texts so far */
    size_t width[COLUMNS];       /* as shown; 0: not at all */
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

/* How long the task took, or has been running. */
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

/* Put at most width columns of text. Metrics are cut at the end, and names in the middle. Returns
 * the columns used. */
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

static void widen(size_t *width, size_t least)
{
    *width = *width < least ? least : *width;
}

/* Without a metric to show, their column stays away. */
static void measure(struct table *table, const struct osft_page *page)
{
    size_t *widest = table->widest->column, i, c;
    struct row row;

    for (c = 0; c < METRICS; c++) {
        widen(&widest[c], strlen(heads[c]));
    }
    for (i = 0; i < page->count; i++) {
        make_row(&row, &page->tasks[i], table->display);
        for (c = 0; c < METRICS; c++) {
            widen(&widest[c], count_columns(&row.cell[c], table->display));
        }
        if (page->tasks[i].extend_info.len > 0 && row.cell[METRICS].ptr != no_text) {
            widen(&widest[METRICS], strlen(heads[METRICS]));
            widen(&widest[METRICS], count_columns(&row.cell[METRICS], table->display));
        }
    }
    if (widest[METRICS] > METRICS_MAX) {
        widest[METRICS] = METRICS_MAX;
    }
    memcpy(table->width, widest, sizeof(table->width));
}

/* How few columns each of the table's needs. */
static size_t get_least_width(const struct table *table, enum column column)
{
    size_t width = table->width[column];
    size_t least = column == RUN       ? RUN_MIN
                   : column == METRICS ? METRICS_MIN
                   : column <= STATUS  ? NAME_MIN
                                       : width;
    return width < least ? width : least;
}

static size_t get_least_total(const struct table *table)
{
    size_t total = 0, c;

    for (c = 0; c < COLUMNS; c++) {
        if (table->width[c] > 0) {
            total += (total > 0 ? GAP : 0) + get_least_width(table, (enum column)c);
        }
    }
    return total;
}

/* On a narrow terminal texts are cut, the last column first. Where that is not enough, columns are
 * left out: first the run's name, which often repeats when it started, and comes back where it is
 * the start that is left out. */
static void fit_to_terminal(struct table *table)
{
    static const enum column dropped[] = { RUN, METRICS, STARTED, TOOK, PROGRESS };
    size_t room = table->display->columns, spare, i, c;

    if (room == 0) {
        return;
    }
    for (i = 0; i < sizeof(dropped) / sizeof(dropped[0]) && get_least_total(table) > room; i++) {
        table->width[dropped[i]] = 0;
    }
    table->width[RUN] = table->widest->column[RUN];
    if (get_least_total(table) > room) {
        table->width[RUN] = 0;
    }
    spare = room > get_least_total(table) ? room - get_least_total(table) : 0;
    for (c = 0; c < COLUMNS; c++) {
        size_t least = get_least_width(table, (enum column)c), width = table->width[c];
        size_t more = width - least < spare ? width - least : spare;

        table->width[c] = least + more;
        spare -= more;
    }
}

/* painted: the column that has the colour; COLUMNS: all have it. colour NULL: there is none. */
static void put_row(const struct table *table, const struct osft_span *cell, size_t painted,
                    const char *colour)
{
    size_t room = table->display->columns > 0 ? table->display->columns : SIZE_MAX;
    size_t spaces = 0, c; /* spaces: behind the cell before, which are due when another follows */

    put_text(table->out, table->display->line_start);
    for (c = 0; c < COLUMNS && room > spaces; c++) {
        int is_painted = colour != NULL && (c == painted || painted == COLUMNS);
        size_t width = table->width[c], used;

        if (width == 0) {
            continue;
        }
        put_spaces(table->out, spaces);
        room -= spaces;
        width = width < room ? width : room; /* of a terminal that is narrower than any table */
        put_text(table->out, is_painted ? colour : "");
        used = put_cut(table, (enum column)c, &cell[c], width);
        put_text(table->out, is_painted ? "\x1b[0m" : "");
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

    measure(&table, page);
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
