/* SPDX-License-Identifier: Apache-2.0 */
/* TLS on a device that does not know the time, or learns it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "osft_tls_internal.h"
#include "tls_server.h"

#define DAY  INT64_C(86400)
#define HOST "localhost"

/* Valid from now - 10 days to now + 10, and the ten days after that. */
static struct pki this, next;
static int64_t now;

static int make_pki(void **state)
{
    struct pki_options o;
    (void)state;
    pki_defaults(&o);
    now = (int64_t)time(NULL);
    o.not_before = now - 10 * DAY;
    o.not_after = now + 10 * DAY;
    if (pki_make(&this, &o) != 0) {
        return -1;
    }
    o.not_before = now + 10 * DAY;
    o.not_after = now + 20 * DAY;
    return pki_make(&next, &o);
}

static void serve(const struct pki *p)
{
    test_tls_serve(p, "the answer");
    server.now = -1;
}

static void trust(void)
{
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&tls, this.ca_der, this.ca_der_len), 0);
    assert_int_equal(osft_tls_ca(&tls, next.ca_der, next.ca_der_len), 0);
}

static int begin(void **state)
{
    (void)state;
    serve(&this);
    trust();
    return 0;
}

/* Opens, closes; returns open's result. */
static int visit(void)
{
    int r = test_tls_open(HOST, 443);
    tls.port.close(&tls);
    return r;
}

/* Opens, is told the time, closes. */
static void learn(int64_t utc_s)
{
    assert_int_equal(test_tls_open(HOST, 443), 1);
    tls.port.learn_utc(&tls, utc_s);
    tls.port.close(&tls);
}

static int64_t told_time(void)
{
    return tls.port.utc_s(&tls);
}

static void without_clock_and_floor_every_certificate_is_refused(void **state)
{
    (void)state;
    /* the C library's clock would find it good */
    assert_int_equal(visit(), OSFT_E_CERT_TIME);
    assert_int_equal(tls.verify_flags, MBEDTLS_X509_BADCERT_FUTURE);
    tls.port.learn_utc(&tls, now);
    assert_int_equal(told_time(), -1);
}

static void a_floor_refuses_what_ended_before_it(void **state)
{
    (void)state;
    tls.floor_s = now + 10 * DAY;
    assert_int_equal(visit(), 1);
    tls.floor_s++;
    assert_int_equal(visit(), OSFT_E_CERT_TIME);
    assert_int_equal(tls.verify_flags, MBEDTLS_X509_BADCERT_EXPIRED);
}

static void a_floor_lets_pass_what_begins_after_it(void **state)
{
    (void)state;
    tls.floor_s = now - 300 * DAY;
    assert_int_equal(visit(), 1);
    assert_int_equal(told_time(), -1); /* a floor is no time */
}

static void a_floor_replaces_no_other_check(void **state)
{
    (void)state;
    tls.floor_s = now;
    assert_int_equal(test_tls_open("example.com", 443), OSFT_E_CERT);
    assert_int_equal(tls.verify_flags, MBEDTLS_X509_BADCERT_CN_MISMATCH);
    osft_tls_free(&tls);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&tls, next.ca_der, next.ca_der_len), 0);
    tls.floor_s = now;
    assert_int_equal(visit(), OSFT_E_CERT);
    assert_true(tls.verify_flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED);
}

static void a_clock_is_not_believed_before_the_floor(void **state)
{
    (void)state;
    tls.floor_s = now + DAY;
    server.now = now + DAY;
    assert_int_equal(told_time(), now + DAY);
    server.now--;
    assert_int_equal(told_time(), -1);
    learn(now + 2 * DAY);
    assert_int_equal(told_time(), now + 2 * DAY);
    server.now = now + 3 * DAY; /* set, at last */
    assert_int_equal(told_time(), now + 3 * DAY);
}

