/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy port over a lower port in memory: which responses open a tunnel, and which are
 * refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "proxy_bench.h"

static void a_response_may_be_split_at_every_byte(void **state)
{
    static const char *const responses[] = {
        ESTABLISHED,
        "HTTP/1.0 200 OK\r\nProxy-Agent: x/1\r\n\r\n",
        "HTTP/1.1 200 \r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.1 204 None\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 \r\n\r\nHTTP/1.1 299 Yes\r\n\r\n",
    };
    char both[300], byte[8];
    (void)state;
    for (size_t i = 0; i < sizeof responses / sizeof responses[0]; i++) {
        size_t len = strlen(responses[i]);

        snprintf(both, sizeof both, "%sTLS", responses[i]);
        for (size_t cut = 0; cut <= len; cut++) {
            begin(NULL);
            below_respond(both);
            below.response_len = cut;
            int result = proxy.port.open(proxy.port.ctx, HOST, 443);
            assert_int_equal(result, cut == len);
            below.response_len = len + 3;
            assert_int_equal(open_to(HOST, 443), 1);
            /* the bytes behind the response are left to the tunnel */
            assert_int_equal(below.given, len);
            assert_int_equal(proxy.port.recv(proxy.port.ctx, byte, sizeof byte), 3);
            assert_memory_equal(byte, "TLS", 3);
        }
        begin(NULL);
        below_respond(responses[i]);
        below.every_other = 1;
        assert_int_equal(open_to(HOST, 443), 1);
    }
}

static void a_status_that_is_not_200_to_299_is_reported(void **state)
{
    char response[100];
    (void)state;
    for (int status = 100; status < 1000; status++) {
        int is_interim = status < 200 && status != 101, is_good = status / 100 == 2;

        begin(NULL);
        snprintf(response, sizeof response, "HTTP/1.1 %d \r\nA: b\r\n\r\n%s", status,
                 is_interim ? ESTABLISHED : "");
        below_respond(response);
        below.code = 99;
        assert_int_equal(open_to(HOST, 443), is_interim || is_good ? 1 : OSFT_E_PROXY);
        assert_int_equal(proxy.http_status, is_interim ? 200 : status);
        assert_int_equal(proxy.is_through, is_interim || is_good);
        if (!is_interim && !is_good) {
            assert_int_equal(*proxy.port.code, status);
            /* the error is returned until the port is closed */
            assert_int_equal(open_to(HOST, 443), OSFT_E_PROXY);
            assert_int_equal(below.opened, 1);
        }
    }
}

static void a_response_that_is_not_http_is_refused(void **state)
{
    static const char *const responses[] = {
        "\r\n",
        " HTTP/1.1 200\r\n\r\n",
        "http/1.1 200\r\n\r\n",
        "HTTP/2.0 200\r\n\r\n",
        "HTTP/1.x 200\r\n\r\n",
        "HTTP/1.1  200\r\n\r\n",
        "HTTP/1.1 000\r\n\r\n",
        "HTTP/1.1 020\r\n\r\n",
        "HTTP/1.1 20\r\n\r\n",
        "HTTP/1.1 20x\r\n\r\n",
        "HTTP/1.1 2000\r\n\r\n",
        "HTTP/1.1 200\n\r\n",
        "HTTP/1.1 200 OK\n\r\n",
        "HTTP/1.1 200 OK\r\n\n",
        "HTTP/1.1 200 OK\r\nA: b\n\n",
        "HTTP/1.1 200 OK\rA: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\rX\r\n",
        "HTTP/1.1 100 Go on\r\n\r\nSSH-2.0-x\r\n",
        "<html>",
        "\x15\x03\x01\x00\x02\x02\x16",
        "SSH-2.0-OpenSSH\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof responses / sizeof responses[0]; i++) {
        begin(NULL);
        below_respond(responses[i]);
        below.end = OSFT_EOF;
        below.code = 99;
        assert_int_equal(open_to(HOST, 443), OSFT_E_PROXY);
        assert_int_equal(*proxy.port.code, 0);
        assert_int_equal(proxy.is_through, 0);
    }
}

static void a_header_without_end_is_refused(void **state)
{
    static char response[OSFT_PROXY_HEADER_MAX + 100];
    static const char *const endless[] = { "X", "a: b\r\n", "HTTP/1.1 100 \r\n\r\n" };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t step = strlen(endless[i]), len = 0;

        strcpy(response, i < 2 ? "HTTP/1.1 200 " : "");
        for (len = strlen(response); len + step < sizeof response; len += step) {
            memcpy(response + len, endless[i], step + 1);
        }
        begin(NULL);
        below_respond(response);
        assert_int_equal(open_to(HOST, 443), OSFT_E_PROXY);
        assert_int_equal(*proxy.port.code, 0);
        assert_int_equal(below.given, OSFT_PROXY_HEADER_MAX + 1);
    }
}

static void the_longest_header_is_read(void **state)
{
    static char response[OSFT_PROXY_HEADER_MAX + 1];
    (void)state;
    memset(response, 'x', OSFT_PROXY_HEADER_MAX);
    memcpy(response, "HTTP/1.1 200 ", 13);
    memcpy(response + OSFT_PROXY_HEADER_MAX - 4, "\r\n\r\n", 4);
    below_respond(response);
    assert_int_equal(open_to(HOST, 443), 1);
}

static void an_end_before_the_header_has_ended_is_a_cut(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < sizeof ESTABLISHED - 1; cut++) {
        begin(NULL);
        below.response_len = cut;
        below.end = OSFT_EOF;
        below.code = 99;
        assert_int_equal(open_to(HOST, 443), OSFT_E_CUT);
        assert_int_equal(*proxy.port.code, 0);
        assert_int_equal(proxy.is_through, 0);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_response_may_be_split_at_every_byte),
        TEST(a_status_that_is_not_200_to_299_is_reported),
        TEST(a_response_that_is_not_http_is_refused),
        TEST(a_header_without_end_is_refused),
        TEST(the_longest_header_is_read),
        TEST(an_end_before_the_header_has_ended_is_a_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
