/* SPDX-License-Identifier: Apache-2.0 */
/* A channel: one way by which the reporter tells what it knows (a text file, HTTP, MQTT, a command
 * for each event, systemd). Each has a file of its own, channel_NAME.c, that defines one
 *
 *     const struct channel http_channel = { .name = "http", .keys = ..., ... };
 *
 * and a line in channels.c. A channel keeps its state in static variables of its file: there is one
 * of each. All functions are called from the loop's thread, and none may block: what cannot be done
 * at once waits for prepare() and run(). NULL: the channel has no use for it.
 *
 * order: check() of all channels while a configuration is looked at, which must change nothing;
 *        then, when the configuration is put in force, stop() and start() of those whose section
 *        has changed, and of all when instances were added or left out.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <poll.h>
#include "../common/event.h"
#include "config.h"
#include "reporter.h"

/* A poll that has ended. */
struct poll_result {
    int error;       /* osft_error; OSFT_OK */
    uint8_t changed; /* 1: newest, recent, or is_up have changed with it */
};

struct channel {
    const char *name; /* of its section in the configuration, such as "mqtt" */

    /* The keys that its section may have; config.h. The array is ended by one without a name. A
     * channel whose section is absent is off: none of the functions below but describe() is called
     * for it. */
    const struct config_key *keys;

    /* Look at what the keys' own rules cannot see, such as two keys that exclude each other or a
     * file that must be there. Changes nothing.
     * returns: 0; or -1 after config_report() */
    int (*check)(const struct config *config);

    /* Put a configuration in force. A broker that cannot be reached is no failure of start(): it is
     * reported by a struct problem (log.h), and tried again.
     * lifetime: reporter, and the texts of reporter->config as it is now, stay until stop() has
     *           returned
     * returns:  0; or -1 after reporting what is wrong: the reporter does not start, or, when it
     *           runs already, goes on without the channel and calls start() again later */
    int (*start)(const struct reporter *reporter);

    /* Something has happened to a run. Called from within osft_step(): copy what is needed.
     * event: and its texts, until the function returns */
    void (*on_event)(const struct instance *instance, const struct event *event);

    /* A poll has ended, well or not; its events have been told before. */
    void (*on_poll)(const struct instance *instance, const struct poll_result *result);

    /* Say what to wait for: fill in up to room entries, and lower *timeout_ms to when something is
     * due at the latest.
     * returns: how many entries were used, at most room, which is never less than
     *          CHANNEL_DESCRIPTORS */
    size_t (*prepare)(struct pollfd *descriptors, size_t room, int64_t *timeout_ms);
    /* Do what can be done now. Called after each poll(2), with the entries that prepare() filled
     * in, also when nothing has happened to them. */
    void (*run)(const struct pollfd *descriptors, size_t count);

    /* 1 while an event of the instance is in this process only, and would be lost with it. Until
     * all channels say 0, the instance's state is not saved, so that the event is reported again
     * after a crash. A channel that keeps events on disk, or has dropped one and counted it, says
     * 0. */
    int (*is_holding)(const struct instance *instance);

    /* End, and give back all that start() took. Returns within CHANNEL_STOP_MS. */
    void (*stop)(void);

    /* The library with its version, such as "libmosquitto 2.0.11", for --version; NULL: none. */
    const char *(*describe)(void);

    /* Write lines of Prometheus' exposition about the channel itself, such as events that it has
     * dropped; each metric with its HELP and TYPE. */
    void (*put_metrics)(struct output *out);

    /* 1: start() looks at no instance, so that a change of them is no reason for stop(). */
    int needs_no_instances;
};

#define CHANNEL_DESCRIPTORS 16
#define CHANNEL_STOP_MS     2000

/* All that were built in; ended by NULL. channels.c */
extern const struct channel *const channels[];
/* Channels that were not built in, as their library was not there; ended by one without a name. A
 * configuration that has a section for one is refused. */
struct absent_channel {
    const char *name, *library;
};
extern const struct absent_channel absent_channels[];

/* The whole exposition, as the text file and /metrics have it. exposition.c */
void put_exposition(struct output *out, const struct reporter *reporter);

#endif
