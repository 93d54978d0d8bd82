/* SPDX-License-Identifier: Apache-2.0 */
/* A saved body. Core and a second reader must read the same from it, into an array and to a
 * function, and the texts that are delivered must lie in the body. The input is one option, then
 * the body. The option is 0 to F, a sum of:
 *     1        the body is a GetFunctionTask response
 *     2, 4, 8  the array has room for up to 7 tasks
 */
#include "reader.h"

enum { TASKS = 7 };

/* The calls of on_task, compared with the tasks of the second reader. */
struct delivery {
    const struct reading *wanted;
    const char *body;
    size_t size, count, left_out;
};

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct delivery *delivery = ctx;
    const struct reading *wanted = delivery->wanted;

    if (omission != NULL) {
        FUZZ_CHECK(task == NULL && omission->reason == OSFT_E_BAD_TASK);
        if (delivery->left_out++ == 0 && wanted->is_json) {
            FUZZ_CHECK(strcmp(omission->member, wanted->first_omission.member) == 0);
            fuzz_check_same_task(&omission->task, &wanted->first_omission.task);
        }
        return 0;
    }
    fuzz_check_span(task->run_id, delivery->body, delivery->size);
    fuzz_check_span(task->extend_info, delivery->body, delivery->size);
    if (delivery->count < READER_TASKS && delivery->count < wanted->count) {
        fuzz_check_same_task(task, &wanted->tasks[delivery->count]);
    }
    delivery->count++;
    return 0;
}

static void check_state(const struct osft_task *task)
{
    static const char *const names[] = {
        [OSFT_SUCCESS] = "success", [OSFT_FAILED] = "failed", [OSFT_RUNNING] = "running"
    };
    enum osft_state state = osft_task_state(task);
    int i;

    for (i = OSFT_SUCCESS; i <= OSFT_RUNNING; i++) {
        FUZZ_CHECK((state == (enum osft_state)i) ==
                   (task->status.len == strlen(names[i]) &&
                    memcmp(task->status.ptr, names[i], task->status.len) == 0));
    }
}

static void check_reply(const struct reading *wanted, const struct osft_reply *reply)
{
    FUZZ_CHECK(fuzz_is_same_span(reply->status, wanted->reply.status));
    FUZZ_CHECK(fuzz_is_same_span(reply->code, wanted->reply.code));
    FUZZ_CHECK(fuzz_is_same_span(reply->message, wanted->reply.message));
    FUZZ_CHECK(fuzz_is_same_span(reply->request_id, wanted->reply.request_id));
    FUZZ_CHECK(reply->total == wanted->reply.total);
    FUZZ_CHECK(reply->latency_ms == wanted->reply.latency_ms);
    FUZZ_CHECK(reply->http_code == wanted->reply.http_code);
    FUZZ_CHECK(reply->tasks == wanted->reply.tasks && reply->left_out == wanted->reply.left_out);
    if (reply->left_out != 0) {
        const struct osft_omission *first = &wanted->first_omission;

        FUZZ_CHECK(reply->omission.reason == first->reason);
        FUZZ_CHECK(strcmp(reply->omission.member, first->member) == 0);
        FUZZ_CHECK(reply->omission.task.index == first->task.index);
        FUZZ_CHECK(reply->omission.task.start_ms == first->task.start_ms);
    }
}

static void check_result(const struct reading *wanted, int result, const struct osft_reply *reply,
                         size_t size)
{
    FUZZ_CHECK(result == wanted->result);
    (void)osft_cause_of(reply);
    if (result == OSFT_E_JSON || result == OSFT_E_DEPTH) {
        FUZZ_CHECK(reply->offset == wanted->offset);
        FUZZ_CHECK(*osft_json_reason(reply->expected) != 0);
        return;
    }
    if (result == OSFT_E_RESPONSE) {
        FUZZ_CHECK(strcmp(reply->member, wanted->member) == 0);
    }
    if (result != OSFT_E_HTML) {
        FUZZ_CHECK(reply->offset == size);
        check_reply(wanted, reply);
    }
}

static int parse(char *body, size_t len, int expects_one, struct osft_page *page,
                 struct osft_reply *reply)
{
    return expects_one ? osft_parse_get(body, len, page, reply)
                       : osft_parse_list(body, len, page, reply);
}

static void parse_to_array(struct fuzz_input in, int expects_one, size_t max)
{
    static struct reading wanted;
    struct osft_task tasks[TASKS];
    struct osft_page page = { .tasks = tasks, .max = max };
    struct osft_reply reply;
    char *body = fuzz_copy(in.bytes, in.left);
    size_t i;
    int result;

    reader_read(&wanted, in.bytes, in.left, expects_one, max, 0);
    result = parse(body, in.left, expects_one, &page, &reply);
    check_result(&wanted, result, &reply, in.left);
    fuzz_check_page(&page, &reply, body, in.left);
    FUZZ_CHECK(page.count <= max && (!wanted.is_json || page.count == wanted.count));
    for (i = 0; i < page.count && i < wanted.count; i++) {
        fuzz_check_same_task(&tasks[i], &wanted.tasks[i]);
        check_state(&tasks[i]);
    }
    reader_free(&wanted);
    free(body);
}

static void parse_to_function(struct fuzz_input in, int expects_one)
{
    static struct reading wanted;
    struct delivery delivery = { &wanted, NULL, in.left, 0, 0 };
    struct osft_page page = { .on_task = on_task, .on_task_ctx = &delivery };
    struct osft_reply reply;
    char *body = fuzz_copy(in.bytes, in.left);
    int result;

    delivery.body = body;
    reader_read(&wanted, in.bytes, in.left, expects_one, SIZE_MAX, 0);
    result = parse(body, in.left, expects_one, &page, &reply);
    check_result(&wanted, result, &reply, in.left);
    FUZZ_CHECK(page.count == delivery.count);
    if (wanted.is_json) {
        FUZZ_CHECK(delivery.count == wanted.count && delivery.left_out == wanted.reply.left_out);
    }
    reader_free(&wanted);
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = { data, size };
    unsigned options = fuzz_option(&in);

    parse_to_array(in, options & 1, options >> 1 & 7);
    parse_to_function(in, options & 1);
    return 0;
}
