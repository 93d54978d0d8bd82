/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of product.h, with the settings, the log and the LED of examples/firmware/. */
#include "product.h"

#include <string.h>

#include "../firmware/account.h"
#include "../firmware/board.h"
#include "../firmware/led.h"
#include "../firmware/log.h"
#include "../firmware/settings.h"
#include "net.h"

int product_read_settings(struct product_settings *settings)
{
    struct account account = { 0 };
    int error = account_read(&account);

    memcpy(settings->host, account.host, sizeof(account.host));
    settings->tcp_port = account.tcp_port;
    settings->credentials = account.credentials;
    settings->query = account.query;
    settings->interval_ms = settings_interval_ms();
    settings->spread_ms = settings_ms("spread", 0);
    return error;
}

int product_load_roots(struct osft_tls *tls)
{
    return account_load_roots_and_pin(tls);
}

void product_wait_for_network(void)
{
    net_wait_for_address();
}

void product_report_bad_settings(int result)
{
    log_line("init: ", result);
    board_end(-result);
}

void product_report_first_wait(uint32_t ms)
{
    log_line("spread: ms ", (int32_t)ms);
}

void product_report_event(enum osft_watch_event event, const struct osft_task *task)
{
    led_note_event(event);
    log_event(event, task);
}

void product_report_poll(int result, const struct osft_reply *reply, const struct osft_tls *tls,
                         const struct osft_run *runs, uint32_t count)
{
    log_line("poll: over at ms ", (int32_t)clock_ms());
    log_result(result, reply, tls->verify_flags);
    led_show(led_has_running_run(runs, count));
}
