/* SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

#include <string.h>

#include "json.h"

enum member { FUNCTION, PROGRESS, STATUS, START, END, EXTEND, RUN, GENERATION, MEMBERS };

static const char *const members[MEMBERS] = {
    "functionName", "progress",   "status", "startTime",
    "endTime",      "extendInfo", "runId",  "generation"
};

static int is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Find the member of that name, in either spelling; MEMBERS: the name is unknown. */
static int find_member(struct osft_span name)
{
    int i;

    for (i = 0; i < MEMBERS && name.len; i++) {
        char first = is_upper(name.ptr[0]) ? (char)(name.ptr[0] | 32) : name.ptr[0];

        if (name.len == strlen(members[i]) && first == members[i][0] &&
            memcmp(name.ptr + 1, members[i] + 1, name.len - 1) == 0)
            return i;
    }
    return MEMBERS;
}

static enum ep_status status_of(struct osft_span text)
{
    if (ep_same(text, "success"))
        return EP_SUCCESS;
    if (ep_same(text, "failed"))
        return EP_FAILED;
    return ep_same(text, "running") ? EP_RUNNING : EP_OTHER;
}

static int parse_member(int member, struct osft_span value, struct ep_task *t)
{
    struct osft_span inner = value;
    int quoted = value.ptr[0] == '"';
    struct ep_text text = { NULL, 0, 0 };

    if (quoted) {
        inner.ptr++;
        inner.len -= 2;
    }
    switch (member) {
    case START: return ep_int64(inner, &t->start_ms);
    case END: return ep_int64(inner, &t->end_ms);
    case STATUS:
        if (!quoted)
            return -1;
        ep_json_unescape(value, &text);
        t->status = status_of(ep_span_of(&text));
        ep_free(&text);
        return 0;
    case GENERATION: t->generation = value; return value.ptr[0] == '{' || value.ptr[0] == '[';
    default: return 0;
    }
}

static int fail(struct ep_text *why, const char *what, const char *name)
{
    ep_puts(why, what);
    ep_puts(why, name);
    return -1;
}

int ep_task_parse(struct osft_span line, struct ep_task *t, struct ep_text *why)
{
    struct osft_span rest = line, name, value;
    unsigned seen = 0;
    size_t at;

    memset(t, 0, sizeof(*t));
    t->status = EP_OTHER;
    t->json = line;
    if (ep_json_check(line, &at)) {
        ep_putf(why, "not JSON at byte %lu", (unsigned long)at + 1);
        return -1;
    }
    while (rest.len && strchr(" \t\r", rest.ptr[0])) {
        rest.ptr++;
        rest.len--;
    }
    if (rest.ptr[0] != '{')
        return fail(why, "a line has to be one JSON object", "");
    while (ep_json_member(&rest, &name, &value)) {
        int member = find_member(name);

        if (member == MEMBERS)
            continue;
        if (seen >> member & 1)
            return fail(why, "there twice: ", members[member]);
        seen |= 1U << member;
        if (!ep_same(value, "null") && parse_member(member, value, t))
            return fail(why,
                        member == START || member == END ? "not a whole number: " : "bad value: ",
                        members[member]);
    }
    return 0;
}

void ep_put_name(const char *camel, int pascal, struct ep_text *out)
{
    char first = (char)(pascal ? camel[0] & ~32 : camel[0]);

    ep_puts(out, "\"");
    ep_put(out, &first, 1);
    ep_puts(out, camel + 1);
    ep_puts(out, "\":");
}

void ep_task_write(const struct ep_task *t, int pascal, const struct osft_span *function,
                   struct ep_text *out)
{
    struct osft_span rest = t->json, name, value;
    const char *comma = "{";

    while (ep_json_member(&rest, &name, &value)) {
        int member = find_member(name);

        ep_puts(out, comma);
        comma = ",";
        if (member == MEMBERS) {
            ep_puts(out, "\"");
            ep_put_span(out, name);
            ep_puts(out, "\":");
        } else {
            ep_put_name(members[member], pascal, out);
        }
        if (member == FUNCTION && function)
            ep_json_quote(*function, out);
        else
            ep_put_span(out, value);
    }
    ep_puts(out, comma[0] == '{' ? "{}" : "}");
}

int ep_task_is(const struct ep_task *t, struct osft_span generation)
{
    struct ep_text text = { NULL, 0, 0 };
    struct osft_span own = t->generation;
    int same;

    if (own.len == 0)
        return 0;
    if (own.ptr[0] == '"' && !memchr(own.ptr, '\\', own.len)) {
        own.ptr++;
        own.len -= 2;
    } else if (own.ptr[0] == '"') {
        ep_json_unescape(own, &text);
        own = ep_span_of(&text);
    }
    same = own.len == generation.len && memcmp(own.ptr, generation.ptr, own.len) == 0;
    ep_free(&text);
    return same;
}

static int refuse_parameter(struct ep_refusal *why, const char *name)
{
    ep_refuse(why, 400, "InvalidParameter", "The specified parameter is not valid: ");
    ep_puts(&why->message, name);
    return -1;
}

/* Parse a number of the query. Returns 1, 0 when name is not given, or -1 when its value is not
 * valid. */
static int parse_number(const struct ep_query *q, const char *name, int64_t least, int64_t most,
                        int64_t *value, struct ep_refusal *why)
{
    struct osft_span text = { "", 0 };
    size_t found = ep_query_find(q, name, &text);

    if (found == 0)
        return 0;
    if (found > 1 || ep_int64(text, value) || *value < least || *value > most)
        return refuse_parameter(why, name);
    return 1;
}

int ep_filter_parse(const struct ep_query *q, struct ep_filter *f, struct ep_refusal *why)
{
    struct osft_span status = { "", 0 };

    memset(f, 0, sizeof(*f));
    f->page = f->size = 1;
    f->has_start = parse_number(q, "startTime", INT64_MIN, INT64_MAX, &f->start_ms, why);
    if (f->has_start < 0)
        return -1;
    f->has_end = parse_number(q, "endTime", INT64_MIN, INT64_MAX, &f->end_ms, why);
    if (f->has_end < 0)
        return -1;
    if (parse_number(q, "pageNumber", 1, INT32_MAX, &f->page, why) < 0 ||
        parse_number(q, "pageSize", 1, INT32_MAX, &f->size, why) < 0)
        return -1;
    if (ep_query_find(q, "status", &status) > 1)
        return refuse_parameter(why, "status");
    f->status = status.len ? status_of(status) : EP_ANY;
    return f->status == EP_OTHER ? refuse_parameter(why, "status") : 0;
}

int ep_filter_any(const struct ep_filter *f)
{
    return f->status == EP_ANY && !f->has_start && !f->has_end;
}

int ep_filter_match(const struct ep_filter *f, const struct ep_task *t)
{
    if (f->status != EP_ANY && f->status != t->status)
        return 0;
    if (f->has_start && t->start_ms <= f->start_ms)
        return 0;
    return !f->has_end || (t->end_ms != 0 && t->end_ms < f->end_ms);
}
