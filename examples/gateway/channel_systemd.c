/* SPDX-License-Identifier: Apache-2.0 */
/* Tells systemd when the reporter is ready, and shows a line of status. As long as the loop turns,
 * the watchdog gets a message whenever half of its interval has passed. Without systemd (no
 * NOTIFY_SOCKET) the channel does nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include "channel.h"
#include "log.h"

#define STATUS_SIZE 200

static const struct reporter *watched;
static int shows_status;
static char last_status[STATUS_SIZE]; /* the status that was sent last */
static int64_t watchdog_ms; /* between two messages to the watchdog; 0: there is no watchdog */
static int64_t last_watchdog_ms;
static uint64_t reported_reloads; /* the number of reloads that systemd has been told of */
static struct problem notify_problem;

static const struct config_key systemd_keys[] = {
    { "status", VALUE_SWITCH,
      "yes or no: whether 'systemctl status' shows how many instances are up", "yes", 0, 0, NULL, 0,
      0 },
    { NULL, VALUE_TEXT, NULL, NULL, 0, 0, NULL, 0, 0 }
};

static void notify_systemd(const char *message)
{
    int result = sd_notify(0, message);

    if (result < 0) {
        problem_set(&notify_problem, "systemd: it cannot be told of this service's state: %s",
                    strerror(-result));
    } else {
        problem_clear(&notify_problem, "systemd: it is told of this service's state again");
    }
}

/* ---- status ---- */

static void write_status(char text[STATUS_SIZE])
{
    size_t i, up = 0, waiting = 0;
    const char *down = NULL;

    for (i = 0; i < watched->count; i++) {
        const struct instance *instance = watched->instances[i];

        waiting += !instance->has_polled;
        up += instance->has_polled && instance->is_up;
        if (instance->has_polled && !instance->is_up && down == NULL) {
            down = instance->name;
        }
    }
    (void)snprintf(text, STATUS_SIZE, "%zu of %zu instance%s up", up, watched->count,
                   watched->count == 1 ? "" : "s");
    i = strlen(text);
    if (down != NULL) {
        (void)snprintf(text + i, STATUS_SIZE - i, "; down: %s%s", down,
                       watched->count - up - waiting > 1 ? " and others" : "");
    }
    i = strlen(text);
    if (watched->bad_reloads > 0) {
        (void)snprintf(text + i, STATUS_SIZE - i, "; %" PRIu64 " new configuration%s refused",
                       watched->bad_reloads, watched->bad_reloads == 1 ? " was" : "s were");
    }
}

static void notify_status(void)
{
    char text[STATUS_SIZE], message[STATUS_SIZE + 8];

    write_status(text);
    if (shows_status && strcmp(text, last_status) != 0) {
        memcpy(last_status, text, sizeof(last_status));
        (void)snprintf(message, sizeof(message), "STATUS=%s", text);
        notify_systemd(message);
    }
}

/* ---- the channel ---- */

static int start_systemd(const struct reporter *reporter)
{
    uint64_t limit_us = 0;

    watched = reporter;
    last_status[0] = 0;
    shows_status = (int)config_integer(reporter->config, "systemd", "status");
    reported_reloads = reporter->reloads + reporter->bad_reloads;
    watchdog_ms = sd_watchdog_enabled(0, &limit_us) > 0 ? (int64_t)(limit_us / 2000) : 0;
    if (watchdog_ms == 0 && limit_us > 0) {
        watchdog_ms = 1;
    }
    last_watchdog_ms = get_monotonic_ms();
    notify_systemd("READY=1\nWATCHDOG=1");
    notify_status();
    return 0;
}

/* Tell systemd that a configuration was read. The configuration is read within one turn of the
 * loop, so this function sends both messages, that reading has begun and that it has ended. */
static void notify_reload(void)
{
    if (watched->reloads + watched->bad_reloads != reported_reloads) {
        struct timespec now;
        char message[80];

        reported_reloads = watched->reloads + watched->bad_reloads;
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        (void)snprintf(message, sizeof(message), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
                       (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
        notify_systemd(message);
        notify_systemd("READY=1");
    }
}

static void notify_end(void)
{
    if (watched != NULL && watched->is_ending) {
        notify_systemd("STOPPING=1");
        watched = NULL;
    }
}

static size_t prepare_systemd(struct pollfd *descriptors, size_t room, int64_t *timeout_ms)
{
    (void)descriptors, (void)room;
    if (watchdog_ms > 0) {
        lower_timeout(timeout_ms, last_watchdog_ms + watchdog_ms - get_monotonic_ms());
    }
    return 0;
}

static void run_systemd(const struct pollfd *descriptors, size_t count)
{
    int64_t now_ms = get_monotonic_ms();

    (void)descriptors, (void)count;
    if (watchdog_ms > 0 && now_ms - last_watchdog_ms >= watchdog_ms) {
        last_watchdog_ms = now_ms;
        notify_systemd("WATCHDOG=1");
    }
    notify_end();
    if (watched != NULL) {
        notify_reload();
        notify_status();
    }
}

/* Stop the channel. The reporter itself may go on: a new configuration may have no section for
 * systemd. */
static void stop_systemd(void)
{
    notify_end();
    watched = NULL;
    watchdog_ms = 0;
}

static const char *describe_systemd(void)
{
    return "libsystemd"; /* libsystemd has no function that returns its version */
}

extern const struct channel systemd_channel;
const struct channel systemd_channel = {
    .name = "systemd",
    .keys = systemd_keys,
    .start = start_systemd,
    .prepare = prepare_systemd,
    .run = run_systemd,
    .stop = stop_systemd,
    .describe = describe_systemd,
    .needs_no_instances = 1,
};
