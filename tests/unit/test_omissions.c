/* SPDX-License-Identifier: Apache-2.0 */
/* A task that is bad or too large is left out and reported, and hides none of the others. */
#include "fake.h"

/* Stands for 1,500 digits, which is more than the work buffer of these tests holds. */
#define LONG_TEXT "%"

/* Elements of result that cannot be delivered. */
static const struct bad {
    const char *element;
    int reason;
    const char *member; /* the one to blame */
    const char *run_id; /* as far as it is known */
    int64_t start_ms;
} bads[] = {
    { "{\"runId\":\"bad\",\"progress\":101}", OSFT_E_BAD_TASK, "progress", "bad", -1 },
    { "{\"progress\":101,\"startTime\":5,\"runId\":\"bad\"}", OSFT_E_BAD_TASK, "progress", "bad",
      5 },
    { "{\"progress\":-1,\"runId\":\"b\\u0061d\"}", OSFT_E_BAD_TASK, "progress", "bad", -1 },
    { "{\"startTime\":1.5,\"runId\":\"bad\"}", OSFT_E_BAD_TASK, "startTime", "bad", -1 },
    { "{\"runId\":\"bad\",\"startTime\":1e3,\"x\":{}}", OSFT_E_BAD_TASK, "startTime", "bad", -1 },
    { "{\"runId\":\"bad\",\"startTime\":7,\"endTime\":\"x\"}", OSFT_E_BAD_TASK, "endTime", "bad",
      7 },
    { "{\"status\":\"a\",\"runId\":\"bad\",\"Status\":\"b\"}", OSFT_E_BAD_TASK, "status", "bad",
      -1 },
    { "{\"runId\":\"bad\",\"runId\":\"other\"}", OSFT_E_BAD_TASK, "runId", "bad", -1 },
    { "{\"status\":null,\"status\":null}", OSFT_E_BAD_TASK, "status", NULL, -1 },
    { "{\"extendInfo\":{\"a\":[{}],\"runId\":1},\"runId\":\"bad\"}", OSFT_E_BAD_TASK, "extendInfo",
      "bad", -1 },
    { "{\"runId\":\"bad\",\"extendInfo\":[1,[2,{\"b\":\"}]\"}]]}", OSFT_E_BAD_TASK, "extendInfo",
      "bad", -1 },
    { "{\"runId\":[],\"startTime\":9}", OSFT_E_BAD_TASK, "runId", NULL, 9 },
    { "{\"runId\":5}", OSFT_E_BAD_TASK, "runId", NULL, -1 },
    { "{\"functionName\":true,\"runId\":\"bad\"}", OSFT_E_BAD_TASK, "functionName", "bad", -1 },
    { "{\"generation\":false}", OSFT_E_BAD_TASK, "generation", NULL, -1 },
    { "null", OSFT_E_BAD_TASK, "result", NULL, -1 },
    { "7", OSFT_E_BAD_TASK, "result", NULL, -1 },
    { "\"a,{\\\"\"", OSFT_E_BAD_TASK, "result", NULL, -1 },
    { "[1]", OSFT_E_BAD_TASK, "result", NULL, -1 },
    { "[]", OSFT_E_BAD_TASK, "result", NULL, -1 },
    { "[{\"runId\":\"no\"},{\"a\":[]}]", OSFT_E_BAD_TASK, "result", NULL, -1 },
    { "{\"runId\":\"bad\",\"startTime\":5,\"extendInfo\":\"" LONG_TEXT "\"}", OSFT_E_SPACE,
      "extendInfo", "bad", 5 },
    { "{\"extendInfo\":\"" LONG_TEXT "\",\"startTime\":5,\"runId\":\"bad\"}", OSFT_E_SPACE,
      "extendInfo", "bad", 5 },
    { "{\"startTime\":5,\"runId\":\"" LONG_TEXT "\"}", OSFT_E_SPACE, "runId", NULL, 5 },
};

struct told {
    int tasks;
    char run_ids[8][8];
    uint32_t indexes[8];
    int omissions;
    struct osft_omission omission; /* the last one; its texts are gone */
    char run_id[16];               /* but for this one */
    int has_run_id;
};

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct told *told = ctx;
    if (task != NULL) {
        told->indexes[told->tasks] = task->index;
        snprintf(told->run_ids[told->tasks++], sizeof(told->run_ids[0]), "%s", task->run_id.ptr);
    } else {
        told->omissions++;
        told->omission = *omission;
        told->has_run_id = omission->task.run_id.ptr != NULL;
        if (told->has_run_id) {
            snprintf(told->run_id, sizeof(told->run_id), "%s", omission->task.run_id.ptr);
        }
    }
    return 0;
}

