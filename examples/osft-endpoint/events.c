/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <stdlib.h>

void ep_event_add(struct ep_events *e, int64_t ms, enum ep_event_kind kind, const struct ep_made *m)
{
    if (!e->file)
        return;
    if (e->count == e->size) {
        e->size = e->size ? e->size * 2 : 64;
        e->list = ep_alloc(e->list, e->size, sizeof(*e->list));
    }
    e->list[e->count].ms = ms;
    e->list[e->count].kind = kind;
    e->list[e->count].made = *m;
    e->count++;
}

/* Compare events by time, then by run, then by the order of events in a run. */
static int earliest_first(const void *left, const void *right)
{
    const struct ep_event *a = left, *b = right;

    if (a->ms != b->ms)
        return a->ms < b->ms ? -1 : 1;
    if (a->made.number != b->made.number)
        return a->made.number < b->made.number ? -1 : 1;
    return a->kind < b->kind ? -1 : a->kind > b->kind;
}

void ep_events_flush(struct ep_events *e)
{
    static const char *const names[] = { "started", "succeeded", "failed", "vanished" };
    struct ep_text id = { NULL, 0, 0 };
    size_t i;

    if (e->count == 0)
        return;
    qsort(e->list, e->count, sizeof(*e->list), earliest_first);
    for (i = 0; i < e->count; i++) {
        const struct ep_event *event = &e->list[i];

        id.len = 0;
        ep_made_run_id(&event->made, &id);
        fprintf(e->file, "%lld %s %llu %s\n", (long long)event->ms, names[event->kind],
                (unsigned long long)event->made.number, id.mem);
    }
    fflush(e->file);
    e->count = 0;
    ep_free(&id);
}
