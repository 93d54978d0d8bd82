/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how long the client waits for the headers Retry-After and x-acs-retry-after, whatever the
 * body of the response is. */
#include "script.h"

#define DATE "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"

static const char *const bodies[] = { "{}",     "{\"Code\":\"Throttling.User\"}",
                                      "<html>", "",
                                      "oops",   "{\"result\":[" };

/* Check that a response with these headers makes the reply give a wait of ms, and that the client
 * waits for ms before the next attempt. */
static void check(const char *status, const char *headers, const char *body, uint32_t ms)
{
    struct exchange list[2] = { { script_response(status, headers, body), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);

    s->retry.attempts = 1;
    assert_int_not_equal(script_list(s, 0), OSFT_OK);
    if (s->client.reply.retry_after_ms != ms) {
        fail_msg("asks for %u ms, not %u: %s%s", (unsigned)s->client.reply.retry_after_ms,
                 (unsigned)ms, headers, body);
    }
    assert_int_equal(s->ticks, 0);
    script_free(s);

    s = script_new(list, 2);
    assert_int_equal(script_list(s, 0), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_int_equal(s->ticks, ms);
    assert_int_equal(s->client.reply.retry_after_ms, 0); /* the last response asks for no wait */
    assert_int_equal(s->client.reply.retry_wait_ms, 0);
    script_free(s);
}

static void what_the_service_asks_to_wait_is_told_and_heeded(void **state)
{
    static const struct {
        const char *headers;
        uint32_t ms;
    } cases[] = {
        { "", 0 },
        { "Retry-After: 7\r\n", 7000 },
        { "RETRY-AFTER:7 \r\n", 7000 },
        { "Retry-After:\r\n 7\r\n", 7000 },
        { "x-acs-retry-after: 250\r\n", 250 },
        { "Retry-After: 1\r\nX-Acs-Retry-After: 250\r\n", 1000 }, /* the longest counts */
        { "X-Acs-Retry-After: 1250\r\nRetry-After: 1\r\n", 1250 },
        { "Retry-After: 1\r\nRetry-After: 2\r\n", 2000 },
        { "Retry-After: 0\r\n", 0 },
        { "Retry-After: -5\r\n", 0 },
        { "Retry-After: +5\r\n", 0 },
        { "Retry-After: 5.5\r\n", 0 },
        { "Retry-After: soon\r\n", 0 },
        { "Retry-After:\r\n", 0 },
        { "Retry-Afte: 5\r\nRetry-After2: 5\r\nX-Retry-After: 5\r\nacs-retry-after: 5\r\n", 0 },
        /* The three forms of a date (RFC 9110, 5.6.7). */
        { DATE "Retry-After: Thu, 01 Jan 2026 00:00:42 GMT\r\n", 42000 },
        { DATE "Retry-After: Thursday, 01-Jan-26 00:00:42 GMT\r\n", 42000 },
        { DATE "Retry-After: Thu Jan  1 00:00:42 2026\r\n", 42000 },
        { "Retry-After: Thu, 01 Jan 2026 00:00:42 GMT\r\n" DATE, 42000 },
        { "Date: Thursday, 01-Jan-26 00:00:00 GMT\r\nRetry-After: Thu Jan  1 00:00:42 2026\r\n",
          42000 },
        { "Retry-After: Thu, 01 Jan 2026 00:00:42 GMT\r\n", 0 }, /* no Date header */
        { DATE "Retry-After: Wed, 31 Dec 2025 23:59:59 GMT\r\n", 0 },
        { DATE "Retry-After: Thu, 01 Jan 2026 00:00:00 GMT\r\n", 0 },
        { DATE "Retry-After: Thu, 32 Jan 2026 00:00:42 GMT\r\n", 0 },
        { DATE "Retry-After: Thu, 01 Jan 2026 00:00:42 GMT\r\nx-acs-retry-after: 43000\r\n",
          43000 },
        /* Waits are shortened to OSFT_RETRY_AFTER_MAX_MS. */
        { "Retry-After: 299\r\n", 299000 },
        { "Retry-After: 300\r\n", OSFT_RETRY_AFTER_MAX_MS },
        { "Retry-After: 301\r\n", OSFT_RETRY_AFTER_MAX_MS },
        { "Retry-After: 4294968\r\n", OSFT_RETRY_AFTER_MAX_MS },
        { "Retry-After: 999999999999\r\n", OSFT_RETRY_AFTER_MAX_MS },
        { "Retry-After: 9223372036854775807\r\n", OSFT_RETRY_AFTER_MAX_MS },
        { "Retry-After: 9223372036854775808\r\n", 0 }, /* too large for an integer */
        { "x-acs-retry-after: 299999\r\n", 299999 },
        { "x-acs-retry-after: 300001\r\n", OSFT_RETRY_AFTER_MAX_MS },
        { "x-acs-retry-after: 9999999999\r\n", OSFT_RETRY_AFTER_MAX_MS },
        { DATE "Retry-After: Thu, 31 Dec 2099 00:00:00 GMT\r\n", OSFT_RETRY_AFTER_MAX_MS },
    };
    size_t i, k;
    (void)state;
    assert_int_equal(OSFT_RETRY_AFTER_MAX_MS, 300000);
    for (i = 0; i < COUNT(cases); i++) {
        for (k = 0; k < COUNT(bodies); k++) {
            check("503 No", cases[i].headers, bodies[k], cases[i].ms);
            check("429 No", cases[i].headers, bodies[k], cases[i].ms);
        }
    }
}

/* Clients that were refused at the same time must not retry at the same time. */
static void the_random_wait_follows_the_one_that_the_service_asks_for(void **state)
{
    static const struct {
        uint32_t random, wait_ms;
    } cases[] = { { 0, 7000 }, { 0x80000000U, 7250 }, { UINT32_MAX, 7499 } };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct exchange list[2] = { { script_response("503 No", "Retry-After: 7\r\n", ""), 0, 0,
                                      0 },
                                    { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 2);
        s->random = cases[i].random;
        assert_int_equal(script_list(s, 0), OSFT_OK);
        assert_int_equal(s->waits[0], cases[i].wait_ms);
        script_free(s);
    }
}

static void dates_and_waits_are_told_with_any_response(void **state)
{
    static const char headers[] = "Date: Thu, 29 Feb 2024 23:59:59 GMT\r\nRetry-After: 120\r\n";
    static const struct {
        const char *status, *body;
        int result;
    } cases[] = {
        { "200 OK", "{\"result\":[]}", OSFT_OK }, { "200 OK", "<html>", OSFT_E_HTML },
        { "302 Found", "", OSFT_E_REDIRECT },     { "404 No", "{}", OSFT_E_REFUSED },
        { "204 No Content", "", OSFT_E_EMPTY },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct exchange list[1] = { { script_response(cases[i].status, headers, cases[i].body), 0,
                                      0, 0 } };
        struct script *s = script_new(list, 1);
        assert_int_equal(script_list(s, 0), cases[i].result);
        assert_int_equal(s->client.reply.retry_after_ms, 120000);
        assert_int_equal(s->client.reply.retry_wait_ms, 120000);
        assert_true(s->client.reply.date_s == 1709251199);
        assert_true(s->client.reply.retry_at_s < 0);
        script_free(s);
    }
}

/* The headers are ignored in an interim response, also when bytes arrive one by one. */
static void headers_of_an_interim_response_do_not_count(void **state)
{
    static const char raw[] =
        "HTTP/1.1 103 X\r\nRetry-After: 99\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n"
        "HTTP/1.1 429 Too Many Requests\r\nretry-after:  120 \r\n"
        "DATE:\tThu, 29 Feb 2024 23:59:59 GMT\r\nContent-Length: 21\r\n\r\n"
        "{\"Code\":\"Throttling\"}";
    static const struct osft_retry once = OSFT_RETRY(1, 10000, 500, 20000);
    size_t first;
    (void)state;
    for (first = 0; first < strlen(raw); first++) {
        struct setup *s = setup_new(1024, raw, strlen(raw));
        s->settings.retry = &once;
        s->fake.first = first;
        s->fake.step = first % 3;
        assert_int_equal(setup_list(s), OSFT_E_REFUSED);
        assert_int_equal(s->client.reply.http_status, 429);
        assert_int_equal(s->client.reply.retry_after_ms, 120000);
        assert_true(s->client.reply.date_s == 1709251199);
        assert_span(s->client.reply.code, "Throttling");
        setup_free(s);
    }
}

static void without_retries_headers_are_not_read(void **state)
{
    struct exchange list[1] = { { script_response("503 No", DATE "Retry-After: 7\r\n", ""), 0, 0,
                                  0 } };
    struct script *s = script_new(list, 1);
    (void)state;
    s->settings.retry = NULL;
    assert_int_equal(script_list(s, 0), OSFT_E_EMPTY);
    assert_int_equal(s->client.reply.retry_after_ms, 0);
    assert_true(s->client.reply.date_s < 0);
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_service_asks_to_wait_is_told_and_heeded),
        cmocka_unit_test(the_random_wait_follows_the_one_that_the_service_asks_for),
        cmocka_unit_test(dates_and_waits_are_told_with_any_response),
        cmocka_unit_test(headers_of_an_interim_response_do_not_count),
        cmocka_unit_test(without_retries_headers_are_not_read),
    };
    return cmocka_run_group_tests_name("Retry-After", tests, NULL, NULL);
}
