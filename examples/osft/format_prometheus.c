/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text exposition format, version 0.0.4: all samples of one metric together below its HELP
 * and TYPE, base units, no sample where there is no value, and no series twice. Values are written
 * digit by digit, so that they say exactly what the service said. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cmd.h"
#include "osft_metrics.h"

#define NAME_BYTES  128 /* of a metric's path; a longer one is no name, and is left out */
#define VALUE_BYTES 64
#define METRICS_MAX 512 /* of one run: each is a series that somebody has to store */

struct metric {
    size_t len; /* of name, which may hold a NUL */
    char name[NAME_BYTES], value[VALUE_BYTES];
};

/* What extendInfo says. */
struct measured {
    size_t count;
    struct metric metric[METRICS_MAX];
    int64_t errors; /* OSFT_UNKNOWN: nobody knows */
};

struct writer {
    struct out *o;
    const struct look *look;
    const struct osft_page *page;
    const struct osft_task **task; /* those of page, without repetitions */
    size_t count;
    char *copy; /* of extendInfo: reading it changes it */
    int has_head, labels;
};

static void begin(struct writer *w, const char *name, const char *help)
{
    if (!w->has_head) {
        out_str(w->o, "# HELP ");
        out_str(w->o, name);
        out_str(w->o, " ");
        out_str(w->o, help);
        out_str(w->o, "\n# TYPE ");
        out_str(w->o, name);
        out_str(w->o, " gauge\n");
        w->has_head = 1;
    }
    out_str(w->o, name);
    w->labels = 0;
}

/* The format knows three escapes. What would disturb a terminal or is no UTF-8 is told as elsewhere, by
 * an escape of ours, whose backslash is then escaped like any other; a backslash that could be taken for
 * the beginning of one is an escape itself, so that no two texts come out as one. */
static void label(struct writer *w, const char *name, const char *s, size_t len)
{
    struct piece p;
    size_t at = 0;

    if (s == NULL) {
        return;
    }
    out_str(w->o, w->labels++ == 0 ? "{" : ",");
    out_str(w->o, name);
    out_str(w->o, "=\"");
    while (at < len) {
        char c = s[at];
        at += text_piece(s + at, len - at, w->look->ascii, &p);
        if ((p.bytes[0] == '\\' && c != '\n') || c == '"') {
            out_str(w->o, "\\");
        }
        out_put(w->o, p.bytes, p.len);
        if (c == '\\' && at < len && (s[at] == 'x' || s[at] == 'u')) {
            out_str(w->o, "x5c");
        }
    }
    out_str(w->o, "\"");
}

static void end(struct writer *w, const char *value)
{
    out_str(w->o, w->labels > 0 ? "} " : " ");
    out_str(w->o, value);
    out_str(w->o, "\n");
}

static void task_labels(struct writer *w, const struct osft_task *t)
{
    const struct osft_query none = { .zero = 0 };
    const struct osft_query *q = w->look->query != NULL ? w->look->query : &none;
    const struct osft_span *function = &q->function;

    if (t != NULL && t->function.ptr != NULL) {
        function = &t->function;
    }
    label(w, "app", q->app_group.ptr, q->app_group.len);
    label(w, "function", function->ptr, function->len);
    label(w, "instance", q->instance.ptr, q->instance.len);
    if (t != NULL) {
        label(w, "generation", t->generation.ptr, t->generation.len);
        label(w, "run_id", t->run_id.ptr, t->run_id.len);
    }
}

/* n / 10^scale as a decimal, with as few digits as will do. */
static void decimal(int64_t n, unsigned scale, char value[VALUE_BYTES])
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

/* Each of these: 1, or 0 when the task has no such value. */
static int progress(const struct osft_task *t, int64_t now_ms, char *value)
{
    (void)now_ms;
    decimal(t->progress, 2, value);
    return t->progress != OSFT_UNKNOWN;
}

static int start(const struct osft_task *t, int64_t now_ms, char *value)
{
    (void)now_ms;
    decimal(t->start_ms, 3, value);
    return t->start_ms != OSFT_UNKNOWN;
}

static int stop(const struct osft_task *t, int64_t now_ms, char *value)
{
    (void)now_ms;
    decimal(t->end_ms, 3, value);
    return t->end_ms > 0;
}

