/* SPDX-License-Identifier: Apache-2.0 */
/* watch: reports the events of runs. Events are printed before the state is saved: after a crash an
 * event may be printed twice, but no event is lost. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "command.h"

#define RUNS_MAX     1000
#define OMITTED_MAX  100  /* how many omitted tasks are remembered as reported */
#define PAUSE_MIN_MS 1000 /* the shortest pause, also after a poll longer than the interval */

static struct osft_run runs[RUNS_MAX];
static char new_state[OSFT_WATCH_BYTES(RUNS_MAX)], old_state[sizeof(new_state) + 1];

struct watcher {
    const struct plan *plan;
    struct osft_client *client;
    struct osft_watch watch;
    struct state_file state;
    struct live_view view;
    int has_view;
    /* the failure that was reported last; OSFT_OK: none since a poll succeeded */
    int reported_error;
    uint16_t reported_status;
    char reported_code[64];
    uint64_t omitted[OMITTED_MAX]; /* ids of omitted tasks that were reported; a ring */
    size_t omitted_count;          /* how many ids were added since the start */
    int has_new_omission;          /* 1: the last poll has added an id */
    int has_large_task;            /* 1: the last poll has left out a task that is too large */
    int save_error;                /* errno of the last save; 0: none */
};

/* Erase the view before something else is printed. */
static void hide_view(struct watcher *watcher)
{
    if (watcher->has_view) {
        erase_screen(&watcher->view.screen);
    }
    flush_output(&standard_output);
}

static int on_event(void *ctx, enum osft_watch_event kind, const struct osft_task *task,
                    const struct osft_run *run)
{
    struct watcher *watcher = ctx;
    struct event event;

    describe_event(&event, kind, task, run);
    if (watcher->plan->exec != NULL) {
        queue_event(&event, &watcher->plan->query);
    }
    if (!watcher->has_view) {
        print_event(&event, watcher->plan->format);
    } else if (kind != OSFT_WATCH_PROGRESSED) { /* the view shows progress */
        erase_screen(&watcher->view.screen);
        print_event(&event, FORMAT_TABLE);
        if (watcher->view.page.count > 0) {
            draw_live_view(&watcher->view, 0);
        }
    }
    return standard_output.error != 0;
}

/* Report an omitted task once, although each poll omits it again. */
static void on_omission(void *ctx, const struct osft_omission *omission)
{
    struct watcher *watcher = ctx;
    uint64_t id = osft_task_id(&omission->task);
    size_t i;

    watcher->has_large_task |= omission->reason == OSFT_E_SPACE;
    for (i = 0; i < watcher->omitted_count && i < OMITTED_MAX; i++) {
        if (watcher->omitted[i] == id) {
            return;
        }
    }
    watcher->omitted[watcher->omitted_count++ % OMITTED_MAX] = id;
    watcher->has_new_omission = 1;
    hide_view(watcher);
    report_omission(omission);
}

/* ---- one poll ---- */

/* Wait until the started poll begins to send. Meanwhile the view counts the seconds. */
static void wait_for_poll(struct watcher *watcher)
{
    int64_t begin_ms = get_monotonic_ms() + osft_wait_ms(watcher->client), left_ms;

    while (get_signal() == 0 && (left_ms = begin_ms - get_monotonic_ms()) > 0 &&
           osft_step(watcher->client) == OSFT_PENDING) {
        if (watcher->has_view) {
            draw_live_view(&watcher->view, left_ms);
            left_ms = left_ms % 1000 > 0 ? left_ms % 1000 : 1000;
        }
        wait_for_client(watcher->client, (uint32_t)left_ms);
    }
}

/* Poll the service once. after_ms: how long to wait first; if the service has asked for a longer
 * wait, that wait is used. *start_ms: get_monotonic_ms() when the poll began. Returns an
 * osft_error. */
static int poll_service(struct watcher *watcher, uint32_t after_ms, int64_t *start_ms)
{
    int result = osft_watch_start(&watcher->watch, after_ms, watcher->plan->timeout_ms);

    watcher->has_new_omission = watcher->has_large_task = 0;
    if (result == OSFT_OK) {
        wait_for_poll(watcher);
        *start_ms = get_monotonic_ms();
        result = run_call(watcher->client, watcher->plan);
    }
    if (get_signal() != 0 || standard_output.error != 0) {
        return OSFT_E_STOPPED;
    }
    if (has_call_summary(watcher->client, watcher->plan)) {
        hide_view(watcher);
        print_call_summary(watcher->client, watcher->plan, watcher->watch.count, *start_ms);
    }
    return result;
}

/* ---- after a poll ---- */

/* Report a failure, unless it is the failure that was reported last. Returns the exit status of the
 * failure; EXIT_DONE when the failure is not reported again. */
