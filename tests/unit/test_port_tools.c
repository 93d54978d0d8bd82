/* SPDX-License-Identifier: Apache-2.0 */
/* Tests functions that several ports share: for host names, for a clock that was learned, and for
 * dates as numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "osft_port_tools.h"

static void assert_bare(const char *host, enum osft_zone zone, const char *expected)
{
    char bare[OSFT_NAME_ROOM];

    memset(bare, 'x', sizeof bare);
    assert_int_equal(osft_bare_host(host, zone, bare, sizeof bare), strlen(expected));
    assert_string_equal(bare, expected);
}

static void a_name_or_address_stays_as_it_is(void **state)
{
    static const char *const hosts[] = { "localhost",  "a.example", "127.0.0.1", "::1",
                                         "fe80::1%lo", "a%b",       ".a",        "a" };
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_bare(hosts[i], OSFT_KEEP_ZONE, hosts[i]);
        assert_bare(hosts[i], OSFT_DROP_ZONE, hosts[i]); /* a zone stands only in brackets */
    }
}

static void one_final_dot_is_taken_off_a_name(void **state)
{
    (void)state;
    assert_bare("a.example.", OSFT_DROP_ZONE, "a.example");
    assert_bare("a.example..", OSFT_DROP_ZONE, "a.example.");
    assert_bare("127.0.0.1.", OSFT_KEEP_ZONE, "127.0.0.1");
    assert_bare("[::1.]", OSFT_DROP_ZONE, "::1."); /* no address, but also no name */
}

static void brackets_are_taken_off_and_the_zone_as_asked(void **state)
{
    (void)state;
    assert_bare("[::1]", OSFT_KEEP_ZONE, "::1");
    assert_bare("[::1]", OSFT_DROP_ZONE, "::1");
    assert_bare("[fe80::1%eth0]", OSFT_KEEP_ZONE, "fe80::1%eth0");
    assert_bare("[fe80::1%eth0]", OSFT_DROP_ZONE, "fe80::1");
    assert_bare("[fe80::1%25eth0%1]", OSFT_DROP_ZONE, "fe80::1");
    assert_bare("[fe80::1%]", OSFT_DROP_ZONE, "fe80::1");
    assert_bare("[[::1]]", OSFT_KEEP_ZONE, "[::1]");
}

static void a_host_that_is_empty_or_half_in_brackets_is_none(void **state)
{
    static const char *const hosts[] = { "", ".", "[", "[]", "[::1", "[::1]x", "[::1]." };
    char bare[OSFT_NAME_ROOM];
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_int_equal(osft_bare_host(hosts[i], OSFT_KEEP_ZONE, bare, sizeof bare), 0);
        assert_int_equal(osft_bare_host(hosts[i], OSFT_DROP_ZONE, bare, sizeof bare), 0);
    }
    assert_int_equal(osft_bare_host("[%eth0]", OSFT_DROP_ZONE, bare, sizeof bare), 0);
}

static void a_host_fits_exactly_or_is_refused(void **state)
{
    static const char *const hosts[] = { "localhost", "localhost.", "[127::0:1]" };
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t len = i == 2 ? 8 : 9;
        for (size_t room = 0; room <= len + 1; room++) {
            char *bare = malloc(room + 1); /* so that sanitizers see a byte too many */
            assert_non_null(bare);
            bare[room] = 'x';
            assert_int_equal(osft_bare_host(hosts[i], OSFT_KEEP_ZONE, bare, room),
                             room > len ? len : 0);
            assert_int_equal(bare[room], 'x');
            free(bare);
        }
    }
}

static void a_clock_is_unknown_until_it_is_learned(void **state)
{
    struct osft_learned_clock clock = { 0, 0, 0 };
    (void)state;
    assert_int_equal(osft_learned_utc_s(&clock, 0), -1);
    assert_int_equal(osft_learned_utc_s(&clock, UINT32_MAX), -1);
    osft_learn_utc(&clock, 0, 5000); /* 1970 is a time, too */
    assert_int_equal(osft_learned_utc_s(&clock, 5999), 0);
    osft_learn_utc(&clock, 1770000000, 6000);
    assert_int_equal(osft_learned_utc_s(&clock, 6000), 1770000000);
}

