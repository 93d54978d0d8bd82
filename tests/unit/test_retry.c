/* SPDX-License-Identifier: Apache-2.0 */
/* Which attempts are repeated, after which pause, and within which time. */
#include "script.h"

/* A first attempt, and what must follow. */
struct outcome {
    const char *name;
    struct exchange first;
    int result; /* of the first attempt */
};

static void check_outcome(const struct outcome *outcome, int is_retried)
{
    struct exchange list[2] = { outcome->first, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    const struct osft_reply *reply = &s->client.reply;
    int result = script_list(s, 60000);

    if (result != (is_retried ? OSFT_OK : outcome->result) || reply->attempts != 1 + is_retried ||
        reply->last_error != (is_retried ? outcome->result : 0)) {
        fail_msg("%s: result %d, %d attempts, last %d", outcome->name, result, reply->attempts,
                 (int)reply->last_error);
    }
    assert_int_equal(s->page.count, is_retried ? 1 : 0);
    if (!is_retried) {
        assert_int_equal(s->wait_count, 0);
    }
    script_free(s);
}

static void failures_that_can_pass_are_retried(void **state)
{
    const struct outcome table[] = {
        { "connect", { NULL, OSFT_E_IO, 0, 0 }, OSFT_E_IO },
        { "resolve", { NULL, OSFT_E_RESOLVE, 0, 0 }, OSFT_E_RESOLVE },
        { "send", { NULL, 0, OSFT_E_IO, 0 }, OSFT_E_IO },
        { "receive", { NULL, 0, 0, OSFT_E_IO }, OSFT_E_IO },
        { "own port error", { NULL, 0, 0, -777 }, OSFT_E_IO },
        { "no response", { NULL, 0, 0, OSFT_EOF }, OSFT_E_CUT },
        { "half a response",
          { "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"result\":[{", 0, 0, OSFT_EOF },
          OSFT_E_CUT },
        { "stall", { NULL, 0, 0, 0 }, OSFT_E_TIMEOUT },
        { "429", { script_response("429 No", "", "{}"), 0, 0, 0 }, OSFT_E_REFUSED },
        { "500", { script_response("500 No", "", "oops"), 0, 0, 0 }, OSFT_E_REFUSED },
        { "502", { script_response("502 No", "", "<html>"), 0, 0, 0 }, OSFT_E_HTML },
        { "503", { script_response("503 No", "", ""), 0, 0, 0 }, OSFT_E_EMPTY },
        { "504", { script_response("504 No", "", "{}"), 0, 0, 0 }, OSFT_E_REFUSED },
        { "throttled",
          { script_refusal("400 No", "", "Throttling.User"), 0, 0, 0 },
          OSFT_E_REFUSED },
        { "throttled in 200",
          { script_refusal("200 OK", "", "Throttling"), 0, 0, 0 },
          OSFT_E_REFUSED },
        { "server error in 200",
          { script_refusal("200 OK", "", "InternalError"), 0, 0, 0 },
          OSFT_E_REFUSED },
        { "nonce",
          { script_refusal("400 No", "", "SignatureNonceUsed"), 0, 0, 0 },
          OSFT_E_REFUSED },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        check_outcome(&table[i], 1);
    }
}

static void other_results_are_not_retried(void **state)
{
    const struct outcome table[] = {
        { "TLS", { NULL, OSFT_E_TLS, 0, 0 }, OSFT_E_TLS },
        { "certificate", { NULL, OSFT_E_CERT, 0, 0 }, OSFT_E_CERT },
        { "its time", { NULL, OSFT_E_CERT_TIME, 0, 0 }, OSFT_E_CERT_TIME },
        { "501", { script_response("501 No", "", "{}"), 0, 0, 0 }, OSFT_E_REFUSED },
        { "404", { script_response("404 No", "", "{}"), 0, 0, 0 }, OSFT_E_REFUSED },
        { "portal", { script_response("200 OK", "", "<html>"), 0, 0, 0 }, OSFT_E_HTML },
        { "empty", { script_response("200 OK", "", ""), 0, 0, 0 }, OSFT_E_EMPTY },
        { "no JSON", { script_response("200 OK", "", "oops"), 0, 0, 0 }, OSFT_E_JSON },
        { "no HTTP", { "SSH-2.0\r\n", 0, 0, 0 }, OSFT_E_HTTP },
        { "elsewhere", { script_response("302 Found", "", ""), 0, 0, 0 }, OSFT_E_REDIRECT },
        { "no list",
          { script_response("200 OK", "", "{\"result\":7}"), 0, 0, 0 },
          OSFT_E_RESPONSE },
        { "bad task",
          { script_response("200 OK", "", "{\"result\":[7]}"), 0, 0, 0 },
          OSFT_E_BAD_TASK },
        { "signature",
          { script_refusal("400 No", "", "SignatureDoesNotMatch"), 0, 0, 0 },
          OSFT_E_REFUSED },
        { "denied", { script_refusal("403 No", "", "Forbidden.RAM"), 0, 0, 0 }, OSFT_E_REFUSED },
        { "denied, 500",
          { script_refusal("500 No", "", "NoPermission"), 0, 0, 0 },
          OSFT_E_REFUSED },
        { "no date to learn",
          { script_refusal("400 No", "", "InvalidTimeStamp.Expired"), 0, 0, 0 },
          OSFT_E_REFUSED },
        { "no token",
          { script_refusal("400 No", "", "InvalidSecurityToken.Malformed"), 0, 0, 0 },
          OSFT_E_REFUSED },
        { "not there", { script_refusal("404 No", "", "Task.NotExist"), 0, 0, 0 }, OSFT_E_REFUSED },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        check_outcome(&table[i], 0);
    }
}

static void without_retries_there_is_one_attempt(void **state)
{
    const struct exchange firsts[] = { { NULL, OSFT_E_IO, 0, 0 },
                                       { NULL, 0, 0, OSFT_EOF },
                                       { script_response("503 No", "", ""), 0, 0, 0 },
                                       { script_refusal("400 No", "", "SignatureNonceUsed"), 0, 0,
                                         0 } };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(firsts); i++) {
        for (k = 0; k < 3; k++) {
            struct exchange list[1] = { firsts[i] };
            struct script *s = script_new(list, 1);
            if (k == 0) {
                s->settings.retry = NULL;
            } else if (k == 1) {
                s->port.ticks_ms = NULL; /* without ticks the client cannot wait */
            } else {
                s->retry.attempts = 1;
            }
            assert_int_not_equal(script_list(s, 0), OSFT_OK);
            assert_int_equal(s->client.reply.attempts, 1);
            assert_int_equal(s->wait_count, 0);
            script_free(s);
        }
    }
}

