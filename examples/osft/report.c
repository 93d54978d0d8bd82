/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong, what is known about it, and what to do: on standard error, fit for a terminal and
 * without anything secret. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "cmd.h"
#include "request.h"

#define SHOWN_MAX    1000 /* bytes of a text from the service */
#define EXAMINED_MAX 2000 /* more than that, for what begins within and is encoded */
#define OWN_LEAST    16   /* so much of a credential is too much */

struct verdict {
    int key; /* an osft_err, or an osft_cause */
    int status;
    const char *advice;
};

static const struct verdict errors[] = {
    { OSFT_E_ARG, EXIT_USAGE,
      "change the value named above; 'osft list --help' says what it may be" },
    { OSFT_E_SPACE, EXIT_BROKEN,
      "ask for fewer tasks at once, with --page-size N, or for all of them with --all; a single "
      "task that is too large cannot be shown" },
    { OSFT_E_TASKS, EXIT_BROKEN,
      "ask for fewer tasks at once, with --page-size N, or for all of them with --all" },
    { OSFT_E_IO, EXIT_NETWORK,
      "see whether the network is up and --endpoint or --region is right; "
      "then try again" },
    { OSFT_E_TIMEOUT, EXIT_NETWORK, "try again, or give it longer with --timeout 60s" },
    { OSFT_E_RESOLVE, EXIT_NETWORK, "check the name given with --endpoint or --region, and DNS" },
    { OSFT_E_TLS, EXIT_TLS,
      "see that the other end speaks TLS 1.2 or newer on that port, and that "
      "--ca, if given, names certificates" },
    { OSFT_E_CERT, EXIT_TLS,
      "if the server is yours, give its root certificate with --ca FILE and "
      "use a name that its certificate has; else do not go on: somebody may "
      "be listening" },
    { OSFT_E_CERT_TIME, EXIT_TLS,
      "check this machine's date and time first, then the server's "
      "certificate" },
    { OSFT_E_CLOCK, EXIT_CREDENTIALS, "set this machine's date and time" },
    { OSFT_E_RANDOM, EXIT_CREDENTIALS,
      "see why the system's random source fails; nothing was sent" },
    { OSFT_E_HASH, EXIT_CREDENTIALS, "the cryptographic library failed; nothing was sent" },
    { OSFT_E_CUT, EXIT_BROKEN, "try again; if it stays so, look for a proxy in between" },
    { OSFT_E_HTTP, EXIT_BROKEN, "see what answers at that address; is it really the service?" },
    { OSFT_E_JSON, EXIT_BROKEN, "see what answers at that address; is it really the service?" },
    { OSFT_E_ANSWER, EXIT_BROKEN,
      "the service may have changed; please report it with the request id" },
    { OSFT_E_HTML, EXIT_BROKEN,
      "a proxy or a login page in between answered; open a browser, or ask "
      "whoever runs the network" },
    { OSFT_E_EMPTY, EXIT_BROKEN, "try again; if it stays so, look for a proxy in between" },
    { OSFT_E_REDIRECT, EXIT_BROKEN,
      "redirections are never followed; check --endpoint or --region" },
    { OSFT_E_TOKEN, EXIT_CREDENTIALS,
      "get a new STS token, set all three ALIBABA_CLOUD_... variables from it, and start again" },
};

