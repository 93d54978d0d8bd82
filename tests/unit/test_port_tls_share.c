/* SPDX-License-Identifier: Apache-2.0 */
/* TLS structs that share the roots of another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "osft_tls_internal.h"
#include "tls_server.h"

#define HOST "localhost"

static struct pki good, other;
static struct osft_tls owner; /* trusts the root of `good` */

static int make_pki(void **state)
{
    (void)state;
    return test_tls_pki(&good, &other, NULL);
}

/* Prepare a server that `owner` trusts, and a client that shares the roots of `owner`. */
static int begin(void **state)
{
    (void)state;
    test_tls_serve(&good, "the answer");
    if (osft_tls_init(&owner, &server.port, NULL, NULL) != 0 ||
        osft_tls_ca(&owner, good.ca_der, good.ca_der_len) != 0 ||
        osft_tls_init(&tls, &server.port, NULL, NULL) != 0) {
        return -1;
    }
    osft_tls_share_ca(&tls, &owner);
    return 0;
}

static int end(void **state)
{
    osft_tls_free(&tls); /* before the roots that it shares */
    osft_tls_free(&owner);
    return test_tls_end(state);
}

static void a_server_of_a_shared_root_is_trusted(void **state)
{
    (void)state;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    assert_int_equal(tls.resumed, 1);
}

static void a_server_of_another_root_is_refused(void **state)
{
    (void)state;
    test_tls_free(&server);
    test_tls_serve(&other, "the answer");
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT);
    assert_true(tls.verify_flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED);
}

static void a_root_of_its_own_is_trusted_instead_of_the_shared_ones(void **state)
{
    (void)state;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    assert_int_equal(osft_tls_ca(&tls, other.ca_der, other.ca_der_len), 0);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT); /* and the session was dropped */
    assert_int_equal(tls.resumed, 0);
    test_tls_free(&server);
    test_tls_serve(&other, "the answer");
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    osft_tls_share_ca(&tls, &owner);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT);
    assert_int_equal(tls.resumed, 0);
}

static void roots_outlive_a_struct_that_shares_them(void **state)
{
    (void)state;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    osft_tls_free(&tls);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    osft_tls_share_ca(&tls, &owner);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
}

/* A saved session is bound to the roots, whether the roots are shared or not. */
static void a_saved_session_is_for_the_same_roots(void **state)
{
    static struct osft_tls third;
    unsigned char saved[4096];
    size_t len;
    (void)state;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    len = osft_tls_session_save(&tls, saved, sizeof saved);
    assert_in_range(len, 1, sizeof saved);
    assert_int_equal(osft_tls_init(&third, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&third, other.ca_der, other.ca_der_len), 0);
    assert_int_equal(osft_tls_session_load(&third, saved, len), OSFT_E_SAVED);
    osft_tls_share_ca(&third, &owner);
    assert_int_equal(osft_tls_session_load(&third, saved, len), 0);
    osft_tls_free(&third);
    assert_int_equal(osft_tls_init(&third, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&third, good.ca_der, good.ca_der_len), 0);
    assert_int_equal(osft_tls_session_load(&third, saved, len), 0);
    osft_tls_free(&third);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_of_a_shared_root_is_trusted),
        TEST(a_server_of_another_root_is_refused),
        TEST(a_root_of_its_own_is_trusted_instead_of_the_shared_ones),
        TEST(roots_outlive_a_struct_that_shares_them),
        TEST(a_saved_session_is_for_the_same_roots),
    };
    return cmocka_run_group_tests_name("shared roots", tests, make_pki, NULL);
}
