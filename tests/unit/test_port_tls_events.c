/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the events that the TLS port waits for. The events are those of the lower connection, and
 * must be right for send and for recv, also while both are in progress. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "osft_tls_internal.h"
#include "tls_server.h"

#define REQUEST "GET / HTTP/1.1\r\n\r\n"
#define ANSWER  "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\n{}"
#define BOTH    (OSFT_READABLE | OSFT_WRITABLE)

static struct pki pki;

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
    int error = test_tls_begin(&pki, NULL);
    server.bye = TEST_STAY;
    server.is_slow = 1;
    return error;
}

/* Return the events of the lower port to wait for when the caller waits for these events. *ms is
 * set to the time limit of the wait. */
static unsigned awaited(unsigned events, uint32_t *ms)
{
    *ms = UINT32_MAX;
    return tls.port.awaits(&tls, events, ms);
}

static void assert_awaits(unsigned events, unsigned below)
{
    uint32_t ms;
    assert_int_equal(awaited(events, &ms), below);
    assert_int_equal(ms, UINT32_MAX);
}

static void assert_goes_on_at_once(unsigned events)
{
    uint32_t ms;
    (void)awaited(events, &ms);
    assert_int_equal(ms, 0);
}

static int is_readable(void)
{
    return server.down.len > server.down.head || server.down.ended;
}

/* The owner of a loop, which knows only what awaits says: sleeps until one of these events, and
 * fails when none can ever happen. */
static void sleep_until(unsigned events)
{
    uint32_t ms;
    unsigned below = awaited(events, &ms);

    for (int i = 0; ms != 0 && i < 10; i++) {
        if (((below & OSFT_READABLE) != 0 && is_readable()) ||
            ((below & OSFT_WRITABLE) != 0 && !server.block_send)) {
            return;
        }
        test_tls_step(&server); /* the network and the server work while the client sleeps */
    }
    if (ms != 0) {
        fail_msg("awaits %u for ever", below);
    }
}

static int calls; /* of open, send and recv */

static void connect_tls(void)
{
    int r;
    calls = 0;
    while ((r = tls.port.open(&tls, "localhost", 443)) == 0) {
        calls++;
        sleep_until(OSFT_WRITABLE);
    }
    assert_int_equal(r, 1);
}

/* Receives one byte at least, or how it ended. */
static int receive(char *buffer, size_t room)
{
    int r;
    while ((r = tls.port.recv(&tls, buffer, room)) == 0) {
        calls++;
        sleep_until(OSFT_READABLE);
    }
    return r;
}

/* Receives what comes behind a handshake, which is no data. */
static void read_tickets(void)
{
    uint32_t ms = 0;
    char c;
    for (int i = 0; i < 9 && (ms == 0 || is_readable()); i++) {
        assert_int_equal(tls.port.recv(&tls, &c, 1), 0);
        (void)awaited(OSFT_READABLE, &ms);
    }
    assert_int_equal(ms, UINT32_MAX);
}

/* All versions that the library has: calls test() in a connection of each. */
static void in_each_version(void (*test)(void))
{
    int versions = 0;
    for (int minor = 3; minor <= 4; minor++) {
        if (test_tls_max(&server, minor) != 0) {
            continue;
        }
        versions++;
        connect_tls();
        test();
        tls.port.close(&tls);
        osft_tls_session_drop(&tls);
        server.block_send = 0;
        server.say = NULL;
        server.bye = TEST_STAY;
    }
    assert_in_range(versions, 1, 2);
}

static unsigned lower_events;
static unsigned lower_awaits(void *ctx, unsigned events, uint32_t *ms)
{
    assert_ptr_equal(ctx, &server);
    assert_int_not_equal(events, 0);
    lower_events = events;
    *ms = *ms < 123 ? *ms : 123;
    return OSFT_WRITABLE;
}

