/* SPDX-License-Identifier: Apache-2.0 */
#include "instance.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/omission.h"
#include "../common/redact.h"
#include "channel_set.h"
#include "config_load.h"
#include "pages.h"
#include "state.h"

/* The shortest pause between two polls, also when a poll took longer than the interval. */
#ifndef PAUSE_MIN_MS
#define PAUSE_MIN_MS 500
#endif

/* ---- callbacks of the watch ---- */

static int64_t get_service_time_ms(const struct instance *instance)
{
    return get_utc_ms() + instance->clock_offset_s * 1000;
}

/* Describe a run that is no longer listed, with what the watch's table holds of it. */
static void describe_run(struct event *event, const struct osft_run *run)
{
    event->id = run->id;
    event->task.start_ms = run->start_ms;
    event->task.end_ms = OSFT_UNKNOWN;
    event->task.progress = run->progress;
}

static int on_event(void *ctx, enum osft_watch_event kind, const struct osft_task *task,
                    const struct osft_run *run)
{
    struct instance *instance = ctx;
    struct event event;

    memset(&event, 0, sizeof(event));
    event.name = osft_watch_event_name(kind);
    event.time_ms = get_service_time_ms(instance);
    event.progress_before = OSFT_UNKNOWN;
    if (kind == OSFT_WATCH_PROGRESSED || kind == OSFT_WATCH_SUCCEEDED ||
        kind == OSFT_WATCH_FAILED) {
        event.progress_before = run->progress;
    }
    if (task != NULL) {
        event.id = osft_task_id(task);
        event.task = *task;
        hide_used_credentials(&event.task, &instance->connection->source.credentials);
        note_end(instance, &event.task);
    } else {
        describe_run(&event, run);
    }
    instance->counters.events[kind < EVENT_KINDS ? kind : 0]++;
    instance->has_unsaved_state = 1;
    instance->watch->needs_list = 1;
    tell_event(instance, &event);
    return 0;
}

static void on_omission(void *ctx, const struct osft_omission *omission)
{
    struct instance *instance = ctx;
    struct instance_watch *w = instance->watch;

    instance->counters.omissions++;
    w->has_large_task |= omission->reason == OSFT_E_SPACE;
    if (!w->has_omission) {
        w->has_omission = 1;
        w->omission = *omission;
    }
}

/* ---- the end of a poll ---- */

/* Whether a call of the poll gave everything, or everything except tasks that were left out. */
static int is_complete(const struct instance *instance, int error)
{
    const struct instance_watch *w = instance->watch;
    const struct osft_reply *reply = &instance->connection->client.reply;

    return error == OSFT_OK ||
           (w->phase == PHASE_WATCH ? is_only_omission_of_poll(error, reply, w->has_large_task)
                                    : is_only_omission(error, reply));
}

static void copy_service_text(char *to, size_t size, const struct osft_span *text,
                              const struct osft_credentials *used)
{
    static char buffer[OUTPUT_BYTES];
    static struct output out = { .fd = -1, .buffer = buffer };

    out.used = 0; /* the text is never flushed, as the buffer is longer than a shown text */
    if (text->ptr != NULL) {
        put_shown_text(&out, SINK_TEXT, text, used);
    }
    size = out.used < size ? out.used : cut_utf8(buffer, size - 1);
    memcpy(to, buffer, size);
    to[size] = 0;
}

static void keep_failure(struct instance *instance, int error)
{
    const struct connection *connection = instance->connection;
    const struct osft_reply *reply = &connection->client.reply;
    struct failure *failure;

    instance->newest_failure = (instance->newest_failure + 1) % FAILURES_KEPT;
    failure = &instance->failures[instance->newest_failure];
    memset(failure, 0, sizeof(*failure));
    failure->time_ms = get_utc_ms();
    failure->error = error;
    if (connection->is_ready) {
        failure->http_status = reply->http_status;
        failure->cause = osft_cause_of(reply);
        copy_service_text(failure->code, sizeof(failure->code), &reply->code,
                          &connection->source.credentials);
        copy_service_text(failure->request_id, sizeof(failure->request_id), &reply->request_id,
                          &connection->source.credentials);
    }
    (void)snprintf(failure->text, sizeof(failure->text), "%s",
                   describe_result(instance->connection, error));
}

