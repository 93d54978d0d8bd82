/* SPDX-License-Identifier: Apache-2.0 */
/* What a link learns: the service's time, and new credentials; and what it must not leave lying about. */
#include <pthread.h>
#include "script.h"
#include "when.h"
#include "osft_mbedtls_sha256.h"

#define GOOD     "{\"requestId\":\"r\",\"result\":[{\"runId\":\"x\"}]}"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MAY_1    "Date: Fri, 01 May 2026 12:00:00 GMT\r\n"
#define MAY_1_S  1777636800

static const char *good(void)
{
    return script_answer("200 OK", "", GOOD);
}

static const char *refusal(const char *headers, const char *code)
{
    char body[256];
    snprintf(body, sizeof(body), "{\"RequestId\":\"q\",\"Code\":\"%s\",\"Message\":\"no\"}", code);
    return script_answer("400 Bad Request", headers, body);
}

static void a_wrong_clock_is_corrected_once_and_remembered(void **state)
{
    static const char *const codes[] = { "InvalidTimeStamp.Expired", "InvalidTimeStamp.Format",
                                         "IllegalTimestamp" };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(codes); i++) {
        struct exchange list[3] = { { refusal(MAY_1, codes[i]), 0, 0, 0 },
                                    { good(), 0, 0, 0 },
                                    { good(), 0, 0, 0 } };
        struct script *s = script_new(list, 3);
        int64_t skew = MAY_1_S - s->utc;
        s->settings.tries = 1; /* what can only help is no retry */
        assert_int_equal(script_list(s, 60000), OSFT_OK);
        assert_int_equal(s->link.attempts, 2);
        assert_int_equal(s->link.last, OSFT_E_REFUSED);
        assert_true(s->link.skew_s == skew);
        assert_int_equal(s->wait_count, 0);
        assert_string_equal(script_header(s, 0, "x-acs-date"), "2026-01-01T00:00:00Z");
        assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-05-01T12:00:00Z");
        s->utc += 61;
        assert_int_equal(script_list(s, 60000), OSFT_OK);
        assert_int_equal(s->link.attempts, 1);
        assert_string_equal(script_header(s, 2, "x-acs-date"), "2026-05-01T12:01:01Z");
        assert_true(s->learned == -1); /* a device that has a clock keeps it */
        script_free(s);
    }
}

static void a_clock_refused_again_is_final(void **state)
{
    struct exchange list[3] = {
        { refusal(MAY_1, "InvalidTimeStamp.Expired"), 0, 0, 0 },
        { refusal("Date: Sat, 02 May 2026 12:00:00 GMT\r\n", "InvalidTimeStamp.Expired"), 0, 0, 0 },
        { good(), 0, 0, 0 }
    };
    struct script *s = script_new(list, 3);
    (void)state;
    assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
    assert_int_equal(s->link.attempts, 2);
    assert_int_equal(osft_refusal(&s->page), OSFT_CAUSE_CLOCK);
    script_free(s);
}

static void a_date_that_is_absent_broken_or_absurd_changes_nothing(void **state)
{
    static const char *const dates[] = {
        "", "Date: \r\n", "Date: yesterday\r\n", "Date: 1777636800\r\n",
        "Date: 2026-05-01T12:00:00Z\r\n", "Date: Fri, 01 May 2026 12:00:00 CET\r\n",
        "Date: Fri, 01 May 2026 12:00:00 GMT+1\r\n", "Date: Fri, 01 May 2026 25:00:00 GMT\r\n",
        "Date: Fri, 01 May 2026 12:60:00 GMT\r\n", "Date: Fri, 01 May 2026 12:00:61 GMT\r\n",
        "Date: Fri, 00 May 2026 12:00:00 GMT\r\n", "Date: Fri, 32 May 2026 12:00:00 GMT\r\n",
        "Date: Fri, 01 Mai 2026 12:00:00 GMT\r\n", "Date: Fri, -1 May 2026 12:00:00 GMT\r\n",
        "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", "Date: Tue, 31 Dec 2019 23:59:59 GMT\r\n",
        "Date: Fri, 01 Jan 2100 00:00:00 GMT\r\n", "Date: Fri, 01 May 9026 12:00:00 GMT\r\n",
        /* what it was signed with */
        "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(dates); i++) {
        struct exchange list[1] = { { refusal(dates[i], "InvalidTimeStamp.Expired"), 0, 0, 0 } };
        struct script *s = script_new(list, 1);
        assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
        assert_int_equal(s->link.attempts, 1);
        assert_true(s->link.skew_s == 0);
        script_free(s);
    }
}

