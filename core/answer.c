/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "answer.h"
#include "json.h"
#include "tasks.h"
#include "text.h"

/* flags */
enum {
    ONE = 1,      /* result is one object */
    NO_ROOM = 2,  /* something did not fit, so no later task is taken either */
    TOO_MANY = 4, /* the array is full */
    HAS_RESULT = 8,
    HAS_ERRORS = 16,
    COUNTING = 32 /* what is passed over would have been stored, had there been room */
};

/* where */
enum {
    TOP,     /* before the envelope */
    MEMBERS, /* in the envelope, a task or an error */
    ELEMENTS /* in the array of tasks or errors */
};

void osft_answer_init(struct osft_client *c, struct osft_page *page, int one)
{
    struct osft_task *tasks = page->tasks;
    size_t max = page->max;

    memset(page, 0, sizeof(*page));
    page->tasks = tasks;
    page->max = max;
    page->total = page->latency_ms = page->http_code = OSFT_UNKNOWN;
    c->page = page;
    osft_json_init(&c->json);
    c->where = TOP;
    c->flags = one ? ONE : 0;
    c->skip = 0;
    c->error = 0;
    c->lost = 0;
    c->had[0] = 0;
    c->item = c->used;
    c->part = c->member = OSFT_M_RESULT;
}

/* Only the grammar matters from here on; the rest of the body may still tell of a service error. */
static void wrong(struct osft_client *c, unsigned member)
{
    c->error = OSFT_E_ANSWER;
    c->page->member = osft_member_name(member);
}

/* An object or array has ended, or is left: back to what lies around it. */
static void leave(struct osft_client *c, unsigned depth)
{
    c->where = depth <= 1 ? MEMBERS : ELEMENTS;
    c->part = c->member;
}

/* Give up the task or member being read, and count what would have been stored of it. */
static void pass_over(struct osft_client *c)
{
    c->lost += c->used - c->item + 1;
    c->used = c->item;
    c->flags |= COUNTING;
    c->skip = c->json.depth;
    if (c->skip > 1) {
        c->skip--;
        leave(c, c->skip);
    }
}

static void store(struct osft_client *c, uint8_t b)
{
    /* One byte stays free, so that there is always room to receive into. */
    if (c->used + 1 < c->size) {
        c->mem[c->used++] = (char)b;
        if (c->page->need <= c->used) {
            c->page->need = c->used + 1;
        }
    } else {
        c->flags |= NO_ROOM;
        pass_over(c);
    }
}

/* A name is complete: replace it by its letter, or pass over the member when it is unknown. */
static void name_end(struct osft_client *c)
{
    char *name = c->mem + c->name + 1;
    size_t len = osft_unescape(name, name, c->used - c->name - 2);
    unsigned in_item = c->json.depth != 1;
    unsigned from = in_item && c->member == OSFT_M_RESULT ? 0 : OSFT_TASK_MEMBERS;
    unsigned to = !in_item ? OSFT_MEMBERS : from == 0 ? OSFT_TASK_MEMBERS : OSFT_M_MESSAGE + 1;
    unsigned member = osft_member(name, len, from, to);

    c->used = c->name;
    if (member == to) {
        c->skip = c->json.depth;
        return;
    }
    c->part = (uint8_t)member;
    if (!in_item) {
        c->member = (uint8_t)member;
    }
    if (c->had[in_item] >> member & 1) {
        wrong(c, member); /* said twice: which one counts? */
    }
    c->had[in_item] |= 1U << member;
    name[0] = (char)('A' + member);
    name[1] = '"';
    c->used += 3;
}

/* What was collected goes to tasks.c; what that keeps stays. */
static void item_end(struct osft_client *c, struct osft_task *task)
{
    int kept = osft_fields(c->mem + c->item, c->used - c->item, task, c->page);

    if (kept < 0) {
        c->error = (int8_t)kept;
        return;
    }
    c->item += (size_t)kept;
    c->used = c->item;
    c->page->count += task != NULL;
}

