/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "tasks.h"
#include "text.h"

#define JSMN_STATIC
#define JSMN_PARENT_LINKS /* without it, hostile text costs quadratic time */
#include <jsmn.h>

/* A name and a value for each member of a task: the caller refuses repeated names and leaves out
 * unknown ones, so there are never more. */
#define TOKENS (2 * OSFT_TASK_MEMBERS)

enum kind { TEXT, TEXT_OR_INTEGER, INTEGER, PERCENT, NOTHING };

static const char names[] = "functionName\0status\0runId\0extendInfo\0generation\0startTime\0"
                            "endTime\0progress\0"
                            "status\0code\0message\0requestId\0httpCode\0totalCount\0latency\0"
                            "result\0errors";

#define TASK(kind, field) { kind, offsetof(struct osft_task, field) }
#define PAGE(kind, field) { kind, offsetof(struct osft_page, field) }
static const struct {
    uint8_t kind, offset;
} fields[] = {
    TASK(TEXT, function),           TASK(TEXT, status),
    TASK(TEXT, run_id),             TASK(TEXT, extend_info),
    TASK(TEXT_OR_INTEGER, generation), TASK(INTEGER, start_ms),
    TASK(INTEGER, end_ms),          TASK(PERCENT, progress),
    PAGE(TEXT_OR_INTEGER, status),  PAGE(TEXT_OR_INTEGER, code),
    PAGE(TEXT, message),            PAGE(TEXT_OR_INTEGER, request_id),
    PAGE(INTEGER, http_code),       PAGE(INTEGER, total),
    PAGE(INTEGER, latency_ms)
};

const char *osft_member_name(unsigned member)
{
    return osft_nth(names, member);
}

/* camelCase and PascalCase differ in the case of the first letter only. */
unsigned osft_member(const char *name, size_t len, unsigned from, unsigned to)
{
    return from + osft_find(osft_member_name(from), to - from, name, len);
}

/* One member. Returns the bytes of text kept at dst, or OSFT_E_ANSWER. */
static int field(unsigned member, void *base, char *dst, const char *src, size_t len, int is_string)
{
    char *to = (char *)base + fields[member].offset;
    unsigned kind = fields[member].kind;
    struct osft_span span;
    int64_t n = 0;

    if (!is_string && src[0] == 'n') {
        return 0; /* null says no more than absence does */
    }
    if (is_string) {
        len = osft_unescape(dst, src, len);
    } else {
        memmove(dst, src, len);
    }
    dst[len] = 0;
    if (kind >= INTEGER || !is_string) {
        n = osft_integer(dst, len);
    }
    if (n < 0 || (kind == TEXT && !is_string) || (kind == PERCENT && n > 100)) {
        return OSFT_E_ANSWER;
    }
    if (kind == PERCENT) {
        int32_t percent = (int32_t)n;
        memcpy(to, &percent, sizeof(percent));
        return 0;
    }
    if (kind == INTEGER) {
        memcpy(to, &n, sizeof(n));
        return 0;
    }
    memcpy(&span, to, sizeof(span));
    if (span.len != 0) {
        return 0; /* code and message, already known from errors */
    }
    span.ptr = dst;
    span.len = len;
    memcpy(to, &span, sizeof(span));
    return (int)len + 1;
}

int osft_fields(char *text, size_t len, struct osft_task *task, struct osft_page *page)
{
    jsmn_parser parser;
    jsmntok_t tokens[TOKENS];
    char *dst = text;
    int i, n;

    jsmn_init(&parser);
    n = jsmn_parse(&parser, text, len, tokens, TOKENS);
    for (i = 0; i + 1 < n; i += 2) {
        unsigned member = (unsigned)(uint8_t)text[tokens[i].start] - 'A';
        int kept = field(member, member < OSFT_TASK_MEMBERS ? (void *)task : (void *)page, dst,
                         text + tokens[i + 1].start,
                         (size_t)(tokens[i + 1].end - tokens[i + 1].start),
                         tokens[i + 1].type == JSMN_STRING);
        if (kept < 0) {
            page->member = osft_member_name(member);
            return kept;
        }
        dst += kept;
    }
    return (int)(dst - text);
}