static const struct verdict causes[] = {
    { OSFT_CAUSE_OTHER, EXIT_REFUSED,
      "see the code and message; the request id helps the service's "
      "support" },
    { OSFT_CAUSE_CLOCK, EXIT_CREDENTIALS,
      "set this machine's date and time: it must be within 15 "
      "minutes of the server's" },
    { OSFT_CAUSE_NONCE, EXIT_CREDENTIALS, "run it again: each run has a new nonce" },
    { OSFT_CAUSE_SIGNATURE, EXIT_CREDENTIALS,
      "check ALIBABA_CLOUD_ACCESS_KEY_SECRET; osft list "
      "--dry-run shows what was signed" },
    { OSFT_CAUSE_KEY, EXIT_CREDENTIALS,
      "check ALIBABA_CLOUD_ACCESS_KEY_ID, and that the key is "
      "active" },
    { OSFT_CAUSE_TOKEN, EXIT_CREDENTIALS,
      "get a new STS token and set all three ALIBABA_CLOUD_... "
      "variables from it" },
    { OSFT_CAUSE_THROTTLED, EXIT_REFUSED, "wait a little, then try again" },
    { OSFT_CAUSE_BUSY, EXIT_REFUSED, "wait a little, then try again" },
    { OSFT_CAUSE_DENIED, EXIT_REFUSED,
      "the account needs the RAM action "
      "opensearch:DescribeFunction" },
    { OSFT_CAUSE_NOT_FOUND, EXIT_REFUSED,
      "check --app, --function, --instance, --region, and --generation if given" },
};

static const struct verdict *find(const struct verdict *v, size_t count, int key)
{
    size_t i;
    for (i = 0; i < count && v[i].key != key; i++) {
    }
    return i < count ? &v[i] : NULL;
}

static const struct verdict *judge(int err, const struct osft_page *page)
{
    static const struct verdict unknown = { 0, EXIT_BROKEN, "please report this" };
    /* The cut-off answer never began: that is a network's failure, and nobody's answer. */
    static const struct verdict silent = { 0, EXIT_NETWORK, "try again" };
    const struct verdict *v;

    if (err == OSFT_E_REFUSED) {
        v = find(causes, sizeof(causes) / sizeof(causes[0]), (int)osft_refusal(page));
    } else if (err == OSFT_E_CUT && page->http_status == 0) {
        v = &silent;
    } else {
        v = find(errors, sizeof(errors) / sizeof(errors[0]), err);
    }
    return v != NULL ? v : &unknown;
}

static void fact_name(const char *name)
{
    out_str(&cmd_err, "  ");
    out_str(&cmd_err, name);
    out_str(&cmd_err, ": ");
}

static void fact(const char *name, const char *value, size_t len)
{
    fact_name(name);
    text_safe(&cmd_err, value, len, 0);
    out_str(&cmd_err, "\n");
}

static void fact_int(const char *name, int64_t value)
{
    fact_name(name);
    out_int(&cmd_err, value);
    out_str(&cmd_err, "\n");
}

/* Where text first stands in the first len bytes of s, whatever the case; len when it does not. */
static size_t find_text(const struct osft_span *s, size_t len, const char *text)
{
    size_t n = strlen(text), i;
    for (i = 0; i + n <= len; i++) {
        if (strncasecmp(s->ptr + i, text, n) == 0) {
            return i;
        }
    }
    return len;
}

static int hex_value(int c)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, c | 0x20);
    return c != 0 && at != NULL ? (int)(at - digits) : -1;
}

/* A text without its percent-encoding, also where it was encoded more often than once, in small letters;
 * and where in the text each character comes from. */
struct decoded {
    char text[EXAMINED_MAX];
    size_t from[EXAMINED_MAX];
    size_t len;
};

static void decode(struct decoded *d, const struct osft_span *s)
{
    size_t i;

    d->len = 0;
    for (i = 0; i < s->len && i < EXAMINED_MAX; i++) {
        char *end = d->text + d->len;
        d->from[d->len++] = i;
        *end = (char)tolower((unsigned char)s->ptr[i]);
        while (d->len >= 3 && end[-2] == '%' && hex_value(end[-1]) >= 0 && hex_value(*end) >= 0) {
            end -= 2;
            d->len -= 2;
            *end = (char)tolower(hex_value(end[1]) * 16 + hex_value(end[2]));
        }
    }
}

/* Where one of the credentials begins in s, as it is or encoded; len when it does not. Its first
 * characters suffice, as the text may have been cut. */
static size_t find_own(const struct osft_span *s, size_t len, const struct osft_span *own)
{
    static struct decoded text, wanted;
    size_t i, n;

    decode(&text, s);
    decode(&wanted, own);
    n = wanted.len < OWN_LEAST ? wanted.len : OWN_LEAST;
    for (i = 0; n > 0 && i + n <= text.len && text.from[i] < len; i++) {
        if (memcmp(text.text + i, wanted.text, n) == 0) {
            len = text.from[i];
        }
    }
    osft_wipe(&wanted, sizeof(wanted));
    osft_wipe(&text, sizeof(text));
    return len;
}