static void dates_are_read_as_a_calendar_has_them(void **state)
{
    /* Day by day through the years that are believed, against a count of days. */
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t days = 18262; /* 2020-01-01 */
    int year, month, day;
    (void)state;
    for (year = 2020; year < 2100; year++) {
        for (month = 0; month < 12; month++) {
            int length = lengths[month] + (month == 1 && year % 4 == 0);
            for (day = 1; day <= length; day++, days++) {
                char text[40];
                struct osft_span span = { text, 0 };
                span.len = (size_t)snprintf(text, sizeof(text), "Xxx, %02d %s %d 23:59:58 GMT", day,
                                            months[month], year);
                assert_true(osft_http_date(&span) == days * 86400 + 86398);
            }
        }
    }
}

static int64_t learnt;
static void learn(void *ctx, int64_t utc_s)
{
    struct script *s = ctx;
    s->learned = learnt = utc_s;
    s->utc = utc_s; /* such a port has a clock from now on */
}

static void a_device_without_a_clock_learns_the_time(void **state)
{
    struct exchange list[5] = { { refusal(MAY_1, "InvalidTimeStamp.Expired"), 0, 0, 0 },
                                { good(), 0, 0, 0 },
                                { good(), 0, 0, 0 },
                                { good(), 0, 0, 0 },
                                { good(), 0, 0, 0 } };
    struct script *s = script_new(list, 5);
    (void)state;
    s->utc = -1;
    s->ticks = 5500;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->link.attempts, 2);
    assert_string_equal(script_header(s, 0, "x-acs-date"), "1970-01-01T00:00:00Z");
    assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-05-01T12:00:00Z");
    assert_int_equal(s->closed, 1); /* the connection that told the time is not used further */
    s->ticks += 100000;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->link.attempts, 1);
    assert_string_equal(script_header(s, 2, "x-acs-date"), "2026-05-01T12:01:40Z");
    /* Then somebody sets its clock: that counts, without what was learned. */
    s->utc = MAY_1_S + 7;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_string_equal(script_header(s, 3, "x-acs-date"), "2026-05-01T12:00:07Z");
    /* And it is lost again. */
    s->utc = -1;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    script_free(s);
}

