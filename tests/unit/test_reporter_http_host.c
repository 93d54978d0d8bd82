/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which names a request may bear, and which texts are addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../../examples/gateway/http_host.h"
#include "../../examples/gateway/listen.h"

static void addresses_localhost_and_listed_names_are_expected(void **state)
{
    static const char *const expected[] = {
        "127.0.0.1",    "127.0.0.1:9473", "[::1]", "[::1]:9473",  "localhost",
        "LocalHost:80", "192.168.1.1:80", "gw",    "Gw.Example:1"
    };
    static const char *const others[] = { "rebound.example",
                                          "localhost.rebound.example",
                                          "127.0.0.1.rebound.example",
                                          "",
                                          ":80",
                                          "[::1",
                                          "g",
                                          "gw.example.org",
                                          "gw.exampl",
                                          "gw gw.example",
                                          "127.0.0.1:80x",
                                          "localhost:80:80.x" };
    size_t i;
    (void)state;
    assert_true(is_expected_host(NULL, NULL));
    for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        assert_true(is_expected_host(expected[i], "gw gw.example"));
    }
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_false(is_expected_host(others[i], "gw gw.example"));
    }
    assert_false(is_expected_host("gw", NULL));
}

static void only_numeric_addresses_are_accepted(void **state)
{
    (void)state;
    assert_true(is_numeric_address("127.0.0.1"));
    assert_true(is_numeric_address("::1"));
    assert_true(is_numeric_address("0.0.0.0"));
    assert_false(is_numeric_address("localhost"));
    assert_false(is_numeric_address("gateway.example"));
    assert_false(is_numeric_address("127.0.0.1:80"));
    assert_false(is_numeric_address("[::1]"));
    assert_true(is_loopback_address("127.9.9.9"));
    assert_true(is_loopback_address("::1"));
    assert_false(is_loopback_address("0.0.0.0"));
    assert_false(is_loopback_address("::"));
    assert_false(is_loopback_address("10.0.0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_localhost_and_listed_names_are_expected),
        cmocka_unit_test(only_numeric_addresses_are_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
