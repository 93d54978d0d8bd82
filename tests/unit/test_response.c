/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a response's body: which are read and how, and which values are refused. */
#include "fake.h"

static struct osft_task tasks[4];
static struct osft_page page;
static struct osft_reply reply;
/* An allocation of exactly the length of the text, so that ASan finds a read past its end. */
static char *body;

static int parse_bytes(const char *text, size_t len, int is_get)
{
    free(body);
    body = malloc(len != 0 ? len : 1);
    assert_non_null(body);
    memcpy(body, text, len);
    memset(tasks, 0x55, sizeof(tasks));
    memset(&page, 0x55, sizeof(page));
    memset(&reply, 0x55, sizeof(reply));
    page.tasks = tasks;
    page.max = COUNT(tasks);
    page.on_task = NULL;
    return is_get ? osft_parse_get(body, len, &page, &reply)
                  : osft_parse_list(body, len, &page, &reply);
}

/* Return the name of the member that a result names as wrong; NULL: none. */
static const char *blamed_member(int result)
{
    return result == OSFT_E_RESPONSE   ? reply.member
           : result == OSFT_E_BAD_TASK ? reply.omission.member
                                       : NULL;
}

/* Parse a text, and assert the result and the member that it names as wrong; NULL: none. */
static void assert_parse(const char *text, int result, const char *member)
{
    int got = parse_bytes(text, strlen(text), 0);
    const char *blamed = blamed_member(got);

    if (got != result || (member == NULL ? blamed != NULL : strcmp(blamed, member) != 0)) {
        fail_msg("%d %s, not %d %s: %.300s", got, blamed != NULL ? blamed : "", result,
                 member != NULL ? member : "", text);
    }
    assert_true(page.count + reply.left_out <= reply.tasks);
    assert_int_equal(reply.attempts, 0); /* parsing makes no attempt */
    assert_int_equal(reply.reopened, 0);
    assert_int_equal(reply.last_error, 0);
    assert_int_equal(reply.http_status, 0);
}

/* Parse a list of one task that has this member, and assert the result. */
static void assert_task_member(const char *name, const char *value, int result)
{
    char text[512];
    snprintf(text, sizeof(text), "{\"result\":[{\"%s\":%s}],\"totalCount\":1}", name, value);
    assert_parse(text, result, result != OSFT_OK ? name : NULL);
    assert_int_equal(page.count, result == OSFT_OK);
    assert_int_equal(reply.left_out, result != OSFT_OK);
}

/* Parse an envelope that has this member and a task behind it, and assert the result. A wrong
 * member does not hide the task. */
static void assert_member(const char *name, const char *value, int result)
{
    char text[512];
    snprintf(text, sizeof(text), "{\"%s\":%s,\"result\":[{\"runId\":\"r\"}]}", name, value);
    assert_parse(text, result, result != OSFT_OK ? name : NULL);
    assert_int_equal(page.count, 1);
    assert_span(tasks[0].run_id, "r");
}

static const char *const envelope[][2] = { { "status", "\"OK\"" }, { "requestId", "\"r-1\"" },
                                           { "httpCode", "200" },  { "code", "\"200\"" },
                                           { "message", "\"m\"" }, { "latency", "12" },
                                           { "totalCount", "5" } };
static const char *const members[][2] = {
    { "functionName", "\"ctr\"" }, { "progress", "90" },     { "status", "\"running\"" },
    { "startTime", "100010" },     { "endTime", "200020" },  { "extendInfo", "\"{}\"" },
    { "runId", "\"run\"" },        { "generation", "\"3\"" }
};

/* Append "name":value. The first letter is upper-case when the bit of `pascal` says so. */
static void append(char *to, size_t size, const char *const pair[2], unsigned pascal)
{
    size_t at = strlen(to);
    char first = (char)(pascal ? pair[0][0] ^ 0x20 : pair[0][0]);
    int n = snprintf(to + at, size - at, "\"%c%s\":%s,", first, pair[0] + 1, pair[1]);
    assert_true(n > 0 && (size_t)n < size - at);
}

