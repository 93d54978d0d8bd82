/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers when a poll of each instance last succeeded. */
#include "health.h"
#include <string.h>
#include "../common/text.h"

#define INTERVALS_ALLOWED 3
#define GRACE_MS          60000

void start_health(struct health *health, const struct reporter *reporter, int64_t monotonic_ms)
{
    memset(health, 0, sizeof(*health));
    health->reporter = reporter;
    refresh_health(health, monotonic_ms);
}

static int64_t find_good_ms(const struct health *health, const struct instance *instance,
                            int64_t otherwise_ms)
{
    size_t i;

    for (i = 0; i < INSTANCES_MAX; i++) {
        if (health->known[i].instance == instance) {
            return health->known[i].good_ms;
        }
    }
    return otherwise_ms;
}

void refresh_health(struct health *health, int64_t monotonic_ms)
{
    const struct reporter *reporter = health->reporter;
    const struct health before = *health; /* 1 KB */
    size_t i;

    for (i = 0; i < INSTANCES_MAX; i++) {
        const struct instance *instance = i < reporter->count ? reporter->instances[i] : NULL;

        health->known[i].instance = instance;
        /* An instance without a poll is new, even when it has the address of an instance that was
         * freed. */
        health->known[i].good_ms = instance == NULL || !instance->has_polled
                                       ? monotonic_ms
                                       : find_good_ms(&before, instance, monotonic_ms);
    }
}

void note_poll(struct health *health, const struct instance *instance, int64_t monotonic_ms)
{
    size_t i;

    refresh_health(health, monotonic_ms);
    for (i = 0; i < health->reporter->count; i++) {
        if (health->known[i].instance == instance && instance->is_up) {
            health->known[i].good_ms = monotonic_ms;
        }
    }
}

static int64_t get_allowed_ms(const struct health *health, const struct instance *instance)
{
    return health->allowed_ms != 0 ? health->allowed_ms
                                   : (int64_t)instance->interval_ms * INTERVALS_ALLOWED + GRACE_MS;
}

int is_well(const struct health *health, size_t number, int64_t monotonic_ms)
{
    const struct instance *instance = health->reporter->instances[number];

    return monotonic_ms - health->known[number].good_ms <= get_allowed_ms(health, instance);
}

static int is_up(const struct instance *instance)
{
    return instance->has_polled && instance->is_up;
}

/* Put for how long no poll of the instance has succeeded, and after how much time /healthz will
 * therefore respond with 503. left_ms: that time; < 0: it is over, and is not put. */
static void put_silence(struct output *out, const struct instance *instance, int64_t silent_ms,
                        int64_t left_ms)
{
    if (!instance->has_polled) {
        put_text(out, ": no poll has ended yet");
    } else {
        put_text(out, ": no poll has gone well for ");
        put_integer(out, silent_ms / 1000);
        put_text(out, " s");
    }
    if (left_ms >= 0) {
        put_text(out, " (503 in ");
        put_integer(out, left_ms / 1000 + 1);
        put_text(out, " s)");
    }
}

/* Put a line about an instance that is not up or not well. The line ends with the newest failure if
 * the last poll has failed. */
static void put_instance(struct output *out, const struct health *health, size_t number,
                         int64_t monotonic_ms)
{
    const struct instance *instance = health->reporter->instances[number];
    const struct failure *failure = &instance->failures[instance->newest_failure];
    int64_t silent_ms = monotonic_ms - health->known[number].good_ms;

    put_escaped(out, SINK_TEXT, instance->name, strlen(instance->name));
    put_silence(out, instance, silent_ms, get_allowed_ms(health, instance) - silent_ms);
    if (failure->error != OSFT_OK && !instance->is_up) {
        put_text(out, "; ");
        put_escaped(out, SINK_TEXT, failure->text, strlen(failure->text));
    }
    put_text(out, "\n");
}

/* Put how many of all instances are up. */
static void put_count(struct output *out, size_t up, size_t count)
{
    if (up == count) {
        put_text(out, "All instances are polled well: ");
        put_integer(out, (int64_t)count);
        put_text(out, "\n");
        return;
    }
    put_integer(out, (int64_t)up);
    put_text(out, " of ");
    put_integer(out, (int64_t)count);
    put_text(out, count == 1 ? " instance up\n" : " instances up\n");
}

size_t put_health(struct output *out, const struct health *health, int64_t monotonic_ms)
{
    size_t count = health->reporter->count, i, unwell_count = 0, up_count = 0;

    for (i = 0; i < count; i++) {
        int well = is_well(health, i, monotonic_ms);

        unwell_count += !well;
        up_count += well && is_up(health->reporter->instances[i]);
    }
    put_count(out, up_count, count);
    for (i = 0; i < count; i++) {
        if (!is_well(health, i, monotonic_ms) || !is_up(health->reporter->instances[i])) {
            put_instance(out, health, i, monotonic_ms);
        }
    }
    return unwell_count;
}
