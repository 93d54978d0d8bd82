/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which instances the reporter considers well. The tests pass the time to the functions. */
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

/* Return the text about all instances, and set *ill to the number of those that are not well. */
static const char *get_health_text(int64_t monotonic_ms, size_t *ill)
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

static void
an_instance_is_well_until_no_poll_succeeds_for_three_intervals_and_a_minute(void **state)
{
    size_t ill;
    (void)state;
    start_health(&health, &reporter, 1000);
    assert_true(is_well(&health, 0, 1000 + 240000));
    assert_false(is_well(&health, 0, 1000 + 240001));
    note_poll(&health, &instances[1], 200000);
    set_failure(&instances[0], "no response came");
    note_poll(&health, &instances[0], 200000); /* this poll has failed */
    assert_string_equal(get_health_text(250000, &ill),
                        "1 of 2 instances up\n"
                        "ctr-a: no poll has gone well for 249 s; no response came\n");
    assert_int_equal(ill, 1);
    instances[0].is_up = 1;
    note_poll(&health, &instances[0], 250000);
    assert_string_equal(get_health_text(250000, &ill), "All instances are polled well: 2\n");
    assert_int_equal(ill, 0);
}

/* The text must have the reason of a failure at once, although the status of /healthz stays 200 for
 * some time. */
static void
the_text_names_an_instance_that_is_not_up_and_when_it_no_longer_counts_as_well(void **state)
{
    size_t ill;
    (void)state;
    instances[1].has_polled = 0;
    start_health(&health, &reporter, 0);
    set_failure(&instances[0], "Forbidden.RAM");
    note_poll(&health, &instances[0], 55500);
    assert_string_equal(get_health_text(56500, &ill),
                        "0 of 2 instances up\n"
                        "ctr-a: no poll has gone well for 56 s (503 in 184 s); Forbidden.RAM\n"
                        "ctr-b: no poll has ended yet (503 in 240 s)\n");
    assert_int_equal(ill, 0);
    (void)get_health_text(56500 + 183500, &ill);
    assert_int_equal(ill, 0);
    (void)get_health_text(56500 + 184000, &ill);
    assert_int_equal(ill, 1);
}

static void the_allowed_time_can_be_set(void **state)
{
    (void)state;
    start_health(&health, &reporter, 0);
    health.allowed_ms = 500;
    assert_true(is_well(&health, 0, 500));
    assert_false(is_well(&health, 0, 501));
}

static void a_new_instance_starts_well_and_an_old_one_keeps_its_time(void **state)
{
    (void)state;
    reporter.count = 1;
    start_health(&health, &reporter, 0);
    /* As after a reload, another instance comes before the first one. */
    reporter.count = 2;
    reporter.instances[0] = &instances[1];
    reporter.instances[1] = &instances[0];
    refresh_health(&health, 200000);
    assert_true(is_well(&health, 0, 440000));
    assert_false(is_well(&health, 0, 440001));
    assert_true(is_well(&health, 1, 240000));
    assert_false(is_well(&health, 1, 240001));
}

static void a_new_instance_at_the_address_of_a_freed_one_starts_well(void **state)
{
    (void)state;
    start_health(&health, &reporter, 0);
    instances[0].has_polled = 0;
    refresh_health(&health, 1000000);
    assert_true(is_well(&health, 0, 1000000));
    assert_false(is_well(&health, 1, 1000000));
}

static void the_text_has_no_control_characters(void **state)
{
    size_t ill;
    (void)state;
    set_failure(&instances[0], "a\nb\x1b");
    start_health(&health, &reporter, 0);
    note_poll(&health, &instances[1], 1000000);
    assert_string_equal(get_health_text(1000000, &ill),
                        "1 of 2 instances up\n"
                        "ctr-a: no poll has gone well for 1000 s; a\\nb\\x1b\n");
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_instance_is_well_until_no_poll_succeeds_for_three_intervals_and_a_minute),
        TEST(the_text_names_an_instance_that_is_not_up_and_when_it_no_longer_counts_as_well),
        TEST(the_allowed_time_can_be_set),
        TEST(a_new_instance_starts_well_and_an_old_one_keeps_its_time),
        TEST(a_new_instance_at_the_address_of_a_freed_one_starts_well),
        TEST(the_text_has_no_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
