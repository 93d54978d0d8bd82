/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy port over a port made of memory: what it asks, what it takes for a tunnel, what it
 * waits for, and what it leaves behind. tests/command/proxy.sh has real proxies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "osft_proxy.h"

#define HOST        "service.example"
#define REQUEST     "CONNECT " HOST ":443 HTTP/1.1\r\nHost: " HOST ":443\r\n"
#define ESTABLISHED "HTTP/1.1 200 Connection established\r\n\r\n"

/* The lower port: what the proxy sends, and what it was sent. */
static struct {
    char sent[8192];
    size_t sent_len, send_step; /* step: bytes a send takes; 0: all */
    const char *response;
    size_t given, response_len;
    int opens_after; /* open would block so often */
    int every_other; /* each second send and recv would block */
    unsigned turn;
    int open_error, send_error, end; /* end: what recv returns behind the response */
    int opened, closed, waits;
    char host[300];
    uint16_t tcp_port;
    int32_t code;
    unsigned awaited, awaited_ms;
    int64_t learned;
} net;
static struct osft_port lower;
static struct osft_proxy proxy;

static int lower_open(void *ctx, const char *host, uint16_t tcp_port)
{
    assert_ptr_equal(ctx, &net);
    snprintf(net.host, sizeof net.host, "%s", host);
    net.tcp_port = tcp_port;
    if (net.opens_after-- > 0) {
        return 0;
    }
    net.opened++;
    return net.open_error != 0 ? net.open_error : 1;
}

static int blocks(void)
{
    return net.every_other && net.turn++ % 2 == 0;
}

static int lower_send(void *ctx, const void *bytes, size_t len)
{
    (void)ctx;
    if (net.send_error != 0) {
        return net.send_error;
    }
    if (blocks()) {
        return 0;
    }
    len = net.send_step != 0 && len > net.send_step ? net.send_step : len;
    assert_true(net.sent_len + len < sizeof net.sent);
    memcpy(net.sent + net.sent_len, bytes, len);
    net.sent_len += len;
    net.sent[net.sent_len] = 0;
    return (int)len;
}

static int lower_recv(void *ctx, void *buffer, size_t room)
{
    (void)ctx;
    if (blocks()) {
        return 0;
    }
    if (net.given == net.response_len) {
        return net.end;
    }
    size_t left = net.response_len - net.given, len = left < room ? left : room;
    memcpy(buffer, net.response + net.given, len);
    net.given += len;
    return (int)len;
}

static int lower_wait(void *ctx, unsigned events, uint32_t ms)
{
    (void)ctx;
    net.waits++;
    net.awaited = events;
    net.awaited_ms = ms;
    return 1;
}

static unsigned lower_awaits(void *ctx, unsigned events, uint32_t *ms)
{
    (void)ctx;
    *ms = *ms < 77 ? *ms : 77;
    return events;
}

static void lower_close(void *ctx)
{
    (void)ctx;
    net.closed++;
}

static int64_t lower_utc_s(void *ctx)
{
    (void)ctx;
    return 1700000000;
}

static uint32_t lower_ticks_ms(void *ctx)
{
    (void)ctx;
    return 4242;
}

static int lower_random(void *ctx, void *buffer, size_t len)
{
    (void)ctx;
    memset(buffer, 7, len);
    return 0;
}

static void lower_learn_utc(void *ctx, int64_t utc_s)
{
    (void)ctx;
    net.learned = utc_s;
}

static void respond(const char *response)
{
    net.response = response;
    net.response_len = strlen(response);
    net.given = 0;
}

static int begin(void **state)
{
    static const struct osft_port usual = { &net,         lower_open,  lower_send,
                                            lower_recv,   lower_wait,  lower_awaits,
                                            lower_close,  lower_utc_s, lower_ticks_ms,
                                            lower_random, &net.code,   lower_learn_utc };
    (void)state;
    memset(&net, 0, sizeof net);
    lower = usual;
    respond(ESTABLISHED);
    osft_proxy_init(&proxy, &lower, "proxy.example", 3128);
    return 0;
}

