/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command for each event, one command at a time, without blocking the loop. A command gets
 * the same input as a command of osft watch --exec, and the names of the instance in addition.
 * Events wait in a queue of fixed size. While an event waits, the state of its instance is not
 * saved, so that after a crash the event is reported again and gets its command. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/child.h"
#include "../common/eventcommand.h"
#include "../common/exposition.h"
#include "channel.h"
#include "log.h"

#define EVENTS_MAX  200
#define BYTES_MAX   (1024 * 1024) /* the most bytes of all events in the queue */
#define COMMAND_MAX 1000
#define AGAIN_MS    5000 /* the pause after a command that could not be started */

static const struct config_key keys[] = {
    { "command", VALUE_TEXT, "a command for /bin/sh", NULL, 1, COMMAND_MAX - 1, NULL, 1, 0 },
    { "timeout", VALUE_DURATION, "a time from 1s to 1h, such as 30s", "30s", 1000, 3600000, NULL, 0,
      0 },
    { NULL, VALUE_TEXT, NULL, NULL, 0, 0, NULL, 0, 0 }
};

static struct entry {
    char instance[NAME_SIZE];
    struct queued_event *event;
} queue[EVENTS_MAX]; /* a ring buffer; a running command belongs to the first entry */
static size_t first_index, queued_count, queued_bytes;

static char command[COMMAND_MAX];
static uint32_t limit_ms;
static struct child child;
static int has_child;
static uint64_t failed_count, dropped_count;
static struct problem overflow_problem, start_problem;
static int64_t not_before_ms; /* when the next command may start, by get_monotonic_ms() */

static struct entry *get_first_entry(void)
{
    return &queue[first_index];
}

static void remove_first_event(void)
{
    queued_bytes -= get_first_entry()->event->len;
    free(get_first_entry()->event);
    get_first_entry()->event = NULL;
    first_index = (first_index + 1) % EVENTS_MAX;
    queued_count--;
    if (queued_count == 0) {
        problem_clear(&overflow_problem, "[hook] has caught up: events have commands again");
    }
}

/* ---- the command of the first event ---- */

static void report_failed_command(void)
{
    const struct entry *entry = get_first_entry();
    char how[128];

    describe_child_end(&child, how, sizeof(how));
    failed_count++;
    log_line("[hook] the command for the event %s of [%s], run %s, %s",
             find_event_variable(entry->event, "OSFT_EVENT"), entry->instance,
             find_event_variable(entry->event, "OSFT_RUN_ID"), how);
}

static void start_first_command(void)
{
    static char shell[] = "/bin/sh", option[] = "-c";
    static char *arguments[] = { shell, option, command, NULL };
    struct queued_event *event = get_first_entry()->event;

    memset(&child, 0, sizeof(child));
    child.arguments = arguments;
    child.environment = make_event_environment(event);
    child.input.ptr = event->bytes + event->variables_len;
    child.input.len = event->len - event->variables_len;
    child.limit_ms = limit_ms;
    has_child = 1;
    if (child.environment != NULL) {
        start_child(&child);
    } else {
        child.end = CHILD_NOT_STARTED;
        child.code = ENOMEM;
    }
    free(child.environment); /* the child has a copy of the environment */
    child.environment = NULL;
}

/* Go on with the command of the first event. Returns 1 when the event can be removed from the
 * queue, or else 0. */
static int step_first_command(void)
{
    if (step_child(&child)) {
        return 0;
    }
    has_child = 0;
    if (child.end == CHILD_STOPPED) {
        return 0; /* the event stays in the queue */
    }
    if (child.end == CHILD_NOT_STARTED) { /* such as for lack of memory; the event stays, too */
        char how[128];

        describe_child_end(&child, how, sizeof(how));
        not_before_ms = get_monotonic_ms() + AGAIN_MS;
        problem_set(&start_problem, "[hook] a command %s; its event waits", how);
        return 0;
    }
    problem_clear(&start_problem, "[hook] commands can be started again");
    if (child.end != CHILD_EXITED || child.code != 0) {
        report_failed_command();
    }
    return 1;
}

/* ---- the channel ---- */

static int start(const struct reporter *reporter)
{
    (void)snprintf(command, sizeof(command), "%s",
                   config_text(reporter->config, "hook", "command"));
    limit_ms = (uint32_t)config_integer(reporter->config, "hook", "timeout");
    return 0;
}

static void on_event(const struct instance *instance, const struct event *event)
{
    const struct event_source source = { instance->name, &instance->query };
    struct queued_event *queued = NULL;
    struct entry *entry;

    if (queued_count < EVENTS_MAX) {
        queued = copy_event(event, &source, 1, BYTES_MAX - queued_bytes);
    }
    if (queued == NULL) {
        dropped_count++;
        problem_set(&overflow_problem,
                    "[hook] events have no command any more, as too many wait for theirs; "
                    "osft_hook_events_dropped_total counts them");
        return;
    }
    entry = &queue[(first_index + queued_count) % EVENTS_MAX];
    (void)snprintf(entry->instance, sizeof(entry->instance), "%s", instance->name);
    entry->event = queued;
    queued_count++;
    queued_bytes += queued->len;
}

static size_t prepare(struct pollfd *descriptors, size_t room, int64_t *timeout_ms)
{
    (void)room;
    if (!has_child && queued_count > 0) {
        lower_timeout(timeout_ms, not_before_ms - get_monotonic_ms());
    }
    return has_child ? await_child(&child, descriptors, timeout_ms) : 0;
}

static void run(const struct pollfd *descriptors, size_t n)
{
    (void)descriptors;
    (void)n;
    if (has_child && step_first_command()) {
        remove_first_event();
    }
    if (!has_child && queued_count > 0 && get_monotonic_ms() >= not_before_ms) {
        start_first_command();
    }
}

static int is_holding(const struct instance *instance)
{
    size_t i;

    for (i = 0; i < queued_count; i++) {
        if (strcmp(queue[(first_index + i) % EVENTS_MAX].instance, instance->name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Stop the running command. Events whose command has not finished stay in the queue for the next
 * start(), or are reported again after a restart. */
static void stop(void)
{
    stop_child(&child);
    while (has_child) {
        struct pollfd descriptors[CHILD_DESCRIPTORS];
        int64_t timeout_ms = CHANNEL_STOP_MS;
        size_t n = await_child(&child, descriptors, &timeout_ms);

        (void)poll(descriptors, (nfds_t)n, (int)timeout_ms);
        if (step_first_command()) {
            remove_first_event();
        }
    }
}

static void put_metrics(struct output *out)
{
    struct exposition e = { .out = out };
    char value[24];

    (void)snprintf(value, sizeof(value), "%" PRIu64, failed_count);
    start_sample(&e, "osft_hook_failures_total", "counter", "Commands that failed.");
    end_sample(&e, value);
    start_metric(&e);
    (void)snprintf(value, sizeof(value), "%" PRIu64, dropped_count);
    start_sample(&e, "osft_hook_events_dropped_total", "counter", "Events that had no command.");
    end_sample(&e, value);
    start_metric(&e);
    (void)snprintf(value, sizeof(value), "%u", (unsigned)queued_count);
    start_sample(&e, "osft_hook_events_waiting", "gauge", "Events that wait for their command.");
    end_sample(&e, value);
}

const struct channel hook_channel = { .name = "hook",
                                      .keys = keys,
                                      .start = start,
                                      .on_event = on_event,
                                      .prepare = prepare,
                                      .run = run,
                                      .is_holding = is_holding,
                                      .stop = stop,
                                      .put_metrics = put_metrics,
                                      .needs_no_instances = 1 };
