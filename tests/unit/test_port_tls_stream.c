/* SPDX-License-Identifier: Apache-2.0 */
/* The TLS port as a stream: data, its end, and a connection below that does its worst. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "osft_tls.h"
#include "tls_server.h"

#if MBEDTLS_VERSION_NUMBER < 0x03000000 && defined(MBEDTLS_SSL_PROTO_TLS1_1)
#define HAS_TLS_1_1 1
#else
#define HAS_TLS_1_1 0
#endif
#if MBEDTLS_VERSION_NUMBER >= 0x03000000 && defined(MBEDTLS_SSL_PROTO_TLS1_3)
#define HAS_TLS_1_3 1
#else
#define HAS_TLS_1_3 0
#endif

#define REQUEST "GET / HTTP/1.1\r\n\r\n"
#define ANSWER  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

static struct pki pki;
static char got[65536];
static size_t got_len;

static int make_pki(void **state)
{
    struct pki_options o;
    (void)state;
    pki_defaults(&o);
    return pki_make(&pki, &o);
}

static int begin(void **state)
{
    (void)state;
    return test_tls_begin(&pki, ANSWER);
}

/* Call wait and ignore the result, as the client does: the next send or recv reports what has
 * happened. */
static void wait_for(unsigned events)
{
    (void)tls.port.wait(tls.port.ctx, events, 1000);
}

static int open_it(void)
{
    for (int i = 0; i < 100000; i++) {
        int r = tls.port.open(tls.port.ctx, "localhost", 443);
        if (r != 0) {
            return r;
        }
        wait_for(OSFT_WRITABLE);
    }
    return 0;
}

static int send_all(const char *text)
{
    size_t len = strlen(text), at = 0;
    for (int i = 0; i < 100000 && at < len; i++) {
        int r = tls.port.send(tls.port.ctx, text + at, len - at);
        if (r == 0) {
            wait_for(OSFT_WRITABLE);
        }
        if (r < 0) {
            return r;
        }
        at += (size_t)r;
    }
    return at == len ? 0 : -1;
}

/* Receives into got until the stream ends, step bytes at a time; returns how it ended. */
static int recv_all(size_t step)
{
    got_len = 0;
    memset(got, 0, sizeof got);
    for (int i = 0; i < 200000; i++) {
        int r = tls.port.recv(tls.port.ctx, got + got_len, step);
        for (size_t k = r > 0 ? step : 0; k < step; k++) {
            assert_int_equal(got[got_len + k], 0); /* a recv that receives none writes none */
        }
        if (r == 0) {
            wait_for(OSFT_READABLE);
        }
        if (r < 0) {
            return r;
        }
        got_len += (size_t)r;
        assert_true(got_len + step < sizeof got);
    }
    return 0;
}

/* Open, send, receive to the end. */
static int exchange(size_t step)
{
    int r = open_it();
    r = r > 0 ? send_all(REQUEST) : r;
    return r == 0 ? recv_all(step) : r;
}

static void assert_whole_exchange(size_t step)
{
    assert_int_equal(exchange(step), OSFT_EOF);
    assert_string_equal(got, ANSWER);
    test_tls_step(&server);
    assert_string_equal(server.got, REQUEST);
}

static void data_goes_both_ways(void **state)
{
    (void)state;
    assert_whole_exchange(512);
}

static void every_version_that_the_library_has_is_spoken(void **state)
{
    int spoken = 0;
    (void)state;
    for (int minor = 3; minor <= 4; minor++) {
        if (test_tls_max(&server, minor) == 0) {
            assert_whole_exchange(512);
            assert_string_equal(mbedtls_ssl_get_version(&server.ssl),
                                minor == 3 ? "TLSv1.2" : "TLSv1.3");
            spoken++;
            tls.port.close(&tls);
            osft_tls_session_drop(&tls); /* it is of this version */
        }
    }
    assert_int_equal(spoken, 1 + HAS_TLS_1_3);
}

static void a_connection_is_opened_again_after_close(void **state)
{
    (void)state;
    for (int i = 1; i <= 3; i++) {
        assert_whole_exchange(512);
        tls.port.close(&tls);
        tls.port.close(&tls);
        assert_int_equal(server.opens, i);
        assert_int_equal(server.closes, 2 * i);
    }
}

