/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "channel_set.h"
#include "config_load.h"
#include "instance.h"
#include "lock.h"
#include "signals.h"
#include "state.h"

#define FIRST_POLLS_MS 100 /* the longest time between the first polls of two instances */

static struct reporter reporter;
static struct connection *connections;

/* ---- putting a configuration in force ---- */

static void mark_connections(int is_used)
{
    struct connection *connection;

    for (connection = connections; connection != NULL; connection = connection->next) {
        connection->is_used = is_used;
    }
}

/* Return the present instance that the section still describes, so that it is kept; NULL: there is
 * none. */
static struct instance *find_kept_instance(const struct config *config, const char *section)
{
    size_t i;

    for (i = 0; i < reporter.count; i++) {
        if (matches_section(reporter.instances[i], config, section)) {
            return reporter.instances[i];
        }
    }
    return NULL;
}

struct plan {
    const char *section;
    struct connection *connection;
    struct instance *old;
};

/* Make the plans for the instances of a configuration: find instances and connections, and make
 * missing connections. Changes nothing that is in force. So nothing but the memory of new instances
 * can fail later. Returns 0, or -1 after reporting what is wrong. */
static int make_plans(const struct config *config, struct plan plans[INSTANCES_MAX], size_t *count)
{
    const char *section;

    mark_connections(0);
    for (*count = 0; (section = config_instance(config, *count)) != NULL; (*count)++) {
        struct plan *plan = &plans[*count];

        plan->section = section;
        plan->old = find_kept_instance(config, section);
        plan->connection = find_connection(&connections, config, section);
        if (plan->connection == NULL) {
            log_line("there is no memory for the connections of this configuration");
            return -1;
        }
    }
    return 0;
}

/* Close connections that no present instance uses. */
static void drop_plans(void)
{
    size_t i;

    mark_connections(0);
    for (i = 0; i < reporter.count; i++) {
        reporter.instances[i]->connection->is_used = 1;
    }
    close_unused_connections(&connections);
}

static int is_planned(const struct instance *instance, const struct plan *plans, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (plans[i].old == instance) {
            return 1;
        }
    }
    return 0;
}

static void save_if_idle(struct instance *instance)
{
    if (instance->watch->phase == PHASE_IDLE && !has_held_event(instance)) {
        save_state(instance);
    }
}

static void drop_instances(const struct plan *plans, size_t count)
{
    size_t i;

    for (i = 0; i < reporter.count; i++) {
        struct instance *instance = reporter.instances[i];

        if (!is_planned(instance, plans, count)) {
            stop_poll(instance);
            save_if_idle(instance);
            free_instance(instance);
        }
    }
}

/* Spread the polls of all instances over the interval: set the slot of an instance by its position
 * among them. */
static void stagger_instance(struct instance *instance, size_t position, size_t count, int is_new)
{
    struct instance_watch *w = instance->watch;
    int64_t slot_ms = (int64_t)instance->interval_ms * (int64_t)position / (int64_t)count;
    int64_t step_ms = (int64_t)instance->interval_ms / (int64_t)count;
    int64_t now_ms = get_monotonic_ms();

    if (w->slot_ms != slot_ms || is_new) {
        w->slot_ms = slot_ms;
        w->was_staggered = 0;
    }
    step_ms = step_ms < FIRST_POLLS_MS ? step_ms : FIRST_POLLS_MS;
    if (is_new) {
        w->due_ms = now_ms + step_ms * (int64_t)position;
    } else if (w->due_ms > now_ms + instance->interval_ms) {
        w->due_ms = now_ms + instance->interval_ms; /* the interval has become shorter */
    }
}

static size_t apply_plans(const struct config *config, const struct plan *plans, size_t count,
                          struct instance **instances)
{
    size_t made = 0, i;

