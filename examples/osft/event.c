/* SPDX-License-Identifier: Apache-2.0 */
/* Printing an event of a watch as a line. */
#include <stdio.h>
#include <string.h>
#include "command.h"

#define GENERATION_COLUMNS 4
#define RUN_COLUMNS        28
#define RUN_MIN            12 /* with fewer columns for the run, the day is left out */
#define RUN_MIN_CUT        6

static const char *get_colour(enum osft_watch_event kind)
{
    switch (kind) {
    case OSFT_WATCH_STARTED: return get_state_colour(OSFT_RUNNING);
    case OSFT_WATCH_SUCCEEDED: return get_state_colour(OSFT_SUCCESS);
    case OSFT_WATCH_FAILED: return get_state_colour(OSFT_FAILED);
    case OSFT_WATCH_VANISHED:
    case OSFT_WATCH_DROPPED: return "\x1b[33m";
    case OSFT_WATCH_PROGRESSED: break;
    }
    return NULL;
}

void describe_event(struct event *event, enum osft_watch_event kind, const struct osft_task *task,
                    const struct osft_run *run)
{
    memset(event, 0, sizeof(*event));
    event->name = osft_watch_event_name(kind);
    event->colour = get_colour(kind);
    event->time_ms = get_service_time_ms();
    event->id = task != NULL ? osft_task_id(task) : run->id;
    event->progress_before = OSFT_UNKNOWN;
    if (kind == OSFT_WATCH_PROGRESSED || kind == OSFT_WATCH_SUCCEEDED ||
        kind == OSFT_WATCH_FAILED) {
        event->progress_before = run->progress;
    }
    if (task != NULL) {
        event->task = *task;
        hide_credentials(&event->task, 1);
        return;
    }
    event->task.start_ms = run->start_ms;
    event->task.end_ms = OSFT_UNKNOWN;
    event->task.progress = run->progress;
}

/* The width of a run's name, and the part of the time that is shown. On a terminal the name is cut
 * so that the line fits; elsewhere the name is printed whole. */
struct layout {
    size_t run_columns; /* SIZE_MAX: the name is not cut */
    int has_day;
};

static struct layout choose_layout(const struct display *display)
{
    struct layout layout = { SIZE_MAX, 1 };
    size_t fixed =
        strlen("2024-02-29T23:59:59Z  progressed  ") + GENERATION_COLUMNS + 2 + strlen("  100%");

    if (display->columns == 0) {
        return layout;
    }
    if (display->columns < fixed + RUN_MIN) {
        layout.has_day = 0;
        fixed -= strlen("2024-02-29T") + strlen("Z");
    }
    layout.run_columns =
        display->columns > fixed + RUN_MIN_CUT ? display->columns - fixed : RUN_MIN_CUT;
    return layout;
}

/* Put a text, and spaces up to width. The text is cut to most columns. */
static void put_column(const struct osft_span *text, size_t width, size_t most, int ascii_only)
{
    struct osft_span shown = text->len > 0 ? *text : osft_span_from("-");
    size_t used = put_cut_in_the_middle(&standard_output, &shown, most, ascii_only);

    width = width < most ? width : most;
    put_spaces(&standard_output, (used < width ? width - used : 0) + 2);
}

/* Put the id of a run. When the id is not known, as for a run that is no longer listed, put the
 * start. */
static void put_run(const struct event *event, const struct layout *layout, int ascii_only)
{
    struct osft_span run = event->task.run_id;
    char text[TIME_SIZE + 16], start[TIME_SIZE];

    if (run.ptr == NULL && event->task.start_ms != OSFT_UNKNOWN) {
        format_time(event->task.start_ms, start);
        snprintf(text, sizeof(text), "started %s", start);
        run = osft_span_from(text);
    }
    put_column(&run, RUN_COLUMNS, layout->run_columns, ascii_only);
}

static void put_time(int64_t ms, const struct layout *layout)
{
    char text[TIME_SIZE];

    format_time(ms, text);
    if (!layout->has_day && strlen(text) == strlen("2024-02-29T23:59:59Z")) {
        put_bytes(&standard_output, text + strlen("2024-02-29T"), strlen("23:59:59"));
    } else {
        put_text(&standard_output, text);
    }
    put_spaces(&standard_output, 2);
}

static void print_line(const struct event *event)
{
    struct output *out = &standard_output;
    struct display display;
    struct layout layout;
    char text[16];
    int has_colour;

    detect_display(&display);
    layout = choose_layout(&display);
    has_colour = display.has_colour && event->colour != NULL;
    put_time(event->time_ms, &layout);
    put_text(out, has_colour ? event->colour : "");
    put_text(out, event->name);
    put_text(out, has_colour ? "\x1b[0m" : "");
    put_spaces(out, strlen("progressed") - strlen(event->name) + 2);
    put_column(&event->task.generation, GENERATION_COLUMNS,
               display.columns > 0 ? GENERATION_COLUMNS : SIZE_MAX, display.ascii_only);
    put_run(event, &layout, display.ascii_only);
    snprintf(text, sizeof(text), "%3d%%\n", (int)event->task.progress);
    put_text(out, event->task.progress != OSFT_UNKNOWN ? text : "   -\n");
}

void print_event(const struct event *event, enum format format)
{
    if (format == FORMAT_JSONL) {
        print_jsonl_event(&standard_output, event);
    } else {
        print_line(event);
    }
}
