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
    HAS_ERRORS = 16
};

/* where */
enum {
    TOP,     /* before the envelope */
    MEMBERS, /* in the envelope, a task or an error */
    ELEMENTS /* in the array of tasks or errors */
};

void osft_answer_init(struct osft_client *c, struct osft_page *page, int one)
{
    const struct osft_settings *set = c->set;
    struct osft_task *tasks = page->tasks;
    size_t max = page->max;

    memset(page, 0, sizeof(*page));
    page->tasks = tasks;
    page->max = max;
    page->total = page->latency_ms = page->http_code = OSFT_UNKNOWN;
    memset(c, 0, sizeof(*c));
    osft_json_init(&c->json);
    c->set = set;
    c->page = page;
    c->flags = one ? ONE : 0;
    c->part = OSFT_M_RESULT;
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
    c->counting = 1;
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

/* A name is complete, quotes included: remember whose value comes, or pass over an unknown one. */
static void name_end(struct osft_client *c)
{
    char *name = c->mem + c->item;
    size_t len = osft_unescape(name, name + 1, c->used - c->item - 2);
    unsigned in_item = c->json.depth != 1;
    unsigned from = in_item && c->member == OSFT_M_RESULT ? 0 : OSFT_TASK_MEMBERS;
    unsigned to = !in_item ? OSFT_MEMBERS : from == 0 ? OSFT_TASK_MEMBERS : OSFT_M_MESSAGE + 1;
    unsigned member = osft_member(name, len, from, to);

    c->used = c->item;
    if (member == to) {
        c->skip = c->json.depth;
        return;
    }
    c->part = (uint8_t)member;
    if (!in_item) {
        c->member = (uint8_t)member;
    }
    if (c->had[in_item] >> member & 1) {
        osft_wrong(c, member); /* said twice: which one counts? */
    }
    c->had[in_item] |= 1U << member;
}

/* A task or error begins. */
static void element(struct osft_client *c)
{
    struct osft_page *page = c->page;
    unsigned leave_out;

    c->had[1] = 0;
    if (c->member == OSFT_M_ERRORS) {
        leave_out = c->flags & HAS_ERRORS; /* the first says it */
        c->flags |= HAS_ERRORS;
    } else {
        page->seen++;
        c->flags |= page->seen > page->max ? TOO_MANY : 0;
        leave_out = c->flags & (TOO_MANY | NO_ROOM);
    }
    if (leave_out) {
        pass_over(c);
    } else if (c->member == OSFT_M_RESULT) {
        struct osft_task *task = &page->tasks[page->count];
        memset(task, 0, sizeof(*task));
        task->start_ms = task->end_ms = task->progress = OSFT_UNKNOWN;
    }
}

/* { or [ */
static void begin(struct osft_client *c, uint8_t b)
{
    int is_array = b == '[';

    if (c->where == MEMBERS && c->part >= OSFT_M_RESULT &&
        is_array != ((c->flags & ONE) && c->part == OSFT_M_RESULT)) {
        c->where = ELEMENTS;
        c->flags |= c->part == OSFT_M_RESULT ? HAS_RESULT : 0;
    } else if (c->where == MEMBERS || is_array) {
        osft_wrong(c, c->part);
        return;
    }
    if (!is_array) {
        unsigned was = c->where;
        c->where = MEMBERS;
        if (was == ELEMENTS) {
            element(c);
        }
    }
}

/* A comma or what closes. */
static void end(struct osft_client *c, int event)
{
    unsigned depth = c->json.depth;

    if (c->used != c->item) {
        osft_field(c);
    }
    if (event == OSFT_JSON_END) {
        /* Counted when its last byte has come, and whole. */
        c->page->count += c->where == MEMBERS && depth != 0 && c->member == OSFT_M_RESULT &&
                          c->error == 0;
        leave(c, depth);
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
        c->skip = c->counting = 0;
    }
    if (event == OSFT_JSON_SPACE || c->error != 0) {
        return OSFT_OK;
    }
    if (c->skip != 0) {
        c->lost += c->counting;
    } else if (event == OSFT_JSON_BEGIN) {
        begin(c, b);
    } else if (event == OSFT_JSON_END || event == OSFT_JSON_COMMA) {
        end(c, event);
    } else if (event == OSFT_JSON_SCALAR && (c->where != MEMBERS || c->part >= OSFT_M_RESULT)) {
        if (c->where == MEMBERS && b == 'n') {
            c->skip = (uint8_t)depth; /* null says no more than absence does */
        } else {
            osft_wrong(c, c->part);
        }
    } else if (b != ':' || c->used != c->item) { /* the colon after a name is not stored */
        store(c, b);
        if (event == OSFT_JSON_NAME_END && c->skip == 0) {
            name_end(c);
        }
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
        osft_wrong(c, OSFT_M_RESULT);
    }
    if (c->error != 0) {
        return c->error;
    }
    return c->flags & NO_ROOM ? OSFT_E_SPACE : c->flags & TOO_MANY ? OSFT_E_TASKS : OSFT_OK;
}
