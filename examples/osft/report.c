/* SPDX-License-Identifier: Apache-2.0 */
/* Reports on standard error: what went wrong, what is known about it, and what to do. They are safe
 * for a terminal and have no secrets. */
#include <errno.h>
#include <string.h>
#include "command.h"

/* The exit status of a failure, and what to do about it. */
struct advice {
    int key; /* an osft_error, an osft_cause, or a proxy's HTTP status */
    int status;
    const char *text;
};

static const struct advice error_advice[] = {
    { OSFT_E_ARG, EXIT_USAGE,
      "change the value named above; 'osft list --help' says what it may be" },
    { OSFT_E_SPACE, EXIT_BROKEN,
      "ask for fewer tasks at once, with --page-size N, or for all of them with --all; a single "
      "task that is too large cannot be shown" },
    { OSFT_E_TASKS, EXIT_BROKEN,
      "ask for fewer tasks at once, with --page-size N, or for all of them with --all" },
    { OSFT_E_FULL, EXIT_LOCAL,
      "more is followed than this command has room for; please report this" },
    { OSFT_E_RANGE, EXIT_BROKEN, "a number in the response is too large; please report this" },
    { OSFT_E_IO, EXIT_NETWORK,
      "see whether the network is up and --endpoint or --region is right; then try again" },
    { OSFT_E_TIMEOUT, EXIT_NETWORK, "try again, or allow more time with --timeout" },
    { OSFT_E_RESOLVE, EXIT_NETWORK, "check the name given with --endpoint or --region, and DNS" },
    { OSFT_E_TLS, EXIT_TLS,
      "see that the server speaks TLS 1.2 or newer on that port, and that --ca, if given, names "
      "certificates" },
    { OSFT_E_CERT, EXIT_TLS,
      "if the server is yours, give its root certificate with --ca FILE and use a name that its "
      "certificate has; otherwise stop here: somebody may be listening" },
    { OSFT_E_CERT_TIME, EXIT_TLS,
      "check this machine's date and time first, then the server's certificate" },
    { OSFT_E_CLOCK, EXIT_CREDENTIALS, "set this machine's date and time" },
    { OSFT_E_RANDOM, EXIT_CREDENTIALS,
      "see why the system's random source fails; nothing was sent" },
    { OSFT_E_HASH, EXIT_CREDENTIALS, "the cryptographic library failed; nothing was sent" },
    { OSFT_E_CUT, EXIT_BROKEN, "try again; if it happens again, look for a proxy in between" },
    { OSFT_E_HTTP, EXIT_BROKEN, "see what responds at that address; is it really the service?" },
    { OSFT_E_JSON, EXIT_BROKEN, "see what responds at that address; is it really the service?" },
    { OSFT_E_RESPONSE, EXIT_BROKEN,
      "the service may have changed; please report it with the request id" },
    { OSFT_E_HTML, EXIT_BROKEN,
      "if it is a web page, a proxy or a login page in between responded: open a browser, or ask "
      "whoever runs the network; if it is XML, see that --endpoint or --region names OpenSearch" },
    { OSFT_E_EMPTY, EXIT_BROKEN, "try again; if it happens again, look for a proxy in between" },
    { OSFT_E_REDIRECT, EXIT_BROKEN, "redirects are never followed; check --endpoint or --region" },
    { OSFT_E_DEPTH, EXIT_BROKEN,
      "see what responds at that address; if it is the service, build osft with a larger "
      "OSFT_JSON_DEPTH" },
    { OSFT_E_BAD_TASK, EXIT_BROKEN,
      "all other tasks were read; ask the service's support, with the request id, about the "
      "members named above" },
    { OSFT_E_TOKEN, EXIT_CREDENTIALS,
      "have a new STS token written where the credentials come from; from the environment (all "
      "three ALIBABA_CLOUD_... variables) they are only read at the start" },
};

