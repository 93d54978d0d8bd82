/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and numbers as text, as the endpoint reads and writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../examples/osft-endpoint/date.h"

static void only_days_that_exist_are_dates(void **state)
{
    static const struct {
        const char *text;
        int64_t utc_s;
    } good[] = {
        { "1970-01-01T00:00:00Z", 0 },         { "2024-02-29T23:59:59Z", 1709251199 },
        { "2000-03-01T00:00:00Z", 951868800 }, { "9999-12-31T23:59:59Z", 253402300799 },
        { "1969-12-31T23:59:59Z", -1 },
    };
    static const char *const bad[] = {
        "",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-01-32T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01 00:00:00Z",
        "2024-01-01T00:00:00z",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00:00Z ",
        "2024-1-01T00:00:000Z",
        "+024-01-01T00:00:00Z",
    };
    struct ep_text out = { NULL, 0, 0 };
    int64_t utc_s;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(ep_date_parse(ep_span(good[i].text), &utc_s), 0);
        assert_true(utc_s == good[i].utc_s);
        out.len = 0;
        ep_date_iso(utc_s, &out);
        assert_string_equal(out.mem, good[i].text);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ep_date_parse(ep_span(bad[i]), &utc_s), -1);
    out.len = 0;
    ep_date_http(784111777, &out);
    assert_string_equal(out.mem, "Sun, 06 Nov 1994 08:49:37 GMT");
    ep_free(&out);
}

static void numbers_are_whole_and_fit(void **state)
{
    static const char *const bad[] = { "",
                                       "-",
                                       "+1",
                                       "1.0",
                                       " 1",
                                       "1 ",
                                       "9223372036854775808",
                                       "0x1",
                                       "1e3",
                                       "-9223372036854775809",
                                       "99999999999999999999" };
    int64_t n;
    size_t i;

    (void)state;
    assert_true(!ep_int64(ep_span("9223372036854775807"), &n) && n == INT64_MAX);
    assert_true(!ep_int64(ep_span("-9223372036854775808"), &n) && n == INT64_MIN);
    assert_true(!ep_int64(ep_span("007"), &n) && n == 7);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ep_int64(ep_span(bad[i]), &n), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_days_that_exist_are_dates),
        cmocka_unit_test(numbers_are_whole_and_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
