/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks are given one by one to the function on_task, through a work buffer that holds one task. */
#include "fake.h"
#include "response.h"

struct seen {
    struct setup *s;
    int count, left_out, stop_at;
    size_t given[64]; /* bytes of the response that had arrived when each task was given */
    uint32_t index[64];
    int32_t reason[64]; /* OSFT_OK: the task was delivered; else the reason of an omission */
    size_t need[64];    /* reply.need at that time */
    char run_id[64][64];
    int64_t start_ms[64];
};

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct seen *seen = ctx;
    int i = seen->count + seen->left_out;

    assert_true(i < 64);
    assert_true((task == NULL) != (omission == NULL));
    seen->given[i] = seen->s->fake.given;
    seen->need[i] = seen->s->client.reply.need;
    if (omission != NULL) {
        task = &omission->task;
        seen->reason[i] = omission->reason;
        assert_non_null(omission->member);
        seen->left_out++;
    } else {
        seen->count++;
        assert_int_equal(seen->s->page.count, seen->count);
    }
    seen->index[i] = task->index;
    snprintf(seen->run_id[i], sizeof(seen->run_id[i]), "%s",
             task->run_id.ptr != NULL ? task->run_id.ptr : "-");
    seen->start_ms[i] = task->start_ms;
    return seen->count + seen->left_out == seen->stop_at;
}

static int run(struct setup *s, struct seen *seen)
{
    int stop_at = seen->stop_at;
    memset(seen, 0, sizeof(*seen));
    seen->s = s;
    seen->stop_at = stop_at;
    s->page.on_task = on_task;
    s->page.on_task_ctx = seen;
    s->page.tasks = NULL; /* the array is not used */
    s->page.max = 0;
    return setup_list(s);
}

static const char three[] =
    "{\"requestId\":\"req-1\",\"unknown\":[{}],\"totalCount\":3,\"result\":[{\"runId\":\"first\","
    "\"x\":"
    "[{\"runId\":\"no\"}],\"startTime\":3},{\"startTime\":2,\"runId\":\"sec\\u006fnd\"}, {}],"
    "\"message\":\"m\",\"latency\":4}";

static void each_task_is_handed_over_with_its_last_byte(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", three);
    struct seen seen = { 0 };
    const char *body = strchr(s->fake.response, '{');
    (void)state;
    s->fake.step = 1;
    assert_int_equal(run(s, &seen), OSFT_OK);
    assert_int_equal(seen.count, 3);
    assert_int_equal(s->page.count, 3);
    assert_int_equal(s->client.reply.tasks, 3);
    assert_int_equal(s->client.reply.left_out, 0);
    assert_string_equal(seen.run_id[0], "first");
    assert_string_equal(seen.run_id[1], "second");
    assert_string_equal(seen.run_id[2], "-");
    assert_true(seen.start_ms[1] == 2 && seen.start_ms[2] == OSFT_UNKNOWN);
    assert_int_equal(seen.index[2], 2);
    assert_int_equal(seen.given[0], strstr(body, "\"startTime\":3}") + 14 - s->fake.response);
    assert_int_equal(seen.given[1], strstr(body, "nd\"}") + 4 - s->fake.response);
    assert_int_equal(seen.given[2], strstr(body, ", {}") + 4 - s->fake.response);
    /* The members before and after the tasks are kept. */
    assert_span(s->client.reply.request_id, "req-1");
    assert_span(s->client.reply.message, "m");
    assert_int_equal(s->client.reply.latency_ms, 4);
    assert_int_equal(s->client.reply.total, 3);
    setup_free(s);
}

static void tasks_are_the_same_however_bytes_arrive(void **state)
{
    size_t step;
    (void)state;
    for (step = 1; step < 60; step++) {
        struct setup *s = setup_body(2048, "200 OK", three);
        struct seen seen = { 0 };
        s->fake.step = step;
        s->fake.blocks = (int)(step & 1);
        assert_int_equal(run(s, &seen), OSFT_OK);
        assert_int_equal(seen.count, 3);
        assert_string_equal(seen.run_id[1], "second");
        setup_free(s);
    }
}