static void the_default_is_what_the_header_says(void **state)
{
    (void)state;
    assert_int_equal(osft_retry_default.attempts, 4);
    assert_int_equal(osft_retry_default.attempt_ms, 10000);
    assert_int_equal(osft_retry_default.backoff_ms, 500);
    assert_int_equal(osft_retry_default.backoff_max_ms, 20000);
}

static void each_attempt_has_a_date_and_a_nonce_of_its_own(void **state)
{
    struct exchange list[2] = { { script_response("503 No", "", ""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    char first[64];
    (void)state;
    s->retry.backoff_ms = 5000;
    s->random = UINT32_MAX;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 60000), OSFT_OK);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    s->utc += 4;
    assert_int_equal(osft_run(&s->client), OSFT_OK);
    strcpy(first, script_header(s, 0, "x-acs-signature-nonce"));
    assert_string_not_equal(first, script_header(s, 1, "x-acs-signature-nonce"));
    assert_string_equal(script_header(s, 0, "x-acs-date"), "2026-01-01T00:00:00Z");
    assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-01-01T00:00:04Z");
    script_free(s);
}

static void fail_always(struct exchange *list, size_t count)
{
    size_t i;
    for (i = 0; i < count; i++) {
        list[i].response = script_response("503 No", "", "");
        list[i].open = list[i].send = list[i].end = 0;
    }
}

static void waits_double_up_to_a_bound_and_are_random(void **state)
{
    static const uint32_t most[] = { 99, 199, 399, 799, 999, 999, 999 };
    struct exchange list[8];
    struct script *s;
    size_t i;
    (void)state;
    fail_always(list, 8);
    s = script_new(list, 8);
    s->retry.attempts = 8;
    s->retry.backoff_ms = 100;
    s->retry.backoff_max_ms = 1000;
    s->random = UINT32_MAX;
    assert_int_equal(script_list(s, 0), OSFT_E_EMPTY);
    assert_int_equal(s->client.reply.attempts, 8);
    assert_int_equal(s->client.reply.last_error, OSFT_E_EMPTY);
    assert_int_equal(s->client.reply.http_status, 503);
    assert_int_equal(s->wait_count, 7);
    for (i = 0; i < 7; i++) {
        assert_int_equal(s->waits[i], most[i]);
    }
    s->next = 0;
    s->wait_count = 0;
    s->random = 0; /* the shortest wait is 0 */
    assert_int_equal(script_list(s, 0), OSFT_E_EMPTY);
    assert_int_equal(s->client.reply.attempts, 8);
    assert_int_equal(s->wait_count, 0);
    script_free(s);
}

static void the_first_wait_is_bounded_too_and_nothing_overflows(void **state)
{
    static const struct {
        uint32_t backoff_ms, backoff_max_ms, first, last;
    } cases[] = {
        { 500, 100, 99, 99 },
        { 0, 1000, 0, 0 },
        { 1000, 0, 0, 0 },
        { UINT32_MAX, 1000, 999, 999 },
        { 0x7fffffff, 0x7fffffff, 0x7ffffffe, 0x7ffffffe },
        { 0x7ffffffe, 0x7fffffff, 0x7ffffffd, 0x7ffffffe },
        { 0x40000000, 0x7fffffff, 0x3fffffff, 0x7ffffffe },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct exchange list[3];
        struct script *s;
        fail_always(list, 3);
        s = script_new(list, 3);
        s->retry.attempts = 3;
        s->retry.backoff_ms = cases[i].backoff_ms;
        s->retry.backoff_max_ms = cases[i].backoff_max_ms;
        s->random = UINT32_MAX;
        assert_int_equal(script_list(s, 0), OSFT_E_EMPTY);
        assert_int_equal(s->client.reply.attempts, 3);
        assert_int_equal(s->waits[0], cases[i].first);
        assert_int_equal(s->waits[1], cases[i].last);
        script_free(s);
    }
}

/* The first random bytes are for the nonce, the second ones for the back-off. */
static void without_random_bytes_the_longest_wait_is_chosen(void **state)
{
    struct exchange list[2] = { { script_response("503 No", "", ""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    (void)state;
    s->fail_at = 5; /* the random bytes for the back-off, after a nonce, open, send and recv */
    assert_int_equal(script_list(s, 0), OSFT_OK);
    assert_int_equal(s->wait_count, 1);
    assert_int_equal(s->waits[0], 500);
    script_free(s);
}

static void a_used_nonce_is_retried_at_once_and_counts(void **state)
{
    struct exchange list[4];
    struct script *s;
    size_t i;
    (void)state;
    for (i = 0; i < 4; i++) {
        list[i].response = script_refusal("400 No", "Retry-After: 9\r\n", "SignatureNonceUsed");
        list[i].open = list[i].send = list[i].end = 0;
    }
    s = script_new(list, 4);
    s->random = UINT32_MAX;
    assert_int_equal(script_list(s, 0), OSFT_E_REFUSED);
    assert_int_equal(s->client.reply.attempts, 4);
    assert_int_equal(s->wait_count, 0);
    script_free(s);
}

static void one_time_limit_bounds_all_attempts_and_waits(void **state)
{
    struct exchange stalls[9];
    struct exchange list[2] = { { script_response("503 No", "Retry-After: 10\r\n", ""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    (void)state;
    /* The limit is shorter than the wait, so the call ends at once, with the refusal. */
    assert_int_equal(script_list(s, 10000), OSFT_E_EMPTY);
    assert_int_equal(s->ticks, 0);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_int_equal(s->client.reply.last_error, 0);
    assert_int_equal(s->client.reply.http_status, 503);
    assert_int_equal(s->client.reply.retry_after_ms, 10000);
    s->next = 0;
    assert_int_equal(script_list(s, 10001), OSFT_OK);
    script_free(s);

    memset(stalls, 0, sizeof(stalls));
    s = script_new(stalls, 9);
    s->retry.attempts = 9;
    s->retry.attempt_ms = 300;
    s->retry.backoff_ms = 1;
    assert_int_equal(script_list(s, 1000), OSFT_E_TIMEOUT);
    /* waits of 300, 300 and 300 ms, then the 100 ms that are left */
    assert_int_equal(s->client.reply.attempts, 4);
    assert_int_equal(s->ticks, 1000);
    s->next = 0;
    s->ticks = UINT32_MAX - 500; /* the ticks wrap during the call */
    assert_int_equal(script_list(s, 1000), OSFT_E_TIMEOUT);
    assert_int_equal(s->client.reply.attempts, 4);
    script_free(s);
}

/* Without a limit for the call, the limit of each attempt and the number of attempts bound it. */
static void without_a_time_limit_a_call_ends_all_the_same(void **state)
{
    struct exchange stalls[2];
    struct script *s;
    (void)state;
    memset(stalls, 0, sizeof(stalls));
    s = script_new(stalls, 2);
    s->retry.attempts = 2;
    assert_int_equal(script_list(s, 0), OSFT_E_TIMEOUT);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_int_equal(s->ticks, 20000);
    script_free(s);

    s = script_new(stalls, 2);
    s->retry.attempts = 2;
    s->retry.attempt_ms = 70;
    assert_int_equal(script_list(s, 0), OSFT_E_TIMEOUT);
    assert_int_equal(s->ticks, 140);
    s->next = 0; /* the call's limit is shorter than an attempt's */
    assert_int_equal(script_list(s, 50), OSFT_E_TIMEOUT);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_int_equal(s->ticks, 190);
    script_free(s);
}

static void no_step_of_a_super_loop_blocks(void **state)
{
    struct exchange list[3] = { { script_response("503 No", "Retry-After: 2\r\n", ""), 0, 0, 0 },
                                { NULL, 0, 0, OSFT_EOF },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    size_t turns = 0, pauses = 0;
    (void)state;
    s->blocks = 1;
    s->port.wait = NULL;
    s->random = 0x80000000U;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 60000), OSFT_OK);
    while (osft_step(&s->client) == OSFT_PENDING) {
        assert_true(++turns < 10000);
        s->ticks++;
        pauses += osft_wait_events(&s->client) == 0;
    }
    assert_int_equal(osft_step(&s->client), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 3);
    assert_true(pauses > 1990);
    script_free(s);
}

static void every_port_call_can_fail(void **state)
{
    int k, is_over = 0;
    (void)state;
    for (k = 1; !is_over; k++) {
        struct exchange list[4] = { { script_response("503 No", "", ""), 0, 0, 0 },
                                    { script_good(""), 0, 0, 0 },
                                    { script_good(""), 0, 0, 0 },
                                    { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 4);
        int result;
        s->fail_at = k;
        result = script_list(s, 60000);
        is_over = s->calls < k;
        if (result != OSFT_OK) {
            assert_int_equal(result, OSFT_E_RANDOM); /* without a nonce no request can be signed */
            assert_int_equal(s->page.count, 0);
        } else {
            assert_int_equal(s->page.count, 1);
        }
        script_free(s);
    }
    assert_true(k > 8);
}

/* The call is closed during an attempt, and between two attempts. */
static void a_closed_call_leaves_no_connection_and_no_secret(void **state)
{
    struct exchange list[3] = { { script_response("503 No", "Retry-After: 2\r\n", ""), 0, 0, 0 },
                                { NULL, 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    int steps;
    (void)state;
    for (steps = 0; steps < 20; steps++) {
        struct script *s = script_new(list, 3);
        int i;
        s->blocks = 1;
        s->credentials.token = osft_span_from("token-of-mine");
        assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 60000), OSFT_OK);
        for (i = 0; i < steps; i++) {
            assert_int_equal(osft_step(&s->client), OSFT_PENDING);
            s->ticks += osft_wait_events(&s->client) == 0 ? 2000 : 0;
        }
        osft_close(&s->client);
        assert_int_equal(osft_step(&s->client), OSFT_E_STOPPED);
        assert_false(s->is_open);
        assert_false(script_holds(s->work, sizeof(s->work), "token-of-mine"));
        assert_false(script_holds(s->work, sizeof(s->work), "Signature="));
        s->next = 2;
        /* the client can be used for the next call */
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        script_free(s);
    }
}

static int count_tasks(void *ctx, const struct osft_task *task,
                       const struct osft_omission *omission)
{
    (void)omission;
    *(int *)ctx += task != NULL;
    return 0;
}

static void tasks_that_were_delivered_do_not_come_again(void **state)
{
    static const char part[] = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
                               "{\"result\":[{\"runId\":\"x\"},";
    static const char *const early[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{",
        "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"result\":[{\"progress\":101"
    };
    static const char omission[] = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
                                   "{\"result\":[{\"progress\":101},{";
    struct exchange list[2] = { { part, 0, 0, OSFT_EOF }, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    int tasks = 0;
    size_t i;
    (void)state;
    s->page.on_task = count_tasks;
    s->page.on_task_ctx = &tasks;
    assert_int_equal(script_list(s, 60000), OSFT_E_CUT);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_int_equal(tasks, 1);
    assert_int_equal(s->page.count, 1);
    script_free(s);

    list[0].response = omission; /* a task that was left out is not reported again either */
    s = script_new(list, 2);
    s->page.on_task = count_tasks;
    s->page.on_task_ctx = &tasks;
    assert_int_equal(script_list(s, 60000), OSFT_E_CUT);
    assert_int_equal(s->client.reply.attempts, 1);
    script_free(s);

    for (i = 0; i < COUNT(early); i++) { /* before its first task, an attempt can be repeated */
        list[0].response = early[i];
        s = script_new(list, 2);
        tasks = 0;
        s->page.on_task = count_tasks;
        s->page.on_task_ctx = &tasks;
        assert_int_equal(script_list(s, 60000), OSFT_OK);
        assert_int_equal(s->client.reply.attempts, 2);
        assert_int_equal(tasks, 1);
        script_free(s);
    }
    /* An array is filled again by the next attempt. */
    list[0].response = part;
    s = script_new(list, 2);
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_int_equal(s->page.count, 1);
    script_free(s);
}

/* Members of the reply that one attempt has set must not be left over in the next one's. */
static void each_attempt_begins_with_an_empty_reply(void **state)
{
    struct exchange list[2] = {
        { script_response("503 No", "Retry-After: 1\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n",
                          "{\"code\":\"ServiceUnavailable\",\"message\":\"m\",\"result\":[{},7]}"),
          0, 0, 0 },
        { NULL, OSFT_E_TLS, 0, 0 }
    };
    struct script *s = script_new(list, 2);
    const struct osft_reply *reply = &s->client.reply;
    (void)state;
    assert_int_equal(script_list(s, 0), OSFT_E_TLS);
    assert_int_equal(reply->attempts, 2);
    assert_int_equal(reply->last_error, OSFT_E_REFUSED);
    assert_int_equal(reply->http_status, 0);
    assert_int_equal(reply->retry_after_ms, 0);
    assert_int_equal(reply->tasks, 0);
    assert_int_equal(reply->left_out, 0);
    assert_true(reply->date_s < 0);
    assert_span(reply->code, NULL);
    assert_span(reply->message, NULL);
    assert_int_equal(s->page.count, 0);
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_that_can_pass_are_retried),
        cmocka_unit_test(other_results_are_not_retried),
        cmocka_unit_test(without_retries_there_is_one_attempt),
        cmocka_unit_test(the_default_is_what_the_header_says),
        cmocka_unit_test(each_attempt_has_a_date_and_a_nonce_of_its_own),
        cmocka_unit_test(waits_double_up_to_a_bound_and_are_random),
        cmocka_unit_test(the_first_wait_is_bounded_too_and_nothing_overflows),
        cmocka_unit_test(without_random_bytes_the_longest_wait_is_chosen),
        cmocka_unit_test(a_used_nonce_is_retried_at_once_and_counts),
        cmocka_unit_test(one_time_limit_bounds_all_attempts_and_waits),
        cmocka_unit_test(without_a_time_limit_a_call_ends_all_the_same),
        cmocka_unit_test(no_step_of_a_super_loop_blocks),
        cmocka_unit_test(every_port_call_can_fail),
        cmocka_unit_test(a_closed_call_leaves_no_connection_and_no_secret),
        cmocka_unit_test(tasks_that_were_delivered_do_not_come_again),
        cmocka_unit_test(each_attempt_begins_with_an_empty_reply),
    };
    return cmocka_run_group_tests_name("retries", tests, NULL, NULL);
}
