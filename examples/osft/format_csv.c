/* SPDX-License-Identifier: Apache-2.0 */
/* CSV by RFC 4180: CRLF, a header line, quotes where needed. Bytes are written as the service sent
 * them, except to a terminal. */
#include <string.h>
#include "command.h"

/* Whether a text needs quotes. An empty text gets quotes and an absent text does not, so that
 * readers can tell them apart. */
static int needs_quotes(const struct osft_span *text)
{
    size_t i;

    for (i = 0; i < text->len; i++) {
        char c = text->ptr[i];
        if (c == ',' || c == '"' || c == '\r' || c == '\n') {
            return 1;
        }
    }
    return text->len == 0;
}

static void put_text_field(struct output *out, const struct display *display,
                           const struct osft_span *text, const char *separator)
{
    const char *quote = text->ptr != NULL && needs_quotes(text) ? "\"" : "";

    put_text(out, quote);
    if (text->ptr != NULL) {
        put_escaped(out, display->is_terminal ? SINK_CSV_SHOWN : SINK_CSV, text->ptr, text->len);
    }
    put_text(out, quote);
    put_text(out, separator);
}

static void put_number_field(struct output *out, int64_t value)
{
    if (value != OSFT_UNKNOWN) {
        put_integer(out, value);
    }
    put_text(out, ",");
}

void print_csv_head(struct output *out)
{
    put_text(out, "functionName,progress,status,startTime,endTime,extendInfo,runId,generation\r\n");
}

void print_csv_task(struct output *out, const struct display *display, const struct osft_task *task)
{
    put_text_field(out, display, &task->function, ",");
    put_number_field(out, task->progress);
    put_text_field(out, display, &task->status, ",");
    put_number_field(out, task->start_ms);
    put_number_field(out, task->end_ms);
    put_text_field(out, display, &task->extend_info, ",");
    put_text_field(out, display, &task->run_id, ",");
    put_text_field(out, display, &task->generation, "\r\n");
}