/* How much of a text from the service may be shown: up to where it echoes what was signed, or any of
 * the credentials; and not too much. */
static size_t showable(const struct osft_span *s)
{
    static const char *const echoes[] = { "string to sign", "stringtosign",     "string-to-sign",
                                          "canonical",      "ACS3-HMAC-SHA256", "GET\n",
                                          "GET&",           "x-acs-",           "Signature=" };
    const struct osft_span *own[] = { &cmd_credentials.id, &cmd_credentials.secret,
                                      &cmd_credentials.token };
    size_t len = s->len < SHOWN_MAX ? s->len : SHOWN_MAX, i;
    for (i = 0; i < sizeof(echoes) / sizeof(echoes[0]); i++) {
        len = find_text(s, len, echoes[i]);
    }
    for (i = 0; i < 3; i++) {
        len = find_own(s, len, own[i]);
    }
    return len;
}

/* Back to the end of a sentence, so that a cut text does not stop in its middle. */
static size_t sentence(const struct osft_span *s, size_t len)
{
    size_t end = len;
    while (end > 0 && s->ptr[end - 1] != '.') {
        end--;
    }
    return end > 0 ? end : len;
}

void report_span(const struct osft_span *s)
{
    size_t len = s->ptr != NULL ? showable(s) : 0;
    if (s->ptr == NULL || s->len == 0) {
        out_str(&cmd_err, "-");
    } else if (len == s->len) {
        text_safe(&cmd_err, s->ptr, s->len, 0);
    } else {
        text_safe(&cmd_err, s->ptr, sentence(s, len), 0);
        out_str(&cmd_err,
                " ... (the rest repeats what was signed, or is too long, and is not shown)");
    }
}

static void fact_span(const char *name, const struct osft_span *s)
{
    if (s->ptr != NULL && s->len > 0) {
        fact_name(name);
        report_span(s);
        out_str(&cmd_err, "\n");
    }
}

static void fact_json(const struct osft_page *page)
{
    const char *wanted = osft_json_reason(page->expected);
    fact_int("byte offset", (int64_t)page->offset);
    fact("wanted there", wanted, strlen(wanted));
}

static void facts(int err, const struct osft_page *page)
{
    char text[160];
    if (page->http_status != 0) {
        fact_int("HTTP status", page->http_status);
    }
    fact_span("code", &page->code);
    fact_span("message", &page->message);
    fact_span("request id", &page->request_id);
    if (err == OSFT_E_REFUSED && osft_refusal(page) == OSFT_CAUSE_CLOCK) {
        fact_span("server's date", &page->date);
    }
    fact_span("retry after", &page->retry_after);
    if (err == OSFT_E_ARG || (err == OSFT_E_ANSWER && page->member != NULL)) {
        const char *name = err == OSFT_E_ARG ? osft_arg_name(page->expected) : page->member;
        fact("value", name, strlen(name));
    }
    if (err == OSFT_E_JSON) {
        fact_json(page);
    }
    if (page->port_code != 0 && err > OSFT_E_HTTP && err <= OSFT_E_IO) {
        net_code_text(err, page->port_code, text, sizeof(text));
        fact_name("cause");
        out_int(&cmd_err, page->port_code);
        out_str(&cmd_err, text[0] != 0 ? ", " : "");
        text_safe(&cmd_err, text, strlen(text), 0);
        out_str(&cmd_err, "\n");
    }
}

static void headline(const char *what)
{
    out_flush(&cmd_out); /* what came before the error is seen before it */
    out_str(&cmd_err, "osft: ");
    out_str(&cmd_err, what);
    out_str(&cmd_err, "\n");
}

static void advise(const char *advice)
{
    out_str(&cmd_err, "  what to do: ");
    out_str(&cmd_err, advice);
    out_str(&cmd_err, "\n");
    out_flush(&cmd_err);
}

