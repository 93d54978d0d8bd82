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

/* Put a row; no row when the text is empty. */
static void put_row(struct output *out, const char *term, const char *text)
{
    if (text[0] != 0) {
        put_text_row(out, term, text, strlen(text));
    }
}

/* Put a failure as a list of terms, as such a list fits also a narrow screen. The service's code
 * and request ID have rows of their own. The line of English repeats them, so it is put only when
 * the service has sent no code. */
static void put_failure(struct output *out, const struct failure *failure, int64_t now_ms)
{
    const char *kind = get_error_kind_name(find_error_kind(failure->error));

    put_text(out, "<li><dl>\n");
    put_date_row(out, "When", failure->time_ms, now_ms);
    begin_row(out, "Error");
    put_text(out, kind != NULL ? kind : "other");
    if (failure->http_status != 0) {
        put_text(out, ", HTTP status ");
        put_integer(out, failure->http_status);
    }
    end_row(out);
    put_row(out, "Code", failure->code);
    put_row(out, "Request ID", failure->request_id);
    put_row(out, "What happened", failure->code[0] == 0 ? failure->text : "");
    put_row(out, "What to do", advise_failure(failure));
    put_text(out, "</dl></li>\n");
}

void put_failures(struct output *out, const struct instance *instance, int64_t now_ms)
{
    size_t i;

    put_text(out, "<h3>Failed polls</h3>\n");
    if (count_failures(instance) == 0) {
        put_text(out, "<p>No poll has failed since the reporter started.</p>\n");
        return;
    }
    put_text(out, "<ol class=\"failures\" aria-label=\"Failed polls of ");
    put_html(out, instance->name, strlen(instance->name));
    put_text(out, "\">\n");
    for (i = 0; i < FAILURES_KEPT; i++) {
        size_t at = (instance->newest_failure + FAILURES_KEPT - i) % FAILURES_KEPT;

        if (instance->failures[at].error != OSFT_OK) {
            put_failure(out, &instance->failures[at], now_ms);
        }
    }
    put_text(out, "</ol>\n");
}
