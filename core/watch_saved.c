/* SPDX-License-Identifier: Apache-2.0 */
/* A watch as bytes, all numbers little-endian:
 *
 *     magic 3, version and whether it is past its first poll 1, runs 4, whose 8, floor 8,
 *     for each run: id 8, start 8, progress 1, state 1
 *     hash of all that 8
 */
#include <string.h>
#include "osft_watch.h"
#include "pages.h"

#define MAGIC   0x57464fU /* OFW */
#define VERSION 2U        /* the lowest bit is not of it */
#define HEAD    24
#define RUN     18
#define HASH    8

OSFT_STATIC_ASSERT(OSFT_WATCH_BYTES(3) == HEAD + 3 * RUN + HASH,
                   watch_bytes_is_not_what_is_written);

static uint8_t *put(uint8_t *p, uint64_t v, unsigned bytes)
{
    for (; bytes > 0; bytes--) {
        *p++ = (uint8_t)v;
        v >>= 8;
    }
    return p;
}

static uint64_t get(const uint8_t *p, unsigned bytes)
{
    uint64_t v = 0;
    while (bytes-- > 0) {
        v = v << 8 | p[bytes];
    }
    return v;
}

/* Application, function and instance. */
static uint64_t owner(const struct osft_watch *w)
{
    const struct osft_span *name = &w->query->app_group;
    uint64_t hash = OSFT_HASH;
    unsigned i;

    for (i = 0; i < 3; i++) {
        hash = osft_hash(hash, name[i].ptr, name[i].len);
    }
    return hash;
}

size_t osft_watch_save(const struct osft_watch *w, void *dst, size_t cap)
{
    size_t len = OSFT_WATCH_BYTES(w->count);
    const struct osft_run *run;
    uint8_t *p = dst;

    if (len > cap) {
        return len;
    }
    p = put(p, MAGIC | (VERSION | w->known) << 24, 4);
    p = put(p, w->count, 4);
    p = put(p, owner(w), 8);
    p = put(p, (uint64_t)w->floor_ms, 8);
    for (run = w->runs; run < w->runs + w->count; run++) {
        p = put(p, run->id, 8);
        p = put(p, (uint64_t)run->start_ms, 8);
        p = put(p, (uint8_t)run->progress, 1);
        p = put(p, run->state, 1);
    }
    put(p, osft_hash(OSFT_HASH, dst, len - HASH), HASH);
    return len;
}

int osft_watch_load(struct osft_watch *w, const void *src, size_t len)
{
    const uint8_t *p = src;
    uint32_t first, count, i;

    if (len < HEAD + HASH || osft_hash(OSFT_HASH, p, len - HASH) != get(p + len - HASH, HASH)) {
        return OSFT_E_SAVED;
    }
    first = (uint32_t)get(p, 4) & ~(1U << 24);
    count = (uint32_t)get(p + 4, 4);
    if (first != (MAGIC | VERSION << 24) || get(p + 8, 8) != owner(w) || count > len / RUN ||
        OSFT_WATCH_BYTES(count) != len) {
        return OSFT_E_SAVED;
    }
    if (count > w->max) {
        return OSFT_E_SPACE;
    }
    w->known = p[3] & 1;
    w->count = count;
    w->floor_ms = w->drop_ms = (int64_t)get(p + 16, 8);
    for (i = 0, p += HEAD; i < count; i++, p += RUN) {
        struct osft_run *run = &w->runs[i];
        run->id = get(p, 8);
        run->start_ms = (int64_t)get(p + 8, 8);
        run->progress = (int8_t)p[16];
        run->state = p[17];
    }
    return OSFT_OK;
}
