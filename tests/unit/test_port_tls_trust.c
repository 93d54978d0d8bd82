/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which servers the TLS port trusts and which it refuses, and which functions it passes on to
 * the lower port. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "osft_tls_internal.h"
#include "tls_server.h"

#define DAY 86400

/* Two roots. The server's certificate is for localhost, 127.0.0.1 and ::1. They are made once. */
static struct pki good, other;

static int make_pki(void **state)
{
    (void)state;
    return test_tls_pki(&good, &other, NULL);
}

static void start(const struct pki *p)
{
    test_tls_init(&server, p->cert_pem, p->key_pem);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
}

static void start_trusting(const struct pki *p)
{
    start(p);
    assert_int_equal(osft_tls_ca(&tls, p->ca_der, p->ca_der_len), 0);
}

static int open_to(const char *host)
{
    for (int i = 0; i < 100000; i++) {
        int r = tls.port.open(tls.port.ctx, host, 443);
        if (r != 0) {
            return r;
        }
        assert_true(tls.port.wait(tls.port.ctx, OSFT_WRITABLE, 1000) >= 0);
    }
    return 0;
}

static void assert_refused(const char *host, int result, uint32_t flags)
{
    assert_int_equal(open_to(host), result);
    assert_int_equal(tls.verify_flags, flags);
    assert_int_not_equal(*tls.port.code, 0);
    /* the connection stays refused until it is closed */
    assert_int_equal(open_to(host), result);
    assert_int_equal(tls.port.send(&tls, "x", 1), result);
    char c;
    assert_int_equal(tls.port.recv(&tls, &c, 1), result);
    test_tls_step(&server);
    assert_int_equal(server.got_len, 0);
}

static void a_trusted_certificate_with_the_right_name_is_accepted(void **state)
{
    (void)state;
    start_trusting(&good);
    assert_int_equal(open_to("localhost"), 1);
    assert_string_equal(server.sni, "localhost");
    assert_int_equal(tls.verify_flags, 0);
}

static void rsa_certificates_work_too(void **state)
{
    static struct pki rsa;
    struct pki_options o;
    (void)state;
    pki_defaults(&o);
    o.rsa = 1;
    assert_int_equal(pki_make(&rsa, &o), 0);
    start_trusting(&rsa);
    assert_int_equal(open_to("localhost"), 1);
}

static void another_name_is_refused(void **state)
{
    (void)state;
    start_trusting(&good);
    assert_refused("example.com", OSFT_E_CERT, MBEDTLS_X509_BADCERT_CN_MISMATCH);
    assert_string_equal(server.sni, "example.com");
}

static void a_name_that_only_begins_or_ends_alike_is_refused(void **state)
{
    static const char *const names[] = { "localhos",    "localhosts", "a.localhost",
                                         "localhost.a", "ocalhost",   "osft test server" };
    (void)state;
    start_trusting(&good);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_refused(names[i], OSFT_E_CERT, MBEDTLS_X509_BADCERT_CN_MISMATCH);
        tls.port.close(&tls);
    }
}

static void an_invalid_host_is_refused(void **state)
{
    static const char *const hosts[] = { NULL,          "",       ".",    "[",     "[]",
                                         "[127.0.0.1]", "[name]", "[::1", "[%lo]", "[::g%lo]" };
    static char longest[300];
    (void)state;
    start_trusting(&good);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_int_equal(open_to(hosts[i]), OSFT_E_RESOLVE);
        tls.port.close(&tls);
    }
    memset(longest, 'a', sizeof longest - 1);
    assert_int_equal(open_to(longest), OSFT_E_RESOLVE);
    tls.port.close(&tls);
    assert_int_equal(server.opens, 0);
    longest[255] = '\0';
    assert_refused(longest, OSFT_E_CERT, MBEDTLS_X509_BADCERT_CN_MISMATCH);
    assert_string_equal(server.sni, longest);
}

static void the_dot_that_may_end_a_name_is_not_told_to_the_server(void **state)
{
    (void)state;
    start_trusting(&good);
    assert_int_equal(open_to("localhost."), 1);
    assert_string_equal(server.sni, "localhost");
    tls.port.close(&tls);
    assert_refused("example.com.", OSFT_E_CERT, MBEDTLS_X509_BADCERT_CN_MISMATCH);
    assert_string_equal(server.sni, "example.com");
    tls.port.close(&tls);
    assert_refused("localhost..", OSFT_E_CERT, MBEDTLS_X509_BADCERT_CN_MISMATCH);
}

