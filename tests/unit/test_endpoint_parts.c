/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint's parts: HTTP requests, JSON, dates, faults, numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../endpoint/date.h"
#include "../endpoint/fault.h"
#include "../endpoint/json.h"
#include "../endpoint/wire.h"

#define GOOD "GET /a?b=c HTTP/1.1\r\nHost:  h \r\nX-Y:\tz\r\n\r\n"

static void a_request_is_read_with_all_its_parts(void **state)
{
    struct ep_request r;

    (void)state;
    assert_int_equal(ep_parse(ep_span(GOOD "GET /next"), &r), sizeof(GOOD) - 1);
    assert_true(ep_same(r.method, "GET"));
    assert_true(ep_same(r.target, "/a?b=c"));
    assert_true(ep_same(r.path, "/a"));
    assert_true(ep_same(r.query, "b=c"));
    assert_true(ep_same(ep_header(&r, "host")->value, "h"));
    assert_true(ep_same(ep_header(&r, "x-y")->value, "z"));
    assert_null(ep_header(&r, "z"));
    assert_true(r.keep);
}

static void every_prefix_of_a_request_asks_for_more(void **state)
{
    static const char whole[] = "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    struct ep_request r;
    size_t len;

    (void)state;
    for (len = 0; len < sizeof(whole) - 1; len++) {
        struct osft_span prefix = { whole, len };

        assert_int_equal(ep_parse(prefix, &r), 0);
    }
    assert_int_equal(ep_parse(ep_span(whole), &r), sizeof(whole) - 1);
    assert_true(ep_same(r.body, "abc"));
}

static void what_is_no_request_is_refused_with_its_status(void **state)
{
    static const struct {
        long status;
        const char *wire;
    } bad[] = {
        { 400, "\x16\x03\x01" },
        { 400, "GET / HTTP/1.1\nHost: h\n\n" },
        { 400, "GET / HTTP/1.1\r\nHost: h\r\nA: b\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: h\r\nhost: h\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost : h\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: h\r\nA: \x01\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n" },
        { 400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n" },
        { 400, "GET a HTTP/1.1\r\nHost: h\r\n\r\n" },
        { 400, "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n" },
        { 400, "GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n" },
        { 400, "GET /\r\nHost: h\r\n\r\n" },
        { 413, "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n" },
        { 501, "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" },
        { 505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n" },
    };
    struct ep_request r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ep_parse(ep_span(bad[i].wire), &r), -bad[i].status);
}

static void a_head_has_a_largest_size_and_number_of_headers(void **state)
{
    struct ep_text wire = { NULL, 0, 0 };
    struct ep_request r;
    int i;

    (void)state;
    ep_puts(&wire, "GET / HTTP/1.1\r\nHost: h\r\n");
    for (i = 0; i < EP_HEADERS_MAX - 1; i++)
        ep_puts(&wire, "a: b\r\n");
    ep_puts(&wire, "\r\n");
    assert_int_equal(ep_parse(ep_span_of(&wire), &r), wire.len);
    wire.len -= 2;
    ep_puts(&wire, "a: b\r\n\r\n");
    assert_int_equal(ep_parse(ep_span_of(&wire), &r), -431);
    wire.len = 0;
    ep_puts(&wire, "GET /");
    ep_fill(&wire, 'x', EP_HEAD_MAX);
    assert_int_equal(ep_parse(ep_span_of(&wire), &r), -431);
    ep_free(&wire);
}

static void the_client_says_whether_the_connection_goes_on(void **state)
{
    struct ep_request r;

    (void)state;
    assert_true(ep_parse(ep_span("GET / HTTP/1.1\r\nHost: h\r\nConnection: CLOSE\r\n\r\n"), &r) >
                0);
    assert_false(r.keep);
    assert_true(ep_parse(ep_span("GET / HTTP/1.0\r\nHost: h\r\n\r\n"), &r) > 0);
    assert_false(r.keep);
}

static void json_is_accepted_as_the_grammar_has_it(void **state)
{
    static const char *const good[] = {
        "{}",
        "[]",
        "0",
        "-0.5e+3",
        " null\r\n",
        "\"\\u00e9\\/\"",
        "[1,[true,false]]",
        "1e5",
        "\"\x7f\"",
        "{\"\":{}}",
        "\"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\"",
    };
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":}",
        "{\"a\":1,}",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "nul",
        "\"",
        "\"\\x\"",
        "\"\n\"",
        "\"\\u12\"",
        "[1 2]",
        "{\"a\" 1}",
        "{1:2}",
        "1 2",
        "'a'",
        "[\"\xff\"]",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "\"\xf5\x80\x80\x80\"",
        "\"\xe4\xb8\"",
    };
    struct ep_text deep = { NULL, 0, 0 };
    size_t i, at;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(ep_json_check(ep_span(good[i]), &at), 0);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ep_json_check(ep_span(bad[i]), &at), -1);
    ep_fill(&deep, '[', 65);
    ep_fill(&deep, ']', 65);
    assert_int_equal(ep_json_check(ep_span_of(&deep), &at), -1);
    deep.len--;
    assert_int_equal(ep_json_check((struct osft_span){ deep.mem + 1, deep.len - 1 }, &at), 0);
    ep_free(&deep);
}