/* { or [ */
static void begin(struct osft_client *c, uint8_t b)
{
    struct osft_page *page = c->page;
    int is_array = b == '[';
    unsigned leave_out = 0;

    if (c->where == MEMBERS && c->part >= OSFT_M_RESULT &&
        is_array != ((c->flags & ONE) && c->part == OSFT_M_RESULT)) {
        c->used = c->item; /* the member's name has done its part */
        c->where = ELEMENTS;
        c->flags |= c->part == OSFT_M_RESULT ? HAS_RESULT : 0;
    } else if (c->where == MEMBERS || is_array) {
        wrong(c, c->part);
    }
    if (is_array) {
        return;
    }
    if (c->where == ELEMENTS) {
        c->had[1] = 0;
        if (c->member == OSFT_M_RESULT) {
            page->seen++;
            c->flags |= page->seen > page->max ? TOO_MANY : 0;
            leave_out = c->flags & (TOO_MANY | NO_ROOM);
        } else {
            leave_out = c->flags & HAS_ERRORS; /* the first says it */
            c->flags |= HAS_ERRORS;
        }
    }
    c->where = MEMBERS;
    if (leave_out) {
        pass_over(c);
    }
}

/* } or ] */
static void end(struct osft_client *c)
{
    struct osft_task *task = NULL;

    if (c->where == MEMBERS) {
        if (c->json.depth != 0 && c->member == OSFT_M_RESULT) {
            task = &c->page->tasks[c->page->count];
            memset(task, 0, sizeof(*task));
            task->start_ms = task->end_ms = task->progress = OSFT_UNKNOWN;
        }
        item_end(c, task);
    }
    leave(c, c->json.depth);
}

/* The first byte of a string, number or literal. */
static void scalar(struct osft_client *c, uint8_t b)
{
    if (c->where == MEMBERS && c->part < OSFT_M_RESULT) {
        store(c, b);
    } else if (c->where == MEMBERS && b == 'n') {
        c->used = c->item; /* null says no more than absence does */
        c->skip = c->json.depth;
    } else {
        wrong(c, c->part);
    }
}

int osft_answer_byte(struct osft_client *c, uint8_t b)
{
    int event = osft_json_byte(&c->json, b);
    unsigned depth = c->json.depth;

    if (event < 0) {
        c->page->expected = c->json.state;
        return osft_json_empty(&c->json) && b == '<' ? OSFT_E_HTML : event;
    }
    c->page->offset++;
    if ((event == OSFT_JSON_COMMA && depth == c->skip) ||
        (event == OSFT_JSON_END && depth < c->skip)) {
        c->skip = 0;
        c->flags &= (uint8_t)~COUNTING;
    }
    if (event == OSFT_JSON_SPACE || c->error != 0) {
        return OSFT_OK;
    }
    if (c->skip != 0) {
        c->lost += (c->flags & COUNTING) != 0;
        return OSFT_OK;
    }
    switch (event) {
    case OSFT_JSON_BEGIN: begin(c, b); break;
    case OSFT_JSON_END: end(c); break;
    case OSFT_JSON_SCALAR: scalar(c, b); break;
    case OSFT_JSON_COMMA:
        if (depth == 1) {
            item_end(c, NULL);
        } else if (c->where == MEMBERS) {
            store(c, b);
        }
        break;
    case OSFT_JSON_NAME: c->name = c->used; /* fall through */
    default:
        store(c, b);
        if (event == OSFT_JSON_NAME_END && c->skip == 0) {
            name_end(c);
        }
        break;
    }
    return OSFT_OK;
}

int osft_answer_end(struct osft_client *c)
{
    struct osft_page *page = c->page;

    if (!osft_json_complete(&c->json)) {
        page->expected = c->json.state;
        return osft_json_empty(&c->json) ? OSFT_E_EMPTY : OSFT_E_JSON;
    }
    page->need += c->lost;
    if (page->http_status >= 400 || page->http_code >= 400 || (c->flags & HAS_ERRORS) ||
        osft_find("FAIL", 1, page->status.ptr, page->status.len) == 0 ||
        (page->code.len != 0 && osft_find("200\0OK", 2, page->code.ptr, page->code.len) == 2)) {
        return OSFT_E_REFUSED;
    }
    if (c->error == 0 && !(c->flags & (HAS_RESULT | NO_ROOM)) && page->total != 0) {
        wrong(c, OSFT_M_RESULT);
    }
    if (c->error != 0) {
        return c->error;
    }
    return c->flags & NO_ROOM ? OSFT_E_SPACE : c->flags & TOO_MANY ? OSFT_E_TASKS : OSFT_OK;
}
