/* SPDX-License-Identifier: Apache-2.0 */
/* Writes topics, and the status of an instance. */
#include "mqtt.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "../common/event.h"
#include "../common/json.h"

void make_topic(char topic[MQTT_TOPIC_SIZE], const char *prefix, const char *name, const char *leaf)
{
    snprintf(topic, MQTT_TOPIC_SIZE, "%s%s%s/%s", prefix, name != NULL ? "/" : "",
             name != NULL ? name : "", leaf);
}

static void put_named_text(struct json_object *object, const char *name, const char *text)
{
    struct osft_span span = osft_span_from(text);

    put_json_text(object, name, &span);
}

/* Put a number, or null when it is not known. The member is never left out, as readers such as
 * templates expect it. */
static void put_number_or_null(struct json_object *object, const char *name, int64_t value,
                               int is_known)
{
    put_json_name(object, name);
    if (is_known) {
        put_integer(object->out, value);
    } else {
        put_text(object->out, "null");
    }
}

void put_status_beginning(struct output *out, const struct mqtt_settings *settings)
{
    struct json_object object = { .out = out, .before_member = "", .colon = ":" };

    put_text(out, "{");
    put_named_text(&object, "reporter", settings->client_id);
    put_text(out, ",");
}

static const char *name_state(const struct kept_run *run)
{
    if (!run->is_known) {
        return "none";
    }
    switch (osft_task_state(&run->task)) {
    case OSFT_SUCCESS: return "success";
    case OSFT_FAILED: return "failed";
    case OSFT_RUNNING: return "running";
    case OSFT_STATE_OTHER: break;
    }
    return "other";
}

static void put_error(struct json_object *object, const struct failure *failure, int is_whole)
{
    struct json_object error = *object;
    const char *kind = get_error_kind_name(find_error_kind(failure->error));

    put_json_name(object, "error");
    put_text(object->out, "{");
    error.has_members = 0;
    put_named_text(&error, "kind", kind != NULL ? kind : "other");
    put_json_number(&error, "httpStatus",
                    failure->http_status != 0 ? failure->http_status : OSFT_UNKNOWN);
    if (failure->code[0] != 0) {
        put_named_text(&error, "code", failure->code);
    }
    if (is_whole && failure->request_id[0] != 0) {
        put_named_text(&error, "requestId", failure->request_id);
    }
    if (is_whole) {
        put_named_text(&error, "message", failure->text);
    }
    put_text(object->out, "}");
}

static void put_run(struct json_object *object, const struct kept_run *kept)
{
    struct json_object run = *object;
    char id[17];

    put_json_name(object, "run");
    put_text(object->out, "{");
    run.has_members = 0;
    run.has_object = 1;
    snprintf(id, sizeof(id), "%016" PRIx64, kept->id);
    put_named_text(&run, "id", id);
    put_json_task(&run, &kept->task);
    put_text(object->out, "}");
}

/* lastPollSuccess differs after each poll. It is left out when is_whole is 0, so that a status is
 * not published only because of it. */
void put_status_json(struct output *out, const struct mqtt_settings *settings,
                     const struct instance *instance, int is_whole)
{
    struct json_object object = { .out = out, .before_member = "", .colon = ":" };
    const struct event_source source = { instance->name, &instance->query };
    const struct kept_run *run = &instance->newest;
    const struct failure *failure = &instance->failures[instance->newest_failure];

    put_status_beginning(out, settings);
    put_json_source(&object, &source);
    put_json_name(&object, "up");
    put_text(out, instance->is_up ? "true" : "false");
    put_named_text(&object, "state", name_state(run));
    put_number_or_null(&object, "progress", run->task.progress,
                       run->is_known && run->task.progress != OSFT_UNKNOWN);
    put_number_or_null(&object, "lastRunSuccess", instance->last_success_ms,
                       instance->last_success_ms != 0);
    put_number_or_null(&object, "lastRunFailure", instance->last_failure_ms,
                       instance->last_failure_ms != 0);
    if (is_whole) {
        put_number_or_null(&object, "lastPollSuccess", instance->last_good_ms,
                           instance->last_good_ms != 0);
    }
    if (!instance->is_up && failure->error != OSFT_OK) {
        put_error(&object, failure, is_whole);
    }
    if (run->is_known) {
        put_run(&object, run);
    }
    put_text(out, "}");
}
