/* SPDX-License-Identifier: Apache-2.0 */
#include "below.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

struct below below;

static int lower_open(void *ctx, const char *host, uint16_t tcp_port)
{
    assert_ptr_equal(ctx, &below);
    snprintf(below.host, sizeof below.host, "%s", host);
    below.tcp_port = tcp_port;
    if (below.opens_after-- > 0) {
        return 0;
    }
    below.opened++;
    return below.open_error != 0 ? below.open_error : 1;
}

static int blocks(void)
{
    return below.every_other && below.turn++ % 2 == 0;
}

static int lower_send(void *ctx, const void *bytes, size_t len)
{
    (void)ctx;
    if (below.send_error != 0) {
        return below.send_error;
    }
    if (blocks()) {
        return 0;
    }
    len = below.send_step != 0 && len > below.send_step ? below.send_step : len;
    assert_true(below.sent_len + len < sizeof below.sent);
    memcpy(below.sent + below.sent_len, bytes, len);
    below.sent_len += len;
    below.sent[below.sent_len] = 0;
    return (int)len;
}

static int lower_recv(void *ctx, void *buffer, size_t room)
{
    (void)ctx;
    if (blocks()) {
        return 0;
    }
    if (below.given == below.response_len) {
        return below.end;
    }
    size_t left = below.response_len - below.given, len = left < room ? left : room;
    memcpy(buffer, below.response + below.given, len);
    below.given += len;
    return (int)len;
}

static int lower_wait(void *ctx, unsigned events, uint32_t ms)
{
    (void)ctx;
    below.waits++;
    below.awaited = events;
    below.awaited_ms = ms;
    return 1;
}

static unsigned lower_awaits(void *ctx, unsigned events, uint32_t *ms)
{
    (void)ctx;
    *ms = *ms < 77 ? *ms : 77;
    return events;
}

static void lower_close(void *ctx)
{
    (void)ctx;
    below.closed++;
}

static int64_t lower_utc_s(void *ctx)
{
    (void)ctx;
    return 1700000000;
}

static uint32_t lower_ticks_ms(void *ctx)
{
    (void)ctx;
    return 4242;
}

static int lower_random(void *ctx, void *buffer, size_t len)
{
    (void)ctx;
    memset(buffer, 7, len);
    return 0;
}

static void lower_learn_utc(void *ctx, int64_t utc_s)
{
    (void)ctx;
    below.learned = utc_s;
}

void below_respond(const char *response)
{
    below.response = response;
    below.response_len = strlen(response);
    below.given = 0;
}

void below_reset(void)
{
    static const struct osft_port port = { &below,       lower_open,  lower_send,
                                           lower_recv,   lower_wait,  lower_awaits,
                                           lower_close,  lower_utc_s, lower_ticks_ms,
                                           lower_random, &below.code, lower_learn_utc };

    memset(&below, 0, sizeof(below));
    below.port = port;
}
