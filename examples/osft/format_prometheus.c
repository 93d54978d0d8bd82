/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text exposition format, version 0.0.4. All samples of a metric stand together below
 * its HELP and TYPE, in base units. There is no sample without a value, and no series twice. Values
 * are written digit by digit, so that they are exactly what the service sent. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "osft_metrics.h"

#define NAME_BYTES  128 /* a metric with a longer path is left out */
#define VALUE_BYTES DECIMAL_SIZE
#define METRICS_MAX 512 /* of one run; a server must store a series for each */

struct metric {
    size_t len; /* of name; a name may hold a NUL */
    char name[NAME_BYTES], value[VALUE_BYTES];
};

/* The numbers in extendInfo. */
struct measurements {
    size_t count;
    struct metric metric[METRICS_MAX]; /* in the order in which they were found */
    uint16_t sorted[METRICS_MAX];      /* indices of metric, ordered by name */
    int64_t errors;                    /* how many; OSFT_UNKNOWN: not known */
};

struct writer {
    struct output *out;
    const struct display *display;
    const struct osft_page *page;
    const struct osft_task **task; /* the tasks of the page, one for each set of labels */
    size_t count;
    const struct osft_task **by_function; /* the same tasks, ordered by function */
    int64_t *errors;                      /* of each task; OSFT_UNKNOWN: not known */
    char *copy;                           /* of extendInfo, as reading it changes it */
    int has_head;                         /* HELP and TYPE of the metric were written */
    int labels;                           /* how many labels of the sample were written */
};

static void start_sample(struct writer *w, const char *name, const char *help)
{
    if (!w->has_head) {
        put_text(w->out, "# HELP ");
        put_text(w->out, name);
        put_text(w->out, " ");
        put_text(w->out, help);
        put_text(w->out, "\n# TYPE ");
        put_text(w->out, name);
        put_text(w->out, " gauge\n");
        w->has_head = 1;
    }
    put_text(w->out, name);
    w->labels = 0;
}

static void put_label(struct writer *w, const char *name, const char *text, size_t len)
{
    if (text != NULL) {
        put_text(w->out, w->labels++ == 0 ? "{" : ",");
        put_text(w->out, name);
        put_text(w->out, "=\"");
        put_escaped(w->out, SINK_LABEL, text, len);
        put_text(w->out, "\"");
    }
}

static void end_sample(struct writer *w, const char *value)
{
    put_text(w->out, w->labels > 0 ? "} " : " ");
    put_text(w->out, value);
    put_text(w->out, "\n");
}

/* The function of tasks that name none. It is static, as qsort() passes no context to its
 * callback. */
static struct osft_span default_function;

static const struct osft_span *get_function(const struct osft_task *task)
{
    return task->function.ptr != NULL ? &task->function : &default_function;
}

/* Put the labels of the function's instance. The label is not named "instance": scrapers set a
 * label of that name, and would rename this one. task: a task of the function; NULL: the function
 * of the query. */
static void put_instance_labels(struct writer *w, const struct osft_task *task)
{
    static const struct osft_query none;
    const struct osft_query *q = w->display->query != NULL ? w->display->query : &none;
    const struct osft_span *function =
        task != NULL && task->function.ptr != NULL ? &task->function : &q->function;

    put_label(w, "app", q->app_group.ptr, q->app_group.len);
    put_label(w, "function", function->ptr, function->len);
    put_label(w, "function_instance", q->instance.ptr, q->instance.len);
}

/* Put the labels of a task, or those of the instance when task is NULL. */
static void put_labels(struct writer *w, const struct osft_task *task)
{
    put_instance_labels(w, task);
    if (task == NULL) {
        return;
    }
    put_label(w, "generation", task->generation.ptr, task->generation.len);
    put_label(w, "run_id", task->run_id.ptr, task->run_id.len);
}

/* Each of these functions formats a value of the task. It returns 1, or 0 when the task has no such
 * value. */
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
        w->has_head = 0;
        for (i = 0; i < w->count; i++) {
            char value[VALUE_BYTES];
            if (gauges[g].get(w->task[i], w->display->now_ms, value)) {
                start_sample(w, gauges[g].name, gauges[g].help);
                put_labels(w, w->task[i]);
                end_sample(w, value);
            }
        }
    }
}

/* Put a sample for each known status, and one for a status that only the service knows. */
static void put_status_set(struct writer *w, const struct osft_task *task, const char *name,
                           const char *help,
                           void put_other_labels(struct writer *, const struct osft_task *))
{
    static const struct {
        enum osft_state state;
        const char *name;
    } states[] = { { OSFT_SUCCESS, "success" },
                   { OSFT_FAILED, "failed" },
                   { OSFT_RUNNING, "running" } };
    enum osft_state state = osft_task_state(task);
    size_t k;

    for (k = 0; k < sizeof(states) / sizeof(states[0]) && task->status.len > 0; k++) {
        start_sample(w, name, help);
        put_other_labels(w, task);
        put_label(w, "status", states[k].name, strlen(states[k].name));
        end_sample(w, state == states[k].state ? "1" : "0");
    }
    if (state == OSFT_STATE_OTHER && task->status.len > 0) {
        start_sample(w, name, help);
        put_other_labels(w, task);
        put_label(w, "status", task->status.ptr, task->status.len);
        end_sample(w, "1");
    }
}

static void put_statuses(struct writer *w)
{
    size_t i;

    w->has_head = 0;
    for (i = 0; i < w->count; i++) {
        put_status_set(w, w->task[i], "osft_task_status",
                       "1 for the status that the run has, 0 for the others.", put_labels);
    }
}

/* Copy a number as the service wrote it, unless a double cannot hold it: a scraper would then
 * refuse the whole exposition. Returns 1, or 0 when it is left out. */
