/* SPDX-License-Identifier: Apache-2.0 */
/* The command's sleep: what ends it. A sleep that does not end is ended by the test's runner, as a
 * failure. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/osft/command.h"

static void a_byte_ends_a_sleep_that_waits_for_it(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    wait_for_events(ends[1], OSFT_READABLE | OSFT_WRITABLE, UINT32_MAX); /* there is room */
    assert_int_equal(write(ends[1], "x", 1), 1);
    wait_for_events(ends[0], OSFT_READABLE, UINT32_MAX);
    close(ends[0]);
    close(ends[1]);
}

/* A connection that is kept may have been closed by the server, and is not waited for. */
static void without_events_the_descriptor_does_not_end_a_sleep(void **state)
{
    int64_t start_ms = get_monotonic_ms();
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    close(ends[1]);
    wait_for_events(ends[0], 0, 50);
    assert_true(get_monotonic_ms() - start_ms >= 50);
    close(ends[0]);
}

static void the_time_ends_a_sleep_without_a_descriptor(void **state)
{
    (void)state;
    wait_for_events(-1, 0, 1);
    wait_for_events(-1, OSFT_READABLE, 1);
    wait_for_events(-1, 0, 0);
}

/* The last test, as a signal stays caught. */
static void a_signal_that_came_before_a_sleep_ends_it(void **state)
{
    (void)state;
    assert_int_equal(catch_signals(), 0);
    assert_int_equal(get_signal(), 0);
    raise(SIGTERM);
    assert_int_equal(get_signal(), SIGTERM);
    wait_for_events(-1, 0, UINT32_MAX);
    wait_for_events(-1, 0, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_ends_a_sleep_that_waits_for_it),
        cmocka_unit_test(without_events_the_descriptor_does_not_end_a_sleep),
        cmocka_unit_test(the_time_ends_a_sleep_without_a_descriptor),
        cmocka_unit_test(a_signal_that_came_before_a_sleep_ends_it),
    };
    return cmocka_run_group_tests_name("osft signals", tests, NULL, NULL);
}
