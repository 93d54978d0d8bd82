/* SPDX-License-Identifier: Apache-2.0 */
#include "missed.h"
#include <stdlib.h>
#include <string.h>
#include "log.h"

#define BYTES_MAX (256 * 1024) /* the most bytes of all events that are kept */
#define TEXTS     5            /* texts of a task */

struct missed_event {
    struct missed_event *next;
    size_t channel, bytes;
    char instance[NAME_SIZE];
    struct event event; /* its texts are in `texts` */
    char texts[];       /* each ended by a NUL */
};

static struct missed_event *first_event, **end = &first_event; /* oldest first */
static size_t kept_bytes;
static uint64_t dropped_counts[CHANNELS_MAX];
static struct problem drop_problems[CHANNELS_MAX];

static void list_texts(struct osft_task *task, struct osft_span *texts[TEXTS])
{
    texts[0] = &task->run_id;
    texts[1] = &task->function;
    texts[2] = &task->status;
    texts[3] = &task->generation;
    texts[4] = &task->extend_info;
}

/* Return a copy of an event; NULL: there is no room for the copy. */
static struct missed_event *copy_missed_event(const struct event *event)
{
    struct event copy = *event;
    struct osft_span *texts[TEXTS];
    struct missed_event *missed;
    size_t bytes = sizeof(*missed), used = 0, i;

    list_texts(&copy.task, texts);
    for (i = 0; i < TEXTS; i++) {
        bytes += texts[i]->ptr != NULL ? texts[i]->len + 1 : 0;
    }
    missed = bytes <= BYTES_MAX - kept_bytes ? calloc(1, bytes) : NULL;
    if (missed == NULL) {
        return NULL;
    }
    for (i = 0; i < TEXTS; i++) {
        if (texts[i]->ptr != NULL) {
            memcpy(missed->texts + used, texts[i]->ptr, texts[i]->len);
            texts[i]->ptr = missed->texts + used;
            used += texts[i]->len + 1;
        }
    }
    missed->event = copy;
    missed->bytes = bytes;
    return missed;
}

void keep_missed_event(size_t channel, const struct instance *instance, const struct event *event)
{
    struct missed_event *missed = copy_missed_event(event);

    if (missed == NULL) {
        dropped_counts[channel]++;
        problem_set(&drop_problems[channel],
                    "%s: events are dropped, as too many wait until the channel can be started; "
                    "osft_reporter_dropped_events_total counts them",
                    channels[channel]->name);
        return;
    }
    missed->channel = channel;
    memcpy(missed->instance, instance->name, sizeof(missed->instance));
    *end = missed;
    end = &missed->next;
    kept_bytes += missed->bytes;
}

static const struct instance *find_instance(const struct reporter *reporter, const char *name)
{
    size_t i;

    for (i = 0; i < reporter->count; i++) {
        if (strcmp(reporter->instances[i]->name, name) == 0) {
            return reporter->instances[i];
        }
    }
    return NULL;
}

/* Remove all events of a channel, after passing them on to the channel. reporter NULL: without
 * passing them on. */
static void remove_events(size_t channel, const struct reporter *reporter)
{
    struct missed_event **at = &first_event;

    while (*at != NULL) {
        struct missed_event *missed = *at;
        const struct instance *instance;

        if (missed->channel != channel) {
            at = &missed->next;
            continue;
        }
        *at = missed->next;
        instance = reporter != NULL ? find_instance(reporter, missed->instance) : NULL;
        if (instance != NULL) {
            channels[channel]->on_event(instance, &missed->event);
        } else if (reporter != NULL) {
            dropped_counts[channel]++;
        }
        kept_bytes -= missed->bytes;
        free(missed);
    }
    end = at;
}

void pass_missed_events(size_t channel, const struct reporter *reporter)
{
    remove_events(channel, reporter);
    if (problem_is_set(&drop_problems[channel])) {
        problem_clear(&drop_problems[channel], "a channel has started: it gets all events again");
    }
}

void forget_missed_events(size_t channel)
{
    remove_events(channel, NULL);
    memset(&drop_problems[channel], 0, sizeof(drop_problems[channel]));
}

int has_missed_event(const struct instance *instance)
{
    const struct missed_event *missed;

    for (missed = first_event; missed != NULL; missed = missed->next) {
        if (strcmp(missed->instance, instance->name) == 0) {
            return 1;
        }
    }
    return 0;
}

uint64_t count_dropped_events(size_t channel)
{
    return dropped_counts[channel];
}
