/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text exposition format, version 0.0.4. All samples of a metric stand together below
 * its HELP and TYPE, in base units. There is no sample without a value, and no series twice. Values
 * are written digit by digit, so that they are exactly what the service sent. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/exposition.h"
#include "command.h"

struct writer {
    const struct display *display;
    const struct osft_page *page;
    const struct osft_task **task; /* the tasks of the page, one for each set of labels */
    size_t count;
    const struct osft_task **by_function; /* the same tasks, ordered by function */
    int64_t *errors; /* the number of errors of each task; OSFT_UNKNOWN: not known */
    char *copy;      /* a copy of extendInfo, as reading changes the text */
    struct exposition exposition;
};

/* The function of tasks that do not name their function. It is static, as qsort() passes no context
 * to its callback. */
static struct osft_span default_function;

static const struct osft_span *get_function(const struct osft_task *task)
{
    return task->function.ptr != NULL ? &task->function : &default_function;
}

/* Put the labels of the function's instance. The label is not named "instance": scrapers set a
 * label of that name, and would rename a label that has the name already. task: a task of the
 * function; NULL: the function of the query. */
static void put_instance_labels(struct writer *w, const struct osft_task *task)
{
    static const struct osft_query none;
    const struct osft_query *q = w->display->query != NULL ? w->display->query : &none;
    const struct osft_span *function =
        task != NULL && task->function.ptr != NULL ? &task->function : &q->function;

    put_label(&w->exposition, "app", q->app_group.ptr, q->app_group.len);
    put_label(&w->exposition, "function", function->ptr, function->len);
    put_label(&w->exposition, "function_instance", q->instance.ptr, q->instance.len);
}

/* Put the labels of a task, or those of the instance when task is NULL. */
static void put_labels(struct writer *w, const struct osft_task *task)
{
    put_instance_labels(w, task);
    if (task == NULL) {
        return;
    }
    put_label(&w->exposition, "generation", task->generation.ptr, task->generation.len);
    put_label(&w->exposition, "run_id", task->run_id.ptr, task->run_id.len);
}

/* Format a value of the task. These functions return 1, or 0 when the task has no such value. */
static int format_progress(const struct osft_task *task, int64_t now_ms, char *value)
{
    (void)now_ms;
    format_decimal(task->progress, 2, value);
    return task->progress != OSFT_UNKNOWN;
}

static int format_start(const struct osft_task *task, int64_t now_ms, char *value)
{
    (void)now_ms;
    format_decimal(task->start_ms, 3, value);
    return task->start_ms != OSFT_UNKNOWN;
}

static int format_end(const struct osft_task *task, int64_t now_ms, char *value)
{
    (void)now_ms;
    format_decimal(task->end_ms, 3, value);
    return task->end_ms > 0;
}

static int format_task_duration(const struct osft_task *task, int64_t now_ms, char *value)
{
    int64_t end_ms = has_ended(task) ? task->end_ms : now_ms;
    if (task->start_ms == OSFT_UNKNOWN || end_ms <= 0 || end_ms < task->start_ms) {
        return 0;
    }
    format_decimal(end_ms - task->start_ms, 3, value);
    return 1;
}

static void put_gauges(struct writer *w)
{
    static const struct {
        const char *name, *help;
        int (*get)(const struct osft_task *task, int64_t now_ms, char *value);
    } gauges[] = {
        { "osft_task_progress_ratio", "How much of the run is done, 0 to 1.", format_progress },
        { "osft_task_start_timestamp_seconds", "When the run started.", format_start },
        { "osft_task_end_timestamp_seconds", "When the run ended.", format_end },
        { "osft_task_duration_seconds", "How long the run took, or has taken so far.",
          format_task_duration },
    };
    size_t g, i;

    for (g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++) {
        start_metric(&w->exposition);
        for (i = 0; i < w->count; i++) {
            char value[DECIMAL_SIZE];
            if (gauges[g].get(w->task[i], w->display->now_ms, value)) {
                start_sample(&w->exposition, gauges[g].name, "gauge", gauges[g].help);
                put_labels(w, w->task[i]);
                end_sample(&w->exposition, value);
            }
        }
    }
}

/* Put a sample for each known status, and one for a status that only the service knows. */
static void put_status_set(struct writer *w, const struct osft_task *task, const char *name,
                           const char *help,
                           void put_other_labels(struct writer *, const struct osft_task *))
{
    struct osft_span status;
    const char *value;
    size_t k;

    for (k = 0;
         (value = get_status_of_set(&task->status, osft_task_state(task), k, &status)) != NULL;
         k++) {
        start_sample(&w->exposition, name, "gauge", help);
        put_other_labels(w, task);
        put_label(&w->exposition, "status", status.ptr, status.len);
        end_sample(&w->exposition, value);
    }
}