static void a_response_that_is_cut_delivers_whole_tasks_only(void **state)
{
    size_t k, n = 1;
    (void)state;
    for (k = 0; k < n; k++) {
        struct setup *s = setup_body(2048, "200 OK", three);
        struct seen seen = { 0 };
        const char *first = strstr(s->fake.response, "\"startTime\":3}") + 14;
        const char *second = strstr(s->fake.response, "nd\"}") + 4;
        const char *third = strstr(s->fake.response, ", {}") + 4;
        const char *end;
        n = s->fake.response_len;
        s->fake.response_len = k;
        end = s->fake.response + k;
        assert_int_equal(run(s, &seen), OSFT_E_CUT);
        assert_int_equal(seen.count, (end >= first) + (end >= second) + (end >= third));
        setup_free(s);
    }
}

/* Make a chunked response of `count` tasks with texts of `text` bytes, newest first. */
static char *long_response(unsigned count, int text, unsigned chunk, size_t *len)
{
    size_t size = (size_t)count * ((size_t)text + 96) + 4096, n = 0, at;
    char *body = malloc(size), *response = malloc(size * 8);
    unsigned i;

    assert_non_null(body);
    assert_non_null(response);
    n = (size_t)snprintf(body, size, "{\"requestId\":\"r\",\"totalCount\":%u,\"result\":[", count);
    for (i = 0; i < count; i++) {
        n += (size_t)snprintf(body + n, size - n, "%s{\"runId\":\"%0*u\",\"startTime\":%u}",
                              i > 0 ? "," : "", text, i, count - i);
    }
    n += (size_t)snprintf(body + n, size - n, "]}");
    *len = (size_t)snprintf(response, 100, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (at = 0; at < n; at += chunk) {
        unsigned part = n - at < chunk ? (unsigned)(n - at) : chunk;
        *len += (size_t)sprintf(response + *len, "%x\r\n", part);
        memcpy(response + *len, body + at, part);
        *len += part;
        response[(*len)++] = '\r';
        response[(*len)++] = '\n';
    }
    *len += (size_t)sprintf(response + *len, "0\r\n\r\n");
    free(body);
    return response;
}

struct sum {
    uint32_t count;
    int64_t starts;
};
static int add_up(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct sum *sum = ctx;
    char text[32];
    assert_null(omission);
    assert_int_equal(task->index, sum->count);
    snprintf(text, sizeof(text), "%020lu", (unsigned long)sum->count);
    assert_span(task->run_id, text);
    sum->count++;
    sum->starts += task->start_ms;
    return 0;
}

static void a_page_of_any_size_passes_through_a_small_buffer(void **state)
{
    static const unsigned chunks[] = { 7, 1000, 1000000 };
    size_t i;
    (void)state;
    for (i = 0; i < 3; i++) {
        size_t len;
        char *response = long_response(20000, 20, chunks[i], &len);
        struct setup *s = setup_new(700, response, len); /* the room that the request needs */
        struct sum sum = { 0, 0 };
        s->page.on_task = add_up;
        s->page.on_task_ctx = &sum;
        assert_int_equal(setup_list(s), OSFT_OK);
        assert_int_equal(sum.count, 20000);
        assert_int_equal(s->page.count, 20000);
        assert_true(sum.starts == INT64_C(20000) * 20001 / 2);
        setup_free(s);
        free(response);
    }
}

/* Tasks that do not fit are reported by name, and reply.need gives the room that the largest of
 * them needs. In a buffer of that size all tasks are delivered. */
static void a_task_that_does_not_fit_is_reported_and_the_rest_comes(void **state)
{
    static char body[8192], text[3000];
    size_t need[2], room;
    struct seen seen = { 0 };
    struct setup *s;
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    snprintf(body, sizeof(body),
             "{\"result\":[{\"runId\":\"a\"},{\"extendInfo\":\"%.1500s\"},{\"runId\":\"b\","
             "\"extendInfo\":"
             "\"%s\",\"startTime\":5},{\"runId\":\"c\"},{\"runId\":\"d\"}],\"requestId\":\"r\"}",
             text, text);
    s = setup_body(900, "200 OK", body);
    assert_int_equal(run(s, &seen), OSFT_E_SPACE);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.left_out, 2);
    assert_int_equal(s->page.count, 3);
    assert_int_equal(s->client.reply.left_out, 2);
    assert_int_equal(s->client.reply.tasks, 5);
    assert_string_equal(seen.run_id[0], "a");
    assert_string_equal(seen.run_id[1], "-");
    assert_string_equal(seen.run_id[2], "b"); /* the members that fitted are reported */
    assert_int_equal(seen.start_ms[2], 5);
    assert_string_equal(seen.run_id[3], "c");
    assert_string_equal(seen.run_id[4], "d");
    assert_int_equal(seen.index[1], 1);
    assert_int_equal(seen.index[2], 2);
    assert_int_equal(seen.reason[1], OSFT_E_SPACE);
    assert_int_equal(seen.reason[2], OSFT_E_SPACE);
    assert_span(s->client.reply.request_id, "r");
    /* The reply keeps the first omission, without the texts that on_task was given. */
    assert_int_equal(s->client.reply.omission.reason, OSFT_E_SPACE);
    assert_string_equal(s->client.reply.omission.member, "extendInfo");
    assert_int_equal(s->client.reply.omission.task.index, 1);
    assert_span(s->client.reply.omission.task.run_id, NULL);
    need[0] = seen.need[1];
    need[1] = seen.need[2];
    assert_true(need[0] > 1500 && need[0] < 1700 && need[1] > 3000 && need[1] < 3200);
    assert_int_equal(s->client.reply.need, need[1]);
    setup_free(s);

    for (room = 1500; room < 3200; room++) {
        /* The room that is named suffices; it can be a few bytes more than is needed. */
        int result, left_out;
        s = setup_body(room, "200 OK", body);
        result = run(s, &seen);
        left_out = (int)s->client.reply.left_out;
        assert_true(left_out <= (room < need[0]) + (room < need[1]));
        assert_true(left_out >= (room + 4 < need[0]) + (room + 4 < need[1]));
        assert_int_equal(result, left_out != 0 ? OSFT_E_SPACE : OSFT_OK);
        setup_free(s);
    }
}

