/* SPDX-License-Identifier: Apache-2.0 */
/* What watch has seen happen, as a line. */
#include <stdio.h>
#include <string.h>
#include "cmd.h"

#define GENERATION_COLUMNS 4
#define RUN_COLUMNS        28

static const struct {
    const char *name, *colour;
} kinds[] = {
    [OSFT_WATCH_STARTED] = { "started", "\x1b[36m" },
    [OSFT_WATCH_PROGRESSED] = { "progressed", NULL },
    [OSFT_WATCH_SUCCEEDED] = { "succeeded", "\x1b[32m" },
    [OSFT_WATCH_FAILED] = { "failed", "\x1b[31m" },
    [OSFT_WATCH_VANISHED] = { "vanished", "\x1b[33m" },
    [OSFT_WATCH_DROPPED] = { "dropped", "\x1b[33m" },
};

void event_make(struct event *e, enum osft_watch_event kind, const struct osft_task *task,
                const struct osft_run *run)
{
    memset(e, 0, sizeof(*e));
    e->name = kinds[kind].name;
    e->colour = kinds[kind].colour;
    e->time_ms = time_now_ms();
    e->id = task != NULL ? osft_task_id(task) : run->id;
    e->progress_before = OSFT_UNKNOWN;
    if (kind >= OSFT_WATCH_PROGRESSED && kind <= OSFT_WATCH_FAILED) {
        e->progress_before = run->progress;
    }
    if (task != NULL) {
        e->task = *task;
        return;
    }
    e->task.start_ms = run->start_ms;
    e->task.end_ms = OSFT_UNKNOWN;
    e->task.progress = run->progress;
}

static void put_column(struct out *o, const char *s, size_t len, size_t width, int ascii)
{
    struct piece p;
    size_t at = 0, done = 0;
    while (at < len) {
        at += text_piece(s + at, len - at, ascii, &p);
        out_put(o, p.bytes, p.len);
        done += p.width;
    }
    out_pad(o, (done < width ? width - done : 0) + 2);
}

static void put_span(struct out *o, const struct osft_span *s, size_t width, int ascii)
{
    if (s->ptr == NULL || s->len == 0) {
        put_column(o, "-", 1, width, ascii);
    } else {
        put_column(o, s->ptr, s->len, width, ascii);
    }
}

/* A run that is no longer listed has no name any more; when it started tells which one it was. */
static void put_run(struct out *o, const struct event *e, int ascii)
{
    char text[TIME_TEXT + 16], when[TIME_TEXT];

    if (e->task.run_id.ptr != NULL || e->task.start_ms == OSFT_UNKNOWN) {
        put_span(o, &e->task.run_id, RUN_COLUMNS, ascii);
        return;
    }
    time_iso(e->task.start_ms, when);
    snprintf(text, sizeof(text), "started %s", when);
    put_column(o, text, strlen(text), RUN_COLUMNS, ascii);
}

static void print_line(struct out *o, const struct event *e)
{
    struct look look;
    char text[TIME_TEXT];

    format_look(&look);
    time_iso(e->time_ms, text);
    put_column(o, text, strlen(text), 0, 1);
    out_str(o, look.colour && e->colour != NULL ? e->colour : "");
    out_str(o, e->name);
    out_str(o, look.colour && e->colour != NULL ? "\x1b[0m" : "");
    out_pad(o, strlen("progressed") - strlen(e->name) + 2);
    put_span(o, &e->task.generation, GENERATION_COLUMNS, look.ascii);
    put_run(o, e, look.ascii);
    if (e->task.progress == OSFT_UNKNOWN) {
        out_str(o, "   -\n");
        return;
    }
    snprintf(text, sizeof(text), "%3d%%\n", (int)e->task.progress);
    out_str(o, text);
}

void event_print(const struct event *e, enum format format)
{
    if (format == FORMAT_JSONL) {
        format_jsonl_event(&cmd_out, e);
    } else {
        print_line(&cmd_out, e);
    }
}
