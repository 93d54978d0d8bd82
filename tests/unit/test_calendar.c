/* SPDX-License-Identifier: Apache-2.0 */
/* x-acs-date as the core writes it, and the dates of headers as it reads them, against the C
 * library. */
#include <time.h>
#include "calendar.h"
#include "fake.h"

#define FIRST_SECOND INT64_C(1577836800) /* 2020-01-01T00:00:00Z */
#define LAST_SECOND  INT64_C(4102444799) /* 2099-12-31T23:59:59Z */
#define DAY          INT64_C(86400)

static void check_date(int64_t utc_s)
{
    char ours[OSFT_DATE_LENGTH + 1] = { 0 }, libc[32];
    time_t t = (time_t)utc_s;
    struct tm tm;

    assert_non_null(gmtime_r(&t, &tm));
    assert_int_equal(strftime(libc, sizeof(libc), "%Y-%m-%dT%H:%M:%SZ", &tm), OSFT_DATE_LENGTH);
    assert_int_equal(osft_format_date(utc_s, ours), OSFT_OK);
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
    char date[OSFT_DATE_LENGTH];
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        struct setup *s = setup_body(2048, "200 OK", "{\"result\":[]}");
        assert_int_equal(osft_format_date(bad[i], date), OSFT_E_CLOCK);
        s->fake.utc = bad[i];
        assert_int_equal(setup_list(s), OSFT_E_CLOCK);
        assert_int_equal(s->fake.opened, 0);
        setup_free(s);
    }
}

/* The text without a NUL, in memory that ends with it. */
static int64_t parse(const char *text, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);
    int64_t utc_s;

    assert_non_null(copy);
    memcpy(copy, text, len);
    utc_s = osft_parse_http_date(copy, len);
    free(copy);
    return utc_s;
}

static int64_t parse_text(const char *text)
{
    return parse(text, strlen(text));
}

/* Of RFC 9110, 5.6.7: IMF-fixdate, RFC 850, asctime. */
static const char *const forms[] = { "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                     "%a %b %e %H:%M:%S %Y" };

static void check_forms(int64_t utc_s)
{
    time_t t = (time_t)utc_s;
    struct tm tm;
    size_t i;

    assert_non_null(gmtime_r(&t, &tm));
    for (i = 0; i < COUNT(forms); i++) {
        char text[64];
        size_t len = strftime(text, sizeof(text), forms[i], &tm);
        if (parse(text, len) != utc_s) {
            fail_msg("%s is read as %lld", text, (long long)parse(text, len));
        }
    }
}

static void dates_of_all_forms_are_read_on_every_day_from_2020_to_2099(void **state)
{
    int64_t day;
    (void)state;
    for (day = FIRST_SECOND / DAY; day < (LAST_SECOND + 1) / DAY; day++) {
        check_forms(day * DAY);
        check_forms(day * DAY + day % DAY);
        check_forms(day * DAY + DAY - 1);
    }
}

static void dates_are_read_through_every_second_of_a_day(void **state)
{
    int64_t s;
    (void)state;
    for (s = 0; s <= DAY; s++) {
        check_forms(INT64_C(1709164800) + s);
    }
}

static void a_leap_second_is_the_second_after_it(void **state)
{
    (void)state;
    assert_int_equal(parse_text("Tue, 30 Jun 2026 23:59:60 GMT"), 1782864000);
    assert_int_equal(parse_text("Tuesday, 30-Jun-26 23:59:60 GMT"), 1782864000);
    assert_int_equal(parse_text("Tue Jun 30 23:59:60 2026"), 1782864000);
    assert_int_equal(parse_text("Thu, 31 Dec 2099 23:59:60 GMT"), LAST_SECOND + 1);
}

/* Only the date counts: a wrong or strange weekday says no more than none. */
static void weekdays_are_not_compared(void **state)
{
    (void)state;
    assert_int_equal(parse_text("Mon, 06 Nov 2022 08:49:37 GMT"), 1667724577);
    assert_int_equal(parse_text("AZaz, 06 Nov 2022 08:49:37 GMT"), 1667724577);
    assert_int_equal(parse_text("Sunday, 06 Nov 2022 08:49:37 GMT"), 1667724577);
    assert_int_equal(parse_text("Sun, 06-Nov-22 08:49:37 GMT"), 1667724577);
    assert_int_equal(parse_text("Sunday Nov  6 08:49:37 2022"), 1667724577);
    assert_int_equal(parse_text("Sun Nov 06 08:49:37 2022"), 1667724577);
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "0",
        "120",
        "Sun",
        "Sunday, ",
        "GMT",
        /* Years this client cannot live in. */
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Tue, 31 Dec 2019 23:59:59 GMT",
        "Fri, 01 Jan 2100 00:00:00 GMT",
        "Fri, 01 May 9026 12:00:00 GMT",
        "Sunday, 06-Nov-19 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun Nov  6 08:49:37 2019",
        "Sun Nov  6 08:49:37 2100",
        /* No such day, hour, minute, second or month. */
        "Fri, 00 May 2026 12:00:00 GMT",
        "Fri, 32 May 2026 12:00:00 GMT",
        "Fri, 31 Apr 2026 12:00:00 GMT",
        "Fri, 29 Feb 2026 12:00:00 GMT",
        "Fri, 30 Feb 2024 12:00:00 GMT",
        "Fri Feb 30 12:00:00 2024",
        "Friday, 31-Jun-26 12:00:00 GMT",
        "Fri, 01 May 2026 24:00:00 GMT",
        "Fri, 01 May 2026 12:60:00 GMT",
        "Fri, 01 May 2026 12:00:61 GMT",
        "Fri, 01 Mai 2026 12:00:00 GMT",
        "Fri, 01 may 2026 12:00:00 GMT",
        "Fri, 01 Dez 2026 12:00:00 GMT",
        /* Other forms. */
        "Fri, 1 May 2026 12:00:00 GMT",
        "Fri,  1 May 2026 12:00:00 GMT",
        "Fri, -1 May 2026 12:00:00 GMT",
        "Fri, 01 May 26 12:00:00 GMT",
        "Fri, 01-May-2026 12:00:00 GMT",
        "Fri, 01-May 26 12:00:00 GMT",
        "Fri, 01 May-2026 12:00:00 GMT",
        "Fri,01 May 2026 12:00:00 GMT",
        "Fri 01 May 2026 12:00:00 GMT",
        "Fri, 01 May 2026 12:00:00",
        "Fri, 01 May 2026 12:00:00 gmt",
        "Fri, 01 May 2026 12:00:00 UTC",
        "Fri, 01 May 2026 12:00:00 GMT ",
        "Fri, 01 May 2026 12:00:00 GMT+1",
        "Fri, 01 May 2026 12:00:0a GMT",
        "Fri, 01 May 2026 1 :00:00 GMT",
        "Fri, 01 May 2026 12.00.00 GMT",
        "Fri, 0/ May 2026 12:00:00 GMT",
        "Fri, 0: May 2026 12:00:00 GMT",
        "2026-05-01T12:00:00Z",
        "Fri May 1 12:00:00 2026",
        "Fri May  1 12:00:00 2026 GMT",
        "Fri May  / 12:00:00 2026",
        "Fri May  : 12:00:00 2026",
        "Fri May /1 12:00:00 2026",
        "Fri May :1 12:00:00 2026",
        "Fri May  1 12:00: 0 2026",
        "Fri May  1 12:00:00 26",
        "Fri May 1 12:00:00  2026",
        "[ri, 01 May 2026 12:00:00 GMT",
        "@ri, 01 May 2026 12:00:00 GMT",
        "`ri, 01 May 2026 12:00:00 GMT",
        "{ri, 01 May 2026 12:00:00 GMT",
    };
    size_t i;
    (void)state;
    assert_int_equal(parse_text("Fri, 01 May 2026 12:00:00 GMT"), 1777636800);
    for (i = 0; i < COUNT(texts); i++) {
        if (parse_text(texts[i]) != -1) {
            fail_msg("%s is read as %lld", texts[i], (long long)parse_text(texts[i]));
        }
    }
}

