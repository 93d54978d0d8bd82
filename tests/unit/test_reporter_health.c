/* SPDX-License-Identifier: Apache-2.0 */
/* Which instances the reporter takes for well, by a clock that the test sets. */
#include <stdio.h>
#include <string.h>
#include "../../examples/gateway/health.h"
#include "capture.h"

static struct instance instances[2];
static struct reporter reporter;
static struct health health;
static char buffer[OUTPUT_BYTES];

static int set_up(void **state)
{
    size_t i;
    (void)state;
    memset(&reporter, 0, sizeof(reporter));
    memset(instances, 0, sizeof(instances));
    reporter.count = 2;
    for (i = 0; i < 2; i++) {
        snprintf(instances[i].name, sizeof(instances[i].name), "ctr-%c", (char)('a' + i));
        instances[i].interval_ms = 60000;
        instances[i].has_polled = instances[i].is_up = 1;
        reporter.instances[i] = &instances[i];
    }
    return 0;
}

/* What is said of all, and how many are ill. */
static const char *tell(int64_t monotonic_ms, size_t *ill)
{
    struct output out = { .fd = -1, .buffer = buffer };

    start_capture(&out);
    *ill = put_health(&out, &health, monotonic_ms);
    return end_capture(&out);
}

static void set_failure(struct instance *instance, const char *text)
{
    instance->is_up = 0;
    instance->failures[0].error = OSFT_E_TIMEOUT;
    snprintf(instance->failures[0].text, sizeof(instance->failures[0].text), "%s", text);
}

static void an_instance_is_well_until_it_was_silent_for_three_intervals_and_a_minute(void **state)
{
    size_t ill;
    (void)state;
    start_health(&health, &reporter, 1000);
    assert_true(is_well(&health, 0, 1000 + 240000));
    assert_false(is_well(&health, 0, 1000 + 240001));
    note_poll(&health, &instances[1], 200000);
    set_failure(&instances[0], "no response came");
    note_poll(&health, &instances[0], 200000); /* it failed */
    assert_string_equal(tell(250000, &ill),
                        "ctr-a: no poll has gone well for 249 s; no response came\n");
    assert_int_equal(ill, 1);
    instances[0].is_up = 1;
    note_poll(&health, &instances[0], 250000);
    assert_string_equal(tell(250000, &ill), "All instances are polled well: 2\n");
    assert_int_equal(ill, 0);
}

static void another_time_may_be_allowed(void **state)
{
    (void)state;
    start_health(&health, &reporter, 0);
    health.allowed_ms = 500;
    assert_true(is_well(&health, 0, 500));
    assert_false(is_well(&health, 0, 501));
}

static void an_instance_that_comes_has_its_own_time_and_one_that_stays_keeps_its(void **state)
{
    (void)state;
    reporter.count = 1;
    start_health(&health, &reporter, 0);
    /* A reload puts another one in front. */
    reporter.count = 2;
    reporter.instances[0] = &instances[1];
    reporter.instances[1] = &instances[0];
    refresh_health(&health, 200000);
    assert_true(is_well(&health, 0, 440000));
    assert_false(is_well(&health, 0, 440001));
    assert_true(is_well(&health, 1, 240000));
    assert_false(is_well(&health, 1, 240001));
}

static void an_instance_in_the_memory_of_one_that_has_gone_is_a_new_one(void **state)
{
    (void)state;
    start_health(&health, &reporter, 0);
    instances[0].has_polled = 0;
    refresh_health(&health, 1000000);
    assert_true(is_well(&health, 0, 1000000));
    assert_false(is_well(&health, 1, 1000000));
}

static void what_is_told_has_no_controls(void **state)
{
    size_t ill;
    (void)state;
    set_failure(&instances[0], "a\nb\x1b");
    start_health(&health, &reporter, 0);
    note_poll(&health, &instances[1], 1000000);
    assert_string_equal(tell(1000000, &ill),
                        "ctr-a: no poll has gone well for 1000 s; a\\nb\\x1b\n");
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_instance_is_well_until_it_was_silent_for_three_intervals_and_a_minute),
        TEST(another_time_may_be_allowed),
        TEST(an_instance_that_comes_has_its_own_time_and_one_that_stays_keeps_its),
        TEST(an_instance_in_the_memory_of_one_that_has_gone_is_a_new_one),
        TEST(what_is_told_has_no_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
