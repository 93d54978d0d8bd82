/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that tasks of FreeRTOS need besides port/lwip (with NO_SYS 0) and port/mbedtls: a
 * random source and memory for mbedTLS, both of which any number of tasks may use at the same time.
 * osft_freertos_errno.h gives each task an errno of its own.
 *
 *     osft_freertos_init(board_entropy, NULL);               before the first task
 *     osft_freertos_arena_init(arena, sizeof(arena));
 *     ... in each task with a client:
 *     netconn_thread_init();                                 with LWIP_NETCONN_SEM_PER_THREAD
 *     osft_lwip_init(&lwip, osft_freertos_random);
 *     osft_tls_init(&tls, &lwip.port, osft_freertos_entropy, NULL);
 *
 * ticks:   port/lwip counts by sys_now() of lwIP's contrib/ports/freertos, from FreeRTOS's ticks.
 *          The count is right only when a tick has a whole number of milliseconds, and ticks have
 *          32 bits. The compiler checks both, and that a wait of 10 ms is at least a tick.
 * wait:    port/lwip sleeps in lwip_poll(), on a semaphore: other tasks run until a byte arrives
 *          for the socket, or the time is over. With LWIP_NETCONN_SEM_PER_THREAD the semaphore is
 *          the task's; without it, each wait allocates one from FreeRTOS's heap.
 * threads: all functions may be called by any task, and none from an interrupt. The two init
 *          functions come first, once.
 */
#ifndef OSFT_FREERTOS_H
#define OSFT_FREERTOS_H

#include <stddef.h>

#include "osft_freertos_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fills buffer with len bytes that nobody can guess, such as from a hardware generator. Returns 0;
 * not 0 on failure. */
typedef int osft_freertos_source(void *ctx, unsigned char *buffer, size_t len);

/* Use this random source. The source is called by one task at a time.
 * returns: 0; or -1: FreeRTOS's heap has no room for a mutex */
int osft_freertos_init(osft_freertos_source *source, void *ctx);

/* Fill buffer from the random source. Waits while another task uses the source. Returns 0; not 0 on
 * failure. The two functions do the same, but have the types that osft_lwip_init() and
 * osft_tls_init() require; ctx is not used. */
int osft_freertos_random(void *ctx, void *buffer, size_t len);
int osft_freertos_entropy(void *ctx, unsigned char *buffer, size_t len);

/* Use this memory, aligned to 8 bytes, as the arena of osft_tls_arena.h for all tasks. Its size is
 * the sum of what all connections need that are open at the same time.
 * returns: 0; or -1: FreeRTOS's heap has no room for a mutex */
int osft_freertos_arena_init(void *memory, size_t size);

#ifdef __cplusplus
}
#endif
#endif