static int report_poll_failure(struct watcher *watcher, int error)
{
    struct report_context context = { watcher->plan, &session_limits, -1 };
    const struct osft_reply *reply = &watcher->client->reply;
    char code[sizeof(watcher->reported_code)];
    int status;

    snprintf(code, sizeof(code), "%s", reply->code.ptr != NULL ? reply->code.ptr : "");
    if (watcher->reported_error == error && watcher->reported_status == reply->http_status &&
        strcmp(watcher->reported_code, code) == 0 && !watcher->has_new_omission) {
        return EXIT_DONE; /* the watch has gone on after this failure already */
    }
    watcher->reported_error = error;
    watcher->reported_status = reply->http_status;
    memcpy(watcher->reported_code, code, sizeof(code));
    hide_view(watcher);
    status = report_failure(error, reply, &context);
    if (!watcher->plan->once && may_recover(error, reply)) {
        put_text(&standard_error, "  the watch goes on; this is reported again when it changes\n");
    }
    flush_output(&standard_error);
    return status;
}

static void report_recovery(struct watcher *watcher)
{
    if (watcher->reported_error != OSFT_OK) {
        hide_view(watcher);
        print_note("the service responds again");
        flush_output(&standard_error);
    }
    watcher->reported_error = OSFT_OK;
}

/* Save the state. A failure is reported again only when its errno changes. Returns an exit
 * status. */
static int save_watch(struct watcher *watcher)
{
    size_t len = osft_watch_save(&watcher->watch, new_state, sizeof(new_state));
    int error = len <= sizeof(new_state) ? save_state(&watcher->state, new_state, len) : EFBIG;

    if (error != 0 && error != watcher->save_error) {
        hide_view(watcher);
        report_local_failure("cannot save the state in", watcher->state.name, error);
    }
    watcher->save_error = error;
    return error == 0 ? EXIT_DONE : EXIT_LOCAL;
}

/* Run a command for each queued event. Returns 0, or -1 when a signal came before all commands had
 * run. */
static int run_event_commands(struct watcher *watcher)
{
    if (count_queued_events() == 0) {
        return 0;
    }
    hide_view(watcher);
    return run_commands(watcher->plan);
}

/* Report, run commands, save the state and fetch the view after a poll. Returns an exit status;
 * *is_last: 1 when the watch ends. */
static int finish_poll(struct watcher *watcher, int error, int *is_last)
{
    int status = EXIT_DONE, save_status;
    int is_read = error == OSFT_OK ||
                  is_only_omission_of_poll(error, &watcher->client->reply, watcher->has_large_task);

    flush_output(&standard_output);
    if (standard_output.error != 0 || is_reader_gone(&standard_output)) {
        /* The state is not saved, so that events that nobody has read are reported next time. */
        *is_last = 1;
        return EXIT_DONE;
    }
    if (error == OSFT_OK) {
        report_recovery(watcher);
    } else if (error != OSFT_E_STOPPED) {
        status = report_poll_failure(watcher, error);
        *is_last = !may_recover(error, &watcher->client->reply);
    }
    if (run_event_commands(watcher) != 0) {
        /* The state is not saved, so that events without a command are reported next time. */
        *is_last = 1;
        return watcher->plan->once ? EXIT_SIGNAL + get_signal() : EXIT_DONE;
    }
    save_status = save_watch(watcher);
    if (get_signal() != 0) {
        *is_last = 1;
        return watcher->plan->once ? EXIT_SIGNAL + get_signal() : save_status;
    }
    watcher->view.error = error;
    if (is_read && watcher->has_view) {
        watcher->view.error = fetch_newest_runs(&watcher->view, watcher->client, watcher->plan);
    }
    *is_last |= watcher->plan->once;
    return status != EXIT_DONE ? status : save_status;
}

/* ---- the watch ---- */

static int run_polls(struct watcher *watcher)
{
    int64_t interval_ms = watcher->plan->interval_ms, start_ms = 0, left_ms = 0;
    int status, is_last = 0;

    for (;;) {
        int error = poll_service(watcher, (uint32_t)left_ms, &start_ms);

        status = finish_poll(watcher, error, &is_last);
        if (is_last) {
            break;
        }
        left_ms = start_ms + interval_ms - get_monotonic_ms();
        left_ms = left_ms > PAUSE_MIN_MS ? left_ms : PAUSE_MIN_MS;
    }
    if (watcher->has_view && standard_output.error == 0 && watcher->view.page.count > 0) {
        draw_live_view(&watcher->view, 0);
    }
    return status;
}

static int load_watch(struct watcher *watcher)
{
    int error, status;

    if (watcher->plan->state_file == NULL) {
        return EXIT_DONE;
    }
    status = open_state(&watcher->state, watcher->plan->state_file, old_state, sizeof(old_state));
    if (status != EXIT_DONE || watcher->state.len == 0) {
        return status;
    }
    error = osft_watch_load(&watcher->watch, old_state, watcher->state.len);
    return error == OSFT_OK ? EXIT_DONE : report_bad_state(&watcher->state, error);
}

int run_watch(const struct plan *plan)
{
    static struct watcher watcher;
    struct display display;
    int status = start_session(plan, &watcher.client);

    if (status == EXIT_DONE) {
        detect_display(&display);
        watcher.plan = plan;
        watcher.has_view = display.can_move_cursor && plan->format == FORMAT_TABLE;
        osft_watch_init(&watcher.watch, watcher.client, &plan->query, runs, RUNS_MAX, on_event,
                        &watcher);
        watcher.watch.on_omission = on_omission;
        status = load_watch(&watcher);
    }
    if (status == EXIT_DONE) {
        status = run_polls(&watcher);
    }
    close_state(&watcher.state);
    stop_session();
    return status;
}
