/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint as a whole, without its sockets: bytes of a request in, bytes of the answer out. */
#include "endpoint_bench.h"

static void expect_refused(const struct call *c, const char *status, const char *code)
{
    struct bench *b = bench_new("{}");

    expect(ask(b, c), status, code);
    bench_free(b);
}

static const char one[] = "{\"functionName\":\"ctr\",\"startTime\":5,\"generation\":\"1/x\"}\n"
                          "{\"functionName\":\"old\",\"startTime\":4,\"generation\":\"2\"}\n";

static void a_signed_list_is_answered_as_the_documentation_has_it(void **state)
{
    struct bench *b = bench_new(one);
    struct call c = { .method = NULL };
    const char *answer = ask(b, &c), *body = strstr(answer, "\r\n\r\n");

    (void)state;
    assert_non_null(body);
    assert_memory_equal(answer, "HTTP/1.1 200 OK\r\n", 17);
    assert_non_null(strstr(answer, "\r\nDate: Thu, 29 Feb 2024 23:59:59 GMT\r\n"));
    assert_non_null(strstr(answer, "\r\nContent-Type: application/json;charset=utf-8\r\n"));
    assert_non_null(strstr(answer, "\r\nConnection: keep-alive\r\n"));
    assert_non_null(strstr(answer, "\r\nx-acs-request-id: "));
    assert_int_equal(strtoul(strstr(answer, "Content-Length: ") + 16, NULL, 10), strlen(body + 4));
    assert_memory_equal(body + 4, "{\"status\":\"OK\",\"requestId\":\"", 28);
    assert_non_null(
        strstr(body, "\",\"httpCode\":200,\"code\":\"\",\"message\":\"\",\"latency\":"));
    assert_non_null(
        strstr(body, ",\"totalCount\":2,\"result\":[{\"functionName\":\"ctr\",\"startTime\":5,"
                     "\"generation\":\"1/x\"}]}"));
    bench_free(b);
}

static void pascal_case_is_the_same_answer_in_the_other_spelling(void **state)
{
    struct bench *b = bench_new(one);
    struct call c = { .method = NULL };
    const char *answer;

    (void)state;
    b->service.pascal = 1;
    answer = ask(b, &c);
    assert_non_null(strstr(answer, "{\"Status\":\"200\",\"RequestId\":\""));
    assert_non_null(
        strstr(answer, ",\"HttpCode\":200,\"Code\":\"200\",\"Message\":\"\",\"Latency\":"));
    assert_non_null(strstr(answer, ",\"TotalCount\":2,\"Result\":[{\"FunctionName\":\"ctr\","
                                   "\"StartTime\":5,\"Generation\":\"1/x\"}]}"));
    bench_free(b);
}

static void one_task_is_got_by_its_generation_decoded_from_the_path(void **state)
{
    struct bench *b = bench_new(one);
    struct call c = { .method = NULL };
    const char *answer;

    (void)state;
    c.action = "GetFunctionTask";
    c.target = BASE "/1%2Fx";
    answer = ask(b, &c);
    assert_memory_equal(answer, "HTTP/1.1 200 OK\r\n", 17);
    assert_null(strstr(answer, "totalCount"));
    assert_non_null(strstr(answer, ",\"result\":{\"functionName\":\"ctr\",\"startTime\":5,"));
    c.target = BASE "/3";
    expect(ask(b, &c), "404", "Task.NotExist");
    bench_free(b);
}

