/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which HTTP/1.1 responses the client accepts and which it refuses, however their bytes are
 * split. */
#include "fake.h"

#define BODY        "{\"result\":[{\"generation\":7}],\"latency\":123}"
#define BODY_LENGTH "43"
#define GOOD        "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY

#define ANY 1000 /* as expected status: 0 or that of the status line */

/* Assert the outcome of a raw response whose first recv returns `first` bytes and each other one
 * `step` bytes (0: all that there is). */
static void check_once(const char *raw, size_t len, int err, unsigned status, size_t first,
                       size_t step)
{
    struct setup *s = setup_new(2048, raw, len);
    int got;
    s->fake.first = first;
    s->fake.step = step;
    got = setup_list(s);
    if (got != err || (status != ANY && s->client.reply.http_status != status)) {
        fail_msg("%d with %u, not %d with %u, split at %zu by %zu: %.300s", got,
                 s->client.reply.http_status, err, status, first, step, raw);
    }
    assert_int_equal(s->fake.opened, 1);
    assert_int_equal(s->fake.closed, 1);
    assert_int_equal(s->page.count, err == OSFT_OK);
    if (err == OSFT_OK) {
        assert_span(s->tasks[0].generation, "7");
        assert_int_equal(s->client.reply.latency_ms, 123);
    }
    setup_free(s);
}

static void check_bytes(const char *raw, size_t len, int err, unsigned status)
{
    size_t k;
    check_once(raw, len, err, status, 0, 0);
    check_once(raw, len, err, status, 0, 1);
    for (k = 1; k < len; k++) {
        check_once(raw, len, err, status, k, 0);
    }
}

static void check(const char *raw, int err, unsigned status)
{
    check_bytes(raw, strlen(raw), err, status);
}