static void no_session_is_kept_of_a_connection_that_the_floor_let_pass(void **state)
{
    (void)state;
    assert_int_equal(test_tls_max(&server, 3), 0); /* which has its session at once */
    tls.floor_s = now;
    assert_int_equal(test_tls_open(HOST, 443), 1);
    assert_int_equal(osft_tls_session_save(&tls, NULL, 0), 0);
    tls.port.close(&tls);
    assert_int_equal(osft_tls_session_save(&tls, NULL, 0), 0);
    assert_int_equal(visit(), 1);
    assert_int_equal(tls.resumed, 0);
    learn(now);
    assert_int_equal(visit(), 1);
    assert_int_equal(tls.resumed, 0);
    assert_int_equal(visit(), 1); /* by the learned time all is as with a clock */
    assert_int_equal(tls.resumed, 1);
}

static void a_learned_time_goes_on_with_the_ticks(void **state)
{
    (void)state;
    tls.floor_s = now - DAY;
    server.ticks = UINT32_MAX - 5000; /* about to wrap */
    learn(now);
    int64_t passed_ms = 0;
    for (uint32_t step = 1; step < UINT32_C(0x7fffffff); step = step * 3 + 7) {
        server.ticks += step;
        passed_ms += step;
        assert_int_equal(told_time(), now + passed_ms / 1000);
    }
    for (int i = 0; i < 20; i++) { /* three weeks each */
        server.ticks += 21 * 86400000u;
        passed_ms += 21 * 86400000;
        assert_int_equal(told_time(), now + passed_ms / 1000);
    }
}

static void certificates_are_judged_by_the_learned_time(void **state)
{
    (void)state;
    tls.floor_s = now - 300 * DAY;
    learn(now + 9 * DAY);
    assert_int_equal(visit(), 1);
    server.ticks += 2 * 86400000u;
    assert_int_equal(told_time(), now + 11 * DAY);
    assert_int_equal(visit(), OSFT_E_CERT_TIME);
    assert_int_equal(tls.verify_flags, MBEDTLS_X509_BADCERT_EXPIRED);
    test_tls_end(NULL);
    serve(&next);
    trust();
    tls.floor_s = now - 300 * DAY;
    server.now = now; /* a certificate to come, and a clock that knows it */
    assert_int_equal(visit(), OSFT_E_CERT_TIME);
    server.now = -1; /* without the clock it passes, but only for a time at which it is valid */
    learn(now);
    assert_int_equal(told_time(), -1);
}

static void a_time_outside_the_certificates_validity_is_not_believed(void **state)
{
    (void)state;
    const int64_t lies[] = { now + 10 * DAY + 1, now - 10 * DAY - 1, 0, -1, INT64_MAX, INT64_MIN };
    tls.floor_s = now - 300 * DAY;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        learn(lies[i]);
        assert_int_equal(told_time(), -1);
        /* nobody is trusted with a request on the strength of that */
        assert_int_equal(visit(), OSFT_E_CERT_TIME);
        assert_int_equal(visit(), 1); /* but it may mend */
    }
    learn(now + 10 * DAY);
    assert_int_equal(told_time(), now + 10 * DAY);
}

static void the_first_second_of_the_validity_is_believed(void **state)
{
    (void)state;
    tls.floor_s = 1;
    learn(now - 10 * DAY);
    assert_int_equal(told_time(), now - 10 * DAY);
}

static void a_time_before_the_floor_is_not_believed(void **state)
{
    (void)state;
    tls.floor_s = now;
    learn(now - 1);
    assert_int_equal(told_time(), -1);
    assert_int_equal(visit(), OSFT_E_CERT_TIME);
    learn(now);
    assert_int_equal(told_time(), now);
}

static void a_time_is_learned_once(void **state)
{
    (void)state;
    tls.floor_s = now - DAY;
    learn(now);
    learn(now + DAY);
    assert_int_equal(told_time(), now);
    test_tls_end(NULL);
    begin(NULL);
    server.now = now; /* it has a clock */
    learn(now + DAY);
    server.now = -1;
    assert_int_equal(told_time(), -1);
}

