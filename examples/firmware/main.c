/* SPDX-License-Identifier: Apache-2.0 */
/* The program: it brings the network up, then runs the super-loop. No function in the loop waits,
 * so each turn feeds the watchdog. */
#include "app.h"
#include "board.h"
#include "device.h"
#include "jobs.h"
#include "led.h"
#include "log.h"
#include "measure.h"
#include "net.h"
#include "settings.h"
#include "sntp_time.h"

#define NETWORK_MS 60000 /* how long the network may take to come up */
#define NO_NETWORK 103   /* exit status */

/* Serve the network until is_ready() returns 1, at most for limit_ms. Returns the last result of
 * is_ready(). */
static int serve_network_until(int (*is_ready)(void), uint32_t limit_ms)
{
    uint32_t start_ms = clock_ms();

    while (!is_ready() && clock_ms() - start_ms < limit_ms) {
        board_feed_watchdog();
        if (!net_poll()) {
            board_idle(limit_ms);
        }
    }
    return is_ready();
}

static void turn_super_loop(void)
{
    for (;;) {
        int frame_came, result;

        measure_turn_start();
        board_feed_watchdog();
        frame_came = net_poll();
        result = osft_step(&device.client);
        if (result != OSFT_PENDING) {
            measure_log_handshake();
            if (!jobs_continue(result)) {
                app_finish_poll(result); /* starts the next poll */
            }
        }
        led_blink();
        measure_turn_end();
        if (!frame_came) { /* after a frame, another one may be there already */
            board_idle(osft_wait_ms(&device.client));
        }
    }
}

/* Return how long the first poll waits; ms. The time is random, so that the devices of a fleet do
 * not all poll at the same moment after a power failure. */
static uint32_t choose_first_wait(int is_waking)
{
    uint32_t spread_ms = settings_ms("spread", 0), wait_ms;

    if (is_waking || spread_ms == 0) {
        return 0;
    }
    wait_ms = net_random() % spread_ms;
    log_line("spread: ms ", (int32_t)wait_ms);
    return wait_ms;
}

int main(void)
{
    const char *args = board_args();
    int error, is_waking;

    board_feed_watchdog(); /* the first call starts the watchdog */
    log_text("osft firmware on ");
    log_say(board_name);
    if (board_entropy_note != NULL) {
        log_text("entropy: ");
        log_say(board_entropy_note);
    }
    if (net_init(args) != 0) {
        log_say("net: no driver");
        return NO_NETWORK;
    }
    if (!serve_network_until(net_is_up, NETWORK_MS)) {
        return NO_NETWORK;
    }
    net_log();
    error = device_init(app_on_event);
    if (error != OSFT_OK) {
        log_line("init: ", error);
        return -error;
    }
    measure_port(&device.tls.port);
    is_waking = device_load_retained();
    jobs_init(args, is_waking);
#if FIRMWARE_SNTP
    sntp_time_start();
    (void)serve_network_until(sntp_time_has_answered, settings_ms("sntp_wait", 2));
#endif
    if (!jobs_start()) {
        app_start_poll(choose_first_wait(is_waking));
    }
    turn_super_loop();
}