static void put_statuses(struct writer *w)
{
    size_t i;

    start_metric(&w->exposition);
    for (i = 0; i < w->count; i++) {
        put_status_set(w, w->task[i], "osft_task_status",
                       "1 for the status that the run has, 0 for the others.", put_labels);
    }
}

static void put_measurements(struct writer *w)
{
    static struct measurements measurements;
    size_t i, k;

    start_metric(&w->exposition);
    for (i = 0; i < w->count; i++) {
        read_measurements(&measurements, &w->task[i]->extend_info, w->copy);
        w->errors[i] = measurements.errors;
        for (k = 0; k < measurements.count; k++) {
            const struct metric *metric = &measurements.metric[k];
            start_sample(&w->exposition, "osft_task_metric", "gauge",
                         "What the run measured, by its name in extendInfo.");
            put_labels(w, w->task[i]);
            put_label(&w->exposition, "name", metric->name, metric->len);
            end_sample(&w->exposition, metric->value);
        }
    }
}

static void put_error_counts(struct writer *w)
{
    char value[DECIMAL_SIZE];
    size_t i;

    start_metric(&w->exposition);
    for (i = 0; i < w->count; i++) {
        if (w->errors[i] != OSFT_UNKNOWN) {
            format_decimal(w->errors[i], 0, value);
            start_sample(&w->exposition, "osft_task_errors", "gauge",
                         "How many errors extendInfo names.");
            put_labels(w, w->task[i]);
            end_sample(&w->exposition, value);
        }
    }
}

/* ---- choosing the tasks ---- */

