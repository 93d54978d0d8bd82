/* SPDX-License-Identifier: Apache-2.0 */
/* An allocator that gives mbedTLS memory from one static block instead of a heap. For a build of
 * mbedTLS with osft_mbedtls_config.h, or with the three lines of it that name these functions:
 *
 *     #define MBEDTLS_PLATFORM_MEMORY
 *     #define MBEDTLS_PLATFORM_CALLOC_MACRO osft_tls_arena_calloc
 *     #define MBEDTLS_PLATFORM_FREE_MACRO osft_tls_arena_free
 *
 *     static uint64_t arena[27 * 1024 / 8];
 *     osft_tls_arena_init(arena, sizeof(arena));     before all calls of mbedTLS
 *
 * why:     mbedTLS's own allocator (MBEDTLS_MEMORY_BUFFER_ALLOC_C) spends 32 bytes on each block,
 *          and big numbers are many small blocks. This allocator spends 4 bytes, and rounds up to
 *          8.
 * order:   the lowest free block that is large enough is taken. Therefore the places of blocks do
 *          not depend on the arena's size, and osft_tls_arena_peak() is exactly the size that the
 *          same run needs.
 * threads: one arena, one thread at a time; port/freertos puts a lock around the functions.
 */
#ifndef OSFT_TLS_ARENA_H
#define OSFT_TLS_ARENA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Use this memory, aligned to 8 bytes, as the arena. It belongs to mbedTLS from now on. Blocks of
 * an earlier arena are no longer valid. */
void osft_tls_arena_init(void *memory, size_t size);
/* Return how many bytes are in use now, and how many bytes of the arena were needed at most, both
 * with the overhead of blocks. */
size_t osft_tls_arena_used(void);
size_t osft_tls_arena_peak(void);
/* Return how often there was no room; mbedTLS then reports one of its ..._ALLOC_FAILED errors. */
unsigned osft_tls_arena_refused(void);

/* Allocate `count` zeroed objects of `size` bytes (NULL: there is no room), and free a block (NULL:
 * nothing happens). mbedTLS calls these functions. */
void *osft_tls_arena_calloc(size_t count, size_t size);
void osft_tls_arena_free(void *block);

#ifdef __cplusplus
}
#endif
#endif