static void while_the_port_below_connects_it_is_asked(void **state)
{
    uint32_t ms;
    (void)state;
    assert_awaits(OSFT_WRITABLE, OSFT_WRITABLE); /* before all */
    server.port.awaits = lower_awaits;
    server.stutter = 1; /* nothing goes forward */
    assert_int_equal(tls.port.open(&tls, "localhost", 443), 0);
    assert_int_equal(awaited(OSFT_READABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(lower_events, OSFT_READABLE);
    assert_int_equal(ms, 123);
    ms = 5; /* it is only lowered */
    assert_int_equal(tls.port.awaits(&tls, BOTH, &ms), OSFT_WRITABLE);
    assert_int_equal(lower_events, BOTH);
    assert_int_equal(ms, 5);
    server.port.awaits = NULL; /* then it waits for what it is asked to wait for */
    assert_awaits(BOTH, BOTH);
}

static void a_handshake_waits_for_the_server_and_not_for_what_is_asked(void **state)
{
    (void)state;
    assert_int_equal(tls.port.open(&tls, "localhost", 443), 0); /* ClientHello is out */
    assert_awaits(OSFT_WRITABLE, OSFT_READABLE);
    assert_awaits(OSFT_READABLE, OSFT_READABLE);
    assert_awaits(BOTH, OSFT_READABLE);
    server.port.awaits = lower_awaits;
    uint32_t ms;
    assert_int_equal(awaited(OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(lower_events, OSFT_READABLE); /* it asks the port below for what it needs */
    server.port.awaits = NULL;
    connect_tls();
}

static void a_handshake_that_cannot_send_waits_until_it_can(void **state)
{
    (void)state;
    server.block_send = 1;
    assert_int_equal(tls.port.open(&tls, "localhost", 443), 0);
    assert_awaits(OSFT_READABLE, OSFT_WRITABLE);
    assert_awaits(BOTH, OSFT_WRITABLE);
    server.block_send = 0;
    connect_tls();
}

static void a_slow_handshake_takes_a_call_for_each_answer_and_no_more(void **state)
{
    (void)state;
    for (int minor = 3; minor <= 4; minor++) {
        if (test_tls_max(&server, minor) == 0) {
            connect_tls();
            assert_in_range(calls, 1, 3); /* flights of the server, for which it had to wait */
            tls.port.close(&tls);
            osft_tls_session_drop(&tls);
        }
    }
    /* The same when each answer comes in small pieces: a call for a piece, at most. */
    server.chunk = 50;
    connect_tls();
    assert_in_range(calls, 1, 3);
}

static void an_open_connection_waits_for_what_is_asked(void)
{
    assert_awaits(OSFT_WRITABLE, OSFT_WRITABLE);
    assert_int_equal(tls.port.send(&tls, REQUEST, 18), 18);
    test_tls_step(&server);
    read_tickets();
    assert_awaits(OSFT_READABLE, OSFT_READABLE);
    assert_awaits(OSFT_WRITABLE, OSFT_WRITABLE);
    assert_awaits(BOTH, BOTH);
}

static void in_between_it_waits_for_what_is_asked(void **state)
{
    (void)state;
    in_each_version(an_open_connection_waits_for_what_is_asked);
}

static void read_decrypted(void)
{
    char c;
    server.say = ANSWER;
    assert_int_equal(receive(&c, 1), 1); /* leaves the rest inside mbedTLS */
    assert_false(is_readable());
    assert_goes_on_at_once(OSFT_READABLE);
    assert_goes_on_at_once(BOTH);
    assert_awaits(OSFT_WRITABLE, OSFT_WRITABLE); /* to send is another matter */
    long waits = server.waits;
    assert_true(tls.port.wait(&tls, OSFT_READABLE, 1000) > 0);
    assert_int_equal(server.waits, waits); /* it did not sleep */
    assert_true(tls.port.wait(&tls, OSFT_WRITABLE, 1000) >= 0);
    assert_int_equal(server.waits, waits + 1);
    assert_int_equal(server.events, OSFT_WRITABLE);
}

static void bytes_that_are_decrypted_are_read_at_once(void **state)
{
    (void)state;
    in_each_version(read_decrypted);
}

static void read_behind_tickets(void)
{
    char got[100] = { 0 };
    test_tls_step(&server);
    server.say = ANSWER;
    test_tls_step(&server);
    /* tickets and data lie ready: it may not sleep before all is read */
    calls = 0;
    assert_int_equal(receive(got, sizeof got), strlen(ANSWER));
    assert_string_equal(got, ANSWER);
    assert_int_equal(server.waits, 0);
    assert_in_range(calls, 0, 4); /* two for a ticket at most */
}

static void session_tickets_do_not_disturb(void **state)
{
    (void)state;
    in_each_version(read_behind_tickets);
}

static void a_failed_connection_is_told_at_once(void **state)
{
    char c;
    (void)state;
    connect_tls();
    server.bye = TEST_CLOSE_NOTIFY;
    assert_int_equal(receive(&c, 1), OSFT_EOF);
    assert_goes_on_at_once(OSFT_READABLE);
    assert_goes_on_at_once(OSFT_WRITABLE);
    tls.port.close(&tls);
    assert_awaits(OSFT_WRITABLE, OSFT_WRITABLE);
    connect_tls();
    server.calls = 0;
    server.fail_at = 0;
    server.fail_with = OSFT_E_IO;
    assert_int_equal(tls.port.send(&tls, "x", 1), OSFT_E_IO);
    assert_goes_on_at_once(OSFT_WRITABLE);
    assert_goes_on_at_once(BOTH);
}

static void wait_for_time_and_for_both(void)
{
    assert_int_equal(tls.port.wait(&tls, 0, UINT32_MAX), 1);
    assert_int_equal(server.events, 0); /* only time */
    assert_int_equal(server.wait_ms, UINT32_MAX);
    assert_int_equal(tls.port.wait(&tls, BOTH, 77), 1);
    assert_int_equal(server.events, BOTH);
    assert_int_equal(server.wait_ms, 77);
    assert_int_equal(tls.port.wait(&tls, OSFT_READABLE, 0), 1);
    assert_int_equal(server.events, OSFT_READABLE);
    assert_int_equal(server.wait_ms, 0);
    /* What wait returns is not what the next calls return. */
    static const int odd[] = { OSFT_EOF, OSFT_E_IO, INT32_MIN, INT32_MAX };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        server.calls = 0;
        server.fail_at = 0;
        server.fail_with = odd[i];
        assert_int_equal(tls.port.wait(&tls, OSFT_READABLE, 1), odd[i]);
        assert_int_equal(tls.port.send(&tls, "x", 1), 1);
    }
    server.fail_at = -1;
    /* A handshake waits for the server here, too. */
    tls.port.close(&tls);
    assert_int_equal(tls.port.open(&tls, "localhost", 443), 0);
    assert_int_equal(tls.port.wait(&tls, OSFT_WRITABLE, 5), 1);
    assert_int_equal(server.events, OSFT_READABLE);
    assert_int_equal(server.wait_ms, 5);
}

static void wait_passes_on_what_it_is_asked_as_the_port_below_understands_it(void **state)
{
    (void)state;
    in_each_version(wait_for_time_and_for_both);
}

static void unknown_events_are_none(void **state)
{
    (void)state;
    connect_tls();
    assert_awaits(~(unsigned)BOTH, 0);
    assert_awaits(~0u, BOTH);
    assert_int_equal(tls.port.wait(&tls, ~(unsigned)BOTH, 5), 1);
    assert_int_equal(server.events, 0);
}

static void be_refused_early(void)
{
    static const char request[] = REQUEST;
    char got[100] = { 0 };
    size_t len = 0;
    int r;

    server.block_send = 1; /* for good: the server does not read */
    server.say = ANSWER;
    server.bye = TEST_CLOSE_NOTIFY;
    calls = 0;
    /* As the client does it: while send takes none, recv is asked for a byte. */
    while ((r = tls.port.send(&tls, request, sizeof request - 1)) == 0 &&
           (r = tls.port.recv(&tls, got, 1)) == 0) {
        calls++;
        sleep_until(BOTH);
    }
    assert_int_equal(r, 1);
    for (len = 1; (r = receive(got + len, sizeof got - len)) > 0; len += (size_t)r) {
    }
    assert_int_equal(r, OSFT_EOF);
    assert_string_equal(got, ANSWER);
    assert_in_range(calls, 1, 6);
    assert_int_equal(server.got_len, 0);
}

static void an_early_refusal_is_received_while_the_send_window_stays_full(void **state)
{
    (void)state;
    in_each_version(be_refused_early);
}

static void send_after_early_bytes(void)
{
    static const char request[] = "hello, world";
    char c = 0;

    server.say = "early";
    test_tls_step(&server);
    server.block_send = 1;
    for (int i = 0; i < 9 && c == 0; i++) {
        assert_int_equal(tls.port.send(&tls, request, 5), 0);
        assert_true(tls.port.recv(&tls, &c, 1) >= 0);
    }
    assert_int_equal(c, 'e');
    assert_goes_on_at_once(BOTH);                /* the other early bytes, */
    assert_awaits(OSFT_WRITABLE, OSFT_WRITABLE); /* and the request */
    server.block_send = 0;
    assert_int_equal(tls.port.send(&tls, request, sizeof request - 1), 5);
    assert_int_equal(tls.port.send(&tls, request + 5, sizeof request - 6), 7);
    for (int i = 0; i < 4; i++) {
        test_tls_step(&server);
    }
    assert_string_equal(server.got, request);
}

static void the_same_bytes_are_sent_once_after_early_bytes_were_received(void **state)
{
    (void)state;
    in_each_version(send_after_early_bytes);
}

/* Both directions at once over a connection that moves few bytes and blocks as a generator says. */
static void talk_at_once(uint32_t seed)
{
    static char request[1000], answer[2001], got[2001];
    size_t sent = 0, received = 0;

    memset(request, 'q', sizeof request);
    for (size_t i = 0; i + 1 < sizeof answer; i++) {
        answer[i] = (char)('a' + i % 23);
    }
    server.say = answer;
    server.chunk = 1 + seed % 97;
    server.stutter = 2 + seed % 3;
    server.draw = seed;
    for (int i = 0; i < 100000 && (sent < sizeof request || received + 1 < sizeof got); i++) {
        int r = 0;
        seed = seed * 1664525u + 1013904223u;
        if (sent < sizeof request) {
            size_t len = 1 + (seed >> 8) % 400;
            r = tls.port.send(&tls, request + sent,
                              sizeof request - sent < len ? sizeof request - sent
                                                          : len + tls.unsent_len);
            assert_true(r >= 0);
            sent += (size_t)r;
        }
        if (r == 0 && received + 1 < sizeof got) {
            r = tls.port.recv(&tls, got + received, 1 + (seed >> 20) % 300 % (2000 - received));
            assert_true(r >= 0);
            received += (size_t)r;
        }
        test_tls_step(&server);
    }
    assert_int_equal(sent, sizeof request);
    assert_int_equal(received, sizeof got - 1);
    assert_memory_equal(got, answer, received);
    server.chunk = server.stutter = 0;
    for (int i = 0; i < 9; i++) {
        test_tls_step(&server);
    }
    assert_int_equal(server.got_len, sizeof request);
    assert_memory_equal(server.got, request, sizeof request);
}

static void both_directions_at_once_lose_and_double_nothing(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        if (test_tls_max(&server, seed % 2 != 0 ? 3 : 4) == 0) {
            connect_tls();
            talk_at_once(seed);
            tls.port.close(&tls);
            osft_tls_session_drop(&tls); /* it is of this version */
        }
    }
}

#ifdef MBEDTLS_SSL_RENEGOTIATION
/* A server that asks to negotiate anew, which is declined by an alert that cannot be sent. */
static void ask_to_renegotiate(void)
{
    assert_int_equal(test_tls_max(&server, 3), 0);
    mbedtls_ssl_conf_renegotiation(&server.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    connect_tls();
    test_tls_step(&server);
    read_tickets();
    assert_int_equal(mbedtls_ssl_renegotiate(&server.ssl), 0);
    server.block_send = 1;
}

static void a_request_to_renegotiate_holds_up_no_data(void **state)
{
    char c;
    (void)state;
    ask_to_renegotiate();
    assert_int_equal(tls.port.recv(&tls, &c, 1), 0);
    assert_goes_on_at_once(OSFT_READABLE); /* to what follows */
    assert_int_equal(tls.port.recv(&tls, &c, 1), 0);
    assert_awaits(OSFT_READABLE, OSFT_READABLE);
    assert_int_equal(tls.port.send(&tls, REQUEST, 18), 0); /* the alert is in its way */
    assert_awaits(BOTH, BOTH);
    server.say = ANSWER;
    assert_int_equal(receive(&c, 1), 1);
    server.block_send = 0;
    assert_int_equal(tls.port.send(&tls, REQUEST, 18), 18);
    for (int i = 0; i < 4; i++) {
        test_tls_step(&server);
    }
    assert_string_equal(server.got, REQUEST);
}

static void what_recv_has_sent_send_reports_at_once(void **state)
{
    char c;
    (void)state;
    ask_to_renegotiate();
    assert_int_equal(tls.port.send(&tls, REQUEST, 18), 0); /* a record is made, and stuck */
    assert_awaits(OSFT_WRITABLE, OSFT_WRITABLE);
    server.block_send = 0;
    assert_int_equal(tls.port.recv(&tls, &c, 1), 0); /* sends it, to make way for the alert */
    assert_goes_on_at_once(OSFT_WRITABLE);
    assert_int_equal(tls.port.send(&tls, REQUEST, 18), 18);
    assert_awaits(OSFT_WRITABLE, OSFT_WRITABLE);
    for (int i = 0; i < 4; i++) {
        test_tls_step(&server);
    }
    assert_string_equal(server.got, REQUEST);
}

static void a_record_that_recv_has_sent_is_not_more_than_it_was(void **state)
{
    static char large[20000], c;
    size_t limit;
    (void)state;
    ask_to_renegotiate();
    limit = (size_t)mbedtls_ssl_get_max_out_record_payload(&tls.ssl);
    assert_in_range(limit, 1, sizeof large - 1);
    assert_int_equal(tls.port.send(&tls, large, sizeof large), 0); /* more than a record holds */
    server.block_send = 0;
    assert_int_equal(tls.port.recv(&tls, &c, 1), 0); /* sends the record */
    assert_int_equal(tls.port.send(&tls, large, sizeof large), limit);
}

static void a_warning_is_passed_over_at_once(void **state)
{
    char c;
    (void)state;
    ask_to_renegotiate();
    server.block_send = 0;
    assert_int_equal(mbedtls_ssl_send_alert_message(&server.ssl, MBEDTLS_SSL_ALERT_LEVEL_WARNING,
                                                    MBEDTLS_SSL_ALERT_MSG_NO_RENEGOTIATION),
                     0);
    server.say = ANSWER;
    test_tls_step(&server);
    calls = 0;
    while (tls.port.recv(&tls, &c, 1) == 0) {
        assert_goes_on_at_once(OSFT_READABLE);
        assert_true(++calls < 9);
    }
    assert_int_equal(c, 'H');
}

/* Not what this port is made for, but all that mbedTLS may ask for: reads that must write, and
 * writes that must read. */
static void with_renegotiation_each_direction_waits_for_the_other(void **state)
{
    char c;
    (void)state;
    mbedtls_ssl_conf_renegotiation(&tls.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    ask_to_renegotiate();
    server.block_send = 0;
    assert_int_equal(tls.port.recv(&tls, &c, 1), 0); /* it begins to negotiate */
    assert_awaits(OSFT_READABLE, OSFT_READABLE);
    assert_int_equal(tls.port.send(&tls, REQUEST, 18), 0);
    assert_awaits(OSFT_WRITABLE, OSFT_READABLE);
    assert_awaits(BOTH, OSFT_READABLE);
    int r = 0;
    for (int i = 0; i < 9 && r == 0; i++) {
        sleep_until(OSFT_WRITABLE);
        r = tls.port.send(&tls, REQUEST, 18);
    }
    assert_int_equal(r, 18);
    for (int i = 0; i < 4; i++) {
        test_tls_step(&server);
    }
    assert_string_equal(server.got, REQUEST);
}
#endif

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, test_tls_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(while_the_port_below_connects_it_is_asked),
        TEST(a_handshake_waits_for_the_server_and_not_for_what_is_asked),
        TEST(a_handshake_that_cannot_send_waits_until_it_can),
        TEST(a_slow_handshake_takes_a_call_for_each_answer_and_no_more),
        TEST(in_between_it_waits_for_what_is_asked),
        TEST(bytes_that_are_decrypted_are_read_at_once),
        TEST(session_tickets_do_not_disturb),
        TEST(a_failed_connection_is_told_at_once),
        TEST(wait_passes_on_what_it_is_asked_as_the_port_below_understands_it),
        TEST(unknown_events_are_none),
        TEST(an_early_refusal_is_received_while_the_send_window_stays_full),
        TEST(the_same_bytes_are_sent_once_after_early_bytes_were_received),
        TEST(both_directions_at_once_lose_and_double_nothing),
#ifdef MBEDTLS_SSL_RENEGOTIATION
        TEST(a_request_to_renegotiate_holds_up_no_data),
        TEST(what_recv_has_sent_send_reports_at_once),
        TEST(a_record_that_recv_has_sent_is_not_more_than_it_was),
        TEST(a_warning_is_passed_over_at_once),
        TEST(with_renegotiation_each_direction_waits_for_the_other),
#endif
    };
    return cmocka_run_group_tests(tests, make_pki, NULL);
}
