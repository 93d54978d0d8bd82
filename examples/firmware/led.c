/* SPDX-License-Identifier: Apache-2.0 */
#include "led.h"

#include "board.h"
#include "log.h"

#define BLINK_MS 256u /* half of it lit; a power of two */

static uint8_t running, failed, lit, shown;

void led_event(enum osft_watch_event event)
{
    if (event == OSFT_WATCH_FAILED) {
        failed = 1;
    } else if (event == OSFT_WATCH_STARTED) {
        failed = 0;
    }
}

void led_show(const struct osft_run *runs, uint32_t count)
{
    running = 0;
    for (uint32_t i = 0; i < count; i++) {
        running |= runs[i].state == OSFT_RUNNING;
    }
    uint8_t now = failed ? 2 : running;
    if (now != shown) {
        log_say(now == 2 ? "led: blinks" : now == 1 ? "led: lit" : "led: dark");
    }
    shown = now;
}

void led_turn(void)
{
    uint8_t on = shown == 2 ? (clock_ms() & (BLINK_MS / 2)) != 0 : shown;
    if (on != lit) {
        board_led(on);
    }
    lit = on;
}
