/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the members of a response's body, whose grammar is known to be right. */
#include "reader.h"

enum kind { TEXT, TEXT_OR_INTEGER, INTEGER, PER_CENT, LIST };

struct known {
    const char *name;
    enum kind kind;
    size_t offset; /* offset of the field in struct osft_reply or osft_task */
};

static const struct known envelope_members[] = {
    { "code", TEXT_OR_INTEGER, offsetof(struct osft_reply, code) },
    { "message", TEXT, offsetof(struct osft_reply, message) },
    { "status", TEXT_OR_INTEGER, offsetof(struct osft_reply, status) },
    { "requestId", TEXT_OR_INTEGER, offsetof(struct osft_reply, request_id) },
    { "httpCode", INTEGER, offsetof(struct osft_reply, http_code) },
    { "totalCount", INTEGER, offsetof(struct osft_reply, total) },
    { "latency", INTEGER, offsetof(struct osft_reply, latency_ms) },
    { "result", LIST, 0 },
    { "errors", LIST, 0 },
    { NULL, TEXT, 0 },
};
static const struct known task_members[] = {
    { "functionName", TEXT, offsetof(struct osft_task, function) },
    { "status", TEXT, offsetof(struct osft_task, status) },
    { "runId", TEXT, offsetof(struct osft_task, run_id) },
    { "extendInfo", TEXT, offsetof(struct osft_task, extend_info) },
    { "generation", TEXT_OR_INTEGER, offsetof(struct osft_task, generation) },
    { "startTime", INTEGER, offsetof(struct osft_task, start_ms) },
    { "endTime", INTEGER, offsetof(struct osft_task, end_ms) },
    { "progress", PER_CENT, offsetof(struct osft_task, progress) },
    { NULL, TEXT, 0 },
};

struct body {
    struct reading *reading;
    int expects_one, has_result, has_errors, is_response_wrong;
    int result; /* the result unless a member is wrong */
    size_t max;
};

static void skip_space(struct reader_cursor *cursor)
{
    while (memchr(" \t\n\r", *cursor->at, 4) != NULL) {
        cursor->at++;
    }
}

static void skip_string(struct reader_cursor *cursor)
{
    cursor->at++;
    while (*cursor->at != '"') {
        cursor->at += *cursor->at == '\\' ? 2 : 1;
    }
    cursor->at++;
}

struct osft_span reader_take_value(struct reader_cursor *cursor)
{
    struct osft_span value = { NULL, 0 };
    int depth = 0;

    skip_space(cursor);
    value.ptr = (const char *)cursor->at;
    do {
        uint8_t byte = *cursor->at;

        if (byte == '"') {
            skip_string(cursor);
        } else {
            depth += (byte == '{' || byte == '[') - (byte == '}' || byte == ']');
            cursor->at++;
            if (depth == 0 && byte != '}' && byte != ']') { /* the end of a number or a word */
                while (memchr(" \t\n\r,]}", *cursor->at, 8) == NULL) {
                    cursor->at++;
                }
            }
        }
    } while (depth > 0);
    value.len = (size_t)(cursor->at - (const uint8_t *)value.ptr);
    skip_space(cursor);
    return value;
}

struct reader_cursor reader_open(struct osft_span value)
{
    struct reader_cursor cursor = { (const uint8_t *)value.ptr + 1 };
    return cursor;
}

int reader_take_next(struct reader_cursor *cursor, struct osft_span *value)
{
    skip_space(cursor);
    if (*cursor->at == ',') {
        cursor->at++;
        skip_space(cursor);
    }
    if (*cursor->at == '}' || *cursor->at == ']') {
        return 0;
    }
    *value = reader_take_value(cursor);
    return 1;
}

static uint32_t read_hex4(const char *digits)
{
    char text[5];

    memcpy(text, digits, 4);
    text[4] = 0;
    return (uint32_t)strtoul(text, NULL, 16);
}