/* Four elements of result, of which the bad one has this index. */
static void write_body(char *text, size_t size, const struct bad *bad, unsigned index)
{
    const char *mark = strstr(bad->element, LONG_TEXT);
    char element[2048];
    size_t at = (size_t)snprintf(text, size, "{\"status\":\"OK\",\"result\":[");
    unsigned i;
    if (mark != NULL) {
        snprintf(element, sizeof(element), "%.*s%01500d%s", (int)(mark - bad->element),
                 bad->element, 0, mark + 1);
    } else {
        snprintf(element, sizeof(element), "%s", bad->element);
    }
    for (i = 0; i < 4; i++) {
        at += (size_t)snprintf(text + at, size - at, "%s", i > 0 ? " , " : "");
        at += i == index
                  ? (size_t)snprintf(text + at, size - at, "%s", element)
                  : (size_t)snprintf(text + at, size - at,
                                     "{\"runId\":\"run%u\",\"startTime\":%u,\"y\":[{}]}", i, i);
    }
    at += (size_t)snprintf(text + at, size - at, "],\"totalCount\":4,\"requestId\":\"r\"}");
    assert_true(at < size);
}

static void check_omission(const struct osft_omission *omission, const struct bad *bad,
                           unsigned index)
{
    assert_int_equal(omission->reason, bad->reason);
    assert_int_equal(omission->task.index, index);
    assert_string_equal(omission->member, bad->member);
    assert_int_equal(omission->task.start_ms, bad->start_ms);
}

static void check(const struct bad *bad, unsigned index, size_t step, int with_function)
{
    static char body[4096];
    struct told told;
    struct setup *s;
    const struct osft_reply *reply;
    unsigned i, n;
    int result;

    write_body(body, sizeof(body), bad, index);
    memset(&told, 0, sizeof(told));
    s = setup_body(1024, "200 OK", body);
    reply = &s->client.reply;
    s->fake.step = step;
    if (with_function) {
        s->page.on_task = on_task;
        s->page.on_task_ctx = &told;
    }
    result = setup_list(s);
    if (result != bad->reason || s->page.count != 3 || reply->left_out != 1 || reply->tasks != 4) {
        fail_msg("%d with %zu tasks, %u of %u left out: %s at %u, by %zu", result, s->page.count,
                 reply->left_out, reply->tasks, bad->element, index, step);
    }
    assert_int_equal(reply->total, 4);
    assert_span(reply->status, "OK");
    assert_span(reply->request_id, "r");
    check_omission(&reply->omission, bad, index);
    assert_span(reply->omission.task.run_id, with_function ? NULL : bad->run_id);
    assert_span(reply->omission.task.status, NULL);
    if (with_function) {
        assert_int_equal(told.omissions, 1);
        check_omission(&told.omission, bad, index);
        assert_int_equal(told.has_run_id, bad->run_id != NULL);
        assert_true(bad->run_id == NULL || strcmp(told.run_id, bad->run_id) == 0);
    }
    for (i = n = 0; i < 4; i++) {
        char run_id[8];
        if (i == index) {
            continue;
        }
        snprintf(run_id, sizeof(run_id), "run%u", i);
        if (with_function) {
            assert_string_equal(told.run_ids[n], run_id);
            assert_int_equal(told.indexes[n], i);
        } else {
            assert_span(s->tasks[n].run_id, run_id);
            assert_int_equal(s->tasks[n].index, i);
            assert_int_equal(s->tasks[n].start_ms, i);
        }
        n++;
    }
    setup_free(s);
}

static void one_bad_task_hides_no_other(void **state)
{
    static const size_t steps[] = { 0, 1, 7, 50 };
    size_t i, step;
    unsigned index;
    (void)state;
    for (i = 0; i < COUNT(bads); i++) {
        for (index = 0; index < 4; index++) {
            for (step = 0; step < COUNT(steps); step++) {
                check(&bads[i], index, steps[step], 0);
                check(&bads[i], index, steps[step], 1);
            }
        }
    }
}

static const char one_odd_task[] =
    "{\"requestId\":\"R1\",\"status\":\"OK\",\"httpCode\":200,\"totalCount\":3,\"result\":[\n"
    "{\"functionName\":\"ctr\",\"status\":\"running\",\"runId\":\"run3\",\"generation\":\"3\","
    "\"startTime\":1700000003000,\"endTime\":0,\"progress\":10,\"extendInfo\":null},\n"
    "{\"functionName\":\"ctr\",\"status\":\"running\",\"runId\":\"run2\",\"generation\":\"2\","
    "\"startTime\":1700000002000,\"endTime\":0,\"progress\":101,\"extendInfo\":null},\n"
    "{\"functionName\":\"ctr\",\"status\":\"running\",\"runId\":\"run1\",\"generation\":\"1\","
    "\"startTime\":1700000001000,\"endTime\":0,\"progress\":10,\"extendInfo\":null}]}";