static void bytes_that_trickle_and_block_arrive_whole(void **state)
{
    static const size_t chunks[] = { 1, 2, 3, 5, 7, 64, 0 };
    static const unsigned stutters[] = { 0, 2, 3 };
    (void)state;
    for (size_t c = 0; c < sizeof chunks / sizeof chunks[0]; c++) {
        for (size_t s = 0; s < sizeof stutters / sizeof stutters[0]; s++) {
            server.chunk = chunks[c];
            server.stutter = stutters[s];
            assert_whole_exchange(c % 2 == 0 ? 1 : 512);
            tls.port.close(&tls);
        }
    }
}

static void a_long_answer_arrives_whole(void **state)
{
    static char text[40000];
    (void)state;
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        text[i] = (char)('a' + i % 23);
    }
    server.say = text;
    server.chunk = 1000;
    assert_int_equal(exchange(777), OSFT_EOF);
    assert_int_equal(got_len, sizeof text - 1);
    assert_memory_equal(got, text, got_len);
}

static void the_end_with_close_notify_is_the_end(void **state)
{
    char c;
    (void)state;
    assert_int_equal(exchange(512), OSFT_EOF);
    assert_int_equal(tls.port.recv(&tls, &c, 1), OSFT_EOF); /* it stays so */
    assert_int_equal(tls.port.send(&tls, "x", 1), OSFT_E_IO);
}

static void the_end_without_close_notify_is_a_cut(void **state)
{
    (void)state;
    server.bye = TEST_CUT;
    assert_int_equal(exchange(512), OSFT_E_CUT);
    assert_string_equal(got, ANSWER); /* what came before is not lost */
    assert_int_equal(tls.port.send(&tls, "x", 1), OSFT_E_CUT);
}

/* Return the number of bytes that the server sends for a whole exchange. */
static size_t whole_length(void)
{
    assert_whole_exchange(512);
    size_t n = server.passed;
    tls.port.close(&tls);
    osft_tls_session_drop(&tls);
    return n;
}

static void a_stream_that_ends_anywhere_is_a_cut(void **state)
{
    size_t whole = whole_length(), n = 1;
    (void)state;
    /* the handshake is walked in strides, the records behind it byte by byte; signatures differ in
     * length, so the end is where it is found */
    for (;;) {
        server.cut_after = n;
        int r = exchange(512);
        if (r == OSFT_EOF) {
            break;
        }
        assert_int_equal(r, OSFT_E_CUT);
        assert_true(got_len <= strlen(ANSWER));
        tls.port.close(&tls);
        osft_tls_session_drop(&tls); /* each handshake is a full one */
        n += n + 100 < whole ? 29 : 1;
    }
    assert_int_equal(server.passed, server.down.len);
    assert_string_equal(got, ANSWER);
}

static void a_garbled_record_is_never_delivered(void **state)
{
    (void)state;
    for (size_t n = 1; n < strlen(ANSWER); n++) {
        server.say = NULL;
        server.bye = TEST_STAY;
        server.flip_at = 0;
        assert_int_equal(open_it(), 1);
        char c;
        assert_int_equal(tls.port.recv(&tls, &c, 1), 0); /* takes what follows a handshake */
        server.say = ANSWER;
        server.bye = TEST_CUT;
        server.flip_at = server.passed + n;
        int r = recv_all(512);
        assert_true(r == OSFT_E_TLS || r == OSFT_E_CUT);
        assert_int_equal(got_len, 0);
        tls.port.close(&tls);
    }
}

static void what_is_not_tls_is_refused(void **state)
{
    static const char *const texts[] = {
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n",
        "\x16\x03\x03\xff\xff\x02",
        "\x15\x03\x03\x01\x02\x02\x28", /* a fatal alert, broken and sound */
        "\x15\x03\x03",
        "                                                                                ",
    };
    (void)state;
    server.not_tls = 1;
    server.bye = TEST_CUT;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        server.say = texts[i];
        int r = exchange(512);
        if (r != OSFT_E_TLS && r != OSFT_E_CUT) {
            fail_msg("text %u: %d", (unsigned)i, r);
        }
        tls.port.close(&tls);
    }
    server.say = texts[0];
    assert_int_equal(exchange(512), OSFT_E_TLS);
}