static const char *opened_host;
static int (*server_open)(void *ctx, const char *host, uint16_t tcp_port);

static int note_host(void *ctx, const char *host, uint16_t tcp_port)
{
    opened_host = host;
    return server_open(ctx, host, tcp_port);
}

static void the_port_below_is_given_the_host_with_its_dot_or_zone(void **state)
{
    static const char *const hosts[] = { "localhost.", "[::1%lo]" };
    (void)state;
    start_trusting(&good);
    server_open = server.port.open;
    server.port.open = note_host;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(open_to(hosts[i]), 1);
        assert_ptr_equal(opened_host, hosts[i]);
        tls.port.close(&tls);
    }
}

static void an_address_in_the_certificate_is_accepted_in_any_spelling(void **state)
{
    static const char *const spellings[] = { "127.0.0.1",  "127.0.0.1.",  "[::1]",
                                             "[::1%eth0]", "[::0.0.0.1]", "[0:0:0:0:0:0:0:1]",
                                             "[::1%25lo]", "[0000::0001]" };
    (void)state;
    start_trusting(&good);
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        assert_int_equal(open_to(spellings[i]), 1);
        assert_string_equal(server.sni, ""); /* an address is not sent as a name */
        tls.port.close(&tls);
    }
}

static void another_address_is_refused(void **state)
{
    static const char *const others[] = { "127.0.0.2", "[::2]", "[::2%lo]", "[::ffff:127.0.0.1]",
                                          "[7f00:1::]" };
    (void)state;
    start_trusting(&good);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_refused(others[i], OSFT_E_CERT, MBEDTLS_X509_BADCERT_CN_MISMATCH);
        tls.port.close(&tls);
    }
}

static void an_address_matches_whole_addresses_only(void **state)
{
    /* names that begin with the same four bytes as the address: a name, and a longer address */
    static const char *const names[] = { "abcd", "6162:6364::", "6162:6364::,abcd" };
    static struct pki made;
    struct pki_options o;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        pki_defaults(&o);
        o.names = names[i];
        assert_int_equal(pki_make(&made, &o), 0);
        start_trusting(&made);
        assert_refused("97.98.99.100", OSFT_E_CERT, MBEDTLS_X509_BADCERT_CN_MISMATCH);
        test_tls_end(NULL);
    }
    start_trusting(&made);
}

static void an_address_as_common_name_is_refused(void **state)
{
    char cert[2048], key[2048];
    (void)state;
    assert_int_equal(test_tls_self_signed("127.0.0.1", "127.0.0.1", cert, key, sizeof cert), 0);
    test_tls_init(&server, cert, key);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&tls, cert, strlen(cert) + 1), 0);
    assert_refused("127.0.0.1", OSFT_E_CERT, MBEDTLS_X509_BADCERT_CN_MISMATCH);
}

static void a_common_name_is_no_name_of_the_server(void **state)
{
    char cert[2048], key[2048];
    (void)state;
    assert_int_equal(test_tls_self_signed("localhost", NULL, cert, key, sizeof cert), 0);
    test_tls_init(&server, cert, key);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&tls, cert, strlen(cert) + 1), 0);
    assert_refused("localhost", OSFT_E_CERT, MBEDTLS_X509_BADCERT_CN_MISMATCH);
}

static void a_certificate_of_another_root_is_refused(void **state)
{
    (void)state;
    start(&good);
    assert_int_equal(osft_tls_ca(&tls, other.ca_der, other.ca_der_len), 0);
    assert_int_equal(open_to("localhost"), OSFT_E_CERT);
    assert_true(tls.verify_flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED);
}

static void without_any_root_no_server_is_trusted(void **state)
{
    (void)state;
    start(&good);
    assert_refused("localhost", OSFT_E_CERT, MBEDTLS_X509_BADCERT_NOT_TRUSTED);
}

