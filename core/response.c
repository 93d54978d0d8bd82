/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "json.h"
#include "response.h"
#include "tasks.h"
#include "text.h"

OSFT_STATIC_ASSERT(OSFT_MEMBERS <= 32, each_member_has_a_bit);
#define ENVELOPE_BITS ((UINT32_C(1) << OSFT_MEMBER_FUNCTION_NAME) - 1)

/* The values of response->expected that are no bracket. */
enum { SCALAR, REST_OF_SCALAR };

void osft_begin_response(struct osft_response *response)
{
    const size_t set_before = offsetof(struct osft_response, place);
    const size_t kept = offsetof(struct osft_reply, http_status); /* members of the whole call */
    struct osft_reply *reply = response->reply;

    memset((char *)response + set_before, 0, sizeof(*response) - set_before);
    osft_json_init(&response->json);
    memset((char *)reply + kept, 0, sizeof(*reply) - kept);
    reply->date_s = reply->retry_at_s = OSFT_UNKNOWN;
    reply->total = reply->latency_ms = reply->http_code = OSFT_UNKNOWN;
    response->page->count = 0;
    response->expected = '{';
    response->member = OSFT_MEMBER_RESULT; /* reported when the body is no object */
}

/* Whether a member is one of the lists of tasks and errors; all other known members are scalars. */
static int is_list(unsigned member)
{
    return member == OSFT_MEMBER_RESULT || member == OSFT_MEMBER_ERRORS;
}

/* Refuse the response because of a member of the envelope. The rest of the response is still
 * read. */
static void refuse_member(struct osft_response *r, unsigned member)
{
    if (r->result != OSFT_E_RESPONSE) {
        r->result = OSFT_E_RESPONSE;
        r->reply->member = osft_member_name(member);
    }
}

/* Set the result of the response, unless an earlier result takes precedence. OSFT_E_BAD_TASK has
 * the lowest precedence, because it promises that all other tasks were delivered. */
static void set_result(struct osft_response *r, int result)
{
    if (r->result == OSFT_OK || r->result == OSFT_E_BAD_TASK) {
        r->result = result;
    }
}

/* Mark the task being read to be left out. The first reason stays. */
static void set_task_fault(struct osft_response *r, int reason, unsigned member)
{
    if (r->task_fault == OSFT_OK) {
        r->task_fault = reason;
        r->faulty_member = (uint8_t)member;
    }
}

/* Drop the rest of the member or element being read. */
static void skip_value(struct osft_response *r)
{
    r->used = r->member_start;
    r->is_skipping = 1;
}

static void note_need(struct osft_response *r, size_t further)
{
    size_t need = r->used + r->missing + further + OSFT_SPARE_BYTES;

    if (r->reply->need < need) {
        r->reply->need = need;
    }
}

static void append_bytes(struct osft_response *r, const char *bytes, size_t len)
{
    memmove(r->buffer + r->used, bytes, len);
    r->used += len;
}

/* Append bytes to the value being read. When there is no room, the member is dropped, but its bytes
 * are still counted, so that reply.need is the size that suffices. */
static void store_value(struct osft_response *r, const char *bytes, size_t len)
{
    note_need(r, len);
    if (len + OSFT_SPARE_BYTES <= r->size - r->used) {
        append_bytes(r, bytes, len);
        return;
    }
    r->missing += r->used - r->member_start + len;
    r->counts_skipped = 1;
    if (r->place == OSFT_IN_TASK) {
        set_task_fault(r, OSFT_E_SPACE, r->member);
    } else {
        set_result(r, OSFT_E_SPACE);
    }
    skip_value(r);
}

/* Append bytes to the name being read. Names, and the commas and colons around them, go into the
 * spare bytes. */
static void store_name(struct osft_response *r, const char *bytes, size_t len)
{
    if (r->used - r->member_start + len <= OSFT_NAME_MAX + 1) {
        append_bytes(r, bytes, len);
    } else {
        skip_value(r); /* no known name is so long */
    }
}

/* Leave the task out, and note it in the reply. keeps_run_id: 1: the run id, alone of the task's
 * texts, stays in the work buffer. */
static void note_omission(struct osft_response *r, int keeps_run_id)
{
    struct osft_omission *omission = &r->current;
    struct osft_span *run_id = &omission->task.run_id;

    set_result(r, r->task_fault);
    if (r->missing != 0) {
        r->missing += r->used - r->task_start; /* with more room, the task's bytes would stay */
    }
    r->used = r->task_start;
    if (r->reply->left_out++ != 0) {
        return;
    }
    if (!keeps_run_id) {
        run_id->ptr = NULL;
        run_id->len = 0;
    } else if (run_id->ptr != NULL) {
        char *text = r->buffer + r->task_start;
        memmove(text, run_id->ptr, run_id->len + 1);
        run_id->ptr = text;
        r->used += run_id->len + 1;
    }
    memset(&omission->task.function, 0,
           sizeof(omission->task) - offsetof(struct osft_task, function));
    r->reply->omission = *omission;
}