static void a_server_that_answers_with_tls_1_1_is_refused(void **state)
{
    /* ServerHello, version 3.2, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA. No byte may be 0 in say, so
     * the record goes straight into the pipe. */
    static unsigned char hello[5 + 4 + 38] = { 22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2 };
    char c;
    (void)state;
    memset(hello + 11, 0x33, 32);
    hello[44] = 0xC0;
    hello[45] = 0x09;
    server.not_tls = 1;
    server.say = NULL;
    server.bye = TEST_STAY;
    assert_int_equal(tls.port.open(&tls, "localhost", 443), 0);
    memcpy(server.down.data, hello, sizeof hello);
    server.down.len = sizeof hello;
    assert_int_equal(open_it(), OSFT_E_TLS);
    assert_int_equal(tls.port.recv(&tls, &c, 1), OSFT_E_TLS);
    /* the refusal is an alert to the server: record type 21 ends what it got */
    assert_int_equal(server.up.data[server.up.len - 7], 21);
}

#if HAS_TLS_1_1
static void a_server_that_knows_only_tls_1_1_is_refused(void **state)
{
    (void)state;
    assert_int_equal(test_tls_max(&server, 2), 0);
    assert_int_equal(open_it(), OSFT_E_TLS);
    assert_false(server.handshaken);
}
#endif

static void a_failure_below_comes_through_at_every_call(void **state)
{
    static const int errors[] = { OSFT_E_IO, OSFT_E_TIMEOUT, -1000, INT_MIN };
    int failed_waits = 0;
    (void)state;
    server.chunk = 200; /* makes for more calls */
    server.stutter = 5;
    for (long k = 0;; k++) {
        int error = errors[k % 4];
        server.calls = server.waits = server.failed_waits = 0;
        server.fail_at = k;
        server.fail_with = error;
        int r = exchange(16);
        if (r == OSFT_EOF) {
            assert_string_equal(got, ANSWER);
            if (server.calls <= k) {
                assert_true(k > 10);
                break;
            }
            assert_int_equal(server.failed_waits, 1); /* which is not the end of a connection */
            failed_waits++;
        } else {
            assert_int_equal(r, error);
            assert_int_equal(*tls.port.code, 77);
        }
        tls.port.close(&tls);
        osft_tls_session_drop(&tls);
    }
    assert_true(failed_waits > 0);
}

static void an_end_of_stream_from_send_is_a_cut(void **state)
{
    (void)state;
    assert_int_equal(open_it(), 1);
    server.calls = 0;
    server.fail_at = 0;
    server.fail_with = OSFT_EOF;
    assert_int_equal(tls.port.send(&tls, "x", 1), OSFT_E_CUT);
}

static void nothing_is_lost_or_doubled_when_send_blocks(void **state)
{
    (void)state;
    server.bye = TEST_STAY;
    assert_int_equal(open_it(), 1);
    server.block_send = 1;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tls.port.send(&tls, "hello", 5), 0);
        assert_true(tls.port.recv(&tls, got, sizeof got) >= 0); /* does no harm in between */
    }
    server.block_send = 0;
    /* more may be offered than at first, but only what is under way is taken */
    int r = tls.port.send(&tls, "hello, world", 12);
    for (int i = 0; i < 4 && r == 0; i++) { /* tickets of TLS 1.3 come first */
        r = tls.port.send(&tls, "hello, world", 12);
    }
    assert_int_equal(r, 5);
    assert_int_equal(send_all(", world"), 0);
    test_tls_step(&server);
    test_tls_step(&server);
    assert_string_equal(server.got, "hello, world");
}

static void taking_bytes_back_after_send_blocked_is_refused(void **state)
{
    (void)state;
    assert_int_equal(open_it(), 1);
    server.block_send = 1;
    assert_int_equal(tls.port.send(&tls, "hello", 5), 0);
    assert_int_equal(tls.port.send(&tls, "hell", 4), OSFT_E_TLS);
}

