/* SPDX-License-Identifier: Apache-2.0 */
/* When a client learns the service's time, and when it uses the offset that it learned. */
#include "script.h"

#define MAY_1   "Date: Fri, 01 May 2026 12:00:00 GMT\r\n"
#define MAY_1_S 1777636800

static const char *clock_refusal(const char *headers)
{
    return script_refusal("400 Bad Request", headers, "InvalidTimeStamp.Expired");
}

static void a_wrong_clock_is_corrected_once_and_remembered(void **state)
{
    static const char *const codes[] = { "InvalidTimeStamp.Expired", "InvalidTimeStamp.Format",
                                         "IllegalTimestamp" };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(codes); i++) {
        struct exchange list[3] = { { script_refusal("400 No", MAY_1, codes[i]), 0, 0, 0 },
                                    { script_good(""), 0, 0, 0 },
                                    { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 3);
        int64_t offset = MAY_1_S - s->utc;
        s->retry.attempts = 1; /* an attempt that corrects the clock is not counted */
        assert_int_equal(script_list(s, 60000), OSFT_OK);
        assert_int_equal(s->client.reply.attempts, 2);
        assert_int_equal(s->client.reply.last_error, OSFT_E_REFUSED);
        assert_true(s->client.clock_offset_s == offset);
        assert_int_equal(s->wait_count, 0);
        assert_string_equal(script_header(s, 0, "x-acs-date"), "2026-01-01T00:00:00Z");
        assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-05-01T12:00:00Z");
        s->utc += 61;
        assert_int_equal(script_list(s, 60000), OSFT_OK);
        assert_int_equal(s->client.reply.attempts, 1);
        assert_string_equal(script_header(s, 2, "x-acs-date"), "2026-05-01T12:01:01Z");
        assert_true(s->learned == -1); /* learn_utc is not called on a device that has a clock */
        script_free(s);
    }
}

static void a_saved_offset_is_used_from_the_first_request_on(void **state)
{
    static const struct {
        int64_t offset;
        const char *date;
    } cases[] = { { MAY_1_S - 1767225600, "2026-05-01T12:00:00Z" },
                  { 1, "2026-01-01T00:00:01Z" },
                  { -1, "2025-12-31T23:59:59Z" } };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct exchange list[1] = { { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 1);
        s->client.clock_offset_s = cases[i].offset;
        assert_int_equal(script_list(s, 60000), OSFT_OK);
        assert_string_equal(script_header(s, 0, "x-acs-date"), cases[i].date);
        script_free(s);
    }
}

/* The clock is 60 years ahead, and the client learns this offset. Then the clock is set right. The
 * time minus 60 years is before 1970 and cannot be sent. */
