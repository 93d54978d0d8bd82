/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "answer.h"
#include "tasks.h"
#include "text.h"

#define JSMN_STATIC
#define JSMN_PARENT_LINKS /* without it, hostile text costs quadratic time */
#include <jsmn.h>

enum kind { TEXT, TEXT_OR_INTEGER, INTEGER, PERCENT };

#define TASK(kind, field)                       \
    {                                           \
        kind, offsetof(struct osft_task, field) \
    }
#define PAGE(kind, field)                       \
    {                                           \
        kind, offsetof(struct osft_page, field) \
    }
static const struct {
    uint8_t kind, offset;
} fields[] = {
    PAGE(TEXT_OR_INTEGER, code),
    PAGE(TEXT, message),
    PAGE(TEXT_OR_INTEGER, status),
    PAGE(TEXT_OR_INTEGER, request_id),
    PAGE(INTEGER, http_code),
    PAGE(INTEGER, total),
    PAGE(INTEGER, latency_ms),
    { 0, 0 },
    { 0, 0 },
    TASK(TEXT, function),
    TASK(TEXT, status),
    TASK(TEXT, run_id),
    TASK(TEXT, extend_info),
    TASK(TEXT_OR_INTEGER, generation),
    TASK(INTEGER, start_ms),
    TASK(INTEGER, end_ms),
    TASK(PERCENT, progress),
};

void osft_field(struct osft_client *c)
{
    struct osft_page *page = c->page;
    unsigned kind = fields[c->part].kind;
    char *text = c->mem + c->item;
    char *to = c->part < OSFT_M_FUNCTION ? (char *)page : (char *)&page->tasks[page->count];
    struct osft_span span;
    jsmn_parser parser;
    jsmntok_t token;
    int64_t n = 0;
    int is_string;

    /* The grammar check has found where a scalar begins and of which kind it is; jsmn's machinery for
     * arrays and objects would cost 0.4 KB of flash and never run. */
    is_string = *text == '"';
    jsmn_init(&parser);
    token.start = token.end = 0;
    if (is_string) {
        jsmn_parse_string(&parser, text, c->used - c->item, &token, 1);
    } else {
        jsmn_parse_primitive(&parser, text, c->used - c->item, &token, 1);
    }
    c->used = c->item;
    if (*text == 'n') {
        return; /* null says no more than absence does */
    }
    span.ptr = text;
    span.len = osft_unescape(text, text + token.start, (size_t)(token.end - token.start));
    text[span.len] = 0;
    if (!is_string || kind >= INTEGER) {
        n = osft_integer(text, span.len);
    }
    if (n < 0 || (kind == TEXT && !is_string) || (kind == PERCENT && n > 100)) {
        osft_wrong(c, c->part);
        return;
    }
    to += fields[c->part].offset;
    if (kind == PERCENT) {
        *(int32_t *)(void *)to = (int32_t)n;
    } else if (kind == INTEGER) {
        *(int64_t *)(void *)to = n;
    } else if (((struct osft_span *)(void *)to)->len == 0) { /* else: known from errors already */
        *(struct osft_span *)(void *)to = span;
        c->item = c->used += span.len + 1;
    }
}