static size_t put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 + code / 64);
        out[1] = (char)(0x80 + code % 64);
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 + code / 4096);
        out[1] = (char)(0x80 + code / 64 % 64);
        out[2] = (char)(0x80 + code % 64);
        return 3;
    }
    out[0] = (char)(0xf0 + code / 262144);
    out[1] = (char)(0x80 + code / 4096 % 64);
    out[2] = (char)(0x80 + code / 64 % 64);
    out[3] = (char)(0x80 + code % 64);
    return 4;
}

size_t reader_unescape(char *out, struct osft_span value)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    size_t len = 0, i;

    if (value.ptr[0] != '"') {
        memcpy(out, value.ptr, value.len);
        return value.len;
    }
    for (i = 1; i + 1 < value.len; i++) {
        const char *letter;

        if (value.ptr[i] != '\\') {
            out[len++] = value.ptr[i];
            continue;
        }
        i++;
        letter = strchr(letters, value.ptr[i]);
        if (value.ptr[i] == 'u') {
            uint32_t code = read_hex4(value.ptr + i + 1);

            i += 4;
            if (code >= 0xd800 && code <= 0xdbff) {
                code = (code - 0xd800) * 1024 + read_hex4(value.ptr + i + 3) - 0xdc00 + 0x10000;
                i += 6;
            }
            len += put_utf8(out + len, code);
        } else {
            out[len++] = letter != NULL ? meanings[letter - letters] : value.ptr[i];
        }
    }
    return len;
}

/* Store the unescaped text of a scalar in the reading's memory, and return it. */
static struct osft_span store_text(struct reading *reading, struct osft_span value)
{
    char *out = reading->texts + reading->texts_used;
    struct osft_span text = { out, reader_unescape(out, value) };

    out[text.len] = 0;
    reading->texts_used += text.len + 1;
    return text;
}

/* Return the integer that a text writes in decimal digits; -1: it is not one, or does not fit. */
static int64_t integer_of(struct osft_span text)
{
    int64_t number = 0;
    size_t i;

    for (i = 0; i < text.len; i++) {
        int digit = text.ptr[i] - '0';

        if (digit < 0 || digit > 9 || text.len > 19 || number > (INT64_MAX - digit) / 10) {
            return -1;
        }
        number = number * 10 + digit;
    }
    return text.len != 0 ? number : -1;
}

/* Set a field to a scalar. Returns 0 when the scalar has the wrong type or range. */
static int set_field(struct reading *reading, char *fields, const struct known *known,
                     struct osft_span value)
{
    char *field = fields + known->offset;
    struct osft_span text;
    int64_t number;
    int is_string = value.ptr[0] == '"';

    if (value.ptr[0] == 'n') {
        return 1;
    }
    text = store_text(reading, value);
    number = integer_of(text);
    switch (known->kind) {
    case TEXT:
    case TEXT_OR_INTEGER:
        if (!is_string && (known->kind == TEXT || number < 0)) {
            return 0;
        }
        if (((struct osft_span *)(void *)field)->len == 0) {
            *(struct osft_span *)(void *)field = text;
        }
        return 1;
    case INTEGER:
        *(int64_t *)(void *)field = number >= 0 ? number : OSFT_UNKNOWN;
        return number >= 0;
    default:
        *(int32_t *)(void *)field = number >= 0 && number <= 100 ? (int32_t)number : OSFT_UNKNOWN;
        return number >= 0 && number <= 100;
    }
}

/* Return the known member of this name, in either spelling; NULL: it is not known. */
static const struct known *find_known(struct reading *reading, const struct known *list,
                                      struct osft_span quoted)
{
    size_t used = reading->texts_used;
    struct osft_span name = store_text(reading, quoted);

    reading->texts_used = used;
    for (; list->name != NULL; list++) {
        if (name.len == strlen(list->name) &&
            (name.ptr[0] == list->name[0] || name.ptr[0] == list->name[0] - 'a' + 'A') &&
            memcmp(name.ptr + 1, list->name + 1, name.len - 1) == 0) {
            return list;
        }
    }
    return NULL;
}