static void only_days_that_a_month_has_are_read(void **state)
{
    static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year, day;
    size_t month;
    (void)state;
    for (year = 2023; year <= 2024; year++) {
        for (month = 0; month < COUNT(names); month++) {
            int last = days[month] + (month == 1 && year == 2024);
            for (day = 0; day < 100; day++) {
                char text[64];
                snprintf(text, sizeof(text), "Sun, %02d %s %d 00:00:00 GMT", day, names[month],
                         year);
                assert_int_equal(parse_text(text) >= 0, day >= 1 && day <= last);
                snprintf(text, sizeof(text), "Sun %s %2d 00:00:00 %d", names[month], day, year);
                assert_int_equal(parse_text(text) >= 0, day >= 1 && day <= last);
            }
        }
    }
}

static void dates_cut_or_prolonged_anywhere_are_refused(void **state)
{
    static const char *const dates[] = { "Fri, 01 May 2026 12:00:00 GMT",
                                         "Friday, 01-May-26 12:00:00 GMT",
                                         "Fri May  1 12:00:00 2026" };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(dates); i++) {
        size_t len = strlen(dates[i]);
        char longer[64];
        assert_int_equal(parse(dates[i], len), 1777636800);
        for (k = 0; k < len; k++) {
            assert_int_equal(parse(dates[i], k), -1);
        }
        memcpy(longer, dates[i], len + 1);
        assert_int_equal(parse(longer, len + 1), -1); /* with its NUL */
        longer[len] = '0';
        assert_int_equal(parse(longer, len + 1), -1);
    }
}

/* Each byte becomes each other: what is still read is a date that the form can say. */
static void a_byte_that_does_not_belong_is_refused(void **state)
{
    static const char date[] = "Fri, 21 Mar 2026 12:34:56 GMT";
    static const char separators[] = { 3, 4, 7, 11, 12, 13, 16, 19, 22, 25, 26, 27, 28 };
    size_t i;
    unsigned b;
    (void)state;
    for (i = 0; i < sizeof(separators); i++) {
        for (b = 0; b < 256; b++) {
            char bent[sizeof(date)];
            memcpy(bent, date, sizeof(date));
            bent[(size_t)separators[i]] = (char)b;
            if (bent[(size_t)separators[i]] != date[(size_t)separators[i]]) {
                assert_int_equal(parse(bent, sizeof(date) - 1), -1);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date_is_right_on_every_day),
        cmocka_unit_test(date_is_right_through_every_second_of_a_leap_day),
        cmocka_unit_test(date_is_right_in_every_year_until_2099),
        cmocka_unit_test(date_that_no_clock_should_show_is_refused),
        cmocka_unit_test(dates_of_all_forms_are_read_on_every_day_from_2020_to_2099),
        cmocka_unit_test(dates_are_read_through_every_second_of_a_day),
        cmocka_unit_test(a_leap_second_is_the_second_after_it),
        cmocka_unit_test(weekdays_are_not_compared),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(only_days_that_a_month_has_are_read),
        cmocka_unit_test(dates_cut_or_prolonged_anywhere_are_refused),
        cmocka_unit_test(a_byte_that_does_not_belong_is_refused),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
