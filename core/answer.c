/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "answer.h"
#include "json.h"
#include "tasks.h"
#include "text.h"

OSFT_STATIC_ASSERT(OSFT_UNKNOWN == -1, unknown_must_be_all_ones);

static const char names[] = "code\0message\0"
                            "status\0requestId\0httpCode\0totalCount\0latency\0result\0errors\0"
                            "functionName\0status\0runId\0extendInfo\0generation\0startTime\0"
                            "endTime\0progress";

/* camelCase and PascalCase differ in the case of the first letter only. */
static unsigned member_named(const char *name, size_t len, unsigned from, unsigned to)
{
    return from + osft_find(osft_nth(names, from), to - from, name, len);
}

void osft_wrong(struct osft_client *c, unsigned member)
{
    c->is_wrong = 1;
    c->why = OSFT_E_ANSWER;
    c->page->member = osft_nth(names, member);
}

void osft_answer_init(struct osft_client *c, struct osft_page *page, int one)
{
    memset(&page->count, 0, sizeof(*page) - offsetof(struct osft_page, count));
    memset(&page->total, 0xff, 3 * sizeof(page->total)); /* total, latency_ms, http_code: unknown */
    memset(&c->state, 0, sizeof(*c) - offsetof(struct osft_client, state));
    c->json.state = OSFT_J_VALUE; /* else it begins with all 0, too */
    c->page = page;
    c->one = (uint8_t)one;
    c->member = c->part = OSFT_M_RESULT;
}

/* Give up the task or member being read, and count what would have been stored of it. */
static void pass_over(struct osft_client *c)
{
    c->lost += 2; /* this byte, and the NUL of a number */
    c->used = c->item;
    c->counting = 1;
    c->skip = c->level;
    if (c->level != 1) {
        c->skip--;
        c->level = 1;
    }
}

static void store(struct osft_client *c, uint8_t b)
{
    /* Two bytes stay free: the NUL of a number, and one to receive into. */
    if (c->used + 2 < c->size) {
        c->mem[c->used++] = (char)b;
        if (c->page->need <= c->used + 1) {
            c->page->need = c->used + 2;
        }
        c->lost += c->why != 0; /* with room, it would stand behind what did not fit */
    } else {
        c->why = OSFT_E_SPACE;
        pass_over(c);
    }
}

/* A name is complete, quotes included: remember whose value comes, or pass over an unknown one. */
static void name_end(struct osft_client *c)
{
    char *name = c->mem + c->item;
    size_t len = osft_unescape(name, name + 1, c->used - c->item - 2);
    unsigned from = 0, to = OSFT_ENVELOPE_MEMBERS, member, bit;

    if (c->level != 1) {
        to = OSFT_ERROR_MEMBERS;
        if (c->member == OSFT_M_RESULT) {
            from = OSFT_M_FUNCTION;
            to = OSFT_MEMBERS;
        }
    }
    member = member_named(name, len, from, to);
    c->used = c->item;
    if (member == to) {
        c->skip = c->level;
        return;
    }
    c->part = (uint8_t)member;
    if (c->level == 1) {
        c->member = (uint8_t)member;
    }
    /* An error's members have bits of their own. */
    bit = 1U << (to == OSFT_ERROR_MEMBERS ? OSFT_MEMBERS + member : member);
    if (c->had & bit) {
        osft_wrong(c, member); /* said twice: which one counts? */
    }
    c->had |= bit;
}

/* A task or error begins. */
static void element(struct osft_client *c)
{
    struct osft_page *page = c->page;
    unsigned leave_out = c->has_errors; /* the first says it */

    c->had &= (1U << OSFT_ENVELOPE_MEMBERS) - 1;
    if (c->member == OSFT_M_ERRORS) {
        c->has_errors = 1;
    } else {
        page->seen++;
        if (page->seen > page->max) {
            c->why = OSFT_E_TASKS;
        }
        leave_out = c->why != 0;
    }
    if (leave_out) {
        pass_over(c);
    } else if (c->member == OSFT_M_RESULT) {
        struct osft_task *task = &page->tasks[page->count];
        memset(task, 0, sizeof(*task));
        memset(task, 0xff, offsetof(struct osft_task, function)); /* the numbers: unknown */
    }
}

