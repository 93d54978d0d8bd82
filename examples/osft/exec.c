/* SPDX-License-Identifier: Apache-2.0 */
/* watch --exec: running a command for each event. Events come while a response is read, and
 * commands would delay the call. So events are queued, and after the poll the commands are run one
 * after the other, before the state is saved. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"

#define COMMANDS_MAX 100               /* events of one poll that are queued */
#define BYTES_MAX    (4 * 1024 * 1024) /* of all events that are queued */
#define VALUE_MAX    4096              /* bytes of one variable; the JSON may have longer texts */

extern char **environ;

/* A queued event: the texts VARIABLE=value for the environment of a command, each ended by a NUL,
 * then the JSON for its standard input. */
struct queued_event {
    struct queued_event *next;
    size_t variables_len, len; /* of the variables; of all bytes */
    char bytes[];
};

static struct queued_event *first_event, **last_link = &first_event;
static size_t queued_count, queued_bytes, refused_count;

static const char *const variable_names[] = {
    "OSFT_EVENT",           "OSFT_TIME",       "OSFT_ID",         "OSFT_APP",    "OSFT_FUNCTION",
    "OSFT_INSTANCE",        "OSFT_RUN_ID",     "OSFT_GENERATION", "OSFT_STATUS", "OSFT_PROGRESS",
    "OSFT_PROGRESS_BEFORE", "OSFT_START_TIME", "OSFT_END_TIME"
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
    VARIABLES
};

/* ---- queueing an event ---- */

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
                              const struct osft_query *query)
{
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
}

void queue_event(const struct event *event, const struct osft_query *query)
{
    static char buffer[OUTPUT_BYTES];
    static struct output out = { .fd = -1, .buffer = buffer };
    struct memory memory = { NULL, 0, 0 };
    struct queued_event *queued = NULL;
    size_t variables_len;

    out.memory = &memory;
    out.error = 0;
    put_all_variables(&out, event, query);
    flush_output(&out);
    variables_len = memory.len;
    print_jsonl_event(&out, event);
    flush_output(&out);
    if (out.error == 0 && queued_count < COMMANDS_MAX && memory.len <= BYTES_MAX - queued_bytes) {
        queued = malloc(sizeof(*queued) + memory.len);
    }
    if (queued != NULL) {
        queued->next = NULL;
        queued->variables_len = variables_len;
        queued->len = memory.len;
        memcpy(queued->bytes, memory.bytes, memory.len);
        *last_link = queued;
        last_link = &queued->next;
        queued_count++;
        queued_bytes += memory.len;
    } else {
        refused_count++;
    }
    free(memory.bytes);
}

/* ---- the command of an event ---- */

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

/* Make an environment of that of this process and the variables of the event. Returns NULL when
 * there is no memory. */
static char **make_environment(struct queued_event *queued)
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

static const char *find_value(const struct queued_event *queued, enum variable variable)
{
    const char *entry = queued->bytes, *end = queued->bytes + queued->variables_len;

    for (; entry < end; entry += strlen(entry) + 1) {
        if (is_variable(entry, variable_names[variable])) {
            return entry + strlen(variable_names[variable]) + 1;
        }
    }
    return "-";
}

static void report_failed_command(const struct queued_event *queued, const char *how)
{
    const char *run_id = find_value(queued, RUN_ID);

    put_text(&standard_error, "osft: the command for the event ");
    put_text(&standard_error, find_value(queued, EVENT));
    put_text(&standard_error, " of the run ");
    put_safe_text(&standard_error, run_id, strlen(run_id), 0);
    put_text(&standard_error, " ");
    put_text(&standard_error, how);
    put_text(&standard_error, "\n");
    flush_output(&standard_error);
}

/* Run the command of --exec for one event. Returns 0, or -1 when a signal has ended it. */
static int run_command(struct queued_event *queued, const struct plan *plan)
{
    static char shell[] = "/bin/sh", option[] = "-c";
    char *command = strdup(plan->exec), *arguments[] = { shell, option, command, NULL };
    struct child child = { .arguments = arguments,
                           .environment = make_environment(queued),
                           .input = { queued->bytes + queued->variables_len,
                                      queued->len - queued->variables_len },
                           .limit_ms = plan->exec_ms,
                           .end = CHILD_NOT_STARTED,
                           .code = ENOMEM };
    char how[128];

    if (command != NULL && child.environment != NULL) {
        run_child(&child);
    }
    if (child.end != CHILD_EXITED || child.code != 0) {
        describe_child_end(&child, how, sizeof(how));
        report_failed_command(queued, how);
    }
    free(command);
    free(child.environment);
    return child.end == CHILD_STOPPED ? -1 : 0;
}

size_t count_queued_events(void)
{
    return queued_count + refused_count;
}

int run_commands(const struct plan *plan)
{
    int result = 0;

    while (first_event != NULL) {
        struct queued_event *queued = first_event;

        if (result == 0) {
            result = get_signal() != 0 ? -1 : run_command(queued, plan);
        }
        first_event = queued->next;
        free(queued);
    }
    last_link = &first_event;
    if (refused_count > 0 && result == 0) {
        put_text(&standard_error, "osft: ");
        put_integer(&standard_error, (int64_t)refused_count);
        put_text(&standard_error, " more events of this poll had no command: of one poll at most ");
        put_integer(&standard_error, COMMANDS_MAX);
        put_text(&standard_error, " events, and ");
        put_integer(&standard_error, BYTES_MAX / (1024 * 1024));
        put_text(&standard_error, " MiB of them, are kept for commands\n");
        print_advice("look at them with osft list; a shorter --interval brings fewer at once");
    }
    queued_count = queued_bytes = refused_count = 0;
    return result;
}