static int is_container(struct osft_span value)
{
    return value.ptr[0] == '{' || value.ptr[0] == '[';
}

static void refuse(struct body *body, const char *member)
{
    if (!body->is_response_wrong) {
        body->is_response_wrong = 1;
        body->reading->member = member;
    }
}

/* Fill in *task. Returns NULL, or the member for which the task is left out; a wrong member that
 * comes first in the text counts. */
static const char *read_task(struct reading *reading, struct osft_span value,
                             struct osft_task *task)
{
    const char *seen_early = NULL, *bad_value = NULL;
    struct reader_cursor cursor = reader_open(value);
    struct osft_span name, member;
    unsigned seen = 0;

    while (reader_take_next(&cursor, &name)) {
        const struct known *known = find_known(reading, task_members, name);
        unsigned bit = known != NULL ? 1U << (known - task_members) : 0;

        cursor.at++; /* skips the colon */
        member = reader_take_value(&cursor);
        if (known == NULL) {
            continue;
        }
        if (is_container(member) || (seen & bit) != 0) {
            seen_early = seen_early != NULL ? seen_early : known->name;
        } else if (!set_field(reading, (char *)task, known, member) && bad_value == NULL) {
            bad_value = known->name;
        }
        seen |= bit;
    }
    return seen_early != NULL ? seen_early : bad_value;
}

static void read_element(struct body *body, struct osft_span value)
{
    struct reading *reading = body->reading;
    struct osft_task task;
    const char *blamed = "result";

    reading->reply.tasks++;
    if (reading->count >= body->max) {
        if (body->result == OSFT_OK || body->result == OSFT_E_BAD_TASK) {
            body->result = OSFT_E_TASKS;
        }
        return;
    }
    memset(&task, 0, sizeof(task));
    task.start_ms = task.end_ms = task.progress = OSFT_UNKNOWN;
    task.index = reading->reply.tasks - 1;
    if (value.ptr[0] == '{') {
        blamed = read_task(reading, value, &task);
    }
    if (blamed == NULL) {
        if (reading->count < READER_TASKS) {
            reading->tasks[reading->count] = task;
        }
        reading->count++;
        return;
    }
    if (reading->reply.left_out++ == 0) {
        reading->first_omission.reason = OSFT_E_BAD_TASK;
        reading->first_omission.member = blamed;
        reading->first_omission.task = task;
    }
    if (body->result == OSFT_OK) {
        body->result = OSFT_E_BAD_TASK;
    }
}

static void read_error(struct body *body, struct osft_span value)
{
    struct reading *reading = body->reading;
    struct reader_cursor cursor = reader_open(value);
    struct osft_span name, member;

    if (body->has_errors) {
        return;
    }
    body->has_errors = 1;
    while (reader_take_next(&cursor, &name)) {
        const struct known *known = find_known(reading, envelope_members, name);

        cursor.at++;
        member = reader_take_value(&cursor);
        if (known == NULL || known - envelope_members > 1) { /* only code and message */
            continue;
        }
        if (is_container(member)) {
            refuse(body, known->name);
        } else {
            (void)set_field(reading, (char *)&reading->reply, known, member);
        }
    }
}

static void read_list(struct body *body, const struct known *known, struct osft_span value)
{
    int is_result = strcmp(known->name, "result") == 0;
    struct reader_cursor cursor;
    struct osft_span element;

    if (value.ptr[0] == 'n') {
        return;
    }
    body->has_result |= is_result;
    if (value.ptr[0] != (is_result && body->expects_one ? '{' : '[')) {
        refuse(body, known->name);
    } else if (value.ptr[0] == '{') {
        read_element(body, value);
    } else {
        cursor = reader_open(value);
        while (reader_take_next(&cursor, &element)) {
            if (is_result) {
                read_element(body, element);
            } else if (element.ptr[0] == '{') {
                read_error(body, element);
            } else {
                refuse(body, "errors");
            }
        }
    }
}

