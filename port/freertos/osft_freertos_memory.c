/* SPDX-License-Identifier: Apache-2.0 */
/* The arena of osft_tls_arena.h, for one task at a time. A mutex guards the arena. A critical
 * section would stop all other tasks while a block of 16 KB is zeroed. */
#include "osft_freertos.h"

#include <FreeRTOS.h>
#include <semphr.h>

#include "osft_tls_arena.h"

static SemaphoreHandle_t osft_freertos_arena_lock;

int osft_freertos_arena_init(void *memory, size_t size)
{
    osft_tls_arena_init(memory, size);
    osft_freertos_arena_lock = xSemaphoreCreateMutex();
    return osft_freertos_arena_lock != NULL ? 0 : -1;
}

void *osft_freertos_calloc(size_t count, size_t size)
{
    void *block;

    (void)xSemaphoreTake(osft_freertos_arena_lock, portMAX_DELAY);
    block = osft_tls_arena_calloc(count, size);
    (void)xSemaphoreGive(osft_freertos_arena_lock);
    return block;
}

void osft_freertos_free(void *block)
{
    (void)xSemaphoreTake(osft_freertos_arena_lock, portMAX_DELAY);
    osft_tls_arena_free(block);
    (void)xSemaphoreGive(osft_freertos_arena_lock);
}
