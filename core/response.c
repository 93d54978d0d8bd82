/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "json.h"
#include "response.h"
#include "tasks.h"
#include "text.h"

/* The envelope's members code and message have a bit each, and once more as those of an error. */
OSFT_STATIC_ASSERT(OSFT_MEMBERS + 2 <= 32, each_member_has_a_bit);

void osft_begin_response(struct osft_response *response, struct osft_page *page,
                         struct osft_reply *reply, char *buffer, size_t size, int expects_one)
{
    uint16_t attempts = reply->attempts;
    uint8_t reopened = reply->reopened;
    int32_t last_error = reply->last_error;

    memset(reply, 0, sizeof(*reply));
    reply->attempts = attempts;
    reply->reopened = reopened;
    reply->last_error = last_error;
    reply->date_s = reply->retry_at_s = OSFT_UNKNOWN;
    reply->total = reply->latency_ms = reply->http_code = OSFT_UNKNOWN;
    memset(response, 0, sizeof(*response));
    response->page = page;
    response->reply = reply;
    response->buffer = buffer;
    response->size = size;
    response->expects_one = (uint8_t)expects_one;
    osft_json_init(&response->json);
    page->count = 0;
}

/* These hold tasks and errors; all other known members are scalars. */
static int is_list(unsigned member)
{
    return member == OSFT_MEMBER_RESULT || member == OSFT_MEMBER_ERRORS;
}

/* The envelope's member is not what it should be. What else the response says is read all the same. */
static void refuse_member(struct osft_response *r, unsigned member)
{
    if (r->result != OSFT_E_RESPONSE) {
        r->result = OSFT_E_RESPONSE;
        r->reply->member = osft_member_name(member);
    }
}

/* The task being read is to be left out. */
static void set_task_fault(struct osft_response *r, int reason, unsigned member)
{
    if (r->task_fault == OSFT_OK) {
        r->task_fault = (int8_t)reason;
        r->faulty_member = (uint8_t)member;
    }
}

/* A member that was not stored is to blame; of an error or the envelope, the whole response is. */
static void set_fault(struct osft_response *r, int reason)
{
    if (r->object == OSFT_TASK) {
        set_task_fault(r, reason, r->member);
    } else if (reason == OSFT_E_BAD_TASK) {
        refuse_member(r, r->member);
    } else if (r->result == OSFT_OK) {
        r->result = (int8_t)reason;
    }
}

static void note_need(struct osft_response *r, size_t further)
{
    size_t need = r->used + r->missing + further + 1; /* one byte stays free to receive into */

    if (r->reply->need < need) {
        r->reply->need = need;
    }
}

/* Forget what is stored of the member being read, and drop the rest of it. */
static void drop_member(struct osft_response *r)
{
    r->used = r->member_start;
    r->skip_depth = r->object_depth;
}

/* Append to the member being read. When there is no room, the member is dropped, and counted on as if it
 * were stored, so that reply.need suffices. Returns 0 then. */
static int store(struct osft_response *r, const char *bytes, size_t len)
{
    note_need(r, len);
    if (len >= r->size - r->used) {
        r->missing += r->used - r->member_start + len;
        r->counts_skipped = 1;
        set_fault(r, OSFT_E_SPACE);
        drop_member(r);
        return 0;
    }
    memmove(r->buffer + r->used, bytes, len);
    r->used += len;
    return 1;
}

static void store_name(struct osft_response *r, const char *bytes, size_t len)
{
    /* What begins or separates the members of a task or error, whose text stays until it is over. */
    if (r->used == r->member_start && r->object != OSFT_ENVELOPE &&
        !store(r, r->used == r->task_start ? "{" : ",", 1)) {
        return;
    }
    if (r->used - r->member_start + len > OSFT_NAME_MAX + 1) {
        drop_member(r); /* no known name is as long */
    } else {
        (void)store(r, bytes, len);
    }
}

/* The name is whole: keep it when it is known. */
static void end_name(struct osft_response *r)
{
    int has_separator = r->object != OSFT_ENVELOPE;
    char *name = r->buffer + r->member_start + has_separator + 1;
    size_t len = (size_t)(r->buffer + r->used - name) - 1;
    uint32_t bit;

    if (r->json.has_escapes) {
        len = osft_unescape(name, name, len);
        name[len] = '"'; /* a known name needs no escapes */
        r->used = (size_t)(name - r->buffer) + len + 1;
    }
    r->has_colon = 0;
    r->member = (uint8_t)osft_find_member(r->object, name, len);
    if (r->member == OSFT_MEMBERS) {
        drop_member(r);
        return;
    }
    bit = UINT32_C(1) << r->member;
    if (r->object == OSFT_SERVICE_ERROR) {
        bit <<= OSFT_MEMBERS; /* the envelope has members of the same names */
    }
    if (r->seen_members & bit) { /* which one counts? */
        set_fault(r, OSFT_E_BAD_TASK);
        drop_member(r);
    }
    r->seen_members |= bit;
    if (is_list(r->member)) {
        r->list = r->member;
        r->used = r->member_start; /* only what is in the list is stored */
    }
}