static void valid_responses_are_accepted(void **state)
{
    static const char *const good[] = {
        GOOD,
        "HTTP/1.1 200\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY,
        "HTTP/1.1 200 \r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY,
        "HTTP/1.1 200 Tout va bien \xc3\xa0\r\ncontent-length:" BODY_LENGTH "\r\n\r\n" BODY,
        "HTTP/1.0 200 OK\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY,
        "HTTP/1.0 200 OK\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\nCONTENT-LENGTH: \t " BODY_LENGTH " \t\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh: " BODY_LENGTH "\r\n\r\n" BODY "HTTP/1.1 400 Bad",
        "HTTP/1.1 200 OK\r\nContent-Length: " BODY_LENGTH "\r\nContent-Length: " BODY_LENGTH
        "\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\n!#$%&'*+-.^_`|~9aZ: x\r\nX-Empty:\r\nX: "
        "a:b\xff\tc\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\nContent-Length-Of: 5\r\nXContent-Length: 5\r\nContent-Lengt: 5\r\n"
        "Content-Length: " BODY_LENGTH "\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2B\r\n" BODY "\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding:CHUNKED \r\n\r\n2b\r\n" BODY "\r\n0\r\n\r\nmore",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0000002b\r\n" BODY "\r\n000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2b;a=b;c=\"d e\"\r\n" BODY
        "\r\n0;last\r\n\r\n",
        /* White space around a chunk extension, and where an extension could stand (RFC
           9112, 7.1.1). */
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2b ; a = b\r\n" BODY
        "\r\n0  \r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2b\t \r\n" BODY
        "\r\n0                              ;a\r\n\r\n",
        /* Folded lines (RFC 9112, 5.2). */
        "HTTP/1.1 200 OK\r\nX-Policy: a;\r\n b\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\nX:\r\n\tb\r\n \r\n c: d\r\nContent-Length:\r\n  " BODY_LENGTH
        "\r\n\t\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\tchunked\r\n\r\n2b\r\n" BODY "\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n \r\n\r\n2b\r\n" BODY "\r\n0\r\n\r\n",
        "HTTP/1.1 103 X\r\nA:\r\n Content-Length: 5\r\n\r\n" GOOD,
        /* A Content-Length that is a list of equal lengths (RFC 9110, 8.6). */
        "HTTP/1.1 200 OK\r\nContent-Length: " BODY_LENGTH ", " BODY_LENGTH "\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\nContent-Length: " BODY_LENGTH "," BODY_LENGTH ",  " BODY_LENGTH
        "\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\nContent-Length: " BODY_LENGTH ",\r\n " BODY_LENGTH "\r\n\r\n" BODY,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n2a\r\n"
        "\"result\":[{\"generation\":7}],\"latency\":123}\r\n0\r\nA: b\r\nContent-Length: "
        "9\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n" GOOD,
        "HTTP/1.1 103 Early Hints\r\nLink: </>\r\nDate: early\r\n\r\n" GOOD,
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.0 199 X\r\n\r\n" GOOD,
        "HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n" GOOD,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY,
    };
    size_t i;
    (void)state;
    assert_int_equal(strlen(BODY), atoi(BODY_LENGTH));
    for (i = 0; i < COUNT(good); i++) {
        check(good[i], OSFT_OK, 200);
    }
    check("HTTP/1.1 203 Changed\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY, OSFT_OK, 203);
}

static void invalid_status_lines_are_refused(void **state)
{
    static const char *const bad[] = {
        "HTTP/2 200 OK", "HTTP/2.0 200 OK", "HTTP/1.2 200 OK", "HTTP/0.9 200 OK", "HTTP/1.1 20 OK",
        "HTTP/1.1 20", "HTTP/1.1 2000 OK", "HTTP/1.1 2000", "HTTP/1.1 200OK", "http/1.1 200 OK",
        "Http/1.1 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK",
        "HTTP/11 200 OK", "HTTP/1.10 200 OK", "HTTP/1. 200 OK", "HTTP/1 200 OK", "HTTP 200 OK",
        "HTTPS/1.1 200 OK", "HTTP/1.1 099 X", "HTTP/1.1 000 X", "HTTP/1.1 600 X", "HTTP/1.1 999 X",
        "HTTP/1.1 -20 X", "HTTP/1.1 +20 X", "HTTP/1.1 2 0 X", "HTTP/1.1 0x2 X", "HTTP/1.1 2a0 X",
        "HTTP/1.1", "HTTP/1.1 ", " HTTP/1.1 200 OK", "200 OK", "ICY 200 OK", "", "Date: now",
        "HTTP/1.: 200 OK", "HTTP/1./ 200 OK", "HTTP/1.1 101 Switching Protocols", "HTTP/1,1 200 OK",
        "HTTP/111 200 OK",
        /* In the buffer, the line before has left a digit behind the end of this one. */
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 20", "HTTP/1.1 1 0 X"
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        char raw[256];
        snprintf(raw, sizeof(raw), "%s\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY, bad[i]);
        check(raw, OSFT_E_HTTP, ANY);
    }
    check("\r\n" GOOD, OSFT_E_HTTP, ANY);
    check("\x16\x03\x01\x02", OSFT_E_HTTP, 0); /* a TLS record where plain HTTP is expected */
    check("SSH-2.0-OpenSSH_9.2\r\n", OSFT_E_HTTP, 0);
}

static void invalid_header_lines_are_refused(void **state)
{
    static const char *const bad[] = {
        ": x", "X : y", "X\t: y", " X: y", "\tX: y", " folded", "\tfolded", "no colon", "nocolon",
        ":", "X Y: z", "Content-Length : " BODY_LENGTH, " : x", "\"", "X\x7f: y", "X: y\x7f",
        "X\xff: y", "\x80: y",
        /* Content-Length */
        "Content-Length: +" BODY_LENGTH, "Content-Length: -" BODY_LENGTH, "Content-Length: 4 3",
        "Content-Length: 4\t3", "Content-Length: 43 43", "Content-Length: 43, 42",
        "Content-Length: 42, 43", "Content-Length: 43;43", "Content-Length: ,43",
        "Content-Length: 4\r\n 3", "Content-Length: 43\r\n 43", "Content-Length: 43\r\n\t, 4",
        "Content-Length:", "Content-Length: \t", "Content-Length: 42", "Content-Length: 44",
        "Content-Length: 4294967296", "Content-Length: 4294967339",
        "Content-Length: 18446744073709551659", "Content-Length: 99999999999999999999",
        "Content-Length: 0x2b", "Content-Length: 43.0", "Content-Length: 4e1",
        "Content-Length: '43'", "Content-Length: \"43\"", "Content-Length: 43;",
        "Content-Length: abc", "content-length: \xb2",
        /* Transfer-Encoding */
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip",
        "Transfer-Encoding:", "Transfer-Encoding: identity", "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked;q=1", "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunkedx", "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: chunked,", "Transfer-Encoding: chun\r\n ked",
        "Transfer-Encoding: gzip,\r\n chunked",
        "transfer-encoding: \x0b"
        "chunked"
    };
    size_t i, before;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        for (before = 0; before < 2; before++) {
            char raw[512];
            snprintf(raw, sizeof(raw),
                     "HTTP/1.1 200 OK\r\n%s%sContent-Length: " BODY_LENGTH "\r\n%s%s\r\n" BODY,
                     before ? bad[i] : "", before ? "\r\n" : "", before ? "" : bad[i],
                     before ? "" : "\r\n");
            check_once(raw, strlen(raw), OSFT_E_HTTP, ANY, 0, 0);
            check_once(raw, strlen(raw), OSFT_E_HTTP, ANY, 0, 1);
        }
    }
}

static void invalid_transfer_codings_are_refused(void **state)
{
    static const char *const bad[] = {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 43\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"
    };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        char raw[512];
        snprintf(raw, sizeof(raw), "%s2b\r\n" BODY "\r\n0\r\n\r\n", bad[i]);
        for (k = 0; k < strlen(raw); k++) {
            struct setup *s = setup_new(2048, raw, strlen(raw));
            s->fake.first = k;
            assert_int_equal(setup_list(s), OSFT_E_HTTP);
            assert_int_equal(s->page.count, 0);
            setup_free(s);
        }
    }
}

