/* SPDX-License-Identifier: Apache-2.0 */
/* Reports on standard error: what went wrong, what is known about it, and what to do. The reports
 * are safe for a terminal and have no secrets. */
#include <errno.h>
#include <string.h>
#include "command.h"

/* ---- lines of a report ---- */

void print_note(const char *text)
{
    flush_output(&standard_output);
    put_text(&standard_error, "osft: ");
    put_text(&standard_error, text);
    put_text(&standard_error, "\n");
}

static void print_fact_name(const char *name)
{
    put_text(&standard_error, "  ");
    put_text(&standard_error, name);
    put_text(&standard_error, ": ");
}

static void print_fact(const char *name, const char *value)
{
    print_fact_name(name);
    put_safe_text(&standard_error, value, strlen(value), 0);
    put_text(&standard_error, "\n");
}

static void print_number_fact(const char *name, int64_t value)
{
    print_fact_name(name);
    put_integer(&standard_error, value);
    put_text(&standard_error, "\n");
}

/* Print a fact whose value is a text of the service. */
static void print_redacted_fact(const char *name, const struct osft_span *value)
{
    if (value->ptr != NULL && value->len > 0) {
        print_fact_name(name);
        put_redacted_text(value);
        put_text(&standard_error, "\n");
    }
}

void print_advice(const char *text)
{
    put_text(&standard_error, "  what to do: ");
    put_safe_text(&standard_error, text, strlen(text), 0);
    put_text(&standard_error, "\n");
    flush_output(&standard_error);
}

/* ---- facts of a report ---- */

static void print_json_facts(const struct osft_reply *reply)
{
    print_number_fact("byte offset", (int64_t)reply->offset);
    print_fact("expected there", osft_json_reason(reply->expected));
}

static void print_port_code(int error, const struct osft_reply *reply)
{
    char text[240];

    if ((reply->port_code != 0 || error == OSFT_E_PROXY) && error > OSFT_E_HTTP &&
        error <= OSFT_E_IO) {
        describe_port_code(error, reply->port_code, text, sizeof(text));
        if (text[0] != 0) {
            print_fact("cause", text);
        }
    }
    if (error == OSFT_E_CERT_TIME) {
        describe_validity(text, sizeof(text));
        print_fact("certificate", text);
    }
}

static void print_retry_after(const struct osft_reply *reply)
{
    char text[TIME_SIZE];

    if (reply->retry_after_ms != 0) {
        format_duration(((int64_t)reply->retry_after_ms + 999) / 1000 * 1000, text);
        print_fact_name("retry after");
        put_text(&standard_error, text);
        put_text(&standard_error,
                 reply->retry_after_ms == OSFT_RETRY_AFTER_MAX_MS ? " or longer\n" : "\n");
    }
}

static void print_reply_facts(int error, const struct osft_reply *reply)
{
    char text[TIME_SIZE];

    if (reply->http_status != 0) {
        print_number_fact("HTTP status", reply->http_status);
    }
    print_redacted_fact("code", &reply->code);
    print_redacted_fact("message", &reply->message);
    print_redacted_fact("request id", &reply->request_id);
    if (get_cause(error, reply) == OSFT_CAUSE_CLOCK && reply->date_s >= 0) {
        format_time(reply->date_s * 1000, text);
        print_fact("server's date", text);
    }
    print_retry_after(reply);
    if (error == OSFT_E_ARG) {
        print_fact("value", osft_argument_name(reply->argument));
    }
    if (error == OSFT_E_RESPONSE && reply->member != NULL) {
        print_fact("member", reply->member);
    }
    if (error == OSFT_E_JSON) {
        print_json_facts(reply);
    }
    if (error == OSFT_E_DEPTH) {
        print_number_fact("byte offset", (int64_t)reply->offset);
        print_number_fact("levels that are read", OSFT_JSON_DEPTH);
    }
    if (reply->left_out > 0) {
        print_number_fact("tasks left out", reply->left_out);
    }
    print_port_code(error, reply);
}

static void print_address(const char *name, const char *host, uint16_t tcp_port)
{
    print_fact_name(name);
    put_safe_text(&standard_error, host, strlen(host), 0);
    if (tcp_port != 0) {
        put_text(&standard_error, " port ");
        put_integer(&standard_error, tcp_port);
    }
    put_text(&standard_error, "\n");
}

static void print_host(const struct plan *plan)
{
    print_address("host", plan->endpoint.host, plan->endpoint.tcp_port);
    if (get_proxy() != NULL) {
        print_address("proxy", get_proxy()->host, get_proxy()->tcp_port);
    }
}

static void print_limits(int error, const struct osft_reply *reply, const struct limits *limits)
{
    if (error == OSFT_E_SPACE) {
        print_number_fact("bytes needed", (int64_t)reply->need);
        print_number_fact("bytes there are", (int64_t)limits->work);
    }
    if (error == OSFT_E_TASKS) {
        print_number_fact("tasks in the response", (int64_t)reply->tasks);
        print_number_fact("tasks that fit", (int64_t)limits->tasks);
    }
}

static void print_time_allowed(const struct plan *plan)
{
    char text[TIME_SIZE];

    format_limit(plan->timeout_ms, text);
    print_fact("time allowed", text);
}

