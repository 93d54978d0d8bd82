/* SPDX-License-Identifier: Apache-2.0 */
/* A watch as bytes: a head, and the runs. All as the device has it in memory, which takes little
 * code; the version is not the same number on a machine with another byte order. */
#include <string.h>
#include "osft_watch.h"
#include "pages.h"

#define IS_SETTLED_BIT 31

/* Where things are. Behind them come the runs. */
struct layout {
    uint64_t hash; /* of whose runs they are, and of all that follows */
    uint32_t version;
    uint32_t count; /* of runs; IS_SETTLED_BIT: the first poll is over */
    struct osft_recent dropped_last;
};
#define VERSION_AT      offsetof(struct layout, version)
#define COUNT_AT        offsetof(struct layout, count)
#define DROPPED_LAST_AT offsetof(struct layout, dropped_last)
#define RUNS_AT         sizeof(struct layout)

OSFT_STATIC_ASSERT(OSFT_WATCH_BYTES(3) == RUNS_AT + 72, what_is_saved_has_no_padding);
OSFT_STATIC_ASSERT(VERSION_AT == OSFT_WATCH_VERSION_AT, the_version_is_where_it_is_documented);

static uint64_t hash_name(uint64_t hash, const struct osft_span *name)
{
    return osft_hash(hash, name->ptr, name->len);
}

/* The hash that belongs to saved bytes. */
static uint64_t hash_state(const struct osft_watch *watch, const char *bytes, size_t len)
{
    const struct osft_query *query = watch->query;
    uint64_t hash = hash_name(OSFT_HASH, &query->app_group);

    hash = hash_name(hash, &query->function);
    hash = hash_name(hash, &query->instance);
    return osft_hash(hash, bytes + sizeof(hash), len - sizeof(hash));
}

size_t osft_watch_save(const struct osft_watch *watch, void *bytes, size_t room)
{
    size_t len = OSFT_WATCH_BYTES(watch->count);
    uint32_t version = OSFT_WATCH_VERSION;
    uint32_t count = watch->count | (uint32_t)watch->is_settled << IS_SETTLED_BIT;
    char *to = (char *)bytes;
    uint64_t hash;

    if (len <= room) {
        memcpy(to + VERSION_AT, &version, sizeof(version));
        memcpy(to + COUNT_AT, &count, sizeof(count));
        memcpy(to + DROPPED_LAST_AT, &watch->dropped_last, sizeof(watch->dropped_last));
        memcpy(to + RUNS_AT, watch->runs, len - RUNS_AT);
        hash = hash_state(watch, to, len);
        memcpy(to, &hash, sizeof(hash));
    }
    return len;
}

int osft_watch_load(struct osft_watch *watch, const void *bytes, size_t len)
{
    const char *from = (const char *)bytes;
    uint32_t version, saved, count;
    uint64_t hash;

    if (len < RUNS_AT) {
        return OSFT_E_SAVED;
    }
    memcpy(&hash, from, sizeof(hash));
    memcpy(&version, from + VERSION_AT, sizeof(version));
    memcpy(&saved, from + COUNT_AT, sizeof(saved));
    count = saved & ~(1U << IS_SETTLED_BIT);
    if (version != OSFT_WATCH_VERSION || OSFT_WATCH_BYTES(count) != len ||
        hash != hash_state(watch, from, len)) {
        return OSFT_E_SAVED;
    }
    if (count > watch->max) {
        return OSFT_E_FULL;
    }
    watch->is_settled = saved != count;
    watch->count = count;
    memcpy(&watch->dropped_last, from + DROPPED_LAST_AT, sizeof(watch->dropped_last));
    memcpy(watch->runs, from + RUNS_AT, len - RUNS_AT);
    return OSFT_OK;
}
