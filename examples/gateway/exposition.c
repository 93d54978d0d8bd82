/* SPDX-License-Identifier: Apache-2.0 */
/* Puts all data of the reporter in Prometheus' format. An instance that cannot be reached is
 * included; its runs are those of the last successful poll. */
#include "../common/exposition.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "../common/measured.h"
#include "channel_set.h"

struct writer {
    struct exposition exposition;
    const struct reporter *reporter;
};

/* Put the labels of an instance. None of them is named "instance", as Prometheus adds a label of
 * that name and would rename ours. */
static void put_instance_labels(struct writer *w, const struct instance *instance)
{
    struct exposition *e = &w->exposition;
    const struct osft_query *q = &instance->query;

    put_label(e, "watch", instance->name, strlen(instance->name));
    put_label(e, "app", q->app_group.ptr, q->app_group.len);
    put_label(e, "function", q->function.ptr, q->function.len);
    put_label(e, "function_instance", q->instance.ptr, q->instance.len);
}

static void end_integer_sample(struct writer *w, uint64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRIu64, value);
    end_sample(&w->exposition, text);
}

/* ---- one number for each instance ---- */

/* Writes the value of a metric. Returns 1, or 0 when the instance has no value. */
typedef int get_value(const struct instance *instance, char value[DECIMAL_SIZE]);

static int format_ms(int64_t ms, char value[DECIMAL_SIZE])
{
    format_decimal(ms, 3, value);
    return ms > 0;
}

static int get_up(const struct instance *instance, char value[DECIMAL_SIZE])
{
    format_decimal(instance->is_up, 0, value);
    return instance->has_polled;
}

static int get_last_good(const struct instance *instance, char value[DECIMAL_SIZE])
{
    return format_ms(instance->last_good_ms, value);
}

static int get_last_poll(const struct instance *instance, char value[DECIMAL_SIZE])
{
    return format_ms(instance->last_poll_ms, value);
}

static int get_unsaved(const struct instance *instance, char value[DECIMAL_SIZE])
{
    format_decimal(instance->has_unsaved_state, 0, value);
    return 1;
}

static int get_last_success(const struct instance *instance, char value[DECIMAL_SIZE])
{
    return format_ms(instance->last_success_ms, value);
}

static int get_last_failure(const struct instance *instance, char value[DECIMAL_SIZE])
{
    return format_ms(instance->last_failure_ms, value);
}

static int get_progress(const struct instance *instance, char value[DECIMAL_SIZE])
{
    format_decimal(instance->newest.task.progress, 2, value);
    return instance->newest.is_known && instance->newest.task.progress != OSFT_UNKNOWN;
}

static int get_start(const struct instance *instance, char value[DECIMAL_SIZE])
{
    return instance->newest.is_known && format_ms(instance->newest.task.start_ms, value);
}

static int get_end(const struct instance *instance, char value[DECIMAL_SIZE])
{
    return instance->newest.is_known && format_ms(instance->newest.task.end_ms, value);
}

static int get_duration(const struct instance *instance, char value[DECIMAL_SIZE])
{
    const struct osft_task *task = &instance->newest.task;
    int64_t end_ms =
        task->end_ms > 0 ? task->end_ms : get_utc_ms() + instance->clock_offset_s * 1000;

    if (!instance->newest.is_known || task->start_ms < 0 || end_ms < task->start_ms) {
        return 0;
    }
    format_decimal(end_ms - task->start_ms, 3, value);
    return 1;
}

