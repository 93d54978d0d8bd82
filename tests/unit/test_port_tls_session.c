/* SPDX-License-Identifier: Apache-2.0 */
/* TLS sessions: when one is offered, when it may not be, and what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "osft_tls_internal.h"
#include "tls_server.h"

#define DAY    86400
#define HOST   "localhost"
#define ANSWER "the answer"

static struct pki good, other;

static int make_pki(void **state)
{
    (void)state;
    return test_tls_pki(&good, &other, "localhost,other.localhost,127.0.0.1");
}

static void start(const struct pki *p)
{
    assert_int_equal(test_tls_begin(p, ANSWER), 0);
}

static void assert_full(void)
{
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    assert_int_equal(tls.resumed, 0);
}

static void assert_resumed(void)
{
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    assert_int_equal(tls.resumed, 1);
}

/* The ways to remember a session: id, ticket, and ticket of TLS 1.3; 0: the library lacks this. */
#define WAYS 3
static int start_way(int way)
{
    start(&good);
    return test_tls_max(&server, way == 2 ? 4 : 3) == 0 && test_tls_forget(&server, way == 0) == 0;
}

static void a_second_connection_takes_up_the_session_of_the_first(void **state)
{
    int ways = 0;
    (void)state;
    for (int way = 0; way < WAYS; way++) {
        if (start_way(way)) {
            ways++;
            assert_int_equal(test_tls_open(HOST, 443), 1);
            assert_int_equal(test_tls_drain(), OSFT_EOF);
            assert_int_equal(tls.resumed, 0);
            size_t full = server.passed;
            tls.port.close(&tls);
            for (int i = 0; i < 3; i++) {
                assert_int_equal(test_tls_open(HOST, 443), 1);
                assert_int_equal(test_tls_drain(), OSFT_EOF);
                assert_int_equal(tls.resumed, 1);
                assert_true(server.passed < full - 300); /* no certificate came */
                tls.port.close(&tls);
            }
        }
        test_tls_end(NULL);
    }
    start(&good);
#ifdef MBEDTLS_SSL_PROTO_TLS1_3
    assert_int_equal(ways, 3);
#else
    assert_int_equal(ways, 2);
#endif
}

static void an_address_has_its_session_too(void **state)
{
    (void)state;
    start(&good);
    assert_int_equal(test_tls_visit("127.0.0.1", 443), OSFT_EOF);
    assert_int_equal(test_tls_visit("127.0.0.1", 443), OSFT_EOF);
    assert_int_equal(tls.resumed, 1);
}

static void another_host_or_port_does_not_get_the_session(void **state)
{
    (void)state;
    for (int way = 0; way < WAYS; way++) {
        if (start_way(way)) {
            assert_full();
            assert_int_equal(test_tls_visit("other.localhost", 443), OSFT_EOF);
            assert_int_equal(tls.resumed, 0);
            assert_full(); /* it was forgotten with that */
            assert_int_equal(test_tls_visit(HOST, 444), OSFT_EOF);
            assert_int_equal(tls.resumed, 0);
            /* nor does a name that the certificate does not have get round the check */
            assert_full();
            assert_int_equal(test_tls_visit("example.com", 443), OSFT_E_CERT);
        }
        test_tls_end(NULL);
    }
    start(&good);
}

static void new_roots_and_new_pins_end_the_session(void **state)
{
    static const uint8_t pin[32];
    (void)state;
    start(&good);
    assert_full();
    assert_int_equal(osft_tls_ca(&tls, other.ca_der, other.ca_der_len), 0);
    assert_full();
    assert_resumed();
    assert_int_equal(osft_tls_ca(&tls, "no root", 8), OSFT_E_CERT);
    assert_resumed(); /* that changed nothing */
    assert_int_equal(osft_tls_pin(&tls, pin), 0);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT);
}

static void a_new_root_during_a_connection_ends_its_session(void **state)
{
    (void)state;
    start(&good);
    assert_int_equal(test_tls_open(HOST, 443), 1);
    assert_int_equal(osft_tls_ca(&tls, other.ca_der, other.ca_der_len), 0);
    assert_int_equal(test_tls_drain(), OSFT_EOF);
    tls.port.close(&tls);
    assert_full();
}

/* A server whose certificate is valid from so many seconds ago until in so many; returns now. */
static int64_t start_valid(int64_t ago, int64_t left)
{
    static struct pki made;
    struct pki_options o;
    int64_t now = (int64_t)time(NULL);
    pki_defaults(&o);
    o.not_before = now - ago;
    o.not_after = now + left;
    assert_int_equal(pki_make(&made, &o), 0);
    start(&made);
    return now;
}

