/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy port over a lower port in memory: the request that it sends, the events that it waits
 * for, the bytes that it passes on, and the memory that it wipes. tests/command/proxy.sh uses real
 * proxies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "proxy_bench.h"

#define REQUEST "CONNECT " HOST ":443 HTTP/1.1\r\nHost: " HOST ":443\r\n"

static int holds(const char *text)
{
    size_t len = strlen(text);
    const char *bytes = (const char *)&proxy;

    for (size_t i = 0; i + len <= sizeof proxy; i++) {
        if (memcmp(bytes + i, text, len) == 0) {
            return 1;
        }
    }
    return 0;
}

static void it_connects_to_the_proxy_and_asks_for_the_host(void **state)
{
    (void)state;
    assert_int_equal(open_to(HOST, 443), 1);
    assert_string_equal(below.host, "proxy.example");
    assert_int_equal(below.tcp_port, 3128);
    assert_string_equal(below.sent, REQUEST "\r\n");
    assert_int_equal(proxy.is_through, 1);
    assert_int_equal(proxy.http_status, 200);
    /* the result is the same, and no request is sent again */
    assert_int_equal(open_to(HOST, 443), 1);
    assert_string_equal(below.sent, REQUEST "\r\n");
    assert_int_equal(below.opened, 1);
}

static void hosts_and_ports_of_any_length_are_asked_for(void **state)
{
    static char host[2000], expected[5000];
    static const uint16_t ports[] = { 0, 9, 80, 8443, 65535, 60000 };
    (void)state;
    for (size_t len = 1; len < sizeof host; len += len < 300 ? 1 : 331) {
        memset(host, 'a', len);
        host[len] = 0;
        for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
            begin(NULL);
            below.send_step = len % 7;
            assert_int_equal(open_to(host, ports[i]), 1);
            snprintf(expected, sizeof expected, "CONNECT %s:%u HTTP/1.1\r\nHost: %s:%u\r\n\r\n",
                     host, ports[i], host, ports[i]);
            assert_string_equal(below.sent, expected);
        }
    }
    begin(NULL);
    assert_int_equal(open_to("[2001:db8::1]", 443), 1);
    assert_string_equal(below.sent, "CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"
                                    "Host: [2001:db8::1]:443\r\n\r\n");
}

/* The first case is the example of RFC 7617, the second one its example in UTF-8. */
static void a_login_is_sent_in_base64(void **state)
{
    static const struct {
        const char *user, *password, *base64;
    } logins[] = {
        { "Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
        { "test", "123\xc2\xa3", "dGVzdDoxMjPCow==" },
        { "user", NULL, "dXNlcjo=" },
        { "user", "", "dXNlcjo=" },
        { "", "password", "OnBhc3N3b3Jk" },
        { "", NULL, "Og==" },
        { "a", "b:c", "YTpiOmM=" },
    };
    char expected[400];
    (void)state;
    for (size_t i = 0; i < sizeof logins / sizeof logins[0]; i++) {
        for (size_t step = 0; step < 8; step++) {
            begin(NULL);
            proxy.user = logins[i].user;
            proxy.password = logins[i].password;
            below.send_step = step;
            assert_int_equal(open_to(HOST, 443), 1);
            snprintf(expected, sizeof expected, REQUEST "Proxy-Authorization: Basic %s\r\n\r\n",
                     logins[i].base64);
            assert_string_equal(below.sent, expected);
        }
    }
}

/* Encode as Base64 (RFC 4648), to compare with. */
static void encode(const char *bytes, size_t len, char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, count = 0;

    for (size_t i = 0; i < len; i++) {
        bits = (bits << 8 | (unsigned char)bytes[i]) & 0xffff;
        count += 8;
        while (count >= 6) {
            count -= 6;
            *text++ = digits[bits >> count & 63];
        }
    }
    if (count > 0) {
        *text++ = digits[bits << (6 - count) & 63];
    }
    for (; len % 3 != 0; len++) {
        *text++ = '=';
    }
    *text = 0;
}

static void logins_of_any_length_and_bytes_are_sent_whole(void **state)
{
    static char both[1200], base64[1700], expected[2000];
    (void)state;
    for (size_t len = 3; len < 1000; len += len < 200 ? 1 : 37) {
        size_t colon = len * 2 / 3;

        for (size_t i = 0; i < len; i++) {
            both[i] = (char)(i * 37 % 255 + 1);
            both[i] = both[i] == ':' && i < colon ? '.' : both[i];
        }
        both[len] = both[colon] = 0;
        begin(NULL);
        proxy.user = both;
        proxy.password = both + colon + 1;
        assert_int_equal(open_to(HOST, 443), 1);
        both[colon] = ':';
        encode(both, len, base64);
        snprintf(expected, sizeof expected, REQUEST "Proxy-Authorization: Basic %s\r\n\r\n",
                 base64);
        assert_string_equal(below.sent, expected);
    }
}

static void credentials_are_wiped_when_sent_failed_or_closed(void **state)
{
    (void)state;
    proxy.user = "Aladdin";
    proxy.password = "open sesame";
    assert_int_equal(open_to(HOST, 443), 1);
    assert_non_null(strstr(below.sent, "QWxhZGRpbjpv"));
    assert_false(holds("QWxh"));
    /* While a send would block, the credentials wait in the buffer; closing the port wipes them. */
    begin(NULL);
    proxy.user = "Aladdin";
    below.every_other = 1;
    assert_int_equal(proxy.port.open(proxy.port.ctx, "a", 1), 0);
    assert_true(holds("QWxh"));
    proxy.port.close(proxy.port.ctx);
    assert_false(holds("QWxh"));
    begin(NULL);
    proxy.user = "Aladdin";
    below.send_error = OSFT_E_IO;
    assert_int_equal(proxy.port.open(proxy.port.ctx, "a", 1), OSFT_E_IO);
    assert_false(holds("QWxh"));
}

static void failures_of_the_lower_port_are_passed_on_with_their_code(void **state)
{
    static const int errors[] = { OSFT_E_IO, OSFT_E_RESOLVE, OSFT_E_TIMEOUT };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        begin(NULL);
        below.open_error = errors[i];
        below.code = 111;
        assert_int_equal(open_to(HOST, 443), errors[i]);
        assert_int_equal(*proxy.port.code, 111);
        begin(NULL);
        below.send_error = errors[i];
        below.response_len = 0;
        below.code = 32;
        assert_int_equal(open_to(HOST, 443), errors[i]);
        assert_int_equal(*proxy.port.code, 32);
        begin(NULL);
        below.response_len = 20;
        below.end = errors[i];
        below.code = 104;
        assert_int_equal(open_to(HOST, 443), errors[i]);
        assert_int_equal(*proxy.port.code, 104);
        below.port.code = NULL;
        begin(NULL);
        below.port.code = NULL;
        below.open_error = errors[i];
        assert_int_equal(open_to(HOST, 443), errors[i]);
        assert_int_equal(*proxy.port.code, errors[i]);
    }
}

