/* SPDX-License-Identifier: Apache-2.0 */
#include "sntp_time.h"

#if FIRMWARE_SNTP
#include "device.h"
#include "log.h"
#include "net.h"

#define LATEST_UTC 4102444799u /* 2099-12-31T23:59:59Z, the last date that a request can have */

static uint8_t is_asking;

static int may_set_clock(void)
{
    return retained.clock_source == CLOCK_BY_SNTP ||
           (retained.clock_source != CLOCK_SNTP_REJECTED && device.tls.port.utc_s(&device.tls) < 0);
}

void sntp_time_start(void)
{
    is_asking = may_set_clock() && net_start_sntp();
}

int sntp_time_has_answered(void)
{
    return !is_asking;
}

void sntp_time_take(uint32_t utc_s)
{
    int is_taken = utc_s >= device.tls.floor_s && utc_s <= LATEST_UTC && may_set_clock();

    is_asking = 0;
    log_text(is_taken ? "sntp: taken " : "sntp: not taken ");
    log_hex(utc_s);
    log_end();
    if (is_taken) {
        retained.clock_source = CLOCK_BY_SNTP;
        device.lwip.port.learn_utc(device.lwip.port.ctx, utc_s);
    }
}

void sntp_time_reject(void)
{
    if (retained.clock_source == CLOCK_BY_SNTP) {
        log_say("sntp: rejected");
        retained.clock_source = CLOCK_SNTP_REJECTED;
        net_stop_sntp();
        /* 1970 is before tls.floor_s, so the clock counts as not set. */
        device.lwip.port.learn_utc(device.lwip.port.ctx, 0);
    }
}
#endif
