/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint's misbehaviour: which fault is in force when, and what it does to an answer. */
#include "endpoint_bench.h"

static void faults_are_read_with_argument_and_count(void **state)
{
    static const char *const bad[] = {
        "",          "cut",         "cut=",          "cut=x",      "cut=-1",    "cut=1:0",
        "cut=1:",    "cut=1:-1",    "cuts=1",        "split=0",    "chunked=0", "stall=1",
        "status=99", "status=600",  "status",        "garbage=up", "throttle=", "skew=",
        "skew=1.5",  "close-idle=", "huge=268435457"
    };
    struct ep_faults f;
    size_t i;

    (void)state;
    memset(&f, 0, sizeof(f));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_non_null(ep_fault_add(&f, bad[i]));
    assert_int_equal(f.count, 0);
    assert_null(ep_fault_add(&f, "cut=0"));
    assert_null(ep_fault_add(&f, "skew=-900:2"));
    assert_null(ep_fault_add(&f, "throttle:3"));
    assert_null(ep_fault_add(&f, "garbage=body"));
    assert_null(ep_fault_add(&f, "html"));
    assert_int_equal(f.count, 5);
    assert_true(f.list[0].kind == EP_CUT && f.list[0].arg == 0 && f.list[0].left == -1);
    assert_true(f.list[1].kind == EP_SKEW && f.list[1].arg == -900 && f.list[1].left == 2);
    assert_true(f.list[2].kind == EP_THROTTLE && f.list[2].arg == 1 && f.list[2].left == 3);
    assert_true(f.list[3].kind == EP_GARBAGE && f.list[3].arg == 1);
    assert_true(f.list[4].kind == EP_HTML && f.list[4].arg == 502);
    while (f.count < EP_FAULTS_MAX)
        assert_null(ep_fault_add(&f, "stall"));
    assert_non_null(ep_fault_add(&f, "stall"));
}

static void faults_follow_one_another_as_their_counts_run_out(void **state)
{
    struct ep_faults f;
    struct ep_plan p;

    (void)state;
    memset(&f, 0, sizeof(f));
    assert_null(ep_fault_add(&f, "status=503:1"));
    assert_null(ep_fault_add(&f, "throttle=7:1"));
    assert_null(ep_fault_add(&f, "cut=10:2"));
    assert_null(ep_fault_add(&f, "cut=20:1"));
    assert_null(ep_fault_add(&f, "delay=5"));
    ep_fault_plan(&f, &p);
    assert_int_equal(p.set, 1U << EP_STATUS | 1U << EP_CUT | 1U << EP_DELAY);
    assert_true(p.arg[EP_STATUS] == 503 && p.arg[EP_CUT] == 10 && p.arg[EP_DELAY] == 5);
    ep_fault_plan(&f, &p);
    assert_int_equal(p.set, 1U << EP_THROTTLE | 1U << EP_CUT | 1U << EP_DELAY);
    assert_true(p.arg[EP_THROTTLE] == 7 && p.arg[EP_CUT] == 10);
    ep_fault_plan(&f, &p);
    assert_int_equal(p.set, 1U << EP_CUT | 1U << EP_DELAY);
    assert_true(p.arg[EP_CUT] == 20);
    ep_fault_plan(&f, &p);
    assert_int_equal(p.set, 1U << EP_DELAY);
}