static int duration(const struct osft_task *t, int64_t now_ms, char *value)
{
    int64_t end_ms = format_is_over(t) ? t->end_ms : now_ms;
    if (t->start_ms == OSFT_UNKNOWN || end_ms <= 0 || end_ms < t->start_ms) {
        return 0;
    }
    decimal(end_ms - t->start_ms, 3, value);
    return 1;
}

static void put_gauges(struct writer *w)
{
    static const struct {
        const char *name, *help;
        int (*get)(const struct osft_task *t, int64_t now_ms, char *value);
    } gauges[] = {
        { "osft_task_progress_ratio", "How much of the run is done, 0 to 1.", progress },
        { "osft_task_start_timestamp_seconds", "When the run started.", start },
        { "osft_task_end_timestamp_seconds", "When the run ended.", stop },
        { "osft_task_duration_seconds", "How long the run took, or has taken so far.", duration },
    };
    size_t g, i;

    for (g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++) {
        w->has_head = 0;
        for (i = 0; i < w->count; i++) {
            char value[VALUE_BYTES];
            if (gauges[g].get(w->task[i], w->look->now_ms, value)) {
                begin(w, gauges[g].name, gauges[g].help);
                task_labels(w, w->task[i]);
                end(w, value);
            }
        }
    }
}

static void put_state(struct writer *w, const struct osft_task *t, const char *state, size_t len,
                      int is_set)
{
    begin(w, "osft_task_status", "1 for the status that the run has, 0 for the others.");
    task_labels(w, t);
    label(w, "status", state, len);
    end(w, is_set ? "1" : "0");
}

static void put_states(struct writer *w)
{
    static const char *const names[] = { "success", "failed", "running" };
    size_t i, k;

    w->has_head = 0;
    for (i = 0; i < w->count; i++) {
        const struct osft_task *t = w->task[i];
        enum osft_state state = osft_task_state(t);
        for (k = 0; k < 3 && t->status.len > 0; k++) {
            put_state(w, t, names[k], strlen(names[k]), state == (enum osft_state)(k + 1));
        }
        if (state == OSFT_STATE_OTHER && t->status.len > 0) {
            put_state(w, t, t->status.ptr, t->status.len, 1);
        }
    }
}

/* As written, unless a double cannot hold it: then the whole scrape would be refused. */
static int huge(const struct osft_span *text, char value[VALUE_BYTES])
{
    int64_t exponent = 0;
    char *e;

    if (text->len >= VALUE_BYTES) {
        return 0;
    }
    memcpy(value, text->ptr, text->len);
    value[text->len] = 0;
    e = strpbrk(value, "eE");
    return e == NULL || (value_int(e + 1 + (e[1] == '+'), -999, 200, &exponent) == 0);
}

static int scalar_value(const struct osft_metrics *m, char value[VALUE_BYTES])
{
    switch (m->kind) {
    case OSFT_METRIC_NUMBER: decimal(m->number, m->scale, value); return 1;
    case OSFT_METRIC_HUGE: return huge(&m->text, value);
    case OSFT_METRIC_TRUE: snprintf(value, VALUE_BYTES, "1"); return 1;
    case OSFT_METRIC_FALSE: snprintf(value, VALUE_BYTES, "0"); return 1;
    case OSFT_METRIC_TEXT:
    case OSFT_METRIC_NULL:
    case OSFT_METRIC_END: break;
    }
    return 0;
}

static void take_error(struct measured *to, const struct osft_metrics *m)
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

/* What was said twice counts as said last, as most readers of JSON have it. */
static void put_metric_in(struct measured *to, const struct metric *metric)
{
    size_t i;
    for (i = 0; i < to->count && compare_metrics(&to->metric[i], metric) != 0; i++) {
    }
    if (i < METRICS_MAX) {
        to->metric[i] = *metric;
        to->count += i == to->count;
    }
}

