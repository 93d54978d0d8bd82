/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <string.h>

#include "board.h"
#include "log.h"
#include "net.h"
#include "osft_tls_arena.h"
#include "settings.h"

#define MAGIC 0x6F736601u

/* It was at least this late: when it was built, or when the makefile says. */
#ifndef FIRMWARE_UTC
#error \
    "FIRMWARE_UTC: seconds since 1970 when this is built, for judging certificates before the time is known"
#endif

#if FIRMWARE_SNTP
#define LATEST_UTC 4102444799u /* 2099-12-31T23:59:59Z, the last that a request can say */

enum { NOT_BY_SNTP, BY_SNTP, DOUBTED }; /* retained.sntp: where the time comes from */
static uint8_t asking;
#endif

struct device device;
struct retained retained __attribute__((section(".retained")));
extern uint64_t link_arena[];
extern char link_arena_size[]; /* for mbedTLS; what a run needed is in the log */

static int missing(const char *what)
{
    log_text("settings: missing or wrong: ");
    log_say(what);
    return OSFT_E_ARG;
}

static int load_roots(struct osft_tls *tls)
{
    struct osft_span root = { NULL, 0 };
    int err = OSFT_E_CERT; /* none */

    for (root = settings_root(root); root.ptr != NULL; root = settings_root(root)) {
        err = osft_tls_ca_static(tls, root.ptr, root.len);
        if (err != OSFT_OK) {
            return err;
        }
    }
    return err;
}

static int init_tls(struct device *d)
{
    struct osft_span pin = settings_get("pin");
    uint8_t digest[32];

    osft_tls_arena_init(link_arena, LINK_SIZE(link_arena_size));
    int err = osft_tls_init(&d->tls, &d->net.port, board_entropy, NULL);
    if (err != OSFT_OK) {
        return err;
    }
    d->tls.floor_s = FIRMWARE_UTC;
    err = load_roots(&d->tls);
    if (err != OSFT_OK) {
        (void)missing("root");
        return err;
    }
    if (pin.ptr != NULL) {
        err = settings_hex(pin, digest, sizeof(digest)) == 0 ? osft_tls_pin(&d->tls, digest)
                                                             : missing("pin");
    }
    return err;
}

int device_init(void)
{
    struct device *d = &device;

    net_port(&d->net);
    int err = init_tls(d);
    if (err != OSFT_OK) {
        return err;
    }
    osft_mbedtls_sha256_init(&d->sha);
    d->key.id = settings_get("id");
    d->key.secret = settings_get("secret");
    d->key.token = settings_get("token");
    d->query.app_group = settings_get("app");
    d->query.function = settings_get("function");
    d->query.instance = settings_get("instance");
    if (settings_copy(settings_get("host"), d->host, sizeof(d->host)) != 0) {
        return missing("host");
    }
    d->set.port = &d->tls.port;
    d->set.sha256 = &d->sha.hash;
    d->set.credentials = &d->key;
    d->set.host = d->host;
    d->set.tcp_port = (uint16_t)settings_number(settings_get("port"), 0);
    d->set.work = retained.work;
    d->set.work_size = sizeof(retained.work);
    d->set.attempt_ms = 30000; /* TLS alone takes a second or two of this processor */
    osft_link_init(&d->link, &d->set);
    return OSFT_OK;
}

BOARD_NORETURN void device_sleep(uint32_t ms)
{
    struct device *d = &device;
    int64_t now;

    osft_link_close(&d->link);
    now = d->tls.port.utc_s(&d->tls);
    retained.magic = MAGIC;
    retained.wakes++;
    retained.utc_s = now < 0 ? now : now + ms / 1000;
    size_t len = osft_tls_session_save(&d->tls, retained.work, sizeof(retained.work));
    retained.session = (uint16_t)(len <= sizeof(retained.work) ? len : 0);
    size_t room = sizeof(retained.work) - retained.session;
    len = osft_watch_save(&d->watch, retained.work + retained.session, room);
    retained.watched = (uint16_t)(len <= room ? len : 0);
    log_line("sleep: session bytes ", retained.session);
    log_line("sleep: watch bytes ", retained.watched);
    board_sleep(ms);
}

/* Both have checksums of their own, so what is believed here is only where they begin. */
int device_wake(void)
{
    struct device *d = &device;
    const struct retained *r = &retained;
    int session, watched;

    if (r->magic != MAGIC || r->session + r->watched > (int)sizeof(r->work)) {
        memset(&retained, 0, sizeof(retained));
        return 0;
    }
    if (r->utc_s >= 0) {
        d->net.port.learn_utc(d->net.port.ctx, r->utc_s);
    }
    session = osft_tls_session_load(&d->tls, r->work, r->session);
    watched = osft_watch_load(&d->watch, r->work + r->session, r->watched);
    log_line("wake: session ", session);
    log_line("wake: watch ", watched);
    memset(retained.work, 0, sizeof(retained.work)); /* it held keys */
    retained.magic = 0;
    return 1;
}

#if FIRMWARE_SNTP
static int may_take_time(void)
{
    return retained.sntp == BY_SNTP ||
           (retained.sntp != DOUBTED && device.tls.port.utc_s(&device.tls) < 0);
}

void device_ask(void)
{
    asking = may_take_time() && net_sntp();
}

int device_asks(void)
{
    return asking;
}

void device_told(uint32_t utc_s)
{
    struct device *d = &device;
    int take = utc_s >= d->tls.floor_s && utc_s <= LATEST_UTC && may_take_time();

    asking = 0;
    log_text(take ? "sntp: taken " : "sntp: not taken ");
    log_hex(utc_s);
    log_end();
    if (take) {
        retained.sntp = BY_SNTP;
        d->net.port.learn_utc(d->net.port.ctx, utc_s);
    }
}

void device_doubt(void)
{
    struct device *d = &device;

    if (retained.sntp == BY_SNTP) {
        log_say("sntp: doubted");
        retained.sntp = DOUBTED;
        net_sntp_end();
        d->net.port.learn_utc(d->net.port.ctx, 0); /* before any floor, so it counts as not known */
    }
}
#endif
