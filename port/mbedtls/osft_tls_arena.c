/* SPDX-License-Identifier: Apache-2.0 */
/* First fit over a list of the free blocks, lowest address first; see osft_tls_arena.h. */
#include "osft_tls_arena.h"

#include <string.h>

/* A block: its size, this word included, then what is the caller's, aligned to 8. A free one keeps the
 * offset of the next free one where the caller's bytes would be. */
#define UNIT 8
#define HEAD 4
#define NONE 0

static struct {
    uint8_t *mem; /* blocks begin at mem + HEAD, so that what follows their first word is aligned */
    uint32_t size, first; /* bytes; offset of the first free block, NONE: there is none */
    uint32_t used, peak;
    unsigned refused;
} arena;

/* Blocks are bytes to the compiler, so words are copied: an instruction each. */
static uint32_t word(uint32_t at)
{
    uint32_t value;
    memcpy(&value, arena.mem + at, sizeof value);
    return value;
}

static void put(uint32_t at, uint32_t value)
{
    memcpy(arena.mem + at, &value, sizeof value);
}

/* Make next what follows the free block at, or the first one. */
static void chain(uint32_t at, uint32_t next)
{
    if (at == NONE) {
        arena.first = next;
    } else {
        put(at + HEAD, next);
    }
}

void osft_tls_arena_init(void *mem, size_t size)
{
    memset(&arena, 0, sizeof arena);
    arena.mem = mem;
    arena.size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    if (arena.size < HEAD + UNIT) {
        return;
    }
    arena.first = HEAD;
    put(HEAD, (arena.size - HEAD) / UNIT * UNIT);
    put(HEAD + HEAD, NONE);
}

void *osft_tls_arena_calloc(size_t count, size_t size)
{
    uint32_t before = NONE, at;

    if (size != 0 && count > arena.size / size) {
        arena.refused++;
        return NULL;
    }
    uint32_t want = ((uint32_t)(count * size) + HEAD + UNIT - 1) / UNIT * UNIT;
    for (at = arena.first; at != NONE && word(at) < want; at = word(at + HEAD)) {
        before = at;
    }
    if (at == NONE) {
        arena.refused++;
        return NULL;
    }
    uint32_t rest = word(at) - want, next = word(at + HEAD);
    if (rest != 0) {
        put(at + want, rest);
        put(at + want + HEAD, next);
        next = at + want;
        put(at, want);
    }
    chain(before, next);
    arena.used += want;
    if (at + want > arena.peak) {
        arena.peak = at + want;
    }
    return memset(arena.mem + at + HEAD, 0, want - HEAD);
}

void osft_tls_arena_free(void *block)
{
    uint32_t before = NONE, after;

    if (block == NULL) {
        return;
    }
    uint32_t at = (uint32_t)((uint8_t *)block - arena.mem) - HEAD;
    uint32_t size = word(at);
    arena.used -= size;
    for (after = arena.first; after != NONE && after < at; after = word(after + HEAD)) {
        before = after;
    }
    if (after == at + size) { /* grows over the free one that follows */
        size += word(after);
        after = word(after + HEAD);
    }
    if (before != NONE && before + word(before) == at) { /* or the one in front grows over it */
        size += word(before);
        at = before;
    } else {
        chain(before, at);
    }
    put(at, size);
    put(at + HEAD, after);
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
