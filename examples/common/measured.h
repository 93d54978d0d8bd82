/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what a run measured: the metrics of extendInfo, as decimals in text, and how many errors
 * it names. */
#ifndef MEASURED_H
#define MEASURED_H

#include "osft_metrics.h"

#define DECIMAL_SIZE 64
/* Write n / 10^scale as a decimal, without trailing zeros. */
void format_decimal(int64_t n, unsigned scale, char value[DECIMAL_SIZE]);
/* Return the length of the metric's path, as osft_metrics_path() does, but without reading the
 * names. The names can have any length, and many metrics can share one; reading it again for each
 * of them would take long. */
size_t get_path_length(const struct osft_metrics *m);
/* Return the number of the error that the scalar belongs to, counted from 1; 0: the scalar is a
 * null, so there is no error. */
int64_t get_error_number(const struct osft_metrics *m);

#define METRIC_NAME_SIZE 128 /* a metric with a longer path is left out */
#define MEASURED_MAX     512 /* of one run; a server must store a series for each */

struct metric {
    size_t len; /* of name; a name may hold a NUL */
    char name[METRIC_NAME_SIZE], value[DECIMAL_SIZE];
};

/* The numbers in extendInfo. */
struct measurements {
    size_t count;
    struct metric metric[MEASURED_MAX]; /* in the order in which they were found */
    uint16_t sorted[MEASURED_MAX];      /* indices of metric, ordered by name */
    int64_t errors;                     /* number of errors; OSFT_UNKNOWN: not known */
};

/* Read extendInfo. Values are written digit by digit, so that they are exactly what the service
 * sent. A number that a double cannot hold is left out. copy: a buffer with room for extendInfo. */
void read_measurements(struct measurements *to, const struct osft_span *extend_info, char *copy);

#endif
