/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <string.h>

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

/* The memory for mbedTLS, from the linker script. measure.c logs how much of it was needed. */
extern uint64_t link_arena[];
extern char link_arena_size[];

/* An attempt has 30 seconds, as a TLS handshake alone takes this processor one or two. */
static const struct osft_retry retry = OSFT_RETRY(4, 30000, 500, 20000);

static int report_missing(const char *name)
{
    log_text("settings: missing or wrong: ");
    log_say(name);
    return OSFT_E_ARG;
}

static int load_roots(struct osft_tls *tls)
{
    struct osft_span root = settings_next_root(NULL);
    int error = OSFT_E_CERT; /* for settings without a root certificate */

    while (root.ptr != NULL) {
        error = osft_tls_ca_static(tls, root.ptr, root.len);
        if (error != OSFT_OK) {
            break;
        }
        root = settings_next_root(&root);
    }
    if (error != OSFT_OK) {
        (void)report_missing("root");
    }
    return error;
}

static int set_pin(struct osft_tls *tls)
{
    struct osft_span pin = settings_get("pin");
    uint8_t digest[32];

    if (pin.ptr == NULL) {
        return OSFT_OK;
    }
    if (settings_hex(pin, digest, sizeof(digest)) != 0) {
        return report_missing("pin");
    }
    return osft_tls_pin(tls, digest);
}

static int init_tls(void)
{
    struct osft_tls *tls = &device.tls;
    int error;

    osft_tls_arena_init(link_arena, LINK_SIZE(link_arena_size));
    error = osft_tls_init(tls, &device.lwip.port, board_entropy, NULL);
    tls->floor_s = FIRMWARE_UTC;
    measure_port(&tls->port);
    if (error == OSFT_OK) {
        error = load_roots(tls);
    }
    return error == OSFT_OK ? set_pin(tls) : error;
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
    if (settings_copy(settings_get("host"), d->host, sizeof(d->host)) != 0) {
        return report_missing("host");
    }
    osft_mbedtls_sha256_init(&d->sha256);
    d->credentials.id = settings_get("id");
    d->credentials.secret = settings_get("secret");
    d->credentials.token = settings_get("token");
    d->query.app_group = settings_get("app");
    d->query.function = settings_get("function");
    d->query.instance = settings_get("instance");
    d->settings.port = &d->tls.port;
    d->settings.sha256 = &d->sha256.hash;
    d->settings.credentials = &d->credentials;
    d->settings.host = d->host;
    d->settings.tcp_port = (uint16_t)settings_number(settings_get("port"), 0);
    d->settings.work = retained.work;
    d->settings.work_size = sizeof(retained.work);
    d->settings.retry = &retry;
    osft_init(&d->client, &d->settings);
    osft_watch_init(&d->watch, &d->client, &d->query, d->runs, DEVICE_RUNS, on_event, NULL);
    return OSFT_OK;
}

int device_has_running_run(void)
{
    for (uint32_t i = 0; i < device.watch.count; i++) {
        if (device.runs[i].state == OSFT_RUNNING) {
            return 1;
        }
    }
    return 0;
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
int device_wake(void)
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