static void a_self_signed_certificate_is_refused_unless_it_is_a_root(void **state)
{
    char cert[2048], key[2048];
    (void)state;
    assert_int_equal(test_tls_self_signed("name", "localhost", cert, key, sizeof cert), 0);
    test_tls_init(&server, cert, key);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&tls, good.ca_der, good.ca_der_len), 0);
    assert_refused("localhost", OSFT_E_CERT, MBEDTLS_X509_BADCERT_NOT_TRUSTED);
    tls.port.close(&tls);
    assert_int_equal(osft_tls_ca(&tls, cert, strlen(cert) + 1), 0);
    assert_int_equal(open_to("localhost"), 1);
}

/* Start a server whose certificate is valid from and until so many seconds from now. Returns the
 * beginning of its validity. */
static int64_t start_valid(int64_t from, int64_t until)
{
    static struct pki made;
    struct pki_options o;
    pki_defaults(&o);
    int64_t now = (int64_t)time(NULL);
    o.not_before = now + from;
    o.not_after = now + until;
    assert_int_equal(pki_make(&made, &o), 0);
    start_trusting(&made);
    return o.not_before;
}

static void an_expired_certificate_is_told_apart(void **state)
{
    (void)state;
    start_valid(-2 * DAY, -DAY);
    assert_refused("localhost", OSFT_E_CERT_TIME, MBEDTLS_X509_BADCERT_EXPIRED);
}

static void a_certificate_of_the_future_is_told_apart(void **state)
{
    (void)state;
    start_valid(DAY, 2 * DAY);
    assert_refused("localhost", OSFT_E_CERT_TIME, MBEDTLS_X509_BADCERT_FUTURE);
}

static void a_wrong_name_counts_more_than_a_wrong_time(void **state)
{
    (void)state;
    start_valid(-2 * DAY, -DAY);
    assert_refused("example.com", OSFT_E_CERT,
                   MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_CN_MISMATCH);
}

static void the_ports_clock_judges_to_the_second(void **state)
{
    (void)state;
    int64_t from = start_valid(400 * DAY, 1400 * DAY), until = from + 1000 * DAY;

    server.now = from;
    assert_int_equal(open_to("localhost"), 1);
    tls.port.close(&tls);
    server.now = from - 1;
    assert_refused("localhost", OSFT_E_CERT_TIME, MBEDTLS_X509_BADCERT_FUTURE);
    tls.port.close(&tls);
    server.now = until;
    assert_int_equal(open_to("localhost"), 1);
    tls.port.close(&tls);
    server.now = until + 1;
    assert_refused("localhost", OSFT_E_CERT_TIME, MBEDTLS_X509_BADCERT_EXPIRED);
}

static void roots_are_taken_from_pem_in_memory(void **state)
{
    (void)state;
    start(&good);
    assert_int_equal(osft_tls_ca(&tls, good.ca_pem, strlen(good.ca_pem) + 1), 0);
    assert_int_equal(open_to("localhost"), 1);
}

static void several_roots_are_taken_from_one_pem(void **state)
{
    static char both[sizeof good.ca_pem * 3];
    (void)state;
    start(&good);
    snprintf(both, sizeof both,
             "%s-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n%s", other.ca_pem,
             good.ca_pem);
    assert_int_equal(osft_tls_ca(&tls, both, strlen(both) + 1), 0);
    assert_int_equal(osft_tls_ca_count(&tls), 2);
    assert_int_equal(open_to("localhost"), 1);
}

static void a_root_in_flash_is_not_copied(void **state)
{
    (void)state;
    start(&good);
    for (size_t len = 0; len < good.ca_der_len; len += 7) {
        assert_int_equal(osft_tls_ca_static(&tls, good.ca_der, len), OSFT_E_CERT);
    }
    assert_int_equal(osft_tls_ca_static(&tls, other.ca_der, other.ca_der_len), 0);
    assert_refused("localhost", OSFT_E_CERT, MBEDTLS_X509_BADCERT_NOT_TRUSTED);
    tls.port.close(&tls);
    assert_int_equal(osft_tls_ca_static(&tls, good.ca_der, good.ca_der_len), 0);
    assert_ptr_equal(tls.ca.next->raw.p, good.ca_der);
    assert_int_equal(open_to("localhost"), 1);
}