/* A task that does not fit leaves none of its members in the buffer, so the next task has all of
 * the room. */
static void tasks_that_do_not_fit_leave_nothing_behind(void **state)
{
    static char body[200000], text[3000];
    struct seen seen = { 0 };
    struct setup *s;
    size_t n = 0;
    int i;
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    n += (size_t)snprintf(body, sizeof(body), "{\"result\":[");
    for (i = 0; i < 50; i++) {
        n += (size_t)snprintf(body + n, sizeof(body) - n,
                              "{\"runId\":\"%060d\",\"extendInfo\":\"%s\"},", i, text);
    }
    snprintf(body + n, sizeof(body) - n, "{\"runId\":\"%0800d\"}]}", 7);
    s = setup_body(1000, "200 OK", body);
    assert_int_equal(run(s, &seen), OSFT_E_SPACE);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.left_out, 50);
    assert_int_equal(seen.need[49], seen.need[0]);
    assert_int_equal(s->client.reply.need, seen.need[0]);
    setup_free(s);
}

static void an_envelope_that_does_not_fit_is_no_task(void **state)
{
    static char body[8192], text[3000];
    struct seen seen = { 0 };
    struct setup *s;
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    snprintf(body, sizeof(body),
             "{\"message\":\"%s\",\"result\":[{\"runId\":\"a\"},{\"runId\":\"b\"}]}", text);
    s = setup_body(900, "200 OK", body);
    assert_int_equal(run(s, &seen), OSFT_E_SPACE);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.left_out, 0);
    assert_true(s->client.reply.need > 3000);
    setup_free(s);
    s = setup_body(3200, "200 OK", body);
    assert_int_equal(run(s, &seen), OSFT_OK);
    assert_int_equal(seen.count, 2);
    setup_free(s);
}