static void more_than_there_is_may_be_offered_and_asked_for(void **state)
{
    static char large[20000];
    (void)state;
    server.say = large;
    memset(large, 'x', sizeof large - 1);
    server.bye = TEST_STAY;
    assert_int_equal(open_it(), 1);
    /* one record is sent, and one received, whatever the number says */
    int r = 0;
    for (int i = 0; i < 9 && r == 0; i++) { /* tickets of TLS 1.3 come first */
        r = tls.port.recv(&tls, got, SIZE_MAX);
    }
    assert_in_range(r, 1, 16384);
    r = 0;
    for (int i = 0; i < 9 && r == 0; i++) {
        r = tls.port.send(&tls, large, SIZE_MAX);
    }
    assert_in_range(r, 1, 16384);
}

static void a_port_below_that_claims_to_have_moved_more_than_it_did_is_an_error(void **state)
{
    static const int excess[] = { 1, INT_MAX / 2 };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        server.bye = TEST_STAY;
        assert_int_equal(open_it(), 1);
        server.excess = excess[i];
        assert_int_equal(tls.port.send(&tls, "x", 1), OSFT_E_IO);
        int r = 0;
        for (int k = 0; k < 9 && r == 0; k++) {
            r = tls.port.recv(&tls, got, sizeof got);
        }
        assert_int_equal(r, OSFT_E_IO);
        server.excess = 0;
        tls.port.close(&tls);
    }
}

static int open_result;
static int odd_open(void *ctx, const char *host, uint16_t tcp_port)
{
    (void)ctx, (void)host, (void)tcp_port;
    return open_result;
}

static void every_positive_result_of_open_below_is_a_connection(void **state)
{
    (void)state;
    server.port.open = odd_open;
    open_result = INT_MAX;
    assert_whole_exchange(512);
    tls.port.close(&tls);
    open_result = OSFT_EOF;
    assert_int_equal(open_it(), OSFT_E_CUT);
}

static void what_the_server_said_is_received_also_when_nothing_can_be_sent(void **state)
{
    (void)state;
    server.bye = TEST_CLOSE_NOTIFY;
    assert_int_equal(open_it(), 1);
    test_tls_step(&server); /* it refuses, before it has read anything */
    server.calls = 0;
    server.fail_at = 0; /* and does not read */
    server.fail_with = OSFT_E_IO;
    assert_int_equal(tls.port.send(&tls, REQUEST, strlen(REQUEST)), OSFT_E_IO);
    assert_int_equal(*tls.port.code, 77);
    assert_int_equal(tls.port.send(&tls, REQUEST, strlen(REQUEST)), OSFT_E_IO); /* it stays so */
    assert_int_equal(server.calls, 1);
    assert_int_equal(recv_all(512), OSFT_EOF);
    assert_string_equal(got, ANSWER);
    tls.port.close(&tls);
    server.bye = TEST_CLOSE_NOTIFY;
    assert_whole_exchange(512); /* the next connection is as good as any */
}

static void empty_calls_move_nothing_and_end_nothing(void **state)
{
    char c;
    (void)state;
    assert_int_equal(open_it(), 1);
    long calls = server.calls;
    assert_int_equal(tls.port.send(&tls, &c, 0), 0);
    assert_int_equal(tls.port.recv(&tls, &c, 0), 0);
    assert_int_equal(server.calls, calls);
    assert_int_equal(send_all(REQUEST), 0);
    assert_int_equal(recv_all(512), OSFT_EOF);
}

static void empty_records_are_no_end(void **state)
{
    (void)state;
    server.say = NULL;
    server.bye = TEST_STAY;
    assert_int_equal(open_it(), 1);
    test_tls_step(&server);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mbedtls_ssl_write(&server.ssl, (const unsigned char *)"", 0), 0);
    }
    server.say = ANSWER;
    server.bye = TEST_CLOSE_NOTIFY;
    assert_int_equal(recv_all(512), OSFT_EOF);
    assert_string_equal(got, ANSWER);
}