static int format_huge(const struct osft_span *text, char value[VALUE_BYTES])
{
    int64_t exponent = 0;
    char *e;

    if (text->len >= VALUE_BYTES) {
        return 0;
    }
    memcpy(value, text->ptr, text->len);
    value[text->len] = 0;
    e = strpbrk(value, "eE");
    return e == NULL || (parse_integer(e + 1 + (e[1] == '+'), -999, 200, &exponent) == 0);
}

/* Format a scalar as a number. Returns 1, or 0 when it is none. */
static int format_scalar(const struct osft_metrics *m, char value[VALUE_BYTES])
{
    switch (m->kind) {
    case OSFT_METRIC_NUMBER: format_decimal(m->number, m->scale, value); return 1;
    case OSFT_METRIC_HUGE: return format_huge(&m->text, value);
    case OSFT_METRIC_TRUE: snprintf(value, VALUE_BYTES, "1"); return 1;
    case OSFT_METRIC_FALSE: snprintf(value, VALUE_BYTES, "0"); return 1;
    case OSFT_METRIC_TEXT:
    case OSFT_METRIC_NULL:
    case OSFT_METRIC_END: break;
    }
    return 0;
}

static int compare_metrics(const struct metric *x, const struct metric *y)
{
    int order = memcmp(x->name, y->name, x->len < y->len ? x->len : y->len);
    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Return the position of a metric in the order of names, or the position where it would be
 * inserted. */
static size_t find_metric(const struct measurements *in, const struct metric *metric)
{
    size_t low = 0, high = in->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (compare_metrics(&in->metric[in->sorted[middle]], metric) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Store a metric. It replaces one with the same name: most readers of JSON take the last of two
 * members. */
static void store_metric(struct measurements *to, const struct metric *metric)
{
    size_t at = find_metric(to, metric);

    if (at < to->count && compare_metrics(&to->metric[to->sorted[at]], metric) == 0) {
        to->metric[to->sorted[at]] = *metric;
    } else if (to->count < METRICS_MAX) {
        memmove(to->sorted + at + 1, to->sorted + at, (to->count - at) * sizeof(to->sorted[0]));
        to->sorted[at] = (uint16_t)to->count;
        to->metric[to->count++] = *metric;
    }
}

static void read_measurements(struct writer *w, const struct osft_task *task,
                              struct measurements *to)
{
    struct osft_span text = { w->copy, task->extend_info.len };
    struct osft_metrics m;
    struct metric metric;
    int err;

    to->count = 0;
    to->errors = 0;
    if (task->extend_info.ptr == NULL) {
        to->errors = OSFT_UNKNOWN;
        return;
    }
    memcpy(w->copy, task->extend_info.ptr, task->extend_info.len);
    osft_metrics_init(&m, &text);
    while ((err = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        if (m.is_error) {
            int64_t number = get_error_number(&m);

            to->errors = number > to->errors ? number : to->errors;
            continue;
        }
        metric.len = get_path_length(&m);
        if (metric.len > 0 && metric.len < sizeof(metric.name) &&
            osft_metrics_path(&m, metric.name, sizeof(metric.name)) == metric.len &&
            format_scalar(&m, metric.value)) {
            store_metric(to, &metric);
        }
    }
    if (err != OSFT_OK) { /* the metrics that were read are valid, but more errors may follow */
        to->errors = OSFT_UNKNOWN;
    }
}

static void put_measurements(struct writer *w)
{
    static struct measurements measurements;
    size_t i, k;

    w->has_head = 0;
    for (i = 0; i < w->count; i++) {
        read_measurements(w, w->task[i], &measurements);
        w->errors[i] = measurements.errors;
        for (k = 0; k < measurements.count; k++) {
            const struct metric *metric = &measurements.metric[k];
            start_sample(w, "osft_task_metric",
                         "What the run measured, by its name in extendInfo.");
            put_labels(w, w->task[i]);
            put_label(w, "name", metric->name, metric->len);
            end_sample(w, metric->value);
        }
    }
}

static void put_error_counts(struct writer *w)
{
    char value[VALUE_BYTES];
    size_t i;

    w->has_head = 0;
    for (i = 0; i < w->count; i++) {
        if (w->errors[i] != OSFT_UNKNOWN) {
            format_decimal(w->errors[i], 0, value);
            start_sample(w, "osft_task_errors", "How many errors extendInfo names.");
            put_labels(w, w->task[i]);
            end_sample(w, value);
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

/* Compare the texts of which labels are made. */
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
 * success and with failure. NULL: there is none. */
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
    char value[VALUE_BYTES];

    if (task != NULL) {
        format_decimal(task->end_ms, 3, value);
        start_sample(w, name, help);
        put_instance_labels(w, task);
        end_sample(w, value);
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
        put_end_time(w, latest->succeeded, "osft_last_success_timestamp_seconds",
                     "When the last run that succeeded ended, of those listed.");
        break;
    case LAST_FAILURE:
        put_end_time(w, latest->failed, "osft_last_failure_timestamp_seconds",
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
        w->has_head = 0;
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
    char value[VALUE_BYTES];
    if (reply->total != OSFT_UNKNOWN) {
        format_decimal(reply->total, 0, value);
        start_sample(w, "osft_tasks_matching", "How many tasks match, on all pages.");
        put_instance_labels(w, NULL);
        end_sample(w, value);
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
    struct writer w = { .out = out, .display = display, .page = page };
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
    struct writer w = { .out = out, .display = display };

    start_sample(&w, "osft_up", "1 when the last call gave a whole response, 0 when it failed.");
    put_labels(&w, NULL);
    end_sample(&w, is_up ? "1" : "0");
}