/* { or [ */
static void begin(struct osft_client *c, uint8_t b)
{
    unsigned depth = c->json.depth;
    unsigned wants = '{'; /* the envelope, and elements */
    unsigned member = c->member;

    if (depth == 2) {
        /* Only these two members hold more than a scalar. */
        wants = member == OSFT_M_RESULT && c->one ? '{' : member >= OSFT_M_RESULT ? '[' : 0;
        c->has_result |= member == OSFT_M_RESULT;
    } else if (depth == c->level + 1U) {
        member = c->part; /* of a task or error, whose members are all scalars */
        wants = depth == 1 ? '{' : 0;
    }
    if (b != wants) {
        osft_wrong(c, member);
    } else if (b == '{') {
        c->level = (uint8_t)depth;
        if (depth != 1) {
            element(c);
        }
    }
}

/* A comma or what closes. */
static void end(struct osft_client *c)
{
    if (c->used != c->item) {
        osft_field(c);
    }
    if (c->json.depth < c->level) { /* the object is over */
        /* Counted when its last byte has come, and whole. */
        if (c->level != 1 && c->member == OSFT_M_RESULT && !c->is_wrong) {
            c->page->count++;
        }
        c->level = 1;
    }
}

/* The first byte of a string, number or literal where there is more to it than storing it. */
static void odd_scalar(struct osft_client *c, uint8_t b)
{
    if (b == 'n' && c->level == c->json.depth) {
        c->skip = c->level; /* null says no more than absence does */
    } else {
        osft_wrong(c, c->member);
    }
}

/* What a byte that is not passed over does. */
static void take(struct osft_client *c, int event, uint8_t b)
{
    if (event == OSFT_JSON_BEGIN) {
        begin(c, b);
    } else if (event >= OSFT_JSON_END) {
        end(c);
    } else if (event == OSFT_JSON_SCALAR &&
               (c->json.depth != c->level || (uint8_t)(c->part - OSFT_M_RESULT) < 2)) {
        odd_scalar(c, b);
    } else if (b != ':' || c->used != c->item) { /* the colon after a name is not stored */
        store(c, b);
        if (event == OSFT_JSON_NAME_END && c->skip == 0) {
            name_end(c);
        }
    }
}

int osft_answer_byte(struct osft_client *c, uint8_t b)
{
    int event = osft_json_byte(&c->json, b);
    unsigned depth = c->json.depth;

    if (event < 0) {
        return b == '<' && osft_json_empty(&c->json) ? OSFT_E_HTML : event;
    }
    c->page->offset++;
    if ((event == OSFT_JSON_COMMA && depth == c->skip) ||
        (event == OSFT_JSON_END && depth < c->skip)) {
        c->skip = c->counting = 0;
    }
    if (event != OSFT_JSON_SPACE && !c->is_wrong) {
        if (c->skip != 0) {
            c->lost += c->counting;
        } else {
            take(c, event, b);
        }
    }
    return OSFT_OK;
}

int osft_answer_end(struct osft_client *c)
{
    struct osft_page *page = c->page;

    if (osft_json_empty(&c->json)) {
        return OSFT_E_EMPTY;
    }
    if (!osft_json_complete(&c->json)) {
        return OSFT_E_JSON;
    }
    page->need += c->lost;
    if (page->http_status >= 400 || (int32_t)page->http_code >= 400 || c->has_errors ||
        osft_find("FAIL", 1, page->status.ptr, page->status.len) == 0 ||
        (page->code.len != 0 && osft_find("200\0OK", 2, page->code.ptr, page->code.len) == 2)) {
        return OSFT_E_REFUSED;
    }
    if (c->why == 0 && !c->has_result && page->total != 0) {
        osft_wrong(c, OSFT_M_RESULT);
    }
    return c->why;
}
