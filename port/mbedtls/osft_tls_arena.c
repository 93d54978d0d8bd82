/* SPDX-License-Identifier: Apache-2.0 */
/* First fit over a list of the free blocks, lowest address first; see osft_tls_arena.h. */
#include "osft_tls_arena.h"

#include <string.h>

/* A block has a word with its size, which counts this word, and then the caller's bytes, aligned to
 * 8. A free block has the offset of the next free block in place of the caller's bytes. */
#define OSFT_ARENA_UNIT   8
#define OSFT_ARENA_HEADER 4
#define OSFT_ARENA_NONE   0 /* no block begins at this offset */

static struct {
    /* The first block begins at memory + OSFT_ARENA_HEADER, so that the bytes behind each header
     * are aligned. */
    uint8_t *memory;
    uint32_t size, first_free; /* bytes; offset of the first free block, or OSFT_ARENA_NONE */
    uint32_t used, peak;
    unsigned refused;
} osft_tls_arena;

/* Read a word of the arena. Words are copied, because the arena is bytes to the compiler; a copy is
 * one instruction. */
static uint32_t osft_tls_arena_read_word(uint32_t offset)
{
    uint32_t value;
    memcpy(&value, osft_tls_arena.memory + offset, sizeof value);
    return value;
}

static void osft_tls_arena_write_word(uint32_t offset, uint32_t value)
{
    memcpy(osft_tls_arena.memory + offset, &value, sizeof value);
}

static uint32_t osft_tls_arena_next_free(uint32_t block)
{
    return osft_tls_arena_read_word(block + OSFT_ARENA_HEADER);
}

/* Make `next` the free block that follows this one; block OSFT_ARENA_NONE: make it the first
 * one. */
static void osft_tls_arena_set_next_free(uint32_t block, uint32_t next)
{
    if (block == OSFT_ARENA_NONE) {
        osft_tls_arena.first_free = next;
    } else {
        osft_tls_arena_write_word(block + OSFT_ARENA_HEADER, next);
    }
}

void osft_tls_arena_init(void *memory, size_t size)
{
    memset(&osft_tls_arena, 0, sizeof osft_tls_arena);
    osft_tls_arena.memory = memory;
    osft_tls_arena.size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    if (osft_tls_arena.size < OSFT_ARENA_HEADER + OSFT_ARENA_UNIT) {
        return;
    }
    osft_tls_arena.first_free = OSFT_ARENA_HEADER;
    osft_tls_arena_write_word(OSFT_ARENA_HEADER, (osft_tls_arena.size - OSFT_ARENA_HEADER) /
                                                     OSFT_ARENA_UNIT * OSFT_ARENA_UNIT);
    osft_tls_arena_write_word(OSFT_ARENA_HEADER + OSFT_ARENA_HEADER, OSFT_ARENA_NONE);
}

void *osft_tls_arena_calloc(size_t count, size_t size)
{
    uint32_t before = OSFT_ARENA_NONE, block;

    if (size != 0 && count > osft_tls_arena.size / size) {
        osft_tls_arena.refused++;
        return NULL;
    }
    uint32_t need = ((uint32_t)(count * size) + OSFT_ARENA_HEADER + OSFT_ARENA_UNIT - 1) /
                    OSFT_ARENA_UNIT * OSFT_ARENA_UNIT;
    for (block = osft_tls_arena.first_free;
         block != OSFT_ARENA_NONE && osft_tls_arena_read_word(block) < need;
         block = osft_tls_arena_next_free(block)) {
        before = block;
    }
    if (block == OSFT_ARENA_NONE) {
        osft_tls_arena.refused++;
        return NULL;
    }
    uint32_t rest = osft_tls_arena_read_word(block) - need, next = osft_tls_arena_next_free(block);
    if (rest != 0) {
        osft_tls_arena_write_word(block + need, rest);
        osft_tls_arena_write_word(block + need + OSFT_ARENA_HEADER, next);
        next = block + need;
        osft_tls_arena_write_word(block, need);
    }
    osft_tls_arena_set_next_free(before, next);
    osft_tls_arena.used += need;
    if (block + need > osft_tls_arena.peak) {
        osft_tls_arena.peak = block + need;
    }
    return memset(osft_tls_arena.memory + block + OSFT_ARENA_HEADER, 0, need - OSFT_ARENA_HEADER);
}

void osft_tls_arena_free(void *bytes)
{
    uint32_t before = OSFT_ARENA_NONE, after;

    if (bytes == NULL) {
        return;
    }
    uint32_t block = (uint32_t)((uint8_t *)bytes - osft_tls_arena.memory) - OSFT_ARENA_HEADER;
    uint32_t size = osft_tls_arena_read_word(block);
    osft_tls_arena.used -= size;
    for (after = osft_tls_arena.first_free; after != OSFT_ARENA_NONE && after < block;
         after = osft_tls_arena_next_free(after)) {
        before = after;
    }
    if (after == block + size) { /* the free block behind it becomes a part of it */
        size += osft_tls_arena_read_word(after);
        after = osft_tls_arena_next_free(after);
    }
    if (before != OSFT_ARENA_NONE &&
        before + osft_tls_arena_read_word(before) == block) { /* it becomes a part of the free block
                                                               * in front of it */
        size += osft_tls_arena_read_word(before);
        block = before;
    } else {
        osft_tls_arena_set_next_free(before, block);
    }
    osft_tls_arena_write_word(block, size);
    osft_tls_arena_write_word(block + OSFT_ARENA_HEADER, after);
}

size_t osft_tls_arena_used(void)
{
    return osft_tls_arena.used;
}

size_t osft_tls_arena_peak(void)
{
    return osft_tls_arena.peak;
}

unsigned osft_tls_arena_refused(void)
{
    return osft_tls_arena.refused;
}