static const struct advice cause_advice[] = {
    { OSFT_CAUSE_OTHER, EXIT_REFUSED,
      "see the code and message; the request id helps the service's support" },
    { OSFT_CAUSE_CLOCK, EXIT_CREDENTIALS,
      "set this machine's date and time: it must be within 15 minutes of the server's" },
    { OSFT_CAUSE_NONCE, EXIT_CREDENTIALS, "run it again: each run has a new nonce" },
    { OSFT_CAUSE_SIGNATURE, EXIT_CREDENTIALS,
      "check the secret (ALIBABA_CLOUD_ACCESS_KEY_SECRET, or where the credentials come from); "
      "osft list --dry-run shows what was signed" },
    { OSFT_CAUSE_KEY, EXIT_CREDENTIALS,
      "check the id (ALIBABA_CLOUD_ACCESS_KEY_ID, or where the credentials come from), and that "
      "the key is active" },
    { OSFT_CAUSE_TOKEN, EXIT_CREDENTIALS,
      "have a new STS token written where the credentials come from (all three ALIBABA_CLOUD_... "
      "variables, or the file)" },
    { OSFT_CAUSE_THROTTLED, EXIT_REFUSED, "wait a little, then try again" },
    { OSFT_CAUSE_BUSY, EXIT_REFUSED, "wait a little, then try again" },
    { OSFT_CAUSE_DENIED, EXIT_REFUSED,
      "the account needs the RAM action opensearch:DescribeFunction" },
    { OSFT_CAUSE_NOT_FOUND, EXIT_REFUSED,
      "check --app, --function, --instance, --region, and --generation if given" },
};

#define LOGIN_ADVICE                                                                              \
    "check the user and password of the proxy: http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY or " \
    "--proxy, where characters such as @ and % are written as %40 and %25"
#define REACH_ADVICE "the proxy cannot reach the host; check the host's name, then try again"

/* Advice by the proxy's HTTP status; 0: the proxy sent none. */
static const struct advice proxy_advice[] = {
    { 0, EXIT_NETWORK, "see whether an HTTP proxy is at that address and port" },
    { 403, EXIT_NETWORK,
      "ask whoever runs the proxy to allow connections to that host and port; where the host needs "
      "no proxy, name it in NO_PROXY" },
    { 401, EXIT_NETWORK, LOGIN_ADVICE }, /* tinyproxy sends 401 where 407 would be right */
    { 407, EXIT_NETWORK, LOGIN_ADVICE },
    { 502, EXIT_NETWORK, REACH_ADVICE },
    { 503, EXIT_NETWORK, REACH_ADVICE },
    { 504, EXIT_NETWORK, REACH_ADVICE },
};

static const struct advice *find_advice(const struct advice *advice, size_t count, int key)
{
    size_t i;

    for (i = 0; i < count && advice[i].key != key; i++) {
    }
    return i < count ? &advice[i] : NULL;
}

int is_network_error(int error)
{
    return error == OSFT_E_IO || error == OSFT_E_TIMEOUT || error == OSFT_E_RESOLVE ||
           error == OSFT_E_CUT;
}

static const struct advice *get_advice(int error, const struct osft_reply *reply)
{
    static const struct advice unknown = { 0, EXIT_BROKEN, "please report this" };
    /* A response that is cut before its first byte is a failure of the network. */
    static const struct advice no_response = { 0, EXIT_NETWORK, "try again" };
    static const struct advice refused = { 0, EXIT_NETWORK, "ask whoever runs the proxy" };
    static const struct advice no_proxy = {
        0, EXIT_NETWORK,
        "see whether the proxy is up, and --proxy or HTTPS_PROXY is right; then try again"
    };
    const struct advice *advice;

    if (error == OSFT_E_REFUSED) {
        advice = find_advice(cause_advice, sizeof(cause_advice) / sizeof(cause_advice[0]),
                             (int)osft_cause_of(reply));
    } else if (error == OSFT_E_PROXY) {
        advice = find_advice(proxy_advice, sizeof(proxy_advice) / sizeof(proxy_advice[0]),
                             (int)reply->port_code);
        advice = advice != NULL ? advice : &refused;
    } else if (has_proxy_failed() && is_network_error(error)) {
        advice = &no_proxy;
    } else if (error == OSFT_E_CUT && reply->http_status == 0) {
        advice = &no_response;
    } else {
        advice = find_advice(error_advice, sizeof(error_advice) / sizeof(error_advice[0]), error);
    }
    return advice != NULL ? advice : &unknown;
}

/* ---- lines of a report ---- */

