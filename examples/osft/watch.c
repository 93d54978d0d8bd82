/* SPDX-License-Identifier: Apache-2.0 */
/* watch: tells what happens to the runs. Events are written out before the state is saved, so that
 * one can come twice after a crash, but none is lost. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "command.h"

#define RUNS_MAX  1000
#define PAUSE_MIN 1000 /* ms, also when a look took longer than the interval */

static struct osft_run runs[RUNS_MAX];
static char blob[OSFT_WATCH_BYTES(RUNS_MAX)], saved[sizeof(blob) + 1];

struct watcher {
    const struct plan *plan;
    struct osft_link *link;
    struct osft_watch watch;
    struct osft_query query;
    struct state state;
    struct live live;
    int is_live;
    int failed; /* what the last look came to, as it was reported */
    uint16_t failed_status;
    char failed_code[64];
    int save_failed; /* errno */
};

static void before_saying(struct watcher *w)
{
    if (w->is_live) {
        screen_erase(&w->live.screen);
    }
    flush_output(&standard_output);
}

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    struct watcher *w = ctx;
    struct event e;

    event_make(&e, event, task, run);
    if (w->is_live && event == OSFT_WATCH_PROGRESSED) {
        return 0; /* the table shows that */
    }
    if (w->is_live) {
        screen_erase(&w->live.screen);
        event_print(&e, FORMAT_TABLE);
        if (w->live.page.count > 0) {
            live_draw(&w->live, 0);
        }
    } else {
        event_print(&e, w->plan->format);
    }
    return standard_output.error != 0;
}

static int look(struct watcher *w)
{
    int64_t began = drive_clock();
    int err = osft_watch_begin(&w->watch, w->plan->timeout_ms);

    while (osft_watch_more(&w->watch) && err != OSFT_E_STOPPED) {
        (void)drive_call(w->link, w->plan); /* what it came to, the watch asks the link */
        err = osft_watch_end(&w->watch);
    }
    if (drive_signal() != 0 || standard_output.error != 0) {
        return OSFT_E_STOPPED;
    }
    if (session_has_news(w->link, w->plan)) {
        before_saying(w);
        session_say(w->link, w->plan, &w->watch.page, w->watch.count, began);
    }
    return err;
}

static int is_same_failure(const struct watcher *w, int err)
{
    const struct osft_page *page = &w->watch.page;
    return w->failed == err &&
           (err != OSFT_E_REFUSED || (page->http_status == w->failed_status &&
                                      strncmp(page->code.ptr != NULL ? page->code.ptr : "",
                                              w->failed_code, sizeof(w->failed_code) - 1) == 0));
}

/* Told once, until it changes. Returns the exit status it would have. */
static int tell_failure(struct watcher *w, int err)
{
    const struct osft_page *page = &w->watch.page;
    struct call call = { w->plan, &session_limits, w->link, -1 };
    int status;

    if (is_same_failure(w, err)) {
        return EXIT_DONE; /* of no use: it has been told, and did not end the watch */
    }
    w->failed = err;
    w->failed_status = page->http_status;
    snprintf(w->failed_code, sizeof(w->failed_code), "%s",
             page->code.ptr != NULL ? page->code.ptr : "");
    before_saying(w);
    status = report_call(err, page, &call);
    if (!w->plan->once && report_may_heal(err, page)) {
        put_text(&standard_error, "  the watch goes on; this is told again when it changes\n");
    }
    flush_output(&standard_error);
    return status;
}

static void tell_recovery(struct watcher *w)
{
    if (w->failed != OSFT_OK) {
        before_saying(w);
        put_text(&standard_error, "osft: the service answers again\n");
        flush_output(&standard_error);
    }
    w->failed = OSFT_OK;
}

/* Returns an exit status; a failure is told once, until it changes. */
static int save(struct watcher *w)
{
    size_t len = osft_watch_save(&w->watch, blob, sizeof(blob));
    int error = len <= sizeof(blob) ? state_save(&w->state, blob, len) : EFBIG;

    if (error != 0 && error != w->save_failed) {
        before_saying(w);
        report_local("cannot save the state in", w->state.name, error);
    }
    w->save_failed = error;
    return error == 0 ? EXIT_DONE : EXIT_LOCAL;
}

