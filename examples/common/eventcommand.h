/* SPDX-License-Identifier: Apache-2.0 */
/* The input of a command for an event: variables such as OSFT_EVENT in its environment, and a line
 * of JSON on its standard input. */
#ifndef EVENTCOMMAND_H
#define EVENTCOMMAND_H

#include "event.h"

/* A copy of an event for its command: the texts VARIABLE=value for the environment, each ended by a
 * NUL, then the JSON for standard input. */
struct queued_event {
    struct queued_event *next; /* for the queue of the caller */
    size_t variables_len, len; /* variables_len: of the variables; len: of all texts */
    char bytes[];
};

/* Copy an event. source: names the instance; when source->watch is NULL, the copy has no
 * OSFT_WATCH, and its JSON has no names of the instance. has_object: see put_event_json(). max: the
 * most bytes that the copy may have. Returns the copy, from the heap; NULL: the copy would be
 * larger than max, or there is no memory. */
struct queued_event *copy_event(const struct event *event, const struct event_source *source,
                                int has_object, size_t max);
/* Make the environment of a command: the environment of this process without its AccessKey, and the
 * variables of the event. Returns an array from the heap, which points to the texts of both; NULL:
 * there is no memory. */
char **make_event_environment(struct queued_event *queued);
/* Return the value of a variable, such as OSFT_RUN_ID; "-": the event has none. */
const char *find_event_variable(const struct queued_event *queued, const char *name);

#endif