static void print_headline(const char *what)
{
    flush_output(&standard_output); /* show the tasks before the error */
    put_text(&standard_error, "osft: ");
    put_text(&standard_error, what);
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

static void print_advice(const char *text)
{
    put_text(&standard_error, "  what to do: ");
    put_text(&standard_error, text);
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
        } else {
            print_number_fact("cause", reply->port_code);
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
    if (error == OSFT_E_REFUSED && osft_cause_of(reply) == OSFT_CAUSE_CLOCK && reply->date_s >= 0) {
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

    format_duration(plan->timeout_ms, text);
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

/* Whether the HTTP status refuses the request although the body is not an error response of the
 * service. */
static int is_refused_by_status(int error, const struct osft_reply *reply)
{
    return reply->http_status >= 400 && (error == OSFT_E_HTML || error == OSFT_E_EMPTY ||
                                         error == OSFT_E_JSON || error == OSFT_E_RESPONSE);
}

int may_recover(int error, const struct osft_reply *reply)
{
    enum osft_cause cause = error == OSFT_E_REFUSED ? osft_cause_of(reply) : OSFT_CAUSE_OTHER;

    /* The proxy may lock a user whose login it has refused again and again. */
    if (error == OSFT_E_PROXY && (reply->port_code == 401 || reply->port_code == 407)) {
        return 0;
    }
    if (error == OSFT_E_TOKEN || cause == OSFT_CAUSE_TOKEN) {
        return can_renew_credentials();
    }
    return error != OSFT_E_ARG && cause != OSFT_CAUSE_SIGNATURE && cause != OSFT_CAUSE_KEY;
}

/* Print where the credentials come from, when they are the cause of the failure. */
static void print_credentials_facts(int error, const struct osft_reply *reply)
{
    enum osft_cause cause = error == OSFT_E_REFUSED ? osft_cause_of(reply) : OSFT_CAUSE_OTHER;

    if (error == OSFT_E_TOKEN || cause == OSFT_CAUSE_TOKEN || cause == OSFT_CAUSE_KEY ||
        cause == OSFT_CAUSE_SIGNATURE) {
        print_fact_name("credentials from");
        put_credentials_source(&standard_error);
        put_text(&standard_error, "\n");
        if (get_renewal_problem()[0] != 0) {
            print_fact("why there are no newer ones", get_renewal_problem());
        }
    }
}

int is_only_omission(int error, const struct osft_reply *reply)
{
    return error == OSFT_E_BAD_TASK || (error == OSFT_E_SPACE && reply->left_out > 0);
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
    const struct advice *advice = get_advice(error, reply);
    const char *special = find_special_advice(error, reply, context->plan);

    print_headline(osft_strerror(error));
    print_host(context->plan);
    print_reply_facts(error, reply);
    print_credentials_facts(error, reply);
    print_limits(error, reply, context->limits);
    if (error == OSFT_E_TIMEOUT) {
        print_time_allowed(context->plan);
    }
    print_attempts(error, reply);
    print_shown(context);
    print_advice(special != NULL ? special : advice->text);
    return is_refused_by_status(error, reply) ? EXIT_REFUSED : advice->status;
}

int report_no_task(const struct osft_reply *reply, const struct report_context *context)
{
    print_headline("the response has no task");
    print_host(context->plan);
    print_reply_facts(OSFT_OK, reply);
    print_advice("check --generation");
    return EXIT_REFUSED;
}

int report_endless_list(const struct osft_reply *reply, const struct report_context *context)
{
    print_headline("the service repeats itself, whatever page it is asked for");
    print_host(context->plan);
    print_reply_facts(OSFT_OK, reply);
    print_shown(context);
    print_advice("try again; if it happens again, look for a proxy in between");
    return EXIT_BROKEN;
}

int report_parse_failure(int error, const struct osft_reply *reply, const char *file)
{
    print_headline(osft_strerror(error));
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

int report_local_failure(const char *what, const char *name, int error)
{
    const char *advice = find_local_advice(error);

    put_text(&standard_error, "osft: ");
    put_text(&standard_error, what);
    if (name != NULL) {
        put_text(&standard_error, " ");
        put_safe_text(&standard_error, name, strlen(name), 0);
    }
    put_text(&standard_error, ": ");
    put_text(&standard_error, strerror(error));
    put_text(&standard_error, "\n");
    if (advice != NULL) {
        print_advice(advice);
    }
    flush_output(&standard_error);
    return EXIT_LOCAL;
}