    for (i = 0; i < count; i++) {
        const struct plan *plan = &plans[i];
        struct instance *instance = plan->old;

        if (instance == NULL) {
            instance = make_instance(config, plan->section, plan->connection);
        } else {
            if (instance->connection != plan->connection) {
                stop_poll(instance);
            }
            update_instance(instance, config, plan->section, plan->connection);
        }
        if (instance != NULL) { /* NULL: make_instance() has reported the failure */
            stagger_instance(instance, i, count, plan->old == NULL);
            instances[made++] = instance;
        }
    }
    return made;
}

static int is_same_set(const struct plan *plans, size_t count)
{
    size_t i;

    for (i = 0; i < count && count == reporter.count; i++) {
        if (plans[i].old != reporter.instances[i]) {
            return 0;
        }
    }
    return count == reporter.count;
}

int put_in_force(struct config *config)
{
    static struct plan plans[INSTANCES_MAX];
    struct instance *instances[INSTANCES_MAX];
    const struct config *old = reporter.config;
    size_t count;

    let_locks_wait();
    if (make_plans(config, plans, &count) != 0 ||
        lock_state_folder(config_text(config, "reporter", "state")) != 0) {
        drop_plans();
        return -1;
    }
    if (old != NULL) {
        stop_channels(old, config, !is_same_set(plans, count));
        drop_instances(plans, count); /* this saves their states in the old folder */
    }
    use_locked_folder();
    reporter.count = apply_plans(config, plans, count, instances);
    memcpy(reporter.instances, instances, sizeof(instances[0]) * reporter.count);
    reporter.config = config;
    close_unused_connections(&connections);
    reporter.start_ms = reporter.start_ms != 0 ? reporter.start_ms : get_utc_ms();
    (void)start_channels(&reporter);
    return 0;
}

/* ---- the loop ---- */

/* Return the instance of a connection whose poll is due first; NULL: the connection has no
 * instance. */
static struct instance *find_next_due(const struct connection *connection)
{
    struct instance *first = NULL;
    size_t i;

    for (i = 0; i < reporter.count; i++) {
        struct instance *instance = reporter.instances[i];

        if (instance->connection == connection &&
            (first == NULL || instance->watch->due_ms < first->watch->due_ms)) {
            first = instance;
        }
    }
    return first;
}

static int64_t get_due_ms(const struct connection *connection, const struct instance *instance)
{
    int64_t due_ms = instance->watch->due_ms;
    return due_ms > connection->not_before_ms ? due_ms : connection->not_before_ms;
}

static size_t prepare_connections(struct pollfd *descriptors, int64_t *timeout_ms)
{
    const struct connection *connection;
    size_t used = 0;

    for (connection = connections; connection != NULL; connection = connection->next) {
        const struct instance *instance = connection->polled_instance;

        if (instance == NULL) {
            instance = find_next_due(connection);
            if (instance != NULL) {
                lower_timeout(timeout_ms, get_due_ms(connection, instance) - get_monotonic_ms());
            }
            continue;
        }
        lower_timeout(timeout_ms, osft_wait_ms(&connection->client));
        descriptors[used] = get_connection_wait(connection);
        if (descriptors[used].events != 0) {
            used++;
        }
    }
    return used;
}

static void run_connections(void)
{
    struct connection *connection;

    for (connection = connections; connection != NULL; connection = connection->next) {
        struct instance *instance = connection->polled_instance;

        if (instance != NULL) {
            step_poll(instance);
            continue;
        }
        instance = find_next_due(connection);
        if (instance != NULL && get_due_ms(connection, instance) <= get_monotonic_ms()) {
            start_poll(instance);
        }
    }
}

static void save_states(void)
{
    size_t i;

    for (i = 0; i < reporter.count; i++) {
        if (reporter.instances[i]->watch->must_save) {
            save_if_idle(reporter.instances[i]);
        }
    }
}

/* Turn the loop once: sleep until there is something to do, and do it. at_most_ms: the longest
 * sleep */
