/* SPDX-License-Identifier: Apache-2.0 */
/* Runs and events as JSON, with the names of the service's documentation. */
#include "json.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "event.h"
#include "osft_metrics.h"
#include "text.h"

void put_json_name(struct json_object *object, const char *name)
{
    put_text(object->out, object->has_members ? "," : "");
    put_text(object->out, object->before_member);
    put_text(object->out, "\"");
    put_text(object->out, name);
    put_text(object->out, "\"");
    put_text(object->out, object->colon);
    object->has_members = 1;
}

void put_json_text(struct json_object *object, const char *name, const struct osft_span *text)
{
    if (text->ptr != NULL) {
        put_json_name(object, name);
        put_text(object->out, "\"");
        put_escaped(object->out, SINK_JSON, text->ptr, text->len);
        put_text(object->out, "\"");
    }
}

void put_json_number(struct json_object *object, const char *name, int64_t value)
{
    if (value != OSFT_UNKNOWN) {
        put_json_name(object, name);
        put_integer(object->out, value);
    }
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

static void put_extend_info(struct json_object *object, const struct osft_span *text)
{
    if (object->has_object && text->ptr != NULL && is_json_object(text)) {
        put_json_name(object, "extendInfo");
        put_json_value(object->out, text);
    } else {
        put_json_text(object, "extendInfo", text);
    }
}

void put_json_task(struct json_object *object, const struct osft_task *task)
{
    put_json_text(object, "functionName", &task->function);
    put_json_number(object, "progress", task->progress);
    put_json_text(object, "status", &task->status);
    put_json_number(object, "startTime", task->start_ms);
    put_json_number(object, "endTime", task->end_ms);
    put_extend_info(object, &task->extend_info);
    put_json_text(object, "runId", &task->run_id);
    put_json_text(object, "generation", &task->generation);
}

void put_json_source(struct json_object *object, const struct event_source *source)
{
    struct osft_span watch = osft_span_from(source->watch);

    put_json_text(object, "watch", &watch);
    put_json_text(object, "app", &source->query->app_group);
    put_json_text(object, "function", &source->query->function);
    put_json_text(object, "functionInstance", &source->query->instance);
}

void put_event_json(struct output *out, const struct event *event,
                    const struct event_source *source, int has_object)
{
    struct json_object object = { .out = out, .colon = ":", .before_member = "" };
    struct osft_span name = osft_span_from(event->name), id;
    char digits[17];

    object.has_object = has_object;
    snprintf(digits, sizeof(digits), "%016" PRIx64, event->id);
    id = osft_span_from(digits);
    put_text(out, "{");
    put_json_number(&object, "time", event->time_ms);
    put_json_text(&object, "event", &name);
    put_json_text(&object, "id", &id);
    if (source != NULL) {
        put_json_source(&object, source);
    }
    put_json_number(&object, "progressBefore", event->progress_before);
    put_json_task(&object, &event->task);
    put_text(out, "}\n");
}