static void what_is_not_a_root_is_refused(void **state)
{
    static const char empty[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    static const char damaged[] = "-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n";
    (void)state;
    start(&good);
    for (size_t len = 0; len < good.ca_der_len; len += 7) {
        assert_int_equal(osft_tls_ca(&tls, good.ca_der, len), OSFT_E_CERT);
        assert_int_not_equal(*tls.port.code, 0);
    }
    assert_int_equal(osft_tls_ca(&tls, empty, sizeof empty), OSFT_E_CERT);
    assert_int_equal(osft_tls_ca(&tls, damaged, sizeof damaged), OSFT_E_CERT);
    assert_non_null(strstr(osft_tls_ca_cause(&tls), "is damaged"));
    assert_int_equal(osft_tls_ca(&tls, good.key_pem, strlen(good.key_pem) + 1), OSFT_E_CERT);
    assert_non_null(strstr(osft_tls_ca_cause(&tls), "no whole certificate in PEM or DER"));
    assert_int_equal(osft_tls_ca(&tls, good.ca_pem, strlen(good.ca_pem)), OSFT_E_CERT);
    assert_int_equal(osft_tls_ca(&tls, "hello", 6), OSFT_E_CERT);
    assert_int_equal(osft_tls_ca_count(&tls), 0);
}

/* A folder that contains both roots, one as PEM and one as DER, a file without a root, and a
 * folder. */
struct folder {
    char name[32], path[4][64];
};

static void write_file(const char *path, const void *data, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void make_folder(struct folder *f)
{
    snprintf(f->name, sizeof f->name, "/tmp/osft-ca-XXXXXX");
    assert_non_null(mkdtemp(f->name));
    static const char *const names[] = { "good.pem", "other.der", "README", "sub" };
    for (size_t i = 0; i < 4; i++) {
        snprintf(f->path[i], sizeof f->path[i], "%s/%s", f->name, names[i]);
    }
    write_file(f->path[0], good.ca_pem, strlen(good.ca_pem));
    write_file(f->path[1], other.ca_der, other.ca_der_len);
    write_file(f->path[2], "no certificate\n", 15);
    assert_int_equal(mkdir(f->path[3], 0700), 0);
}

static void remove_folder(const struct folder *f)
{
    for (size_t i = 0; i < 3; i++) {
        unlink(f->path[i]);
    }
    rmdir(f->path[3]);
    rmdir(f->name);
}

static void roots_are_taken_from_a_file(void **state)
{
    struct folder f;
    (void)state;
    start(&good);
    make_folder(&f);
    int none = osft_tls_ca_file(&tls, f.path[2]), absent = osft_tls_ca_file(&tls, "/nonexistent");
    size_t before = osft_tls_ca_count(&tls);
    int pem = osft_tls_ca_file(&tls, f.path[0]), der = osft_tls_ca_file(&tls, f.path[1]);
    remove_folder(&f);
    assert_int_equal(none, OSFT_E_CERT);
    assert_int_equal(absent, OSFT_E_CERT);
    assert_int_equal(before, 0);
    assert_int_equal(pem, 0);
    assert_int_equal(der, 0);
    assert_int_equal(osft_tls_ca_count(&tls), 2);
    assert_int_equal(open_to("localhost"), 1);
}

static void roots_are_taken_from_a_folder(void **state)
{
    struct folder f;
    (void)state;
    start(&good);
    make_folder(&f);
    int all = osft_tls_ca_dir(&tls, f.name);
    size_t count = osft_tls_ca_count(&tls);
    int empty = osft_tls_ca_dir(&tls, f.path[3]);
    remove_folder(&f);
    assert_int_equal(all, 0);
    assert_int_equal(count, 2);
    assert_int_equal(empty, OSFT_E_CERT);
    assert_int_equal(osft_tls_ca_dir(&tls, "/nonexistent"), OSFT_E_CERT);
    assert_int_equal(open_to("localhost"), 1);
}

static int drawn;

static int own_entropy(void *ctx, unsigned char *dst, size_t len)
{
    drawn += (int)len;
    for (size_t i = 0; i < len; i++) {
        dst[i] = (unsigned char)(i * 7 + 3);
    }
    return *(const int *)ctx;
}

static void an_entropy_source_of_the_caller_seeds_the_keys(void **state)
{
    int answer = 0;
    (void)state;
    drawn = 0;
    test_tls_init(&server, good.cert_pem, good.key_pem);
    assert_int_equal(osft_tls_init(&tls, &server.port, own_entropy, &answer), 0);
    assert_true(drawn >= 32);
    assert_int_equal(osft_tls_ca(&tls, good.ca_der, good.ca_der_len), 0);
    assert_int_equal(open_to("localhost"), 1);
}

static void an_entropy_source_that_fails_leaves_no_connection(void **state)
{
    int answer = -1;
    (void)state;
    test_tls_init(&server, good.cert_pem, good.key_pem);
    assert_int_equal(osft_tls_init(&tls, &server.port, own_entropy, &answer), OSFT_E_RANDOM);
    assert_int_equal(open_to("localhost"), OSFT_E_TLS);
    assert_int_not_equal(*tls.port.code, 0);
    assert_int_equal(server.opens, 0);
    osft_tls_free(&tls);
    assert_int_equal(open_to("localhost"), OSFT_E_TLS);
}

static void clocks_and_random_are_those_of_the_port_below(void **state)
{
    unsigned char bytes[4] = { 0 };
    (void)state;
    start(&good);
    server.now = 12345;
    server.ticks = 678;
    assert_int_equal(tls.port.utc_s(tls.port.ctx), 12345);
    assert_int_equal(tls.port.ticks_ms(tls.port.ctx), 678);
    assert_int_equal(tls.port.random(tls.port.ctx, bytes, 4), 0);
    assert_memory_equal(bytes, "ZZZZ", 4);
}

static void functions_that_the_port_below_lacks_are_absent_above(void **state)
{
    static struct osft_port bare;
    static struct osft_tls t;
    (void)state;
    start(&good);
    bare = server.port;
    bare.wait = NULL;
    bare.awaits = NULL;
    bare.ticks_ms = NULL;
    bare.code = NULL;
    bare.learn_utc = NULL;
    assert_int_equal(osft_tls_init(&t, &bare, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&t, good.ca_der, good.ca_der_len), 0);
    assert_null(t.port.wait);
    assert_null(t.port.ticks_ms);
    assert_null(t.port.learn_utc);
    int r = 0;
    for (int i = 0; i < 1000 && r == 0; i++) {
        r = t.port.open(&t, "localhost", 443);
    }
    assert_int_equal(r, 1);
    server.calls = 0;
    server.fail_at = 0;
    server.fail_with = OSFT_E_TIMEOUT;
    assert_int_equal(t.port.send(&t, "x", 1), OSFT_E_TIMEOUT);
    assert_int_equal(*t.port.code, OSFT_E_TIMEOUT);
    osft_tls_free(&t);
}

#define TEST(name) cmocka_unit_test_teardown(name, test_tls_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_trusted_certificate_with_the_right_name_is_accepted),
        TEST(rsa_certificates_work_too),
        TEST(another_name_is_refused),
        TEST(a_name_that_only_begins_or_ends_alike_is_refused),
        TEST(an_invalid_host_is_refused),
        TEST(the_dot_that_may_end_a_name_is_not_told_to_the_server),
        TEST(the_port_below_is_given_the_host_with_its_dot_or_zone),
        TEST(an_address_in_the_certificate_is_accepted_in_any_spelling),
        TEST(another_address_is_refused),
        TEST(an_address_matches_whole_addresses_only),
        TEST(an_address_as_common_name_is_refused),
        TEST(a_common_name_is_no_name_of_the_server),
        TEST(a_certificate_of_another_root_is_refused),
        TEST(without_any_root_no_server_is_trusted),
        TEST(a_self_signed_certificate_is_refused_unless_it_is_a_root),
        TEST(an_expired_certificate_is_told_apart),
        TEST(a_certificate_of_the_future_is_told_apart),
        TEST(a_wrong_name_counts_more_than_a_wrong_time),
        TEST(the_ports_clock_judges_to_the_second),
        TEST(roots_are_taken_from_pem_in_memory),
        TEST(several_roots_are_taken_from_one_pem),
        TEST(a_root_in_flash_is_not_copied),
        TEST(what_is_not_a_root_is_refused),
        TEST(roots_are_taken_from_a_file),
        TEST(roots_are_taken_from_a_folder),
        TEST(an_entropy_source_of_the_caller_seeds_the_keys),
        TEST(an_entropy_source_that_fails_leaves_no_connection),
        TEST(clocks_and_random_are_those_of_the_port_below),
        TEST(functions_that_the_port_below_lacks_are_absent_above),
    };
    return cmocka_run_group_tests(tests, make_pki, NULL);
}
