/* SPDX-License-Identifier: Apache-2.0 */
/* Pins: only servers with one of these public keys are accepted, beside all other checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "osft_tls_internal.h"
#include "tls_server.h"

#define DAY  86400
#define HOST "localhost"

static struct pki good, other;

static int make_pki(void **state)
{
    (void)state;
    return test_tls_pki(&good, &other, NULL);
}

/* A client without pins. */
static void begin_again(void)
{
    osft_tls_free(&tls);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&tls, good.ca_der, good.ca_der_len), 0);
}

static int begin(void **state)
{
    (void)state;
    return test_tls_begin(&good, "the answer");
}

/* The pin of a certificate, from its key as written anew rather than as it came. */
static void pin_of(const struct pki *p, uint8_t pin[32])
{
    mbedtls_x509_crt crt;
    uint8_t der[1024];
    mbedtls_x509_crt_init(&crt);
    int r = mbedtls_x509_crt_parse(&crt, (const uint8_t *)p->cert_pem, strlen(p->cert_pem) + 1);
    int len = r != 0 ? r : mbedtls_pk_write_pubkey_der(&crt.pk, der, sizeof der);
    mbedtls_x509_crt_free(&crt);
    assert_in_range(len, 1, sizeof der);
    assert_int_equal(osft_tls_sha256(der + sizeof der - len, (size_t)len, pin), 0);
}

static void the_pinned_key_is_accepted_and_another_refused(void **state)
{
    uint8_t pin[32];
    (void)state;
    pin_of(&good, pin);
    assert_int_equal(osft_tls_pin(&tls, pin), 0);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    for (size_t i = 0; i < 32; i++) {
        begin_again();
        pin[i] ^= 1;
        assert_int_equal(osft_tls_pin(&tls, pin), 0);
        pin[i] ^= 1;
        assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT);
        assert_int_equal(tls.verify_flags, MBEDTLS_X509_BADCERT_OTHER);
    }
}

static void the_second_pin_is_as_good_and_there_is_no_third(void **state)
{
    static const uint8_t none[32];
    uint8_t pin[32];
    (void)state;
    pin_of(&good, pin);
    assert_int_equal(osft_tls_pin(&tls, none), 0);
    assert_int_equal(osft_tls_pin(&tls, pin), 0);
    assert_int_equal(osft_tls_pin(&tls, pin), OSFT_E_FULL);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    assert_int_equal(tls.resumed, 1);
}

static void a_pin_replaces_no_other_check(void **state)
{
    uint8_t pin[32];
    (void)state;
    pin_of(&good, pin);
    assert_int_equal(osft_tls_pin(&tls, pin), 0);
    assert_int_equal(test_tls_visit("example.com", 443), OSFT_E_CERT);
    assert_int_equal(tls.verify_flags, MBEDTLS_X509_BADCERT_CN_MISMATCH);
    server.now += 366 * (int64_t)DAY;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT_TIME);
    osft_tls_free(&tls);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&tls, other.ca_der, other.ca_der_len), 0);
    assert_int_equal(osft_tls_pin(&tls, pin), 0);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT);
    assert_true(tls.verify_flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, test_tls_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_pinned_key_is_accepted_and_another_refused),
        TEST(the_second_pin_is_as_good_and_there_is_no_third),
        TEST(a_pin_replaces_no_other_check),
    };
    return cmocka_run_group_tests(tests, make_pki, NULL);
}
