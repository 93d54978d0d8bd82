/* SPDX-License-Identifier: Apache-2.0 */
/* Whole bodies: the samples of the documentation, service errors, texts, and damaged bodies. */
#include "fake.h"

/* The two samples, as the documentation prints them. */
static const char sample_camel[] =
    "{\n\"status\": \"OK\",\n\"requestId\": \"\",\n\"httpCode\": 200,\n\"code\": \"\",\n"
    "\"message\": \"\",\n\"latency\": 123,\n\"totalCount\": 1,\n\"result\": [\n{\n"
    "\"functionName\": \"ctr\",\n\"progress\": 100,\n\"status\": \"success\",\n"
    "\"startTime\": 100010,\n\"endTime\": 200020,\n"
    "\"extendInfo\": \"{\\\"recall\\\":91,\\\"errors\\\":[]}\",\n"
    "\"runId\": \"trigger__2021-03-05T12:18:41\",\n\"generation\": \"3\"\n}\n]\n}\n";
static const char sample_pascal[] =
    "{\n\"Status\": \"200\",\n\"HttpCode\": 200,\n\"TotalCount\": 2,\n"
    "\"RequestId\": \"1638157479281\",\n\"Message\": \"fail\",\n\"Code\": \"200\",\n\"Result\": "
    "[\n{\n"
    "\"EndTime\": 100010,\n\"ExtendInfo\": "
    "\"{\\\\\\\"recall\\\\\\\":91,\\\\\\\"errors\\\\\\\":[]}\",\n"
    "\"FunctionName\": \"ctr\",\n\"Progress\": 90,\n\"RunId\": \"trigger__2021-03-05T12:18:41\",\n"
    "\"StartTime\": 100010,\n\"Status\": \"success\",\n\"Generation\": \"2\"\n}\n],\n"
    "\"Latency\": 123\n}\n";
static const char mixed[] = "{\"errors\":[],\"x\":[{\"a\":[1,-2.5e+3]},null],\"Result\":[{"
                            "\"status\":\"a\\u00e9\\ud834\\udd1e\","
                            "\"zz\":{\"status\":1},\"Progress\":\"7\"},{},{\"endTime\":0,"
                            "\"generation\":12}],\"code\":\"OK\"}";

static struct osft_task tasks[4];
static struct osft_page page;
static struct osft_reply reply;
/* An allocation of exactly the length of the text, so that ASan finds a read past its end. */
static char *body;

static int parse_bytes(const char *text, size_t len)
{
    free(body);
    body = malloc(len != 0 ? len : 1);
    assert_non_null(body);
    memcpy(body, text, len);
    memset(&page, 0x55, sizeof(page));
    memset(&reply, 0x55, sizeof(reply));
    page.tasks = tasks;
    page.max = COUNT(tasks);
    page.on_task = NULL;
    return osft_parse_list(body, len, &page, &reply);
}

static int parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void the_documentations_camel_case_sample_is_read(void **state)
{
    (void)state;
    assert_int_equal(parse(sample_camel), OSFT_OK);
    assert_span(reply.status, "OK");
    assert_span(reply.request_id, "");
    assert_span(reply.code, "");
    assert_span(reply.message, "");
    assert_true(reply.http_code == 200 && reply.latency_ms == 123 && reply.total == 1);
    assert_int_equal(page.count, 1);
    assert_span(tasks[0].function, "ctr");
    assert_span(tasks[0].status, "success");
    assert_span(tasks[0].extend_info, "{\"recall\":91,\"errors\":[]}");
    assert_span(tasks[0].run_id, "trigger__2021-03-05T12:18:41");
    assert_span(tasks[0].generation, "3");
    assert_true(tasks[0].start_ms == 100010 && tasks[0].end_ms == 200020);
    assert_int_equal(tasks[0].progress, 100);
    assert_int_equal(osft_task_state(&tasks[0]), OSFT_SUCCESS);
}

