/* SPDX-License-Identifier: Apache-2.0 */
/* systemd: readiness, a line of status, and the watchdog, which hears of each half of its time in
 * which the loop turned. Without systemd (no NOTIFY_SOCKET) the channel does nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include "channel.h"
#include "log.h"

#define STATUS_SIZE 200

static const struct reporter *watched;
static int says_status;
static char status[STATUS_SIZE]; /* what was said last */
static int64_t watchdog_ms;      /* between two signs of life; 0: nobody waits for them */
static int64_t last_sign_ms;
static uint64_t reloads; /* that systemd has been told of */
static struct problem silence;

static const struct config_key systemd_keys[] = {
    { "status", VALUE_SWITCH,
      "yes or no: whether 'systemctl status' shows how many instances are up", "yes", 0, 0, NULL, 0,
      0 },
    { NULL, VALUE_TEXT, NULL, NULL, 0, 0, NULL, 0, 0 }
};

static void tell(const char *message)
{
    int result = sd_notify(0, message);

    if (result < 0) {
        problem_set(&silence, "systemd: it cannot be told of this service's state: %s",
                    strerror(-result));
    } else {
        problem_clear(&silence, "systemd: it is told of this service's state again");
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
    (void)snprintf(text, STATUS_SIZE, "%zu of %zu instances up", up, watched->count);
    i = strlen(text);
    if (down != NULL) {
        (void)snprintf(text + i, STATUS_SIZE - i, "; down: %s%s", down,
                       watched->count - up - waiting > 1 ? " and others" : "");
    }
    i = strlen(text);
    if (watched->bad_reloads > 0) {
        (void)snprintf(text + i, STATUS_SIZE - i, "; %" PRIu64 " new configurations were refused",
                       watched->bad_reloads);
    }
}

static void tell_status(void)
{
    char text[STATUS_SIZE], message[STATUS_SIZE + 8];

    write_status(text);
    if (says_status && strcmp(text, status) != 0) {
        memcpy(status, text, sizeof(status));
        (void)snprintf(message, sizeof(message), "STATUS=%s", text);
        tell(message);
    }
}

/* ---- the channel ---- */

static int start_systemd(const struct reporter *reporter)
{
    uint64_t limit_us = 0;

    watched = reporter;
    status[0] = 0;
    says_status = (int)config_integer(reporter->config, "systemd", "status");
    reloads = reporter->reloads + reporter->bad_reloads;
    watchdog_ms = sd_watchdog_enabled(0, &limit_us) > 0 ? (int64_t)(limit_us / 2000) : 0;
    if (watchdog_ms == 0 && limit_us > 0) {
        watchdog_ms = 1;
    }
    last_sign_ms = get_monotonic_ms();
    tell("READY=1\nWATCHDOG=1");
    tell_status();
    return 0;
}

/* A configuration is read within one turn of the loop, which is over by now. */
static void tell_reload(void)
{
    if (watched->reloads + watched->bad_reloads != reloads) {
        struct timespec now;
        char message[80];

        reloads = watched->reloads + watched->bad_reloads;
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        (void)snprintf(message, sizeof(message), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
                       (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
        tell(message);
        tell("READY=1");
    }
}

static void tell_end(void)
{
    if (watched != NULL && watched->is_ending) {
        tell("STOPPING=1");
        watched = NULL;
    }
}

static size_t prepare_systemd(struct pollfd *descriptors, size_t room, int64_t *timeout_ms)
{
    int64_t due_ms = last_sign_ms + watchdog_ms - get_monotonic_ms();

    (void)descriptors, (void)room;
    if (watchdog_ms > 0 && (*timeout_ms < 0 || due_ms < *timeout_ms)) {
        *timeout_ms = due_ms > 0 ? due_ms : 0;
    }
    return 0;
}

static void run_systemd(const struct pollfd *descriptors, size_t count)
{
    int64_t now_ms = get_monotonic_ms();

    (void)descriptors, (void)count;
    if (watchdog_ms > 0 && now_ms - last_sign_ms >= watchdog_ms) {
        last_sign_ms = now_ms;
        tell("WATCHDOG=1");
    }
    tell_end();
    if (watched != NULL) {
        tell_reload();
        tell_status();
    }
}

/* Also called when a new configuration leaves the section out: that is no end. */
static void stop_systemd(void)
{
    tell_end();
    watched = NULL;
    watchdog_ms = 0;
}

static const char *describe_systemd(void)
{
    return "libsystemd"; /* which does not tell its version */
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