static void both_spellings_of_every_member_are_read_in_any_mixture(void **state)
{
    unsigned mask, i;
    (void)state;
    for (mask = 0; mask < 0x10000; mask = mask * 5 / 4 + 1) {
        unsigned m = mask == 0 ? 0 : mask < 2 ? 0xffff : mask;
        char text[1024] = "{";
        for (i = 0; i < COUNT(envelope); i++) {
            append(text, sizeof(text), envelope[i], m >> i & 1);
        }
        strcat(text, m & 0x80 ? "\"Result\":[{" : "\"result\":[{");
        for (i = 0; i < COUNT(members); i++) {
            append(text, sizeof(text), members[i], m >> (8 + i) & 1);
        }
        strcpy(text + strlen(text) - 1, "}]}");
        assert_parse(text, OSFT_OK, NULL);
        assert_span(reply.status, "OK");
        assert_span(reply.request_id, "r-1");
        assert_span(reply.code, "200");
        assert_span(reply.message, "m");
        assert_true(reply.http_code == 200 && reply.latency_ms == 12 && reply.total == 5);
        assert_int_equal(page.count, 1);
        assert_span(tasks[0].function, "ctr");
        assert_span(tasks[0].status, "running");
        assert_span(tasks[0].extend_info, "{}");
        assert_span(tasks[0].run_id, "run");
        assert_span(tasks[0].generation, "3");
        assert_true(tasks[0].start_ms == 100010 && tasks[0].end_ms == 200020);
        assert_int_equal(tasks[0].progress, 90);
    }
}

static void other_casings_are_unknown_members(void **state)
{
    (void)state;
    assert_parse(
        "{\"STATUS\":[1],\"TotalcounT\":{},\"requestID\":5,\"result\":[{\"FUNCTIONNAME\":1,"
        "\"functionname\":[],\"Functionname\":{},\"runID\":1.5,\"progres\":-1,"
        "\"progress \":-1,\"\":0,\"sTatus\":true,\"RunIdd\":{}}]}",
        OSFT_OK, NULL);
    assert_span(reply.status, NULL);
    assert_span(reply.request_id, NULL);
    assert_true(reply.total == OSFT_UNKNOWN);
    assert_int_equal(page.count, 1);
    assert_span(tasks[0].function, NULL);
    assert_span(tasks[0].run_id, NULL);
    assert_span(tasks[0].status, NULL);
    assert_int_equal(tasks[0].progress, OSFT_UNKNOWN);
}

static void assert_nothing_is_known(void)
{
    assert_int_equal(page.count, 1);
    assert_span(reply.status, NULL);
    assert_span(reply.code, NULL);
    assert_span(reply.message, NULL);
    assert_span(reply.request_id, NULL);
    assert_true(reply.total == OSFT_UNKNOWN && reply.latency_ms == OSFT_UNKNOWN);
    assert_true(reply.http_code == OSFT_UNKNOWN);
    assert_span(tasks[0].function, NULL);
    assert_span(tasks[0].status, NULL);
    assert_span(tasks[0].run_id, NULL);
    assert_span(tasks[0].generation, NULL);
    assert_span(tasks[0].extend_info, NULL);
    assert_true(tasks[0].start_ms == OSFT_UNKNOWN && tasks[0].end_ms == OSFT_UNKNOWN);
    assert_int_equal(tasks[0].progress, OSFT_UNKNOWN);
}

static void absent_and_null_members_are_unknown(void **state)
{
    (void)state;
    assert_parse("{\"result\":[{}]}", OSFT_OK, NULL);
    assert_nothing_is_known();
    assert_parse(
        "{\"status\":null,\"code\":null,\"message\":null,\"requestId\":null,\"httpCode\":null,"
        "\"latency\":null,\"totalCount\":null,\"errors\":null,\"result\":[{\"functionName\":"
        "null,\"status\":null,\"runId\":null,\"generation\":null,\"extendInfo\":null,"
        "\"startTime\":null,\"endTime\":null,\"progress\":null}]}",
        OSFT_OK, NULL);
    assert_nothing_is_known();
}

