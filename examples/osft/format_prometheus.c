/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text exposition format, version 0.0.4: all samples of a metric stand together below
 * its HELP and TYPE, in base units; there is no sample without a value, and no series twice. Values
 * are written digit by digit, so that they are exactly what the service sent. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "osft_metrics.h"

#define NAME_BYTES  128 /* of a metric's path; a metric with a longer one is left out */
#define VALUE_BYTES 64
#define METRICS_MAX 512 /* of one run: each is a series that a server must store */

struct metric {
    size_t len; /* of name, which may hold a NUL */
    char name[NAME_BYTES], value[VALUE_BYTES];
};

/* What is in extendInfo. */
struct measured {
    size_t count;
    struct metric metric[METRICS_MAX];
    int64_t errors; /* OSFT_UNKNOWN: not known */
};

struct writer {
    struct output *out;
    const struct display *display;
    const struct osft_page *page;
    const struct osft_task **task; /* those of the page, without repetitions */
    size_t count;
    char *copy;   /* of extendInfo: reading it changes it */
    int has_head; /* HELP and TYPE of the metric are written */
    int labels;   /* of the sample, so far */
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

/* The format has three escapes. What would disturb a terminal or is no UTF-8 is written as
 * elsewhere, as an escape such as \\x1b, whose backslash is then escaped like any other; a
 * backslash that could be taken for the beginning of one is written as \\x5c, so that different
 * texts stay different. */
static void put_label(struct writer *w, const char *name, const char *s, size_t len)
{
    struct safe_character p;
    size_t at = 0;

    if (s == NULL) {
        return;
    }
    put_text(w->out, w->labels++ == 0 ? "{" : ",");
    put_text(w->out, name);
    put_text(w->out, "=\"");
    while (at < len) {
        char c = s[at];
        at += read_safe_character(s + at, len - at, w->display->ascii_only, &p);
        if ((p.bytes[0] == '\\' && c != '\n') || c == '"') {
            put_text(w->out, "\\");
        }
        put_bytes(w->out, p.bytes, p.len);
        if (c == '\\' && at < len && (s[at] == 'x' || s[at] == 'u')) {
            put_text(w->out, "x5c");
        }
    }
    put_text(w->out, "\"");
}

static void end_sample(struct writer *w, const char *value)
{
    put_text(w->out, w->labels > 0 ? "} " : " ");
    put_text(w->out, value);
    put_text(w->out, "\n");
}

/* task: NULL for a sample of no task */
static void put_labels(struct writer *w, const struct osft_task *task)
{
    static const struct osft_query none;
    const struct osft_query *q = w->display->query != NULL ? w->display->query : &none;
    const struct osft_span *function = &q->function;

    if (task != NULL && task->function.ptr != NULL) {
        function = &task->function;
    }
    put_label(w, "app", q->app_group.ptr, q->app_group.len);
    put_label(w, "function", function->ptr, function->len);
    put_label(w, "instance", q->instance.ptr, q->instance.len);
    if (task != NULL) {
        put_label(w, "generation", task->generation.ptr, task->generation.len);
        put_label(w, "run_id", task->run_id.ptr, task->run_id.len);
    }
}

/* n / 10^scale as a decimal, with as few digits as will do. */
static void format_decimal(int64_t n, unsigned scale, char value[VALUE_BYTES])
{
    uint64_t v = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    const char *sign = n < 0 ? "-" : "", *zeros = "000000000000000000000000000000";
    char digits[24];
    int len;

    for (; scale > 0 && v % 10 == 0; scale--) {
        v /= 10;
    }
    len = snprintf(digits, sizeof(digits), "%" PRIu64, v);
    if (scale == 0) {
        snprintf(value, VALUE_BYTES, "%s%s", sign, digits);
    } else if (scale > strlen(zeros)) {
        snprintf(value, VALUE_BYTES, "%s%se-%u", sign, digits, scale);
    } else if (len > (int)scale) {
        len -= (int)scale;
        snprintf(value, VALUE_BYTES, "%s%.*s.%s", sign, len, digits, digits + len);
    } else {
        snprintf(value, VALUE_BYTES, "%s0.%.*s%s", sign, (int)scale - len, zeros, digits);
    }
}

/* Each of these returns 1, or 0 when the task has no such value. */
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

static void put_state(struct writer *w, const struct osft_task *task, const char *state, size_t len,
                      int is_set)
{
    start_sample(w, "osft_task_status", "1 for the status that the run has, 0 for the others.");
    put_labels(w, task);
    put_label(w, "status", state, len);
    end_sample(w, is_set ? "1" : "0");
}

static void put_states(struct writer *w)
{
    static const struct {
        enum osft_state state;
        const char *name;
    } states[] = { { OSFT_SUCCESS, "success" },
                   { OSFT_FAILED, "failed" },
                   { OSFT_RUNNING, "running" } };
    size_t i, k;

    w->has_head = 0;
    for (i = 0; i < w->count; i++) {
        const struct osft_task *task = w->task[i];
        enum osft_state state = osft_task_state(task);
        for (k = 0; k < 3 && task->status.len > 0; k++) {
            put_state(w, task, states[k].name, strlen(states[k].name), state == states[k].state);
        }
        if (state == OSFT_STATE_OTHER && task->status.len > 0) {
            put_state(w, task, task->status.ptr, task->status.len, 1);
        }
    }
}

/* As written, unless a double cannot hold it: the whole scrape would fail. */
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

/* Returns 0 when the scalar is no number. */
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

static void count_error(struct measured *to, const struct osft_metrics *m)
{
    int is_element = m->depth > 1 && m->path[1].name.ptr == NULL;
    int64_t count = is_element ? (int64_t)m->path[1].index + 1 : m->kind != OSFT_METRIC_NULL;
    to->errors = count > to->errors ? count : to->errors;
}

static int compare_metrics(const void *a, const void *b)
{
    const struct metric *x = a, *y = b;
    int order = memcmp(x->name, y->name, x->len < y->len ? x->len : y->len);
    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Of two metrics with the same name the last counts, as in most readers of JSON. */
static void store_metric(struct measured *to, const struct metric *metric)
{
    size_t i;
    for (i = 0; i < to->count && compare_metrics(&to->metric[i], metric) != 0; i++) {
    }
    if (i < METRICS_MAX) {
        to->metric[i] = *metric;
        to->count += i == to->count;
    }
}

static void measure(struct writer *w, const struct osft_task *task, struct measured *to)
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
            count_error(to, &m);
            continue;
        }
        metric.len = osft_metrics_path(&m, metric.name, sizeof(metric.name));
        if (metric.len > 0 && metric.len < sizeof(metric.name) && format_scalar(&m, metric.value)) {
            store_metric(to, &metric);
        }
    }
    if (err !=
        OSFT_OK) { /* the metrics before the error are right, but errors may stand behind it */
        to->errors = OSFT_UNKNOWN;
    }
}

