/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint's own reading of ACS3-HMAC-SHA256, against captures of the vendor's SDK. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../examples/osft-endpoint/canon.h"
#include "../../examples/osft-endpoint/gate.h"
#include "../../examples/osft-endpoint/json.h"
#include "../../examples/osft-endpoint/sign.h"

#define VECTORS "tests/support/vectors/signing.jsonl"

/* The member of a JSON object; len 0: absent. */
static struct osft_span member(struct osft_span object, const char *wanted)
{
    struct osft_span name, value, none = { "", 0 };

    while (ep_json_member(&object, &name, &value))
        if (ep_same(name, wanted))
            return value;
    return none;
}

static void text_of(struct osft_span object, const char *name, struct ep_text *out)
{
    struct osft_span value = member(object, name);

    assert_true(value.len >= 2 && value.ptr[0] == '"');
    out->len = 0;
    ep_puts(out, "");
    ep_json_unescape(value, out);
}

/* The capture's request as bytes on the wire. */
static void write_request(struct osft_span request, struct ep_text *out)
{
    struct osft_span headers = member(request, "headers"), name, value;
    struct ep_text piece = { NULL, 0, 0 };

    out->len = 0;
    text_of(request, "method", &piece);
    ep_put_span(out, ep_span_of(&piece));
    ep_puts(out, " ");
    text_of(request, "target", &piece);
    ep_put_span(out, ep_span_of(&piece));
    ep_puts(out, " HTTP/1.1\r\n");
    while (ep_json_member(&headers, &name, &value)) {
        ep_put_span(out, name);
        ep_puts(out, ": ");
        ep_json_unescape(value, out);
        ep_puts(out, "\r\n");
    }
    ep_puts(out, "\r\n");
    ep_free(&piece);
}

/* Names with ( ) ! or ': the SDK signs these four bare. */
static int is_bare(struct osft_span id)
{
    return ep_same(id, "\"name-27\"") || ep_same(id, "\"name-29\"");
}

struct capture {
    struct ep_text wire, wanted, made, secret;
};

static void check_capture(struct osft_span line, struct capture *c)
{
    struct osft_span input = member(line, "input"), which;
    struct ep_authorization a;
    struct ep_request r;

    write_request(member(line, "request"), &c->wire);
    text_of(input, "accessKeySecret", &c->secret);
    assert_int_equal(ep_parse(ep_span_of(&c->wire), &r), c->wire.len);
    assert_int_equal(ep_authorization(ep_header(&r, "authorization")->value, &a), 0);
    assert_int_equal(ep_signed_names(&r, a.names, &which), 0);

    c->made.len = 0;
    assert_int_equal(
        ep_canonical_request(&r, a.names, is_bare(member(line, "id")) ? "()!'" : "", &c->made), 0);
    text_of(line, "canonical_request", &c->wanted);
    assert_string_equal(c->made.mem, c->wanted.mem);

    c->wanted.len = 0;
    ep_string_to_sign(ep_span_of(&c->made), &c->wanted);
    text_of(line, "string_to_sign", &c->made);
    assert_string_equal(c->wanted.mem, c->made.mem);

    c->wanted.len = 0;
    ep_signature(ep_span_of(&c->made), c->secret.mem, &c->wanted);
    assert_int_equal(a.signature.len, c->wanted.len);
    assert_memory_equal(a.signature.ptr, c->wanted.mem, c->wanted.len);
}

static void every_capture_of_the_vendors_sdk_is_signed_the_same_way(void **state)
{
    struct ep_text file = { NULL, 0, 0 };
    struct osft_span rest;
    struct capture c;
    int count = 0;

    (void)state;
    memset(&c, 0, sizeof(c));
    assert_int_equal(ep_read(&file, VECTORS), 0);
    rest = ep_span_of(&file);
    while (rest.len) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        struct osft_span line = { rest.ptr, end ? (size_t)(end - rest.ptr) : rest.len };

        check_capture(line, &c);
        count++;
        rest.ptr += line.len + (end ? 1 : 0);
        rest.len -= line.len + (end ? 1 : 0);
    }
    assert_int_equal(count, 85);
    ep_free(&file);
    ep_free(&c.wire);
    ep_free(&c.wanted);
    ep_free(&c.made);
    ep_free(&c.secret);
}

#define HEAD "GET / HTTP/1.1\r\n"

/* Check the result of ep_signed_names() for a list of signed headers. fault: the header that must
 * be reported as wrong; NULL: none */
static void expect_names(const char *wire, const char *names, const char *fault)
{
    struct osft_span which = { "", 0 };
    struct ep_request r;
    int err;

    assert_true(ep_parse(ep_span(wire), &r) > 0);
    err = ep_signed_names(&r, ep_span(names), &which);
    assert_int_equal(err, fault ? -1 : 0);
    if (fault)
        assert_true(ep_same(which, fault));
}

