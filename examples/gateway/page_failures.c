/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the polls that failed, newest first, with the details that the service's support asks
 * for. */
#include <string.h>
#include "page.h"

static size_t count_failures(const struct instance *instance)
{
    size_t i, count = 0;

    for (i = 0; i < FAILURES_KEPT; i++) {
        count += instance->failures[i].error != OSFT_OK;
    }
    return count;
}

static void put_cell(struct output *out, const char *text)
{
    put_text(out, "<td>");
    put_isolated(out, text, strlen(text));
    put_text(out, "</td>");
}

static void put_failure(struct output *out, const struct failure *failure, int64_t now_ms)
{
    const char *kind = get_error_kind_name(find_error_kind(failure->error));

    put_text(out, "<tr><td>");
    put_html_date(out, failure->time_ms, now_ms);
    put_text(out, "</td>");
    put_cell(out, kind != NULL ? kind : "");
    put_text(out, "<td class=\"number\">");
    if (failure->http_status != 0) {
        put_integer(out, failure->http_status);
    }
    put_text(out, "</td>");
    put_cell(out, failure->code);
    put_cell(out, failure->request_id);
    put_cell(out, failure->text);
    put_text(out, "</tr>\n");
}

void put_failures(struct output *out, const struct instance *instance, int64_t now_ms)
{
    size_t i;

    put_text(out, "<h3>Failed polls</h3>\n");
    if (count_failures(instance) == 0) {
        put_text(out, "<p>No poll has failed since the reporter started.</p>\n");
        return;
    }
    put_text(out,
             "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Failed polls of ");
    put_html(out, instance->name, strlen(instance->name));
    put_text(out,
             "\">\n<table><thead><tr><th scope=\"col\">When</th><th scope=\"col\">Error</th>"
             "<th scope=\"col\">HTTP status</th><th scope=\"col\">Code</th>"
             "<th scope=\"col\">Request ID</th><th scope=\"col\">What it means</th></tr></thead>"
             "<tbody>\n");
    for (i = 0; i < FAILURES_KEPT; i++) {
        size_t at = (instance->newest_failure + FAILURES_KEPT - i) % FAILURES_KEPT;

        if (instance->failures[at].error != OSFT_OK) {
            put_failure(out, &instance->failures[at], now_ms);
        }
    }
    put_text(out, "</tbody></table></div>\n");
}
