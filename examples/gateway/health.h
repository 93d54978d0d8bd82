/* SPDX-License-Identifier: Apache-2.0 */
/* Whether each instance was polled well lately, by a clock that never goes back: the machine's
 * clock may jump. An instance is ill when no poll has gone well for allowed_ms. */
#ifndef HEALTH_H
#define HEALTH_H

#include "../common/output.h"
#include "reporter.h"

struct health {
    const struct reporter *reporter;
    int64_t allowed_ms; /* 0: three of the instance's intervals and a minute */
    /* When a poll of it last went well. An instance that is new has been well until it was seen
     * first. In the order of the reporter's instances. */
    struct {
        const struct instance *instance; /* only compared: it may be gone */
        int64_t good_ms;
    } known[INSTANCES_MAX];
};

/* Sets allowed_ms to 0. */
void start_health(struct health *health, const struct reporter *reporter, int64_t monotonic_ms);
/* Instances have come or gone, perhaps. Call it in each turn of the loop, so that a new instance is
 * never taken for one that has gone. */
void refresh_health(struct health *health, int64_t monotonic_ms);
/* A poll of the instance has ended. */
void note_poll(struct health *health, const struct instance *instance, int64_t monotonic_ms);
/* 1: the instance of that number is well. */
int is_well(const struct health *health, size_t number, int64_t monotonic_ms);
/* One line for all when they are well, else a line for each that is not. Returns how many are not.
 */
size_t put_health(struct output *out, const struct health *health, int64_t monotonic_ms);

#endif
