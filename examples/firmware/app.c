/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs, one after the other. A job is one or more calls; a call is driven by app_turn(), a step at a time.
 *
 * Arguments of a test: do=JOB[+JOB...], and what each wants to find
 *     list     a page of the newest tasks
 *     pages    the whole history as a stream; expect=N tasks, numbered N to 1
 *     watch    until nothing runs any more
 *     hang     turns the loop no more, which the watchdog has to end
 *     nap      one look, then a deep sleep; naps=N times; each waking must resume TLS's session
 * again=N: so many calls may fail, each is then made anew in a new connection. utc=SECONDS: the time is known
 * from the start, as by a clock with a battery.
 * Without any: a look, a deep sleep of `interval` seconds, and so on.
 */
#include "app.h"

#include <string.h>

#include "board.h"
#include "device.h"
#include "log.h"
#include "net.h"
#include "osft_pages.h"
#include "osft_stream.h"
#include "led.h"
#include "settings.h"

#define CALL_MS   120000
#define PAGE_SIZE 20
#define SNTP_MS   2000 /* so long the first call waits for an SNTP server's answer */

/* Ends of a test that are no osft_err. */
enum { WRONG_TASKS = 101, NOT_RESUMED = 102 };

static struct {
    struct osft_span jobs; /* still to do */
    enum { NONE, LIST, PAGES, WATCH, NAP, HANG } job;
    uint8_t in_call, waking;
    uint32_t wait_since, wait_ms;
    uint32_t tasks, wrong, bytes, expect, again;
    struct osft_pages pages;
    struct osft_page page;
    struct osft_stream stream;
} app;

static void log_span(const char *what, struct osft_span text)
{
    log_text(what);
    if (text.ptr != NULL) {
        log_bytes(text.ptr, text.len);
    }
}

static void log_task(const struct osft_task *task)
{
    log_span(" generation ", task->generation);
    log_span(" ", task->status);
    log_text(" ");
    log_number(task->progress);
    log_end();
}

static int on_task(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    (void)ctx;
    if (task == NULL) {
        log_line("task: too large, needs ", (int32_t)need);
        app.wrong++;
        return 0;
    }
    app.tasks++;
    if (app.job == LIST) {
        log_text("task:");
        log_task(task);
    } else if (settings_number(task->generation, 0) != app.expect - index) {
        app.wrong++;
    }
    return 0;
}

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    static const char *const names[] = { "?",      "started",  "progressed", "succeeded",
                                         "failed", "vanished", "dropped" };
    (void)ctx;
    (void)run;
    led_event(event);
    log_text("event: ");
    log_text(names[event]);
    if (task != NULL) {
        log_task(task);
    } else {
        log_end();
    }
    return 0;
}

/* One thing of what the link wants, through the port. 1: it is over; 0: nothing can be done now. */
static int drive(struct osft_link *l, int *moved)
{
    const struct osft_port *port = l->set->port;
    void *buf;
    size_t len;
    int n;

    *moved = 0;
    switch (osft_link_step(l, &buf, &len)) {
    case OSFT_DONE: return 1;
    case OSFT_WANT_WAIT: return 0;
    case OSFT_WANT_OPEN: n = port->open(port->ctx, l->set->host, osft_tcp_port(l->set)); break;
    case OSFT_WANT_SEND: n = port->send(port->ctx, buf, len); break;
    case OSFT_WANT_RECV: n = port->recv(port->ctx, buf, len); break;
    default:
        port->close(port->ctx);
        n = 1;
        break;
    }
    *moved = n != 0;
    osft_link_did(l, n);
    return 0;
}

static void report(int err, const struct osft_page *page)
{
    const struct device *d = &device;
    uint32_t us = measure_handshake();

    if (us != 0) {
        log_line(d->tls.resumed ? "handshake: resumed us " : "handshake: full us ", (int32_t)us);
    }
    log_line("call: ", err);
    log_line("call: attempts ", d->link.attempts);
    if (err != OSFT_OK) {
        log_line("call: port code ", page->port_code);
        log_line("call: http ", page->http_status);
        log_line("call: need ", (int32_t)page->need);
        log_text("call: verify flags ");
        log_hex(d->tls.verify_flags);
        log_end();
    }
}

static BOARD_NORETURN void end(int code)
{
    osft_link_close(&device.link);
    net_log();
    measure_log();
    log_line("end: ", code);
    board_end(code);
}

/* osft_err as an exit status. */
static void end_if(int err)
{
    if (err != OSFT_OK) {
        end(-err);
    }
}

static int begin_call(void)
{
    struct device *d = &device;

    app.in_call = 1;
    if (app.job == LIST) {
        return osft_link_begin(&d->link, &d->query, CALL_MS, &app.page);
    }
    if (app.job == PAGES) {
        return osft_pages_begin(&app.pages, CALL_MS, &app.page);
    }
    return osft_watch_more(&d->watch) ? OSFT_OK : osft_watch_begin(&d->watch, CALL_MS);
}