static const struct {
    const char *name, *help;
    get_value *get;
} gauges[] = {
    { "osft_up", "1 when the last poll gave a whole response, 0 when it failed.", get_up },
    { "osft_last_success_timestamp_seconds", "When the last poll that went well ended.",
      get_last_good },
    { "osft_last_poll_timestamp_seconds", "When the last poll ended.", get_last_poll },
    { "osft_state_unsaved", "1 while events could be reported again after a crash.", get_unsaved },
    { "osft_last_task_success_timestamp_seconds", "When the last run that succeeded ended.",
      get_last_success },
    { "osft_last_task_failure_timestamp_seconds", "When the last run that failed ended.",
      get_last_failure },
    { "osft_newest_task_progress_ratio", "How much of the newest run is done, 0 to 1.",
      get_progress },
    { "osft_newest_task_start_timestamp_seconds", "When the newest run started.", get_start },
    { "osft_newest_task_end_timestamp_seconds", "When the newest run ended.", get_end },
    { "osft_newest_task_duration_seconds", "How long the newest run took, or has taken so far.",
      get_duration },
};

static void put_gauges(struct writer *w)
{
    size_t g, i;

    for (g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++) {
        start_metric(&w->exposition);
        for (i = 0; i < w->reporter->count; i++) {
            const struct instance *instance = w->reporter->instances[i];
            char value[DECIMAL_SIZE];

            if (gauges[g].get(instance, value)) {
                start_sample(&w->exposition, gauges[g].name, "gauge", gauges[g].help);
                put_instance_labels(w, instance);
                end_sample(&w->exposition, value);
            }
        }
    }
}

/* ---- counters ---- */

static void put_counter(struct writer *w, const char *name, const char *help, size_t offset)
{
    size_t i;

    start_metric(&w->exposition);
    for (i = 0; i < w->reporter->count; i++) {
        const struct instance *instance = w->reporter->instances[i];
        uint64_t value;

        memcpy(&value, (const char *)&instance->counters + offset, sizeof(value));
        start_sample(&w->exposition, name, "counter", help);
        put_instance_labels(w, instance);
        end_integer_sample(w, value);
    }
}

/* Put a counter for each kind of error, also while it is 0: Prometheus sees the first error as a
 * rise only if the series existed before. */
static void put_errors(struct writer *w)
{
    size_t i, kind;

    start_metric(&w->exposition);
    for (i = 0; i < w->reporter->count; i++) {
        const struct instance *instance = w->reporter->instances[i];

        for (kind = 0; get_error_kind_name(kind) != NULL; kind++) {
            const char *name = get_error_kind_name(kind);

            start_sample(&w->exposition, "osft_poll_errors_total", "counter",
                         "Polls that ended with an error, by its kind.");
            put_instance_labels(w, instance);
            put_label(&w->exposition, "kind", name, strlen(name));
            end_integer_sample(w, instance->counters.errors[kind]);
        }
    }
}

static void put_events(struct writer *w)
{
    size_t i, kind;

    start_metric(&w->exposition);
    for (i = 0; i < w->reporter->count; i++) {
        for (kind = 1; kind < EVENT_KINDS; kind++) {
            const char *name = osft_watch_event_name((enum osft_watch_event)kind);

            start_sample(&w->exposition, "osft_events_total", "counter",
                         "Events that were reported, by their kind.");
            put_instance_labels(w, w->reporter->instances[i]);
            put_label(&w->exposition, "event", name, strlen(name));
            end_integer_sample(w, w->reporter->instances[i]->counters.events[kind]);
        }
    }
}

static void put_counters(struct writer *w)
{
    put_counter(w, "osft_polls_total", "Polls that ended.", offsetof(struct counters, polls));
    put_counter(w, "osft_requests_total", "HTTP requests, repeated ones included.",
                offsetof(struct counters, requests));
    put_counter(w, "osft_omitted_tasks_total",
                "Tasks that were left out of polls as bad or too large.",
                offsetof(struct counters, omissions));
    put_errors(w);
    put_events(w);
}

/* ---- the newest run ---- */

static void put_statuses(struct writer *w)
{
    struct osft_span status;
    const char *value;
    size_t i, k;

    start_metric(&w->exposition);
    for (i = 0; i < w->reporter->count; i++) {
        const struct kept_run *newest = &w->reporter->instances[i]->newest;

        for (k = 0; newest->is_known &&
                    (value = get_status_of_set(&newest->task.status, osft_task_state(&newest->task),
                                               k, &status)) != NULL;
             k++) {
            start_sample(&w->exposition, "osft_newest_task_status", "gauge",
                         "1 for the status that the newest run has, 0 for the others.");
            put_instance_labels(w, w->reporter->instances[i]);
            put_label(&w->exposition, "status", status.ptr, status.len);
            end_sample(&w->exposition, value);
        }
    }
}

