/* SPDX-License-Identifier: Apache-2.0 */
/* Saves a watch as bytes: a head, and the runs. Both are copied as they are in the device's memory,
 * which takes little code; on a machine with another byte order, the hash does not match. */
#include <string.h>
#include "osft_watch.h"
#include "recent.h"

#define VERSION 4U /* of this layout */

/* The head of the saved bytes; the runs follow it. */
struct layout {
    uint64_t hash;  /* of VERSION, the names of application, function and instance, and all bytes
                     * that follow */
    uint32_t count; /* of runs */
    uint32_t is_settled;
    struct osft_recent dropped_last;
};
#define COUNT_AT        offsetof(struct layout, count)
#define IS_SETTLED_AT   offsetof(struct layout, is_settled)
#define DROPPED_LAST_AT offsetof(struct layout, dropped_last)
#define RUNS_AT         sizeof(struct layout)

OSFT_STATIC_ASSERT(OSFT_WATCH_BYTES(3) == RUNS_AT + 72, what_is_saved_has_no_padding);
OSFT_STATIC_ASSERT(COUNT_AT == OSFT_WATCH_COUNT_AT, the_count_is_where_it_is_documented);

static uint64_t hash_name(uint64_t hash, const struct osft_span *name)
{
    return osft_hash(hash, name->ptr, name->len);
}

/* Return the hash that saved bytes must have. */
static uint64_t hash_state(const struct osft_watch *watch, const char *bytes, size_t len)
{
    const struct osft_query *query = watch->query;
    uint64_t hash = hash_name(OSFT_HASH + VERSION, &query->app_group);

    hash = hash_name(hash, &query->function);
    hash = hash_name(hash, &query->instance);
    return osft_hash(hash, bytes + sizeof(hash), len - sizeof(hash));
}

size_t osft_watch_save(const struct osft_watch *watch, void *bytes, size_t room)
{
    size_t len = OSFT_WATCH_BYTES(watch->count);
    uint32_t is_settled = watch->is_settled;
    char *to = (char *)bytes;
    uint64_t hash;

    if (len <= room) {
        memcpy(to + COUNT_AT, &watch->count, sizeof(watch->count));
        memcpy(to + IS_SETTLED_AT, &is_settled, sizeof(is_settled));
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
    uint32_t count, is_settled;
    uint64_t hash;

    if (len < RUNS_AT) {
        return OSFT_E_SAVED;
    }
    memcpy(&hash, from, sizeof(hash));
    memcpy(&count, from + COUNT_AT, sizeof(count));
    memcpy(&is_settled, from + IS_SETTLED_AT, sizeof(is_settled));
    if (OSFT_WATCH_BYTES(count) != len || hash != hash_state(watch, from, len)) {
        return OSFT_E_SAVED;
    }
    if (count > watch->max) {
        return OSFT_E_FULL;
    }
    watch->is_settled = (uint8_t)is_settled;
    watch->count = count;
    memcpy(&watch->dropped_last, from + DROPPED_LAST_AT, sizeof(watch->dropped_last));
    memcpy(watch->runs, from + RUNS_AT, len - RUNS_AT);
    return OSFT_OK;
}
