/* SPDX-License-Identifier: Apache-2.0 */
/* The meaning of an error: its exit status, what to do about it, and whether it may pass. */
#include <errno.h>
#include "command.h"

enum osft_cause get_cause(int error, const struct osft_reply *reply)
{
    return error == OSFT_E_REFUSED ? osft_cause_of(reply) : OSFT_CAUSE_OTHER;
}

int are_credentials_refused(int error, const struct osft_reply *reply)
{
    enum osft_cause cause = get_cause(error, reply);

    return cause == OSFT_CAUSE_SIGNATURE || cause == OSFT_CAUSE_KEY || cause == OSFT_CAUSE_TOKEN;
}

int is_network_error(int error)
{
    return error == OSFT_E_IO || error == OSFT_E_TIMEOUT || error == OSFT_E_RESOLVE ||
           error == OSFT_E_CUT;
}

int may_recover(int error, const struct osft_reply *reply)
{
    enum osft_cause cause = get_cause(error, reply);

    /* A proxy may lock a user whose login it has refused several times. */
    if (error == OSFT_E_PROXY && (reply->port_code == 401 || reply->port_code == 407)) {
        return 0;
    }
    if (error == OSFT_E_TOKEN || cause == OSFT_CAUSE_TOKEN) {
        return can_renew_credentials();
    }
    return error != OSFT_E_ARG && cause != OSFT_CAUSE_SIGNATURE && cause != OSFT_CAUSE_KEY;
}

/* ---- the usual advice ---- */

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

/* Advice by the proxy's HTTP status; 0: the proxy has sent no HTTP status. */
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

static const struct advice *find_usual_advice(int error, const struct osft_reply *reply)
{
    static const struct advice unknown = { 0, EXIT_BROKEN, "please report this" };
    /* A connection that ends before the first byte of a response is a failure of the network. */
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

/* ---- advice for failures about which more is known than the error says ---- */

/* Return the advice to remove quotes from a credential that the service refuses; NULL: none has
 * quotes. A shell removes quotes; programs that read files of variables often do not. */
static const char *find_quotes_advice(int error, const struct osft_reply *reply)
{
    if (!are_credentials_refused(error, reply)) {
        return NULL;
    }
    if (has_quotes(&credentials.id)) {
        return "the AccessKey id has quotes around it: remove them";
    }
    if (has_quotes(&credentials.secret)) {
        return "the AccessKey secret has quotes around it: remove them";
    }
    return has_quotes(&credentials.token) ? "the STS token has quotes around it: remove them"
                                          : NULL;
}

/* Return the advice for a server that speaks TLS where plain HTTP is expected, or for a server that
 * speaks plain HTTP where TLS is expected; NULL: neither seems to be the case. To plain HTTP, a TLS
 * server responds with a closed connection, an alert (which is not HTTP), or a web page. To TLS, an
 * HTTP server responds in plain HTTP. */
static const char *find_protocol_advice(int error, const struct osft_reply *reply,
                                        const struct plan *plan)
{
    int is_dropped =
        error == OSFT_E_IO && (reply->port_code == ECONNRESET || reply->port_code == EPIPE);

    if (!plan->plain_http) {
        return is_server_without_tls(error, reply->port_code)
                   ? "the server does not speak TLS on that port: check the port in --endpoint"
                   : NULL;
    }
    if (is_dropped || error == OSFT_E_HTTP || (error == OSFT_E_CUT && reply->http_status == 0) ||
        (error == OSFT_E_HTML && reply->http_status == 400)) {
        return "if the server speaks TLS on that port, leave out --plain-http; else try again";
    }
    return NULL;
}

/* Whether the HTTP status refuses the request although the body is not an error response of the
 * service. */
static int is_refused_by_status(int error, const struct osft_reply *reply)
{
    return reply->http_status >= 400 && (error == OSFT_E_HTML || error == OSFT_E_EMPTY ||
                                         error == OSFT_E_JSON || error == OSFT_E_RESPONSE);
}

const char *get_advice(int error, const struct osft_reply *reply, const struct plan *plan,
                       int *status)
{
    const struct advice *usual = find_usual_advice(error, reply);
    const char *text = find_quotes_advice(error, reply);

    *status = is_refused_by_status(error, reply) ? EXIT_REFUSED : usual->status;
    text = text != NULL ? text : find_protocol_advice(error, reply, plan);
    return text != NULL ? text : usual->text;
}