static void a_learned_clock_loses_no_millisecond(void **state)
{
    struct osft_learned_clock clock = { 0, 0, 0 };
    uint32_t ticks = UINT32_MAX - 123456; /* which will wrap */
    int64_t passed_ms = 0;
    (void)state;
    osft_learn_utc(&clock, 1770000000, ticks);
    for (uint32_t i = 0; i < 1000; i++) {
        ticks += i;
        passed_ms += i;
        assert_int_equal(osft_learned_utc_s(&clock, ticks), 1770000000 + passed_ms / 1000);
    }
    for (int i = 0; i < 100; i++) { /* just short of as long as nobody may ask it */
        ticks += UINT32_MAX - 999;
        passed_ms += UINT32_MAX - 999;
        assert_int_equal(osft_learned_utc_s(&clock, ticks), 1770000000 + passed_ms / 1000);
    }
}

static void a_time_that_cannot_be_is_not_believed(void **state)
{
    static const int64_t times[] = { -1, INT64_MIN, INT64_C(253402300800), INT64_MAX };
    struct osft_learned_clock clock = { 0, 0, 0 };
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        osft_learn_utc(&clock, times[i], 0);
        assert_int_equal(osft_learned_utc_s(&clock, 0), -1);
    }
    osft_learn_utc(&clock, INT64_C(253402300799), 0); /* the last second of the year 9999 */
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        osft_learn_utc(&clock, times[i], 0);
        assert_int_equal(osft_learned_utc_s(&clock, UINT32_MAX), INT64_C(253402300799) + 4294967);
        osft_learn_utc(&clock, INT64_C(253402300799), 0);
    }
}

static void a_date_is_a_number_of_seconds(void **state)
{
    static const struct {
        int year, month, day, hour, minute, second;
        int64_t seconds;
    } dates[] = { { 1, 1, 1, 0, 0, 0, INT64_C(-62135596800) },
                  { 1600, 3, 1, 0, 0, 0, INT64_C(-11670912000) },
                  { 1969, 12, 31, 23, 59, 59, -1 },
                  { 1970, 1, 1, 0, 0, 0, 0 },
                  { 2000, 2, 29, 23, 59, 59, 951868799 },
                  { 2023, 12, 31, 12, 0, 1, 1704024001 },
                  { 2024, 3, 1, 0, 0, 0, 1709251200 },
                  { 2038, 1, 19, 3, 14, 8, INT64_C(2147483648) },
                  { 2100, 2, 28, 23, 0, 0, INT64_C(4107538800) },
                  { 2100, 3, 1, 0, 0, 0, INT64_C(4107542400) },
                  { 9999, 12, 31, 23, 59, 59, INT64_C(253402300799) } };
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        assert_true(osft_seconds_of_date(dates[i].year, dates[i].month, dates[i].day, dates[i].hour,
                                         dates[i].minute, dates[i].second) == dates[i].seconds);
    }
}

/* Every day of 800 years follows the one before it. */
static void days_follow_each_other(void **state)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t expected = osft_seconds_of_date(1900, 1, 1, 0, 0, 0);
    (void)state;
    for (int year = 1900; year < 2700; year++) {
        int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && is_leap);
            for (int day = 1; day <= length; day++, expected += 86400) {
                assert_true(osft_seconds_of_date(year, month, day, 0, 0, 0) == expected);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_or_address_stays_as_it_is),
        cmocka_unit_test(one_final_dot_is_taken_off_a_name),
        cmocka_unit_test(brackets_are_taken_off_and_the_zone_as_asked),
        cmocka_unit_test(a_host_that_is_empty_or_half_in_brackets_is_none),
        cmocka_unit_test(a_host_fits_exactly_or_is_refused),
        cmocka_unit_test(a_clock_is_unknown_until_it_is_learned),
        cmocka_unit_test(a_learned_clock_loses_no_millisecond),
        cmocka_unit_test(a_time_that_cannot_be_is_not_believed),
        cmocka_unit_test(a_date_is_a_number_of_seconds),
        cmocka_unit_test(days_follow_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
