/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <string.h>

#include "led.h"
#include "log.h"
#include "net.h"
#include "osft_tls_arena.h"
#include "settings.h"

#define MAGIC 0x6F736602u

#ifndef FIRMWARE_UTC
#error \
    "FIRMWARE_UTC must be the time of this build, in seconds since 1970: it judges certificates \
before the time is known"
#endif

struct device device;
struct retained retained __attribute__((section(".retained")));

/* The memory for mbedTLS, from the linker script. osft_tls_arena_peak() tells how much was needed.
 */
extern uint64_t link_arena[];
extern char link_arena_size[];

/* An attempt has 30 seconds, as a TLS handshake alone takes one or two seconds on this
 * processor. */
static const struct osft_retry retry = OSFT_RETRY(4, 30000, 500, 20000);

static int init_tls(void)
{
    struct osft_tls *tls = &device.tls;
    int error;

    osft_tls_arena_init(link_arena, LINK_SIZE(link_arena_size));
    error = osft_tls_init(tls, &device.lwip.port, board_entropy, NULL);
    tls->floor_s = FIRMWARE_UTC;
    return error == OSFT_OK ? account_load_roots_and_pin(tls) : error;
}

int device_init(osft_on_event *on_event)
{
    struct device *d = &device;
    int error;

    net_init_port(&d->lwip);
    error = init_tls();
    if (error != OSFT_OK) {
        return error;
    }
    error = account_read(&d->account);
    if (error != OSFT_OK) {
        return error;
    }
    osft_mbedtls_sha256_init(&d->sha256);
    d->settings.port = &d->tls.port;
    d->settings.sha256 = &d->sha256.hash;
    d->settings.credentials = &d->account.credentials;
    d->settings.host = d->account.host;
    d->settings.tcp_port = d->account.tcp_port;
    d->settings.work = retained.work;
    d->settings.work_size = sizeof(retained.work);
    d->settings.retry = &retry;
    osft_init(&d->client, &d->settings);
    osft_watch_init(&d->watch, &d->client, &d->account.query, d->runs, DEVICE_RUNS, on_event, NULL);
    return OSFT_OK;
}

int device_has_running_run(void)
{
    return led_has_running_run(device.runs, device.watch.count);
}

BOARD_NORETURN void device_sleep(uint32_t ms)
{
    struct retained *r = &retained;
    size_t len, room = sizeof(r->work);
    int64_t now;

    osft_close(&device.client);
    now = device.tls.port.utc_s(&device.tls);
    r->magic = MAGIC;
    r->wakes++;
    r->utc_s = now < 0 ? now : now + ms / 1000;
    len = osft_tls_session_save(&device.tls, r->work, room);
    r->session = (uint16_t)(len <= room ? len : 0);
    room -= r->session;
    len = osft_watch_save(&device.watch, r->work + r->session, room);
    r->watched = (uint16_t)(len <= room ? len : 0);
    log_line("sleep: session bytes ", r->session);
    log_line("sleep: watch bytes ", r->watched);
    board_sleep(ms);
}

/* The saved session and runs have checksums of their own, so only their lengths must be checked
 * here. */
int device_load_retained(void)
{
    struct retained *r = &retained;

    if (r->magic != MAGIC || (size_t)r->session + r->watched > sizeof(r->work)) {
        memset(r, 0, sizeof(*r));
        return 0;
    }
    if (r->utc_s >= 0) {
        device.lwip.port.learn_utc(device.lwip.port.ctx, r->utc_s);
    }
    log_line("wake: session ", osft_tls_session_load(&device.tls, r->work, r->session));
    log_line("wake: watch ", osft_watch_load(&device.watch, r->work + r->session, r->watched));
    memset(r->work, 0, sizeof(r->work)); /* the buffer held keys of the session */
    r->magic = 0;
    return 1;
}