static void a_refusal_counts_more_than_a_send_that_failed_after_it(void **state)
{
    (void)state;
    below_respond("HTTP/1.1 407 Login\r\n\r\n");
    below.send_error = OSFT_E_IO;
    assert_int_equal(open_to(HOST, 443), OSFT_E_PROXY);
    assert_int_equal(*proxy.port.code, 407);
}

static void until_the_tunnel_is_open_the_port_waits_for_events_of_its_own(void **state)
{
    uint32_t ms = 1000;
    (void)state;
    below.opens_after = 1;
    below.every_other = 1;
    assert_int_equal(proxy.port.open(proxy.port.ctx, HOST, 443), 0); /* the port connects */
    assert_int_equal(proxy.port.awaits(proxy.port.ctx, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, 77); /* the limit that the lower port sets */
    assert_int_equal(proxy.port.open(proxy.port.ctx, HOST, 443), 0); /* a send would block */
    assert_int_equal(below.sent_len, 0);
    assert_int_equal(proxy.port.awaits(proxy.port.ctx, OSFT_READABLE, &ms), OSFT_WRITABLE);
    assert_true(proxy.port.wait(proxy.port.ctx, OSFT_READABLE, 500) > 0);
    assert_int_equal(below.awaited, OSFT_WRITABLE);
    assert_int_equal(below.awaited_ms, 500);
    below.every_other = 0;
    below.response_len = 0;
    /* the port waits for the response */
    assert_int_equal(proxy.port.open(proxy.port.ctx, HOST, 443), 0);
    assert_int_equal(proxy.port.awaits(proxy.port.ctx, OSFT_WRITABLE, &ms), OSFT_READABLE);
    assert_true(proxy.port.wait(proxy.port.ctx, OSFT_WRITABLE, UINT32_MAX) > 0);
    assert_int_equal(below.awaited, OSFT_READABLE);
    assert_true(proxy.port.wait(proxy.port.ctx, 0, 9) > 0);
    assert_int_equal(below.awaited, 0); /* no events: only the time counts */
    below.response_len = sizeof ESTABLISHED - 1;
    assert_int_equal(open_to(HOST, 443), 1);
    for (unsigned events = 1; events <= 3; events++) {
        assert_int_equal(proxy.port.awaits(proxy.port.ctx, events, &ms), events);
        assert_true(proxy.port.wait(proxy.port.ctx, events, 5) > 0);
        assert_int_equal(below.awaited, events);
    }
    assert_int_equal(ms, 77);
    below.port.awaits = NULL;
    ms = 1000;
    assert_int_equal(proxy.port.awaits(proxy.port.ctx, OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(ms, 1000);
}

static void after_a_failure_there_is_nothing_to_wait_for(void **state)
{
    uint32_t ms = 1000;
    (void)state;
    below.open_error = OSFT_E_IO;
    assert_int_equal(open_to(HOST, 443), OSFT_E_IO);
    (void)proxy.port.awaits(proxy.port.ctx, OSFT_WRITABLE, &ms);
    assert_int_equal(ms, 0);
}

static void bytes_pass_both_ways_and_failures_with_their_code(void **state)
{
    char bytes[10] = "as it is";
    (void)state;
    /* the tunnel is not open */
    assert_int_equal(proxy.port.send(proxy.port.ctx, "x", 1), OSFT_E_IO);
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, 1), OSFT_E_IO);
    assert_int_equal(open_to(HOST, 443), 1);
    below.sent_len = 0;
    assert_int_equal(proxy.port.send(proxy.port.ctx, "hello", 5), 5);
    assert_string_equal(below.sent, "hello");
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, sizeof bytes), 0);
    assert_string_equal(bytes, "as it is");
    below_respond("world");
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, sizeof bytes), 5);
    assert_memory_equal(bytes, "world", 5);
    below.end = OSFT_EOF;
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, sizeof bytes), OSFT_EOF);
    below.end = below.send_error = OSFT_E_IO;
    below.code = 104;
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, sizeof bytes), OSFT_E_IO);
    assert_int_equal(*proxy.port.code, 104);
    below.code = 32;
    assert_int_equal(proxy.port.send(proxy.port.ctx, "x", 1), OSFT_E_IO);
    assert_int_equal(*proxy.port.code, 32);
}