static void a_session_ends_with_its_certificate(void **state)
{
    (void)state;
    int64_t now = start_valid(1000, 2000);
    server.now = now;
    assert_full();
    server.now = now + 2000;
    assert_resumed();
    server.now = now + 2001;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT_TIME);
    server.now = now;
    assert_full(); /* it is gone */
    server.now = now - 1000;
    assert_resumed();
    server.now = now - 1001;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT_TIME);
}

static void a_session_ends_a_day_after_the_certificate_was_checked(void **state)
{
    (void)state;
    int64_t now = start_valid(DAY, 10 * DAY);
    server.now = now;
    assert_full();
    server.now = now + DAY - 1000;
    assert_resumed(); /* which is no check */
    server.now = now + DAY;
    assert_resumed();
    server.now = now + DAY + 1;
    assert_full();
    server.now = now + 2 * DAY;
    assert_resumed();
}

static void a_session_is_not_offered_while_the_time_is_unknown(void **state)
{
    (void)state;
    start(&good);
    assert_full();
    server.now = -1;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT_TIME);
    server.now = (int64_t)time(NULL);
    assert_full();
}

static void a_server_that_has_forgotten_the_session_is_checked_in_full(void **state)
{
    (void)state;
    for (int way = 0; way < WAYS; way++) {
        if (start_way(way)) {
            assert_full();
            assert_int_equal(test_tls_forget(&server, way == 0), 0);
            assert_full();
            assert_resumed();
        }
        test_tls_end(NULL);
    }
    start(&good);
}

static void an_impostor_gains_nothing_from_the_session(void **state)
{
    (void)state;
    start(&good);
    assert_full();
    test_tls_free(&server);
    test_tls_init(&server, other.cert_pem, other.key_pem);
    server.say = ANSWER;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT); /* not OSFT_E_IO */
    assert_true(tls.verify_flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED);
}

static void a_garbled_handshake_with_a_session_is_worth_trying_again(void **state)
{
    (void)state;
    for (int way = 0; way < WAYS; way++) {
        if (start_way(way)) {
            int refused = 0;
            for (size_t at = 1; at < 200; at += 9) {
                server.flip_at = 0;
                osft_tls_session_drop(&tls);
                assert_full();
                server.flip_at = at;
                int r = test_tls_visit(HOST, 443);
                refused += r == OSFT_E_IO;
                assert_true(r == OSFT_E_IO || r == OSFT_EOF || r == OSFT_E_CUT || r == 0 ||
                            (r == OSFT_E_TLS && tls.resumed)); /* behind the handshake */
                assert_true(r != OSFT_E_IO || *tls.port.code != 0);
                server.flip_at = 0;
                if (r == OSFT_E_IO || r == OSFT_E_TLS) {
                    assert_full();
                }
            }
            assert_true(refused > 5);
        }
        test_tls_end(NULL);
    }
    start(&good);
}

static void an_alert_in_answer_to_a_session_is_worth_trying_again(void **state)
{
    static const int none[] = { 0x003b,
                                0 }; /* a cipher of the past that the client does not offer */
    (void)state;
    start(&good);
    assert_full();
    assert_int_equal(test_tls_max(&server, 3), 0);
    mbedtls_ssl_conf_ciphersuites(&server.conf, none);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_IO);
    assert_int_equal(*tls.port.code, MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_TLS); /* it was not the session */
}

static void a_failure_below_at_any_call_comes_through_and_the_next_connection_works(void **state)
{
    (void)state;
    start(&good);
    server.chunk = 100;
    for (long k = 0; k < 200; k++) {
        server.fail_at = -1;
        assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
        server.calls = 0;
        server.fail_at = k;
        server.fail_with = OSFT_E_TIMEOUT;
        int r = test_tls_visit(HOST, 443);
        if (r == OSFT_EOF) {
            assert_int_equal(tls.resumed, 1);
            assert_true(k > 10);
            return;
        }
        assert_int_equal(r, OSFT_E_TIMEOUT);
    }
    fail();
}

static void a_failure_before_the_handshake_leaves_the_session(void **state)
{
    (void)state;
    start(&good);
    assert_full();
    server.calls = 0;
    server.fail_at = 0; /* lower open */
    server.fail_with = OSFT_E_IO;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_IO);
    server.fail_at = -1;
    assert_resumed();
}

static void a_handshake_that_breaks_off_takes_the_session_with_it(void **state)
{
    (void)state;
    start(&good);
    assert_full();
    server.cut_after = 20;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CUT);
    server.cut_after = 0;
    assert_full();
}