/* The function can end the call at any task, delivered or left out. */
static void the_function_can_end_the_call(void **state)
{
    int stop_at;
    (void)state;
    for (stop_at = 1; stop_at <= 3; stop_at++) {
        struct setup *s = setup_body(2048, "200 OK",
                                     "{\"result\":[{\"runId\":\"a\"},{\"progress\":101},{\"runId\":"
                                     "\"c\"}],\"status\":\"OK\"}");
        struct seen seen = { 0 };
        seen.stop_at = stop_at;
        assert_int_equal(run(s, &seen), OSFT_E_STOPPED);
        assert_int_equal(seen.count, stop_at < 3 ? 1 : 2);
        assert_int_equal(seen.left_out, stop_at > 1);
        assert_span(s->client.reply.status, NULL); /* the members behind the task were not read */
        assert_int_equal(s->fake.closed, 1);
        setup_free(s);
    }
}

/* The result is the same when the bytes right behind that task are not JSON. */
static void an_end_by_the_function_counts_more_than_errors_that_follow(void **state)
{
    static const char *const bodies[] = { "{\"result\":[7}", "{\"result\":[{}}",
                                          "{\"result\":[[1]}", "{\"result\":[\"a\"<html>" };
    size_t i, step;
    (void)state;
    for (i = 0; i < COUNT(bodies); i++) {
        for (step = 0; step < 2; step++) {
            struct setup *s = setup_body(2048, "200 OK", bodies[i]);
            struct seen seen = { 0 };
            s->fake.step = step;
            seen.stop_at = 1;
            assert_int_equal(run(s, &seen), OSFT_E_STOPPED);
            assert_int_equal(seen.count + seen.left_out, 1);
            setup_free(s);
        }
    }
}

static void errors_are_the_same_as_without_a_function(void **state)
{
    static const struct {
        const char *status, *body;
        int result, count, left_out;
    } table[] = {
        { "200 OK", "{\"result\":[{\"runId\":\"a\"},7]}", OSFT_E_BAD_TASK, 1, 1 },
        { "200 OK", "{\"result\":[{\"runId\":\"a\"},{\"runId\":[]}]}", OSFT_E_BAD_TASK, 1, 1 },
        { "200 OK", "{\"result\":[{\"runId\":\"a\"}],\"result\":[{\"runId\":\"b\"}]}",
          OSFT_E_RESPONSE, 1, 0 },
        { "200 OK", "{\"result\":[{\"runId\":\"a\"}],\"latency\":{}}", OSFT_E_RESPONSE, 1, 0 },
        { "200 OK", "{\"latency\":{},\"result\":[{\"runId\":\"a\"}]}", OSFT_E_RESPONSE, 1, 0 },
        { "200 OK", "{\"result\":[{\"runId\":\"a\"}", OSFT_E_JSON, 1, 0 },
        { "200 OK", "{\"result\":[{\"runId\":\"a\"}]}}", OSFT_E_JSON, 1, 0 },
        { "200 OK", "<html>", OSFT_E_HTML, 0, 0 },
        { "200 OK", "", OSFT_E_EMPTY, 0, 0 },
        { "200 OK", "{\"result\":[],\"totalCount\":0}", OSFT_OK, 0, 0 },
        { "200 OK", "{\"totalCount\":0}", OSFT_OK, 0, 0 },
        { "200 OK", "{\"status\":\"FAIL\",\"code\":\"App.NotFound\"}", OSFT_E_REFUSED, 0, 0 },
        { "403 Forbidden", "{\"Code\":\"Forbidden.RAM\"}", OSFT_E_REFUSED, 0, 0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct setup *s = setup_body(2048, table[i].status, table[i].body);
        struct seen seen = { 0 };
        int result = run(s, &seen);
        if (result != table[i].result || seen.count != table[i].count ||
            seen.left_out != table[i].left_out) {
            fail_msg("%s: %d, %d tasks", table[i].body, result, seen.count);
        }
        setup_free(s);
    }
}

static void the_one_object_of_a_get_is_handed_over(void **state)
{
    struct setup *s =
        setup_body(2048, "200 OK", "{\"x\":{},\"Result\":{\"RunId\":\"a\"},\"y\":{}}");
    struct seen seen = { 0 };
    (void)state;
    s->query.generation = osft_span_from("3");
    assert_int_equal(run(s, &seen), OSFT_OK);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.run_id[0], "a");
    setup_free(s);
}