static void after_close_it_begins_anew(void **state)
{
    (void)state;
    below_respond("HTTP/1.1 407 Login\r\n\r\n");
    assert_int_equal(open_to(HOST, 443), OSFT_E_PROXY);
    assert_int_equal(proxy.port.send(proxy.port.ctx, "x", 1), OSFT_E_PROXY);
    proxy.port.close(proxy.port.ctx);
    proxy.port.close(proxy.port.ctx);
    assert_int_equal(below.closed, 2);
    below.sent_len = 0;
    below_respond(ESTABLISHED);
    proxy.user = "me";
    assert_int_equal(open_to("other.example", 8443), 1);
    assert_string_equal(below.sent, "CONNECT other.example:8443 HTTP/1.1\r\n"
                                    "Host: other.example:8443\r\n"
                                    "Proxy-Authorization: Basic bWU6\r\n\r\n");
}

static void headers_of_earlier_connections_do_not_count(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * OSFT_PROXY_HEADER_MAX / (int)sizeof ESTABLISHED; i++) {
        below.sent_len = 0;
        below_respond(ESTABLISHED);
        assert_int_equal(open_to(HOST, 443), 1);
        proxy.port.close(proxy.port.ctx);
    }
}

static void a_host_cannot_add_lines_to_the_request(void **state)
{
    static const char *const hosts[] = { "a\r\nX: y", "a b", "a\tb", "a\n", "a\x7f" };
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        begin(NULL);
        assert_int_equal(open_to(hosts[i], 443), OSFT_E_RESOLVE);
        assert_int_equal(below.opened, 0);
    }
}

static void clocks_and_random_bytes_are_the_lower_ports(void **state)
{
    uint8_t bytes[3] = { 0 };
    (void)state;
    assert_int_equal(proxy.port.utc_s(proxy.port.ctx), 1700000000);
    assert_int_equal(proxy.port.ticks_ms(proxy.port.ctx), 4242);
    assert_int_equal(proxy.port.random(proxy.port.ctx, bytes, 3), 0);
    assert_int_equal(bytes[2], 7);
    proxy.port.learn_utc(proxy.port.ctx, 5);
    assert_int_equal(below.learned, 5);
    below.port.wait = NULL;
    below.port.ticks_ms = NULL;
    below.port.learn_utc = NULL;
    osft_proxy_init(&proxy, &below.port, "p", 1);
    assert_null(proxy.port.wait);
    assert_null(proxy.port.ticks_ms);
    assert_null(proxy.port.learn_utc);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_connects_to_the_proxy_and_asks_for_the_host),
        TEST(hosts_and_ports_of_any_length_are_asked_for),
        TEST(a_login_is_sent_in_base64),
        TEST(logins_of_any_length_and_bytes_are_sent_whole),
        TEST(credentials_are_wiped_when_sent_failed_or_closed),
        TEST(failures_of_the_lower_port_are_passed_on_with_their_code),
        TEST(a_refusal_counts_more_than_a_send_that_failed_after_it),
        TEST(until_the_tunnel_is_open_the_port_waits_for_events_of_its_own),
        TEST(after_a_failure_there_is_nothing_to_wait_for),
        TEST(bytes_pass_both_ways_and_failures_with_their_code),
        TEST(after_close_it_begins_anew),
        TEST(headers_of_earlier_connections_do_not_count),
        TEST(a_host_cannot_add_lines_to_the_request),
        TEST(clocks_and_random_bytes_are_the_lower_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