static void a_cut_connection_leaves_a_good_session(void **state)
{
    (void)state;
    start(&good);
    server.bye = TEST_CUT;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CUT);
    server.bye = TEST_CLOSE_NOTIFY;
    assert_resumed();
}

static void a_fatal_alert_ends_the_session(void **state)
{
    (void)state;
    for (int way = 0; way < WAYS; way++) {
        if (start_way(way)) {
            server.say = NULL;
            server.bye = TEST_STAY;
            assert_int_equal(test_tls_open(HOST, 443), 1);
            test_tls_step(&server);
            assert_int_equal(mbedtls_ssl_send_alert_message(&server.ssl,
                                                            MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                                            MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR),
                             0);
            assert_int_equal(test_tls_drain(), OSFT_E_TLS);
            tls.port.close(&tls);
            server.say = ANSWER;
            server.bye = TEST_CLOSE_NOTIFY;
            assert_full();
        }
        test_tls_end(NULL);
    }
    start(&good);
}

static void a_session_can_be_dropped(void **state)
{
    (void)state;
    start(&good);
    osft_tls_session_drop(&tls); /* there is none */
    assert_full();
    osft_tls_session_drop(&tls);
    assert_full();
    assert_resumed();
    assert_int_equal(test_tls_open(HOST, 443), 1);
    osft_tls_session_drop(&tls); /* of the connection itself */
    assert_int_equal(test_tls_drain(), OSFT_EOF);
    tls.port.close(&tls);
    assert_full();
}

/* Most of 16 bytes must not be zero, or they stand in any struct by chance. */
static int is_telling(const uint8_t *bytes)
{
    int count = 0;
    for (size_t i = 0; i < 16; i++) {
        count += bytes[i] != 0;
    }
    return count > 8;
}

/* Whether any 16 telling bytes of what stand in the struct. */
static int stands_in_struct(const uint8_t *what, size_t len)
{
    const uint8_t *p = (const uint8_t *)&tls;
    for (size_t i = 0; i + 16 <= len; i++) {
        for (size_t k = 0; is_telling(what + i) && k + 16 <= sizeof tls; k++) {
            if (memcmp(p + k, what + i, 16) == 0) {
                return 1;
            }
        }
    }
    return 0;
}

static void nothing_of_the_session_stays_in_the_struct(void **state)
{
    static uint8_t blob[8192];
    const size_t head = sizeof(struct osft_tls_session_info);
    (void)state;
    for (int way = 0; way < WAYS * 3; way++) {
        if (start_way(way / 3)) {
            assert_full();
            size_t len = osft_tls_session_save(&tls, blob, sizeof blob);
            assert_in_range(len, head + 64, sizeof blob);
            assert_true(stands_in_struct(blob + head, len - head - 32));
            if (way % 3 == 0) {
                osft_tls_session_drop(&tls);
            } else if (way % 3 == 1) {
                osft_tls_free(&tls);
            } else {
                server.cut_after = 20; /* offered in vain */
                assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CUT);
            }
            assert_false(stands_in_struct(blob + head, len - head - 32));
        }
        test_tls_end(NULL);
    }
    start(&good);
}

#define TEST(name) cmocka_unit_test_teardown(name, test_tls_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_second_connection_takes_up_the_session_of_the_first),
        TEST(an_address_has_its_session_too),
        TEST(another_host_or_port_does_not_get_the_session),
        TEST(new_roots_and_new_pins_end_the_session),
        TEST(a_new_root_during_a_connection_ends_its_session),
        TEST(a_session_ends_with_its_certificate),
        TEST(a_session_ends_a_day_after_the_certificate_was_checked),
        TEST(a_session_is_not_offered_while_the_time_is_unknown),
        TEST(a_server_that_has_forgotten_the_session_is_checked_in_full),
        TEST(an_impostor_gains_nothing_from_the_session),
        TEST(a_garbled_handshake_with_a_session_is_worth_trying_again),
        TEST(an_alert_in_answer_to_a_session_is_worth_trying_again),
        TEST(a_failure_below_at_any_call_comes_through_and_the_next_connection_works),
        TEST(a_failure_before_the_handshake_leaves_the_session),
        TEST(a_handshake_that_breaks_off_takes_the_session_with_it),
        TEST(a_cut_connection_leaves_a_good_session),
        TEST(a_fatal_alert_ends_the_session),
        TEST(a_session_can_be_dropped),
        TEST(nothing_of_the_session_stays_in_the_struct),
    };
    return cmocka_run_group_tests(tests, make_pki, NULL);
}