static void wrong_paths_methods_and_operations_are_refused(void **state)
{
    static const char *const paths[] = {
        "/",
        "/v4/openapi/app-groups/a/functions/b/instances/c/task",
        "/v4/openapi/app-groups/a/functions/b/instances/c/tasks/",
        "/v4/openapi/app-groups/a/functions/b/instances/c/tasks/1/2",
        "/v4/openapi/app-groups//functions/b/instances/c/tasks",
        "/v4/openapi/app-groups/a/functions/b/instances//tasks",
        "/v4/openapi/app-groups/a/functions/b/c/instances/d/tasks",
        "/v4/openapi/app-groups/%zz/functions/b/instances/c/tasks",
        "/v3/openapi/app-groups/a/functions/b/instances/c/tasks",
        BASE "x",
    };
    struct call c = { .method = NULL };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        c.target = paths[i];
        expect_refused(&c, "404", "InvalidAction.NotFound");
    }
    expect_refused(&(struct call){ .method = "POST" }, "405", "UnsupportedHTTPMethod");
    expect_refused(&(struct call){ .method = "HEAD" }, "405", "UnsupportedHTTPMethod");
    expect_refused(&(struct call){ .action = "GetFunctionTask" }, "404", "InvalidAction.NotFound");
    expect_refused(&(struct call){ .target = BASE "/1" }, "404", "InvalidAction.NotFound");
    expect_refused(&(struct call){ .version = "2017-12-26" }, "400", "InvalidVersion");
    expect_refused(&(struct call){ .target = BASE "?a=%" }, "400", "InvalidParameter");
    expect_refused(&(struct call){ .target = BASE "?pageSize=0" }, "400", "InvalidParameter");
}

static void an_incomplete_signature_is_refused(void **state)
{
    (void)state;
    expect_refused(&(struct call){ .authorization = "" }, "400", "IncompleteSignature");
    expect_refused(&(struct call){ .authorization = "Basic abc" }, "400", "IncompleteSignature");
    expect_refused(&(struct call){ .nonce = "",
                                   .names = "host;x-acs-action;x-acs-content-sha256;"
                                            "x-acs-date;x-acs-version" },
                   "400", "IncompleteSignature");
    expect_refused(&(struct call){ .more = "x-acs-extra: 1\r\n" }, "400", "IncompleteSignature");
    expect_refused(&(struct call){ .more = "Content-Type: t\r\n" }, "400", "IncompleteSignature");
    expect_refused(&(struct call){ .names = "host" }, "400", "IncompleteSignature");
}

static void a_wrong_signature_is_refused_and_shown_what_would_be_right(void **state)
{
    struct bench *b = bench_new("{}");
    struct call c = { .secret = "other" };
    const char *answer;

    (void)state;
    answer = ask(b, &c);
    expect(answer, "400", "SignatureDoesNotMatch");
    assert_non_null(strstr(answer, "server string to sign is:[ACS3-HMAC-SHA256\\u000a"));
    assert_non_null(strstr(answer, "server canonical request is:[GET\\u000a" BASE "\\u000a"));
    assert_null(strstr(answer, "testsecret"));
    c.secret = NULL;
    c.hash = "0000000000000000000000000000000000000000000000000000000000000000";
    expect(ask(b, &c), "400", "SignatureDoesNotMatch");
    bench_free(b);
}

/* One bit changed anywhere that is signed must be noticed. */
static void every_signed_byte_of_a_request_counts(void **state)
{
    struct bench *b = bench_new("{}");
    struct call c = { .target = BASE "?pageSize=10" };
    struct ep_text good = { NULL, 0, 0 };
    struct ep_request r;
    size_t i, version, tried = 0;

    (void)state;
    ask(b, &c);
    ep_put_span(&good, ep_span_of(&b->wire));
    version = (size_t)(strstr(good.mem, "HTTP/1.1") + 7 - good.mem); /* 1.0 means the same */
    for (i = 0; i < good.len; i++) {
        if (i == version)
            continue;
        b->wire.len = 0;
        ep_put_span(&b->wire, ep_span_of(&good));
        b->wire.mem[i] ^= 1;
        ep_nonces_free(&b->service.gate.nonces);
        if (ep_parse(ep_span_of(&b->wire), &r) <= 0)
            continue;
        ep_service_answer(&b->service, &r, NOW_MS, "plain", &b->x);
        if (strncmp(b->x.out.mem, "HTTP/1.1 200", 12) == 0)
            fail_msg("byte %lu is not signed: %s", (unsigned long)i, b->wire.mem);
        tried++;
    }
    assert_true(tried > good.len / 2);
    ep_free(&good);
    bench_free(b);
}

static void a_query_may_come_in_any_order_and_encoding_that_means_the_same(void **state)
{
    struct bench *b = bench_new("{\"status\":\"success\"}");
    struct call c = { .target = BASE "?status=%73uccess&pageSize=1" };

    (void)state;
    assert_non_null(strstr(ask(b, &c), "\"totalCount\":1,"));
    bench_free(b);
}

