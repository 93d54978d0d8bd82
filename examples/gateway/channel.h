/* SPDX-License-Identifier: Apache-2.0 */
/* A channel is one way in which the reporter passes on what it knows: a text file, HTTP, MQTT, a
 * command for each event, or systemd. Each channel has a file of its own, channel_NAME.c, that
 * defines one
 *
 *     const struct channel http_channel = { .name = "http", .keys = ..., ... };
 *
 * and a line in channels.c. A channel keeps its state in static variables of its file, as it exists
 * once. All functions are called from the loop's thread, and none may block: work that cannot be
 * done at once is left to prepare() and run(). A function that a channel does not need is NULL.
 *
 * order: check() of all channels is called while a new configuration is examined. It must change
 *        nothing. When the configuration is put in force, stop() and start() are called for the
 *        channels whose section has changed, or for all channels when instances were added or
 *        removed. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <poll.h>
#include "../common/event.h"
#include "config.h"
#include "reporter.h"

/* The result of a poll. */
struct poll_result {
    int error;       /* osft_error; OSFT_OK */
    uint8_t changed; /* 1: the poll has changed newest, recent or is_up of the instance */
};

struct channel {
    const char *name; /* also of its section in the configuration; such as "mqtt" */

    /* The keys that the section may have; see config.h. An entry without a name ends the array. A
     * channel whose section is absent is off: only describe() is called for it. */
    const struct config_key *keys;

    /* Check what the rules of single keys cannot express, such as two keys that exclude each other,
     * or a file that must exist. Must change nothing.
     * returns: 0; or -1 after config_report() */
    int (*check)(const struct config *config);

    /* Start the channel with the configuration of the reporter. A broker that cannot be reached is
     * no failure of start(): it is reported as a struct problem (log.h), and the channel tries
     * again.
     * lifetime: reporter, and the texts of its present configuration, stay until stop() has
     *           returned
     * returns:  0; or -1 after reporting what is wrong. The reporter then goes on without the
     *           channel and calls start() again later. The reporter keeps events that happen
     *           meanwhile (missed.c), and passes them to on_event() as soon as start() has
     *           succeeded. Until then it does not save the states of their instances, so that a
     *           restart reports the events again. Events for which there is no room are dropped,
     *           counted and reported
     * blocks:   only take_lock() (lock.h) may wait, and only when a configuration is put in
     *           force */
    int (*start)(const struct reporter *reporter);

    /* Take an event of a run. Called from within osft_step().
     * event: valid, with its texts, until the function returns; the channel copies what it needs */
    void (*on_event)(const struct instance *instance, const struct event *event);

    /* Take the result of a poll, successful or not. The events of the poll have been passed to
     * on_event() before. */
    void (*on_poll)(const struct instance *instance, const struct poll_result *result);

    /* Fill in the descriptors for poll(2), up to room entries, and lower *timeout_ms to the time
     * after which run() must be called at the latest.
     * returns: the number of entries that were filled in; room is never less than
     *          CHANNEL_DESCRIPTORS */
    size_t (*prepare)(struct pollfd *descriptors, size_t room, int64_t *timeout_ms);
    /* Do what can be done without blocking. Called after each poll(2), with the entries that
     * prepare() filled in, also when none of them has an event. */
    void (*run)(const struct pollfd *descriptors, size_t count);

    /* Whether the channel holds an event of the instance that would be lost if this process died.
     * While any channel returns 1, the state of the instance is not saved, so that the event is
     * reported again after a crash. An event that the channel has stored on disk, or has dropped
     * and counted, is not held. Also called after start() has failed, as the channel may still hold
     * events from before stop(). */
    int (*is_holding)(const struct instance *instance);

    /* Stop the channel, and release all that start() has acquired. Must return within
     * CHANNEL_STOP_MS. */
    void (*stop)(void);

    /* Return the library that the channel uses and its version, such as "libmosquitto 2.0.11", for
     * --version; NULL: the channel uses no library. */
    const char *(*describe)(void);

    /* Put metrics of the channel itself in Prometheus' format, such as the number of dropped
     * events; each metric with HELP and TYPE. */
    void (*put_metrics)(struct output *out);

    /* 1: start() does not use the instances, so the channel goes on when instances change */
    int needs_no_instances;
};

#define CHANNEL_DESCRIPTORS 16
#define CHANNEL_STOP_MS     2000

/* The channels that were built in; ended by NULL. channels.c */
extern const struct channel *const channels[];
/* The channels that were not built in, because their library was missing; ended by an entry without
 * a name. A configuration with a section for one of them is refused. */
struct absent_channel {
    const char *name, *library;
};
extern const struct absent_channel absent_channels[];

/* Put all metrics, for the text file and for /metrics. exposition.c */
void put_exposition(struct output *out, const struct reporter *reporter);

#endif