static void an_offset_that_cannot_be_used_is_dropped(void **state)
{
    struct exchange list[4] = { { clock_refusal(MAY_1), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 4);
    (void)state;
    s->utc = MAY_1_S + INT64_C(60) * 365 * 86400;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_true(s->client.clock_offset_s == INT64_C(-60) * 365 * 86400);
    s->utc = MAY_1_S + 60;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_true(s->client.clock_offset_s == 0);
    assert_string_equal(script_header(s, 2, "x-acs-date"), "2026-05-01T12:01:00Z");
    s->utc += 60; /* the clock keeps that error */
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_string_equal(script_header(s, 3, "x-acs-date"), "2026-05-01T12:02:00Z");
    script_free(s);
}

/* The clock is set right by a step so small that the learned offset still gives a date that can be
 * sent. The service refuses that date, and the client learns the offset again. */
static void an_offset_that_is_wrong_is_learned_anew(void **state)
{
    struct exchange list[5] = { { clock_refusal(MAY_1), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { clock_refusal(MAY_1), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 5);
    (void)state;
    s->utc = MAY_1_S + 86400;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    s->utc = MAY_1_S;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_true(s->client.clock_offset_s == 0);
    assert_string_equal(script_header(s, 2, "x-acs-date"), "2026-04-30T12:00:00Z");
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 1);
    script_free(s);
}

static void a_clock_refused_again_is_final(void **state)
{
    struct exchange list[3] = { { clock_refusal(MAY_1), 0, 0, 0 },
                                { clock_refusal("Date: Sat, 02 May 2026 12:00:00 GMT\r\n"), 0, 0,
                                  0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    (void)state;
    assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_int_equal(osft_cause_of(&s->client.reply), OSFT_CAUSE_CLOCK);
    assert_int_equal(script_list(s, 60000), OSFT_OK); /* the clock is corrected once a call */
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
        /* the same time as the request was signed with */
        "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(dates); i++) {
        struct exchange list[1] = { { clock_refusal(dates[i]), 0, 0, 0 } };
        struct script *s = script_new(list, 1);
        assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
        assert_int_equal(s->client.reply.attempts, 1);
        assert_true(s->client.clock_offset_s == 0);
        script_free(s);
    }
}

static void each_form_of_a_date_is_learned_from(void **state)
{
    static const char *const dates[] = { MAY_1, "Date: Friday, 01-May-26 12:00:00 GMT\r\n",
                                         "Date: Fri May  1 12:00:00 2026\r\n",
                                         "Date: Fri, 01 May 2026 11:59:60 GMT\r\n" };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(dates); i++) {
        struct exchange list[2] = { { clock_refusal(dates[i]), 0, 0, 0 },
                                    { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 2);
        assert_int_equal(script_list(s, 60000), OSFT_OK);
        assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-05-01T12:00:00Z");
        script_free(s);
    }
}

static int64_t learned_s;
static void learn(void *ctx, int64_t utc_s)
{
    struct script *s = ctx;
    s->learned = learned_s = utc_s;
    s->utc = utc_s; /* the port has a clock from now on */
}

static void a_device_without_a_clock_learns_the_time(void **state)
{
    struct exchange list[5] = { { clock_refusal(MAY_1), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 5);
    (void)state;
    s->utc = -1;
    s->ticks = 5500;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_string_equal(script_header(s, 0, "x-acs-date"), "1970-01-01T00:00:00Z");
    assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-05-01T12:00:00Z");
    assert_int_equal(s->closed, 1); /* the connection whose response told the time is closed */
    s->ticks += 100000;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_string_equal(script_header(s, 2, "x-acs-date"), "2026-05-01T12:01:40Z");
    /* Then the clock is set. The client uses it, without the offset that it learned before. */
    s->utc = MAY_1_S + 7;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_string_equal(script_header(s, 3, "x-acs-date"), "2026-05-01T12:00:07Z");
    /* Then the clock is lost again. */
    s->utc = -1;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    script_free(s);
}

static void a_port_that_can_learn_is_told_the_time(void **state)
{
    struct exchange list[3] = { { clock_refusal(MAY_1), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    (void)state;
    s->utc = -1;
    s->port.learn_utc = learn;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_true(learned_s == MAY_1_S);
    assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-05-01T12:00:00Z");
    assert_true(s->client.clock_offset_s == 0);
    s->utc++;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_string_equal(script_header(s, 2, "x-acs-date"), "2026-05-01T12:00:01Z");
    script_free(s);
}

/* The time 0, the beginning of 1970, is a time; only a negative result says that there is no clock.
 */
static void a_clock_that_returns_0_is_a_clock(void **state)
{
    struct exchange list[2] = { { clock_refusal(MAY_1), 0, 0, 0 }, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    (void)state;
    s->utc = 0;
    s->port.learn_utc = learn;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_true(s->learned == -1);
    assert_true(s->client.clock_offset_s == MAY_1_S);
    script_free(s);
}

static void ignore(void *ctx, int64_t utc_s)
{
    (void)ctx;
    learned_s = utc_s;
}

static void a_time_that_the_port_does_not_believe_signs_nothing(void **state)
{
    struct exchange list[1] = { { clock_refusal(MAY_1), 0, 0, 0 } };
    struct script *s = script_new(list, 1);
    (void)state;
    s->utc = -1;
    s->port.learn_utc = ignore;
    learned_s = 0;
    assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
    assert_true(learned_s == MAY_1_S);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_true(s->client.clock_offset_s == 0);
    assert_int_equal(osft_cause_of(&s->client.reply), OSFT_CAUSE_CLOCK);
    script_free(s);
}

static void a_refusal_without_a_date_is_final_on_a_device_without_a_clock(void **state)
{
    struct exchange list[1] = { { clock_refusal(""), 0, 0, 0 } };
    struct script *s = script_new(list, 1);
    (void)state;
    s->utc = -1;
    assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
    assert_int_equal(s->client.reply.attempts, 1);
    script_free(s);
}

static int (*fast_recv)(void *ctx, void *buffer, size_t room);
static int slow_recv(void *ctx, void *buffer, size_t room)
{
    struct script *s = ctx;
    s->ticks += 1000;
    return fast_recv(ctx, buffer, room);
}

static void a_clock_is_not_corrected_when_no_time_is_left_to_sign_again(void **state)
{
    struct exchange list[2] = { { clock_refusal(MAY_1), 0, 0, 0 }, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    (void)state;
    fast_recv = s->port.recv;
    s->port.recv = slow_recv;
    assert_int_equal(script_list(s, 1000), OSFT_E_REFUSED);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_int_equal(script_list(s, 60000), OSFT_OK); /* with the offset that was learned */
    assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-05-01T12:00:00Z");
    script_free(s);
}

static void without_retries_a_clock_is_not_corrected(void **state)
{
    struct exchange list[1] = { { clock_refusal(MAY_1), 0, 0, 0 } };
    struct script *s = script_new(list, 1);
    (void)state;
    s->settings.retry = NULL;
    assert_int_equal(script_list(s, 1000), OSFT_E_REFUSED);
    assert_true(s->client.clock_offset_s == 0);
    assert_int_equal(osft_cause_of(&s->client.reply), OSFT_CAUSE_CLOCK);
    script_free(s);
}

/* The offset was learned relative to the clock; added to the ticks it would give a wrong time. */
static void an_offset_is_not_used_while_the_clock_is_lost(void **state)
{
    struct exchange list[2] = { { script_good(""), 0, 0, 0 }, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    (void)state;
    s->client.clock_offset_s = 1000;
    s->utc = -1;
    s->ticks = 5000;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_string_equal(script_header(s, 0, "x-acs-date"), "1970-01-01T00:00:00Z");
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_clock_is_corrected_once_and_remembered),
        cmocka_unit_test(a_saved_offset_is_used_from_the_first_request_on),
        cmocka_unit_test(an_offset_that_cannot_be_used_is_dropped),
        cmocka_unit_test(an_offset_that_is_wrong_is_learned_anew),
        cmocka_unit_test(a_clock_refused_again_is_final),
        cmocka_unit_test(a_date_that_is_absent_broken_or_absurd_changes_nothing),
        cmocka_unit_test(each_form_of_a_date_is_learned_from),
        cmocka_unit_test(a_device_without_a_clock_learns_the_time),
        cmocka_unit_test(a_clock_that_returns_0_is_a_clock),
        cmocka_unit_test(a_port_that_can_learn_is_told_the_time),
        cmocka_unit_test(a_time_that_the_port_does_not_believe_signs_nothing),
        cmocka_unit_test(a_refusal_without_a_date_is_final_on_a_device_without_a_clock),
        cmocka_unit_test(a_clock_is_not_corrected_when_no_time_is_left_to_sign_again),
        cmocka_unit_test(without_retries_a_clock_is_not_corrected),
        cmocka_unit_test(an_offset_is_not_used_while_the_clock_is_lost),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