/* One look, and all that is due after it. Returns an exit status; *is_over when it is the last. */
static int turn(struct watcher *w, int *is_over)
{
    int status = EXIT_DONE, saved_status, err = look(w);

    flush_output(&standard_output);
    if (standard_output.error != 0 || is_reader_gone(&standard_output)) {
        *is_over = 1; /* what nobody has read is told again next time: no save */
        return EXIT_DONE;
    }
    if (err == OSFT_OK) {
        tell_recovery(w);
    } else if (err != OSFT_E_STOPPED) {
        status = tell_failure(w, err);
        *is_over = !report_may_heal(err, &w->watch.page);
    }
    saved_status = save(w);
    if (drive_signal() != 0) {
        *is_over = 1;
        return w->plan->once ? EXIT_SIGNAL + drive_signal() : saved_status;
    }
    if (err == OSFT_OK && w->is_live) {
        err = live_fetch(&w->live, w->link, w->plan);
    }
    w->live.failed = err;
    *is_over |= w->plan->once;
    return status != EXIT_DONE ? status : saved_status;
}

/* What the service asked for, ms; 0: nothing. A date is not heeded: it is rare, and the next look
 * asks again. */
static int64_t asked_pause(const struct osft_page *page)
{
    int64_t s = 0;
    if (page->retry_after.ptr == NULL ||
        parse_integer(page->retry_after.ptr, 0, INT32_MAX, &s) != 0) {
        return 0;
    }
    s = s * 1000;
    return s < OSFT_RETRY_AFTER_MAX_MS ? s : OSFT_RETRY_AFTER_MAX_MS;
}

static void pause_until(struct watcher *w, int64_t when)
{
    int64_t left;
    while (drive_signal() == 0 && (left = when - drive_clock()) > 0) {
        if (w->is_live) {
            live_draw(&w->live, left);
            left = left % 1000 > 0 ? left % 1000 : 1000;
        }
        drive_sleep(left);
    }
}

static int64_t next_look(const struct watcher *w, int64_t began)
{
    int64_t now = drive_clock(), next = began + w->plan->interval_ms;
    int64_t asked = w->failed == OSFT_E_REFUSED ? asked_pause(&w->watch.page) : 0;

    next = next > now + PAUSE_MIN ? next : now + PAUSE_MIN;
    return next > now + asked ? next : now + asked;
}

static int watch_on(struct watcher *w)
{
    int status, is_over = 0;

    for (;;) {
        int64_t began = drive_clock();
        status = turn(w, &is_over);
        if (is_over) {
            break;
        }
        pause_until(w, next_look(w, began));
        if (drive_signal() != 0) {
            status = w->save_failed != 0 ? EXIT_LOCAL : EXIT_DONE;
            break;
        }
    }
    if (w->is_live && standard_output.error == 0 && w->live.page.count > 0) {
        live_draw(&w->live, 0);
    }
    return status;
}

static int load(struct watcher *w)
{
    int err, status;

    if (w->plan->state == NULL) {
        return EXIT_DONE;
    }
    status = state_open(&w->state, w->plan->state, saved, sizeof(saved));
    if (status != EXIT_DONE || w->state.len == 0) {
        return status;
    }
    err = osft_watch_load(&w->watch, saved, w->state.len);
    return err == OSFT_OK ? EXIT_DONE : state_refuse(&w->state, err);
}

int run_watch(const struct plan *p)
{
    static struct watcher w;
    struct display look;
    int status = session_start(p, &w.link);

    if (status == EXIT_DONE) {
        detect_display(&look);
        w.plan = p;
        w.query = p->query;
        w.is_live = look.moves && p->format == FORMAT_TABLE;
        osft_watch_init(&w.watch, w.link, &w.query, runs, RUNS_MAX, on_event, &w);
        status = load(&w);
        if (status == EXIT_DONE) {
            status = watch_on(&w);
        }
    }
    state_close(&w.state);
    session_stop();
    return status;
}
