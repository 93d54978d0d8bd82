/* SPDX-License-Identifier: Apache-2.0 */
/* The program: one task watches the service, while the ticker task shows that other work stays in
 * time. */
#include <FreeRTOS.h>
#include <task.h>

#include "../firmware/board.h"
#include "../firmware/led.h"
#include "../firmware/log.h"
#include "../firmware/settings.h"
#include "interrupts.h"
#include "net.h"
#include "osft_freertos.h"
#include "program.h"
#include "service_client.h"
#include "watch_task.h"

#define TICKER_MS 10

/* The memory for mbedTLS, from the linker script. */
extern uint64_t link_arena[];
extern char link_arena_size[];

volatile struct counts counts;

/* Feed the watchdog, and let the LED blink. This task stands for work that must be done in time,
 * such as a control loop: the client must not delay it. */
static void ticker_task(void *arg)
{
    TickType_t due = xTaskGetTickCount();

    (void)arg;
    for (;;) {
        vTaskDelayUntil(&due, pdMS_TO_TICKS(TICKER_MS));
        counts.ticks++;
        counts.late_ticks += xTaskGetTickCount() != due;
        board_feed_watchdog();
        led_blink();
    }
}

/* The functions that FreeRTOS calls. */
void vApplicationIdleHook(void);
void vApplicationMallocFailedHook(void);
void vApplicationStackOverflowHook(TaskHandle_t task, char *name);

void vApplicationIdleHook(void)
{
    counts.idle_turns++;
    board_idle(1); /* until the next interrupt */
}

void vApplicationMallocFailedHook(void)
{
    log_say("FreeRTOS's heap is full");
    board_end(NO_MEMORY);
}

void vApplicationStackOverflowHook(TaskHandle_t task, char *name)
{
    (void)task;
    log_text("stack overflow: ");
    log_say(name);
    board_end(NO_MEMORY);
}

void main_on_assert(const char *file, int line)
{
    log_text("assertion: ");
    log_text(file);
    log_line(" ", line);
    board_end(FAILED_ASSERTION);
}

int main(void)
{
    const char *args = board_args(); /* the arguments of a test; a product has none */
    TaskFunction_t client_task = settings_find(args, "do").ptr != NULL ? jobs_task : watch_task;

    interrupts_init();
    if (osft_freertos_init(board_entropy, NULL) != 0 ||
        osft_freertos_arena_init(link_arena, LINK_SIZE(link_arena_size)) != 0) {
        return NO_MEMORY;
    }
    net_start(args);
    if (xTaskCreate(ticker_task, "ticker", configMINIMAL_STACK_SIZE, NULL, TICKER_PRIORITY, NULL) !=
            pdPASS ||
        xTaskCreate(client_task, "client", CLIENT_STACK_WORDS, (void *)(uintptr_t)args,
                    CLIENT_PRIORITY, NULL) != pdPASS) {
        return NO_MEMORY;
    }
    vTaskStartScheduler();
    return NO_MEMORY; /* there was no memory for the idle task */
}
