/* SPDX-License-Identifier: Apache-2.0 */
/* First fit over a list of the free blocks, lowest address first; see osft_tls_arena.h. */
#include "osft_tls_arena.h"

#include <string.h>

/* A block has its size, this word included, and then what is the caller's, aligned to 8. A free
 * block keeps the offset of the next free one where the caller's bytes would be. */
#define UNIT   8
#define HEADER 4
#define NONE   0 /* no block begins at this offset */

static struct {
    uint8_t *memory; /* blocks begin at memory + HEADER, so that what follows a header is aligned */
    uint32_t size, first_free; /* bytes; offset of the first free block, or NONE */
    uint32_t used, peak;
    unsigned refused;
} arena;

/* Blocks are bytes to the compiler, so words are copied; that is one instruction each. */
static uint32_t read_word(uint32_t offset)
{
    uint32_t value;
    memcpy(&value, arena.memory + offset, sizeof value);
    return value;
}

static void write_word(uint32_t offset, uint32_t value)
{
    memcpy(arena.memory + offset, &value, sizeof value);
}

static uint32_t next_free(uint32_t block)
{
    return read_word(block + HEADER);
}

/* Makes `next` the free block that follows this one; NONE: makes it the first. */
static void set_next_free(uint32_t block, uint32_t next)
{
    if (block == NONE) {
        arena.first_free = next;
    } else {
        write_word(block + HEADER, next);
    }
}

void osft_tls_arena_init(void *memory, size_t size)
{
    memset(&arena, 0, sizeof arena);
    arena.memory = memory;
    arena.size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    if (arena.size < HEADER + UNIT) {
        return;
    }
    arena.first_free = HEADER;
    write_word(HEADER, (arena.size - HEADER) / UNIT * UNIT);
    write_word(HEADER + HEADER, NONE);
}

void *osft_tls_arena_calloc(size_t count, size_t size)
{
    uint32_t before = NONE, block;

    if (size != 0 && count > arena.size / size) {
        arena.refused++;
        return NULL;
    }
    uint32_t need = ((uint32_t)(count * size) + HEADER + UNIT - 1) / UNIT * UNIT;
    for (block = arena.first_free; block != NONE && read_word(block) < need;
         block = next_free(block)) {
        before = block;
    }
    if (block == NONE) {
        arena.refused++;
        return NULL;
    }
    uint32_t rest = read_word(block) - need, next = next_free(block);
    if (rest != 0) {
        write_word(block + need, rest);
        write_word(block + need + HEADER, next);
        next = block + need;
        write_word(block, need);
    }
    set_next_free(before, next);
    arena.used += need;
    if (block + need > arena.peak) {
        arena.peak = block + need;
    }
    return memset(arena.memory + block + HEADER, 0, need - HEADER);
}

void osft_tls_arena_free(void *bytes)
{
    uint32_t before = NONE, after;

    if (bytes == NULL) {
        return;
    }
    uint32_t block = (uint32_t)((uint8_t *)bytes - arena.memory) - HEADER;
    uint32_t size = read_word(block);
    arena.used -= size;
    for (after = arena.first_free; after != NONE && after < block; after = next_free(after)) {
        before = after;
    }
    if (after == block + size) { /* the free block behind it becomes a part of it */
        size += read_word(after);
        after = next_free(after);
    }
    if (before != NONE && before + read_word(before) == block) { /* it joins the one in front */
        size += read_word(before);
        block = before;
    } else {
        set_next_free(before, block);
    }
    write_word(block, size);
    write_word(block + HEADER, after);
}

size_t osft_tls_arena_used(void)
{
    return arena.used;
}

size_t osft_tls_arena_peak(void)
{
    return arena.peak;
}

unsigned osft_tls_arena_refused(void)
{
    return arena.refused;
}
