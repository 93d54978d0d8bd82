/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the queries of the POSIX port to the resolver, and how the port reports failures of the
 * resolver. This file defines the resolver's functions, which the linker uses instead of the C
 * library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "osft_posix.h"

static struct osft_posix net;
static char asked_port[8], asked_host[80];
static int asked_family, refuse_with;

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    assert_int_equal(hints->ai_socktype, SOCK_STREAM);
    assert_int_equal((hints->ai_flags & AI_NUMERICHOST) != 0, hints->ai_family == AF_INET6);
    asked_family = hints->ai_family;
    snprintf(asked_host, sizeof asked_host, "%s", host);
    snprintf(asked_port, sizeof asked_port, "%s", service);
    *out = (struct addrinfo *)&net; /* not a list of addresses: the port must not read or free it */
    errno = ENOMEM;
    return refuse_with;
}

static int begin(void **state)
{
    (void)state;
    osft_posix_init(&net);
    return 0;
}

static void brackets_are_taken_off_an_address_and_its_zone_is_kept(void **state)
{
    (void)state;
    refuse_with = EAI_NONAME;
    assert_int_equal(net.port.open(net.port.ctx, "[fe80::1%lo]", 443), OSFT_E_RESOLVE);
    assert_string_equal(asked_host, "fe80::1%lo");
    assert_int_equal(asked_family, AF_INET6);
    /* the name is passed with its final dot, which tells a resolver not to append other domains */
    assert_int_equal(net.port.open(net.port.ctx, "a.example.", 443), OSFT_E_RESOLVE);
    assert_string_equal(asked_host, "a.example.");
    assert_int_equal(asked_family, AF_UNSPEC);
}

static void a_failure_of_the_resolver_is_reported_with_its_number(void **state)
{
    (void)state;
    refuse_with = EAI_AGAIN;
    assert_int_equal(net.port.open(net.port.ctx, "x", 443), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, EAI_AGAIN);
    refuse_with = EAI_SYSTEM;
    assert_int_equal(net.port.open(net.port.ctx, "x", 443), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, ENOMEM);
}

static void tcp_ports_of_any_length_are_asked_for(void **state)
{
    static const uint16_t ports[] = { 0, 9, 80, 65535 };
    static const char *const texts[] = { "0", "9", "80", "65535" };
    (void)state;
    refuse_with = EAI_NONAME;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(net.port.open(net.port.ctx, "x", ports[i]), OSFT_E_RESOLVE);
        assert_string_equal(asked_port, texts[i]);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(brackets_are_taken_off_an_address_and_its_zone_is_kept),
        TEST(a_failure_of_the_resolver_is_reported_with_its_number),
        TEST(tcp_ports_of_any_length_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