static void numbers_may_be_strings_and_the_other_way_round(void **state)
{
    (void)state;
    assert_parse(
        "{\"httpCode\":\"200\",\"totalCount\":\"7\",\"latency\":\"0\",\"status\":200,"
        "\"code\":200,\"requestId\":1638157479281,\"result\":[{\"generation\":2,\"progress\":"
        "\"40\",\"startTime\":\"1582214400000\",\"endTime\":\"0\"}]}",
        OSFT_OK, NULL);
    assert_true(reply.http_code == 200 && reply.total == 7 && reply.latency_ms == 0);
    assert_span(reply.status, "200");
    assert_span(reply.code, "200");
    assert_span(reply.request_id, "1638157479281");
    assert_span(tasks[0].generation, "2");
    assert_int_equal(tasks[0].progress, 40);
    assert_true(tasks[0].start_ms == INT64_C(1582214400000) && tasks[0].end_ms == 0);
}

static void names_compare_after_unescaping(void **state)
{
    (void)state;
    assert_parse("{\"\\u0072esult\":[{\"st\\u0061tus\":\"failed\",\"\\u0047eneration\":\"9\","
                 "\"run\\u0000Id\":5,\"run\\/Id\":5}]}",
                 OSFT_OK, NULL);
    assert_span(tasks[0].status, "failed");
    assert_span(tasks[0].generation, "9");
    assert_span(tasks[0].run_id, NULL);
    assert_parse("{\"result\":[{\"status\":\"a\",\"st\\u0061tus\":\"b\"}]}", OSFT_E_BAD_TASK,
                 "status");
}

static void values_may_be_spelled_like_names(void **state)
{
    (void)state;
    assert_parse("{\"status\":\"code\",\"code\":\"ok\",\"result\":[{\"status\":\"runId\","
                 "\"functionName\":\"generation\",\"runId\":\"status\"}],\"message\":\"result\"}",
                 OSFT_OK, NULL);
    assert_span(reply.status, "code");
    assert_span(reply.code, "ok");
    assert_span(reply.message, "result");
    assert_span(tasks[0].status, "runId");
    assert_span(tasks[0].function, "generation");
    assert_span(tasks[0].run_id, "status");
    assert_span(tasks[0].generation, NULL);
}

static const char *const any_value[] = {
    "null",
    "true",
    "false",
    "0",
    "-1.5e-3",
    "\"\"",
    "\"a\\\"]}b\"",
    "[]",
    "{}",
    "[1,[2,{\"x\":[]}],3]",
    "{\"status\":{\"result\":[{\"code\":\"no\"}]},\"result\":[{}]}",
    "[{\"status\":1},{\"status\":2}]",
    "[[],[],{}]",
    "\"\\u0000\\ud834\\udd1e\""
};

static void unknown_members_of_every_type_are_skipped_at_every_level(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(any_value); i++) {
        char text[1024];
        const char *v = any_value[i];
        snprintf(text, sizeof(text),
                 "{\"a\":%s,\"status\":\"OK\",\"b\":%s,\"c\":%s,\"result\":[{\"d\":%s,\"status\":"
                 "\"failed\",\"e\":%s,\"f\":%s,\"runId\":\"r\",\"g\":%s},{\"h\":%s}],\"i\":%s,"
                 "\"totalCount\":2,\"j\":%s}",
                 v, v, v, v, v, v, v, v, v, v);
        assert_parse(text, OSFT_OK, NULL);
        assert_span(reply.status, "OK");
        assert_true(reply.total == 2);
        assert_int_equal(page.count, 2);
        assert_int_equal(reply.tasks, 2);
        assert_span(tasks[0].status, "failed");
        assert_span(tasks[0].run_id, "r");
        assert_span(tasks[1].status, NULL);
    }
}

