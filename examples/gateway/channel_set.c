/* SPDX-License-Identifier: Apache-2.0 */
#include "channel_set.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "../common/exposition.h"
#include "config_load.h"
#include "missed.h"

#define RESTART_AFTER_MS 10000

OSFT_STATIC_ASSERT(CHANNELS_MAX *CHANNEL_DESCRIPTORS <= CHANNEL_SET_DESCRIPTORS,
                   there_are_more_channels_than_descriptors);

/* The states of the channels, in the order of channels[]. */
static struct {
    int is_wanted, is_on;
    const struct config *config; /* the configuration that start() was called with */
    int64_t retry_ms;            /* when start() is called again after a failure */
    size_t first, count;
} states[CHANNELS_MAX];
static const struct reporter *current_reporter;

int check_channels(const struct config *config)
{
    int result = 0;
    size_t i;

    for (i = 0; channels[i] != NULL; i++) {
        if (config_has_section(config, channels[i]->name) && channels[i]->check != NULL &&
            config_is_sound(config, channels[i]->name)) {
            result |= channels[i]->check(config);
        }
    }
    return result;
}

static int start_channel(size_t i)
{
    states[i].is_on = channels[i]->start == NULL || channels[i]->start(current_reporter) == 0;
    states[i].retry_ms = get_monotonic_ms() + RESTART_AFTER_MS;
    states[i].config = current_reporter->config;
    if (states[i].is_on) {
        pass_missed_events(i, current_reporter);
    }
    return states[i].is_on ? 0 : -1;
}

int start_channels(const struct reporter *reporter)
{
    int result = 0;
    size_t i;

    current_reporter = reporter;
    for (i = 0; channels[i] != NULL; i++) {
        states[i].is_wanted = config_has_section(reporter->config, channels[i]->name);
        if (states[i].is_wanted && !states[i].is_on) {
            result |= start_channel(i);
        }
        if (!states[i].is_wanted) {
            forget_missed_events(i);
        }
    }
    return result;
}

void stop_channels(const struct config *old, const struct config *next, int all)
{
    size_t i;

    for (i = 0; channels[i] != NULL; i++) {
        const char *name = channels[i]->name;
        int stays = next != NULL && (!all || channels[i]->needs_no_instances) &&
                    config_has_section(next, name) && is_same_section(old, next, name);

        if (states[i].is_on && !stays) {
            states[i].is_on = 0;
            if (channels[i]->stop != NULL) {
                channels[i]->stop();
            }
        }
        if (next == NULL) {
            forget_missed_events(i);
        }
    }
}

int is_config_in_use(const struct config *config)
{
    size_t i;

    for (i = 0; channels[i] != NULL; i++) {
        if (states[i].is_on && states[i].config == config) {
            return 1;
        }
    }
    return 0;
}

void tell_event(const struct instance *instance, const struct event *event)
{
    size_t i;

    for (i = 0; channels[i] != NULL; i++) {
        if (channels[i]->on_event == NULL) {
            continue;
        }
        if (states[i].is_on) {
            channels[i]->on_event(instance, event);
        } else if (states[i].is_wanted) {
            keep_missed_event(i, instance, event);
        }
    }
}

void tell_poll(const struct instance *instance, const struct poll_result *result)
{
    size_t i;

    for (i = 0; channels[i] != NULL; i++) {
        if (states[i].is_on && channels[i]->on_poll != NULL) {
            channels[i]->on_poll(instance, result);
        }
    }
}

int has_held_event(const struct instance *instance)
{
    size_t i;

    for (i = 0; channels[i] != NULL; i++) {
        if ((states[i].is_on || states[i].is_wanted) && channels[i]->is_holding != NULL &&
            channels[i]->is_holding(instance)) {
            return 1;
        }
    }
    return has_missed_event(instance);
}

size_t prepare_channels(struct pollfd *descriptors, int64_t *timeout_ms)
{
    size_t used = 0, i;

    for (i = 0; channels[i] != NULL; i++) {
        states[i].first = used;
        states[i].count = 0;
        if (states[i].is_on && channels[i]->prepare != NULL) {
            states[i].count =
                channels[i]->prepare(descriptors + used, CHANNEL_DESCRIPTORS, timeout_ms);
            used += states[i].count;
        }
        if (states[i].is_wanted && !states[i].is_on) {
            lower_timeout(timeout_ms, states[i].retry_ms - get_monotonic_ms());
        }
    }
    return used;
}

void run_channels(const struct pollfd *descriptors)
{
    size_t i;

    for (i = 0; channels[i] != NULL; i++) {
        if (states[i].is_on && channels[i]->run != NULL) {
            channels[i]->run(descriptors + states[i].first, states[i].count);
        }
        if (states[i].is_wanted && !states[i].is_on && get_monotonic_ms() >= states[i].retry_ms) {
            (void)start_channel(i);
        }
    }
}

/* Put how many events were dropped before a channel could be started. */
static void put_dropped_counts(struct output *out)
{
    struct exposition e = { .out = out };
    char value[24];
    size_t i;

    start_metric(&e);
    for (i = 0; channels[i] != NULL; i++) {
        if (states[i].is_wanted && channels[i]->on_event != NULL) {
            (void)snprintf(value, sizeof(value), "%" PRIu64, count_dropped_events(i));
            start_sample(&e, "osft_reporter_dropped_events_total", "counter",
                         "Events that were dropped as the channel could not be started.");
            put_label(&e, "channel", channels[i]->name, strlen(channels[i]->name));
            end_sample(&e, value);
        }
    }
}

void put_channel_metrics(struct output *out)
{
    size_t i;

    put_dropped_counts(out);
    for (i = 0; channels[i] != NULL; i++) {
        if (states[i].is_on && channels[i]->put_metrics != NULL) {
            channels[i]->put_metrics(out);
        }
    }
}
