/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what a run measured. */
#include "measured.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "values.h"

void format_decimal(int64_t n, unsigned scale, char value[DECIMAL_SIZE])
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
        snprintf(value, DECIMAL_SIZE, "%s%s", sign, digits);
    } else if (scale > strlen(zeros)) {
        snprintf(value, DECIMAL_SIZE, "%s%se-%u", sign, digits, scale);
    } else if (len > (int)scale) {
        len -= (int)scale;
        snprintf(value, DECIMAL_SIZE, "%s%.*s.%s", sign, len, digits, digits + len);
    } else {
        snprintf(value, DECIMAL_SIZE, "%s0.%.*s%s", sign, (int)scale - len, zeros, digits);
    }
}

size_t get_path_length(const struct osft_metrics *m)
{
    size_t length = 0, i;

    for (i = 0; i < m->depth; i++) {
        uint32_t index = m->path[i].index;

        length += i > 0; /* a dot */
        if (m->path[i].name.ptr != NULL) {
            length += m->path[i].name.len;
            continue;
        }
        do {
            length++;
            index /= 10;
        } while (index > 0);
    }
    return length;
}

int64_t get_error_number(const struct osft_metrics *m)
{
    int is_element = m->depth > 1 && m->path[1].name.ptr == NULL;

    return is_element ? (int64_t)m->path[1].index + 1 : m->kind != OSFT_METRIC_NULL;
}

/* Copy a number as the service wrote it. Returns 1, or 0 for a number that a double cannot hold, as
 * a scraper would refuse an exposition with such a number. */
static int format_huge(const struct osft_span *text, char value[DECIMAL_SIZE])
{
    int64_t exponent = 0;
    char *e;

    if (text->len >= DECIMAL_SIZE) {
        return 0;
    }
    memcpy(value, text->ptr, text->len);
    value[text->len] = 0;
    e = strpbrk(value, "eE");
    return e == NULL || (parse_integer(e + 1 + (e[1] == '+'), -999, 200, &exponent) == 0);
}

/* Format a scalar as a number. Returns 1, or 0 when the scalar is not a number. */
static int format_scalar(const struct osft_metrics *m, char value[DECIMAL_SIZE])
{
    switch (m->kind) {
    case OSFT_METRIC_NUMBER: format_decimal(m->number, m->scale, value); return 1;
    case OSFT_METRIC_HUGE: return format_huge(&m->text, value);
    case OSFT_METRIC_TRUE: snprintf(value, DECIMAL_SIZE, "1"); return 1;
    case OSFT_METRIC_FALSE: snprintf(value, DECIMAL_SIZE, "0"); return 1;
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

/* Store a metric, in place of one with the same name, if there is one: most readers of JSON take
 * the last of two members with the same name. */
static void store_metric(struct measurements *to, const struct metric *metric)
{
    size_t at = find_metric(to, metric);

    if (at < to->count && compare_metrics(&to->metric[to->sorted[at]], metric) == 0) {
        to->metric[to->sorted[at]] = *metric;
    } else if (to->count < MEASURED_MAX) {
        memmove(to->sorted + at + 1, to->sorted + at, (to->count - at) * sizeof(to->sorted[0]));
        to->sorted[at] = (uint16_t)to->count;
        to->metric[to->count++] = *metric;
    }
}

void read_measurements(struct measurements *to, const struct osft_span *extend_info, char *copy)
{
    struct osft_span text = { copy, extend_info->len };
    struct osft_metrics m;
    struct metric metric;
    int err;

    to->count = 0;
    to->errors = 0;
    if (extend_info->ptr == NULL) {
        to->errors = OSFT_UNKNOWN;
        return;
    }
    memcpy(copy, extend_info->ptr, extend_info->len);
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
