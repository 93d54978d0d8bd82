/* SPDX-License-Identifier: Apache-2.0 */
/* What a command for an event gets: variables such as OSFT_EVENT in its environment, and a line of
 * JSON on its standard input. */
#ifndef EVENTCOMMAND_H
#define EVENTCOMMAND_H

#include "event.h"

struct kept_event {
    struct kept_event *next; /* the owner's */
    size_t variables_len, len;
    char bytes[]; /* VARIABLE=value, each ended by a NUL, and behind them the JSON */
};

/* Copies an event. max: bytes that the copy may have; has_object: see put_event_json(). Returns it
 * from the heap; NULL: it is larger, or there is no memory. */
struct kept_event *copy_event(const struct event *event, const struct osft_query *query,
                              int has_object, size_t max);
/* This process's environment, without its AccessKey, and the event. Returns an array from the heap
 * whose texts are both owners'; NULL: there is no memory. */
char **make_event_environment(struct kept_event *kept);
/* The value of a variable, such as OSFT_RUN_ID; "-" when the event has none. */
const char *find_event_variable(const struct kept_event *kept, const char *name);

#endif
