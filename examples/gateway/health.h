/* SPDX-License-Identifier: Apache-2.0 */
/* Tells whether each instance is well: a poll of it has succeeded within allowed_ms. Times are
 * measured by get_monotonic_ms(), as the machine's clock may jump. */
#ifndef HEALTH_H
#define HEALTH_H

#include "../common/output.h"
#include "reporter.h"

struct health {
    const struct reporter *reporter;
    int64_t allowed_ms; /* 0: three intervals of the instance and a minute */
    /* When a poll of each instance last succeeded, in the order of the reporter's instances. For a
     * new instance, the time when it was first seen. */
    struct {
        const struct instance
            *instance; /* used only for comparison, as the instance may have been freed */
        int64_t good_ms;
    } known[INSTANCES_MAX];
};

/* Begin to observe the instances of the reporter. Sets allowed_ms to 0. */
void start_health(struct health *health, const struct reporter *reporter, int64_t monotonic_ms);
/* Follow changes of the set of instances. Call this in each turn of the loop, so that a new
 * instance is never taken for a freed one that had the same address. */
void refresh_health(struct health *health, int64_t monotonic_ms);
/* Note that a poll of the instance has ended. */
void note_poll(struct health *health, const struct instance *instance, int64_t monotonic_ms);
/* Whether the instance with that index is well. */
int is_well(const struct health *health, size_t number, int64_t monotonic_ms);
/* Put one line when all instances are well and up. Otherwise put how many instances are well and
 * up, and a line for each other instance. The line says why the instance is not up and, while the
 * instance is still well, after how much time it will not be well any more. Returns the number of
 * instances that are not well. */
size_t put_health(struct output *out, const struct health *health, int64_t monotonic_ms);

#endif