static void words_codes_and_first_requests_are_read(void **state)
{
    static const char *const bad[] = {
        "refuse",
        "refuse=",
        "refuse=@400",
        "refuse=A@",
        "refuse=A@199",
        "refuse=A@600",
        "refuse=a b",
        "refuse=A@1@2",
        "date",
        "date=1",
        "date=old",
        "total",
        "total=-1",
        "total=some",
        "repeat=1",
        "cap=0",
        "cap",
        "disorder=1",
        "lost-page=2",
        "drop=1",
        "close=1",
        "throttle=-1",
        "throttle=never",
        "throttle-ms",
        "throttle-ms=none",
        "throttle-date",
        "chaos",
        "chaos=101",
        "chaos=-1",
        "stall:1@0",
        "stall:1@",
        "stall:@2",
        "stall:1@x",
        "garbage=1",
        "stall:0@2",
        "refuse=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    };
    struct ep_faults f;
    size_t i;

    (void)state;
    memset(&f, 0, sizeof(f));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (!ep_fault_add(&f, bad[i]))
            fail_msg("taken: %s", bad[i]);
    assert_int_equal(f.count, 0);
    assert_null(ep_fault_add(&f, "refuse=Throttling.Api@503:2@7"));
    assert_null(ep_fault_add(&f, "refuse=A"));
    assert_null(ep_fault_add(&f, "date=absurd"));
    assert_null(ep_fault_add(&f, "total=none"));
    assert_null(ep_fault_add(&f, "throttle=none"));
    assert_null(ep_fault_add(&f, "throttle-date=-5"));
    assert_string_equal(f.list[0].code, "Throttling.Api");
    assert_true(f.list[0].arg == 503 && f.list[0].left == 2 && f.list[0].first == 7);
    assert_string_equal(f.list[1].code, "A");
    assert_true(f.list[1].arg == 0 && f.list[1].left == -1 && f.list[1].first == 0);
    assert_true(f.list[2].arg == EP_DATE_ABSURD && f.list[3].arg == -1 && f.list[4].arg == -1);
    assert_true(f.list[5].arg == -5);
}

static void a_fault_can_be_kept_for_one_request_of_many(void **state)
{
    struct ep_faults f;
    struct ep_plan p;
    int i;

    (void)state;
    memset(&f, 0, sizeof(f));
    assert_null(ep_fault_add(&f, "lost-page:1@3"));
    assert_null(ep_fault_add(&f, "drop:2@4"));
    assert_null(ep_fault_add(&f, "throttle=2:1@2"));
    for (i = 1; i <= 8; i++) {
        ep_fault_plan(&f, &p);
        assert_int_equal(ep_planned(&p, EP_LOST_PAGE), i == 3);
        assert_int_equal(ep_planned(&p, EP_DROP), i == 4 || i == 5);
        assert_int_equal(ep_planned(&p, EP_THROTTLE), i == 2);
    }
}

/* The faults of n requests under that chaos, by name. */
static void name_chaos(const char *fault, uint64_t seed, int n, struct ep_text *out)
{
    struct ep_faults f;
    struct ep_plan p;

    memset(&f, 0, sizeof(f));
    f.seed = seed;
    out->len = 0;
    assert_null(ep_fault_add(&f, fault));
    while (n-- > 0) {
        ep_fault_plan(&f, &p);
        ep_plan_name(&p, out);
        ep_puts(out, "\n");
    }
}

static void chaos_is_the_same_for_the_same_seed_and_as_often_as_asked_for(void **state)
{
    static const char *const some[] = {
        "chaos\n",        "cut,chaos\n",         "drop,chaos\n",       "status,chaos\n",
        "refuse,chaos\n", "throttle-ms,chaos\n", "close-idle,chaos\n", "garbage,chaos\n"
    };
    struct ep_text a = { NULL, 0, 0 }, b = { NULL, 0, 0 };
    int calm = 0;
    const char *at;
    size_t i;

    (void)state;
    name_chaos("chaos=30", 1, 4000, &a);
    name_chaos("chaos=30", 1, 4000, &b);
    assert_string_equal(a.mem, b.mem);
    name_chaos("chaos=30", 2, 4000, &b);
    assert_string_not_equal(a.mem, b.mem);
    for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
        assert_non_null(strstr(a.mem, some[i]));
    assert_null(strstr(a.mem, "stall"));
    for (at = a.mem; (at = strstr(at, "\nchaos\n")) != NULL; at++)
        calm++;
    assert_true(calm > 2650 && calm < 2950);
    name_chaos("chaos=0", 1, 500, &a);
    assert_null(strstr(a.mem, ","));
    name_chaos("chaos=100", 1, 500, &a);
    assert_null(strstr(a.mem, "\nchaos\n"));
    ep_free(&a);
    ep_free(&b);
}

static void chaos_leaves_alone_what_was_asked_for_by_name(void **state)
{
    struct ep_faults f;
    struct ep_plan p;
    int i;

    (void)state;
    memset(&f, 0, sizeof(f));
    assert_null(ep_fault_add(&f, "status=418:50"));
    assert_null(ep_fault_add(&f, "cut=7"));
    assert_null(ep_fault_add(&f, "chaos=100"));
    for (i = 0; i < 300; i++) {
        ep_fault_plan(&f, &p);
        ep_plan_cut(&p, 1000);
        assert_true(p.arg[EP_CUT] == 7);
        if (i < 50)
            assert_int_equal(p.set, 1U << EP_STATUS | 1U << EP_CUT | 1U << EP_CHAOS);
    }
}

static void a_cut_by_lot_falls_anywhere_in_the_answer(void **state)
{
    struct ep_faults f;
    struct ep_plan p;
    int64_t least = 1000, most = -1;
    int i;

    (void)state;
    memset(&f, 0, sizeof(f));
    assert_null(ep_fault_add(&f, "chaos=100"));
    for (i = 0; i < 5000; i++) {
        ep_fault_plan(&f, &p);
        ep_plan_cut(&p, 1000);
        if (!ep_planned(&p, EP_CUT))
            continue;
        least = p.arg[EP_CUT] < least ? p.arg[EP_CUT] : least;
        most = p.arg[EP_CUT] > most ? p.arg[EP_CUT] : most;
    }
    assert_true(least >= 0 && least < 100 && most > 900 && most < 1000);
}

/* Return the response to a signed list while the fault is in force. */
static const char *list_with(struct bench *b, const char *target, const char *fault)
{
    struct call c = { .target = target };

    b->service.faults.count = 0;
    assert_null(ep_fault_add(&b->service.faults, fault));
    return ask(b, &c);
}

static void a_refusal_has_its_usual_status_or_the_one_asked_for(void **state)
{
    static const char *const cases[][3] = {
        { "InvalidTimeStamp.Expired", "400", "InvalidTimeStamp.Expired" },
        { "SignatureNonceUsed", "400", "SignatureNonceUsed" },
        { "SignatureDoesNotMatch", "403", "SignatureDoesNotMatch" },
        { "InvalidAccessKeyId.NotFound", "404", "InvalidAccessKeyId.NotFound" },
        { "InvalidSecurityToken.Expired", "400", "InvalidSecurityToken.Expired" },
        { "Throttling", "400", "Throttling" },
        { "Throttling.User", "400", "Throttling.User" },
        { "Throttling.Api@429", "429", "Throttling.Api" },
        { "Throttling.Api@503", "503", "Throttling.Api" },
        { "ServiceUnavailable", "503", "ServiceUnavailable" },
        { "InternalError", "500", "InternalError" },
        { "Forbidden.RAM", "403", "Forbidden.RAM" },
        { "NoPermission", "403", "NoPermission" },
        { "Task.NotExist", "404", "Task.NotExist" },
        { "App.NotFound", "404", "App.NotFound" },
        { "Something.New", "400", "Something.New" },
    };
    struct bench *b = bench_new("{}");
    const char *answer;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ep_text fault = { NULL, 0, 0 };

        ep_putf(&fault, "refuse=%s", cases[i][0]);
        expect(list_with(b, NULL, fault.mem), cases[i][1], cases[i][2]);
        ep_free(&fault);
    }
    answer = list_with(b, NULL, "refuse=InternalError@200");
    assert_memory_equal(answer, "HTTP/1.1 200 OK\r\n", 17);
    assert_non_null(strstr(answer, "{\"status\":\"FAIL\",\"requestId\":\""));
    assert_non_null(
        strstr(answer, "\"httpCode\":500,\"code\":\"InternalError\",\"message\":\"The "));
    assert_null(strstr(answer, "result"));
    bench_free(b);
}

