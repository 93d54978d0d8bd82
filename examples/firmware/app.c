/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include "device.h"
#include "led.h"
#include "log.h"
#include "settings.h"
#include "sntp_time.h"

#define POLL_MS 120000 /* how long a poll may take */

int app_on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                 const struct osft_run *run)
{
    (void)ctx, (void)run;
    led_note_event(event);
    log_event(event, task);
    return 0;
}

void app_handle_result(int result)
{
    log_result(result, &device.client.reply, device.tls.verify_flags);
#if FIRMWARE_SNTP
    if (result == OSFT_E_CERT_TIME) {
        sntp_time_reject();
    }
#endif
}

void app_start_poll(uint32_t after_ms)
{
    (void)osft_watch_start(&device.watch, after_ms, POLL_MS);
}

void app_finish_poll(int result)
{
    uint32_t wait_ms = settings_interval_ms();

    app_handle_result(result);
    led_show(device_has_running_run());
    if (settings_number(settings_get("awake"), 0) == 0) {
        uint32_t asked_ms = device.client.reply.retry_wait_ms;
        device_sleep(wait_ms < asked_ms ? asked_ms : wait_ms);
    }
    app_start_poll(wait_ms);
}
