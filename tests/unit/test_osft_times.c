/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar that the programs share, and how the command reads and prints times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "../../examples/common/utc.h"
#include "../../examples/osft/command.h"

static void each_day_of_the_calendar_is_read_and_follows_the_day_before(void **state)
{
    int64_t expected_s = INT64_C(-62135596800), utc_s; /* 0001-01-01 */
    int year, month, day;
    (void)state;
    for (year = 1; year <= 9999; year++) {
        for (month = 1; month <= 12; month++) {
            for (day = 1; day <= days_in_month(year, month); day++) {
                char text[32];

                snprintf(text, sizeof(text), "%04d-%02d-%02dT00:00:00Z", year, month, day);
                if (parse_utc(text, strlen(text), &utc_s) != 0 || utc_s != expected_s) {
                    fail_msg("%s", text);
                }
                expected_s += 86400;
            }
        }
    }
}

static void a_time_is_printed_as_it_is_read(void **state)
{
    static const char *const texts[] = { "1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z",
                                         "2100-02-28T12:00:00Z", "9999-12-31T23:59:59Z" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char text[TIME_SIZE];
        int64_t ms;

        assert_int_equal(parse_time(texts[i], 0, &ms), 0);
        format_time(ms, text);
        assert_string_equal(text, texts[i]);
    }
}

static void a_time_beyond_the_calendar_is_printed_in_milliseconds(void **state)
{
    char text[TIME_SIZE];
    (void)state;
    format_time(INT64_C(253402300800000), text);
    assert_string_equal(text, "253402300800000ms");
    format_time(INT64_MAX, text);
    assert_string_equal(text, "9223372036854775807ms");
    format_time(-1, text);
    assert_string_equal(text, "-1ms");
}

static void how_long_ago_is_counted_from_now_and_does_not_overflow(void **state)
{
    int64_t ms = 7;
    (void)state;
    assert_int_equal(parse_time("-1d", INT64_C(86400001), &ms), 0);
    assert_int_equal(ms, 1);
    assert_int_equal(parse_time("-9223372036854775807ms", 0, &ms), 0);
    assert_true(ms == -INT64_MAX);
    assert_int_equal(parse_time("-9223372036854775807ms", -2, &ms), -1);
    assert_int_equal(parse_time("-15250284453w", 0, &ms), -1);
}

static void a_length_of_time_is_from_a_millisecond_to_24_days(void **state)
{
    static const struct {
        const char *text;
        uint32_t ms;
    } cases[] = { { "1ms", 1 },
                  { "1", 1000 },
                  { "90", 90000 },
                  { "2m", 120000 },
                  { "48h", 172800000 },
                  { "7d", 604800000 },
                  { "3w", 1814400000 },
                  { "24d", 2073600000 },
                  { "2147483647ms", 2147483647 },
                  { "25d", 0 },
                  { "2147483648ms", 0 },
                  { "4w", 0 },
                  { "0", 0 },
                  { "0s", 0 },
                  { "-1s", 0 },
                  { "1.5s", 0 },
                  { "1 s", 0 },
                  { "s", 0 },
                  { "", 0 },
                  { "1S", 0 },
                  { "4294967297ms", 0 },
                  { "213503982335d", 0 } };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t ms = 0;
        if (parse_duration(cases[i].text, &ms) != (cases[i].ms != 0 ? 0 : -1) ||
            ms != cases[i].ms) {
            fail_msg("'%s' is %lu", cases[i].text, (unsigned long)ms);
        }
    }
}

static void durations_have_two_units(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = { { 999, "999ms" },      { 1000, "1s" },          { 61000, "1m 01s" },
                  { 3600000, "1h 00m" }, { 86399999, "23h 59m" }, { 90000000, "1d 01h" } };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[TIME_SIZE];

        format_duration(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void a_limit_that_a_user_chose_is_told_exactly(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = { { 500, "500ms" },      { 1500, "1500ms" },         { 30000, "30s" },
                  { 90000, "1m 30s" },   { 3600000, "1h 00m" },      { 3661000, "3661s" },
                  { 5400000, "1h 30m" }, { 86400001, "86400001ms" }, { 86460000, "1441m" },
                  { 90000000, "1d 01h" } };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[TIME_SIZE];

        format_limit(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void a_relative_time_is_told_from_other_times(void **state)
{
    (void)state;
    assert_true(is_relative_time("-6h") && is_relative_time("-0d") && is_relative_time("-10ms"));
    assert_false(is_relative_time("-7") || is_relative_time("7d") ||
                 is_relative_time("2024-02-29") || is_relative_time("-7D") ||
                 is_relative_time("") || is_relative_time(NULL));
}

static void the_present_is_the_service_s_as_far_as_it_is_known(void **state)
{
    struct osft_client client;
    int64_t before_ms, service_ms, after_ms;
    (void)state;
    memset(&client, 0, sizeof(client));
    set_service_clock(&client);
    before_ms = get_utc_ms();
    service_ms = get_service_time_ms();
    assert_in_range(service_ms, before_ms, get_utc_ms());
    client.clock_offset_s = -43200;
    before_ms = get_utc_ms();
    service_ms = get_service_time_ms();
    after_ms = get_utc_ms();
    assert_in_range(service_ms + 43200000, before_ms, after_ms);
    set_service_clock(NULL);
}

static void only_relative_times_are_counted_again(void **state)
{
    struct plan plan = { .now_ms = 100000000, .since = "-6h", .until = "2024-02-29" };
    struct osft_query query = { .start_ms = 1, .end_ms = 2 };
    (void)state;
    assert_int_equal(correct_query_times(&plan, 0, &query), 0);
    assert_int_equal(query.start_ms, 1);
    assert_int_equal(correct_query_times(&plan, -100, &query), 1);
    assert_int_equal(query.start_ms, 100000000 - 100000 - 6 * 3600000);
    assert_int_equal(query.end_ms, 2);
    plan.since = NULL;
    assert_int_equal(correct_query_times(&plan, -100, &query), 0);
    plan.until = "-1s";
    assert_int_equal(correct_query_times(&plan, 100, &query), 1);
    assert_int_equal(query.end_ms, 100000000 + 100000 - 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_of_the_calendar_is_read_and_follows_the_day_before),
        cmocka_unit_test(a_time_is_printed_as_it_is_read),
        cmocka_unit_test(a_time_beyond_the_calendar_is_printed_in_milliseconds),
        cmocka_unit_test(how_long_ago_is_counted_from_now_and_does_not_overflow),
        cmocka_unit_test(a_length_of_time_is_from_a_millisecond_to_24_days),
        cmocka_unit_test(durations_have_two_units),
        cmocka_unit_test(a_limit_that_a_user_chose_is_told_exactly),
        cmocka_unit_test(a_relative_time_is_told_from_other_times),
        cmocka_unit_test(the_present_is_the_service_s_as_far_as_it_is_known),
        cmocka_unit_test(only_relative_times_are_counted_again),
    };
    return cmocka_run_group_tests_name("osft times", tests, NULL, NULL);
}
