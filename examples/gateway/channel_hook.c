/* SPDX-License-Identifier: Apache-2.0 */
/* A command for each event, one at a time, beside everything else. It gets what a command of osft
 * watch --exec gets. Events wait in a queue of fixed size; the state of an instance is not saved
 * while one of its events waits, so that it has its command after a crash. */
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
#define BYTES_MAX   (1024 * 1024) /* of all events that wait */
#define COMMAND_MAX 1000
#define AGAIN_MS    5000 /* after a command that could not be started */

static const struct config_key keys[] = {
    { "command", VALUE_TEXT, "a command for /bin/sh", NULL, 1, COMMAND_MAX - 1, NULL, 1, 0 },
    { "timeout", VALUE_DURATION, "a time from 1s to 1h, such as 30s", "30s", 1000, 3600000, NULL, 0,
      0 },
    { NULL, VALUE_TEXT, NULL, NULL, 0, 0, NULL, 0, 0 }
};

static struct entry {
    char instance[NAME_SIZE];
    struct queued_event *event;
} queue[EVENTS_MAX]; /* a ring; the first one's command runs, if one does */
static size_t first, count, bytes;

static char command[COMMAND_MAX];
static uint32_t limit_ms;
static struct child child;
static int has_child;
static uint64_t failed_count, dropped_count;
static struct problem full, unstartable;
static int64_t not_before_ms; /* no command is started earlier */

static struct entry *get_first(void)
{
    return &queue[first];
}

static void drop_first(void)
{
    bytes -= get_first()->event->len;
    free(get_first()->event);
    get_first()->event = NULL;
    first = (first + 1) % EVENTS_MAX;
    count--;
    if (count == 0) {
        problem_clear(&full, "[hook] has caught up: events have commands again");
    }
}

/* ---- the command of the first event ---- */

static void report_end(void)
{
    const struct entry *entry = get_first();
    char how[128];

    describe_child_end(&child, how, sizeof(how));
    failed_count++;
    log_line("[hook] the command for the event %s of [%s], run %s, %s",
             find_event_variable(entry->event, "OSFT_EVENT"), entry->instance,
             find_event_variable(entry->event, "OSFT_RUN_ID"), how);
}

static void start_first(void)
{
    static char shell[] = "/bin/sh", option[] = "-c";
    static char *arguments[] = { shell, option, command, NULL };
    struct queued_event *event = get_first()->event;

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
    free(child.environment); /* the child has its own copy */
    child.environment = NULL;
}

/* Returns 1 when the first event is done with. */
static int step_first(void)
{
    if (step_child(&child)) {
        return 0;
    }
    has_child = 0;
    if (child.end == CHILD_STOPPED) {
        return 0; /* it stays in the queue */
    }
    if (child.end == CHILD_NOT_STARTED) { /* so does one without memory, descriptor or process */
        char how[128];

        describe_child_end(&child, how, sizeof(how));
        not_before_ms = get_monotonic_ms() + AGAIN_MS;
        problem_set(&unstartable, "[hook] a command %s; its event waits", how);
        return 0;
    }
    problem_clear(&unstartable, "[hook] commands can be started again");
    if (child.end != CHILD_EXITED || child.code != 0) {
        report_end();
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
    struct queued_event *queued = NULL;
    struct entry *entry;

    if (count < EVENTS_MAX) {
        queued = copy_event(event, &instance->query, 1, BYTES_MAX - bytes);
    }
    if (queued == NULL) {
        dropped_count++;
        problem_set(&full, "[hook] events have no command any more, as too many wait for theirs; "
                           "osft_hook_dropped_total counts them");
        return;
    }
    entry = &queue[(first + count) % EVENTS_MAX];
    (void)snprintf(entry->instance, sizeof(entry->instance), "%s", instance->name);
    entry->event = queued;
    count++;
    bytes += queued->len;
}

static size_t prepare(struct pollfd *descriptors, size_t room, int64_t *timeout_ms)
{
    (void)room;
    if (!has_child && count > 0) {
        int64_t left_ms = not_before_ms - get_monotonic_ms();

        left_ms = left_ms > 0 ? left_ms : 0;
        *timeout_ms = left_ms < *timeout_ms ? left_ms : *timeout_ms;
    }
    return has_child ? await_child(&child, descriptors, timeout_ms) : 0;
}

static void run(const struct pollfd *descriptors, size_t n)
{
    (void)descriptors;
    (void)n;
    if (has_child && step_first()) {
        drop_first();
    }
    if (!has_child && count > 0 && get_monotonic_ms() >= not_before_ms) {
        start_first();
    }
}

static int is_holding(const struct instance *instance)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (strcmp(queue[(first + i) % EVENTS_MAX].instance, instance->name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Events that have had no command stay for the next start(), or are told again after a restart. */
static void stop(void)
{
    stop_child(&child);
    while (has_child) {
        struct pollfd descriptors[CHILD_DESCRIPTORS];
        int64_t timeout_ms = CHANNEL_STOP_MS;
        size_t n = await_child(&child, descriptors, &timeout_ms);

        (void)poll(descriptors, (nfds_t)n, (int)timeout_ms);
        if (step_first()) {
            drop_first();
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
    start_sample(&e, "osft_hook_dropped_total", "counter", "Events that had no command.");
    end_sample(&e, value);
    start_metric(&e);
    (void)snprintf(value, sizeof(value), "%u", (unsigned)count);
    start_sample(&e, "osft_hook_waiting", "gauge", "Events that wait for their command.");
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
