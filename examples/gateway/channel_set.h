/* SPDX-License-Identifier: Apache-2.0 */
/* The channels that the configuration turns on, as one. */
#ifndef CHANNEL_SET_H
#define CHANNEL_SET_H

#include "channel.h"

/* Returns 0, or -1 after reporting what is wrong. */
int check_channels(const struct config *config);
/* Start those that reporter->config turns on. Returns 0, or -1 when one did not start: it is tried
 * again by run_channels(). */
int start_channels(const struct reporter *reporter);
/* Stop those that are on: before the configuration or the instances change. With next, those whose
 * section is the same in it go on, unless all is 1. */
void stop_channels(const struct config *old, const struct config *next, int all);

/* 1: a channel that is on was started with that configuration, and may use its texts. */
int is_in_use(const struct config *config);

void tell_event(const struct instance *instance, const struct event *event);
void tell_poll(const struct instance *instance, const struct poll_result *result);
/* 1: a channel holds an event of the instance that is nowhere else. */
int is_held(const struct instance *instance);

/* Descriptors of all channels, behind which run_channels() finds them again. */
#define CHANNEL_SET_DESCRIPTORS 96
size_t prepare_channels(struct pollfd *descriptors, int64_t *timeout_ms);
void run_channels(const struct pollfd *descriptors);

void put_channel_metrics(struct output *out);

#endif
