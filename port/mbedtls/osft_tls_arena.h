/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that mbedTLS takes, from one static block instead of a heap. For a build of mbedTLS
 * with osft_mbedtls_config.h, or with the three lines of it that name these functions:
 *
 *     #define MBEDTLS_PLATFORM_MEMORY
 *     #define MBEDTLS_PLATFORM_CALLOC_MACRO osft_tls_arena_calloc
 *     #define MBEDTLS_PLATFORM_FREE_MACRO osft_tls_arena_free
 *
 *     static uint64_t arena[27 * 1024 / 8];
 *     osft_tls_arena_init(arena, sizeof(arena));     before anything of mbedTLS
 *
 * why:     mbedTLS's own (MBEDTLS_MEMORY_BUFFER_ALLOC_C) spends 32 bytes on each block, and big
 *          numbers are many small blocks; this one spends 4, and rounds up to 8.
 * order:   the lowest free block that is large enough is taken. So where blocks lie does not depend
 *          on how large the arena is: what osft_tls_arena_peak() says is what the same run needs,
 *          to the byte.
 * threads: one arena, one thread.
 */
#ifndef OSFT_TLS_ARENA_H
#define OSFT_TLS_ARENA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Use this memory, aligned to 8. It belongs to mbedTLS from now on; whatever was taken from an
 * arena before does so no more. */
void osft_tls_arena_init(void *memory, size_t size);
/* How many bytes are in use now, and how many of the arena were needed at most; both with what
 * blocks cost. */
size_t osft_tls_arena_used(void);
size_t osft_tls_arena_peak(void);
/* How often there was no room; mbedTLS then reports one of its ..._ALLOC_FAILED. */
unsigned osft_tls_arena_refused(void);

/* What mbedTLS calls for memory: take `count` zeroed objects of `size` bytes out of the arena
 * (NULL: there is no room), and give a block back (NULL: nothing happens). */
void *osft_tls_arena_calloc(size_t count, size_t size);
void osft_tls_arena_free(void *block);

#ifdef __cplusplus
}
#endif
#endif