/* Report the newest failure, unless it was reported already. The request id is not compared, as it
 * differs each time. */
static void report_failure(struct instance *instance)
{
    struct instance_watch *w = instance->watch;
    const struct failure *failure = &instance->failures[instance->newest_failure];

    if (problem_is_set(&w->problem) && w->reported_error == failure->error &&
        w->reported_status == failure->http_status &&
        strcmp(w->reported_code, failure->code) == 0) {
        return;
    }
    w->reported_error = failure->error;
    w->reported_status = failure->http_status;
    memcpy(w->reported_code, failure->code, sizeof(w->reported_code));
    problem_set(&w->problem, "[%s] %s", instance->name, failure->text);
}

static void report_omission(struct instance *instance)
{
    struct instance_watch *w = instance->watch;
    const struct osft_omission *omission = &w->omission;

    if (!w->has_omission) {
        problem_clear(&w->omission_problem, "all tasks can be read again");
        return;
    }
    problem_set(&w->omission_problem,
                "[%s] a task that started at %lld ms was left out: %s; see its member %s",
                instance->name, (long long)omission->task.start_ms,
                omission->reason == OSFT_E_SPACE ? "it is too large" : "it cannot be used",
                omission->member != NULL ? omission->member : "-");
}

static void plan_next_poll(struct instance *instance)
{
    struct instance_watch *w = instance->watch;
    int64_t now_ms = get_monotonic_ms(), next_ms = w->due_ms + instance->interval_ms;

    if (!w->was_staggered) { /* this poll was not at the instance's slot in the interval */
        w->was_staggered = 1;
        next_ms = w->due_ms - w->due_ms % instance->interval_ms + w->slot_ms;
        while (next_ms < w->due_ms + instance->interval_ms / 2) {
            next_ms += instance->interval_ms;
        }
    }
    w->due_ms = next_ms;
    if (next_ms < now_ms + PAUSE_MIN_MS) { /* the poll took too long, and the next one is late */
        w->due_ms = now_ms + PAUSE_MIN_MS;
        w->was_staggered = 0;
    }
}

static void note_requested_wait(struct connection *connection)
{
    uint32_t wait_ms = connection->is_ready ? connection->client.reply.retry_wait_ms : 0;

    if (wait_ms > 0) {
        connection->not_before_ms = get_monotonic_ms() + wait_ms;
    }
}

static void end_poll(struct instance *instance, int error)
{
    struct instance_watch *w = instance->watch;
    struct connection *connection = instance->connection;
    int is_up = connection->is_ready && is_complete(instance, error);
    struct poll_result result = { error, w->has_changed || is_up != instance->is_up ||
                                             !instance->has_polled };

    note_requested_wait(connection);
    w->phase = PHASE_IDLE;
    connection->polled_instance = NULL;
    instance->counters.polls++;
    instance->has_polled = 1;
    instance->is_up = is_up != 0;
    instance->last_poll_ms = get_utc_ms();
    if (connection->is_ready) {
        instance->clock_offset_s = connection->client.clock_offset_s;
    }
    if (error != OSFT_OK) {
        instance->counters.errors[find_error_kind(error)]++;
    }
    if (is_up) {
        instance->last_good_ms = instance->last_poll_ms;
        report_omission(instance);
        if (problem_is_set(&w->problem)) {
            char over[NAME_SIZE + 40];

            (void)snprintf(over, sizeof(over), "[%s] the service responds again", instance->name);
            problem_clear(&w->problem, over);
        }
    } else {
        keep_failure(instance, error);
        report_failure(instance);
    }
    w->must_save = 1;
    plan_next_poll(instance);
    tell_poll(instance, &result);
    forget_response(connection);
}

/* ---- a poll ---- */

void start_poll(struct instance *instance)
{
    struct instance_watch *w = instance->watch;
    struct connection *connection = instance->connection;
    int error = ready_connection(connection);

    connection->polled_instance = instance;
    w->phase = PHASE_WATCH;
    w->has_omission = w->has_large_task = 0;
    w->has_changed = 0;
    if (error == OSFT_OK) {
        error = osft_watch_start(&w->watch, 0, w->timeout_ms);
    }
    if (error != OSFT_OK) {
        end_poll(instance, error);
    }
}

