/* SPDX-License-Identifier: Apache-2.0 */
/* Hiding credentials and signed texts: the functions of ../common/redact.h with the credentials of
 * this command. */
#include "../common/redact.h"
#include "command.h"

void put_service_text(struct output *out, enum sink sink, const struct osft_span *text)
{
    put_shown_text(out, sink, text, &credentials);
}

void put_redacted_text(const struct osft_span *text)
{
    if (text->ptr == NULL || text->len == 0) {
        put_text(&standard_error, "-");
    } else {
        put_service_text(&standard_error, SINK_TEXT, text);
    }
}

void hide_credentials(struct osft_task *tasks, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        hide_used_credentials(&tasks[i], &credentials);
    }
}
