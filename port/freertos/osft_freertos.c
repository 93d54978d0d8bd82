/* SPDX-License-Identifier: Apache-2.0 */
/* The random source, and the checks of FreeRTOSConfig.h. */
#include "osft_freertos.h"

#include <FreeRTOS.h>
#include <semphr.h>
#include <stdint.h>

/* lwIP computes sys_now() as ticks multiplied by the whole milliseconds of a tick. */
typedef char
    osft_freertos_tick_is_no_whole_ms[1000 % (unsigned long)configTICK_RATE_HZ == 0 ? 1 : -1];
/* sys_now() must wrap at 2^32 ms. */
typedef char osft_freertos_ticks_have_not_32_bits[sizeof(TickType_t) == sizeof(uint32_t) ? 1 : -1];
/* lwIP rounds a wait that is shorter than a tick down to none, and port/lwip waits for 10 ms where
 * it must not spin. */
typedef char osft_freertos_tick_is_longer_than_10_ms[portTICK_PERIOD_MS <= 10 ? 1 : -1];

static struct {
    osft_freertos_source *source;
    void *ctx;
    SemaphoreHandle_t lock;
} osft_freertos;

int osft_freertos_init(osft_freertos_source *source, void *ctx)
{
    osft_freertos.source = source;
    osft_freertos.ctx = ctx;
    osft_freertos.lock = xSemaphoreCreateMutex();
    return osft_freertos.lock != NULL ? 0 : -1;
}

int osft_freertos_entropy(void *ctx, unsigned char *buffer, size_t len)
{
    int error;

    (void)ctx;
    if (xSemaphoreTake(osft_freertos.lock, portMAX_DELAY) != pdTRUE) {
        return -1;
    }
    error = osft_freertos.source(osft_freertos.ctx, buffer, len);
    (void)xSemaphoreGive(osft_freertos.lock);
    return error;
}

int osft_freertos_random(void *ctx, void *buffer, size_t len)
{
    return osft_freertos_entropy(ctx, buffer, len);
}