/* Deliver the task whose last byte has arrived, or leave it out. Its text lies behind
 * task_start. */
static void end_task(struct osft_response *r)
{
    struct osft_page *page = r->page;
    struct osft_omission *omission = &r->current;
    struct osft_task *task = &omission->task;
    unsigned bad_member;
    int returned = OSFT_KEEP_TEXTS;

    memset(task, 0, sizeof(*task));
    task->start_ms = task->end_ms = task->progress = OSFT_UNKNOWN;
    task->index = r->reply->tasks - 1;
    bad_member = osft_read_members(r, r->task_start, task);
    if (bad_member != OSFT_MEMBERS) {
        set_task_fault(r, OSFT_E_BAD_TASK, bad_member);
    }
    omission->reason = r->task_fault;
    omission->member = osft_member_name(r->faulty_member);
    if (r->task_fault == OSFT_OK) {
        omission = NULL;
        page->count++;
    } else {
        task = NULL;
    }
    if (page->on_task != NULL) {
        returned = page->on_task(page->on_task_ctx, task, omission);
    } else if (task != NULL) {
        page->tasks[page->count - 1] = *task;
    }
    if (returned != OSFT_KEEP_TEXTS) {
        r->used = r->task_start;
        r->missing = r->missing_before_task;
    }
    if (omission != NULL && returned != OSFT_DROP_TASK) {
        note_omission(r, returned == OSFT_KEEP_TEXTS);
    }
    if (returned != OSFT_KEEP_TEXTS && returned != OSFT_DROP_TASK && returned != 0) {
        r->result = OSFT_E_STOPPED;
    }
    r->task_start = r->member_start = r->used;
}

/* Begin an element of result. Returns 0 when there is no room for another task. */
static int begin_task(struct osft_response *r)
{
    const struct osft_page *page = r->page;

    r->reply->tasks++;
    r->task_fault = OSFT_OK;
    r->missing_before_task = r->missing;
    if (page->on_task == NULL && page->count >= page->max) {
        set_result(r, OSFT_E_TASKS);
        return 0;
    }
    return 1;
}

/* Begin an object: an element of a list, or the single task that result is. */
static void begin_element(struct osft_response *r)
{
    int is_task = r->member == OSFT_MEMBER_RESULT;

    if (is_task ? !begin_task(r) : r->has_errors) { /* only the first error is read */
        r->is_skipping = 1;
        return;
    }
    if (!is_task) {
        r->has_errors = 1;
    }
    r->place = is_task ? OSFT_IN_TASK : OSFT_IN_ERROR;
    r->depth = r->json.depth;
    r->seen_members &= ENVELOPE_BITS;
}

/* Drop a value that cannot be used. When the value is in a task, or in the place of a task, the
 * task is left out; otherwise the response is refused. */
static void refuse_value(struct osft_response *r)
{
    if (r->place == OSFT_IN_LIST && r->member == OSFT_MEMBER_RESULT) {
        if (begin_task(r)) {
            set_task_fault(r, OSFT_E_BAD_TASK, r->member);
            end_task(r);
        }
    } else if (r->place == OSFT_IN_TASK) {
        set_task_fault(r, OSFT_E_BAD_TASK, r->member);
    } else {
        refuse_member(r, r->member);
    }
    skip_value(r);
}

/* End a name, whose colon was read. Keeps both when the name is known, and drops the member
 * otherwise. */
static void end_name(struct osft_response *r)
{
    int has_comma = r->member_start != r->task_start;
    char *name = r->buffer + r->member_start + has_comma + 1;
    size_t len = (size_t)(r->buffer + r->used - name) - 1;
    unsigned member;

    if (r->json.has_escapes) {
        len = osft_unescape(name, name, len);
        name[len] = '"'; /* a known name needs no escapes */
        r->used = (size_t)(name - r->buffer) + len + 1;
    }
    member = osft_find_member(r->place, name, len);
    if (member == OSFT_MEMBERS) {
        skip_value(r);
        return;
    }
    r->member = (uint8_t)member;
    if (r->place != OSFT_IN_ERROR) {            /* an error has the same bits as the envelope */
        if (r->seen_members >> r->member & 1) { /* it is unknown which of the two counts */
            refuse_value(r);
        }
        r->seen_members |= UINT32_C(1) << r->member;
    }
    r->expected = SCALAR;
    if (is_list(r->member)) {
        r->list = r->member; /* r->member gets this value again behind each element */
        r->expected = '[';
        if (r->member == OSFT_MEMBER_RESULT) {
            r->has_result = 1;
            if (r->expects_one) {
                r->expected = '{';
            }
        }
        r->used = r->member_start; /* only the elements of the list are stored */
    } else if (!r->is_skipping) {
        r->buffer[r->used++] = ':';
    }
}