/* Keep the text of an omission's run id, which lies at task_start or behind it. */
static void keep_run_id(struct osft_response *r, struct osft_span *run_id)
{
    if (run_id->ptr != NULL) {
        char *text = r->buffer + r->task_start;

        memmove(text, run_id->ptr, run_id->len + 1);
        run_id->ptr = text;
        r->used += run_id->len + 1;
    }
}

/* What the function that takes the tasks has returned decides whether their texts stay. */
static void end_delivery(struct osft_response *r, int returned)
{
    if (returned != OSFT_KEEP_TEXTS) {
        r->used = r->task_start;
        r->missing = r->missing_before_task;
        if (returned != 0) {
            r->result = OSFT_E_STOPPED;
        }
    }
}

/* Report a task that is left out. task: what of it is known. */
static void omit_task(struct osft_response *r, const struct osft_task *task)
{
    struct osft_page *page = r->page;
    struct osft_omission omission;
    int returned = OSFT_KEEP_TEXTS;

    omission.reason = r->task_fault;
    omission.index = task->index;
    omission.member = osft_member_name(r->faulty_member);
    omission.start_ms = task->start_ms;
    omission.run_id = task->run_id;
    omission.generation = task->generation;
    if (r->result == OSFT_OK) {
        r->result = r->task_fault;
    }
    if (page->on_task != NULL) {
        returned = page->on_task(page->on_task_ctx, NULL, &omission);
    }
    end_delivery(r, returned);
    r->used = r->task_start;
    if (r->reply->left_out++ == 0) {
        keep_run_id(r, &omission.run_id);
        omission.generation.ptr = NULL;
        omission.generation.len = 0;
        r->reply->omission = omission;
    }
    r->task_start = r->member_start = r->used;
}

/* The task's last byte has arrived, and its text lies behind task_start. */
static void end_task(struct osft_response *r)
{
    struct osft_page *page = r->page;
    struct osft_task one, *task = page->on_task != NULL ? &one : &page->tasks[page->count];
    unsigned bad_member;

    memset(task, 0, sizeof(*task));
    task->start_ms = task->end_ms = task->progress = OSFT_UNKNOWN;
    task->index = r->reply->tasks - 1;
    bad_member = osft_read_members(r, r->task_start, task);
    if (bad_member != OSFT_MEMBERS) {
        set_task_fault(r, OSFT_E_BAD_TASK, bad_member);
    }
    if (r->task_fault != OSFT_OK) {
        omit_task(r, task);
        return;
    }
    page->count++;
    if (page->on_task != NULL) {
        end_delivery(r, page->on_task(page->on_task_ctx, task, NULL));
    }
    r->task_start = r->member_start = r->used;
}

/* An element of result begins. Returns 0 when it is not read. */
static int begin_task(struct osft_response *r)
{
    const struct osft_page *page = r->page;

    r->reply->tasks++;
    r->task_fault = OSFT_OK;
    r->missing_before_task = r->missing;
    if (page->on_task == NULL && page->count >= page->max) {
        if (r->result == OSFT_OK) {
            r->result = OSFT_E_TASKS;
        }
        return 0;
    }
    return 1;
}

/* Drop the element of a list that begins or stands here. */
static void skip_element(struct osft_response *r)
{
    r->skip_depth = (uint8_t)(r->object_depth + 1U);
}

/* An element that is no object. */
static void refuse_element(struct osft_response *r)
{
    skip_element(r);
    if (r->list == OSFT_MEMBER_ERRORS) {
        refuse_member(r, OSFT_MEMBER_ERRORS);
    } else if (begin_task(r)) {
        set_task_fault(r, OSFT_E_BAD_TASK, OSFT_MEMBER_RESULT);
        end_task(r);
    }
}

/* The brace that begins a task or error. */
static void begin_element(struct osft_response *r)
{
    int is_task = r->list == OSFT_MEMBER_RESULT;

    if (is_task ? !begin_task(r) : r->has_errors) { /* the first error says what is wrong */
        r->skip_depth = (uint8_t)(r->json.depth - 1U);
        return;
    }
    r->has_errors |= !is_task;
    r->object = is_task ? OSFT_TASK : OSFT_SERVICE_ERROR;
    r->object_depth = r->json.depth;
    r->seen_members &= (UINT32_C(1) << OSFT_MEMBER_FUNCTION_NAME) - 1; /* the envelope's */
}

