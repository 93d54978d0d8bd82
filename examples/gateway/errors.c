/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of errors that have counters of their own, and what to do about them. */
#include "reporter.h"

static const struct {
    int error;
    const char *name;
} kinds[] = {
    { OSFT_OK, "other" }, /* all errors that are not listed below */
    { OSFT_E_ARG, "argument" },
    { OSFT_E_SPACE, "space" },
    { OSFT_E_TASKS, "tasks" },
    { OSFT_E_FULL, "full" },
    { OSFT_E_IO, "io" },
    { OSFT_E_TIMEOUT, "timeout" },
    { OSFT_E_RESOLVE, "resolve" },
    { OSFT_E_TLS, "tls" },
    { OSFT_E_CERT, "certificate" },
    { OSFT_E_CERT_TIME, "certificate_time" },
    { OSFT_E_CLOCK, "clock" },
    { OSFT_E_RANDOM, "random" },
    { OSFT_E_HASH, "hash" },
    { OSFT_E_CUT, "cut" },
    { OSFT_E_PROXY, "proxy" },
    { OSFT_E_HTTP, "http" },
    { OSFT_E_JSON, "json" },
    { OSFT_E_RESPONSE, "response" },
    { OSFT_E_HTML, "html" },
    { OSFT_E_EMPTY, "empty" },
    { OSFT_E_REDIRECT, "redirect" },
    { OSFT_E_DEPTH, "depth" },
    { OSFT_E_BAD_TASK, "bad_task" },
    { OSFT_E_REFUSED, "refused" },
    { OSFT_E_TOKEN, "credentials" },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
OSFT_STATIC_ASSERT(KINDS <= ERROR_KINDS, there_are_more_kinds_of_errors_than_counters);

const char *get_error_kind_name(size_t kind)
{
    return kind < KINDS ? kinds[kind].name : NULL;
}

size_t find_error_kind(int error)
{
    size_t kind = KINDS - 1;

    while (kind > 0 && kinds[kind].error != error) {
        kind--;
    }
    return kind;
}

/* ---- what to do ---- */

struct advice {
    int key; /* an osft_error or an osft_cause */
    const char *text;
};

#define CHECK_HOST    "See whether the network is up, and whether region or endpoint is right"
#define CHECK_PROXY   "Look for a proxy or a login page in between, and at region or endpoint"
#define REPORT_IT     "Report this to the makers of osft-reporter, with the request ID"
#define NEW_CLOCK     "Set this machine's date and time"
#define WAIT_A_LITTLE "Nothing, as the next poll tries again; if it stays, use a longer interval"

static const struct advice error_advice[] = {
    { OSFT_E_IO, CHECK_HOST },
    { OSFT_E_TIMEOUT, "See whether the network is slow; a longer timeout may help" },
    { OSFT_E_RESOLVE, "Check the name in region or endpoint, and this machine's DNS" },
    { OSFT_E_TLS, "See that the server speaks TLS 1.2 or newer, and that ca names certificates" },
    { OSFT_E_CERT, "If the server or a proxy is yours, name its root certificate as ca; otherwise "
                   "somebody may be listening" },
    { OSFT_E_CERT_TIME, NEW_CLOCK ", or look at the server's certificate" },
    { OSFT_E_CLOCK, NEW_CLOCK },
    { OSFT_E_CUT, CHECK_PROXY },
    { OSFT_E_PROXY, "Check the proxy's address and login, and that it allows this endpoint" },
    { OSFT_E_HTTP, CHECK_PROXY },
    { OSFT_E_JSON, CHECK_PROXY },
    { OSFT_E_HTML, CHECK_PROXY },
    { OSFT_E_EMPTY, CHECK_PROXY },
    { OSFT_E_REDIRECT, "Check region or endpoint, as redirects are never followed" },
    { OSFT_E_BAD_TASK, "Ask the service's support about the tasks that were left out" },
    { OSFT_E_ARG, "Check the names app, function and instance" },
    { OSFT_E_TOKEN, "Write a new STS token into the file of credentials" },
};

static const struct advice cause_advice[] = {
    { OSFT_CAUSE_OTHER, "Look at the code; the request ID helps the service's support" },
    { OSFT_CAUSE_CLOCK, NEW_CLOCK ", which must be within 15 minutes of the service's" },
    { OSFT_CAUSE_NONCE, WAIT_A_LITTLE },
    { OSFT_CAUSE_SIGNATURE, "Check the secret of the AccessKey" },
    { OSFT_CAUSE_KEY, "Check the ID of the AccessKey, and that the key is active" },
    { OSFT_CAUSE_TOKEN, "Write a new STS token into the file of credentials" },
    { OSFT_CAUSE_THROTTLED, WAIT_A_LITTLE },
    { OSFT_CAUSE_BUSY, WAIT_A_LITTLE },
    { OSFT_CAUSE_DENIED, "Give the account the RAM action opensearch:DescribeFunction" },
    { OSFT_CAUSE_NOT_FOUND, "Check app, function, instance and region" },
};

/* Return the advice for a key. For a key that is not in the table, the user can only report the
 * failure. */
static const char *find_advice(const struct advice *advice, size_t count, int key)
{
    size_t i = 0;

    while (i < count && advice[i].key != key) {
        i++;
    }
    return i < count ? advice[i].text : REPORT_IT;
}

const char *advise_failure(const struct failure *failure)
{
    if (failure->error == OSFT_E_REFUSED) {
        return find_advice(cause_advice, sizeof(cause_advice) / sizeof(cause_advice[0]),
                           (int)failure->cause);
    }
    return find_advice(error_advice, sizeof(error_advice) / sizeof(error_advice[0]),
                       failure->error);
}