static void a_refused_signature_is_shown_the_string_to_sign_with_the_token_in_it(void **state)
{
    struct bench *b = bench_new("{}");
    struct call c = { .token = "T+/=" };
    const char *answer;

    (void)state;
    assert_null(ep_fault_add(&b->service.faults, "refuse=SignatureDoesNotMatch"));
    answer = ask(b, &c);
    expect(answer, "403", "SignatureDoesNotMatch");
    assert_non_null(strstr(answer, "server string to sign is:[ACS3-HMAC-SHA256\\u000a"));
    assert_non_null(strstr(answer, "\\u000ax-acs-security-token:T+/=\\u000a"));
    assert_null(strstr(answer, "testsecret"));
    c.authorization = "";
    answer = ask(b, &c);
    expect(answer, "403", "SignatureDoesNotMatch");
    assert_null(strstr(answer, "string to sign is"));
    bench_free(b);
}

static void throttling_says_how_long_in_three_ways_or_not_at_all(void **state)
{
    struct bench *b = bench_new("{}");
    const char *answer;

    (void)state;
    answer = list_with(b, NULL, "throttle=none");
    expect(answer, "429", "Throttling.User");
    assert_null(strstr(answer, "etry-"));
    answer = list_with(b, NULL, "throttle-ms=1500");
    expect(answer, "429", "Throttling.User");
    assert_non_null(strstr(answer, "\r\nx-acs-retry-after: 1500\r\n"));
    assert_null(strstr(answer, "\r\nRetry-After"));
    answer = list_with(b, NULL, "throttle-date=61");
    expect(answer, "429", "Throttling.User");
    assert_non_null(strstr(answer, "\r\nDate: Thu, 29 Feb 2024 23:59:59 GMT\r\n"));
    assert_non_null(strstr(answer, "\r\nRetry-After: Fri, 01 Mar 2024 00:01:00 GMT\r\n"));
    assert_null(ep_fault_add(&b->service.faults, "skew=-60"));
    answer = ask(b, &(struct call){ .authorization = "" });
    assert_non_null(strstr(answer, "\r\nRetry-After: Fri, 01 Mar 2024 00:00:00 GMT\r\n"));
    bench_free(b);
}

