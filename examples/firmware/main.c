/* SPDX-License-Identifier: Apache-2.0 */
/* The super-loop: network, then one step of what is under way; the watchdog is fed because both return. */
#include "app.h"
#include "board.h"
#include "device.h"
#include "log.h"
#include "net.h"

#define UP_MS      60000
#define NO_NETWORK 103

int main(void)
{
    int up = 0;

    log_text("osft firmware on ");
    log_say(board_name);
    if (board_entropy_note != NULL) {
        log_text("entropy: ");
        log_say(board_entropy_note);
    }
    device.args = board_args();
    if (net_init(device.args) != 0) {
        log_say("net: no driver");
        return NO_NETWORK;
    }
    for (;;) {
        board_feed_watchdog();
        int busy = net_poll();
        if (!up && net_is_up()) {
            up = 1;
            net_log();
            app_begin();
        }
        if (!up && clock_ms() > UP_MS) {
            return NO_NETWORK;
        }
        if (up) {
            busy |= app_turn();
        }
        if (!busy) {
            board_idle();
        }
    }
}
