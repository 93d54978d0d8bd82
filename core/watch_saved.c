/* SPDX-License-Identifier: Apache-2.0 */
/* A watch as bytes: a head, and the runs. As the device has them in memory, which makes for little code;
 * the magic number shows when it is another's byte order. */
#include <string.h>
#include "osft_watch.h"
#include "pages.h"

#define MAGIC 0x4f465731U /* OFW, and the version */

struct head {
    uint64_t hash; /* of whose it is, and of all that follows */
    uint32_t magic;
    uint32_t count; /* of runs; the highest bit: it is past its first poll */
    int64_t floor_ms;
};

OSFT_STATIC_ASSERT(OSFT_WATCH_BYTES(3) == sizeof(struct head) + 72, what_is_written_has_no_padding);

static uint64_t hash_of(const struct osft_watch *w, const void *src, size_t len)
{
    const struct osft_span *name = &w->query->app_group; /* function and instance lie behind it */
    uint64_t hash = OSFT_HASH;
    int i;

    for (i = 0; i < 3; i++, name++) {
        hash = osft_hash(hash, name->ptr, name->len);
    }
    return osft_hash(hash, (const char *)src + sizeof(hash), len - sizeof(hash));
}

size_t osft_watch_save(const struct osft_watch *w, void *dst, size_t cap)
{
    size_t len = OSFT_WATCH_BYTES(w->count);
    struct head head;
    char *p = dst;

    if (len <= cap) {
        head.hash = 0;
        head.magic = MAGIC;
        head.count = w->count | (uint32_t)w->known << 31;
        head.floor_ms = w->floor_ms < w->drop_ms ? w->drop_ms : w->floor_ms;
        memcpy(p, &head, sizeof(head));
        memcpy(p + sizeof(head), w->runs, len - sizeof(head));
        head.hash = hash_of(w, dst, len);
        memcpy(dst, &head.hash, sizeof(head.hash));
    }
    return len;
}

int osft_watch_load(struct osft_watch *w, const void *src, size_t len)
{
    const char *p = src;
    struct head head;
    uint32_t count;

    if (len < sizeof(head)) {
        return OSFT_E_SAVED;
    }
    memcpy(&head, p, sizeof(head));
    count = head.count & (UINT32_MAX >> 1);
    if (head.hash != hash_of(w, p, len) || head.magic != MAGIC || OSFT_WATCH_BYTES(count) != len) {
        return OSFT_E_SAVED;
    }
    if (count > w->max) {
        return OSFT_E_SPACE;
    }
    w->known = head.count != count;
    w->count = count;
    w->floor_ms = w->drop_ms = head.floor_ms;
    memcpy(w->runs, p + sizeof(head), len - sizeof(head));
    return OSFT_OK;
}
