/* SPDX-License-Identifier: Apache-2.0 */
/* JSON with the members that the service's documentation names, so that osft parse can read the
 * output. */
#include <string.h>
#include "../common/json.h"
#include "command.h"

/* Put a member whose text is one of the service about the call. */
static void put_service_member(struct json_object *object, const char *name,
                               const struct osft_span *text)
{
    if (text->ptr != NULL) {
        put_json_name(object, name);
        put_text(object->out, "\"");
        put_service_text(object->out, SINK_JSON, text);
        put_text(object->out, "\"");
    }
}

static int is_extend_info_object;

void set_extend_info_form(int is_object)
{
    is_extend_info_object = is_object;
}

int has_extend_info_object(void)
{
    return is_extend_info_object;
}

/* Put a task. before_member: a new line and an indent; the closing brace is indented by two spaces
 * less. */
static void put_task(struct output *out, const struct osft_task *task, const char *before_member)
{
    struct json_object object = { out, before_member, ": ", 0, is_extend_info_object };

    put_text(out, "{");
    put_json_task(&object, task);
    if (object.has_members) {
        put_bytes(out, before_member, strlen(before_member) - 2);
    }
    put_text(out, "}");
}

static void put_envelope(struct json_object *object, const struct osft_reply *reply)
{
    put_service_member(object, "status", &reply->status);
    put_service_member(object, "requestId", &reply->request_id);
    put_json_number(object, "httpCode", reply->http_code);
    put_service_member(object, "code", &reply->code);
    put_service_member(object, "message", &reply->message);
    put_json_number(object, "latency", reply->latency_ms);
    put_json_number(object, "totalCount", reply->total);
}

void print_json(struct output *out, const struct display *display, const struct osft_page *page,
                const struct osft_reply *reply)
{
    struct json_object object = { out, "\n  ", ": ", 0, 0 };
    size_t i;

    put_text(out, "{");
    put_envelope(&object, reply);
    put_json_name(&object, "result");
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
    struct json_object object = { out, "\n  ", ": ", 1, 0 };

    put_text(out, is_empty ? "]" : "\n  ]");
    put_envelope(&object, reply);
    put_text(out, "\n}\n");
}

void print_jsonl_task(struct output *out, const struct osft_task *task)
{
    struct json_object object = { out, "", ":", 0, is_extend_info_object };

    put_text(out, "{");
    put_json_task(&object, task);
    put_text(out, "}\n");
}

void print_jsonl_event(struct output *out, const struct event *event)
{
    put_event_json(out, event, NULL, is_extend_info_object);
}