/* The interface for pages.c and watch.c: their function can keep the texts of tasks in the buffer,
 * and can drop an omission. */
struct keeper {
    int on_omission; /* what the function returns for an omission */
    struct osft_span run_ids[4];
    int count;
};

static int keep_texts(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct keeper *keeper = ctx;
    if (omission != NULL) {
        return keeper->on_omission;
    }
    keeper->run_ids[keeper->count++] = task->run_id;
    return OSFT_KEEP_TEXTS;
}

static void an_internal_function_can_keep_texts_and_drop_omissions(void **state)
{
    static const int on_omission[] = { 0, OSFT_KEEP_TEXTS, OSFT_DROP_TASK };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(on_omission); i++) {
        struct setup *s =
            setup_body(2048, "200 OK",
                       "{\"result\":[{\"runId\":\"first\"},{\"runId\":\"bad\",\"progress\":101},"
                       "{\"runId\":\"last\"}],\"requestId\":\"r\"}");
        struct keeper keeper = { 0 };
        int is_dropped = on_omission[i] == OSFT_DROP_TASK;
        keeper.on_omission = on_omission[i];
        s->page.on_task = keep_texts;
        s->page.on_task_ctx = &keeper;
        assert_int_equal(setup_list(s), is_dropped ? OSFT_OK : OSFT_E_BAD_TASK);
        assert_int_equal(keeper.count, 2);
        assert_span(keeper.run_ids[0], "first");
        assert_span(keeper.run_ids[1], "last");
        assert_span(s->client.reply.request_id, "r");
        assert_int_equal(s->client.reply.tasks, 3);
        assert_int_equal(s->client.reply.left_out, !is_dropped);
        assert_span(s->client.reply.omission.task.run_id,
                    on_omission[i] == OSFT_KEEP_TEXTS ? "bad" : NULL);
        setup_free(s);
    }
}

/* An omission that is dropped leaves nothing in the work buffer. */
static void an_omission_that_is_dropped_takes_no_room(void **state)
{
    static char body[65536];
    struct keeper keeper = { OSFT_DROP_TASK, { { NULL, 0 } }, 0 };
    struct setup *s;
    size_t at = (size_t)snprintf(body, sizeof(body), "{\"result\":[");
    int i;
    (void)state;
    for (i = 0; i < 100; i++) {
        at += (size_t)snprintf(body + at, sizeof(body) - at,
                               "{\"runId\":\"%0200d\",\"progress\":101},", i);
    }
    snprintf(body + at, sizeof(body) - at, "{\"runId\":\"a\"}]}");
    s = setup_body(1024, "200 OK", body);
    s->page.on_task = keep_texts;
    s->page.on_task_ctx = &keeper;
    assert_int_equal(setup_list(s), OSFT_OK);
    assert_int_equal(keeper.count, 1);
    assert_true(s->client.reply.need <= 1024);
    setup_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_is_handed_over_with_its_last_byte),
        cmocka_unit_test(tasks_are_the_same_however_bytes_arrive),
        cmocka_unit_test(a_response_that_is_cut_delivers_whole_tasks_only),
        cmocka_unit_test(a_page_of_any_size_passes_through_a_small_buffer),
        cmocka_unit_test(a_task_that_does_not_fit_is_reported_and_the_rest_comes),
        cmocka_unit_test(tasks_that_do_not_fit_leave_nothing_behind),
        cmocka_unit_test(an_envelope_that_does_not_fit_is_no_task),
        cmocka_unit_test(the_function_can_end_the_call),
        cmocka_unit_test(an_end_by_the_function_counts_more_than_errors_that_follow),
        cmocka_unit_test(errors_are_the_same_as_without_a_function),
        cmocka_unit_test(the_one_object_of_a_get_is_handed_over),
        cmocka_unit_test(an_internal_function_can_keep_texts_and_drop_omissions),
        cmocka_unit_test(an_omission_that_is_dropped_takes_no_room),
    };
    return cmocka_run_group_tests_name("on_task", tests, NULL, NULL);
}
