/* SPDX-License-Identifier: Apache-2.0 */
#include "recent.h"

uint64_t osft_hash(uint64_t hash, const void *bytes, size_t len)
{
    const uint8_t *byte = (const uint8_t *)bytes;
    size_t i;

    for (i = 0; i <= len; i++) {
        hash = (hash ^ (i < len ? byte[i] : 0xff)) * 0x100000001b3U;
    }
    return hash;
}

uint64_t osft_task_id(const struct osft_task *task)
{
    uint64_t hash = osft_hash(OSFT_HASH, task->run_id.ptr, task->run_id.len);

    hash = osft_hash(hash, task->generation.ptr, task->generation.len);
    return task->run_id.len + task->generation.len != 0 ? hash : hash ^ (uint64_t)task->start_ms;
}

void osft_add_recent(struct osft_recent *recent, int64_t start_ms, uint64_t id)
{
    if (recent->start_ms != start_ms) {
        recent->start_ms = start_ms;
        recent->tied = 0;
    }
    recent->tied++;
    recent->ids[recent->count++ % OSFT_PAGES_RECENT] = id;
}

int osft_is_recent(const struct osft_recent *recent, uint64_t id)
{
    unsigned i;

    for (i = 0; i < OSFT_PAGES_RECENT; i++) {
        if (recent->ids[i] == id) {
            return 1;
        }
    }
    return 0;
}
