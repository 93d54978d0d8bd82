/* SPDX-License-Identifier: Apache-2.0 */
/* An event of a watch, as a line. */
#include <stdio.h>
#include <string.h>
#include "command.h"

#define GENERATION_COLUMNS 4
#define RUN_COLUMNS        28

static const char *get_colour(enum osft_watch_event kind)
{
    switch (kind) {
    case OSFT_WATCH_STARTED: return "\x1b[36m";
    case OSFT_WATCH_SUCCEEDED: return "\x1b[32m";
    case OSFT_WATCH_FAILED: return "\x1b[31m";
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
    event->time_ms = get_time_ms();
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

/* The text, whole, and spaces up to the column's width. */
static void put_column(const struct osft_span *text, size_t width, int ascii_only)
{
    struct osft_span shown = text->len > 0 ? *text : osft_span_from("-");
    size_t used = put_safe_columns(&standard_output, &shown, SIZE_MAX, ascii_only);

    put_spaces(&standard_output, (used < width ? width - used : 0) + 2);
}

/* Of a run that is no longer listed only its start is known. */
static void put_run(const struct event *event, int ascii_only)
{
    struct osft_span run = event->task.run_id;
    char text[TIME_SIZE + 16], start[TIME_SIZE];

    if (run.ptr == NULL && event->task.start_ms != OSFT_UNKNOWN) {
        format_time(event->task.start_ms, start);
        snprintf(text, sizeof(text), "started %s", start);
        run = osft_span_from(text);
    }
    put_column(&run, RUN_COLUMNS, ascii_only);
}

static void print_line(const struct event *event)
{
    struct output *out = &standard_output;
    struct display display;
    char text[TIME_SIZE];
    int has_colour;

    detect_display(&display);
    has_colour = display.has_colour && event->colour != NULL;
    format_time(event->time_ms, text);
    put_text(out, text);
    put_spaces(out, 2);
    put_text(out, has_colour ? event->colour : "");
    put_text(out, event->name);
    put_text(out, has_colour ? "\x1b[0m" : "");
    put_spaces(out, strlen("progressed") - strlen(event->name) + 2);
    put_column(&event->task.generation, GENERATION_COLUMNS, display.ascii_only);
    put_run(event, display.ascii_only);
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