/* Opens as a client does. */
static int open_to(const char *host, uint16_t tcp_port)
{
    int result = 0;

    for (int i = 0; i < 20000 && result == 0; i++) {
        result = proxy.port.open(proxy.port.ctx, host, tcp_port);
    }
    return result;
}

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
    assert_string_equal(net.host, "proxy.example");
    assert_int_equal(net.tcp_port, 3128);
    assert_string_equal(net.sent, REQUEST "\r\n");
    assert_int_equal(proxy.is_through, 1);
    assert_int_equal(proxy.http_status, 200);
    assert_int_equal(open_to(HOST, 443), 1); /* and says so again, without asking again */
    assert_string_equal(net.sent, REQUEST "\r\n");
    assert_int_equal(net.opened, 1);
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
            net.send_step = len % 7;
            assert_int_equal(open_to(host, ports[i]), 1);
            snprintf(expected, sizeof expected, "CONNECT %s:%u HTTP/1.1\r\nHost: %s:%u\r\n\r\n",
                     host, ports[i], host, ports[i]);
            assert_string_equal(net.sent, expected);
        }
    }
    begin(NULL);
    assert_int_equal(open_to("[2001:db8::1]", 443), 1);
    assert_string_equal(net.sent, "CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"
                                  "Host: [2001:db8::1]:443\r\n\r\n");
}

/* The first is RFC 7617's example, the second its example in UTF-8. */
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
            net.send_step = step;
            assert_int_equal(open_to(HOST, 443), 1);
            snprintf(expected, sizeof expected, REQUEST "Proxy-Authorization: Basic %s\r\n\r\n",
                     logins[i].base64);
            assert_string_equal(net.sent, expected);
        }
    }
}

/* Base64 by the book, to compare with. */
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
        assert_string_equal(net.sent, expected);
    }
}

static void credentials_are_wiped_when_sent_failed_or_closed(void **state)
{
    (void)state;
    proxy.user = "Aladdin";
    proxy.password = "open sesame";
    assert_int_equal(open_to(HOST, 443), 1);
    assert_non_null(strstr(net.sent, "QWxhZGRpbjpv"));
    assert_false(holds("QWxh"));
    /* While it would block, they wait in the buffer; closing wipes them. */
    begin(NULL);
    proxy.user = "Aladdin";
    net.every_other = 1;
    assert_int_equal(proxy.port.open(proxy.port.ctx, "a", 1), 0);
    assert_true(holds("QWxh"));
    proxy.port.close(proxy.port.ctx);
    assert_false(holds("QWxh"));
}

static void a_response_may_be_split_at_every_byte(void **state)
{
    static const char *const responses[] = {
        ESTABLISHED,
        "HTTP/1.0 200 OK\r\nProxy-Agent: x/1\r\n\r\n",
        "HTTP/1.1 200 \r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.1 204 None\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 299 "
        "Yes\r\n\r\n",
    };
    char both[300], byte[8];
    (void)state;
    for (size_t i = 0; i < sizeof responses / sizeof responses[0]; i++) {
        size_t len = strlen(responses[i]);

        snprintf(both, sizeof both, "%sTLS", responses[i]);
        for (size_t cut = 0; cut <= len; cut++) {
            begin(NULL);
            respond(both);
            net.response_len = cut;
            int result = proxy.port.open(proxy.port.ctx, HOST, 443);
            assert_int_equal(result, cut == len);
            net.response_len = len + 3;
            assert_int_equal(open_to(HOST, 443), 1);
            assert_int_equal(net.given, len); /* what follows is the tunnel's */
            assert_int_equal(proxy.port.recv(proxy.port.ctx, byte, sizeof byte), 3);
            assert_memory_equal(byte, "TLS", 3);
        }
        begin(NULL);
        respond(responses[i]);
        net.every_other = 1;
        assert_int_equal(open_to(HOST, 443), 1);
    }
}

static void a_status_that_is_not_200_to_299_is_told(void **state)
{
    char response[100];
    (void)state;
    for (int status = 100; status < 1000; status++) {
        int is_interim = status < 200 && status != 101, is_good = status / 100 == 2;

        begin(NULL);
        snprintf(response, sizeof response, "HTTP/1.1 %d \r\nA: b\r\n\r\n%s", status,
                 is_interim ? ESTABLISHED : "");
        respond(response);
        net.code = 99;
        assert_int_equal(open_to(HOST, 443), is_interim || is_good ? 1 : OSFT_E_PROXY);
        assert_int_equal(proxy.http_status, is_interim ? 200 : status);
        assert_int_equal(proxy.is_through, is_interim || is_good);
        if (!is_interim && !is_good) {
            assert_int_equal(*proxy.port.code, status);
            assert_int_equal(open_to(HOST, 443), OSFT_E_PROXY); /* until it is closed */
            assert_int_equal(net.opened, 1);
        }
    }
}