static void a_port_that_can_learn_is_told(void **state)
{
    struct exchange list[3] = { { refusal(MAY_1, "InvalidTimeStamp.Expired"), 0, 0, 0 },
                                { good(), 0, 0, 0 },
                                { good(), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    (void)state;
    s->utc = -1;
    s->port.learn_utc = learn;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_true(learnt == MAY_1_S);
    assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-05-01T12:00:00Z");
    assert_true(s->link.skew_s == 0);
    s->utc++;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_string_equal(script_header(s, 2, "x-acs-date"), "2026-05-01T12:00:01Z");
    script_free(s);
}

static void ignore(void *ctx, int64_t utc_s)
{
    (void)ctx;
    learnt = utc_s;
}

static void a_time_that_the_port_does_not_believe_signs_nothing(void **state)
{
    struct exchange list[1] = { { refusal(MAY_1, "InvalidTimeStamp.Expired"), 0, 0, 0 } };
    struct script *s = script_new(list, 1);
    (void)state;
    s->utc = -1;
    s->port.learn_utc = ignore;
    learnt = 0;
    assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
    assert_true(learnt == MAY_1_S);
    assert_int_equal(s->link.attempts, 1);
    assert_true(s->link.skew_s == 0);
    assert_int_equal(osft_refusal(&s->page), OSFT_CAUSE_CLOCK);
    script_free(s);
}

static void a_device_without_a_clock_gets_the_refusal_that_teaches_nothing(void **state)
{
    struct exchange list[1] = { { refusal("", "InvalidTimeStamp.Expired"), 0, 0, 0 } };
    struct script *s = script_new(list, 1);
    (void)state;
    s->utc = -1;
    assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
    assert_int_equal(s->link.attempts, 1);
    script_free(s);
}

struct keys {
    struct script *s;
    int asked, expired, fail_at;
    char token[32];
};

static int renew(void *ctx, int expired)
{
    struct keys *k = ctx;
    k->asked++;
    k->expired += expired;
    snprintf(k->token, sizeof(k->token), "token-%d", k->asked);
    k->s->credentials.token.ptr = k->token;
    k->s->credentials.token.len = strlen(k->token);
    return k->asked == k->fail_at ? -1 : 0;
}

static void credentials_are_asked_for_at_each_attempt(void **state)
{
    struct exchange list[3] = { { script_answer("503 No", "", ""), 0, 0, 0 },
                                { refusal("", "InvalidSecurityToken.Expired"), 0, 0, 0 },
                                { good(), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    struct keys k = { s, 0, 0, 0, "" };
    (void)state;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    s->settings.tries = 2;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(k.asked, 3);
    assert_int_equal(k.expired, 1);
    assert_string_equal(script_header(s, 0, "x-acs-security-token"), "token-1");
    assert_string_equal(script_header(s, 1, "x-acs-security-token"), "token-2");
    assert_string_equal(script_header(s, 2, "x-acs-security-token"), "token-3");
    script_free(s);
}

static void an_expired_token_has_an_error_of_its_own(void **state)
{
    struct exchange list[2] = { { refusal("", "InvalidSecurityToken.Expired"), 0, 0, 0 },
                                { refusal("", "InvalidSecurityToken.Expired"), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    struct keys k = { s, 0, 0, 0, "" };
    (void)state;
    assert_int_equal(script_list(s, 60000), OSFT_E_TOKEN); /* nobody to ask */
    assert_int_equal(s->link.attempts, 1);
    assert_span(s->page.code, "InvalidSecurityToken.Expired");
    script_free(s);

    s = script_new(list, 2);
    k.s = s;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    assert_int_equal(script_list(s, 60000), OSFT_E_TOKEN); /* asked, and still expired */
    assert_int_equal(s->link.attempts, 2);
    assert_int_equal(k.expired, 1);
    script_free(s);

    s = script_new(list, 1);
    k.s = s;
    k.asked = 0;
    k.fail_at = 1;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    memset(&s->page, 0x5a, sizeof(s->page)); /* it must be told what happened, all the same */
    s->page.stream = NULL;
    assert_int_equal(script_list(s, 60000), OSFT_E_TOKEN); /* none to be had */
    assert_int_equal(s->opened, 0);
    assert_int_equal(s->page.count, 0);
    assert_int_equal(s->page.http_status, 0);
    script_free(s);
}

/* Secrets that would be found wherever they were left. */
#define SECRET "sEcReT-of-the-test-0123456789"
#define TOKEN  "tOkEn-of-the-test-0123456789"

static struct script *secretive;
static int secretive_result;

static void *call(void *arg)
{
    (void)arg;
    secretive_result = osft_link_list(&secretive->link, &secretive->query, 60000, &secretive->page);
    return NULL;
}

/* The call on a stack that can be searched afterwards; returns what was found. */
static int leaks(struct script *s)
{
    static char stack[256 * 1024] __attribute__((aligned(4096)));
    const void *hash = s->settings.sha256->ctx;
    pthread_attr_t attributes;
    pthread_t thread;

    memset(stack, 0, sizeof(stack));
    secretive = s;
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, sizeof(stack)), 0);
    assert_int_equal(pthread_create(&thread, &attributes, call, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    return script_holds(stack, sizeof(stack), SECRET) + script_holds(stack, sizeof(stack), TOKEN) +
           script_holds(s->work, sizeof(s->work), SECRET) +
           script_holds(s->work, sizeof(s->work), TOKEN) +
           script_holds(s->work, sizeof(s->work), "Signature=") +
           script_holds(&s->link, sizeof(s->link), SECRET) +
           script_holds(&s->link, sizeof(s->link), TOKEN) +
           script_holds(&s->page, sizeof(s->page), TOKEN) +
           script_holds(s->tasks, sizeof(s->tasks), TOKEN) +
           script_holds(hash, sizeof(struct osft_mbedtls_sha256), SECRET) +
           script_holds(hash, sizeof(struct osft_mbedtls_sha256), TOKEN);
}

static void no_memory_of_ours_keeps_a_secret(void **state)
{
    const struct exchange firsts[] = { { good(), 0, 0, 0 },
                                       { NULL, OSFT_E_IO, 0, 0 },
                                       { NULL, 0, OSFT_E_IO, 0 },
                                       { NULL, 0, 0, OSFT_E_IO },
                                       { NULL, 0, 0, OSFT_EOF },
                                       { NULL, 0, 0, 0 },
                                       { "garbage", 0, 0, 0 },
                                       { script_answer("200 OK", "", "oops"), 0, 0, 0 },
                                       { script_answer("302 No", "", ""), 0, 0, 0 },
                                       { refusal("", "SignatureDoesNotMatch"), 0, 0, 0 },
                                       { refusal("", "InvalidSecurityToken.Expired"), 0, 0, 0 },
                                       { refusal(MAY_1, "InvalidTimeStamp.Expired"), 0, 0, 0 },
                                       { script_answer("503 No", "", ""), 0, 0, 0 } };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(firsts); i++) {
        size_t room;
        /* With all the room that it needs, and with none for the request or for the answer. */
        for (room = sizeof(secretive->work); room > 100; room = room * 3 / 4) {
            struct exchange list[2];
            struct script *s = script_new(list, 2);
            list[0] = list[1] = firsts[i];
            s->credentials.secret.ptr = SECRET;
            s->credentials.secret.len = strlen(SECRET);
            s->credentials.token.ptr = TOKEN;
            s->credentials.token.len = strlen(TOKEN);
            s->settings.work_size = room;
            s->settings.tries = 2;
            if (leaks(s) != 0) {
                fail_msg("case %zu, room %zu, result %d: a secret is left", i, room,
                         secretive_result);
            }
            script_free(s);
        }
    }
}

/* The search itself: it finds what lies there. */
static void the_search_for_secrets_finds_one(void **state)
{
    struct exchange list[1] = { { good(), 0, 0, 0 } };
    struct script *s = script_new(list, 1);
    (void)state;
    strcpy(s->work + 1000, TOKEN); /* beyond the short answer, and beyond the request */
    s->settings.work_size = 900;
    assert_int_equal(leaks(s), 1);
    assert_int_equal(secretive_result, OSFT_OK);
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_clock_is_corrected_once_and_remembered),
        cmocka_unit_test(a_clock_refused_again_is_final),
        cmocka_unit_test(a_date_that_is_absent_broken_or_absurd_changes_nothing),
        cmocka_unit_test(dates_are_read_as_a_calendar_has_them),
        cmocka_unit_test(a_device_without_a_clock_learns_the_time),
        cmocka_unit_test(a_port_that_can_learn_is_told),
        cmocka_unit_test(a_time_that_the_port_does_not_believe_signs_nothing),
        cmocka_unit_test(a_device_without_a_clock_gets_the_refusal_that_teaches_nothing),
        cmocka_unit_test(credentials_are_asked_for_at_each_attempt),
        cmocka_unit_test(an_expired_token_has_an_error_of_its_own),
        cmocka_unit_test(no_memory_of_ours_keeps_a_secret),
        cmocka_unit_test(the_search_for_secrets_finds_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
