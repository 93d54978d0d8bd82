/* SPDX-License-Identifier: Apache-2.0 */
/* The text and the dates that the TLS port gives for a connection that failed. `make tls-matrix`
 * has a cell for nearly every text. */
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

static struct pki good, expired, later;
static int64_t now;

static int make_dated(struct pki *p, int64_t from_s, int64_t until_s)
{
    struct pki_options o;

    pki_defaults(&o);
    o.not_before = from_s;
    o.not_after = until_s;
    return pki_make(p, &o);
}

static int make_pki(void **state)
{
    (void)state;
    now = (int64_t)time(NULL);
    return make_dated(&good, now - DAY, now + DAY) != 0 ||
                   make_dated(&expired, now - 9 * DAY, now - DAY) != 0 ||
                   make_dated(&later, now + DAY, now + 9 * DAY) != 0
               ? -1
               : 0;
}

static void begin(const struct pki *p)
{
    assert_int_equal(test_tls_begin(p, "text"), 0);
    server.now = now;
}

static void assert_cause(int result, const char *words)
{
    const char *text = osft_tls_cause(&tls, result);

    assert_non_null(text);
    if (strstr(text, words) == NULL) {
        fail_msg("'%s' does not say '%s'", text, words);
    }
}

static void the_dates_of_a_certificate_are_reported_with_the_ports_time(void **state)
{
    struct osft_tls_validity validity = { 0 };

    (void)state;
    begin(&expired);
    assert_int_equal(osft_tls_get_validity(&tls, &validity), 0); /* no certificate was received */
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT_TIME);
    assert_cause(OSFT_E_CERT_TIME, "the server's certificate has expired");
    /* the dates stay known after the connection was closed */
    assert_int_equal(osft_tls_get_validity(&tls, &validity), 1);
    assert_int_equal(validity.from_s, now - 9 * DAY);
    assert_int_equal(validity.until_s, now - DAY);
    assert_int_equal(validity.now_s, now);
    test_tls_end(NULL);
    begin(&later);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT_TIME);
    assert_cause(OSFT_E_CERT_TIME, "the server's certificate is not valid yet");
    assert_int_equal(osft_tls_get_validity(&tls, &validity), 1);
    assert_int_equal(validity.from_s, now + DAY);
}

static void an_unknown_time_is_reported_as_unknown(void **state)
{
    struct osft_tls_validity validity = { 0 };

    (void)state;
    begin(&good);
    server.now = -1;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CERT_TIME);
    assert_int_equal(osft_tls_get_validity(&tls, &validity), 1);
    assert_true(validity.now_s < 0);
}

static void the_cause_is_that_of_the_last_connection(void **state)
{
    (void)state;
    begin(&good);
    assert_int_equal(test_tls_visit("example.com", 443), OSFT_E_CERT);
    assert_cause(OSFT_E_CERT, "for another name");
    server.not_tls = 1;
    server.say = "HTTP/1.1 400 Bad Request\r\n\r\n";
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_TLS);
    assert_cause(OSFT_E_TLS, "not TLS");
    server.say = "\x15\x03\x03\x02\x02"; /* an incomplete record */
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_CUT);
    assert_cause(OSFT_E_CUT, "in the TLS handshake");
}

static void a_failure_of_the_port_below_has_no_tls_cause(void **state)
{
    (void)state;
    begin(&good);
    server.fail_at = 0;
    server.fail_with = OSFT_E_IO;
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_IO);
    assert_null(osft_tls_cause(&tls, OSFT_E_IO));
    assert_null(osft_tls_cause(&tls, OSFT_E_RESOLVE));
    assert_null(osft_tls_cause(&tls, OSFT_OK));
}

static void a_handshake_with_a_session_has_a_cause_though_it_may_be_tried_again(void **state)
{
    (void)state;
    begin(&good);
    assert_int_equal(test_tls_max(&server, 3), 0);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    server.not_tls = 1;
    server.say = "HTTP/1.1 400 Bad Request\r\n\r\n";
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_E_IO);
    assert_cause(OSFT_E_IO, "not TLS");
}

#define TEST(name) cmocka_unit_test_teardown(name, test_tls_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_dates_of_a_certificate_are_reported_with_the_ports_time),
        TEST(an_unknown_time_is_reported_as_unknown),
        TEST(the_cause_is_that_of_the_last_connection),
        TEST(a_failure_of_the_port_below_has_no_tls_cause),
        TEST(a_handshake_with_a_session_has_a_cause_though_it_may_be_tried_again),
    };
    return cmocka_run_group_tests(tests, make_pki, NULL);
}
