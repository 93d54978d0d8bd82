/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps events for channels that are turned on but could not be started, until they are started.
 * Channels are given by their index in channels[]. */
#ifndef MISSED_H
#define MISSED_H

#include "channel.h"

#define CHANNELS_MAX 6

/* Keep an event for a channel. An event for which there is no room is dropped, counted and
 * reported. */
void keep_missed_event(size_t channel, const struct instance *instance, const struct event *event);
/* Pass the kept events on to a channel that has started. Events of instances that have left the
 * configuration are dropped and counted. */
void pass_missed_events(size_t channel, const struct reporter *reporter);
/* Free the events of a channel that is not wanted any more. */
void forget_missed_events(size_t channel);
/* Whether an event of the instance is kept. */
int has_missed_event(const struct instance *instance);
/* Return how many events of the channel were dropped. */
uint64_t count_dropped_events(size_t channel);

#endif
