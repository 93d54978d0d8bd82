/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "answer.h"
#include "json.h"
#include "tasks.h"
#include "unescape.h"

enum {
    ONE = 1,        /* result is one object */
    NO_ROOM = 2,    /* a task did not fit, so no later one is taken either */
    TOO_MANY = 4,   /* the array is full */
    LOSING = 8,     /* the item being read is not stored, only counted */
    HAS_RESULT = 16,
    HAS_ERRORS = 32
};

void osft_answer_init(struct osft_answer *a, int one)
{
    memset(a, 0, sizeof(*a));
    osft_json_init(&a->json);
    a->flags = one ? ONE : 0;
}

void osft_page_clear(struct osft_page *page)
{
    struct osft_task *tasks = page->tasks;
    size_t max = page->max;

    memset(page, 0, sizeof(*page));
    page->tasks = tasks;
    page->max = max;
    page->total = page->latency_ms = page->http_code = OSFT_UNKNOWN;
}

static void wrong(struct osft_answer *a, struct osft_page *page, unsigned member)
{
    a->error = OSFT_E_ANSWER;
    page->member = osft_member_name(member);
}

static void store(struct osft_answer *a, struct osft_work *work, uint8_t b)
{
    /* One byte stays free, so that there is always room to receive into. */
    if (a->flags & LOSING) {
        a->lost++;
    } else if (work->used + 1 < work->size) {
        work->mem[work->used++] = (char)b;
    } else {
        a->lost += work->used - a->item + 1;
        work->used = a->item;
        a->flags |= LOSING | NO_ROOM;
    }
}

static void begin_item(struct osft_answer *a, const struct osft_work *work)
{
    a->item = work->used;
    a->item_had = 0;
    a->flags &= (uint8_t)~LOSING;
}

/* A name is complete: replace it by its letter, or give up the member when it is unknown. */
static void name_end(struct osft_answer *a, struct osft_work *work, struct osft_page *page)
{
    char *name = work->mem + a->name + 1;
    size_t len = osft_unescape(name, name, work->used - a->name - 2);
    int is_task = a->json.depth != 1 && a->member == OSFT_M_RESULT;
    unsigned to = is_task ? OSFT_TASK_MEMBERS : a->json.depth == 1 ? OSFT_MEMBERS : OSFT_M_REQUEST_ID;
    unsigned member = osft_member(name, len, is_task ? 0 : OSFT_TASK_MEMBERS, to);
    uint32_t *had = a->json.depth == 1 ? &a->had : &a->item_had;

    if (member == to) {
        work->used = a->name;
        a->skip = a->json.depth;
        return;
    }
    if (*had >> member & 1) {
        wrong(a, page, member); /* said twice: which one counts? */
    }
    *had |= 1U << member;
    a->part = (uint8_t)member;
    if (a->json.depth == 1) {
        a->member = (uint8_t)member;
    }
    name[0] = (char)('A' + member);
    name[1] = '"';
    work->used = a->name + 3;
}

/* What was collected goes to tasks.c; what that keeps stays. */
static void item_end(struct osft_answer *a, struct osft_work *work, struct osft_page *page,
                     struct osft_task *task)
{
    if (!(a->flags & LOSING) && work->used > a->item) {
        int kept = osft_fields(work->mem + a->item, work->used - a->item, task, page);
        if (page->need < work->used + 1) {
            page->need = work->used + 1;
        }
        work->used = a->item;
        if (kept < 0) {
            a->error = (int8_t)kept;
        } else {
            work->used += (size_t)kept;
            page->count += task != NULL;
        }
    }
    begin_item(a, work);
}

static struct osft_task *next_task(struct osft_page *page)
{
    struct osft_task *task = &page->tasks[page->count];
    memset(task, 0, sizeof(*task));
    task->start_ms = task->end_ms = task->progress = OSFT_UNKNOWN;
    return task;
}

/* { or [: of the answer, of a member's value, of a task or error, or where none may be. */
static void begin(struct osft_answer *a, struct osft_work *work, struct osft_page *page, uint8_t b)
{
    unsigned depth = a->json.depth;

    if (depth == 1 && b == '{') {
        begin_item(a, work);
    } else if (depth == 2 && a->member >= OSFT_M_RESULT &&
               b == ((a->flags & ONE) && a->member == OSFT_M_RESULT ? '{' : '[')) {
        work->used = a->item; /* the member's name has done its part */
        a->inner = b == '{' ? 2 : 3;
        a->flags |= a->member == OSFT_M_RESULT ? HAS_RESULT : 0;
    } else if (depth != a->inner || b != '{') {
        wrong(a, page, depth == 1 ? OSFT_M_RESULT : depth > a->inner ? a->part : a->member);
    }
    if (a->error != 0 || depth != a->inner) {
        return;
    }
    begin_item(a, work);
    if (a->member == OSFT_M_ERRORS) {
        a->skip = a->flags & HAS_ERRORS ? 2 : 0; /* the first says it */
        a->flags |= HAS_ERRORS;
    } else {
        page->seen++;
        if (page->seen > page->max) {
            a->flags |= TOO_MANY;
        }
        a->flags |= a->flags & (TOO_MANY | NO_ROOM) ? LOSING : 0;
    }
    store(a, work, b);
}