static void the_date_can_be_missing_broken_or_absurd(void **state)
{
    struct bench *b = bench_new("{}");
    struct osft_span date;
    const char *answer;
    int64_t utc_s;

    (void)state;
    answer = list_with(b, NULL, "date=none");
    assert_memory_equal(answer, "HTTP/1.1 200 OK\r\nConnection: ", 29);
    assert_null(strstr(answer, "\nDate:"));
    answer = list_with(b, NULL, "date=garbage");
    date = ep_span(strstr(answer, "\r\nDate: ") + 8);
    date.len = (size_t)(strstr(date.ptr, "\r\n") - date.ptr);
    assert_int_not_equal(ep_date_parse(date, &utc_s), 0);
    answer = list_with(b, NULL, "date=absurd");
    assert_non_null(strstr(answer, "\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"));
    bench_free(b);
}

/* The generations on a page, joined; then what totalCount is. */
static void expect_list(struct bench *b, const char *query, const char *fault, const char *want)
{
    struct ep_text target = { NULL, 0, 0 }, got = { NULL, 0, 0 };
    const char *answer, *at, *total;

    ep_puts(&target, BASE "?");
    ep_puts(&target, query);
    answer = list_with(b, target.mem, fault);
    assert_memory_equal(answer, "HTTP/1.1 200 OK\r\n", 17);
    for (at = answer; (at = strstr(at, "\"generation\":\"")) != NULL; at++)
        ep_put(&got, at + 14, 1);
    ep_puts(&got, " ");
    total = strstr(answer, "\"totalCount\":");
    ep_put(&got, total ? total + 13 : "-", total ? strcspn(total + 13, ",") : 1);
    if (strcmp(got.mem, want) != 0)
        fail_msg("%s with %s: wanted %s, got %s", query, fault, want, got.mem);
    ep_free(&target);
    ep_free(&got);
}