/* Begin a value. bracket: its bracket, which json.depth already counts, or SCALAR. */
static void begin_value(struct osft_response *r, char bracket)
{
    if (bracket != r->expected) {
        refuse_value(r);
    } else if (r->place == OSFT_IN_LIST || (r->place == OSFT_IN_ENVELOPE && bracket == '{')) {
        begin_element(r);
    } else if (bracket != SCALAR) {
        r->place++; /* from the body into the envelope, or from there into a list */
        r->depth++;
        r->expected = '{';
    }
}

/* Read a part of a scalar. */
static void read_scalar(struct osft_response *r, const char *bytes, size_t len)
{
    if (r->expected != REST_OF_SCALAR) {
        if (bytes[0] == 'n' && r->place == OSFT_IN_ENVELOPE && r->expected != SCALAR) {
            if (r->member == OSFT_MEMBER_RESULT) {
                r->has_result = 0; /* null counts as absent */
            }
            skip_value(r);
        } else {
            begin_value(r, SCALAR);
        }
        if (r->is_skipping) {
            return;
        }
        r->expected = REST_OF_SCALAR;
    }
    store_value(r, bytes, len);
}

/* End a member, whose stored bytes are complete. */
static void end_member(struct osft_response *r)
{
    if (r->place != OSFT_IN_TASK && r->used != r->member_start) {
        unsigned bad_member = osft_read_members(r, r->member_start, NULL);
        if (bad_member != OSFT_MEMBERS) {
            refuse_member(r, bad_member);
        }
        r->task_start = r->used;
    }
    r->member_start = r->used;
}

/* Handle an event that is not skipped. bracket: with OSFT_JSON_BEGIN, the bracket that was read. */
static void handle_event(struct osft_response *r, int event, char bracket)
{
    switch (event) {
    case OSFT_JSON_NAME: end_name(r); break;
    case OSFT_JSON_BEGIN: begin_value(r, bracket); break;
    case OSFT_JSON_END:
        end_member(r);
        if (r->place == OSFT_IN_TASK) {
            end_task(r);
        }
        r->depth = r->place = r->json.depth;
        r->member = r->list;
        r->expected = '{';
        break;
    default:
        end_member(r);
        /* The comma is stored now, because the next bytes may be received right behind the stored
         * ones. */
        if (r->place == OSFT_IN_TASK && r->used != r->task_start) {
            r->buffer[r->used++] = ',';
        }
    }
}

/* Whether this event ends the member or element that is being skipped. */
static int ends_skipping(const struct osft_response *r, int event)
{
    return (event == OSFT_JSON_COMMA && r->json.depth == r->depth) ||
           (event == OSFT_JSON_END && r->json.depth < r->depth);
}

/* Store or skip the text between two events: a name, a scalar, a part of one, or nothing. */
static void handle_text(struct osft_response *r, const struct osft_json_text *text)
{
    size_t len = (size_t)(text->end - text->begin);

    if (r->is_skipping) {
        r->missing += r->counts_skipped ? len : 0;
    } else if (len != 0 && r->json.in_name) {
        store_name(r, text->begin, len);
    } else if (len != 0) {
        read_scalar(r, text->begin, len);
    }
}

int osft_read_response(struct osft_response *r, const char *bytes, size_t len)
{
    const char *at = bytes, *end = bytes + len;
    struct osft_json_text text;
    int event;

    do {
        const char *before = at;

        event = osft_json_read(&r->json, &at, end, &text);
        r->reply->offset += (size_t)(at - before);
        handle_text(r, &text);
        if (r->result == OSFT_E_STOPPED) {
            break;
        }
        if (event < 0) {
            return *at == '<' && osft_json_is_empty(&r->json) ? OSFT_E_HTML : event;
        }
        if (event == OSFT_JSON_MORE) {
            return OSFT_OK;
        }
        if (r->is_skipping) {
            r->missing += r->counts_skipped;
            if (!ends_skipping(r, event)) {
                continue;
            }
            note_need(r, 0);
            r->is_skipping = r->counts_skipped = 0;
        }
        handle_event(r, event, at[-1]);
    } while (r->result != OSFT_E_STOPPED);
    return OSFT_E_STOPPED;
}

/* Whether the status line or the envelope says that the service refused the request. */
static int is_refused(const struct osft_response *r)
{
    const struct osft_reply *reply = r->reply;

    return reply->http_status >= 400 || reply->http_code >= 400 || r->has_errors ||
           osft_is_equal_ignoring_case(reply->status.ptr, reply->status.len, "fail") ||
           (reply->code.len != 0 &&
            !osft_is_equal_ignoring_case(reply->code.ptr, reply->code.len, "200") &&
            !osft_is_equal_ignoring_case(reply->code.ptr, reply->code.len, "ok"));
}

int osft_end_response(struct osft_response *r)
{
    if (osft_json_is_empty(&r->json)) {
        return OSFT_E_EMPTY;
    }
    if (!osft_json_is_complete(&r->json)) {
        return OSFT_E_JSON;
    }
    if (is_refused(r)) {
        return OSFT_E_REFUSED;
    }
    if (r->result == OSFT_OK && !r->has_result && r->reply->total != 0) {
        refuse_member(r, OSFT_MEMBER_RESULT);
    }
    return r->result;
}