static void put_measured(struct writer *w)
{
    static struct measured measured;
    size_t i, k;

    w->has_head = 0;
    for (i = 0; i < w->count; i++) {
        measure(w, w->task[i], &measured);
        for (k = 0; k < measured.count; k++) {
            const struct metric *metric = &measured.metric[k];
            start_sample(w, "osft_task_metric",
                         "What the run measured, by its name in extendInfo.");
            put_labels(w, w->task[i]);
            put_label(w, "name", metric->name, metric->len);
            end_sample(w, metric->value);
        }
    }
    w->has_head = 0;
    for (i = 0; i < w->count; i++) {
        measure(w, w->task[i], &measured);
        if (measured.errors != OSFT_UNKNOWN) {
            char value[VALUE_BYTES];
            format_decimal(measured.errors, 0, value);
            start_sample(w, "osft_task_errors", "How many errors extendInfo names.");
            put_labels(w, w->task[i]);
            end_sample(w, value);
        }
    }
}

static int compare_spans(const struct osft_span *a, const struct osft_span *b)
{
    size_t len = a->len < b->len ? a->len : b->len;
    int order = len > 0 ? memcmp(a->ptr, b->ptr, len) : 0;
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* The function of a task that names none. Static, as qsort() has no context to hand on. */
static struct osft_span default_function;

/* The order of what labels are made of. */
static int compare_labels(const struct osft_task *a, const struct osft_task *b)
{
    const struct osft_span *f = a->function.ptr != NULL ? &a->function : &default_function;
    const struct osft_span *g = b->function.ptr != NULL ? &b->function : &default_function;
    int order = compare_spans(&a->generation, &b->generation);
    order = order != 0 ? order : compare_spans(&a->run_id, &b->run_id);
    return order != 0 ? order : compare_spans(f, g);
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

/* A series may occur once only: of tasks with the same labels the first stands for all. */
static void choose_tasks(struct writer *w)
{
    static const struct osft_span none = { NULL, 0 };
    size_t i, n = 0;

    default_function = w->display->query != NULL ? w->display->query->function : none;
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
    w->count = n;
}

static void put_matching(struct writer *w, const struct osft_reply *reply)
{
    char value[VALUE_BYTES];
    if (reply->total != OSFT_UNKNOWN) {
        format_decimal(reply->total, 0, value);
        start_sample(w, "osft_tasks_matching", "How many tasks match, on all pages.");
        put_labels(w, NULL);
        end_sample(w, value);
    }
}

void print_prometheus(struct output *out, const struct display *display,
                      const struct osft_page *page, const struct osft_reply *reply)
{
    struct writer w = { .out = out, .display = display, .page = page };
    size_t longest = 0, i;

    if (display->is_cut) {
        return; /* whoever scrapes half an exposition takes it for a whole one */
    }
    for (i = 0; i < page->count; i++) {
        size_t len = page->tasks[i].extend_info.len;
        longest = len > longest ? len : longest;
    }
    w.task = calloc(page->count + 1, sizeof(*w.task));
    w.copy = malloc(longest + 1);
    if (w.task == NULL || w.copy == NULL) {
        out->error = out->error != 0 ? out->error : ENOMEM;
    } else {
        choose_tasks(&w);
        put_matching(&w, reply);
        put_gauges(&w);
        put_states(&w);
        put_measured(&w);
    }
    free(w.task);
    free(w.copy);
}

void print_prometheus_up(struct output *out, const struct display *display, int is_up)
{
    struct writer w = { .out = out, .display = display };

    start_sample(&w, "osft_up", "1 when the last call gave a whole response, 0 when it failed.");
    put_labels(&w, NULL);
    end_sample(&w, is_up ? "1" : "0");
}
