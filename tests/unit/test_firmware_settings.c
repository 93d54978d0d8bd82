/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the times in the settings of the firmware: a wrong value must not make the device poll
 * without a pause.
 */
#include "../../examples/firmware/settings.h"
#include "../../examples/firmware/board.h"
#include "fake.h"

const char board_sector[] = "interval=0\nspread=5\nzero=0\nmost=1728000\nmore=1728001\n"
                            "overflow=4294968\nlong=99999999999\nword=soon\nempty=\n";
char link_sector_size[1];

static void times_are_in_ms_and_do_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(settings_ms("spread", 7), 5000);
    assert_int_equal(settings_ms("zero", 7), 0);
    assert_int_equal(settings_ms("absent", 7), 7000);
    assert_int_equal(settings_ms("empty", 7), 7000);
    assert_int_equal(settings_ms("word", 7), 7000);
    assert_int_equal(settings_ms("long", 7), 7000);
    assert_int_equal(settings_ms("most", 7), 1728000000);
    assert_int_equal(settings_ms("more", 7), 1728000000);
    assert_int_equal(settings_ms("overflow", 7), 1728000000);
}

static void a_device_pauses_between_polls(void **state)
{
    (void)state;
    assert_int_equal(settings_interval_ms(), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_in_ms_and_do_not_overflow),
        cmocka_unit_test(a_device_pauses_between_polls),
    };
    return cmocka_run_group_tests_name("settings of a device", tests, NULL, NULL);
}
