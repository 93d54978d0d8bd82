/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates that tests and endpoint stand on, and what the endpoint takes for its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include <mbedtls/x509_crt.h>

#include "../../examples/osft-endpoint/tls.h"
#include "../../examples/osft-endpoint/pki.h"

/* The verification flags of p's server certificate for that name, trusting the root of ca. */
static uint32_t flags_for(const struct pki *p, const struct pki *ca, const char *name)
{
    mbedtls_x509_crt cert, root;
    uint32_t flags = 0;

    mbedtls_x509_crt_init(&cert);
    mbedtls_x509_crt_init(&root);
    assert_int_equal(
        mbedtls_x509_crt_parse(&cert, (const unsigned char *)p->cert_pem, strlen(p->cert_pem) + 1),
        0);
    assert_int_equal(mbedtls_x509_crt_parse_der(&root, ca->ca_der, ca->ca_der_len), 0);
    mbedtls_x509_crt_verify(&cert, &root, NULL, name, &flags, NULL, NULL);
    mbedtls_x509_crt_free(&cert);
    mbedtls_x509_crt_free(&root);
    return flags;
}

static void a_server_certificate_is_good_for_its_names_under_its_own_root(void **state)
{
    struct pki a, b;
    struct pki_options o;

    (void)state;
    pki_defaults(&o);
    assert_int_equal(pki_make(&b, &o), 0);
    o.names = "a.example,*.b.example";
    assert_int_equal(pki_make(&a, &o), 0);
    assert_int_equal(flags_for(&a, &a, "a.example"), 0);
    assert_int_equal(flags_for(&a, &a, "x.b.example"), 0);
    assert_int_equal(flags_for(&a, &a, "b.example"), MBEDTLS_X509_BADCERT_CN_MISMATCH);
    assert_int_equal(flags_for(&a, &b, "a.example"), MBEDTLS_X509_BADCERT_NOT_TRUSTED);
    assert_int_equal(flags_for(&b, &b, "localhost"), 0);
    o.rsa = 1;
    assert_int_equal(pki_make(&a, &o), 0);
    assert_int_equal(flags_for(&a, &a, "a.example"), 0);
}

static void a_server_certificate_is_good_between_its_dates_only(void **state)
{
    int64_t now = (int64_t)time(NULL);
    struct pki_options o;
    struct pki p;

    (void)state;
    pki_defaults(&o);
    o.not_after = now - 3600;
    o.not_before = now - 7200;
    assert_int_equal(pki_make(&p, &o), 0);
    assert_int_equal(flags_for(&p, &p, "localhost"), MBEDTLS_X509_BADCERT_EXPIRED);
    o.not_before = now + 3600;
    o.not_after = now + 7200;
    assert_int_equal(pki_make(&p, &o), 0);
    assert_int_equal(flags_for(&p, &p, "localhost"), MBEDTLS_X509_BADCERT_FUTURE);
}

static void no_certificate_is_made_for_names_or_dates_that_cannot_be(void **state)
{
    struct pki_options o;
    char name[300];
    struct pki p;

    (void)state;
    pki_defaults(&o);
    o.names = "";
    assert_int_not_equal(pki_make(&p, &o), 0);
    o.names = "a,,b";
    assert_int_not_equal(pki_make(&p, &o), 0);
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    o.names = name;
    assert_int_not_equal(pki_make(&p, &o), 0);
    pki_defaults(&o);
    o.not_after = INT64_C(1) << 50;
    assert_int_not_equal(pki_make(&p, &o), 0);
}

static void each_certificate_has_a_positive_serial_of_its_own(void **state)
{
    unsigned char last[16] = { 0 };
    struct pki_options o;
    int i;

    (void)state;
    pki_defaults(&o);
    for (i = 0; i < 5; i++) {
        mbedtls_x509_crt cert;
        struct pki p;

        assert_int_equal(pki_make(&p, &o), 0);
        mbedtls_x509_crt_init(&cert);
        assert_int_equal(mbedtls_x509_crt_parse(&cert, (const unsigned char *)p.cert_pem,
                                                strlen(p.cert_pem) + 1),
                         0);
        assert_int_equal(cert.serial.len, 16);
        assert_true(cert.serial.p[0] > 0 && cert.serial.p[0] < 0x80);
        assert_memory_not_equal(cert.serial.p, last, 16);
        memcpy(last, cert.serial.p, 16);
        mbedtls_x509_crt_free(&cert);
    }
}

static int start(const char *cert, const char *key)
{
    struct ep_text c = { NULL, 0, 0 }, k = { NULL, 0, 0 };
    const char *what = NULL;
    struct ep_tls tls;
    int err;

    ep_puts(&c, cert);
    ep_puts(&k, key);
    ep_tls_init(&tls);
    err = ep_tls_start(&tls, &c, &k, &what);
    assert_non_null(what);
    ep_tls_stop(&tls);
    ep_free(&c);
    ep_free(&k);
    return err;
}

static void the_endpoint_takes_a_key_only_with_its_own_certificate(void **state)
{
    struct pki_options o;
    struct pki a, b;

    (void)state;
    pki_defaults(&o);
    assert_int_equal(pki_make(&a, &o), 0);
    assert_int_equal(pki_make(&b, &o), 0);
    assert_int_equal(start(a.cert_pem, a.key_pem), 0);
    assert_int_not_equal(start(a.cert_pem, b.key_pem), 0);
    assert_int_not_equal(start(a.cert_pem, ""), 0);
    assert_int_not_equal(start("", a.key_pem), 0);
    assert_int_not_equal(start(a.key_pem, a.cert_pem), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_certificate_is_good_for_its_names_under_its_own_root),
        cmocka_unit_test(a_server_certificate_is_good_between_its_dates_only),
        cmocka_unit_test(no_certificate_is_made_for_names_or_dates_that_cannot_be),
        cmocka_unit_test(each_certificate_has_a_positive_serial_of_its_own),
        cmocka_unit_test(the_endpoint_takes_a_key_only_with_its_own_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
