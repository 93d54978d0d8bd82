/* SPDX-License-Identifier: Apache-2.0 */
/* Which instances were polled well lately. */
#include "health.h"
#include <string.h>
#include "../common/text.h"

#define INTERVALS_ALLOWED 3
#define GRACE_MS          60000

void start_health(struct health *health, const struct reporter *reporter, int64_t monotonic_ms)
{
    size_t i;

    health->reporter = reporter;
    health->allowed_ms = 0;
    for (i = 0; i < INSTANCES_MAX; i++) {
        health->good_ms[i] = monotonic_ms;
    }
}

void note_poll(struct health *health, const struct instance *instance, int64_t monotonic_ms)
{
    size_t i;

    for (i = 0; i < health->reporter->count; i++) {
        if (health->reporter->instances[i] == instance && instance->is_up) {
            health->good_ms[i] = monotonic_ms;
        }
    }
}

int is_well(const struct health *health, size_t number, int64_t monotonic_ms)
{
    const struct instance *instance = health->reporter->instances[number];
    int64_t allowed_ms = health->allowed_ms != 0
                             ? health->allowed_ms
                             : (int64_t)instance->interval_ms * INTERVALS_ALLOWED + GRACE_MS;

    return monotonic_ms - health->good_ms[number] <= allowed_ms;
}

/* Says why as well as the reporter knows it. */
static void put_ill(struct output *out, const struct instance *instance, int64_t silent_ms)
{
    const struct failure *failure = &instance->failures[instance->newest_failure];

    put_escaped(out, SINK_TEXT, instance->name, strlen(instance->name));
    put_text(out, ": no poll has gone well for ");
    put_integer(out, silent_ms / 1000);
    put_text(out, " s");
    if (failure->error != OSFT_OK && !instance->is_up) {
        put_text(out, "; ");
        put_escaped(out, SINK_TEXT, failure->text, strlen(failure->text));
    }
    put_text(out, "\n");
}

size_t put_health(struct output *out, const struct health *health, int64_t monotonic_ms)
{
    size_t i, ill = 0;

    for (i = 0; i < health->reporter->count; i++) {
        if (!is_well(health, i, monotonic_ms)) {
            put_ill(out, health->reporter->instances[i], monotonic_ms - health->good_ms[i]);
            ill++;
        }
    }
    if (ill == 0) {
        put_text(out, "All instances are polled well: ");
        put_integer(out, (int64_t)health->reporter->count);
        put_text(out, "\n");
    }
    return ill;
}