/* Each wrong or missing value, with whether it is valid as a text and as a number. */
static void every_member_refuses_every_wrong_type_by_name(void **state)
{
    static const char *const wrong[] = { "true",
                                         "false",
                                         "{}",
                                         "[]",
                                         "[1]",
                                         "{\"a\":1}",
                                         "-1",
                                         "1.5",
                                         "1e2",
                                         "-0.0",
                                         "9223372036854775808" };
    static const char *const text_or_number[] = { "generation", "status", "code", "requestId" };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(wrong); i++) {
        for (k = 0; k < COUNT(members); k++) {
            assert_task_member(members[k][0], wrong[i], OSFT_E_BAD_TASK);
        }
        for (k = 0; k < COUNT(envelope); k++) {
            assert_member(envelope[k][0], wrong[i], OSFT_E_RESPONSE);
        }
    }
    for (k = 0; k < COUNT(members); k++) {
        int is_text = members[k][1][0] == '"';
        int both = strcmp(members[k][0], text_or_number[0]) == 0;
        assert_task_member(members[k][0], "7", is_text && !both ? OSFT_E_BAD_TASK : OSFT_OK);
        assert_task_member(members[k][0], "\"x\"", is_text ? OSFT_OK : OSFT_E_BAD_TASK);
    }
    assert_member("message", "7", OSFT_E_RESPONSE);
    assert_member("status", "7", OSFT_OK);
    assert_member("requestId", "7", OSFT_OK);
    assert_member("httpCode", "\"x\"", OSFT_E_RESPONSE);
    assert_member("totalCount", "\"x\"", OSFT_E_RESPONSE);
    assert_member("latency", "\"x\"", OSFT_E_RESPONSE);
}

static void numbers_outside_their_range_are_refused_by_name(void **state)
{
    static const char *const bad[] = {
        "-1",      "101",          "1e2",        "1.5",
        "1.0",     "\"\"",         "\"abc\"",    "\"-1\"",
        "\"101\"", "\" 5\"",       "\"5 \"",     "\"+5\"",
        "\"0x5\"", "\"5\\u0000\"", "4294967297", "18446744073709551617"
    };
    static const char *const names[] = { "startTime", "endTime" };
    static const char *const bad_times[] = { "9223372036854775808",
                                             "\"9223372036854775808\"",
                                             "18446744073709551616",
                                             "\"18446744073709551617\"",
                                             "92233720368547758070",
                                             "-1",
                                             "\"-1\"",
                                             "1.5e12",
                                             "\"\"",
                                             "99999999999999999999999999999999999999999" };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        assert_task_member("progress", bad[i], OSFT_E_BAD_TASK);
    }
    assert_task_member("progress", "0", OSFT_OK);
    assert_int_equal(tasks[0].progress, 0);
    assert_task_member("progress", "100", OSFT_OK);
    assert_int_equal(tasks[0].progress, 100);
    for (k = 0; k < 2; k++) {
        for (i = 0; i < COUNT(bad_times); i++) {
            assert_task_member(names[k], bad_times[i], OSFT_E_BAD_TASK);
        }
        assert_task_member(names[k], "9223372036854775807", OSFT_OK);
        assert_true((k ? tasks[0].end_ms : tasks[0].start_ms) == INT64_MAX);
        assert_task_member(names[k], "\"9223372036854775807\"", OSFT_OK);
        assert_true((k ? tasks[0].end_ms : tasks[0].start_ms) == INT64_MAX);
        assert_task_member(names[k], "0", OSFT_OK);
        assert_true((k ? tasks[0].end_ms : tasks[0].start_ms) == 0);
    }
}