static void controls_and_bare_line_ends_anywhere_in_a_head_are_refused(void **state)
{
    static const char raw[] = "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" GOOD;
    static const char controls[] = { '\n', '\r', '\0', 1, '\v', '\f', 0x1b, 0x7f };
    size_t head = strlen(raw) - strlen(BODY), at, i;
    (void)state;
    for (at = 0; at < head; at++) {
        /* a line feed is valid at that place */
        for (i = at == head - 1; i < COUNT(controls); i++) {
            char text[sizeof(raw) + 1] = "";
            memcpy(text, raw, at);
            text[at] = controls[i];
            memcpy(text + at + 1, raw + at, strlen(raw) - at);
            check_once(text, sizeof(raw), OSFT_E_HTTP, ANY, 0, at & 1);
        }
        if (raw[at] == '\r' || raw[at] == '\n') {
            char text[sizeof(raw)] = "";
            memcpy(text, raw, at);
            memcpy(text + at, raw + at + 1, strlen(raw) - at - 1);
            check_once(text, strlen(raw) - 1, OSFT_E_HTTP, ANY, 0, at & 1);
        }
    }
}

/* Each invalid chunk comes after a chunk that contains only white space. */
static void invalid_chunks_are_refused(void **state)
{
    static const char *const bad[] = { "\r\n",
                                       ";a\r\n",
                                       "+2b\r\n",
                                       "-2b\r\n",
                                       " 2b\r\n",
                                       "2 b\r\n",
                                       "2b b\r\n",
                                       "2b\tb\r\n",
                                       "2b = \r\n",
                                       "\t2b\r\n",
                                       "0x2b\r\n",
                                       "g\r\n",
                                       "2bh\r\n",
                                       "2b\n",
                                       "2b;a\n",
                                       "2b\r\r\n",
                                       "2b\rX\n",
                                       "2b;a\rb\r\n",
                                       "1000000000000002b\r\n",
                                       "ffffffffffffffffffffff\r\n",
                                       "2b,\r\n",
                                       "2b\"\r\n",
                                       "\n",
                                       "2b:\r\n",
                                       "\xb2\r\n",
                                       "@\r\n",
                                       "`\r\n",
                                       "/\r\n",
                                       ":\r\n" };
    static const char *const after[] = { "\n",        "\r",    "\r\r\n", "X\r\n",
                                         "0\r\n\r\n", " \r\n", "\r\n\n", "\rX" };
    static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n \r\n";
    char raw[512];
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        snprintf(raw, sizeof(raw), "%s%s" BODY "\r\n0\r\n\r\n", head, bad[i]);
        check(raw, OSFT_E_HTTP, 200);
    }
    /* as a hexadecimal digit, g would be 16 */
    snprintf(raw, sizeof(raw), "%sg\r\n%16s\r\n0\r\n\r\n", head, "");
    check(raw, OSFT_E_HTTP, 200);
    for (i = 0; i < COUNT(after); i++) {
        snprintf(raw, sizeof(raw), "%s1\r\n %s1\r\n \r\n0\r\n\r\n", head, after[i]);
        check(raw, OSFT_E_HTTP, 200);
    }
}