static void begin_job(void)
{
    static const char *const names[] = { "", "list", "pages", "watch", "nap", "hang" };
    size_t len = 0;

    if (app.jobs.len == 0) {
        end(0);
    }
    while (len < app.jobs.len && app.jobs.ptr[len] != '+') {
        len++;
    }
    app.job = NONE;
    for (unsigned i = LIST; i <= HANG; i++) {
        if (strlen(names[i]) == len && memcmp(names[i], app.jobs.ptr, len) == 0) {
            app.job = i;
        }
    }
    app.jobs.ptr += len;
    app.jobs.len -= len;
    if (app.jobs.len != 0) {
        app.jobs.ptr++;
        app.jobs.len--;
    }
    while (app.job == HANG) {
    }
    osft_stream_init(&app.stream, &app.page, on_task, NULL);
    device.query.page_number = 0;
    device.query.page_size = PAGE_SIZE;
    osft_pages_init(&app.pages, &device.link, &device.query, PAGE_SIZE);
    app.tasks = app.wrong = app.bytes = 0;
    app.expect = settings_number(settings_find(device.args, "expect"), 0);
    end_if(app.job == NONE ? OSFT_E_ARG : begin_call());
}

static int runs_left(void)
{
    for (uint32_t i = 0; i < device.watch.count; i++) {
        if (device.runs[i].state == OSFT_RUNNING) {
            return 1;
        }
    }
    return 0;
}

static void pause(uint32_t ms)
{
    app.wait_since = clock_ms();
    app.wait_ms = ms;
}

/* A look is over. */
static void looked(void)
{
    uint32_t ms = settings_number(settings_get("interval"), 60) * 1000;

    led_show(device.runs, device.watch.count);
    if (app.job == WATCH) {
        if (runs_left()) {
            pause(ms);
        } else {
            begin_job();
        }
        return;
    }
    if (app.waking && app.jobs.ptr != NULL && !device.tls.resumed) {
        end(NOT_RESUMED);
    }
    if (device.args != NULL &&
        retained.wakes == settings_number(settings_find(device.args, "naps"), 1)) {
        begin_job();
        return;
    }
    device_sleep(ms);
}

/* A call is over. */
static void called(void)
{
    struct device *d = &device;
    int err, more = 0;

    app.in_call = 0;
    if (app.job == LIST) {
        err = osft_link_result(&d->link);
    } else if (app.job == PAGES) {
        err = osft_pages_end(&app.pages);
        more = osft_pages_more(&app.pages);
        app.bytes += (uint32_t)app.page.offset;
    } else {
        err = osft_watch_end(&d->watch);
        more = osft_watch_more(&d->watch);
    }
    report(err, app.job < WATCH ? &app.page : &d->watch.page);
#if FIRMWARE_SNTP
    if (err == OSFT_E_CERT_TIME) {
        device_doubt();
    }
#endif
    if (err != OSFT_OK && device.args != NULL) {
        if (app.again == 0) {
            end(-err);
        }
        app.again--;
        osft_link_close(&d->link);
        more = 1;
    }
    if (more) {
        end_if(begin_call());
        return;
    }
    if (app.job < WATCH) {
        log_line("tasks: ", (int32_t)app.tasks);
        log_line("tasks: bytes ", (int32_t)app.bytes);
        if (app.wrong != 0 || (app.expect != 0 && app.tasks != app.expect)) {
            end(WRONG_TASKS);
        }
        begin_job();
        return;
    }
    looked();
}

static void begin(void)
{
    if (app.jobs.ptr != NULL) {
        begin_job();
        return;
    }
    app.job = NAP;
    end_if(begin_call());
}

void app_begin(void)
{
    struct device *d = &device;

    int err = device_init();
    if (err != OSFT_OK) {
        log_line("init: ", err);
        board_end(-err);
    }
    osft_watch_init(&d->watch, &d->link, &d->query, d->runs, DEVICE_RUNS, on_event, NULL);
    app.waking = (uint8_t)device_wake();
    uint32_t utc_s = settings_number(settings_find(d->args, "utc"), 0);
    if (utc_s != 0) {
        d->net.port.learn_utc(d->net.port.ctx, utc_s);
    }
    app.again = settings_number(settings_find(d->args, "again"), 0);
    app.jobs = settings_find(d->args, "do");
#if FIRMWARE_SNTP
    device_ask();
    pause(SNTP_MS); /* app_turn() begins */
#else
    begin();
#endif
}

int app_turn(void)
{
    int moved = 0;

    led_turn();
    if (app.in_call) {
        if (drive(&device.link, &moved)) {
            called();
            return 1;
        }
        return moved;
    }
#if FIRMWARE_SNTP
    if (app.job == NONE) {
        if (device_asks() && clock_ms() - app.wait_since < app.wait_ms) {
            return 0;
        }
        begin();
        return 1;
    }
#endif
    if (clock_ms() - app.wait_since >= app.wait_ms) {
        end_if(begin_call());
        return 1;
    }
    return 0;
}
