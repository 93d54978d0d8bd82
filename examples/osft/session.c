/* SPDX-License-Identifier: Apache-2.0 */
/* Setting up what calls need: credentials, ports, memory and the client. */
#include <string.h>
#include "command.h"

#define WORK_BYTES   (1024 * 1024)
#define OFFSET_MAX_S 60 /* an offset of the clock is reported when it is larger */

const struct limits session_limits = { WORK_BYTES, TASKS_MAX };

static char work[WORK_BYTES];
static struct osft_retry retry = OSFT_RETRY(4, 10000, 500, 20000);
static struct osft_settings settings;
static struct osft_client session_client;
static int is_started;

static void print_start(const struct plan *plan)
{
    put_text(&standard_error, "osft: connecting to ");
    put_text(&standard_error, plan->endpoint.host);
    put_text(&standard_error, " port ");
    put_integer(&standard_error, osft_tcp_port(&settings));
    put_text(&standard_error, plan->plain_http ? " without TLS" : " over TLS");
    if (get_proxy() != NULL) {
        put_text(&standard_error, ", through the proxy ");
        put_safe_text(&standard_error, get_proxy()->host, strlen(get_proxy()->host), 0);
        put_text(&standard_error, " port ");
        put_integer(&standard_error, get_proxy()->tcp_port);
    }
    put_text(&standard_error, ", for at most ");
    put_integer(&standard_error, plan->timeout_ms);
    put_text(&standard_error, " ms and ");
    put_integer(&standard_error, plan->attempts);
    put_text(&standard_error, plan->attempts == 1 ? " attempt\n" : " attempts\n");
    put_text(&standard_error, "osft: credentials from ");
    put_credentials_source(&standard_error);
    put_text(&standard_error, "\n");
    flush_output(&standard_error);
}

int start_session(const struct plan *plan, struct osft_client **client)
{
    int status = read_credentials(plan);

    if (status == EXIT_DONE) {
        status = start_network(plan, &settings.port);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    retry.attempts = plan->attempts;
    retry.attempt_ms = plan->timeout_ms; /* one attempt may take the whole time */
    settings.sha256 = get_sha256();
    settings.credentials = &credentials;
    settings.renew = can_renew_credentials() ? renew_credentials : NULL;
    settings.host = plan->endpoint.host;
    settings.tcp_port = plan->endpoint.tcp_port;
    settings.plain_http = (uint8_t)plan->plain_http;
    settings.work = work;
    settings.work_size = sizeof(work);
    settings.retry = &retry;
    osft_init(&session_client, &settings);
    set_service_clock(&session_client);
    is_started = 1;
    *client = &session_client;
    if (plan->verbose) {
        print_start(plan);
    }
    return EXIT_DONE;
}

void stop_session(void)
{
    if (is_started) {
        osft_close(&session_client);
    }
    is_started = 0;
    stop_network();
    wipe_buffer(work, sizeof(work));
}

/* Zeros at the end of the buffer are not overwritten. The system allocates memory for pages that
 * are written, and none for untouched pages that are only read. */
void wipe_buffer(char *buffer, size_t size)
{
    while (size > 0 && buffer[size - 1] == 0) {
        size--;
    }
    osft_wipe(buffer, size);
}

int list_tasks(struct osft_client *client, const struct plan *plan, const struct osft_query *query,
               struct osft_page *page)
{
    int error = osft_list_start(client, query, page, plan->timeout_ms);

    error = error == OSFT_OK ? run_call(client, plan) : error;
    hide_credentials(page->tasks, page->count);
    return error;
}

static int64_t reported_offset_s; /* the clock offset that was reported last */

static int has_new_clock_offset(const struct osft_client *client)
{
    int64_t change_s = client->clock_offset_s - reported_offset_s;
    return change_s > OFFSET_MAX_S || change_s < -OFFSET_MAX_S;
}

/* Report how far the clock is off. Until the user sets the clock, the service refuses the first
 * request of each run of osft, which must be signed again. */
static void print_clock_offset(int64_t offset_s)
{
    if (offset_s >= -OFFSET_MAX_S && offset_s <= OFFSET_MAX_S) {
        print_note("this machine's clock has been set right, and is used again");
        return;
    }
    put_text(&standard_error, "osft: this machine's clock is ");
    put_integer(&standard_error, offset_s < 0 ? -offset_s : offset_s);
    put_text(&standard_error, offset_s < 0 ? " s ahead of" : " s behind");
    put_text(&standard_error, " the service's, which was used instead; set the clock\n");
}

static void print_connection(const struct osft_client *client)
{
    const struct osft_reply *reply = &client->reply;

    put_text(&standard_error, ", ");
    put_integer(&standard_error, reply->attempts);
    put_text(&standard_error, reply->attempts == 1 ? " attempt" : " attempts");
    if (reply->last_error != OSFT_OK) {
        put_text(&standard_error, " (before the last: ");
        put_text(&standard_error, osft_strerror(reply->last_error));
        put_text(&standard_error, ")");
    }
    put_text(&standard_error, is_tls_session_resumed() ? ", TLS session resumed" : "");
    put_text(&standard_error, client->is_open ? ", connection kept" : ", connection closed");
    if (reply->reopened) {
        put_text(&standard_error, ", after the kept one was found closed and opened again");
    }
}

int has_call_summary(const struct osft_client *client, const struct plan *plan)
{
    return plan->verbose || has_new_clock_offset(client) || has_credentials_warning();
}

void print_call_summary(const struct osft_client *client, const struct plan *plan, int64_t shown,
                        int64_t start_ms)
{
    const struct osft_reply *reply = &client->reply;

    flush_output(&standard_output);
    if (has_new_clock_offset(client)) {
        print_clock_offset(client->clock_offset_s);
        reported_offset_s = client->clock_offset_s;
    }
    print_credentials_warning();
    if (!plan->verbose) {
        return;
    }
    put_text(&standard_error, "osft: HTTP status ");
    put_integer(&standard_error, reply->http_status);
    put_text(&standard_error, ", request id ");
    put_redacted_text(&reply->request_id);
    put_text(&standard_error, ", ");
    put_integer(&standard_error, shown);
    put_text(&standard_error, shown == 1 ? " task in " : " tasks in ");
    put_integer(&standard_error, get_monotonic_ms() - start_ms);
    put_text(&standard_error, " ms");
    if (reply->latency_ms != OSFT_UNKNOWN) {
        put_text(&standard_error, ", of which the service reports ");
        put_integer(&standard_error, reply->latency_ms);
        put_text(&standard_error, " ms as its own");
    }
    print_connection(client);
    put_text(&standard_error, "\n");
}