static void measure(struct writer *w, const struct osft_task *t, struct measured *to)
{
    struct osft_span text = { w->copy, t->extend_info.len };
    struct osft_metrics m;
    struct metric metric;
    int err;

    to->count = 0;
    to->errors = 0;
    if (t->extend_info.ptr == NULL) {
        to->errors = OSFT_UNKNOWN;
        return;
    }
    memcpy(w->copy, t->extend_info.ptr, t->extend_info.len);
    osft_metrics_init(&m, &text);
    while ((err = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        if (m.is_error) {
            take_error(to, &m);
            continue;
        }
        metric.len = osft_metrics_path(&m, metric.name, sizeof(metric.name));
        if (metric.len > 0 && metric.len < sizeof(metric.name) && scalar_value(&m, metric.value)) {
            put_metric_in(to, &metric);
        }
    }
    if (err != OSFT_OK) { /* what came before is right; what there is behind it nobody knows */
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
            begin(w, "osft_task_metric", "What the run measured, by its name in extendInfo.");
            task_labels(w, w->task[i]);
            label(w, "name", metric->name, metric->len);
            end(w, metric->value);
        }
    }
    w->has_head = 0;
    for (i = 0; i < w->count; i++) {
        measure(w, w->task[i], &measured);
        if (measured.errors != OSFT_UNKNOWN) {
            char value[VALUE_BYTES];
            decimal(measured.errors, 0, value);
            begin(w, "osft_task_errors", "How many errors extendInfo names.");
            task_labels(w, w->task[i]);
            end(w, value);
        }
    }
}

static int compare_spans(const struct osft_span *a, const struct osft_span *b)
{
    size_t len = a->len < b->len ? a->len : b->len;
    int order = len > 0 ? memcmp(a->ptr, b->ptr, len) : 0;
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* What a task that names no function is told to be of; qsort() hands nothing on. */
static struct osft_span asked_function;

/* By what the labels are made of. */
static int compare_labels(const struct osft_task *a, const struct osft_task *b)
{
    const struct osft_span *f = a->function.ptr != NULL ? &a->function : &asked_function;
    const struct osft_span *g = b->function.ptr != NULL ? &b->function : &asked_function;
    int order = compare_spans(&a->generation, &b->generation);
    order = order != 0 ? order : compare_spans(&a->run_id, &b->run_id);
    return order != 0 ? order : compare_spans(f, g);
}

static int in_page_order(const void *a, const void *b)
{
    const struct osft_task *const *x = a, *const *y = b;
    return (*x > *y) - (*x < *y);
}

static int by_labels(const void *a, const void *b)
{
    const struct osft_task *const *x = a, *const *y = b;
    int order = compare_labels(*x, *y);
    return order != 0 ? order : in_page_order(a, b);
}

/* A series may occur once only: of tasks that cannot be told apart, the first stands for all. */
static void choose(struct writer *w)
{
    static const struct osft_span none = { NULL, 0 };
    size_t i, n = 0;

    asked_function = w->look->query != NULL ? w->look->query->function : none;
    for (i = 0; i < w->page->count; i++) {
        w->task[i] = &w->page->tasks[i];
    }
    qsort(w->task, w->page->count, sizeof(*w->task), by_labels);
    for (i = 0; i < w->page->count; i++) {
        if (n == 0 || compare_labels(w->task[i], w->task[n - 1]) != 0) {
            w->task[n++] = w->task[i];
        }
    }
    qsort(w->task, n, sizeof(*w->task), in_page_order);
    w->count = n;
}

static void put_matching(struct writer *w)
{
    char value[VALUE_BYTES];
    if (w->page->total != OSFT_UNKNOWN) {
        decimal(w->page->total, 0, value);
        begin(w, "osft_tasks_matching", "How many tasks match, on all pages.");
        task_labels(w, NULL);
        end(w, value);
    }
}

void format_prometheus(struct out *o, const struct look *look, const struct osft_page *page)
{
    struct writer w = { .o = o, .look = look, .page = page };
    size_t longest = 0, i;

    for (i = 0; i < page->count; i++) {
        size_t len = page->tasks[i].extend_info.len;
        longest = len > longest ? len : longest;
    }
    w.task = calloc(page->count + 1, sizeof(*w.task));
    w.copy = malloc(longest + 1);
    if (w.task == NULL || w.copy == NULL) {
        o->error = o->error != 0 ? o->error : ENOMEM;
    } else {
        choose(&w);
        put_matching(&w);
        put_gauges(&w);
        put_states(&w);
        put_measured(&w);
    }
    free(w.task);
    free(w.copy);
}