static void only_a_connection_that_stands_tells_the_time(void **state)
{
    (void)state;
    tls.floor_s = now - DAY;
    tls.port.learn_utc(&tls, now); /* none */
    assert_int_equal(told_time(), -1);
    server.not_tls = 1;
    server.say = NULL;
    server.bye = TEST_STAY;
    assert_int_equal(tls.port.open(&tls, HOST, 443), 0); /* one that begins */
    tls.port.learn_utc(&tls, now);
    assert_int_equal(told_time(), -1);
    tls.port.close(&tls);
    server.not_tls = 0;
    assert_int_equal(test_tls_open("example.com", 443), OSFT_E_CERT); /* one that was refused */
    tls.port.learn_utc(&tls, now);
    assert_int_equal(told_time(), -1);
    tls.port.close(&tls);
    assert_int_equal(visit(), 1);
    tls.port.learn_utc(&tls, now); /* one that is closed, but stood */
    assert_int_equal(told_time(), now);
}

static void a_certificate_without_its_key_tells_no_time(void **state)
{
    (void)state;
    test_tls_free(&server);
    test_tls_init(&server, this.cert_pem, next.key_pem);
    server.now = -1;
    tls.floor_s = now - DAY;
    assert_int_equal(test_tls_open(HOST, 443), OSFT_E_TLS);
    assert_int_equal(tls.certificate_is_good, 1); /* the certificate was good */
    tls.port.learn_utc(&tls, now);
    assert_int_equal(told_time(), -1);
}

static int64_t passed_on;

static void lower_learn_utc(void *ctx, int64_t utc_s)
{
    passed_on = utc_s;
    ((struct test_tls *)ctx)->now = utc_s;
}

static void a_learned_time_is_passed_on_below(void **state)
{
    (void)state;
    osft_tls_free(&tls);
    server.port.learn_utc = lower_learn_utc;
    server.port.ticks_ms = NULL;
    trust();
    tls.floor_s = now - DAY;
    passed_on = 0;
    learn(now + 11 * DAY);
    assert_int_equal(passed_on, 0);
    assert_int_equal(visit(), OSFT_E_CERT_TIME);
    learn(now + 1);
    assert_int_equal(passed_on, now + 1);
    assert_int_equal(told_time(), now + 1);
}

static void without_ticks_nothing_can_be_learned(void **state)
{
    (void)state;
    assert_non_null(tls.port.learn_utc);
    osft_tls_free(&tls);
    server.port.ticks_ms = NULL;
    trust();
    assert_null(tls.port.learn_utc);
    tls.floor_s = now;
    assert_int_equal(visit(), 1);
    assert_int_equal(told_time(), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, test_tls_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_clock_and_floor_every_certificate_is_refused),
        TEST(a_floor_refuses_what_ended_before_it),
        TEST(a_floor_lets_pass_what_begins_after_it),
        TEST(a_floor_replaces_no_other_check),
        TEST(a_clock_is_not_believed_before_the_floor),
        TEST(no_session_is_kept_of_a_connection_that_the_floor_let_pass),
        TEST(a_learned_time_goes_on_with_the_ticks),
        TEST(certificates_are_judged_by_the_learned_time),
        TEST(a_time_outside_the_certificates_validity_is_not_believed),
        TEST(the_first_second_of_the_validity_is_believed),
        TEST(a_time_before_the_floor_is_not_believed),
        TEST(a_time_is_learned_once),
        TEST(only_a_connection_that_stands_tells_the_time),
        TEST(a_certificate_without_its_key_tells_no_time),
        TEST(a_learned_time_is_passed_on_below),
        TEST(without_ticks_nothing_can_be_learned),
    };
    return cmocka_run_group_tests(tests, make_pki, NULL);
}
