/* SPDX-License-Identifier: Apache-2.0 */
/* How the endpoint reads an HTTP request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../examples/osft-endpoint/wire.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_with_all_its_parts),
        cmocka_unit_test(every_prefix_of_a_request_asks_for_more),
        cmocka_unit_test(what_is_no_request_is_refused_with_its_status),
        cmocka_unit_test(a_head_has_a_largest_size_and_number_of_headers),
        cmocka_unit_test(the_client_says_whether_the_connection_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