static void a_known_member_said_twice_is_refused_by_name(void **state)
{
    unsigned k, how;
    (void)state;
    for (how = 0; how < 4; how++) {
        for (k = 0; k < COUNT(members); k++) {
            char text[512] = "{\"result\":[{\"generation2\":1,";
            append(text, sizeof(text), members[k], how & 1);
            append(text, sizeof(text), members[k], how & 2);
            strcpy(text + strlen(text) - 1, "}]}");
            assert_parse(text, OSFT_E_BAD_TASK, members[k][0]);
            assert_int_equal(page.count, 0);
        }
        for (k = 0; k < COUNT(envelope); k++) {
            char text[512] = "{";
            append(text, sizeof(text), envelope[k], how & 1);
            append(text, sizeof(text), envelope[k], how & 2);
            strcat(text, "\"result\":[]}");
            assert_parse(text, OSFT_E_RESPONSE, envelope[k][0]);
        }
    }
    assert_parse("{\"result\":[],\"Result\":[]}", OSFT_E_RESPONSE, "result");
    assert_parse("{\"result\":null,\"result\":[]}", OSFT_E_RESPONSE, "result");
    assert_parse("{\"result\":[{\"status\":null,\"status\":\"x\"}]}", OSFT_E_BAD_TASK, "status");
    assert_parse("{\"x\":1,\"x\":2,\"result\":[{\"status\":\"a\"},{\"status\":\"b\"}]}", OSFT_OK,
                 NULL);
}

static void result_is_an_array_or_null(void **state)
{
    static const char *const bad[] = { "{}",  "5", "\"a\"", "true", "\"\"", "{\"generation\":1}",
                                       "-1.5" };
    char text[256];
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        snprintf(text, sizeof(text), "{\"result\":%s,\"totalCount\":0,\"requestId\":\"r\"}",
                 bad[i]);
        assert_parse(text, OSFT_E_RESPONSE, "result");
        assert_int_equal(reply.tasks, 0);
        assert_span(reply.request_id, "r");
    }
    assert_parse("{\"result\":null,\"totalCount\":0}", OSFT_OK, NULL);
    assert_parse("{\"totalCount\":0}", OSFT_OK, NULL);
    assert_parse("{\"totalCount\":\"0\"}", OSFT_OK, NULL);
    assert_parse("{\"result\":[]}", OSFT_OK, NULL);
    assert_parse("{\"result\":null,\"totalCount\":1}", OSFT_E_RESPONSE, "result");
    assert_parse("{\"result\":null}", OSFT_E_RESPONSE, "result");
    assert_parse("{\"totalCount\":1}", OSFT_E_RESPONSE, "result");
    assert_parse("{\"totalCount\":1,\"errors\":null}", OSFT_E_RESPONSE, "result");
    assert_parse("{\"totalCount\":1,\"result\":[{\"runId\":\"a\"}],\"errors\":null}", OSFT_OK,
                 NULL);
    assert_parse("{\"status\":\"OK\"}", OSFT_E_RESPONSE, "result");
    assert_parse("{}", OSFT_E_RESPONSE, "result");
}