/* Put a series with the identity of the newest run. The series of values do not have this identity,
 * so that they go on with the next run. */
static void put_run_infos(struct writer *w)
{
    size_t i;

    start_metric(&w->exposition);
    for (i = 0; i < w->reporter->count; i++) {
        const struct kept_run *newest = &w->reporter->instances[i]->newest;

        if (newest->is_known) {
            start_sample(&w->exposition, "osft_newest_task_info", "gauge",
                         "Always 1: the newest run's generation and id.");
            put_instance_labels(w, w->reporter->instances[i]);
            put_label(&w->exposition, "generation", newest->task.generation.ptr,
                      newest->task.generation.len);
            put_label(&w->exposition, "run_id", newest->task.run_id.ptr, newest->task.run_id.len);
            end_sample(&w->exposition, "1");
        }
    }
}

static const struct measurements *measure_newest(const struct instance *instance)
{
    static struct measurements measurements;
    static char copy[RUN_TEXT_BYTES];

    read_measurements(&measurements, &instance->newest.task.extend_info, copy);
    return &measurements;
}

static void put_measurements(struct writer *w)
{
    size_t i, k;

    start_metric(&w->exposition);
    for (i = 0; i < w->reporter->count; i++) {
        const struct measurements *measurements = measure_newest(w->reporter->instances[i]);

        for (k = 0; k < measurements->count && w->reporter->instances[i]->newest.is_known; k++) {
            const struct metric *metric = &measurements->metric[k];

            start_sample(&w->exposition, "osft_newest_task_metric", "gauge",
                         "What the newest run measured, by its name in extendInfo.");
            put_instance_labels(w, w->reporter->instances[i]);
            put_label(&w->exposition, "name", metric->name, metric->len);
            end_sample(&w->exposition, metric->value);
        }
    }
}

static void put_error_counts(struct writer *w)
{
    size_t i;

    start_metric(&w->exposition);
    for (i = 0; i < w->reporter->count; i++) {
        const struct instance *instance = w->reporter->instances[i];
        int64_t errors = measure_newest(instance)->errors;

        if (instance->newest.is_known && errors != OSFT_UNKNOWN) {
            start_sample(&w->exposition, "osft_newest_task_errors", "gauge",
                         "How many errors the newest run's extendInfo names.");
            put_instance_labels(w, instance);
            end_integer_sample(w, (uint64_t)errors);
        }
    }
}

/* ---- single runs, where run_series asks for them ---- */

typedef int get_run_value(const struct recent_run *run, char value[DECIMAL_SIZE]);

static int get_run_progress(const struct recent_run *run, char value[DECIMAL_SIZE])
{
    format_decimal(run->progress, 2, value);
    return run->progress != OSFT_UNKNOWN;
}

static int get_run_start(const struct recent_run *run, char value[DECIMAL_SIZE])
{
    return format_ms(run->start_ms, value);
}

static int get_run_end(const struct recent_run *run, char value[DECIMAL_SIZE])
{
    return format_ms(run->end_ms, value);
}

/* Whether a newer run of the instance has the same labels. A series may occur only once. */
static int is_repeated_run(const struct instance *instance, size_t number)
{
    const struct recent_run *run = &instance->recent[number];
    size_t i;

    for (i = 0; i < number; i++) {
        if (strcmp(instance->recent[i].run_id, run->run_id) == 0 &&
            strcmp(instance->recent[i].generation, run->generation) == 0) {
            return 1;
        }
    }
    return 0;
}