static void the_documentations_pascal_case_sample_is_read(void **state)
{
    (void)state;
    assert_int_equal(parse(sample_pascal), OSFT_OK);
    assert_span(reply.status, "200");
    assert_span(reply.request_id, "1638157479281");
    assert_span(reply.code, "200");
    assert_span(reply.message, "fail");
    assert_true(reply.http_code == 200 && reply.latency_ms == 123 && reply.total == 2);
    assert_int_equal(page.count, 1);
    assert_span(tasks[0].function, "ctr");
    assert_span(tasks[0].status, "success");
    assert_span(tasks[0].extend_info, "{\\\"recall\\\":91,\\\"errors\\\":[]}");
    assert_span(tasks[0].generation, "2");
    assert_true(tasks[0].start_ms == 100010 && tasks[0].end_ms == 100010);
    assert_int_equal(tasks[0].progress, 90);
}

static void service_errors_are_read_in_every_form(void **state)
{
    static const struct {
        const char *body, *code, *message;
    } cases[] = {
        { "{\"code\":\"App.NotFound\",\"message\":\"m\"}", "App.NotFound", "m" },
        { "{\"Message\":\"m\",\"Code\":\"App.NotFound\"}", "App.NotFound", "m" },
        { "{\"code\":6001,\"message\":\"m\",\"result\":[]}", "6001", "m" },
        { "{\"code\":\"X\",\"result\":[],\"totalCount\":0,\"status\":\"OK\"}", "X", NULL },
        { "{\"status\":\"FAIL\",\"result\":[],\"message\":\"m\"}", NULL, "m" },
        { "{\"Status\":\"FAIL\",\"Result\":[],\"Message\":\"m\"}", NULL, "m" },
        { "{\"httpCode\":400}", NULL, NULL },
        { "{\"HttpCode\":\"503\",\"Result\":[]}", NULL, NULL },
        { "{\"errors\":[{\"code\":\"E1\",\"message\":\"one\"},{\"code\":\"E2\",\"message\":\"two\"}"
          "]}",
          "E1", "one" },
        { "{\"Errors\":[{\"Message\":\"one\",\"Code\":1001}],\"result\":[]}", "1001", "one" },
        { "{\"errors\":[{\"params\":{\"code\":\"no\"},\"message\":\"one\",\"x\":[{\"code\":2}],"
          "\"code\":"
          "\"E1\"}],\"status\":\"FAIL\",\"result\":null}",
          "E1", "one" },
        { "{\"code\":\"\",\"message\":\"\",\"errors\":[{\"code\":\"E1\",\"message\":\"one\"}]}",
          "E1", "one" },
        /* The first error with a code or a message is the one that is reported. */
        { "{\"errors\":[{\"code\":\"E1\",\"message\":\"one\"}],\"code\":\"\",\"message\":\"\"}",
          "E1", "one" },
        { "{\"errors\":[{\"code\":\"E1\",\"message\":\"one\"}],\"code\":\"C\",\"message\":\"m\"}",
          "E1", "one" },
        { "{\"code\":\"C\",\"message\":\"m\",\"errors\":[{\"code\":\"E1\",\"message\":\"one\"}]}",
          "C", "m" },
        { "{\"errors\":[{}]}", NULL, NULL },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        int err = parse(cases[i].body);
        if (err != OSFT_E_REFUSED) {
            fail_msg("%d: %s", err, cases[i].body);
        }
        assert_span(reply.code, cases[i].code);
        assert_span(reply.message, cases[i].message);
    }
}

static void a_body_that_only_looks_like_a_service_error_is_accepted(void **state)
{
    static const char *const good[] = {
        "{\"code\":\"\",\"status\":\"OK\",\"errors\":[],\"result\":[]}",
        "{\"code\":\"200\",\"status\":\"200\",\"message\":\"fail\",\"result\":[]}",
        "{\"code\":\"OK\",\"httpCode\":399,\"errors\":null,\"result\":[]}",
        "{\"code\":null,\"status\":\"SUCCESS\",\"result\":[]}",
        "{\"result\":[{\"status\":\"FAIL\",\"errors\":[{\"code\":\"x\"}],\"code\":\"x\"}]}",
        "{\"unknown\":{\"code\":\"x\",\"status\":\"FAIL\",\"errors\":[{}]},\"result\":[]}"
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(good); i++) {
        int err = parse(good[i]);
        if (err != OSFT_OK) {
            fail_msg("%d: %s", err, good[i]);
        }
    }
}

