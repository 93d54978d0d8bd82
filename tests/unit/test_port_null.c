/* SPDX-License-Identifier: Apache-2.0 */
/* The port that has nothing says so, in each function. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "osft_null.h"

static void there_is_no_network(void **state)
{
    const struct osft_port *p = &osft_null_port;
    char c = 'x';
    (void)state;
    assert_int_equal(p->open(p->ctx, "localhost", 443), OSFT_E_IO);
    assert_int_equal(p->send(p->ctx, &c, 1), OSFT_E_IO);
    assert_int_equal(p->recv(p->ctx, &c, 1), OSFT_E_IO);
    assert_int_equal(p->wait(p->ctx, OSFT_READABLE, UINT32_MAX), OSFT_E_IO);
    assert_int_equal(c, 'x');
    p->close(p->ctx);
    p->close(p->ctx);
}

static void there_is_no_clock_and_no_random_source(void **state)
{
    const struct osft_port *p = &osft_null_port;
    char c = 'x';
    (void)state;
    assert_true(p->utc_s(p->ctx) < 0);
    assert_null(p->ticks_ms);
    assert_null(p->code);
    assert_int_equal(p->random(p->ctx, &c, 1), OSFT_E_RANDOM);
    assert_int_equal(c, 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_is_no_network),
        cmocka_unit_test(there_is_no_clock_and_no_random_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