static void start_run_sample(struct writer *w, const struct instance *instance, size_t number,
                             const char *name, const char *help)
{
    const struct recent_run *run = &instance->recent[number];

    start_sample(&w->exposition, name, "gauge", help);
    put_instance_labels(w, instance);
    put_label(&w->exposition, "generation", run->generation, strlen(run->generation));
    put_label(&w->exposition, "run_id", run->run_id, strlen(run->run_id));
}

static void put_run_gauge(struct writer *w, size_t max_runs, const char *name, const char *help,
                          get_run_value *get)
{
    char value[DECIMAL_SIZE];
    size_t i, k;

    start_metric(&w->exposition);
    for (i = 0; i < w->reporter->count; i++) {
        const struct instance *instance = w->reporter->instances[i];

        for (k = 0; k < instance->recent_count && k < max_runs; k++) {
            if (get(&instance->recent[k], value) && !is_repeated_run(instance, k)) {
                start_run_sample(w, instance, k, name, help);
                end_sample(&w->exposition, value);
            }
        }
    }
}

static void put_run_statuses(struct writer *w, size_t max_runs)
{
    struct osft_span label, status;
    const char *value;
    size_t i, k, n;

    start_metric(&w->exposition);
    for (i = 0; i < w->reporter->count; i++) {
        const struct instance *instance = w->reporter->instances[i];

        for (k = 0; k < instance->recent_count && k < max_runs; k++) {
            const struct recent_run *run = &instance->recent[k];

            status = osft_span_from(run->status);
            for (n = 0; !is_repeated_run(instance, k) &&
                        (value = get_status_of_set(&status, run->state, n, &label)) != NULL;
                 n++) {
                start_run_sample(w, instance, k, "osft_task_status",
                                 "1 for the status that the run has, 0 for the others.");
                put_label(&w->exposition, "status", label.ptr, label.len);
                end_sample(&w->exposition, value);
            }
        }
    }
}

static void put_runs(struct writer *w)
{
    size_t max_runs = (size_t)config_integer(w->reporter->config, "reporter", "run_series");

    if (max_runs == 0) {
        return;
    }
    put_run_gauge(w, max_runs, "osft_task_progress_ratio", "How much of the run is done, 0 to 1.",
                  get_run_progress);
    put_run_gauge(w, max_runs, "osft_task_start_timestamp_seconds", "When the run started.",
                  get_run_start);
    put_run_gauge(w, max_runs, "osft_task_end_timestamp_seconds", "When the run ended.",
                  get_run_end);
    put_run_statuses(w, max_runs);
}

/* ---- the reporter itself ---- */

static void put_reporter_metrics(struct writer *w)
{
    char value[DECIMAL_SIZE];

    start_metric(&w->exposition);
    start_sample(&w->exposition, "osft_reporter_info", "gauge", "Always 1: the version.");
    put_label(&w->exposition, "version", OSFT_VERSION, strlen(OSFT_VERSION));
    end_sample(&w->exposition, "1");
    start_metric(&w->exposition);
    (void)format_ms(w->reporter->start_ms, value);
    start_sample(&w->exposition, "osft_reporter_start_timestamp_seconds", "gauge",
                 "When the reporter started.");
    end_sample(&w->exposition, value);
    start_metric(&w->exposition);
    start_sample(&w->exposition, "osft_reporter_reloads_total", "counter",
                 "Configurations that were put in force after the first, or refused.");
    put_label(&w->exposition, "result", "taken", 5);
    end_integer_sample(w, w->reporter->reloads);
    start_sample(&w->exposition, "osft_reporter_reloads_total", "counter", "");
    put_label(&w->exposition, "result", "refused", 7);
    end_integer_sample(w, w->reporter->bad_reloads);
}

void put_exposition(struct output *out, const struct reporter *reporter)
{
    struct writer w = { .exposition = { .out = out }, .reporter = reporter };

    put_gauges(&w);
    put_statuses(&w);
    put_run_infos(&w);
    put_measurements(&w);
    put_error_counts(&w);
    put_runs(&w);
    put_counters(&w);
    put_reporter_metrics(&w);
    put_channel_metrics(out);
}