static void trailers_end_as_strictly_as_headers(void **state)
{
    static const char *const bad[] = { "\n",    "A: b\n\r\n",     "A: b\r\n\n", "A: b\r\r\n\r\n",
                                       "\rX\n", "A: \x01\r\n\r\n" };
    size_t i, step;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        for (step = 0; step < 4; step++) {
            char raw[512];
            struct setup *s;
            snprintf(raw, sizeof(raw),
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2b\r\n" BODY
                     "\r\n0\r\n%s",
                     bad[i]);
            s = setup_new(2048, raw, strlen(raw));
            s->fake.step = step;
            assert_int_equal(setup_list(s), OSFT_E_HTTP);
            setup_free(s);
        }
    }
}

/* An interim response has no body, whatever its headers say. It may be refused, but its length must
 * not be used for the final response. */
static void a_length_of_an_interim_response_is_not_used_for_the_final_one(void **state)
{
    static const char *const raw[] = {
        "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2b\r\n" BODY "\r\n0\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n" GOOD,
        ("HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" BODY)
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(raw); i++) {
        struct setup *s = setup_new(2048, raw[i], strlen(raw[i]));
        int err = setup_list(s);
        if (err != OSFT_OK && err != OSFT_E_HTTP) {
            fail_msg("%d with %u: %s", err, s->client.reply.http_status, raw[i]);
        }
        setup_free(s);
    }
}

static void every_3xx_is_a_redirect_that_is_not_followed(void **state)
{
    unsigned status;
    (void)state;
    for (status = 300; status < 400; status++) {
        char raw[256];
        snprintf(
            raw, sizeof(raw),
            "HTTP/1.1 %u X\r\nLocation: https://elsewhere.example/\r\nContent-Length: " BODY_LENGTH
            "\r\n\r\n" BODY,
            status);
        check_once(raw, strlen(raw), OSFT_E_REDIRECT, status, 0, 0);
        check_once(raw, strlen(raw), OSFT_E_REDIRECT, status, 0, 1);
    }
}

static void an_interim_response_alone_is_no_response(void **state)
{
    (void)state;
    check("HTTP/1.1 100 Continue\r\n\r\n", OSFT_E_CUT, 0);
    check("HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1", OSFT_E_CUT, 0);
}

