/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs.h"

#include <string.h>

#include "app.h"
#include "device.h"
#include "led.h"
#include "log.h"
#include "measure.h"
#include "net.h"
#include "settings.h"
#include "sntp_time.h"

#define CALL_MS   120000
#define PAGE_SIZE 20

/* Exit statuses of a test, besides osft_error. */
enum { WRONG_TASKS = 101, NOT_RESUMED = 102 };

enum job { NO_JOB, LIST, PAGES, WATCH, POLLS, NAP, TIME, HANG };
static const char *const job_names[] = { "",      "list", "pages", "watch",
                                         "polls", "nap",  "time",  "hang" };

static struct {
    const char *args;
    struct osft_span to_do; /* names of jobs that were not started yet */
    enum job job;
    uint8_t is_waking;
    uint32_t expected_tasks; /* 0: any number */
    uint32_t polls_left;     /* of the job polls */
    uint32_t failures_left;  /* how many calls may still fail */
    uint32_t tasks, bad_tasks, body_bytes;
    struct osft_pages pages;
    struct osft_page page;
} jobs;

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    (void)ctx;
    if (task == NULL) {
        log_line("task: left out, result ", omission->reason);
        jobs.bad_tasks++;
        return 0;
    }
    jobs.tasks++;
    if (jobs.job == LIST) {
        log_text("task:");
        log_task(task);
        log_end();
    } else if (settings_number(task->generation, 0) != jobs.expected_tasks - task->index) {
        jobs.bad_tasks++;
    }
    return 0;
}

static BOARD_NORETURN void end_test(int status)
{
    osft_close(&device.client);
    net_log();
    measure_log();
    log_line("end: ", status);
    board_end(status);
}

static void start_call(void)
{
    if (jobs.job == LIST) {
        (void)osft_list_start(&device.client, &device.account.query, &jobs.page, CALL_MS);
    } else if (jobs.job == PAGES) {
        (void)osft_pages_start(&jobs.pages, &jobs.page, CALL_MS);
    } else {
        app_start_poll(0);
    }
}

/* Remove the next job from the list and return it. */
static enum job take_job(void)
{
    const char *name = jobs.to_do.ptr;
    size_t len = 0;
    unsigned job = HANG;

    while (len < jobs.to_do.len && name[len] != '+') {
        len++;
    }
    while (job != NO_JOB &&
           (strlen(job_names[job]) != len || memcmp(job_names[job], name, len) != 0)) {
        job--;
    }
    if (len < jobs.to_do.len) {
        len++; /* behind the '+' */
    }
    jobs.to_do.ptr += len;
    jobs.to_do.len -= len;
    return (enum job)job;
}

static void start_job(void)
{
    if (jobs.to_do.len == 0) {
        end_test(0);
    }
    jobs.job = take_job();
    if (jobs.job == NO_JOB) {
        end_test(-OSFT_E_ARG);
    }
    while (jobs.job == HANG) {
    }
    jobs.tasks = jobs.bad_tasks = jobs.body_bytes = 0;
    osft_pages_init(&jobs.pages, &device.client, &device.account.query, PAGE_SIZE);
    start_call();
}

/* Check the tasks of a list, or of all pages after the last page. */
static void check_tasks(void)
{
    log_line("tasks: ", (int32_t)jobs.tasks);
    log_line("tasks: bytes ", (int32_t)jobs.body_bytes);
    if (jobs.bad_tasks != 0 || (jobs.expected_tasks != 0 && jobs.tasks != jobs.expected_tasks)) {
        end_test(WRONG_TASKS);
    }
}

static int should_poll_again(void)
{
#if FIRMWARE_SNTP
    if (jobs.job == TIME) {
        return !sntp_time_has_answered();
    }
#endif
    if (jobs.job == POLLS) {
        return --jobs.polls_left != 0;
    }
    return jobs.job == WATCH && device_has_running_run();
}

/* Continue after a successful poll of the job watch, polls, nap or time. */
static void continue_after_poll(void)
{
    led_show(device_has_running_run());
    measure_log_poll();
    if (should_poll_again()) {
        app_start_poll(settings_interval_ms());
        return;
    }
    if (jobs.job == NAP) {
        if (jobs.is_waking && !device.tls.resumed) {
            end_test(NOT_RESUMED);
        }
        if (retained.wakes != settings_number(settings_find(jobs.args, "naps"), 1)) {
            device_sleep(settings_interval_ms());
        }
    }
    start_job();
}

static void continue_after_failure(int result)
{
    if (jobs.failures_left == 0) {
        end_test(-result);
    }
    jobs.failures_left--;
    osft_close(&device.client);
    start_call();
}

int jobs_continue(int result)
{
    if (jobs.job == NO_JOB) {
        return 0;
    }
    app_handle_result(result);
    jobs.body_bytes += (uint32_t)device.client.reply.offset;
    if (result != OSFT_OK) {
        continue_after_failure(result);
    } else if (jobs.job != LIST && jobs.job != PAGES) {
        continue_after_poll();
    } else if (jobs.job == PAGES && osft_pages_more(&jobs.pages)) {
        start_call();
    } else {
        check_tasks();
        start_job();
    }
    return 1;
}

void jobs_init(const char *args, int is_waking)
{
    uint32_t utc_s = settings_number(settings_find(args, "utc"), 0);

    jobs.args = args;
    jobs.to_do = settings_find(args, "do");
    jobs.is_waking = (uint8_t)is_waking;
    jobs.expected_tasks = settings_number(settings_find(args, "expect"), 0);
    jobs.polls_left = settings_number(settings_find(args, "polls"), 1);
    jobs.failures_left = settings_number(settings_find(args, "again"), 0);
    jobs.page.on_task = on_task;
    measure_sha256(&device.sha256.hash);
    if (utc_s != 0) {
        device.lwip.port.learn_utc(device.lwip.port.ctx, utc_s);
    }
}

int jobs_start(void)
{
    if (jobs.to_do.ptr == NULL) {
        return 0;
    }
    device.account.query.page_size = PAGE_SIZE;
    start_job();
    return 1;
}
