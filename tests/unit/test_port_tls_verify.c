/* SPDX-License-Identifier: Apache-2.0 */
/* How the TLS port reads addresses and a certificate's dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "osft_tls_address_internal.h"
#include "osft_tls_internal.h"

static struct osft_tls tls;
static int64_t now;

static int64_t utc_s(void *ctx)
{
    (void)ctx;
    return now;
}

static void times_of_certificates_become_unix_seconds(void **state)
{
    /* a certificate's edges, as its text and as the C library counts them */
    static const mbedtls_x509_time edges[] = {
        { 1970, 1, 1, 0, 0, 0 }, { 2000, 2, 29, 23, 59, 59 }, { 2023, 12, 31, 12, 0, 1 },
        { 2024, 3, 1, 0, 0, 0 }, { 2100, 2, 28, 23, 0, 0 },   { 9999, 12, 31, 23, 59, 59 }
    };
    static const int64_t seconds[] = { 0,          951868799,  1704024001,
                                       1709251200, 4107538800, INT64_C(253402300799) };
    (void)state;
    tls.port.utc_s = utc_s;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        for (int off = -1; off <= 1; off++) {
            mbedtls_x509_crt crt;
            uint32_t flags = 0;
            mbedtls_x509_crt_init(&crt);
            crt.valid_from = crt.valid_to = edges[i];
            now = seconds[i] + off;
            osft_tls_verify(&tls, &crt, 1, &flags);
            if (now < 0) {
                continue; /* that is a port without a clock */
            }
            assert_int_equal(flags, off < 0   ? MBEDTLS_X509_BADCERT_FUTURE
                                    : off > 0 ? MBEDTLS_X509_BADCERT_EXPIRED
                                              : 0);
        }
    }
}

static void addresses_are_read_as_the_system_reads_them(void **state)
{
    static const char *const texts[] = { "0.0.0.0",
                                         "255.255.255.255",
                                         "1.2.3.4",
                                         "256.1.1.1",
                                         "1.2.3",
                                         "1.2.3.4.5",
                                         "1.2.3.",
                                         ".1.2.3",
                                         "1..2.3",
                                         "01.2.3.4",
                                         "1.2.3.00",
                                         "1.2.3.4 ",
                                         " 1.2.3.4",
                                         "1.2.3.-4",
                                         "0x1.2.3.4",
                                         "1000.2.3.4",
                                         "",
                                         "a",
                                         "localhost",
                                         "1.2.3.4a",
                                         "::",
                                         "::1",
                                         "1::",
                                         "1::2",
                                         "1:2:3:4:5:6:7:8",
                                         "1:2:3:4:5:6:7",
                                         "1:2:3:4:5:6:7:8:9",
                                         "1:2:3:4:5:6:7::",
                                         "::2:3:4:5:6:7:8",
                                         ":::",
                                         "1:::2",
                                         "1::2::3",
                                         ":1",
                                         "1:",
                                         ":",
                                         "::1:",
                                         "12345::",
                                         "g::",
                                         "fFfF::AbCd",
                                         "::1.2.3.4",
                                         "::ffff:1.2.3.4",
                                         "1:2:3:4:5:6:1.2.3.4",
                                         "1:2:3:4:5:6:7:1.2.3.4",
                                         "1.2.3.4::",
                                         "::1.2.3",
                                         "::1.2.3.256",
                                         "1:2:3:4:5:1.2.3.4",
                                         "::1.2.3.4:1",
                                         "fe80::1%lo",
                                         "[::1]",
                                         "::0001",
                                         "::00001",
                                         "1:2:3:4::5:6:7:8",
                                         "1:2:3:4::6:7:8",
                                         "0:0:0:0:0:0:0:0",
                                         "::1 ",
                                         "1:2:3:4:5:6:7:" };
    uint8_t ip[16];
    (void)state;
    assert_int_equal(osft_tls_address("::1", 0, ip), 0);
    assert_int_equal(osft_tls_address("1.2.3.4", 1, ip), 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint8_t got[16] = { 0 }, want[16] = { 0 };
        uint8_t len = inet_pton(AF_INET, texts[i], want) == 1    ? 4
                      : inet_pton(AF_INET6, texts[i], want) == 1 ? 16
                                                                 : 0;
        uint8_t n = osft_tls_address(texts[i], strchr(texts[i], ':') != NULL, got);
        if (n != len || memcmp(got, want, n) != 0) {
            fail_msg("\"%s\": %u, not %u", texts[i], n, len);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_certificates_become_unix_seconds),
        cmocka_unit_test(addresses_are_read_as_the_system_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
