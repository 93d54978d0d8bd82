/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>
#include "cmd.h"
#include "request.h"

#define WORK_BYTES (1024 * 1024)
#define TASKS_MAX  1000

static char work[WORK_BYTES];
static struct osft_task tasks[TASKS_MAX];

static void say_before(const struct plan *p)
{
    out_str(&cmd_err, "osft: asking ");
    out_str(&cmd_err, p->endpoint.host);
    out_str(&cmd_err, " port ");
    out_int(&cmd_err, p->endpoint.tcp_port != 0 ? p->endpoint.tcp_port : p->plain_http ? 80 : 443);
    out_str(&cmd_err, p->plain_http ? " without TLS" : " over TLS");
    out_str(&cmd_err, ", for at most ");
    out_int(&cmd_err, p->timeout_ms);
    out_str(&cmd_err, " ms\n");
    out_flush(&cmd_err);
}

static void say_after(const struct osft_page *page, uint32_t ms)
{
    out_flush(&cmd_out);
    out_str(&cmd_err, "osft: HTTP status ");
    out_int(&cmd_err, page->http_status);
    out_str(&cmd_err, ", request id ");
    text_safe(&cmd_err, page->request_id.ptr != NULL ? page->request_id.ptr : "-",
              page->request_id.ptr != NULL ? page->request_id.len : 1, 0);
    out_str(&cmd_err, ", ");
    out_int(&cmd_err, (int64_t)page->count);
    out_str(&cmd_err, page->count == 1 ? " task in " : " tasks in ");
    out_int(&cmd_err, ms);
    out_str(&cmd_err, " ms");
    if (page->latency_ms != OSFT_UNKNOWN) {
        out_str(&cmd_err, ", of which the service says it took ");
        out_int(&cmd_err, page->latency_ms);
        out_str(&cmd_err, " ms");
    }
    out_str(&cmd_err, "\n");
}

/* The service shows one task when it is not asked for more, which surprises everybody once. */
static void hint(const struct plan *p, const struct osft_page *page)
{
    if (!p->verbose && !isatty(STDERR_FILENO)) {
        return;
    }
    if (page->total == 0 || (page->total == OSFT_UNKNOWN && page->count == 0)) {
        out_flush(&cmd_out);
        out_str(&cmd_err, "osft: no task matches\n");
    } else if (page->total > (int64_t)page->count) {
        out_flush(&cmd_out);
        out_str(&cmd_err, "osft: ");
        out_int(&cmd_err, (int64_t)page->count);
        out_str(&cmd_err, " of ");
        out_int(&cmd_err, page->total);
        out_str(&cmd_err, " tasks; --page-size and --page show more\n");
    }
}

static int call(const struct plan *p, const struct osft_port *port, struct osft_page *page)
{
    static struct osft_settings set;
    static struct osft_client client;

    set.port = port;
    set.sha256 = net_sha256();
    set.credentials = &cmd_credentials;
    set.host = p->endpoint.host;
    set.tcp_port = p->endpoint.tcp_port;
    set.plain_http = (uint8_t)p->plain_http;
    set.work = work;
    set.work_size = sizeof(work);
    osft_init(&client, &set);
    return osft_list(&client, &p->query, p->timeout_ms, page);
}

static int show(int err, const struct plan *p, const struct osft_page *page)
{
    static const struct limits limits = { WORK_BYTES, TASKS_MAX };
    struct look look;

    format_look(&look);
    look.query = &p->query;
    if (err == OSFT_OK || page->count > 0) {
        format_page(&cmd_out, p->format, &look, page);
    }
    if (err != OSFT_OK) {
        return report_call(err, page, p, &limits);
    }
    hint(p, page);
    return EXIT_DONE;
}

int run_list(const struct plan *p)
{
    const struct osft_port *port = NULL;
    struct osft_page page;
    int64_t began;
    int err, status = credentials_read();

    memset(&page, 0, sizeof(page));
    page.tasks = tasks;
    page.max = TASKS_MAX;
    if (status == EXIT_DONE) {
        status = net_start(p, &port);
    }
    if (status != EXIT_DONE) {
        net_stop();
        return status;
    }
    if (p->verbose) {
        say_before(p);
    }
    began = port->ticks_ms(port->ctx);
    err = call(p, port, &page);
    if (p->verbose) {
        say_after(&page, port->ticks_ms(port->ctx) - (uint32_t)began);
    }
    status = show(err, p, &page);
    net_stop();
    osft_wipe(work, sizeof(work));
    return status;
}