static void end(struct osft_answer *a, struct osft_work *work, struct osft_page *page, uint8_t b)
{
    unsigned depth = a->json.depth;

    if (depth == 0) {
        item_end(a, work, page, NULL);
        return;
    }
    if (depth + 1 == a->inner) {
        int is_task = a->member == OSFT_M_RESULT;
        store(a, work, b);
        item_end(a, work, page, is_task && !(a->flags & LOSING) ? next_task(page) : NULL);
    }
    if (depth == 1) {
        a->inner = 0;
    }
}

/* The first byte of a string, number or literal. */
static void scalar(struct osft_answer *a, struct osft_work *work, struct osft_page *page, uint8_t b)
{
    unsigned depth = a->json.depth;

    if (depth == 0) {
        wrong(a, page, OSFT_M_RESULT);
    } else if (depth == 1 && a->member >= OSFT_M_RESULT && b == 'n') {
        work->used = a->item;
        a->skip = 1;
    } else if ((depth == 1 && a->member >= OSFT_M_RESULT) || (depth != 1 && depth != a->inner)) {
        wrong(a, page, a->member);
    } else {
        store(a, work, b);
    }
}

int osft_answer_byte(struct osft_answer *a, struct osft_work *work, struct osft_page *page,
                     uint8_t b)
{
    int at_start = a->json.depth == 0 && a->json.state == OSFT_J_VALUE;
    int event = osft_json_byte(&a->json, b);
    unsigned depth = a->json.depth;

    if (event < 0) {
        page->expected = a->json.state;
        return at_start && b == '<' ? OSFT_E_HTML : event;
    }
    page->offset++;
    if (a->skip != 0 && ((event == OSFT_JSON_COMMA && depth == a->skip) ||
                         (event == OSFT_JSON_END && depth < a->skip))) {
        a->skip = 0;
    }
    if (a->skip != 0 || a->error != 0) {
        return OSFT_OK;
    }
    if ((a->flags & LOSING) && a->inner != 0 && depth >= a->inner && event != OSFT_JSON_SPACE) {
        a->lost++;
        return OSFT_OK;
    }
    switch (event) {
    case OSFT_JSON_SPACE: break;
    case OSFT_JSON_BEGIN: begin(a, work, page, b); break;
    case OSFT_JSON_END: end(a, work, page, b); break;
    case OSFT_JSON_SCALAR: scalar(a, work, page, b); break;
    case OSFT_JSON_COMMA:
        if (depth == 1) {
            item_end(a, work, page, NULL);
        } else if (depth == a->inner) {
            store(a, work, b);
        }
        break;
    case OSFT_JSON_NAME:
        a->name = work->used;
        store(a, work, b);
        break;
    default:
        store(a, work, b);
        if (event == OSFT_JSON_NAME_END && !(a->flags & LOSING)) {
            name_end(a, work, page);
        }
        break;
    }
    return OSFT_OK;
}

static int is_text(const struct osft_span *s, const char *text)
{
    return s->len == strlen(text) && memcmp(s->ptr, text, s->len) == 0;
}

int osft_answer_end(const struct osft_answer *a, struct osft_page *page)
{
    if (!osft_json_complete(&a->json)) {
        page->expected = a->json.state;
        return a->json.depth == 0 && a->json.state == OSFT_J_VALUE ? OSFT_E_EMPTY : OSFT_E_JSON;
    }
    page->need += a->lost;
    if (page->http_status >= 400 || page->http_code >= 400 || (a->flags & HAS_ERRORS) ||
        is_text(&page->status, "FAIL") ||
        (page->code.len != 0 && !is_text(&page->code, "200") && !is_text(&page->code, "OK"))) {
        return OSFT_E_REFUSED;
    }
    if (a->error != 0) {
        return a->error;
    }
    if (a->flags & NO_ROOM) {
        return OSFT_E_SPACE;
    }
    if (a->flags & TOO_MANY) {
        return OSFT_E_TASKS;
    }
    if (!(a->flags & HAS_RESULT) && page->total != 0) {
        page->member = osft_member_name(OSFT_M_RESULT);
        return OSFT_E_ANSWER;
    }
    return OSFT_OK;
}
