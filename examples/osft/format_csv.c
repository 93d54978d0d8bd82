/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4180: CRLF, a header line, quotes where needed. Bytes are written as they came, except to a
 * terminal. */
#include <string.h>
#include "command.h"

static int needs_quotes(const struct osft_span *text)
{
    size_t i;

    for (i = 0; i < text->len; i++) {
        char c = text->ptr[i];
        if (c == ',' || c == '"' || c == '\r' || c == '\n') {
            return 1;
        }
    }
    return 0;
}

static void put_value(struct output *out, const struct display *display, const char *text,
                      size_t len)
{
    if (display->is_terminal) {
        put_safe_text(out, text, len, display->ascii_only);
    } else {
        put_bytes(out, text, len);
    }
}

/* A quote is doubled. */
static void put_quoted(struct output *out, const struct display *display,
                       const struct osft_span *text)
{
    size_t at = 0;

    put_text(out, "\"");
    while (at < text->len) {
        const char *quote = memchr(text->ptr + at, '"', text->len - at);
        size_t n = quote != NULL ? (size_t)(quote - text->ptr) + 1 - at : text->len - at;
        put_value(out, display, text->ptr + at, n);
        put_text(out, quote != NULL ? "\"" : "");
        at += n;
    }
    put_text(out, "\"");
}

static void put_text_field(struct output *out, const struct display *display,
                           const struct osft_span *text, const char *separator)
{
    if (text->ptr != NULL && needs_quotes(text)) {
        put_quoted(out, display, text);
    } else if (text->ptr != NULL) {
        put_value(out, display, text->ptr, text->len);
    }
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