/* Whether the newest runs must be listed. The metrics of a run that has not ended can change
 * without an event. */
static int must_list_runs(const struct instance *instance)
{
    const struct kept_run *newest = &instance->newest;
    enum osft_state state = osft_task_state(&newest->task);

    return instance->watch->needs_list || (newest->is_known && state != OSFT_SUCCESS &&
                                           state != OSFT_FAILED && newest->task.end_ms <= 0);
}

/* Start the list of the newest runs, which follows the watch's own call. The result of the list is
 * then the result of the poll. */
static int start_run_list(struct instance *instance)
{
    struct connection *connection = instance->connection;

    instance->watch->phase = PHASE_LIST;
    return start_listing(connection->listing, &connection->client, &instance->query,
                         &connection->source.credentials, instance->watch->timeout_ms);
}

void step_poll(struct instance *instance)
{
    struct instance_watch *w = instance->watch;
    struct connection *connection = instance->connection;
    int error = osft_step(&connection->client);
    int is_read = is_complete(instance, error);

    if (error == OSFT_PENDING) {
        return;
    }
    if (w->phase == PHASE_WATCH && is_read && must_list_runs(instance)) {
        error = start_run_list(instance);
        if (error == OSFT_OK) {
            return;
        }
        is_read = 0;
    }
    if (w->phase == PHASE_LIST && is_read) {
        take_listing(instance, connection->listing);
        w->needs_list = 0;
        w->has_changed = 1;
    }
    end_poll(instance, error);
}

void stop_poll(struct instance *instance)
{
    if (instance->watch->phase != PHASE_IDLE) {
        osft_close(&instance->connection->client);
        instance->connection->polled_instance = NULL;
        instance->watch->phase = PHASE_IDLE;
        instance->watch->must_save = 1;
    }
}

/* ---- making and freeing an instance ---- */

static void set_texts(struct instance *instance, const struct config *config, const char *section)
{
    struct instance_watch *w = instance->watch;

    (void)snprintf(instance->name, sizeof(instance->name), "%s", section + strlen(INSTANCE_PREFIX));
    (void)snprintf(w->app, sizeof(w->app), "%s", config_text(config, section, "app"));
    (void)snprintf(w->function, sizeof(w->function), "%s",
                   config_text(config, section, "function"));
    (void)snprintf(w->instance_name, sizeof(w->instance_name), "%s",
                   config_text(config, section, "instance"));
    instance->query.app_group = osft_span_from(w->app);
    instance->query.function = osft_span_from(w->function);
    instance->query.instance = osft_span_from(w->instance_name);
}

static void start_watch(struct instance *instance)
{
    struct instance_watch *w = instance->watch;

    osft_watch_init(&w->watch, &instance->connection->client, &instance->query, w->runs,
                    w->runs_max, on_event, instance);
    w->watch.on_omission = on_omission;
}

void free_instance(struct instance *instance)
{
    if (instance != NULL && instance->watch != NULL) {
        free(instance->watch->runs);
        free(instance->watch->saved);
        free(instance->watch);
    }
    unmap_zeroed(instance, sizeof(*instance));
}

/* Allocate an instance. Returns NULL when there is no memory. */
static struct instance *allocate_instance(uint32_t runs_max)
{
    struct instance *instance = map_zeroed(sizeof(*instance));
    struct instance_watch *w = calloc(1, sizeof(*w));

    if (instance == NULL || w == NULL) {
        unmap_zeroed(instance, sizeof(*instance));
        free(w);
        return NULL;
    }
    instance->watch = w;
    w->runs_max = runs_max;
    w->runs = calloc(runs_max, sizeof(*w->runs));
    w->saved = malloc(OSFT_WATCH_BYTES(runs_max) + 1);
    if (w->runs == NULL || w->saved == NULL) {
        free_instance(instance);
        return NULL;
    }
    return instance;
}

struct instance *make_instance(const struct config *config, const char *section,
                               struct connection *connection)
{
    struct instance *instance =
        allocate_instance((uint32_t)config_integer(config, section, "runs"));

