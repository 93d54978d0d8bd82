/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "tasks.h"
#include "text.h"

#define JSMN_STATIC
#define JSMN_PARENT_LINKS /* without them, hostile text costs quadratic time */
#include <jsmn.h>

/* The kinds of values that members have. A LIST is no scalar; response.c reads its elements. */
enum kind { TEXT, TEXT_OR_INTEGER, INTEGER, PER_CENT, LIST };

#define IN_REPLY(field) offsetof(struct osft_reply, field)
#define IN_TASK(field)  offsetof(struct osft_task, field)
#define MEMBER(name, kind, offset)           \
    {                                        \
        name, sizeof(name) - 1, kind, offset \
    }
static const struct {
    char name[13];
    uint8_t name_length;
    uint8_t kind;
    uint8_t offset; /* of the field, in struct osft_reply or struct osft_task */
} members[OSFT_MEMBERS] = {
    [OSFT_MEMBER_CODE] = MEMBER("code", TEXT_OR_INTEGER, IN_REPLY(code)),
    [OSFT_MEMBER_MESSAGE] = MEMBER("message", TEXT, IN_REPLY(message)),
    [OSFT_MEMBER_ENVELOPE_STATUS] = MEMBER("status", TEXT_OR_INTEGER, IN_REPLY(status)),
    [OSFT_MEMBER_REQUEST_ID] = MEMBER("requestId", TEXT_OR_INTEGER, IN_REPLY(request_id)),
    [OSFT_MEMBER_HTTP_CODE] = MEMBER("httpCode", INTEGER, IN_REPLY(http_code)),
    [OSFT_MEMBER_TOTAL_COUNT] = MEMBER("totalCount", INTEGER, IN_REPLY(total)),
    [OSFT_MEMBER_LATENCY] = MEMBER("latency", INTEGER, IN_REPLY(latency_ms)),
    [OSFT_MEMBER_RESULT] = MEMBER("result", LIST, 0),
    [OSFT_MEMBER_ERRORS] = MEMBER("errors", LIST, 0),
    [OSFT_MEMBER_FUNCTION_NAME] = MEMBER("functionName", TEXT, IN_TASK(function)),
    [OSFT_MEMBER_STATUS] = MEMBER("status", TEXT, IN_TASK(status)),
    [OSFT_MEMBER_RUN_ID] = MEMBER("runId", TEXT, IN_TASK(run_id)),
    [OSFT_MEMBER_EXTEND_INFO] = MEMBER("extendInfo", TEXT, IN_TASK(extend_info)),
    [OSFT_MEMBER_GENERATION] = MEMBER("generation", TEXT_OR_INTEGER, IN_TASK(generation)),
    [OSFT_MEMBER_START_TIME] = MEMBER("startTime", INTEGER, IN_TASK(start_ms)),
    [OSFT_MEMBER_END_TIME] = MEMBER("endTime", INTEGER, IN_TASK(end_ms)),
    [OSFT_MEMBER_PROGRESS] = MEMBER("progress", PER_CENT, IN_TASK(progress)),
};

unsigned osft_find_member(unsigned place, const char *name, size_t len)
{
    unsigned i = OSFT_MEMBER_CODE, end = OSFT_MEMBER_FUNCTION_NAME;

    if (place == OSFT_IN_TASK) {
        i = OSFT_MEMBER_FUNCTION_NAME;
        end = OSFT_MEMBERS;
    } else if (place == OSFT_IN_ERROR) {
        end = OSFT_MEMBER_ENVELOPE_STATUS;
    }
    for (; i < end; i++) {
        /* camelCase and PascalCase differ in the case of the first letter only. */
        if (len == members[i].name_length && (name[0] | 0x20) == members[i].name[0] &&
            memcmp(name + 1, members[i].name + 1, len - 1) == 0) {
            return i;
        }
    }
    return OSFT_MEMBERS;
}

const char *osft_member_name(unsigned member)
{
    return members[member].name;
}

/* Set an integer field. Returns 0 when the number cannot be used. */
static int set_integer_field(char *field, unsigned kind, int64_t number)
{
    if (number < 0 || (kind == PER_CENT && number > 100)) {
        return 0;
    }
    if (kind == PER_CENT) {
        *(int32_t *)(void *)field = (int32_t)number;
    } else {
        *(int64_t *)(void *)field = number;
    }
    return 1;
}

/* Set a field of a task or the reply from its JSON value. The text is moved to response->used,
 * which never lies behind the value. Returns 0 when the value cannot be used. */
static int set_field(struct osft_response *response, char *fields, unsigned member,
                     const char *json, const jsmntok_t *value)
{
    unsigned kind = members[member].kind;
    int is_string = value->type == JSMN_STRING;
    char *field = fields + members[member].offset;
    char *write = response->buffer + response->used;
    struct osft_span text, *span;
    int64_t number;

    if (!is_string && json[value->start] == 'n') {
        return 1; /* null counts as absent */
    }
    text.ptr = write;
    text.len = osft_unescape(write, json + value->start, (size_t)(value->end - value->start));
    write[text.len] = 0;
    number = osft_parse_integer(text.ptr, text.len);
    if (kind >= INTEGER) {
        return set_integer_field(field, kind, number);
    }
    if (!is_string && (kind == TEXT || number < 0)) {
        return 0;
    }
    span = (struct osft_span *)(void *)field;
    if (span->len == 0) { /* otherwise an error has set the field */
        *span = text;
        response->used += text.len + 1;
    }
    return 1;
}

unsigned osft_read_members(struct osft_response *response, size_t start, struct osft_task *task)
{
    const char *json = response->buffer + start;
    unsigned place = task != NULL ? OSFT_IN_TASK : OSFT_IN_ENVELOPE, bad_member = OSFT_MEMBERS;
    char *fields = task != NULL ? (char *)task : (char *)response->reply;
    jsmn_parser parser;
    jsmntok_t tokens[2 * OSFT_TASK_MEMBERS]; /* 320 bytes of stack on 32-bit devices */
    int count, i;

    jsmn_init(&parser);
    count = jsmn_parse(&parser, json, response->used - start, tokens,
                       sizeof(tokens) / sizeof(tokens[0]));
    response->used = start;
    for (i = 0; i + 1 < count; i += 2) { /* names and values take turns */
        const jsmntok_t *name = &tokens[i];
        unsigned member =
            osft_find_member(place, json + name->start, (size_t)(name->end - name->start));
        if (!set_field(response, fields, member, json, name + 1) && bad_member == OSFT_MEMBERS) {
            bad_member = member;
        }
    }
    return bad_member;
}

enum osft_state osft_task_state(const struct osft_task *task)
{
    static const char names[][8] = { "success", "failed", "running" };
    unsigned i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (task->status.len == strlen(names[i]) &&
            memcmp(task->status.ptr, names[i], task->status.len) == 0) {
            return (enum osft_state)(OSFT_SUCCESS + i);
        }
    }
    return OSFT_STATE_OTHER;
}
