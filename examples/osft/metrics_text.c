/* SPDX-License-Identifier: Apache-2.0 */
/* A summary of what a run measured, for people: "1 error: no samples; auc 0.7745, recall 91". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "osft_metrics.h"

#define PATH_BYTES  128
#define ERROR_BYTES 160

/* A text; bytes for which there is no room are dropped. */
struct text {
    char *bytes;
    size_t size, len;
};

struct summary {
    struct text metrics, error; /* error: the text of the first error */
    int64_t errors;             /* how many */
};

static void append_bytes(struct text *to, const char *bytes, size_t len)
{
    size_t room = to->size - to->len, n = len < room ? len : room;

    memcpy(to->bytes + to->len, bytes, n);
    to->len += n;
}

static void append_text(struct text *to, const char *text)
{
    append_bytes(to, text, strlen(text));
}

static void append_scalar(struct text *to, const struct osft_metrics *m)
{
    char value[DECIMAL_SIZE];

    if (m->kind == OSFT_METRIC_NUMBER) {
        format_decimal(m->number, m->scale, value);
        append_text(to, value);
    } else {
        append_bytes(to, m->text.ptr, m->text.len); /* as sent; also true, false and null */
    }
}

/* Append the scalars of the first error, and count the others. */
static void add_error(struct summary *summary, const struct osft_metrics *m)
{
    int64_t number = get_error_number(m);

    summary->errors = number > summary->errors ? number : summary->errors;
    if (number == 1) {
        append_text(&summary->error, summary->error.len > 0 ? " " : "");
        append_scalar(&summary->error, m);
    }
}

/* Append the path of a metric and its value. Of a path that is too long, only the last name is
 * appended, and a long name is cut. */
static void add_metric(struct summary *summary, const struct osft_metrics *m)
{
    struct text *to = &summary->metrics;
    char path[PATH_BYTES];

    append_text(to, to->len > 0 ? ", " : "");
    if (get_path_length(m) < sizeof(path)) {
        size_t len = osft_metrics_path(m, path, sizeof(path));
        append_bytes(to, path, len);
    } else {
        append_bytes(to, m->name.ptr, m->name.len < sizeof(path) ? m->name.len : sizeof(path));
    }
    append_text(to, " ");
    append_scalar(to, m);
}

/* Read the errors and metrics of a text. memory: the text, which is overwritten. Returns 1, or 0
 * when the text is not JSON or is a single scalar. */
static int read_summary(struct summary *summary, char *memory, size_t len)
{
    struct osft_span text = { memory, len };
    struct osft_metrics m;
    int error, count = 0;

    osft_metrics_init(&m, &text);
    while ((error = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        if (m.depth == 0) {
            return 0;
        }
        if (m.is_error) {
            add_error(summary, &m);
        } else if (summary->metrics.len < summary->metrics.size) {
            add_metric(summary, &m);
        }
        count++;
    }
    return error == OSFT_OK || count > 0; /* the scalars before an error are valid */
}

static struct osft_span join_summary(const struct summary *summary, char *buffer, size_t size)
{
    struct text all = { buffer, size, 0 };
    char count[48];
    struct osft_span span;

    if (summary->errors > 0) {
        snprintf(count, sizeof(count), "%" PRId64 " error%s", summary->errors,
                 summary->errors == 1 ? "" : "s");
        append_text(&all, count);
        append_text(&all, summary->error.len > 0 ? ": " : "");
        append_bytes(&all, summary->error.bytes, summary->error.len);
        append_text(&all, summary->metrics.len > 0 ? "; " : "");
    }
    append_bytes(&all, summary->metrics.bytes, summary->metrics.len);
    span.ptr = buffer;
    span.len = cut_utf8(buffer, all.len);
    return span;
}

struct osft_span summarise_metrics(const struct osft_span *text, char buffer[METRICS_TEXT_SIZE])
{
    char metrics[METRICS_TEXT_SIZE], error[ERROR_BYTES]; /* 0.6 KB of stack */
    struct summary summary = { { metrics, sizeof(metrics), 0 }, { error, sizeof(error), 0 }, 0 };
    char *copy = text->len > 0 ? malloc(text->len) : NULL;
    int is_summary = 0;

    if (copy != NULL) {
        memcpy(copy, text->ptr, text->len);
        is_summary = read_summary(&summary, copy, text->len);
    }
    free(copy);
    return is_summary ? join_summary(&summary, buffer, METRICS_TEXT_SIZE) : *text;
}