static void turn_loop(int64_t at_most_ms)
{
    static struct pollfd descriptors[1 + INSTANCES_MAX + CHANNEL_SET_DESCRIPTORS];
    int64_t timeout_ms = at_most_ms;
    size_t used = 1, first_of_channels;

    descriptors[0].fd = get_signal_fd();
    descriptors[0].events = POLLIN;
    used += prepare_connections(descriptors + used, &timeout_ms);
    first_of_channels = used;
    used += prepare_channels(descriptors + used, &timeout_ms);
    if (poll(descriptors, (nfds_t)used, timeout_ms < INT_MAX ? (int)timeout_ms : INT_MAX) < 0) {
        size_t i;

        for (i = 0; i < used; i++) {
            descriptors[i].revents = 0;
        }
    }
    run_connections();
    run_channels(descriptors + first_of_channels);
    save_states();
}

/* Configurations that are no longer in force, but that a running channel was started with. */
static const struct config *retired[8];

static void retire_config(const struct config *config)
{
    const size_t count = sizeof(retired) / sizeof(retired[0]);
    size_t i, empty = count;

    for (i = 0; i < count; i++) {
        if (retired[i] != NULL && !is_config_in_use(retired[i])) {
            free_config((struct config *)(uintptr_t)retired[i]); /* the loop owns the struct */
            retired[i] = NULL;
        }
        empty = retired[i] == NULL ? i : empty;
    }
    if (config != NULL && is_config_in_use(config) && empty < count) {
        retired[empty] = config; /* an empty place exists, as there are more places than channels */
    } else {
        free_config((struct config *)(uintptr_t)config);
    }
}

static void reload_config(const struct options *options)
{
    const struct config *old = reporter.config;
    struct config *config = load_config(options);

    if (config == NULL || put_in_force(config) != 0) {
        free_config(config);
        reporter.bad_reloads++;
        log_line("the new configuration is refused (above); the one before stays in force");
        return;
    }
    retire_config(old);
    reporter.reloads++;
    log_line("the new configuration is in force: %u instance%s", (unsigned)reporter.count,
             reporter.count == 1 ? "" : "s");
}

static int has_any_held_event(void)
{
    size_t i;

    for (i = 0; i < reporter.count; i++) {
        if (has_held_event(reporter.instances[i])) {
            return 1;
        }
    }
    return 0;
}

/* Whether another SIGTERM or SIGINT has come since the one that ends the loop. */
static int must_end_at_once(void)
{
    int signal_number;

    while ((signal_number = get_signal()) != 0) {
        if (signal_number != SIGHUP) {
            return 1;
        }
    }
    return 0;
}

/* End the loop. Channels get some time to pass on the events that they hold, unless a further
 * SIGTERM or SIGINT comes. Events that the channels still hold at the end are reported again after
 * the next start. */
static void end_loop(void)
{
    int64_t end_ms = get_monotonic_ms() + CHANNEL_STOP_MS;
    size_t i;

    reporter.is_ending = 1;
    for (i = 0; i < reporter.count; i++) {
        stop_poll(reporter.instances[i]);
        reporter.instances[i]->watch->due_ms = INT64_MAX / 2; /* so that no further poll begins */
    }
    while (has_any_held_event() && get_monotonic_ms() < end_ms && !must_end_at_once()) {
        turn_loop(end_ms - get_monotonic_ms());
    }
    for (i = 0; i < reporter.count; i++) {
        save_if_idle(reporter.instances[i]);
    }
    stop_channels(reporter.config, NULL, 1);
    for (i = 0; i < reporter.count; i++) {
        free_instance(reporter.instances[i]);
    }
    reporter.count = 0;
    mark_connections(0);
    close_unused_connections(&connections);
}

void run_loop(const struct options *options)
{
    int signal_number;

    for (;;) {
        signal_number = get_signal();
        if (signal_number == SIGHUP) {
            reload_config(options);
        } else if (signal_number != 0) {
            break;
        }
        turn_loop(INT_MAX);
    }
    end_loop();
    retire_config(reporter.config);
    reporter.config = NULL;
}