static void read_envelope(struct body *body, struct osft_span value)
{
    struct reading *reading = body->reading;
    struct reader_cursor cursor = reader_open(value);
    struct osft_span name, member;
    unsigned seen = 0;

    while (reader_take_next(&cursor, &name)) {
        const struct known *known = find_known(reading, envelope_members, name);
        unsigned bit = known != NULL ? 1U << (known - envelope_members) : 0;

        cursor.at++;
        member = reader_take_value(&cursor);
        if (known == NULL) {
            continue;
        }
        if ((seen & bit) != 0) {
            refuse(body, known->name);
        } else if (known->kind == LIST) {
            read_list(body, known, member);
        } else if (is_container(member) ||
                   !set_field(reading, (char *)&reading->reply, known, member)) {
            refuse(body, known->name);
        }
        seen |= bit;
    }
}

/* Whether a text is this word, in any case of its letters. */
static int is_word(struct osft_span text, const char *word)
{
    size_t i;

    for (i = 0; i < text.len && word[i] != 0; i++) {
        if ((text.ptr[i] | ('A' <= text.ptr[i] && text.ptr[i] <= 'Z' ? 0x20 : 0)) != word[i]) {
            return 0;
        }
    }
    return i == text.len && word[i] == 0;
}

static int is_refused(const struct body *body, int http_status)
{
    const struct osft_reply *reply = &body->reading->reply;

    return http_status >= 400 || reply->http_code >= 400 || body->has_errors ||
           is_word(reply->status, "fail") ||
           (reply->code.len != 0 && !is_word(reply->code, "200") && !is_word(reply->code, "ok"));
}

static int get_result(struct body *body, int http_status)
{
    if (is_refused(body, http_status)) {
        return OSFT_E_REFUSED;
    }
    if (body->result == OSFT_OK && !body->has_result && body->reading->reply.total != 0) {
        refuse(body, "result");
    }
    return body->is_response_wrong ? OSFT_E_RESPONSE : body->result;
}

void reader_read(struct reading *reading, const void *bytes, size_t len, int expects_one,
                 size_t max, int http_status)
{
    struct body body = { reading, expects_one, 0, 0, 0, OSFT_OK, max };
    struct reader_cursor cursor = { NULL };
    size_t space = 0;
    char *text;

    memset(reading, 0, sizeof(*reading));
    reading->reply.total = reading->reply.latency_ms = reading->reply.http_code = OSFT_UNKNOWN;
    while (space < len && memchr(" \t\n\r", ((const char *)bytes)[space], 4) != NULL) {
        space++;
    }
    reading->result = reader_check(bytes, len, OSFT_JSON_DEPTH, &reading->offset);
    reading->is_json = reading->result == OSFT_OK;
    reading->is_cut = reading->result == OSFT_E_JSON && reading->offset == len && space < len;
    if (space == len) {
        reading->result = OSFT_E_EMPTY;
    } else if (reading->result == OSFT_E_JSON && ((const char *)bytes)[space] == '<') {
        reading->result = OSFT_E_HTML;
    } else if (reading->result != OSFT_OK && http_status >= 400) {
        reading->result = OSFT_E_REFUSED;
    }
    if (!reading->is_json) {
        return;
    }
    reading->texts = malloc(len + 2);
    text = malloc(len + 1);
    FUZZ_CHECK(text != NULL && reading->texts != NULL);
    memcpy(text, bytes, len);
    text[len] = 0; /* ends a number at the end of the body */
    cursor.at = (const uint8_t *)text;
    if (text[space] == '{') {
        read_envelope(&body, reader_take_value(&cursor));
    } else {
        refuse(&body, "result");
    }
    reading->result = get_result(&body, http_status);
    free(text);
}

void reader_free(struct reading *reading)
{
    free(reading->texts);
}
