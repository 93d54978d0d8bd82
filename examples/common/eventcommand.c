/* SPDX-License-Identifier: Apache-2.0 */
/* The input of a command for an event: variables and a line of JSON. */
#include "eventcommand.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "credentials.h"
#include "timetext.h"

#define VALUE_MAX 4096 /* bytes of one variable; the JSON may have longer texts */

extern char **environ;

static const char *const variable_names[] = {
    "OSFT_EVENT",           "OSFT_TIME",       "OSFT_ID",         "OSFT_APP",    "OSFT_FUNCTION",
    "OSFT_INSTANCE",        "OSFT_RUN_ID",     "OSFT_GENERATION", "OSFT_STATUS", "OSFT_PROGRESS",
    "OSFT_PROGRESS_BEFORE", "OSFT_START_TIME", "OSFT_END_TIME",   "OSFT_WATCH"
};
enum variable {
    EVENT,
    TIME,
    ID,
    APP,
    FUNCTION,
    INSTANCE,
    RUN_ID,
    GENERATION,
    STATUS,
    PROGRESS,
    PROGRESS_BEFORE,
    START_TIME,
    END_TIME,
    WATCH,
    VARIABLES
};

/* Put a variable. A text with a NUL, or a text that is too long, is left out, as a variable cannot
 * hold it unchanged. */
static void put_variable(struct output *out, enum variable variable, const char *text, size_t len)
{
    if (text != NULL && len <= VALUE_MAX && memchr(text, 0, len) == NULL) {
        put_text(out, variable_names[variable]);
        put_text(out, "=");
        put_bytes(out, text, len);
        put_bytes(out, "", 1);
    }
}

static void put_span_variable(struct output *out, enum variable variable,
                              const struct osft_span *text)
{
    put_variable(out, variable, text->ptr, text->len);
}

static void put_number_variable(struct output *out, enum variable variable, int64_t value)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%" PRId64, value);

    put_variable(out, variable, value != OSFT_UNKNOWN ? text : NULL, (size_t)len);
}

/* Put a time; 0 and OSFT_UNKNOWN mean that there is none. */
static void put_time_variable(struct output *out, enum variable variable, int64_t ms)
{
    char text[TIME_SIZE];

    if (ms > 0) {
        format_time(ms, text);
        put_variable(out, variable, text, strlen(text));
    }
}

static void put_all_variables(struct output *out, const struct event *event,
                              const struct event_source *source)
{
    const struct osft_query *query = source->query;
    char id[17];

    snprintf(id, sizeof(id), "%016" PRIx64, event->id);
    put_variable(out, EVENT, event->name, strlen(event->name));
    put_time_variable(out, TIME, event->time_ms);
    put_variable(out, ID, id, 16);
    put_span_variable(out, APP, &query->app_group);
    put_span_variable(out, FUNCTION, &query->function);
    put_span_variable(out, INSTANCE, &query->instance);
    put_span_variable(out, RUN_ID, &event->task.run_id);
    put_span_variable(out, GENERATION, &event->task.generation);
    put_span_variable(out, STATUS, &event->task.status);
    put_number_variable(out, PROGRESS, event->task.progress);
    put_number_variable(out, PROGRESS_BEFORE, event->progress_before);
    put_time_variable(out, START_TIME, event->task.start_ms);
    put_time_variable(out, END_TIME, event->task.end_ms);
    put_variable(out, WATCH, source->watch, source->watch != NULL ? strlen(source->watch) : 0);
}

struct queued_event *copy_event(const struct event *event, const struct event_source *source,
                                int has_object, size_t max)
{
    static char buffer[OUTPUT_BYTES];
    static struct output out = { .fd = -1, .buffer = buffer };
    struct memory memory = { NULL, 0, 0 };
    struct queued_event *queued = NULL;
    size_t variables_len;

    out.memory = &memory;
    out.error = 0;
    put_all_variables(&out, event, source);
    flush_output(&out);
    variables_len = memory.len;
    put_event_json(&out, event, source->watch != NULL ? source : NULL, has_object);
    flush_output(&out);
    if (out.error == 0 && memory.len <= max) {
        queued = malloc(sizeof(*queued) + memory.len);
    }
    if (queued != NULL) {
        queued->next = NULL;
        queued->variables_len = variables_len;
        queued->len = memory.len;
        memcpy(queued->bytes, memory.bytes, memory.len);
    }
    free(memory.bytes);
    return queued;
}

static int is_variable(const char *entry, const char *name)
{
    size_t len = strlen(name);
    return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

static int is_inherited(const char *entry)
{
    size_t i;

    for (i = 0; i < VARIABLES; i++) {
        if (is_variable(entry, variable_names[i])) {
            return 0;
        }
    }
    /* A command inherits no credentials, as it needs no AccessKey. */
    for (i = 0; i < CREDENTIAL_VARIABLES; i++) {
        if (is_variable(entry, credential_variables[i])) {
            return 0;
        }
    }
    return 1;
}

char **make_event_environment(struct queued_event *queued)
{
    char *variable = queued->bytes, *end = queued->bytes + queued->variables_len;
    size_t count = 0, n = 0, i;
    char **environment;

    while (environ[count] != NULL) {
        count++;
    }
    environment = calloc(count + VARIABLES + 1, sizeof(*environment));
    for (i = 0; environment != NULL && i < count; i++) {
        if (is_inherited(environ[i])) {
            environment[n++] = environ[i];
        }
    }
    for (; environment != NULL && variable < end; variable += strlen(variable) + 1) {
        environment[n++] = variable;
    }
    return environment;
}

const char *find_event_variable(const struct queued_event *queued, const char *name)
{
    const char *entry = queued->bytes, *end = queued->bytes + queued->variables_len;

    for (; entry < end; entry += strlen(entry) + 1) {
        if (is_variable(entry, name)) {
            return entry + strlen(name) + 1;
        }
    }
    return "-";
}