/* The other elements are delivered. */
static void an_element_of_result_that_is_no_object_is_a_bad_task(void **state)
{
    static const struct {
        const char *elements;
        unsigned tasks, left_out, first; /* first: index of the first one that is left out */
    } cases[] = {
        { "1", 1, 1, 0 },
        { "\"a\"", 1, 1, 0 },
        { "null", 1, 1, 0 },
        { "true", 1, 1, 0 },
        { "[]", 1, 1, 0 },
        { "[{}]", 1, 1, 0 },
        { "{},1", 2, 1, 1 },
        { "{},null,{}", 3, 1, 1 },
        { "{},[]", 2, 1, 1 },
        { "-1.5", 1, 1, 0 },
        { "{},[{},[{}]],{}", 3, 1, 1 },
        { "1,2,3", 3, 3, 0 },
        { "[],[],{}", 3, 2, 0 },
        { "{},[1,2,{}],\"{\"", 3, 2, 1 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        char text[256];
        snprintf(text, sizeof(text), "{\"result\":[%s],\"totalCount\":0}", cases[i].elements);
        assert_parse(text, OSFT_E_BAD_TASK, "result");
        assert_int_equal(reply.tasks, cases[i].tasks);
        assert_int_equal(reply.left_out, cases[i].left_out);
        assert_int_equal(reply.omission.task.index, cases[i].first);
        assert_int_equal(page.count, cases[i].tasks - cases[i].left_out);
        assert_true(reply.total == 0);
    }
}

/* Tasks beyond the array's end are counted, whatever they contain. */
static void further_tasks_are_counted_once_each(void **state)
{
    static const char *const elements[] = { "{}",
                                            "{\"code\":\"x\"}",
                                            "{\"message\":\"x\",\"code\":[]}",
                                            "{\"runId\":\"x\",\"result\":[{}]}",
                                            "7",
                                            "[{},{}]" };
    char text[256];
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(elements); i++) {
        snprintf(text, sizeof(text),
                 "{\"result\":[{},{},{},{},%s,{},%s],\"code\":\"\",\"latency\":3}", elements[i],
                 elements[i]);
        assert_parse(text, OSFT_E_TASKS, NULL);
        assert_int_equal(page.count, COUNT(tasks));
        assert_int_equal(reply.tasks, 7);
        assert_int_equal(reply.left_out, 0);
        assert_span(reply.message, NULL);
        assert_true(reply.latency_ms == 3);
    }
}

/* result and errors are the only arrays of the response whose elements are read. */
static void scalars_of_the_envelope_are_no_arrays(void **state)
{
    (void)state;
    assert_parse("{\"errors\":7,\"result\":[{}]}", OSFT_E_RESPONSE, "errors");
    assert_int_equal(page.count, 1);
    assert_parse("{\"errors\":{},\"result\":[{}]}", OSFT_E_RESPONSE, "errors");
    assert_int_equal(page.count, 1);
    assert_parse("{\"errors\":{\"code\":\"E\"},\"result\":[{}]}", OSFT_E_RESPONSE, "errors");
    assert_parse("{\"errors\":[1],\"result\":[{}]}", OSFT_E_RESPONSE, "errors");
    assert_parse("{\"errors\":[[{}]],\"result\":[{}]}", OSFT_E_RESPONSE, "errors");
    assert_int_equal(page.count, 1);
    assert_parse("{\"errors\":[],\"errors\":[],\"result\":[{}]}", OSFT_E_RESPONSE, "errors");
    assert_parse("{\"latency\":[{\"runId\":\"no\"}],\"result\":[{}]}", OSFT_E_RESPONSE, "latency");
    assert_int_equal(page.count, 1);
    assert_int_equal(reply.tasks, 1);
}

static void the_first_wrong_member_of_the_envelope_is_named(void **state)
{
    (void)state;
    assert_parse("{\"latency\":{},\"message\":5,\"result\":[{\"progress\":101}],\"status\":[]}",
                 OSFT_E_RESPONSE, "latency");
    assert_int_equal(reply.left_out, 1);
    assert_string_equal(reply.omission.member, "progress");
    assert_parse("{\"result\":[{\"progress\":101}],\"status\":[],\"message\":5}", OSFT_E_RESPONSE,
                 "status");
}

static void anything_but_an_object_at_the_top_is_no_response(void **state)
{
    static const char *const bad[] = {
        "[]",   "[{}]", "1",      "-0.5e1", "\"text\"",         "true",
        "null", " 5 ",  "[[[]]]", "\"{}\"", "[{\"result\":[]}]"
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        assert_parse(bad[i], OSFT_E_RESPONSE, "result");
        assert_int_equal(page.count, 0);
    }
    assert_parse("", OSFT_E_EMPTY, NULL);
    assert_parse(" \r\n", OSFT_E_EMPTY, NULL);
    assert_parse("<p>", OSFT_E_HTML, NULL);
}