static void signed_names_have_to_be_whole_sorted_and_sent(void **state)
{
    (void)state;
    expect_names(HEAD "Host: h\r\nX-Acs-B: 1\r\n\r\n", "host;x-acs-b", NULL);
    expect_names(HEAD "Host: h\r\nx-acs-b: 1\r\nAccept: a\r\n\r\n", "accept;host;x-acs-b", NULL);
    expect_names(HEAD "Host: h\r\nx-acs-b: 1\r\n\r\n", "host", "x-acs-b");
    expect_names(HEAD "Host: h\r\nx-acs-b: 1\r\n\r\n", "x-acs-b", "Host");
    expect_names(HEAD "Host: h\r\nContent-Type: t\r\n\r\n", "host", "Content-Type");
    expect_names(HEAD "Host: h\r\nx-acs-b: 1\r\n\r\n", "x-acs-b;host", "host");
    expect_names(HEAD "Host: h\r\n\r\n", "host;host", "host");
    expect_names(HEAD "Host: h\r\nX-Acs-B: 1\r\n\r\n", "host;X-Acs-B", "X-Acs-B");
    expect_names(HEAD "Host: h\r\nx-acs-b: 1\r\n\r\n", "host;x-acs-b;x-acs-c", "x-acs-c");
    expect_names(HEAD "Host: h\r\nx-acs-b: 1\r\nx-acs-b: 2\r\n\r\n", "host;x-acs-b", "x-acs-b");
    expect_names(HEAD "Host: h\r\n\r\n", ";host", "");
}

static void an_authorization_header_is_read_whole_or_not_at_all(void **state)
{
    static const char hex[] = "0123456789012345678901234567890123456789012345678901234567890123";
    static const char *const bad[] = {
        "",
        "ACS3-HMAC-SHA256",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=abc",
        "ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=%s",
        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=%s",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=,Signature=%s",
        "ACS3-HMAC-SHA256 Credential=a, SignedHeaders=host,Signature=%s",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=%s0",
    };
    struct ep_authorization a;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ep_text text = { NULL, 0, 0 };

        ep_putf(&text, bad[i], hex);
        assert_int_equal(ep_authorization(ep_span_of(&text), &a), -1);
        ep_free(&text);
    }
}

static void a_query_is_decoded_sorted_and_encoded_again(void **state)
{
    static const char *const cases[][2] = {
        { "", "" },
        { "a=1", "a=1" },
        { "b=2&a=1", "a=1&b=2" },
        { "a", "a=" },
        { "a=", "a=" },
        { "=x", "=x" },
        { "a=1&&b=2", "a=1&b=2" },
        { "a=%7e*", "a=~%2A" },
        { "a=x+y", "a=x%20y" },
        { "a=x%2By", "a=x%2By" },
        { "a=1=2", "a=1%3D2" },
        { "aa=1&a=2", "a=2&aa=1" },
        { "a=2&a=1", "a=1&a=2" },
        { "%61=%E4%b8%ad", "a=%E4%B8%AD" },
        { "a=%00", "a=%00" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ep_text out = { NULL, 0, 0 };
        struct ep_query q;

        memset(&q, 0, sizeof(q));
        ep_puts(&out, "");
        assert_int_equal(ep_query_parse(ep_span(cases[i][0]), &q), 0);
        ep_canonical_query(&q, &out);
        assert_string_equal(out.mem, cases[i][1]);
        ep_free(&out);
        ep_free(&q.text);
    }
}

static void a_broken_percent_is_refused(void **state)
{
    static const char *const bad[] = { "%", "%4", "a%", "%zz", "%4g", "%%41", "a=%" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ep_text out = { NULL, 0, 0 };
        struct ep_query q;

        memset(&q, 0, sizeof(q));
        assert_int_equal(ep_query_parse(ep_span(bad[i]), &q), -1);
        assert_int_equal(ep_canonical_path(ep_span(bad[i]), "", &out), -1);
        ep_free(&out);
        ep_free(&q.text);
    }
}

static void a_nonce_is_good_once_in_fifteen_minutes(void **state)
{
    struct ep_nonces n = { NULL, 0, 0 };

    (void)state;
    assert_int_equal(ep_nonce_use(&n, ep_span("a"), 5000), 0);
    assert_int_equal(ep_nonce_use(&n, ep_span("b"), 5000), 0);
    assert_int_equal(ep_nonce_use(&n, ep_span("a"), 5000), -1);
    assert_int_equal(ep_nonce_use(&n, ep_span("a"), 5000 + EP_WINDOW_S), -1);
    assert_int_equal(ep_nonce_use(&n, ep_span("a"), 5000 + EP_WINDOW_S + 1), 0);
    assert_int_equal(ep_nonce_use(&n, ep_span("a"), 5000 + EP_WINDOW_S + 2), -1);
    ep_nonces_free(&n);
}

static void many_nonces_are_all_remembered_and_old_ones_make_room(void **state)
{
    struct ep_nonces n = { NULL, 0, 0 };
    struct ep_text name = { NULL, 0, 0 };
    int round, i, again;

    (void)state;
    for (round = 0; round < 3; round++) {
        for (again = 0; again < 2; again++) {
            for (i = 0; i < 20000; i++) {
                name.len = 0;
                ep_putf(&name, "%d", i);
                assert_int_equal(ep_nonce_use(&n, ep_span_of(&name), 5000 + 10000 * round),
                                 again ? -1 : 0);
            }
        }
    }
    assert_true(n.size <= 131072);
    ep_free(&name);
    ep_nonces_free(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_capture_of_the_vendors_sdk_is_signed_the_same_way),
        cmocka_unit_test(signed_names_have_to_be_whole_sorted_and_sent),
        cmocka_unit_test(an_authorization_header_is_read_whole_or_not_at_all),
        cmocka_unit_test(a_query_is_decoded_sorted_and_encoded_again),
        cmocka_unit_test(a_broken_percent_is_refused),
        cmocka_unit_test(a_nonce_is_good_once_in_fifteen_minutes),
        cmocka_unit_test(many_nonces_are_all_remembered_and_old_ones_make_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