static void a_response_without_a_body_is_empty(void **state)
{
    static const struct {
        const char *raw;
        unsigned status;
    } cases[] = {
        { "HTTP/1.1 204 No Content\r\n\r\n", 204 },
        { "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204 },
        { "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", 204 },
        { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200 },
        { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" BODY, 200 },
        { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n \r\n", 200 },
        { "HTTP/1.1 200 OK\r\n\r\n", 200 },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200 },
        { "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 503 },
        { "HTTP/1.1 404 X\r\n\r\n", 404 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        check(cases[i].raw, OSFT_E_EMPTY, cases[i].status);
    }
}

/* Assert that a connection that ends before the whole length, behind a complete task, delivers that
 * task and is reported as cut. */
static void check_cut(const char *raw, size_t step)
{
    struct setup *s = setup_new(2048, raw, strlen(raw));
    s->fake.step = step;
    assert_int_equal(setup_list(s), OSFT_E_CUT);
    assert_int_equal(s->page.count, 1);
    setup_free(s);
}

static void lengths_of_4_gib_and_more_are_valid_http(void **state)
{
    static const char *const lengths[] = { "4294967296", "4294967339", "18446744073709",
                                           "9223372036854775807" };
    static const char *const sizes[] = { "100000000", "10000002b", "fffffffffffffff" };
    char raw[256];
    size_t i, step;
    (void)state;
    for (i = 0; i < COUNT(lengths); i++) {
        for (step = 0; step < 2; step++) {
            snprintf(raw, sizeof(raw), "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n" BODY,
                     lengths[i]);
            check_cut(raw, step);
        }
    }
    for (i = 0; i < COUNT(sizes); i++) {
        for (step = 0; step < 2; step++) {
            snprintf(raw, sizeof(raw),
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n" BODY, sizes[i]);
            check_cut(raw, step);
        }
    }
    check("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n" BODY, OSFT_E_HTTP, 200);
    check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\n" BODY,
          OSFT_E_HTTP, 200);
}

static void web_pages_and_texts_are_told_from_refusals(void **state)
{
    static const struct {
        const char *status, *body;
        int err;
    } cases[] = {
        { "200 OK", "<html>", OSFT_E_HTML },
        { "200 OK", "\r\n\t <!DOCTYPE html>", OSFT_E_HTML },
        { "502 Bad Gateway", "<html>", OSFT_E_HTML },
        { "404 Not Found", "<", OSFT_E_HTML },
        { "200 OK", "Hello", OSFT_E_JSON },
        { "200 OK", "[<", OSFT_E_JSON },
        { "200 OK", "{}<html>", OSFT_E_JSON },
        { "404 Not Found", "Not found", OSFT_E_REFUSED },
        { "400 X", "x", OSFT_E_REFUSED },
        { "500 X", "x", OSFT_E_REFUSED },
        { "502 X", "[]", OSFT_E_REFUSED },
        { "502 X", "\"text\"", OSFT_E_REFUSED },
        { "400 X", "12", OSFT_E_REFUSED },
        { "400 X", "{}", OSFT_E_REFUSED },
        { "400 X", "{\"Code\":{}}", OSFT_E_REFUSED },
        { "503 X", "{\"Code\":", OSFT_E_REFUSED },
        { "403 X", "{\"Code\":\"Forbidden.RAM\"}", OSFT_E_REFUSED },
        { "599 X", "{\"result\":[],\"totalCount\":0}", OSFT_E_REFUSED },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        char raw[256];
        unsigned status = (unsigned)atoi(cases[i].status);
        snprintf(raw, sizeof(raw), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", cases[i].status,
                 strlen(cases[i].body), cases[i].body);
        check(raw, cases[i].err, status);
        snprintf(raw, sizeof(raw),
                 "HTTP/1.1 %s\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n%s\r\n0\r\n\r\n",
                 cases[i].status, strlen(cases[i].body), cases[i].body);
        check(raw, cases[i].err, status);
    }
}

static void nesting_too_deep_is_reported_unless_the_status_line_refuses(void **state)
{
    char body[256] = "{\"x\":", raw[512];
    (void)state;
    memset(body + 5, '[', OSFT_JSON_DEPTH);
    snprintf(raw, sizeof(raw), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
             body);
    check(raw, OSFT_E_DEPTH, 200);
    snprintf(raw, sizeof(raw), "HTTP/1.1 403 No\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
             body);
    check(raw, OSFT_E_REFUSED, 403);
}

static void a_whole_response_needs_no_end_of_connection(void **state)
{
    static const char *const raw[] = {
        GOOD, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2b\r\n" BODY "\r\n0\r\n\r\n"
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(raw); i++) {
        struct setup *s = setup_new(2048, raw[i], strlen(raw[i]));
        s->fake.at_end = 0;
        s->fake.tick = 1000;
        assert_int_equal(setup_list(s), OSFT_OK);
        assert_int_equal(s->fake.waited, 0);
        setup_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_responses_are_accepted),
        cmocka_unit_test(invalid_status_lines_are_refused),
        cmocka_unit_test(invalid_header_lines_are_refused),
        cmocka_unit_test(invalid_transfer_codings_are_refused),
        cmocka_unit_test(controls_and_bare_line_ends_anywhere_in_a_head_are_refused),
        cmocka_unit_test(invalid_chunks_are_refused),
        cmocka_unit_test(trailers_end_as_strictly_as_headers),
        cmocka_unit_test(a_length_of_an_interim_response_is_not_used_for_the_final_one),
        cmocka_unit_test(every_3xx_is_a_redirect_that_is_not_followed),
        cmocka_unit_test(an_interim_response_alone_is_no_response),
        cmocka_unit_test(a_response_without_a_body_is_empty),
        cmocka_unit_test(lengths_of_4_gib_and_more_are_valid_http),
        cmocka_unit_test(web_pages_and_texts_are_told_from_refusals),
        cmocka_unit_test(nesting_too_deep_is_reported_unless_the_status_line_refuses),
        cmocka_unit_test(a_whole_response_needs_no_end_of_connection),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
