/* SPDX-License-Identifier: Apache-2.0 */
/* The small parts: dates, error texts, what a refusal means, the state of a task. */
#include <limits.h>
#include <time.h>
#include "support_fake.h"
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

static void every_error_has_a_text_of_its_own(void **state)
{
    static const int errors[] = { OSFT_OK,         OSFT_E_ARG,     OSFT_E_SPACE,     OSFT_E_TASKS,
                                  OSFT_E_STATE,    OSFT_E_IO,      OSFT_E_TIMEOUT,   OSFT_E_RESOLVE,
                                  OSFT_E_TLS,      OSFT_E_CERT,    OSFT_E_CERT_TIME, OSFT_E_CLOCK,
                                  OSFT_E_RANDOM,   OSFT_E_HASH,    OSFT_E_CUT,       OSFT_E_HTTP,
                                  OSFT_E_JSON,     OSFT_E_ANSWER,  OSFT_E_HTML,      OSFT_E_EMPTY,
                                  OSFT_E_REDIRECT, OSFT_E_REFUSED, OSFT_EOF,         OSFT_E_STOPPED,
                                  OSFT_E_SAVED,    OSFT_E_TOKEN };
    const size_t n = sizeof(errors) / sizeof(errors[0]);
    size_t i, k;
    int err, known = 0;
    (void)state;
    for (i = 0; i < n; i++) {
        assert_true(strlen(osft_strerror(errors[i])) > 3);
        for (k = 0; k < i; k++) {
            assert_string_not_equal(osft_strerror(errors[i]), osft_strerror(errors[k]));
        }
    }
    for (err = -300; err <= 300; err++) {
        known += strcmp(osft_strerror(err), osft_strerror(12345)) != 0;
    }
    assert_int_equal(known, n);
    assert_non_null(osft_strerror(INT_MIN));
    assert_non_null(osft_strerror(INT_MAX));
}

static void every_json_reason_has_a_text(void **state)
{
    unsigned e;
    (void)state;
    for (e = 0; e < 256; e++) {
        assert_true(strlen(osft_json_reason((uint8_t)e)) > 3);
    }
}

static enum osft_cause cause(const char *code, uint16_t http_status)
{
    struct osft_page page;
    memset(&page, 0, sizeof(page));
    page.code.ptr = code;
    page.code.len = code != NULL ? strlen(code) : 0;
    page.http_status = http_status;
    return osft_refusal(&page);
}

static void a_refusals_code_tells_its_cause(void **state)
{
    static const struct {
        const char *code;
        uint16_t http;
        enum osft_cause cause;
    } cases[] = {
        { "InvalidTimeStamp.Expired", 400, OSFT_CAUSE_CLOCK },
        { "InvalidTimeStamp.Format", 400, OSFT_CAUSE_CLOCK },
        { "IllegalTimestamp", 400, OSFT_CAUSE_CLOCK },
        { "SignatureNonceUsed", 400, OSFT_CAUSE_NONCE },
        { "SignatureDoesNotMatch", 400, OSFT_CAUSE_SIGNATURE },
        { "SignatureDoesNotMatch", 403, OSFT_CAUSE_SIGNATURE },
        { "IncompleteSignature", 400, OSFT_CAUSE_SIGNATURE },
        { "InvalidAccessKeyId.NotFound", 404, OSFT_CAUSE_KEY },
        { "InvalidAccessKeyId.Inactive", 400, OSFT_CAUSE_KEY },
        { "InvalidSecurityToken.Expired", 400, OSFT_CAUSE_TOKEN },
        { "InvalidSecurityToken.Malformed", 400, OSFT_CAUSE_TOKEN },
        { "InvalidSecurityToken.MismatchWithAccessKey", 400, OSFT_CAUSE_TOKEN },
        { "Throttling", 400, OSFT_CAUSE_THROTTLED },
        { "Throttling.User", 429, OSFT_CAUSE_THROTTLED },
        { "Throttling.Api", 503, OSFT_CAUSE_THROTTLED },
        { "ServiceUnavailable", 503, OSFT_CAUSE_BUSY },
        { "InternalError", 500, OSFT_CAUSE_BUSY },
        { "Forbidden.RAM", 403, OSFT_CAUSE_DENIED },
        { "NoPermission", 403, OSFT_CAUSE_DENIED },
        { "Task.NotExist", 404, OSFT_CAUSE_NOT_FOUND },
        { "Task.NotExist", 200, OSFT_CAUSE_NOT_FOUND },
        { "App.NotFound", 404, OSFT_CAUSE_NOT_FOUND },
        { "App.NotFound", 200, OSFT_CAUSE_NOT_FOUND },
        { NULL, 404, OSFT_CAUSE_NOT_FOUND },
        { NULL, 429, OSFT_CAUSE_THROTTLED },
        { NULL, 500, OSFT_CAUSE_BUSY },
        { NULL, 502, OSFT_CAUSE_BUSY },
        { NULL, 503, OSFT_CAUSE_BUSY },
        { NULL, 403, OSFT_CAUSE_DENIED },
        { NULL, 400, OSFT_CAUSE_OTHER },
        { NULL, 200, OSFT_CAUSE_OTHER },
        { "", 400, OSFT_CAUSE_OTHER },
        { "Throttlin", 400, OSFT_CAUSE_OTHER },
        { "X.Throttling", 400, OSFT_CAUSE_OTHER },
        { "throttling", 400, OSFT_CAUSE_OTHER },
        { "NotExis", 400, OSFT_CAUSE_OTHER },
        { "Something.Else", 400, OSFT_CAUSE_OTHER },
        { "Something.Else", 503, OSFT_CAUSE_BUSY },
    };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cause(cases[i].code, cases[i].http) != cases[i].cause) {
            fail_msg("%s with %u is %d", cases[i].code != NULL ? cases[i].code : "no code",
                     cases[i].http, (int)cause(cases[i].code, cases[i].http));
        }
    }
}

static void a_tasks_state_is_told_by_its_exact_text(void **state)
{
    static const struct {
        const char *text;
        enum osft_state state;
    } cases[] = { { "success", OSFT_SUCCESS },    { "failed", OSFT_FAILED },
                  { "running", OSFT_RUNNING },    { "", OSFT_STATE_OTHER },
                  { NULL, OSFT_STATE_OTHER },     { "Success", OSFT_STATE_OTHER },
                  { "succes", OSFT_STATE_OTHER }, { "successs", OSFT_STATE_OTHER },
                  { "pending", OSFT_STATE_OTHER } };
    struct osft_task task;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&task, 0, sizeof(task));
        task.status.ptr = cases[i].text;
        task.status.len = cases[i].text != NULL ? strlen(cases[i].text) : 0;
        assert_int_equal(osft_task_state(&task), cases[i].state);
    }
    task.status.ptr = "failed\0"; /* the length counts, not the NUL */
    task.status.len = 7;
    assert_int_equal(osft_task_state(&task), OSFT_STATE_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date_is_right_on_every_day),
        cmocka_unit_test(date_is_right_through_every_second_of_a_leap_day),
        cmocka_unit_test(date_is_right_in_every_year_until_2099),
        cmocka_unit_test(date_that_no_clock_should_show_is_refused),
        cmocka_unit_test(every_error_has_a_text_of_its_own),
        cmocka_unit_test(every_json_reason_has_a_text),
        cmocka_unit_test(a_refusals_code_tells_its_cause),
        cmocka_unit_test(a_tasks_state_is_told_by_its_exact_text),
    };
    return cmocka_run_group_tests_name("misc", tests, NULL, NULL);
}