/* What of the member being read was stored is complete. */
static void end_member(struct osft_response *r)
{
    if (r->object == OSFT_ENVELOPE && r->used != r->member_start) {
        unsigned bad_member = osft_read_members(r, r->member_start, NULL);
        if (bad_member != OSFT_MEMBERS) {
            refuse_member(r, bad_member);
        }
        r->task_start = r->used;
    }
    r->member_start = r->used;
}

/* A task or error is over. */
static void end_element(struct osft_response *r)
{
    if (r->used != r->task_start) {
        r->buffer[r->used++] = '}'; /* in the byte that stays free otherwise */
    }
    if (r->object == OSFT_TASK) {
        end_task(r);
    } else {
        (void)osft_read_members(r, r->task_start, NULL);
        r->task_start = r->used;
    }
    r->object = OSFT_ENVELOPE;
    r->object_depth = 1;
}

/* The body is no object, and only the grammar is checked to its end. */
static void refuse_body(struct osft_response *r)
{
    refuse_member(r, OSFT_MEMBER_RESULT);
    r->skip_depth = UINT8_MAX;
}

/* A part of a scalar. depth: of the array or object that it stands in. */
static void read_scalar(struct osft_response *r, const char *bytes, size_t len, unsigned depth)
{
    if (depth == 0) {
        refuse_body(r);
    } else if (depth != r->object_depth) {
        refuse_element(r);
    } else if (is_list(r->member)) {
        if (bytes[0] != 'n') { /* null says no more than absence does */
            refuse_member(r, r->member);
        }
        drop_member(r);
    } else if (r->has_colon || store(r, ":", 1)) {
        r->has_colon = 1;
        (void)store(r, bytes, len);
    }
}

/* An object or array begins. */
static void begin_nested(struct osft_response *r, char bracket)
{
    unsigned depth = r->json.depth;

    if (depth == 1 && bracket != '{') {
        refuse_body(r);
    } else if (depth == 1) {
        r->object_depth = 1;
    } else if (r->object != OSFT_ENVELOPE) {
        set_fault(r, OSFT_E_BAD_TASK); /* all known members of tasks and errors are scalars */
        drop_member(r);
    } else if (depth > 2) {
        if (bracket == '{') {
            begin_element(r);
        } else {
            refuse_element(r);
        }
    } else {
        int is_one = r->member == OSFT_MEMBER_RESULT && r->expects_one;
        r->has_result |= r->member == OSFT_MEMBER_RESULT;
        if (!is_list(r->member) || bracket != (is_one ? '{' : '[')) {
            refuse_member(r, r->member);
            drop_member(r);
        } else if (is_one) {
            begin_element(r);
        }
    }
}

/* An event that is not skipped. bracket: with OSFT_JSON_BEGIN, which one. */
static void handle_event(struct osft_response *r, int event, char bracket)
{
    if (event == OSFT_JSON_BEGIN) {
        begin_nested(r, bracket);
    } else if (event == OSFT_JSON_NAME) {
        end_name(r);
    } else if (event == OSFT_JSON_END && r->json.depth < r->object_depth) {
        end_member(r);
        if (r->object != OSFT_ENVELOPE) {
            end_element(r);
        }
    } else if (event == OSFT_JSON_COMMA && r->json.depth == r->object_depth) {
        end_member(r);
    }
}

static void handle_text(struct osft_response *r, const struct osft_json_text *text, int event)
{
    size_t len = (size_t)(text->end - text->begin);

    if (r->skip_depth != 0) {
        r->missing += r->counts_skipped ? len : 0;
    } else if (r->json.in_name) {
        store_name(r, text->begin, len);
    } else {
        read_scalar(r, text->begin, len, r->json.depth + (event == OSFT_JSON_END ? 1U : 0));
    }
}

/* Is what is skipped over with this event? */
static int ends_skipping(const struct osft_response *r, int event)
{
    return (event == OSFT_JSON_COMMA && r->json.depth == r->skip_depth) ||
           (event == OSFT_JSON_END && r->json.depth + 1 == r->skip_depth);
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
        if (text.begin != text.end) {
            handle_text(r, &text, event);
        }
        if (event < 0) {
            return *at == '<' && osft_json_is_empty(&r->json) ? OSFT_E_HTML : event;
        }
        if (r->skip_depth != 0) {
            r->missing += r->counts_skipped && event != OSFT_JSON_MORE;
            if (!ends_skipping(r, event)) {
                continue;
            }
            note_need(r, 0);
            r->skip_depth = r->counts_skipped = 0;
        }
        if (event != OSFT_JSON_MORE) {
            handle_event(r, event, at[-1]);
        }
    } while (event != OSFT_JSON_MORE && r->result != OSFT_E_STOPPED);
    return r->result == OSFT_E_STOPPED ? OSFT_E_STOPPED : OSFT_OK;
}

/* Does the envelope, or the status line, say that the service refused? */
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
    if (!r->has_result && r->reply->total != 0) {
        refuse_member(r, OSFT_MEMBER_RESULT);
    }
    return r->result;
}
