/* SPDX-License-Identifier: Apache-2.0 */
/* What a call needs, put together: credentials, port, memory, link. */
#include <string.h>
#include "cmd.h"
#include "request.h"

#define WORK_BYTES (1024 * 1024)
#define SKEW_S     60 /* a clock that is off by more is worth a word */

const struct limits session_limits = { WORK_BYTES, TASKS_MAX };

static char work[WORK_BYTES];
static struct osft_settings set;
static struct osft_link the_link;
static int is_linked;

static void say_before(const struct plan *p)
{
    out_str(&cmd_err, "osft: asking ");
    out_str(&cmd_err, p->endpoint.host);
    out_str(&cmd_err, " port ");
    out_int(&cmd_err, p->endpoint.tcp_port != 0 ? p->endpoint.tcp_port : p->plain_http ? 80 : 443);
    out_str(&cmd_err, p->plain_http ? " without TLS" : " over TLS");
    out_str(&cmd_err, ", for at most ");
    out_int(&cmd_err, p->timeout_ms);
    out_str(&cmd_err, " ms and ");
    out_int(&cmd_err, p->tries);
    out_str(&cmd_err, p->tries == 1 ? " attempt\n" : " attempts\n");
    out_flush(&cmd_err);
}

int session_start(const struct plan *p, struct osft_link **link)
{
    int status = credentials_read();

    if (status == EXIT_DONE) {
        status = net_start(p, &set.port);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    set.sha256 = net_sha256();
    set.credentials = &cmd_credentials;
    set.host = p->endpoint.host;
    set.tcp_port = p->endpoint.tcp_port;
    set.plain_http = (uint8_t)p->plain_http;
    set.work = work;
    set.work_size = sizeof(work);
    set.tries = p->tries;
    osft_link_init(&the_link, &set);
    is_linked = 1;
    *link = &the_link;
    if (p->verbose) {
        say_before(p);
    }
    return EXIT_DONE;
}

void session_stop(void)
{
    if (is_linked) {
        osft_link_close(&the_link);
    }
    is_linked = 0;
    net_stop();
    osft_wipe(work, sizeof(work));
}

int session_list(struct osft_link *link, const struct plan *p, const struct osft_query *query,
                 struct osft_page *page)
{
    int err = osft_link_begin(link, query, p->timeout_ms, page);
    return err == OSFT_E_STATE ? err : drive_call(link, p);
}

/* Each request is then refused once and signed again, which is worth knowing. */
static void say_skew(int64_t skew_s)
{
    out_str(&cmd_err, "osft: this machine's clock is ");
    out_int(&cmd_err, skew_s < 0 ? -skew_s : skew_s);
    out_str(&cmd_err, skew_s < 0 ? " s ahead of" : " s behind");
    out_str(&cmd_err, " the service's, which was used instead; set the clock\n");
}

static void say_connection(const struct osft_link *link)
{
    out_str(&cmd_err, ", ");
    out_int(&cmd_err, link->attempts);
    out_str(&cmd_err, link->attempts == 1 ? " attempt" : " attempts");
    if (link->last != OSFT_OK) {
        out_str(&cmd_err, " (before the last: ");
        out_str(&cmd_err, osft_strerror(link->last));
        out_str(&cmd_err, ")");
    }
    out_str(&cmd_err, net_is_resumed() ? ", TLS session resumed" : "");
    out_str(&cmd_err, link->is_open ? ", connection kept" : ", connection closed");
    if (link->reopened) {
        out_str(&cmd_err, ", after the kept one was found closed and opened again");
    }
}

static int64_t skew_said;

static int is_new_skew(const struct osft_link *link)
{
    int64_t changed = link->skew_s - skew_said;
    return changed > SKEW_S || changed < -SKEW_S;
}

int session_has_news(const struct osft_link *link, const struct plan *p)
{
    return p->verbose || is_new_skew(link);
}

void session_say(const struct osft_link *link, const struct plan *p, const struct osft_page *page,
                 int64_t tasks, int64_t since)
{
    out_flush(&cmd_out);
    if (is_new_skew(link)) {
        say_skew(link->skew_s);
        skew_said = link->skew_s;
    }
    if (!p->verbose) {
        return;
    }
    out_str(&cmd_err, "osft: HTTP status ");
    out_int(&cmd_err, page->http_status);
    out_str(&cmd_err, ", request id ");
    report_span(&page->request_id);
    out_str(&cmd_err, ", ");
    out_int(&cmd_err, tasks);
    out_str(&cmd_err, tasks == 1 ? " task in " : " tasks in ");
    out_int(&cmd_err, drive_clock() - since);
    out_str(&cmd_err, " ms");
    if (page->latency_ms != OSFT_UNKNOWN) {
        out_str(&cmd_err, ", of which the service says it took ");
        out_int(&cmd_err, page->latency_ms);
        out_str(&cmd_err, " ms");
    }
    say_connection(link);
    out_str(&cmd_err, "\n");
}