#ifdef MBEDTLS_SSL_RENEGOTIATION
static void a_wish_to_renegotiate_is_declined_without_losing_data(void **state)
{
    (void)state;
    assert_int_equal(test_tls_max(&server, 3), 0);
    mbedtls_ssl_conf_renegotiation(&server.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    server.say = NULL;
    server.bye = TEST_STAY;
    assert_int_equal(open_it(), 1);
    test_tls_step(&server);
    assert_int_equal(mbedtls_ssl_renegotiate(&server.ssl), 0);
    server.block_send = 1; /* so that the refusal is stuck in mbedTLS */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tls.port.recv(&tls, got, sizeof got), 0);
    }
    assert_int_equal(tls.port.send(&tls, REQUEST, strlen(REQUEST)), 0);
    server.block_send = 0;
    assert_int_equal(send_all(REQUEST), 0);
    for (int i = 0; i < 4; i++) {
        test_tls_step(&server);
    }
    assert_string_equal(server.got, REQUEST);
    assert_false(server.down.ended);
}
#endif

static void do_nothing(void *ctx)
{
    (void)ctx;
}

static void closing_says_goodbye_once(void **state)
{
    (void)state;
    server.bye = TEST_STAY;
    server.say = NULL;
    assert_int_equal(open_it(), 1);
    test_tls_step(&server);
    size_t before = server.up.len;
    void (*lower_close)(void *) = server.port.close;
    server.port.close = do_nothing; /* keeps the pipe for us to look at */
    tls.port.close(&tls);
    size_t after = server.up.len;
    tls.port.close(&tls);
    assert_int_equal(server.up.len, after);
    assert_true(after > before);
    unsigned char c;
    assert_int_equal(mbedtls_ssl_read(&server.ssl, &c, 1), MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY);
    server.port.close = lower_close;
}

static void nothing_moves_before_open_or_after_close(void **state)
{
    char c;
    (void)state;
    assert_int_equal(tls.port.send(&tls, "x", 1), OSFT_E_IO);
    assert_int_equal(tls.port.recv(&tls, &c, 1), OSFT_E_IO);
    assert_whole_exchange(512);
    tls.port.close(&tls);
    assert_int_equal(tls.port.send(&tls, "x", 1), OSFT_E_IO);
    assert_int_equal(tls.port.recv(&tls, &c, 1), OSFT_E_IO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, test_tls_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(data_goes_both_ways),
        TEST(every_version_that_the_library_has_is_spoken),
        TEST(a_connection_is_opened_again_after_close),
        TEST(bytes_that_trickle_and_block_arrive_whole),
        TEST(a_long_answer_arrives_whole),
        TEST(the_end_with_close_notify_is_the_end),
        TEST(the_end_without_close_notify_is_a_cut),
        TEST(a_stream_that_ends_anywhere_is_a_cut),
        TEST(a_garbled_record_is_never_delivered),
        TEST(what_is_not_tls_is_refused),
        TEST(a_server_that_answers_with_tls_1_1_is_refused),
#if HAS_TLS_1_1
        TEST(a_server_that_knows_only_tls_1_1_is_refused),
#endif
        TEST(a_failure_below_comes_through_at_every_call),
        TEST(an_end_of_stream_from_send_is_a_cut),
        TEST(nothing_is_lost_or_doubled_when_send_blocks),
        TEST(taking_bytes_back_after_send_blocked_is_refused),
        TEST(more_than_there_is_may_be_offered_and_asked_for),
        TEST(a_port_below_that_claims_to_have_moved_more_than_it_did_is_an_error),
        TEST(every_positive_result_of_open_below_is_a_connection),
        TEST(what_the_server_said_is_received_also_when_nothing_can_be_sent),
        TEST(empty_calls_move_nothing_and_end_nothing),
        TEST(empty_records_are_no_end),
#ifdef MBEDTLS_SSL_RENEGOTIATION
        TEST(a_wish_to_renegotiate_is_declined_without_losing_data),
#endif
        TEST(closing_says_goodbye_once),
        TEST(nothing_moves_before_open_or_after_close),
    };
    return cmocka_run_group_tests(tests, make_pki, NULL);
}
