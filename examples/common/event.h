/* SPDX-License-Identifier: Apache-2.0 */
/* An event of a watch, as the programs report it. */
#ifndef EVENT_H
#define EVENT_H

#include "osft_watch.h"
#include "output.h"

struct event {
    const char *name;        /* osft_watch_event_name() */
    const char *colour;      /* for a terminal; NULL: the default colour */
    int64_t time_ms;         /* when the event was seen, by the service's clock; ms since 1970 */
    uint64_t id;             /* of the run; the same in all events of that run */
    int32_t progress_before; /* percent; OSFT_UNKNOWN: not known */
    struct osft_task task;   /* members that are not known are empty or OSFT_UNKNOWN */
};

/* The instance that an event is about, for consumers of the events of several instances. */
struct event_source {
    const char *watch;              /* the instance's name in the reporter's configuration */
    const struct osft_query *query; /* the names of application, function and instance */
};

struct json_object; /* json.h */
/* Put the names of an instance as members of a JSON object: watch, app, function and
 * functionInstance. */
void put_json_source(struct json_object *object, const struct event_source *source);
/* Put an event as one line of JSON. source NULL: the line has no names of an instance. has_object
 * 1: an extendInfo that is a JSON object is put as an object; 0: extendInfo is always put as a
 * text. */
void put_event_json(struct output *out, const struct event *event,
                    const struct event_source *source, int has_object);

#endif
