/* SPDX-License-Identifier: Apache-2.0 */
/* TEST-ONLY: makes the calls that the arguments ask for. Counts the waits of the port, to show that
 * a waiting task lets other tasks run, and that its socket wakes it. */
#include "jobs.h"

#include <string.h>

#include <FreeRTOS.h>
#include <task.h>

#include "../firmware/board.h"
#include "../firmware/log.h"
#include "../firmware/settings.h"
#include "net.h"
#include "osft_pages.h"
#include "program.h"

#define CALL_MS     120000
#define PAGE_SIZE   20
#define SPARE_WORDS 64  /* words of the stack that must stay unused */
#define LONG_MS     100 /* a wait of this length shows that the task sleeps, even on a slow host */

static const char *arguments;
static struct service_client service;

/* The port.wait that the jobs replace, and counts of its calls. */
static struct {
    int (*wait)(void *ctx, unsigned events, uint32_t ms); /* the port's own */
    uint32_t calls;
    uint32_t woken; /* long waits that the socket ended, while all other tasks slept, too */
} waits;

struct tasks {
    uint32_t count, bad, expected;
    int log;
};

uint32_t jobs_number(const char *name)
{
    return settings_number(settings_find(arguments, name), 0);
}

static int counted_wait(void *ctx, unsigned events, uint32_t ms)
{
    TickType_t start = xTaskGetTickCount();
    uint32_t idle_turns = counts.idle_turns;
    int result = waits.wait(ctx, events, ms);
    uint32_t passed_ms = (xTaskGetTickCount() - start) * portTICK_PERIOD_MS;

    waits.calls++;
    waits.woken += events != 0 && passed_ms >= LONG_MS && passed_ms < ms &&
                   counts.idle_turns - idle_turns >= pdMS_TO_TICKS(LONG_MS);
    return result;
}

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct tasks *tasks = ctx;

    (void)omission;
    if (task == NULL) {
        tasks->bad++;
        return 0;
    }
    tasks->count++;
    if (tasks->log) {
        log_text("task:");
        log_task(task);
        log_end();
    }
    if (tasks->expected != 0 &&
        settings_number(task->generation, 0) != tasks->expected - task->index) {
        tasks->bad++;
    }
    return 0;
}

static int log_tasks(const struct tasks *tasks, uint32_t body_bytes)
{
    log_line("tasks: ", (int32_t)tasks->count);
    log_line("tasks: bytes ", (int32_t)body_bytes);
    return tasks->bad != 0 || (tasks->expected != 0 && tasks->count != tasks->expected)
               ? WRONG_TASKS
               : 0;
}

static void note_call(const struct service_client *c, int result)
{
    if (c->tls.resumed) {
        log_say("handshake: resumed");
    }
    log_result(result, &c->client.reply, c->tls.verify_flags);
}

int jobs_list(struct service_client *c)
{
    struct tasks tasks = { .log = 1 };
    struct osft_page page = { .on_task = on_task, .on_task_ctx = &tasks };
    int result = osft_list(&c->client, &c->product.query, &page, CALL_MS);

    note_call(c, result);
    return result != OSFT_OK ? -result : log_tasks(&tasks, (uint32_t)c->client.reply.offset);
}

int jobs_pages(struct service_client *c)
{
    static struct osft_pages pages;
    struct tasks tasks = { .expected = jobs_number("expect") };
    struct osft_page page = { .on_task = on_task, .on_task_ctx = &tasks };
    uint32_t body_bytes = 0;

    osft_pages_init(&pages, &c->client, &c->product.query, PAGE_SIZE);
    while (osft_pages_more(&pages)) {
        int result = osft_pages_next(&pages, &page, CALL_MS);

        body_bytes += (uint32_t)c->client.reply.offset;
        if (result != OSFT_OK) {
            note_call(c, result);
            return -result;
        }
    }
    return log_tasks(&tasks, body_bytes);
}

static int run_job(const char *name, size_t len)
{
    static const struct {
        const char *name;
        int (*run)(struct service_client *service);
    } jobs[] = { { "list", jobs_list },   { "pages", jobs_pages },  { "two", jobs_two },
                 { "errno", jobs_errno }, { "keys", jobs_keys },    { "random", jobs_random },
                 { "again", jobs_again }, { "memory", jobs_memory } };

    for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
        if (strlen(jobs[i].name) == len && memcmp(jobs[i].name, name, len) == 0) {
            return jobs[i].run(&service);
        }
    }
    return -OSFT_E_ARG;
}

/* Run the jobs. A job that has failed may be run again as often as the arguments say. */
static int run_jobs(struct osft_span left)
{
    uint32_t failures_left = jobs_number("again");
    int status = 0;

    while (left.len != 0) {
        const char *plus = memchr(left.ptr, '+', left.len);
        size_t len = plus != NULL ? (size_t)(plus - left.ptr) : left.len;

        status = run_job(left.ptr, len);
        if (status != 0 && failures_left == 0) {
            break;
        }
        if (status != 0) {
            failures_left--;
            osft_close(&service.client);
            continue;
        }
        len += plus != NULL;
        left.ptr += len;
        left.len -= len;
    }
    return status;
}

/* Log the counts of the whole run, and end the program. */
static void end_test(int status)
{
    osft_close(&service.client);
    net_log();
    log_line("wait: calls ", (int32_t)waits.calls);
    log_line("wait: woken ", (int32_t)waits.woken);
    log_say(counts.late_ticks == 0 && counts.ticks != 0 ? "ticker: in time" : "ticker: late");
    log_say(uxTaskGetStackHighWaterMark(NULL) >= SPARE_WORDS ? "stack: enough" : "stack: small");
    log_line("end: ", status);
    board_end(status);
}

void jobs_task(void *arg)
{
    uint32_t utc_s;
    int result;

    arguments = arg;
    net_wait_for_address();
    net_log();
    result = service_client_init(&service);
    if (result != OSFT_OK) {
        log_line("init: ", result);
        end_test(-result);
    }
    waits.wait = service.tls.port.wait;
    service.tls.port.wait = counted_wait;
    service.product.query.page_size = PAGE_SIZE;
    utc_s = jobs_number("utc");
    if (utc_s != 0) {
        service.lwip.port.learn_utc(service.lwip.port.ctx, utc_s);
    }
    end_test(run_jobs(settings_find(arguments, "do")));
}
