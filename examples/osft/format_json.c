/* SPDX-License-Identifier: Apache-2.0 */
/* JSON with the members that the service's documentation names, so that osft parse can read the
 * output. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "osft_metrics.h"

/* An object that is being written. */
struct object {
    struct output *out;
    const char *before_member; /* a new line and its indent, or nothing */
    const char *colon;         /* put behind the name of a member */
    int has_members;
};

static void put_name(struct object *object, const char *name)
{
    put_text(object->out, object->has_members ? "," : "");
    put_text(object->out, object->before_member);
    put_text(object->out, "\"");
    put_text(object->out, name);
    put_text(object->out, "\"");
    put_text(object->out, object->colon);
    object->has_members = 1;
}

static void put_text_member(struct object *object, const char *name, const struct osft_span *text)
{
    if (text->ptr != NULL) {
        put_name(object, name);
        put_text(object->out, "\"");
        put_escaped(object->out, SINK_JSON, text->ptr, text->len);
        put_text(object->out, "\"");
    }
}

/* Put a member whose text is one of the service about the call. */
static void put_service_member(struct object *object, const char *name,
                               const struct osft_span *text)
{
    if (text->ptr != NULL) {
        put_name(object, name);
        put_text(object->out, "\"");
        put_service_text(object->out, SINK_JSON, text);
        put_text(object->out, "\"");
    }
}

static void put_number_member(struct object *object, const char *name, int64_t value)
{
    if (value != OSFT_UNKNOWN) {
        put_name(object, name);
        put_integer(object->out, value);
    }
}

static int is_extend_info_object;

void set_extend_info_form(int is_object)
{
    is_extend_info_object = is_object;
}

/* Whether the text is a JSON object that osft_metrics_next() can read to its end. A copy is read,
 * as reading changes the text. */
static int is_json_object(const struct osft_span *text)
{
    struct osft_span copy = { NULL, text->len };
    size_t at = 0;
    struct osft_metrics m;
    char *memory;
    int error;

    while (at < text->len && memchr(" \t\r\n", text->ptr[at], 4) != NULL) {
        at++;
    }
    memory = at < text->len && text->ptr[at] == '{' ? malloc(text->len) : NULL;
    if (memory == NULL) {
        return 0;
    }
    memcpy(memory, text->ptr, text->len);
    copy.ptr = memory;
    osft_metrics_init(&m, &copy);
    do {
        error = osft_metrics_next(&m);
    } while (error == OSFT_OK && m.kind != OSFT_METRIC_END);
    free(memory);
    return error == OSFT_OK;
}

static void put_extend_info(struct object *object, const struct osft_span *text)
{
    if (is_extend_info_object && text->ptr != NULL && is_json_object(text)) {
        put_name(object, "extendInfo");
        put_json_value(object->out, text);
    } else {
        put_text_member(object, "extendInfo", text);
    }
}

static void put_task_members(struct object *object, const struct osft_task *task)
{
    put_text_member(object, "functionName", &task->function);
    put_number_member(object, "progress", task->progress);
    put_text_member(object, "status", &task->status);
    put_number_member(object, "startTime", task->start_ms);
    put_number_member(object, "endTime", task->end_ms);
    put_extend_info(object, &task->extend_info);
    put_text_member(object, "runId", &task->run_id);
    put_text_member(object, "generation", &task->generation);
}

/* Put a task. before_member: a new line and an indent; the closing brace is indented by two spaces
 * less. */
static void put_task(struct output *out, const struct osft_task *task, const char *before_member)
{
    struct object object = { out, before_member, ": ", 0 };

    put_text(out, "{");
    put_task_members(&object, task);
    if (object.has_members) {
        put_bytes(out, before_member, strlen(before_member) - 2);
    }
    put_text(out, "}");
}

static void put_envelope(struct object *object, const struct osft_reply *reply)
{
    put_service_member(object, "status", &reply->status);
    put_service_member(object, "requestId", &reply->request_id);
    put_number_member(object, "httpCode", reply->http_code);
    put_service_member(object, "code", &reply->code);
    put_service_member(object, "message", &reply->message);
    put_number_member(object, "latency", reply->latency_ms);
    put_number_member(object, "totalCount", reply->total);
}

void print_json(struct output *out, const struct display *display, const struct osft_page *page,
                const struct osft_reply *reply)
{
    struct object object = { out, "\n  ", ": ", 0 };
    size_t i;

    put_text(out, "{");
    put_envelope(&object, reply);
    put_name(&object, "result");
    if (display->is_one_task && page->count > 0) {
        put_task(out, &page->tasks[0], "\n    ");
    } else {
        put_text(out, "[");
        for (i = 0; i < page->count; i++) {
            print_json_task(out, &page->tasks[i], i == 0);
        }
        if (!display->is_cut) {
            put_text(out, page->count > 0 ? "\n  ]" : "]");
        }
    }
    put_text(out, display->is_cut ? "\n" : "\n}\n");
}

void print_json_start(struct output *out)
{
    put_text(out, "{\n  \"result\": [");
}

void print_json_task(struct output *out, const struct osft_task *task, int is_first)
{
    put_text(out, is_first ? "\n    " : ",\n    ");
    put_task(out, task, "\n      ");
}

void print_json_end(struct output *out, const struct osft_reply *reply, int is_empty)
{
    struct object object = { out, "\n  ", ": ", 1 };

    put_text(out, is_empty ? "]" : "\n  ]");
    put_envelope(&object, reply);
    put_text(out, "\n}\n");
}

void print_jsonl_task(struct output *out, const struct osft_task *task)
{
    struct object object = { out, "", ":", 0 };

    put_text(out, "{");
    put_task_members(&object, task);
    put_text(out, "}\n");
}

void print_jsonl_event(struct output *out, const struct event *event)
{
    struct object object = { out, "", ":", 0 };
    struct osft_span name = osft_span_from(event->name), id;
    char digits[17];

    snprintf(digits, sizeof(digits), "%016" PRIx64, event->id);
    id = osft_span_from(digits);
    put_text(out, "{");
    put_number_member(&object, "time", event->time_ms);
    put_text_member(&object, "event", &name);
    put_text_member(&object, "id", &id);
    put_number_member(&object, "progressBefore", event->progress_before);
    put_task_members(&object, &event->task);
    put_text(out, "}\n");
}