static void an_errors_own_status_is_not_the_envelopes(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"errors\":[{\"code\":\"E\",\"status\":\"odd\"}],\"status\":\"OK\"}"),
                     OSFT_E_REFUSED);
    assert_span(reply.status, "OK");
    assert_span(reply.code, "E");
}

/* Try all 120 orders of the gateway's five members, with and without Recommend, in both spellings.
 */
static void the_gateways_refusal_is_read_in_any_order(void **state)
{
    static const char *const text[] = { "equestId\":\"r-1\"", "ostId\":\"h\"",
                                        "ode\":\"Throttling\"", "essage\":\"slow down\"",
                                        "ecommend\":\"http://x\"" };
    static const char first[] = "RHCMRrhcmr";
    unsigned order;
    (void)state;
    for (order = 0; order < 2 * 3125; order++) {
        unsigned o = order % 3125, used = 0, n = 5 - order / 3125 % 2, i;
        char json[256] = "{";
        struct setup *s;
        for (i = 0; i < 5; i++, o /= 5) {
            size_t at = strlen(json);
            used |= 1U << o % 5;
            if (o % 5 < n) {
                snprintf(json + at, sizeof(json) - at, "\"%c%s,", first[o % 5 + order % 2 * 5],
                         text[o % 5]);
            }
        }
        if (used != 31) {
            continue; /* not a permutation */
        }
        json[strlen(json) - 1] = '}';
        s = setup_body(1024, "429 Too Many Requests", json);
        assert_int_equal(setup_list(s), OSFT_E_REFUSED);
        assert_span(s->client.reply.code, "Throttling");
        assert_span(s->client.reply.message, "slow down");
        assert_span(s->client.reply.request_id, "r-1");
        assert_int_equal(osft_cause_of(&s->client.reply), OSFT_CAUSE_THROTTLED);
        setup_free(s);
    }
}

static void texts_are_unescaped_and_ended_by_a_nul(void **state)
{
    static const char utf8[] =
        "\"\\/\b\f\n\r\t A\xc3\xa9\xe4\xb8\xad\xf0\x9d\x84\x9e\xef\xbf\xbf\x7f";
    (void)state;
    assert_int_equal(
        parse("{\"result\":[{\"runId\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0020\\u0041\\u00E9\\u4e2d"
              "\\uD834\\udd1e\\uffff\\u007F\",\"status\":\"a\\u0000b\",\"functionName\":\"\","
              "\"generation\":\"\\udbff\\udfff\\u0800\\u07ff\\u0080\"}]}"),
        OSFT_OK);
    assert_span(tasks[0].run_id, utf8);
    assert_int_equal(tasks[0].status.len, 3);
    assert_memory_equal(tasks[0].status.ptr, "a\0b", 4);
    assert_span(tasks[0].function, "");
    assert_span(tasks[0].generation, "\xf4\x8f\xbf\xbf\xe0\xa0\x80\xdf\xbf\xc2\x80");
}