static void the_task_behind_one_of_101_per_cent_is_listed(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", one_odd_task);
    (void)state;
    assert_int_equal(setup_list(s), OSFT_E_BAD_TASK);
    assert_int_equal(s->page.count, 2);
    assert_span(s->tasks[0].run_id, "run3");
    assert_span(s->tasks[1].run_id, "run1");
    assert_span(s->tasks[1].status, "running");
    assert_int_equal(s->client.reply.left_out, 1);
    assert_span(s->client.reply.omission.task.run_id, "run2");
    assert_string_equal(s->client.reply.omission.member, "progress");
    assert_true(s->client.reply.omission.task.start_ms == INT64_C(1700000002000));
    setup_free(s);
}

static void the_first_of_several_is_kept_and_all_are_counted(void **state)
{
    struct setup *s = setup_body(
        2048, "200 OK",
        "{\"result\":[{\"runId\":\"a\",\"progress\":101},{\"runId\":\"b\"},null,{\"runId\":\"c\","
        "\"endTime\":{}},{\"runId\":\"d\"}]}");
    (void)state;
    assert_int_equal(setup_list(s), OSFT_E_BAD_TASK);
    assert_int_equal(s->page.count, 2);
    assert_int_equal(s->client.reply.tasks, 5);
    assert_int_equal(s->client.reply.left_out, 3);
    assert_span(s->client.reply.omission.task.run_id, "a");
    assert_string_equal(s->client.reply.omission.member, "progress");
    assert_span(s->tasks[0].run_id, "b");
    assert_span(s->tasks[1].run_id, "d");
    setup_free(s);
}

/* OSFT_E_BAD_TASK says that all other tasks were delivered. */
static void what_hides_further_tasks_weighs_more_than_a_bad_one(void **state)
{
    static char body[4096];
    struct setup *s;
    int order;
    (void)state;
    for (order = 0; order < 2; order++) {
        snprintf(body, sizeof(body), "{\"result\":[%s{\"extendInfo\":\"%01500d\"}%s]}",
                 order ? "" : "{\"progress\":101},", 0, order ? ",{\"progress\":101}" : "");
        s = setup_body(1024, "200 OK", body);
        assert_int_equal(setup_list(s), OSFT_E_SPACE);
        assert_int_equal(s->client.reply.left_out, 2);
        assert_true(s->client.reply.need > 1500);
        setup_free(s);
    }
    s = setup_body(1024, "200 OK", "{\"result\":[{\"progress\":101},{},{},7]}");
    s->page.max = 1;
    assert_int_equal(setup_list(s), OSFT_E_TASKS);
    assert_int_equal(s->page.count, 1);
    assert_int_equal(s->client.reply.tasks, 4);
    assert_int_equal(s->client.reply.left_out,
                     1); /* those that the array has no room for are not read */
    setup_free(s);
}

static void a_refusal_weighs_more_than_a_bad_task(void **state)
{
    struct setup *s =
        setup_body(1024, "403 Forbidden",
                   "{\"result\":[{\"progress\":101},{\"runId\":\"a\"}],\"code\":\"X\"}");
    (void)state;
    assert_int_equal(setup_list(s), OSFT_E_REFUSED);
    assert_int_equal(s->page.count, 1);
    assert_int_equal(s->client.reply.left_out, 1);
    assert_span(s->client.reply.code, "X");
    setup_free(s);
}

static void the_one_task_of_a_get_can_be_bad(void **state)
{
    struct setup *s =
        setup_body(1024, "200 OK", "{\"result\":{\"runId\":\"a\",\"endTime\":0.5},\"latency\":3}");
    (void)state;
    s->query.generation = osft_span_from("3");
    assert_int_equal(setup_list(s), OSFT_E_BAD_TASK);
    assert_int_equal(s->page.count, 0);
    assert_int_equal(s->client.reply.left_out, 1);
    assert_int_equal(s->client.reply.latency_ms, 3);
    assert_span(s->client.reply.omission.task.run_id, "a");
    assert_string_equal(s->client.reply.omission.member, "endTime");
    setup_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_bad_task_hides_no_other),
        cmocka_unit_test(the_task_behind_one_of_101_per_cent_is_listed),
        cmocka_unit_test(the_first_of_several_is_kept_and_all_are_counted),
        cmocka_unit_test(what_hides_further_tasks_weighs_more_than_a_bad_one),
        cmocka_unit_test(a_refusal_weighs_more_than_a_bad_task),
        cmocka_unit_test(the_one_task_of_a_get_can_be_bad),
    };
    return cmocka_run_group_tests_name("omissions", tests, NULL, NULL);
}