static void fact_host(const struct plan *plan)
{
    fact_name("host");
    out_str(&cmd_err, plan->endpoint.host);
    if (plan->endpoint.tcp_port != 0) {
        out_str(&cmd_err, " port ");
        out_int(&cmd_err, plan->endpoint.tcp_port);
    }
    out_str(&cmd_err, "\n");
}

static void fact_attempts(int err, const struct osft_link *link)
{
    const char *last;
    if (link == NULL || link->attempts < 2) {
        return;
    }
    fact_int("attempts", link->attempts);
    last = osft_strerror(link->last);
    if (link->last != err) {
        fact("before that", last, strlen(last));
    }
}

static void fact_shown(const struct call *call)
{
    if (call->shown >= 0) {
        fact_int("tasks printed, which are not all", call->shown);
    }
}

static int is_refusal_without_body(int err, const struct osft_page *page)
{
    return page->http_status >= 400 && (err == OSFT_E_HTML || err == OSFT_E_EMPTY ||
                                        err == OSFT_E_JSON || err == OSFT_E_ANSWER);
}

int report_may_heal(int err, const struct osft_page *page)
{
    enum osft_cause cause = err == OSFT_E_REFUSED ? osft_refusal(page) : OSFT_CAUSE_OTHER;
    return err != OSFT_E_ARG && err != OSFT_E_TOKEN && cause != OSFT_CAUSE_SIGNATURE &&
           cause != OSFT_CAUSE_KEY && cause != OSFT_CAUSE_TOKEN;
}

int report_call(int err, const struct osft_page *page, const struct call *call)
{
    const struct verdict *v = judge(err, page);

    headline(osft_strerror(err));
    fact_host(call->plan);
    facts(err, page);
    if (err == OSFT_E_SPACE) {
        fact_int("bytes needed", (int64_t)page->need);
        fact_int("bytes there are", (int64_t)call->limits->work);
    }
    if (err == OSFT_E_TASKS) {
        fact_int("tasks in the answer", (int64_t)page->seen);
        fact_int("tasks that fit", (int64_t)call->limits->tasks);
    }
    fact_attempts(err, call->link);
    fact_shown(call);
    advise(v->advice);
    return is_refusal_without_body(err, page) ? EXIT_REFUSED : v->status;
}

int report_no_task(const struct osft_page *page, const struct call *call)
{
    headline("the answer holds no task");
    fact_host(call->plan);
    facts(OSFT_OK, page);
    advise("check --generation");
    return EXIT_REFUSED;
}

int report_stuck(const struct osft_page *page, const struct call *call)
{
    headline("the service repeats itself, whatever page it is asked for");
    fact_host(call->plan);
    facts(OSFT_OK, page);
    fact_shown(call);
    advise("try again; if it stays so, look for a proxy in between");
    return EXIT_BROKEN;
}

int report_parse(int err, const struct osft_page *page, const char *file)
{
    headline(osft_strerror(err));
    fact("file", file, strlen(file));
    facts(err, page);
    if (err == OSFT_E_REFUSED) {
        advise("the saved answer is the service's refusal; see its code and message");
        return EXIT_REFUSED;
    }
    if (err == OSFT_E_ANSWER) {
        advise("it is JSON, but not what ListFunctionTasks answers; see the value named above");
        return EXIT_NO_ANSWER;
    }
    if (err == OSFT_E_HTML || err == OSFT_E_EMPTY) {
        fact_json(page);
    }
    advise("save the answer's body alone, whole and without its HTTP head");
    return EXIT_BROKEN;
}

int report_local(const char *what, const char *name, int error)
{
    out_str(&cmd_err, "osft: ");
    out_str(&cmd_err, what);
    if (name != NULL) {
        out_str(&cmd_err, " ");
        text_safe(&cmd_err, name, strlen(name), 0);
    }
    out_str(&cmd_err, ": ");
    out_str(&cmd_err, strerror(error));
    out_str(&cmd_err, "\n");
    out_flush(&cmd_err);
    return EXIT_LOCAL;
}
