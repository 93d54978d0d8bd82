/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text exposition format, version 0.0.4: all samples of a metric stand together below
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
    int has_head; /* HELP and TYPE of the metric are written */
    int labels;   /* of the sample, so far */
};

void start_metric(struct exposition *exposition);
/* type: such as gauge; help: a sentence. HELP and TYPE come before the metric's first sample. */
void start_sample(struct exposition *exposition, const char *name, const char *type,
                  const char *help);
/* text NULL: no label */
void put_label(struct exposition *exposition, const char *name, const char *text, size_t len);
void end_sample(struct exposition *exposition, const char *value);

/* The samples of a state set: one for each status there is, and one for a status of the service's
 * own. Returns the value of the sample of that number, from 0, and sets the status of its label;
 * NULL: there is none. */
const char *get_status_of_set(const struct osft_span *status, enum osft_state state, size_t number,
                              struct osft_span *label);

#endif