static void a_list_can_be_wrong_about_itself(void **state)
{
    struct bench *b = bench_new("{\"startTime\":5,\"generation\":\"5\",\"status\":\"failed\"}\n"
                                "{\"startTime\":4,\"generation\":\"4\"}\n"
                                "{\"startTime\":3,\"generation\":\"3\",\"status\":\"failed\"}\n"
                                "{\"startTime\":2,\"generation\":\"2\"}\n"
                                "{\"startTime\":1,\"generation\":\"1\",\"status\":\"failed\"}\n");

    (void)state;
    expect_list(b, "pageSize=2&pageNumber=2", "delay=0", "32 5");
    expect_list(b, "pageSize=2&pageNumber=2&status=failed", "delay=0", "1 3");
    expect_list(b, "pageSize=2&pageNumber=2", "total=0", "32 0");
    expect_list(b, "pageSize=2&pageNumber=2", "total=9223372036854775807",
                "32 9223372036854775807");
    expect_list(b, "pageSize=2&pageNumber=2", "total=none", "32 -");
    expect_list(b, "pageSize=2&pageNumber=2", "repeat", "54 5");
    expect_list(b, "pageSize=9&pageNumber=2", "repeat", "54321 5");
    expect_list(b, "pageSize=9", "cap=2", "54 5");
    expect_list(b, "pageSize=9&pageNumber=3", "cap=2", "1 5");
    expect_list(b, "pageSize=9&pageNumber=2&status=failed", "cap=2", "1 3");
    expect_list(b, "pageSize=1&pageNumber=3", "cap=2", "3 5");
    expect_list(b, "pageSize=9", "disorder", "12345 5");
    expect_list(b, "pageSize=2&pageNumber=2", "disorder", "23 5");
    expect_list(b, "pageSize=2&pageNumber=2", "lost-page", " 5");
    bench_free(b);
}

static void a_dropped_request_is_not_let_in_and_gets_no_byte(void **state)
{
    struct bench *b = bench_new("{}");
    struct call c = { .nonce = "n" };

    (void)state;
    assert_null(ep_fault_add(&b->service.faults, "drop:1"));
    assert_int_equal(strlen(ask(b, &c)), 0);
    assert_false(b->x.keep);
    assert_memory_equal(ask(b, &c), "HTTP/1.1 200", 12); /* its nonce is still good */
    assert_true(b->x.keep);
    bench_free(b);
}

static void close_is_said_and_close_idle_is_not(void **state)
{
    struct bench *b = bench_new("{}");

    (void)state;
    assert_non_null(strstr(list_with(b, NULL, "close"), "\r\nConnection: close\r\n"));
    assert_false(b->x.keep);
    assert_non_null(strstr(list_with(b, NULL, "close-idle"), "\r\nConnection: keep-alive\r\n"));
    bench_free(b);
}

static void a_token_expires_and_another_takes_over(void **state)
{
    struct bench *b = bench_new("{}");
    struct call c = { .token = "one" };
    int i;

    (void)state;
    b->service.gate.token = "one";
    b->service.gate.token_uses = 3;
    b->service.gate.next_token = "two";
    for (i = 0; i < 3; i++) {
        c.token = "two";
        expect(ask(b, &c), "400", "InvalidSecurityToken.MismatchWithAccessKey");
        c.token = "one";
        assert_memory_equal(ask(b, &c), "HTTP/1.1 200", 12);
    }
    expect(ask(b, &c), "400", "InvalidSecurityToken.Expired");
    c.token = "two";
    for (i = 0; i < 5; i++)
        assert_memory_equal(ask(b, &c), "HTTP/1.1 200", 12);
    c.token = "three";
    expect(ask(b, &c), "400", "InvalidSecurityToken.MismatchWithAccessKey");
    c.token = "one";
    expect(ask(b, &c), "400", "InvalidSecurityToken.Expired");
    bench_free(b);
}

