/* SPDX-License-Identifier: Apache-2.0 */
/* What a run measured, as numbers in text: all metrics of extendInfo, and how many errors it
 * names. */
#ifndef MEASURED_H
#define MEASURED_H

#include "osft_metrics.h"

#define DECIMAL_SIZE 64
/* n / 10^scale as a decimal, with as few digits as will do. */
void format_decimal(int64_t n, unsigned scale, char value[DECIMAL_SIZE]);
/* The length of the metric's path, as osft_metrics_path() returns it, without a look at the names:
 * many metrics can stand below a name of any length. */
size_t get_path_length(const struct osft_metrics *m);

#define METRIC_NAME_SIZE 128 /* of a metric's path; a metric with a longer one is left out */
#define MEASURED_MAX     512 /* of one run: each is a series that a server must store */

struct metric {
    size_t len; /* of name, which may hold a NUL */
    char name[METRIC_NAME_SIZE], value[DECIMAL_SIZE];
};

/* What is in extendInfo. */
struct measured {
    size_t count;
    struct metric metric[MEASURED_MAX]; /* in the order of the text */
    uint16_t sorted[MEASURED_MAX];      /* their positions, in the order of their names */
    int64_t errors;                     /* OSFT_UNKNOWN: not known */
};

/* Reads extendInfo. Values are written digit by digit, so that they are exactly what the service
 * sent, but for a number that a double cannot hold, which is left out.
 * copy: memory for the text's length, which is overwritten */
void measure_run(struct measured *measured, const struct osft_span *extend_info, char *copy);

#endif
