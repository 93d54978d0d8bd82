/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4180: CRLF, a header line, quotes where needed. Bytes go out as they came, but for a terminal. */
#include <string.h>
#include "cmd.h"

static int needs_quotes(const struct osft_span *s)
{
    size_t i;
    for (i = 0; i < s->len; i++) {
        if (s->ptr[i] == ',' || s->ptr[i] == '"' || s->ptr[i] == '\r' || s->ptr[i] == '\n') {
            return 1;
        }
    }
    return 0;
}

static void put_raw(struct out *o, const struct look *look, const char *s, size_t len)
{
    if (look->terminal) {
        text_safe(o, s, len, look->ascii);
    } else {
        out_put(o, s, len);
    }
}

static void text(struct out *o, const struct look *look, const struct osft_span *s,
                 const char *after)
{
    size_t at = 0;
    int quoted = s->ptr != NULL && needs_quotes(s);

    out_str(o, quoted ? "\"" : "");
    while (quoted && at < s->len) {
        const char *quote = memchr(s->ptr + at, '"', s->len - at);
        size_t n = quote != NULL ? (size_t)(quote - s->ptr) + 1 - at : s->len - at;
        put_raw(o, look, s->ptr + at, n);
        out_str(o, quote != NULL ? "\"" : "");
        at += n;
    }
    if (!quoted && s->ptr != NULL) {
        put_raw(o, look, s->ptr, s->len);
    }
    out_str(o, quoted ? "\"" : "");
    out_str(o, after);
}

static void number(struct out *o, int64_t value)
{
    if (value != OSFT_UNKNOWN) {
        out_int(o, value);
    }
    out_str(o, ",");
}

void format_csv_head(struct out *o)
{
    out_str(o, "functionName,progress,status,startTime,endTime,extendInfo,runId,generation\r\n");
}

void format_csv_task(struct out *o, const struct look *look, const struct osft_task *t)
{
    text(o, look, &t->function, ",");
    number(o, t->progress);
    text(o, look, &t->status, ",");
    number(o, t->start_ms);
    number(o, t->end_ms);
    text(o, look, &t->extend_info, ",");
    text(o, look, &t->run_id, ",");
    text(o, look, &t->generation, "\r\n");
}