static int compare_spans(const struct osft_span *a, const struct osft_span *b)
{
    size_t len = a->len < b->len ? a->len : b->len;
    int order = len > 0 ? memcmp(a->ptr, b->ptr, len) : 0;
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* Compare the texts that become labels. */
static int compare_labels(const struct osft_task *a, const struct osft_task *b)
{
    int order = compare_spans(&a->generation, &b->generation);
    order = order != 0 ? order : compare_spans(&a->run_id, &b->run_id);
    return order != 0 ? order : compare_spans(get_function(a), get_function(b));
}

static int compare_positions(const void *a, const void *b)
{
    const struct osft_task *const *x = a, *const *y = b;
    return (*x > *y) - (*x < *y);
}

static int compare_tasks(const void *a, const void *b)
{
    const struct osft_task *const *x = a, *const *y = b;
    int order = compare_labels(*x, *y);
    return order != 0 ? order : compare_positions(a, b);
}

static int compare_functions(const void *a, const void *b)
{
    const struct osft_task *const *x = a, *const *y = b;
    int order = compare_spans(get_function(*x), get_function(*y));
    return order != 0 ? order : compare_positions(a, b);
}

/* Choose the tasks to print. A series may occur only once, so of several tasks with the same labels
 * the first is chosen. */
static void choose_tasks(struct writer *w)
{
    size_t i, n = 0;

    for (i = 0; i < w->page->count; i++) {
        w->task[i] = &w->page->tasks[i];
    }
    qsort(w->task, w->page->count, sizeof(*w->task), compare_tasks);
    for (i = 0; i < w->page->count; i++) {
        if (n == 0 || compare_labels(w->task[i], w->task[n - 1]) != 0) {
            w->task[n++] = w->task[i];
        }
    }
    qsort(w->task, n, sizeof(*w->task), compare_positions);
    memcpy(w->by_function, w->task, n * sizeof(*w->task));
    qsort(w->by_function, n, sizeof(*w->task), compare_functions);
    w->count = n;
}

/* ---- metrics of each function instance ---- */

/* The latest tasks of a function: the task that started last, and those that ended last with
 * success and with failure. NULL: there is no such task. */
struct latest {
    const struct osft_task *started, *succeeded, *failed;
};

static const struct osft_task *choose_later_end(const struct osft_task *known,
                                                const struct osft_task *task)
{
    return task->end_ms > 0 && (known == NULL || task->end_ms > known->end_ms) ? task : known;
}

static struct latest find_latest(const struct osft_task *const *tasks, size_t count)
{
    struct latest latest = { tasks[0], NULL, NULL };
    size_t i;

    for (i = 0; i < count; i++) {
        enum osft_state state = osft_task_state(tasks[i]);

        if (tasks[i]->start_ms > latest.started->start_ms) {
            latest.started = tasks[i];
        }
        if (state == OSFT_SUCCESS) {
            latest.succeeded = choose_later_end(latest.succeeded, tasks[i]);
        } else if (state == OSFT_FAILED) {
            latest.failed = choose_later_end(latest.failed, tasks[i]);
        }
    }
    return latest;
}

static void put_end_time(struct writer *w, const struct osft_task *task, const char *name,
                         const char *help)
{
    char value[DECIMAL_SIZE];

    if (task != NULL) {
        format_decimal(task->end_ms, 3, value);
        start_sample(&w->exposition, name, "gauge", help);
        put_instance_labels(w, task);
        end_sample(&w->exposition, value);
    }
}

enum instance_metric { NEWEST_STATUS, LAST_SUCCESS, LAST_FAILURE, INSTANCE_METRICS };

static void put_instance_metric(struct writer *w, enum instance_metric metric,
                                const struct latest *latest)
{
    switch (metric) {
    case NEWEST_STATUS:
        put_status_set(w, latest->started, "osft_newest_task_status",
                       "1 for the status of the run that started last, 0 for the others.",
                       put_instance_labels);
        break;
    case LAST_SUCCESS:
        put_end_time(w, latest->succeeded, "osft_last_task_success_timestamp_seconds",
                     "When the last run that succeeded ended, of those listed.");
        break;
    case LAST_FAILURE:
        put_end_time(w, latest->failed, "osft_last_task_failure_timestamp_seconds",
                     "When the last run that failed ended, of those listed.");
        break;
    case INSTANCE_METRICS: break;
    }
}

/* Whether the query asks for the newest task of all. */
static int has_newest(const struct osft_query *query)
{
    return query == NULL || (query->generation.len == 0 && query->status.len == 0 &&
                             query->end_ms == 0 && query->page_number <= 1);
}

static void put_instance_metrics(struct writer *w)
{
    int metric = has_newest(w->display->query) ? NEWEST_STATUS : LAST_SUCCESS;
    size_t from, to;

    for (; metric < INSTANCE_METRICS; metric++) {
        start_metric(&w->exposition);
        for (from = 0; from < w->count; from = to) {
            const struct osft_span *function = get_function(w->by_function[from]);
            struct latest latest;

            for (to = from + 1; to < w->count; to++) {
                if (compare_spans(get_function(w->by_function[to]), function) != 0) {
                    break;
                }
            }
            latest = find_latest(w->by_function + from, to - from);
            put_instance_metric(w, (enum instance_metric)metric, &latest);
        }
    }
}

static void put_match_count(struct writer *w, const struct osft_reply *reply)
{
    char value[DECIMAL_SIZE];
    if (reply->total != OSFT_UNKNOWN) {
        format_decimal(reply->total, 0, value);
        start_sample(&w->exposition, "osft_tasks_matching", "gauge",
                     "How many tasks match, on all pages.");
        put_instance_labels(w, NULL);
        end_sample(&w->exposition, value);
    }
}

static void put_all_metrics(struct writer *w, const struct osft_reply *reply)
{
    static const struct osft_span none = { NULL, 0 };

    default_function = w->display->query != NULL ? w->display->query->function : none;
    choose_tasks(w);
    put_match_count(w, reply);
    put_instance_metrics(w);
    put_gauges(w);
    put_statuses(w);
    put_measurements(w);
    put_error_counts(w);
}

void print_prometheus(struct output *out, const struct display *display,
                      const struct osft_page *page, const struct osft_reply *reply)
{
    struct writer w = { .exposition = { .out = out }, .display = display, .page = page };
    size_t largest_info = 0, i;

    if (display->is_cut) {
        return; /* a scraper would take an incomplete exposition for a whole one */
    }
    for (i = 0; i < page->count; i++) {
        size_t len = page->tasks[i].extend_info.len;
        largest_info = len > largest_info ? len : largest_info;
    }
    w.task = calloc(page->count + 1, sizeof(*w.task));
    w.by_function = calloc(page->count + 1, sizeof(*w.by_function));
    w.errors = calloc(page->count + 1, sizeof(*w.errors));
    w.copy = malloc(largest_info + 1);
    if (w.task == NULL || w.by_function == NULL || w.errors == NULL || w.copy == NULL) {
        out->error = out->error != 0 ? out->error : ENOMEM;
    } else {
        put_all_metrics(&w, reply);
    }
    free(w.task);
    free(w.by_function);
    free(w.errors);
    free(w.copy);
}

void print_prometheus_up(struct output *out, const struct display *display, int is_up)
{
    struct writer w = { .exposition = { .out = out }, .display = display };

    start_sample(&w.exposition, "osft_up", "gauge",
                 "1 when the last call gave a whole response, 0 when it failed.");
    put_labels(&w, NULL);
    end_sample(&w.exposition, is_up ? "1" : "0");
}
