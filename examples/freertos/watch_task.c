/* SPDX-License-Identifier: Apache-2.0 */
/* The task that watches the runs. An application adds such a task; osft_watch_poll() blocks no
 * other task. */
#include "watch_task.h"

#include <FreeRTOS.h>
#include <task.h>

#include "osft_freertos.h"
#include "osft_watch.h"
#include "product.h"
#include "service_client.h"

#define POLL_MS 120000 /* how long a poll may take */
#define RUNS    8      /* how many runs can be watched at once */

static struct service_client service;
static struct osft_run runs[RUNS];
static struct osft_watch watch;

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    (void)ctx, (void)run;
    product_report_event(event, task);
    return 0;
}

/* Sleep for ms. pdMS_TO_TICKS() would overflow after 71 minutes with ticks of 1 ms. */
static void delay_ms(uint32_t ms)
{
    vTaskDelay(ms / portTICK_PERIOD_MS);
}

/* Wait for a random part of spread_ms before the first poll, so that the devices of a fleet do not
 * all poll at the same moment after a power failure. */
static void wait_before_first_poll(uint32_t spread_ms)
{
    uint32_t number = 0, wait_ms;

    if (spread_ms == 0 || osft_freertos_random(NULL, &number, sizeof(number)) != 0) {
        return; /* without random bytes TLS cannot connect, so no poll begins */
    }
    wait_ms = number % spread_ms;
    product_report_first_wait(wait_ms);
    delay_ms(wait_ms);
}

void watch_task(void *arg)
{
    int result;

    (void)arg;
    product_wait_for_network();
    result = service_client_init(&service);
    if (result != OSFT_OK) {
        product_report_bad_settings(result);
        vTaskSuspend(NULL);
    }
    osft_watch_init(&watch, &service.client, &service.product.query, runs, RUNS, on_event, NULL);
    wait_before_first_poll(service.product.spread_ms);
    for (;;) {
        result = osft_watch_poll(&watch, POLL_MS); /* the task sleeps until the socket wakes it */
        product_report_poll(result, &service.client.reply, &service.tls, runs, watch.count);
        delay_ms(service.product.interval_ms);
    }
}