static void a_json_string_says_what_it_stands_for(void **state)
{
    static const char *const cases[][2] = {
        { "\"\"", "" },
        { "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\b\f\n\r\t" },
        { "\"\\u0041\\u00e9\\u4e2d\"", "A\xc3\xa9\xe4\xb8\xad" },
        { "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },
        { "\"\\ud83d!\"", "\xef\xbf\xbd!" },
        { "\"\\ud83d\\u0041\"", "\xef\xbf\xbd"
                                "A" },
        { "\"\\ude00\"", "\xef\xbf\xbd" },
    };
    struct ep_text out = { NULL, 0, 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        out.len = 0;
        ep_puts(&out, "");
        ep_json_unescape(ep_span(cases[i][0]), &out);
        assert_string_equal(out.mem, cases[i][1]);
    }
    out.len = 0;
    ep_json_quote((struct osft_span){ "a\"\\\n\0\xc3\xa9", 7 }, &out);
    assert_string_equal(out.mem, "\"a\\\"\\\\\\u000a\\u0000\xc3\xa9\"");
    ep_free(&out);
}

static void only_days_that_exist_are_dates(void **state)
{
    static const struct {
        const char *text;
        int64_t utc_s;
    } good[] = {
        { "1970-01-01T00:00:00Z", 0 },         { "2024-02-29T23:59:59Z", 1709251199 },
        { "2000-03-01T00:00:00Z", 951868800 }, { "9999-12-31T23:59:59Z", 253402300799 },
        { "1969-12-31T23:59:59Z", -1 },
    };
    static const char *const bad[] = {
        "",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-01-32T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01 00:00:00Z",
        "2024-01-01T00:00:00z",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00:00Z ",
        "2024-1-01T00:00:000Z",
        "+024-01-01T00:00:00Z",
    };
    struct ep_text out = { NULL, 0, 0 };
    int64_t utc_s;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(ep_date_parse(ep_span(good[i].text), &utc_s), 0);
        assert_true(utc_s == good[i].utc_s);
        out.len = 0;
        ep_date_iso(utc_s, &out);
        assert_string_equal(out.mem, good[i].text);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ep_date_parse(ep_span(bad[i]), &utc_s), -1);
    out.len = 0;
    ep_date_http(784111777, &out);
    assert_string_equal(out.mem, "Sun, 06 Nov 1994 08:49:37 GMT");
    ep_free(&out);
}

static void numbers_are_whole_and_fit(void **state)
{
    static const char *const bad[] = { "",
                                       "-",
                                       "+1",
                                       "1.0",
                                       " 1",
                                       "1 ",
                                       "9223372036854775808",
                                       "0x1",
                                       "1e3",
                                       "-9223372036854775809",
                                       "99999999999999999999" };
    int64_t n;
    size_t i;

    (void)state;
    assert_true(!ep_int64(ep_span("9223372036854775807"), &n) && n == INT64_MAX);
    assert_true(!ep_int64(ep_span("-9223372036854775808"), &n) && n == INT64_MIN);
    assert_true(!ep_int64(ep_span("007"), &n) && n == 7);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ep_int64(ep_span(bad[i]), &n), -1);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_with_all_its_parts),
        cmocka_unit_test(every_prefix_of_a_request_asks_for_more),
        cmocka_unit_test(what_is_no_request_is_refused_with_its_status),
        cmocka_unit_test(a_head_has_a_largest_size_and_number_of_headers),
        cmocka_unit_test(the_client_says_whether_the_connection_goes_on),
        cmocka_unit_test(json_is_accepted_as_the_grammar_has_it),
        cmocka_unit_test(a_json_string_says_what_it_stands_for),
        cmocka_unit_test(only_days_that_exist_are_dates),
        cmocka_unit_test(numbers_are_whole_and_fit),
        cmocka_unit_test(faults_are_read_with_argument_and_count),
        cmocka_unit_test(faults_follow_one_another_as_their_counts_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