static void broken_json_counts_more_than_a_wrong_member(void **state)
{
    static const char *const bad[] = { "{\"result\":[{\"progress\":101}],}",
                                       "{\"result\":5,\"x\":tru}",
                                       "[1,]",
                                       "{\"status\":{}",
                                       "{\"latency\":\"x\",\"result\":[]]",
                                       "{\"result\":[{\"runId\":1}]} x",
                                       "[}",
                                       "5 5" };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        assert_parse(bad[i], OSFT_E_JSON, NULL);
    }
}

static void get_expects_one_object(void **state)
{
    static const char good[] = "{\"Latency\":1,\"result\":{\"generation\":\"3\",\"x\":{\"y\":[]},"
                               "\"progress\":100},\"status\":\"OK\"}";
    static const char *const bad[] = { "{\"result\":[]}",   "{\"result\":[{}]}",
                                       "{\"result\":null}", "{}",
                                       "{\"result\":1}",    "{\"result\":\"a\"}" };
    size_t i;
    (void)state;
    assert_int_equal(parse_bytes(good, strlen(good), 1), OSFT_OK);
    assert_int_equal(page.count, 1);
    assert_int_equal(reply.tasks, 1);
    assert_span(tasks[0].generation, "3");
    assert_int_equal(tasks[0].progress, 100);
    assert_span(reply.status, "OK");
    assert_true(reply.latency_ms == 1);
    for (i = 0; i < COUNT(bad); i++) {
        assert_int_equal(parse_bytes(bad[i], strlen(bad[i]), 1), OSFT_E_RESPONSE);
        assert_string_equal(reply.member, "result");
        assert_int_equal(page.count, 0);
    }
    assert_int_equal(parse_bytes("{\"result\":{\"status\":{}},\"latency\":2}", 36, 1),
                     OSFT_E_BAD_TASK);
    assert_string_equal(reply.omission.member, "status");
    assert_true(reply.latency_ms == 2);
    assert_int_equal(parse_bytes("{\"result\":{}}", 13, 1), OSFT_OK);
    assert_int_equal(page.count, 1);
}

static void get_expects_one_object_over_the_port(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", "{\"result\":{\"generation\":\"3\"}}");
    (void)state;
    s->query.generation = osft_span_from("3");
    assert_int_equal(setup_list(s), OSFT_OK);
    assert_int_equal(s->page.count, 1);
    assert_span(s->tasks[0].generation, "3");
    setup_free(s);
}

static int free_body(void **state)
{
    (void)state;
    free(body);
    body = NULL;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_spellings_of_every_member_are_read_in_any_mixture),
        cmocka_unit_test(other_casings_are_unknown_members),
        cmocka_unit_test(absent_and_null_members_are_unknown),
        cmocka_unit_test(numbers_may_be_strings_and_the_other_way_round),
        cmocka_unit_test(names_compare_after_unescaping),
        cmocka_unit_test(values_may_be_spelled_like_names),
        cmocka_unit_test(unknown_members_of_every_type_are_skipped_at_every_level),
        cmocka_unit_test(every_member_refuses_every_wrong_type_by_name),
        cmocka_unit_test(numbers_outside_their_range_are_refused_by_name),
        cmocka_unit_test(a_known_member_said_twice_is_refused_by_name),
        cmocka_unit_test(result_is_an_array_or_null),
        cmocka_unit_test(an_element_of_result_that_is_no_object_is_a_bad_task),
        cmocka_unit_test(further_tasks_are_counted_once_each),
        cmocka_unit_test(scalars_of_the_envelope_are_no_arrays),
        cmocka_unit_test(the_first_wrong_member_of_the_envelope_is_named),
        cmocka_unit_test(anything_but_an_object_at_the_top_is_no_response),
        cmocka_unit_test(broken_json_counts_more_than_a_wrong_member),
        cmocka_unit_test(get_expects_one_object),
        cmocka_unit_test(get_expects_one_object_over_the_port),
    };
    return cmocka_run_group_tests_name("response", tests, NULL, free_body);
}