static void what_is_no_http_is_refused(void **state)
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
        respond(responses[i]);
        net.end = OSFT_EOF;
        net.code = 99;
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
        respond(response);
        assert_int_equal(open_to(HOST, 443), OSFT_E_PROXY);
        assert_int_equal(*proxy.port.code, 0);
        assert_int_equal(net.given, OSFT_PROXY_HEADER_MAX + 1);
    }
}

static void a_header_of_the_most_bytes_is_read(void **state)
{
    static char response[OSFT_PROXY_HEADER_MAX + 1];
    (void)state;
    memset(response, 'x', OSFT_PROXY_HEADER_MAX);
    memcpy(response, "HTTP/1.1 200 ", 13);
    memcpy(response + OSFT_PROXY_HEADER_MAX - 4, "\r\n\r\n", 4);
    respond(response);
    assert_int_equal(open_to(HOST, 443), 1);
}

static void an_end_before_the_header_has_ended_is_a_cut(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < sizeof ESTABLISHED - 1; cut++) {
        begin(NULL);
        net.response_len = cut;
        net.end = OSFT_EOF;
        net.code = 99;
        assert_int_equal(open_to(HOST, 443), OSFT_E_CUT);
        assert_int_equal(*proxy.port.code, 0);
        assert_int_equal(proxy.is_through, 0);
    }
}

static void failures_of_the_lower_port_are_passed_on_with_their_code(void **state)
{
    static const int errors[] = { OSFT_E_IO, OSFT_E_RESOLVE, OSFT_E_TIMEOUT };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        begin(NULL);
        net.open_error = errors[i];
        net.code = 111;
        assert_int_equal(open_to(HOST, 443), errors[i]);
        assert_int_equal(*proxy.port.code, 111);
        begin(NULL);
        net.send_error = errors[i];
        net.response_len = 0;
        net.code = 32;
        assert_int_equal(open_to(HOST, 443), errors[i]);
        assert_int_equal(*proxy.port.code, 32);
        begin(NULL);
        net.response_len = 20;
        net.end = errors[i];
        net.code = 104;
        assert_int_equal(open_to(HOST, 443), errors[i]);
        assert_int_equal(*proxy.port.code, 104);
        lower.code = NULL;
        begin(NULL);
        lower.code = NULL;
        net.open_error = errors[i];
        assert_int_equal(open_to(HOST, 443), errors[i]);
        assert_int_equal(*proxy.port.code, errors[i]);
    }
}

static void a_refusal_counts_more_than_the_send_that_failed_behind_it(void **state)
{
    (void)state;
    respond("HTTP/1.1 407 Login\r\n\r\n");
    net.send_error = OSFT_E_IO;
    assert_int_equal(open_to(HOST, 443), OSFT_E_PROXY);
    assert_int_equal(*proxy.port.code, 407);
}

