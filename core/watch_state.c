/* SPDX-License-Identifier: Apache-2.0 */
/* A watch as bytes: a head, and the runs. Both as the device has them in memory, which takes little code;
 * the magic number tells when the bytes are of a machine with another byte order. */
#include <string.h>
#include "osft_watch.h"
#include "pages.h"

#define MAGIC      0x4f465732U /* OFW, and the version */
#define IS_SETTLED 0x80000000U

/* Where things are. Behind them come the runs. */
struct layout {
    uint64_t hash;     /* of whose runs they are, and of all that follows */
    uint32_t marks[2]; /* MAGIC; and how many runs. IS_SETTLED: the first poll is over */
    struct osft_recent dropped_last;
};
#define MARKS        offsetof(struct layout, marks)
#define DROPPED_LAST offsetof(struct layout, dropped_last)
#define RUNS         sizeof(struct layout)

OSFT_STATIC_ASSERT(OSFT_WATCH_BYTES(3) == RUNS + 72, what_is_saved_has_no_padding);

static uint64_t hash_name(uint64_t hash, const struct osft_span *name)
{
    return osft_hash(hash, name->ptr, name->len);
}

/* The hash that belongs to saved bytes. */
static uint64_t hash_state(const struct osft_watch *watch, const char *bytes, size_t len)
{
    uint64_t hash = hash_name(OSFT_HASH, &watch->query->app_group);

    hash = hash_name(hash, &watch->query->function);
    hash = hash_name(hash, &watch->query->instance);
    return osft_hash(hash, bytes + sizeof(hash), len - sizeof(hash));
}

size_t osft_watch_save(const struct osft_watch *watch, void *bytes, size_t room)
{
    size_t len = OSFT_WATCH_BYTES(watch->count);
    char *to = (char *)bytes;
    uint32_t marks[2];
    uint64_t hash;

    if (len <= room) {
        marks[0] = MAGIC;
        marks[1] = watch->count | (watch->is_settled ? IS_SETTLED : 0);
        memcpy(to + MARKS, marks, sizeof(marks));
        memcpy(to + DROPPED_LAST, &watch->dropped_last, sizeof(watch->dropped_last));
        memcpy(to + RUNS, watch->runs, len - RUNS);
        hash = hash_state(watch, to, len);
        memcpy(to, &hash, sizeof(hash));
    }
    return len;
}

int osft_watch_load(struct osft_watch *watch, const void *bytes, size_t len)
{
    const char *from = (const char *)bytes;
    uint32_t marks[2], count;
    uint64_t hash;

    if (len < RUNS) {
        return OSFT_E_SAVED;
    }
    memcpy(&hash, from, sizeof(hash));
    memcpy(marks, from + MARKS, sizeof(marks));
    count = marks[1] & ~IS_SETTLED;
    if (hash != hash_state(watch, from, len) || marks[0] != MAGIC ||
        OSFT_WATCH_BYTES(count) != len) {
        return OSFT_E_SAVED;
    }
    if (count > watch->max) {
        return OSFT_E_FULL;
    }
    watch->is_settled = marks[1] != count;
    watch->count = count;
    memcpy(&watch->dropped_last, from + DROPPED_LAST, sizeof(watch->dropped_last));
    memcpy(watch->runs, from + RUNS, len - RUNS);
    return OSFT_OK;
}