static void print_attempts(int error, const struct osft_reply *reply)
{
    if (reply->attempts > 1) {
        print_number_fact("attempts", reply->attempts);
        if (reply->last_error != error && reply->last_error != OSFT_OK) {
            print_fact("error before that", osft_strerror(reply->last_error));
        }
    }
}

static void print_shown(const struct report_context *context)
{
    if (context->shown >= 0) {
        print_number_fact("tasks printed, which are not all", context->shown);
    }
}

/* ---- reports ---- */

/* Print where the credentials come from, when they are the cause of the failure. */
static void print_credentials_facts(int error, const struct osft_reply *reply)
{
    if (error == OSFT_E_TOKEN || are_credentials_refused(error, reply)) {
        print_fact_name("credentials from");
        put_credentials_source(&standard_error);
        put_text(&standard_error, "\n");
        if (get_renewal_problem()[0] != 0) {
            print_fact("why there are no newer ones", get_renewal_problem());
        }
    }
}

void report_omission(const struct osft_omission *omission)
{
    char text[TIME_SIZE];

    flush_output(&standard_output);
    put_text(&standard_error, "osft: task left out: index ");
    put_integer(&standard_error, omission->task.index);
    put_text(&standard_error, ", run id ");
    put_redacted_text(&omission->task.run_id);
    if (omission->task.generation.ptr != NULL) {
        put_text(&standard_error, ", generation ");
        put_redacted_text(&omission->task.generation);
    }
    if (omission->task.start_ms != OSFT_UNKNOWN) {
        format_time(omission->task.start_ms, text);
        put_text(&standard_error, ", started ");
        put_text(&standard_error, text);
    }
    put_text(&standard_error, ": member ");
    put_text(&standard_error, omission->member);
    put_text(&standard_error,
             omission->reason == OSFT_E_SPACE ? " is too large\n" : " cannot be used\n");
}

void report_omissions(const struct osft_reply *reply)
{
    if (reply->left_out > 0) {
        report_omission(&reply->omission);
    }
    if (reply->left_out > 1) {
        put_text(&standard_error, "osft: and ");
        put_integer(&standard_error, (int64_t)reply->left_out - 1);
        put_text(&standard_error, " more of this response\n");
    }
}

int report_failure(int error, const struct osft_reply *reply, const struct report_context *context)
{
    int status = EXIT_BROKEN;
    const char *advice = get_advice(error, reply, context->plan, &status);

    print_note(osft_strerror(error));
    print_host(context->plan);
    print_reply_facts(error, reply);
    print_credentials_facts(error, reply);
    print_limits(error, reply, context->limits);
    if (error == OSFT_E_TIMEOUT) {
        print_time_allowed(context->plan);
    }
    print_attempts(error, reply);
    print_shown(context);
    print_advice(advice);
    return status;
}

int report_no_task(const struct osft_reply *reply, const struct report_context *context)
{
    print_note("the response has no task");
    print_host(context->plan);
    print_reply_facts(OSFT_OK, reply);
    print_advice("check --generation");
    return EXIT_REFUSED;
}

int report_endless_list(const struct osft_reply *reply, const struct report_context *context)
{
    print_note("the service repeats itself, whatever page it is asked for");
    print_host(context->plan);
    print_reply_facts(OSFT_OK, reply);
    print_shown(context);
    print_advice("try again; if it happens again, look for a proxy in between");
    return EXIT_BROKEN;
}

int report_parse_failure(int error, const struct osft_reply *reply, const char *file)
{
    print_note(osft_strerror(error));
    print_fact("file", file);
    print_reply_facts(error, reply);
    if (error == OSFT_E_REFUSED) {
        print_advice("the saved response says that the service refused; see its code and message");
        return EXIT_REFUSED;
    }
    if (error == OSFT_E_RESPONSE) {
        print_advice(
            "it is JSON, but no response of ListFunctionTasks; see the member named above");
        return EXIT_NO_LIST;
    }
    if (is_only_omission(error, reply)) {
        print_advice("all other tasks were read; see the members named above");
        return EXIT_BROKEN;
    }
    if (error == OSFT_E_HTML || error == OSFT_E_EMPTY) {
        print_json_facts(reply);
    }
    print_advice("save the response's body alone, whole and without the HTTP header");
    return EXIT_BROKEN;
}

/* Return what to do about an errno; NULL: nothing is known. */
static const char *find_local_advice(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR: return "check the name, and that its folder is there";
    case EACCES:
    case EPERM:
    case EROFS: return "name a file that the user who runs osft may use, or change who may";
    case ENOSPC:
    case EDQUOT: return "make room there, then try again";
    default: return NULL;
    }
}

void print_fault(const char *what, const char *name, const char *reason)
{
    put_text(&standard_error, "osft: ");
    put_text(&standard_error, what);
    if (name != NULL) {
        put_text(&standard_error, " ");
        put_safe_text(&standard_error, name, strlen(name), 0);
    }
    put_text(&standard_error, ": ");
    put_text(&standard_error, reason);
    put_text(&standard_error, "\n");
}

int report_local_failure(const char *what, const char *name, int error)
{
    const char *advice = find_local_advice(error);

    print_fault(what, name, strerror(error));
    if (advice != NULL) {
        print_advice(advice);
    }
    flush_output(&standard_error);
    return EXIT_LOCAL;
}
