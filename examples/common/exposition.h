/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text exposition format, version 0.0.4. All samples of a metric stand together below
 * its HELP and TYPE.
 *
 *     struct exposition exposition = { .out = out };
 *     start_metric(&exposition);
 *     for (each sample) {
 *         start_sample(&exposition, "osft_up", "gauge", "1 when the last call went well.");
 *         put_label(&exposition, "app", app, strlen(app));
 *         end_sample(&exposition, "1");
 *     }
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include "osft.h"
#include "output.h"

struct exposition {
    struct output *out;
    int has_head; /* HELP and TYPE of the metric were written */
    int labels;   /* how many labels of the sample were written */
};

void start_metric(struct exposition *exposition);
/* Begin a sample; before the metric's first one, put HELP and TYPE. type: such as gauge; help: a
 * sentence. */
void start_sample(struct exposition *exposition, const char *name, const char *type,
                  const char *help);
/* Put a label of the sample. text NULL: the sample has no such label. */
void put_label(struct exposition *exposition, const char *name, const char *text, size_t len);
void end_sample(struct exposition *exposition, const char *value);

/* Return the value of a sample of a state set, and set *label to the status of the sample. A state
 * set has a sample for each known status, and one for a status that only the service knows. number:
 * of the sample, counted from 0. Returns NULL when there is no such sample. */
const char *get_status_of_set(const struct osft_span *status, enum osft_state state, size_t number,
                              struct osft_span *label);

#endif
