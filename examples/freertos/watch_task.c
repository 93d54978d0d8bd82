/* SPDX-License-Identifier: Apache-2.0 */
/* The task that watches: this is what an application adds. osft_watch_poll() blocks this task only.
 */
#include "program.h"

#include <FreeRTOS.h>
#include <task.h>

#include "../firmware/board.h"
#include "../firmware/led.h"
#include "../firmware/log.h"
#include "../firmware/settings.h"
#include "connection.h"
#include "net.h"
#include "osft_watch.h"

#define POLL_MS 120000 /* how long a poll may take */
#define RUNS    8      /* how many runs can be watched at once */

static struct connection connection;
static struct osft_run runs[RUNS];
static struct osft_watch watch;

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    (void)ctx, (void)run;
    led_note_event(event);
    log_event(event, task);
    return 0;
}

void watch_task(void *arg)
{
    uint32_t interval_ms = settings_number(settings_get("interval"), 60) * 1000;
    int result;

    (void)arg;
    net_wait();
    result = connection_init(&connection);
    if (result != OSFT_OK) {
        log_line("init: ", result);
        board_end(-result);
    }
    osft_watch_init(&watch, &connection.client, &connection.account.query, runs, RUNS, on_event,
                    NULL);
    for (;;) {
        result = osft_watch_poll(&watch, POLL_MS); /* sleeps until the socket wakes it */
        log_result(result, &connection.client.reply, connection.tls.verify_flags);
        led_show(led_has_running_run(runs, watch.count));
        vTaskDelay(pdMS_TO_TICKS(interval_ms));
    }
}