static void it_waits_for_what_it_is_doing_whatever_is_asked(void **state)
{
    uint32_t ms = 1000;
    (void)state;
    net.opens_after = 1;
    net.every_other = 1;
    assert_int_equal(proxy.port.open(proxy.port.ctx, HOST, 443), 0); /* connecting */
    assert_int_equal(proxy.port.awaits(proxy.port.ctx, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, 77); /* the lower port's own limit */
    assert_int_equal(proxy.port.open(proxy.port.ctx, HOST, 443), 0); /* a send would block */
    assert_int_equal(net.sent_len, 0);
    assert_int_equal(proxy.port.awaits(proxy.port.ctx, OSFT_READABLE, &ms), OSFT_WRITABLE);
    assert_true(proxy.port.wait(proxy.port.ctx, OSFT_READABLE, 500) > 0);
    assert_int_equal(net.awaited, OSFT_WRITABLE);
    assert_int_equal(net.awaited_ms, 500);
    net.every_other = 0;
    net.response_len = 0;
    assert_int_equal(proxy.port.open(proxy.port.ctx, HOST, 443), 0); /* for the response */
    assert_int_equal(proxy.port.awaits(proxy.port.ctx, OSFT_WRITABLE, &ms), OSFT_READABLE);
    assert_true(proxy.port.wait(proxy.port.ctx, OSFT_WRITABLE, UINT32_MAX) > 0);
    assert_int_equal(net.awaited, OSFT_READABLE);
    assert_true(proxy.port.wait(proxy.port.ctx, 0, 9) > 0);
    assert_int_equal(net.awaited, 0); /* only the time */
    net.response_len = sizeof ESTABLISHED - 1;
    assert_int_equal(open_to(HOST, 443), 1);
    for (unsigned events = 1; events <= 3; events++) {
        assert_int_equal(proxy.port.awaits(proxy.port.ctx, events, &ms), events);
        assert_true(proxy.port.wait(proxy.port.ctx, events, 5) > 0);
        assert_int_equal(net.awaited, events);
    }
    assert_int_equal(ms, 77);
    lower.awaits = NULL;
    ms = 1000;
    assert_int_equal(proxy.port.awaits(proxy.port.ctx, OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(ms, 1000);
}

static void a_tunnel_that_failed_is_to_be_called_at_once(void **state)
{
    uint32_t ms = 1000;
    (void)state;
    net.open_error = OSFT_E_IO;
    assert_int_equal(open_to(HOST, 443), OSFT_E_IO);
    (void)proxy.port.awaits(proxy.port.ctx, OSFT_WRITABLE, &ms);
    assert_int_equal(ms, 0);
}

static void bytes_pass_both_ways_and_failures_with_their_code(void **state)
{
    char bytes[10] = "as it is";
    (void)state;
    assert_int_equal(proxy.port.send(proxy.port.ctx, "x", 1), OSFT_E_IO); /* not open yet */
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, 1), OSFT_E_IO);
    assert_int_equal(open_to(HOST, 443), 1);
    net.sent_len = 0;
    assert_int_equal(proxy.port.send(proxy.port.ctx, "hello", 5), 5);
    assert_string_equal(net.sent, "hello");
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, sizeof bytes), 0);
    assert_string_equal(bytes, "as it is");
    respond("world");
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, sizeof bytes), 5);
    assert_memory_equal(bytes, "world", 5);
    net.end = OSFT_EOF;
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, sizeof bytes), OSFT_EOF);
    net.end = net.send_error = OSFT_E_IO;
    net.code = 104;
    assert_int_equal(proxy.port.recv(proxy.port.ctx, bytes, sizeof bytes), OSFT_E_IO);
    assert_int_equal(*proxy.port.code, 104);
    net.code = 32;
    assert_int_equal(proxy.port.send(proxy.port.ctx, "x", 1), OSFT_E_IO);
    assert_int_equal(*proxy.port.code, 32);
}

static void after_close_it_begins_anew(void **state)
{
    (void)state;
    respond("HTTP/1.1 407 Login\r\n\r\n");
    assert_int_equal(open_to(HOST, 443), OSFT_E_PROXY);
    assert_int_equal(proxy.port.send(proxy.port.ctx, "x", 1), OSFT_E_PROXY);
    proxy.port.close(proxy.port.ctx);
    proxy.port.close(proxy.port.ctx);
    assert_int_equal(net.closed, 2);
    net.sent_len = 0;
    respond(ESTABLISHED);
    proxy.user = "me";
    assert_int_equal(open_to("other.example", 8443), 1);
    assert_string_equal(net.sent, "CONNECT other.example:8443 HTTP/1.1\r\n"
                                  "Host: other.example:8443\r\n"
                                  "Proxy-Authorization: Basic bWU6\r\n\r\n");
}

static void a_host_cannot_add_lines_to_the_request(void **state)
{
    static const char *const hosts[] = { "a\r\nX: y", "a b", "a\tb", "a\n", "a\x7f" };
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        begin(NULL);
        assert_int_equal(open_to(hosts[i], 443), OSFT_E_RESOLVE);
        assert_int_equal(net.opened, 0);
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
    assert_int_equal(net.learned, 5);
    lower.wait = NULL;
    lower.ticks_ms = NULL;
    lower.learn_utc = NULL;
    osft_proxy_init(&proxy, &lower, "p", 1);
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
        TEST(a_response_may_be_split_at_every_byte),
        TEST(a_status_that_is_not_200_to_299_is_told),
        TEST(what_is_no_http_is_refused),
        TEST(a_header_without_end_is_refused),
        TEST(a_header_of_the_most_bytes_is_read),
        TEST(an_end_before_the_header_has_ended_is_a_cut),
        TEST(failures_of_the_lower_port_are_passed_on_with_their_code),
        TEST(a_refusal_counts_more_than_the_send_that_failed_behind_it),
        TEST(it_waits_for_what_it_is_doing_whatever_is_asked),
        TEST(a_tunnel_that_failed_is_to_be_called_at_once),
        TEST(bytes_pass_both_ways_and_failures_with_their_code),
        TEST(after_close_it_begins_anew),
        TEST(a_host_cannot_add_lines_to_the_request),
        TEST(clocks_and_random_bytes_are_the_lower_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
