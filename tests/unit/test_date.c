/* SPDX-License-Identifier: Apache-2.0 */
/* x-acs-date as the core writes it, against the C library. */
#include <time.h>
#include "fake.h"
#include "request.h"

#define LAST_SECOND INT64_C(4102444799) /* 2099-12-31T23:59:59Z */
#define DAY         INT64_C(86400)

static void check_date(int64_t utc_s)
{
    char ours[OSFT_DATE_SIZE + 1] = { 0 }, libc[32];
    time_t t = (time_t)utc_s;
    struct tm tm;

    assert_non_null(gmtime_r(&t, &tm));
    assert_int_equal(strftime(libc, sizeof(libc), "%Y-%m-%dT%H:%M:%SZ", &tm), OSFT_DATE_SIZE);
    assert_int_equal(osft_date(utc_s, ours), OSFT_OK);
    assert_string_equal(ours, libc);
}

static void date_is_right_on_every_day(void **state)
{
    int64_t day;
    (void)state;
    for (day = 0; day < (LAST_SECOND + 1) / DAY; day++) {
        check_date(day * DAY);
        check_date(day * DAY + DAY - 1);
    }
}

static void date_is_right_through_every_second_of_a_leap_day(void **state)
{
    int64_t s;
    (void)state;
    for (s = 0; s <= DAY; s++) {
        check_date(INT64_C(1709164800) + s);
    }
}

static int days_of(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
}

/* Around the turn of each year and the end of each February. */
static void date_is_right_in_every_year_until_2099(void **state)
{
    int64_t start = 0;
    int year;
    (void)state;
    for (year = 1970; year <= 2099; year++) {
        check_date(start);
        check_date(start + 59 * DAY - 1);
        check_date(start + 59 * DAY);
        check_date(start + 60 * DAY);
        start += days_of(year) * DAY;
        check_date(start - 1);
    }
    assert_true(start == LAST_SECOND + 1);
}

static void date_that_no_clock_should_show_is_refused(void **state)
{
    static const int64_t bad[] = { -1, -DAY, INT64_MIN, LAST_SECOND + 1, INT64_MAX };
    char date[OSFT_DATE_SIZE];
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct setup *s = setup_body(2048, "200 OK", "{\"result\":[]}");
        assert_int_equal(osft_date(bad[i], date), OSFT_E_CLOCK);
        s->fake.utc = bad[i];
        assert_int_equal(osft_list(&s->client, &s->query, 0, &s->page), OSFT_E_CLOCK);
        assert_int_equal(s->fake.opened, 0);
        setup_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date_is_right_on_every_day),
        cmocka_unit_test(date_is_right_through_every_second_of_a_leap_day),
        cmocka_unit_test(date_is_right_in_every_year_until_2099),
        cmocka_unit_test(date_that_no_clock_should_show_is_refused),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
