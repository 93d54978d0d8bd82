/* SPDX-License-Identifier: Apache-2.0 */
/* The documentation's envelope in its own spelling, so that osft parse reads back what this writes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cmd.h"

struct object {
    struct out *o;
    const char *lead;  /* what stands before each member: a new line and its indent, or nothing */
    const char *colon; /* after a name */
    int any;
};

/* Beyond what RFC 8259 asks, everything that could disturb a terminal is escaped as well. */
static void put_escape(struct out *o, uint32_t code)
{
    char text[16];
    int n;
    switch (code) {
    case '"': n = snprintf(text, sizeof(text), "\\\""); break;
    case '\\': n = snprintf(text, sizeof(text), "\\\\"); break;
    case '\b': n = snprintf(text, sizeof(text), "\\b"); break;
    case '\f': n = snprintf(text, sizeof(text), "\\f"); break;
    case '\n': n = snprintf(text, sizeof(text), "\\n"); break;
    case '\r': n = snprintf(text, sizeof(text), "\\r"); break;
    case '\t': n = snprintf(text, sizeof(text), "\\t"); break;
    default:
        if (code > 0xffff) {
            n = snprintf(text, sizeof(text), "\\u%04x\\u%04x",
                         (unsigned)(0xd7c0 + (code >> 10)) & 0xffffU,
                         (unsigned)(0xdc00 | (code & 0x3ff)));
        } else {
            n = snprintf(text, sizeof(text), "\\u%04x", (unsigned)code);
        }
    }
    out_put(o, text, (size_t)n);
}

static void put_string(struct out *o, const char *s, size_t len)
{
    size_t at = 0;
    out_str(o, "\"");
    while (at < len) {
        uint32_t code = 0xfffd; /* the core lets no broken UTF-8 through; a replacement if ever */
        size_t n = text_decode(s + at, len - at, &code);
        if (n == 0) {
            put_escape(o, 0xfffd);
            n = 1;
        } else if (code == '"' || code == '\\' || text_is_harmful(code)) {
            put_escape(o, code);
        } else {
            out_put(o, s + at, n);
        }
        at += n;
    }
    out_str(o, "\"");
}

static void put_name(struct object *j, const char *name)
{
    out_str(j->o, j->any ? "," : "");
    out_str(j->o, j->lead);
    out_str(j->o, "\"");
    out_str(j->o, name);
    out_str(j->o, "\"");
    out_str(j->o, j->colon);
    j->any = 1;
}

static void text(struct object *j, const char *name, const struct osft_span *s)
{
    if (s->ptr != NULL) {
        put_name(j, name);
        put_string(j->o, s->ptr, s->len);
    }
}

static void number(struct object *j, const char *name, int64_t value)
{
    if (value != OSFT_UNKNOWN) {
        put_name(j, name);
        out_int(j->o, value);
    }
}

static void task_members(struct object *j, const struct osft_task *t)
{
    text(j, "functionName", &t->function);
    number(j, "progress", t->progress);
    text(j, "status", &t->status);
    number(j, "startTime", t->start_ms);
    number(j, "endTime", t->end_ms);
    text(j, "extendInfo", &t->extend_info);
    text(j, "runId", &t->run_id);
    text(j, "generation", &t->generation);
}

static void put_task(struct out *o, const struct osft_task *t, const char *lead)
{
    struct object j = { o, lead, ": ", 0 };
    out_str(o, "{");
    task_members(&j, t);
    if (j.any) { /* the brace stands where the members' indent is one step less */
        out_put(o, lead, strlen(lead) - 2);
    }
    out_str(o, "}");
}

static void envelope(struct object *j, const struct osft_page *page)
{
    text(j, "status", &page->status);
    text(j, "requestId", &page->request_id);
    number(j, "httpCode", page->http_code);
    text(j, "code", &page->code);
    text(j, "message", &page->message);
    number(j, "latency", page->latency_ms);
    number(j, "totalCount", page->total);
}

void format_json(struct out *o, const struct look *look, const struct osft_page *page)
{
    struct object j = { o, "\n  ", ": ", 0 };
    size_t i;

    out_str(o, "{");
    envelope(&j, page);
    put_name(&j, "result");
    if (look->one && page->count > 0) {
        put_task(o, &page->tasks[0], "\n    ");
    } else {
        out_str(o, "[");
        for (i = 0; i < page->count; i++) {
            format_json_task(o, &page->tasks[i], i == 0);
        }
        if (!look->is_cut) {
            out_str(o, page->count > 0 ? "\n  ]" : "]");
        }
    }
    out_str(o, look->is_cut ? "\n" : "\n}\n");
}

void format_json_begin(struct out *o)
{
    out_str(o, "{\n  \"result\": [");
}

void format_json_task(struct out *o, const struct osft_task *task, int is_first)
{
    out_str(o, is_first ? "\n    " : ",\n    ");
    put_task(o, task, "\n      ");
}

void format_json_end(struct out *o, const struct osft_page *page, int is_empty)
{
    struct object j = { o, "\n  ", ": ", 1 };
    out_str(o, is_empty ? "]" : "\n  ]");
    envelope(&j, page);
    out_str(o, "\n}\n");
}

void format_jsonl_task(struct out *o, const struct osft_task *task)
{
    struct object j = { o, "", ":", 0 };
    out_str(o, "{");
    task_members(&j, task);
    out_str(o, "}\n");
}

void format_jsonl_event(struct out *o, const struct event *e)
{
    struct object j = { o, "", ":", 0 };
    char id[17];

    snprintf(id, sizeof(id), "%016" PRIx64, e->id);
    out_str(o, "{");
    number(&j, "time", e->time_ms);
    put_name(&j, "event");
    put_string(o, e->name, strlen(e->name));
    put_name(&j, "id");
    put_string(o, id, 16);
    number(&j, "progressBefore", e->progress_before);
    task_members(&j, &e->task);
    out_str(o, "}\n");
}