static void runs_arrive_with_lists_that_are_answered_and_with_nothing_else(void **state)
{
    struct bench *b = bench_new("");

    (void)state;
    b->service.store.arrivals.per_list = 2;
    ep_store_make(&b->service.store, 1, 1000, NOW_MS);
    expect_list(b, "pageSize=9", "delay=0", "321 3");
    expect(list_with(b, NULL, "status=503"), "503", "ServiceUnavailable");
    expect(ask(b, &(struct call){ .authorization = "" }), "503", "ServiceUnavailable");
    b->service.faults.count = 0;
    expect(ask(b, &(struct call){ .target = BASE "?pageSize=0" }), "400", "InvalidParameter");
    assert_memory_equal(ask(b, &(struct call){ .action = "GetFunctionTask", .target = BASE "/3" }),
                        "HTTP/1.1 200", 12);
    expect_list(b, "pageSize=2&pageNumber=2", "delay=0", "32 5");
    bench_free(b);
}

static void the_log_tells_connection_request_time_and_faults(void **state)
{
    static const char want[] =
        "2024-02-29T23:59:59Z GET " BASE " 400 IncompleteSignature plain conn=7 nth=1 "
        "ms=1709251199000 fault=split,skew\n"
        "2024-02-29T23:59:59Z GET " BASE " 0 drop plain conn=7 nth=2 ms=1709251199000 fault=drop\n"
        "2024-02-29T23:59:59Z GET " BASE " 400 IncompleteSignature plain conn=8 nth=1 "
        "ms=1709251199000 fault=-\n"
        "2024-02-29T23:59:59Z - - 400 BadRequest plain conn=8 nth=2 ms=1709251199000 fault=-\n";
    struct bench *b = bench_new("{}");
    struct call c = { .authorization = "" };
    char got[1024];
    size_t len;

    (void)state;
    b->service.log = tmpfile();
    assert_non_null(b->service.log);
    assert_null(ep_fault_add(&b->service.faults, "split=1:1"));
    assert_null(ep_fault_add(&b->service.faults, "skew=5:1"));
    assert_null(ep_fault_add(&b->service.faults, "drop:1@2"));
    b->x.conn = 7;
    ask(b, &c);
    ask(b, &c);
    b->x.conn = 8;
    b->x.nth = 0;
    ask(b, &c);
    ep_service_reject(&b->service, 400, NOW_MS, "plain", &b->x);
    rewind(b->service.log);
    len = fread(got, 1, sizeof(got) - 1, b->service.log);
    got[len] = '\0';
    assert_string_equal(got, want);
    fclose(b->service.log);
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(faults_are_read_with_argument_and_count),
        cmocka_unit_test(faults_follow_one_another_as_their_counts_run_out),
        cmocka_unit_test(words_codes_and_first_requests_are_read),
        cmocka_unit_test(a_fault_can_be_kept_for_one_request_of_many),
        cmocka_unit_test(chaos_is_the_same_for_the_same_seed_and_as_often_as_asked_for),
        cmocka_unit_test(chaos_leaves_alone_what_was_asked_for_by_name),
        cmocka_unit_test(a_cut_by_lot_falls_anywhere_in_the_answer),
        cmocka_unit_test(a_refusal_has_its_usual_status_or_the_one_asked_for),
        cmocka_unit_test(a_refused_signature_is_shown_the_string_to_sign_with_the_token_in_it),
        cmocka_unit_test(throttling_says_how_long_in_three_ways_or_not_at_all),
        cmocka_unit_test(the_date_can_be_missing_broken_or_absurd),
        cmocka_unit_test(a_list_can_be_wrong_about_itself),
        cmocka_unit_test(a_dropped_request_is_not_let_in_and_gets_no_byte),
        cmocka_unit_test(close_is_said_and_close_idle_is_not),
        cmocka_unit_test(a_token_expires_and_another_takes_over),
        cmocka_unit_test(runs_arrive_with_lists_that_are_answered_and_with_nothing_else),
        cmocka_unit_test(the_log_tells_connection_request_time_and_faults),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}
