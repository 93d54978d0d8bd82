/* SPDX-License-Identifier: Apache-2.0 */
#include "led.h"

#include "board.h"
#include "log.h"

#define BLINK_MS 256u /* half of it lit; a power of two */

enum { DARK, LIT, BLINKS };
static const char *const log_lines[] = { "led: dark", "led: lit", "led: blinks" };

static uint8_t has_failed, shown, is_on;

void led_note_event(enum osft_watch_event event)
{
    if (event == OSFT_WATCH_FAILED) {
        has_failed = 1;
    } else if (event == OSFT_WATCH_STARTED) {
        has_failed = 0;
    }
}

void led_show(int is_running)
{
    uint8_t now = has_failed ? BLINKS : is_running ? LIT : DARK;

    if (now != shown) {
        log_say(log_lines[now]);
    }
    shown = now;
}

int led_has_running_run(const struct osft_run *runs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (runs[i].state == OSFT_RUNNING) {
            return 1;
        }
    }
    return 0;
}

void led_blink(void)
{
    uint8_t on = shown == BLINKS ? (clock_ms() & (BLINK_MS / 2)) != 0 : shown;

    if (on != is_on) {
        board_led(on);
    }
    is_on = on;
}
