/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that act on all channels that the configuration turns on. */
#ifndef CHANNEL_SET_H
#define CHANNEL_SET_H

#include "channel.h"

/* Call check() of each channel that the configuration turns on. Returns 0, or -1 after reporting
 * what is wrong. */
int check_channels(const struct config *config);
/* Start the channels that reporter->config turns on, unless they are running. Returns 0, or -1 when
 * a channel did not start; run_channels() then tries again. */
int start_channels(const struct reporter *reporter);
/* Stop running channels, before the configuration or the instances change. A channel whose section
 * is the same in both configurations goes on. all 1: it goes on only if it does not use the
 * instances. next NULL: all channels stop. */
void stop_channels(const struct config *old, const struct config *next, int all);

/* Whether a running channel was started with this configuration, and may still use its texts. */
int is_config_in_use(const struct config *config);

/* Pass an event on to all channels. A channel that could not be started yet gets the event when it
 * has started (missed.h). */
void tell_event(const struct instance *instance, const struct event *event);
void tell_poll(const struct instance *instance, const struct poll_result *result);
/* Whether a channel holds an event of the instance that is stored nowhere else. */
int has_held_event(const struct instance *instance);

/* The most descriptors that all channels together fill in. run_channels() must get the same array
 * as prepare_channels(). */
#define CHANNEL_SET_DESCRIPTORS 96
size_t prepare_channels(struct pollfd *descriptors, int64_t *timeout_ms);
void run_channels(const struct pollfd *descriptors);

void put_channel_metrics(struct output *out);

#endif