    if (instance == NULL) {
        log_line("[%s] there is no memory for this instance", section);
        return NULL;
    }
    instance->watch->needs_list = 1;
    set_texts(instance, config, section);
    instance->connection = connection;
    update_instance(instance, config, section, connection);
    start_watch(instance);
    load_state(instance);
    return instance;
}

int matches_section(const struct instance *instance, const struct config *config,
                    const char *section)
{
    return strcmp(instance->name, section + strlen(INSTANCE_PREFIX)) == 0 &&
           strcmp(instance->watch->app, config_text(config, section, "app")) == 0 &&
           strcmp(instance->watch->function, config_text(config, section, "function")) == 0 &&
           strcmp(instance->watch->instance_name, config_text(config, section, "instance")) == 0;
}

/* Give the instance a new watch, with the same table, for another connection. A new watch is
 * needed, as a watch cannot change its client. */
static void move_watch(struct instance *instance, struct connection *connection)
{
    struct instance_watch *w = instance->watch;
    size_t room = OSFT_WATCH_BYTES(w->runs_max), len;
    char *bytes = malloc(room);

    if (bytes == NULL) {
        log_line("[%s] there is no memory to move the watch: what has ended by now is not reported",
                 instance->name);
    }
    len = bytes != NULL ? osft_watch_save(&w->watch, bytes, room) : 0;
    instance->connection = connection;
    start_watch(instance);
    if (len > 0) {
        (void)osft_watch_load(&w->watch, bytes, len);
    }
    free(bytes);
}

/* Give the watch a table of another size, with the same runs. A table that would be too small for
 * the runs is not replaced, which is reported once. */
static void resize_table(struct instance *instance, uint32_t runs_max)
{
    struct instance_watch *w = instance->watch;
    struct osft_run *runs;
    char *saved;
    size_t len;

    if (w->watch.count > runs_max) {
        problem_set(&w->runs_problem,
                    "[%s] %lu runs are followed, more than the new value of runs, %lu: the old "
                    "value, %lu, stays in force until a restart, which begins the watch anew",
                    instance->name, (unsigned long)w->watch.count, (unsigned long)runs_max,
                    (unsigned long)w->runs_max);
        return;
    }
    memset(&w->runs_problem, 0, sizeof(w->runs_problem));
    if (runs_max == w->runs_max) {
        return;
    }
    runs = calloc(runs_max, sizeof(*runs));
    saved = malloc(OSFT_WATCH_BYTES(runs_max) + 1);
    if (runs == NULL || saved == NULL) {
        free(runs);
        free(saved);
        log_line("[%s] there is no memory to follow more runs: the old value of runs stays in "
                 "force",
                 instance->name);
        return;
    }
    stop_poll(instance);
    len = osft_watch_save(&w->watch, saved, OSFT_WATCH_BYTES(runs_max));
    free(w->runs);
    free(w->saved);
    w->runs = runs;
    w->runs_max = runs_max;
    w->saved = saved;
    w->saved_len = 0; /* the next state is written even if it is the same */
    start_watch(instance);
    (void)osft_watch_load(&w->watch, saved, len);
}

void update_instance(struct instance *instance, const struct config *config, const char *section,
                     struct connection *connection)
{
    struct instance_watch *w = instance->watch;
    const char *folder = config_text(config, "reporter", "state");

    if (instance->connection != connection) {
        move_watch(instance, connection);
    }
    resize_table(instance, (uint32_t)config_integer(config, section, "runs"));
    instance->interval_ms = (uint32_t)config_integer(config, section, "interval");
    w->timeout_ms = (uint32_t)config_integer(config, section, "timeout");
    if (folder != NULL && (w->folder == NULL || strcmp(w->folder, folder) != 0)) {
        w->saved_len = 0; /* the state is not in the new folder yet */
    }
    w->folder = folder;
    (void)snprintf(w->endpoint, sizeof(w->endpoint),
                   connection->endpoint.tcp_port != 0 ? "%s:%u" : "%s", connection->endpoint.host,
                   (unsigned)connection->endpoint.tcp_port);
    instance->endpoint = w->endpoint;
}
