/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of errors that have counters of their own. */
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