static void no_prefix_of_a_body_is_accepted_as_a_body(void **state)
{
    static const char *const bodies[] = { sample_camel, sample_pascal, mixed };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(bodies); i++) {
        size_t end = (size_t)(strrchr(bodies[i], '}') - bodies[i]) + 1;
        assert_int_equal(parse(bodies[i]), OSFT_OK);
        for (k = 0; k < end; k++) {
            assert_int_equal(parse_bytes(bodies[i], k), k == 0 ? OSFT_E_EMPTY : OSFT_E_JSON);
            assert_true(page.count <= reply.tasks && reply.tasks <= 3);
        }
        assert_int_equal(parse_bytes(bodies[i], end), OSFT_OK);
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Change, remove or copy one to four bytes at random, mostly to bytes that have a meaning in JSON.
 * Returns the new length. */
static size_t mutate(char *text, size_t len, uint32_t *seed)
{
    static const char telling[] = "{}[]\",:\\u0019nft-.eE \n\x80\xff";
    unsigned n = next_random(seed) % 4 + 1;
    while (n-- > 0 && len > 1) {
        size_t at = next_random(seed) % len, from = next_random(seed) % len;
        unsigned how = next_random(seed) % 8;
        if (how < 5) {
            text[at] = telling[next_random(seed) % (sizeof(telling) - 1)];
        } else if (how == 5) {
            text[at] = (char)next_random(seed);
        } else if (how == 6) {
            memmove(text + at, text + at + 1, len - at - 1);
            len--;
        } else {
            size_t room = len - (at > from ? at : from);
            memmove(text + at, text + from, room < 9 ? room : 9);
        }
    }
    return len;
}

static void check_span(struct osft_span s, const char *mem, size_t len)
{
    if (s.ptr != NULL) {
        assert_true(s.ptr >= mem && s.len < len && s.ptr + s.len < mem + len);
        assert_int_equal(s.ptr[s.len], 0);
    }
}

static void check_texts(size_t len)
{
    size_t i;
    check_span(reply.status, body, len);
    check_span(reply.code, body, len);
    check_span(reply.message, body, len);
    check_span(reply.request_id, body, len);
    check_span(reply.omission.task.run_id, body, len);
    for (i = 0; i < page.count; i++) {
        check_span(tasks[i].function, body, len);
        check_span(tasks[i].status, body, len);
        check_span(tasks[i].run_id, body, len);
        check_span(tasks[i].generation, body, len);
        check_span(tasks[i].extend_info, body, len);
        assert_in_range(tasks[i].progress + 1, 0, 101);
        assert_true(tasks[i].start_ms >= -1 && tasks[i].end_ms >= -1);
    }
}

static int is_possible(int result)
{
    return result == OSFT_OK || result == OSFT_E_JSON || result == OSFT_E_RESPONSE ||
           result == OSFT_E_BAD_TASK || result == OSFT_E_REFUSED || result == OSFT_E_HTML ||
           result == OSFT_E_TASKS;
}

static void results_for_damaged_bodies_are_consistent(void **state)
{
    static const char *const bodies[] = { sample_camel, sample_pascal, mixed };
    uint32_t seed = 20240229, round;
    int good = 0;
    (void)state;
    for (round = 0; round < 200000; round++) {
        char text[1024];
        size_t len = strlen(bodies[round % 3]);
        int result;
        memcpy(text, bodies[round % 3], len);
        len = mutate(text, len, &seed);
        result = parse_bytes(text, len);
        assert_true(is_possible(result));
        assert_true(page.count + reply.left_out <= reply.tasks && page.count <= page.max);
        assert_true(reply.offset <= len);
        assert_true(result != OSFT_OK || page.count == reply.tasks);
        assert_true(result != OSFT_E_BAD_TASK || reply.left_out != 0);
        good += result == OSFT_OK;
        check_texts(len);
    }
    /* if nearly all or nearly none are accepted, the mutations test too little */
    assert_true(good > 2000 && good < 100000);
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
        cmocka_unit_test(the_documentations_camel_case_sample_is_read),
        cmocka_unit_test(the_documentations_pascal_case_sample_is_read),
        cmocka_unit_test(service_errors_are_read_in_every_form),
        cmocka_unit_test(a_body_that_only_looks_like_a_service_error_is_accepted),
        cmocka_unit_test(an_errors_own_status_is_not_the_envelopes),
        cmocka_unit_test(the_gateways_refusal_is_read_in_any_order),
        cmocka_unit_test(texts_are_unescaped_and_ended_by_a_nul),
        cmocka_unit_test(no_prefix_of_a_body_is_accepted_as_a_body),
        cmocka_unit_test(results_for_damaged_bodies_are_consistent),
    };
    return cmocka_run_group_tests_name("response, bodies", tests, NULL, free_body);
}
