/* SPDX-License-Identifier: Apache-2.0 */
/* A watch as bytes: a head, and the runs. Both as the device has them in memory, which takes little code;
 * the magic number tells when the bytes are of a machine with another byte order. */
#include <string.h>
#include "osft_watch.h"
#include "pages.h"

#define MAGIC      0x4f465732U /* OFW, and the version */
#define IS_SETTLED 0x80000000U

struct head {
    uint64_t hash; /* of whose runs they are, and of all that follows */
    uint32_t magic;
    uint32_t count; /* of runs; IS_SETTLED: the first poll is over */
    struct osft_recent dropped_last;
};

OSFT_STATIC_ASSERT(OSFT_WATCH_BYTES(3) == sizeof(struct head) + 72, what_is_saved_has_no_padding);

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
    struct head head;

    if (len <= room) {
        head.hash = 0; /* of what lies behind it */
        head.magic = MAGIC;
        head.count = watch->count | (watch->is_settled ? IS_SETTLED : 0);
        head.dropped_last = watch->dropped_last;
        memcpy(to, &head, sizeof(head));
        memcpy(to + sizeof(head), watch->runs, len - sizeof(head));
        head.hash = hash_state(watch, to, len);
        memcpy(to, &head.hash, sizeof(head.hash));
    }
    return len;
}

int osft_watch_load(struct osft_watch *watch, const void *bytes, size_t len)
{
    const char *from = (const char *)bytes;
    struct head head;
    uint32_t count;

    if (len < sizeof(head)) {
        return OSFT_E_SAVED;
    }
    memcpy(&head, from, sizeof(head));
    count = head.count & ~IS_SETTLED;
    if (head.hash != hash_state(watch, from, len) || head.magic != MAGIC ||
        OSFT_WATCH_BYTES(count) != len) {
        return OSFT_E_SAVED;
    }
    if (count > watch->max) {
        return OSFT_E_FULL;
    }
    watch->is_settled = head.count != count;
    watch->count = count;
    watch->dropped_last = head.dropped_last;
    memcpy(watch->runs, from + sizeof(head), len - sizeof(head));
    return OSFT_OK;
}