static void an_unknown_key_is_refused(void **state)
{
    static const char names[] = "host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;"
                                "x-acs-date;x-acs-signature-nonce;x-acs-version";

    (void)state;
    expect_refused(&(struct call){ .id = "other" }, "404", "InvalidAccessKeyId.NotFound");
    expect_refused(&(struct call){ .more = "x-acs-accesskey-id: other\r\n", .names = names }, "404",
                   "InvalidAccessKeyId.NotFound");
}

static void a_date_may_be_fifteen_minutes_off_and_no_more(void **state)
{
    static const char *const dates[][2] = {
        { "2024-03-01T00:14:59Z", "200" }, { "2024-02-29T23:44:59Z", "200" },
        { "2024-03-01T00:15:00Z", "400" }, { "2024-02-29T23:44:58Z", "400" },
        { "2025-02-28T23:59:59Z", "400" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        struct call c = { .date = dates[i][0] };
        struct bench *b = bench_new("{}");

        if (dates[i][1][0] == '2')
            assert_memory_equal(ask(b, &c), "HTTP/1.1 200", 12);
        else
            expect(ask(b, &c), "400", "InvalidTimeStamp.Expired");
        bench_free(b);
    }
    expect_refused(&(struct call){ .date = "Thu, 29 Feb 2024 23:59:59 GMT" }, "400",
                   "InvalidTimeStamp.Format");
}

static void a_skewed_clock_is_off_in_its_judgement_and_in_its_date(void **state)
{
    struct bench *b = bench_new("{}");
    struct call c = { .method = NULL };
    const char *answer;

    (void)state;
    assert_null(ep_fault_add(&b->service.faults, "skew=3600:2"));
    answer = ask(b, &c);
    expect(answer, "400", "InvalidTimeStamp.Expired");
    assert_non_null(strstr(answer, "\r\nDate: Fri, 01 Mar 2024 00:59:59 GMT\r\n"));
    c.date = "2024-03-01T00:59:59Z";
    assert_memory_equal(ask(b, &c), "HTTP/1.1 200", 12);
    expect(ask(b, &c), "400", "InvalidTimeStamp.Expired");
    bench_free(b);
}

static void a_nonce_is_used_up_by_the_request_that_was_let_in(void **state)
{
    struct bench *b = bench_new("{}");
    struct call c = { .nonce = "n", .secret = "other" };

    (void)state;
    expect(ask(b, &c), "400", "SignatureDoesNotMatch");
    c.secret = NULL;
    assert_memory_equal(ask(b, &c), "HTTP/1.1 200", 12);
    expect(ask(b, &c), "400", "SignatureNonceUsed");
    c.nonce = "m";
    assert_memory_equal(ask(b, &c), "HTTP/1.1 200", 12);
    bench_free(b);
}

static void a_token_is_taken_when_signed_and_checked_when_one_is_set(void **state)
{
    struct bench *b = bench_new("{}");
    struct call c = { .token = "T+/=" };

    (void)state;
    assert_memory_equal(ask(b, &c), "HTTP/1.1 200", 12);
    c.names =
        "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
    expect(ask(b, &c), "400", "IncompleteSignature");
    c.names = NULL;
    b->service.gate.token = "T+/=";
    assert_memory_equal(ask(b, &c), "HTTP/1.1 200", 12);
    c.token = "other";
    expect(ask(b, &c), "400", "InvalidSecurityToken.MismatchWithAccessKey");
    c.token = NULL;
    expect(ask(b, &c), "400", "InvalidSecurityToken.MismatchWithAccessKey");
    bench_free(b);
}

/* Return the response to an unsigned call while the fault is in force. */
static const char *ask_with(struct bench *b, const char *fault)
{
    struct call c = { .authorization = "" };

    b->service.faults.count = 0;
    assert_null(ep_fault_add(&b->service.faults, fault));
    return ask(b, &c);
}

static void faults_that_answer_instead_say_what_they_promise(void **state)
{
    struct bench *b = bench_new("{}");
    const char *answer;

    (void)state;
    expect(ask_with(b, "status=503"), "503", "ServiceUnavailable");
    expect(ask_with(b, "status=500"), "500", "InternalError");
    expect(ask_with(b, "status=403"), "403", "Forbidden.RAM");
    answer = ask_with(b, "status=302");
    expect(answer, "302", "Moved");
    assert_non_null(strstr(answer, "\r\nLocation: https://"));
    answer = ask_with(b, "status=204");
    assert_memory_equal(answer, "HTTP/1.1 204", 12);
    assert_memory_equal(answer + strlen(answer) - 4, "\r\n\r\n", 4);
    answer = ask_with(b, "status=200");
    assert_memory_equal(answer, "HTTP/1.1 200", 12);
    assert_non_null(strstr(answer, "\"status\":\"FAIL\""));
    answer = ask_with(b, "throttle=9");
    expect(answer, "429", "Throttling.User");
    assert_non_null(strstr(answer, "\r\nRetry-After: 9\r\n"));
    answer = ask_with(b, "html");
    assert_memory_equal(answer, "HTTP/1.1 502", 12);
    assert_non_null(strstr(answer, "\r\nContent-Type: text/html\r\n"));
    answer = ask_with(b, "garbage=body");
    assert_memory_equal(answer, "HTTP/1.1 200", 12);
    assert_non_null(strstr(answer, "\"progress\":01,"));
    assert_int_not_equal(strncmp(ask_with(b, "garbage"), "HTTP/", 5), 0);
    assert_false(b->x.keep);
    assert_int_equal(strlen(ask_with(b, "stall")), 0);
    bench_free(b);
}

static void a_huge_answer_has_an_unknown_member_of_that_size_in_front(void **state)
{
    struct bench *b = bench_new(one);
    struct call c = { .method = NULL };
    const char *body;

    (void)state;
    assert_null(ep_fault_add(&b->service.faults, "huge=70000"));
    body = strstr(ask(b, &c), "\r\n\r\n{\"padding\":\"x");
    assert_non_null(body);
    assert_int_equal(strspn(body + 16, "x"), 70000);
    assert_memory_equal(body + 16 + 70000, "\",\"status\":\"OK\"", 15);
    bench_free(b);
}

static void a_chunked_answer_is_the_same_body_in_chunks(void **state)
{
    struct bench *b = bench_new(one);
    const char *at;
    size_t left = 0, chunks = 0;
    char *end;

    (void)state;
    at = ask_with(b, "chunked=10");
    assert_null(strstr(at, "Content-Length"));
    assert_non_null(strstr(at, "\r\nTransfer-Encoding: chunked\r\n"));
    for (at = strstr(at, "\r\n\r\n") + 4;; at = end + 2 + left + 2) {
        left = strtoul(at, &end, 16);
        assert_memory_equal(end, "\r\n", 2);
        assert_true(left <= 10);
        assert_memory_equal(end + 2 + left, "\r\n", 2);
        if (left == 0)
            break;
        chunks++;
    }
    assert_true(chunks > 10);
    assert_string_equal(end, "\r\n\r\n");
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(a_signed_list_is_answered_as_the_documentation_has_it),
        cmocka_unit_test(pascal_case_is_the_same_answer_in_the_other_spelling),
        cmocka_unit_test(one_task_is_got_by_its_generation_decoded_from_the_path),
        cmocka_unit_test(wrong_paths_methods_and_operations_are_refused),
        cmocka_unit_test(an_incomplete_signature_is_refused),
        cmocka_unit_test(a_wrong_signature_is_refused_and_shown_what_would_be_right),
        cmocka_unit_test(every_signed_byte_of_a_request_counts),
        cmocka_unit_test(a_query_may_come_in_any_order_and_encoding_that_means_the_same),
        cmocka_unit_test(an_unknown_key_is_refused),
        cmocka_unit_test(a_date_may_be_fifteen_minutes_off_and_no_more),
        cmocka_unit_test(a_skewed_clock_is_off_in_its_judgement_and_in_its_date),
        cmocka_unit_test(a_nonce_is_used_up_by_the_request_that_was_let_in),
        cmocka_unit_test(a_token_is_taken_when_signed_and_checked_when_one_is_set),
        cmocka_unit_test(faults_that_answer_instead_say_what_they_promise),
        cmocka_unit_test(a_huge_answer_has_an_unknown_member_of_that_size_in_front),
        cmocka_unit_test(a_chunked_answer_is_the_same_body_in_chunks),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}
