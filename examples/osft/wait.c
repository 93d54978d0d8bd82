/* SPDX-License-Identifier: Apache-2.0 */
/* get --wait: requesting one task again and again until its run has ended. */
#include <stdio.h>
#include "command.h"

static struct osft_task task;

struct waiter {
    const struct plan *plan;
    struct osft_client *client;
    struct osft_page page;
    int64_t start_ms;
    int has_seen_task;  /* 1: a poll has found the task */
    int error;          /* osft_error of the last poll */
    int reported_error; /* the error that was reported last; OSFT_OK: none since a poll succeeded */
};

/* Return how much time the user still allows; ms, UINT32_MAX: the time is not limited. */
static uint32_t get_left_ms(const struct waiter *waiter)
{
    int64_t left_ms = waiter->start_ms + waiter->plan->wait_ms - get_monotonic_ms();

    if (waiter->plan->wait_ms == 0) {
        return UINT32_MAX;
    }
    return left_ms > 0 ? (uint32_t)left_ms : 0;
}

/* Whether the failure of the last poll may be temporary. A failure of the network, a busy service
 * and throttling always are; a name that does not exist never is. Another failure is temporary only
 * after a poll has found the task. */
static int is_temporary_failure(const struct waiter *waiter)
{
    const struct osft_reply *reply = &waiter->client->reply;
    enum osft_cause cause = get_cause(waiter->error, reply);

    if (!may_recover(waiter->error, reply) || cause == OSFT_CAUSE_NOT_FOUND) {
        return 0;
    }
    return waiter->has_seen_task || cause == OSFT_CAUSE_BUSY || cause == OSFT_CAUSE_THROTTLED ||
           is_network_error(waiter->error);
}

static void report_temporary_failure(struct waiter *waiter)
{
    struct report_context context = { waiter->plan, &session_limits, -1 };

    if (waiter->reported_error != waiter->error) {
        report_failure(waiter->error, &waiter->client->reply, &context);
        put_text(&standard_error, "  the wait goes on; this is reported again when it changes\n");
    }
    waiter->reported_error = waiter->error;
}

static int print_task(const struct waiter *waiter)
{
    struct display display;

    detect_display(&display);
    display.query = &waiter->plan->query;
    display.is_one_task = 1;
    print_page(&standard_output, waiter->plan->format, &display, &waiter->page,
               &waiter->client->reply);
    if (osft_task_state(&task) == OSFT_SUCCESS) {
        return EXIT_DONE;
    }
    print_note("the run has ended, and not with success");
    return EXIT_RUN_FAILED;
}

static void print_progress(const struct waiter *waiter)
{
    if (!waiter->plan->verbose) {
        return;
    }
    put_text(&standard_error, "osft: the run has not ended");
    if (task.progress != OSFT_UNKNOWN) {
        put_text(&standard_error, "; progress ");
        put_integer(&standard_error, task.progress);
        put_text(&standard_error, "%");
    }
    put_text(&standard_error, "\n");
}

/* Evaluate the last poll. Returns an exit status, or -1 when the wait goes on. */
static int finish_poll(struct waiter *waiter)
{
    struct report_context context = { waiter->plan, &session_limits, -1 };
    const struct osft_reply *reply = &waiter->client->reply;

    if (get_signal() != 0) {
        return EXIT_SIGNAL + get_signal();
    }
    if (waiter->error != OSFT_OK) {
        if (!is_temporary_failure(waiter)) {
            report_omissions(reply);
            return report_failure(waiter->error, reply, &context);
        }
        report_temporary_failure(waiter);
        return -1;
    }
    waiter->reported_error = OSFT_OK;
    if (waiter->page.count == 0) {
        return report_no_task(reply, &context);
    }
    waiter->has_seen_task = 1;
    if (has_ended(&task)) {
        return print_task(waiter);
    }
    print_progress(waiter);
    return -1;
}

/* Report that the time for the wait is over. Returns the exit status. */
static int end_wait(const struct waiter *waiter)
{
    char text[TIME_SIZE];

    format_limit(waiter->plan->wait_ms, text);
    flush_output(&standard_output);
    put_text(&standard_error, "osft: the run has not ended within ");
    put_text(&standard_error, text);
    put_text(&standard_error,
             waiter->error == OSFT_OK ? "\n" : ", as far as is known: the last call failed\n");
    print_advice("wait again, and allow more time with --timeout, or none");
    return EXIT_NOT_ENDED;
}

/* Sleep until the next poll. Returns 1, or 0 when the time is over and no poll follows. */
static int sleep_until_poll(const struct waiter *waiter)
{
    uint32_t retry_wait_ms = waiter->client->reply.retry_wait_ms, left_ms = get_left_ms(waiter);
    uint32_t pause_ms = waiter->plan->interval_ms;
    int64_t end_ms, pause_left_ms;

    if (pause_ms < retry_wait_ms) {
        pause_ms = retry_wait_ms;
    }
    if (left_ms != UINT32_MAX && left_ms <= pause_ms) {
        pause_ms = left_ms; /* so that the last poll is at the end of the time */
    }
    end_ms = get_monotonic_ms() + pause_ms;
    flush_output(&standard_output);
    flush_output(&standard_error);
    while (get_signal() == 0 && (pause_left_ms = end_ms - get_monotonic_ms()) > 0) {
        wait_for_events(-1, 0, (uint32_t)pause_left_ms);
    }
    return left_ms != 0;
}

static int poll_until_end(struct waiter *waiter)
{
    int status;

    do {
        int64_t start_ms = get_monotonic_ms();

        waiter->error =
            list_tasks(waiter->client, waiter->plan, &waiter->plan->query, &waiter->page);
        print_call_summary(waiter->client, waiter->plan, (int64_t)waiter->page.count, start_ms);
        status = finish_poll(waiter);
        if (status >= 0) {
            return status;
        }
    } while (sleep_until_poll(waiter) != 0);
    return end_wait(waiter);
}

int run_wait(const struct plan *plan)
{
    struct waiter waiter = { .plan = plan, .page = { .tasks = &task, .max = 1 } };
    int status = start_session(plan, &waiter.client);

    if (status == EXIT_DONE) {
        waiter.start_ms = get_monotonic_ms();
        status = poll_until_end(&waiter);
    }
    stop_session();
    return status;
}
