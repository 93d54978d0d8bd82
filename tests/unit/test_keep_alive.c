/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that are kept between calls: when they are kept and for how long, and what happens
 * when a kept connection has ended. */
#include "script.h"

#define DELIVERED 1 /* number of tasks in script_good() */

static void a_connection_serves_call_after_call(void **state)
{
    struct exchange list[5] = { { script_good(""), 0, 0, 0 },
                                { script_good("Connection: keep-alive\r\n"), 0, 0, 0 },
                                { script_good("Connection: Keep-Alive\r\n"), 0, 0, 0 },
                                { script_good("Connection:\r\n"), 0, 0, 0 },
                                { script_good("0123456789: 0123e\r\nConnection: clos\r\n"), 0, 0,
                                  0 } };
    struct script *s = script_new(list, 5);
    int i;
    (void)state;
    for (i = 0; i < 5; i++) {
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(s->page.count, DELIVERED);
        assert_int_equal(s->client.reply.attempts, 1);
        assert_int_equal(s->client.reply.reopened, 0);
        assert_int_equal(s->client.reply.last_error, 0);
        assert_true(s->client.is_open);
    }
    assert_int_equal(s->opened, 1);
    assert_int_equal(s->closed, 0);
    script_free(s);
}

static void without_retries_each_call_has_a_connection_of_its_own(void **state)
{
    struct exchange list[2] = { { script_good(""), 0, 0, 0 }, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    int i;
    (void)state;
    s->settings.retry = NULL;
    for (i = 1; i <= 2; i++) {
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_false(s->client.is_open);
        assert_int_equal(s->closed, i);
    }
    script_free(s);
}

static void without_ticks_each_call_has_a_connection_of_its_own(void **state)
{
    struct exchange list[2] = { { script_good(""), 0, 0, 0 }, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    int i;
    (void)state;
    s->port.ticks_ms = NULL;
    for (i = 1; i <= 2; i++) {
        assert_int_equal(script_list(s, 0), OSFT_OK);
        assert_int_equal(s->closed, i);
    }
    script_free(s);
}

/* Only tasks are wrong; the response was received completely, so its connection can be kept. */
static void a_page_that_was_not_delivered_whole_leaves_the_connection_open(void **state)
{
    static char long_text[1900];
    struct exchange list[4] = { { script_good(""), 0, 0, 0 },
                                { NULL, 0, 0, 0 },
                                { NULL, 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 4);
    (void)state;
    list[1].response = script_response("200 OK", "", "{\"result\":[{\"progress\":101}]}");
    snprintf(long_text, sizeof(long_text), "{\"result\":[{\"runId\":\"%01700d\"}]}", 0);
    list[2].response = script_response("200 OK", "", long_text);
    s->settings.work_size = 1024;
    s->page.max = 0;
    assert_int_equal(script_list(s, 1000), OSFT_E_TASKS);
    assert_int_equal(s->client.reply.attempts, 1);
    s->page.max = 1;
    assert_int_equal(script_list(s, 1000), OSFT_E_BAD_TASK);
    assert_int_equal(script_list(s, 1000), OSFT_E_SPACE);
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(s->opened, 1);
    script_free(s);
}

static void a_connection_that_cannot_be_used_again_is_closed(void **state)
{
    const char *responses[] = {
        script_good("Connection: close\r\n"),
        script_good("Connection: Close\r\n"),
        script_good("CONNECTION: Keep-Alive, CLOSE\r\n"),
        script_good("Connection: close, Upgrade\r\n"),
        script_good("Connection:\r\n close\r\n"),
        script_good("Keep-Alive: timeout=0\r\n"),
        script_good("Keep-Alive: timeout=00, max=100\r\nConnection: keep-alive\r\n"),
        script_good("Keep-Alive: timeout=5\r\nKeep-Alive: timeout=0\r\n"),
        script_good("Keep-Alive: timeout=0\r\nKeep-Alive: timeout=5\r\n"),
        "HTTP/1.0 200 OK\r\nContent-Length: 13\r\n\r\n{\"result\":[]}",
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"result\":[]}surplus",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{\"result\":[]}\r\n0\r\n\r\n+",
        "HTTP/1.1 200 OK\r\n\r\n{\"result\":[]}",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", /* valid JSON, but not a list of tasks */
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n]",
        script_response("404 No", "", "{}"),
        script_refusal("200 OK", "", "App.NotExist"),
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(responses); i++) {
        struct exchange list[2] = { { responses[i], 0, 0, OSFT_EOF },
                                    { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 2);
        (void)script_list(s, 1000);
        assert_int_equal(s->client.reply.attempts, 1);
        if (s->closed != 1) {
            fail_msg("left open: %s", responses[i]);
        }
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(s->opened, 2);
        script_free(s);
    }
}

static void a_kept_connection_found_closed_is_opened_again(void **state)
{
    struct exchange dead[3] = { { NULL, 0, OSFT_E_IO, 0 },
                                { NULL, 0, 0, OSFT_E_IO },
                                { NULL, 0, 0, OSFT_EOF } };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(dead); i++) {
        struct exchange list[3] = { { script_good(""), 0, 0, 0 },
                                    dead[i],
                                    { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 3);
        s->retry.attempts = 1; /* opening a connection again is not a retry */
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(s->client.reply.attempts, 1);
        assert_int_equal(s->client.reply.reopened, 1);
        assert_int_equal(s->client.reply.last_error, 0);
        assert_int_equal(s->opened, 2);
        assert_int_equal(s->wait_count, 0);
        /* each request has a nonce of its own, also the one that was sent again */
        assert_int_equal(s->drawn, 3);
        script_free(s);
    }
}

/* A NAT that has forgotten the connection drops packets without a response. */
static void a_kept_connection_without_a_response_is_opened_again(void **state)
{
    struct exchange list[4] = { { script_good(""), 0, 0, 0 },
                                { NULL, 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 4);
    (void)state;
    s->retry.attempts = 1;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_int_equal(s->client.reply.reopened, 1);
    assert_int_equal(s->ticks, 10000); /* the time limit of an attempt, without a back-off */
    assert_int_equal(s->opened, 2);
    assert_int_equal(script_list(s, 60000), OSFT_OK); /* the new connection is kept */
    assert_int_equal(s->client.reply.reopened, 0);
    assert_int_equal(s->opened, 2);
    script_free(s);
}

/* When the call's limit is not longer than an attempt's, a dead connection can use up all of the
 * call's time. The next call opens a new connection. */
static void a_connection_is_not_opened_again_when_no_time_is_left(void **state)
{
    struct exchange list[3] = { { script_good(""), 0, 0, 0 },
                                { NULL, 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    (void)state;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(script_list(s, 1000), OSFT_E_TIMEOUT);
    assert_int_equal(s->client.reply.reopened, 0);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_int_equal(s->opened, 1);
    assert_false(s->client.is_open);
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(s->opened, 2);
    script_free(s);
}

static void only_a_kept_connection_is_opened_again_and_only_once(void **state)
{
    static const struct exchange dead[2] = { { NULL, 0, 0, OSFT_EOF }, { NULL, 0, 0, 0 } };
    size_t i;
    (void)state;
    for (i = 0; i < 2; i++) {
        struct exchange list[3] = { dead[i], { NULL, 0, 0, 0 }, { NULL, 0, 0, 0 } };
        struct script *s = script_new(list, 1);
        int error = i == 0 ? OSFT_E_CUT : OSFT_E_TIMEOUT;
        s->retry.attempts = 1;
        assert_int_equal(script_list(s, 60000), error); /* on a new connection */
        assert_int_equal(s->client.reply.reopened, 0);
        script_free(s);

        list[0].response = script_good("");
        list[0].end = 0;
        list[1] = list[2] = dead[i];
        s = script_new(list, 3);
        s->retry.attempts = 1;
        assert_int_equal(script_list(s, 60000), OSFT_OK);
        /* the kept connection has ended; the new one ends, too */
        assert_int_equal(script_list(s, 60000), error);
        assert_int_equal(s->client.reply.reopened, 1);
        assert_int_equal(s->client.reply.attempts, 1);
        assert_int_equal(s->opened, 2);
        script_free(s);
    }
}

/* Any other failure would happen on a new connection as well. */
static void other_failures_of_a_kept_connection_do_not_open_it_again(void **state)
{
    static const int errors[] = { OSFT_E_TLS, OSFT_E_CERT_TIME };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(errors); i++) {
        struct exchange list[2] = { { script_good(""), 0, 0, 0 }, { NULL, 0, 0, errors[i] } };
        struct script *s = script_new(list, 2);
        assert_int_equal(script_list(s, 60000), OSFT_OK);
        assert_int_equal(script_list(s, 60000), errors[i]);
        assert_int_equal(s->client.reply.reopened, 0);
        assert_int_equal(s->opened, 1);
        script_free(s);
    }
}

/* After the connection was opened again, the usual retries follow and are counted. */
static void retries_follow_a_reopened_connection(void **state)
{
    struct exchange list[4] = { { script_good(""), 0, 0, 0 },
                                { NULL, 0, 0, OSFT_EOF },
                                { NULL, 0, 0, OSFT_EOF },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 4);
    (void)state;
    s->retry.attempts = 2;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->client.reply.reopened, 1);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_int_equal(s->client.reply.last_error, OSFT_E_CUT);
    script_free(s);
}

static void a_kept_connection_that_began_to_respond_is_not_opened_again(void **state)
{
    static const char *const parts[] = { "H", "HTTP/1.1 200 OK\r",
                                         "HTTP/1.1 100 Continue\r\n\r\n" };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(parts); i++) {
        for (k = 0; k < 2; k++) {
            struct exchange list[3] = { { script_good(""), 0, 0, 0 },
                                        { parts[i], 0, 0, k == 0 ? OSFT_EOF : 0 },
                                        { script_good(""), 0, 0, 0 } };
            struct script *s = script_new(list, 3);
            s->retry.attempts = 1;
            assert_int_equal(script_list(s, 60000), OSFT_OK);
            assert_int_equal(script_list(s, 60000), k == 0 ? OSFT_E_CUT : OSFT_E_TIMEOUT);
            assert_int_equal(s->client.reply.reopened, 0);
            s->retry.attempts = 2;
            assert_int_equal(script_list(s, 60000), OSFT_OK);
            script_free(s);
        }
    }
}

static int count_tasks(void *ctx, const struct osft_task *task,
                       const struct osft_omission *omission)
{
    assert_null(omission);
    assert_non_null(task);
    ++*(int *)ctx;
    return 0;
}

/* A response that is cut within a chunk has begun, although its head ended long before. */
static void a_kept_connection_cut_within_a_chunk_began_to_respond(void **state)
{
    static const char part[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "400\r\n{\"result\":[{\"runId\":\"x\"},";
    struct exchange list[3] = { { script_good(""), 0, 0, 0 },
                                { part, 0, 0, OSFT_EOF },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    int tasks = 0;
    (void)state;
    s->page.on_task = count_tasks;
    s->page.on_task_ctx = &tasks;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(script_list(s, 60000), OSFT_E_CUT);
    assert_int_equal(tasks, 2);
    assert_int_equal(s->client.reply.reopened, 0);
    script_free(s);
}

static void a_kept_connection_with_bytes_that_nobody_asked_for_is_closed(void **state)
{
    /* What recv returns before the next request is sent: a byte that no request asked for, the end
     * of the stream, or an error. */
    static const int ends[] = { 1, OSFT_EOF, OSFT_E_IO };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(ends); i++) {
        struct exchange list[2] = { { script_good(""), 0, 0, ends[i] },
                                    { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 2);
        s->retry.attempts = 1;
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(s->opened, 2);
        assert_int_equal(s->client.reply.attempts, 1);
        /* no request was sent on the ended connection */
        assert_int_equal(s->client.reply.reopened, 0);
        script_free(s);
    }
}

/* List, pause for pause_ms, and list again. Returns 1 when the second call used the connection of
 * the first. */
static int is_reused_after(uint32_t pause_ms, uint32_t idle_ms, const char *headers, uint32_t ticks)
{
    struct exchange list[2] = { { script_good(headers), 0, 0, 0 }, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    int is_reused;
    s->settings.idle_ms = idle_ms;
    s->ticks = ticks;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    s->ticks += pause_ms;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(s->client.reply.reopened, 0);
    is_reused = s->opened == 1;
    script_free(s);
    return is_reused;
}

static void a_connection_is_used_again_until_it_was_idle_for_too_long(void **state)
{
    static const struct {
        uint32_t idle_ms; /* settings.idle_ms */
        const char *headers;
        uint32_t limit_ms;
    } cases[] = {
        { 0, "", 50000 },
        { 1, "", 1 },
        { 1234, "", 1234 },
        { 300000, "", 300000 },
        { 4000000000U, "", 4000000000U },
        { 0, "Keep-Alive: timeout=5\r\n", 5000 },
        { 0, "keep-alive: max=100, TIMEOUT=5\r\n", 5000 },
        { 0, "Keep-Alive: timeout=5, max=100\r\n", 5000 },
        { 0, "Keep-Alive:\r\n timeout=5\r\n", 5000 },
        { 0, "Keep-Alive: timeout=50\r\n", 50000 },
        /* the server's time does not lengthen that of the settings */
        { 0, "Keep-Alive: timeout=51\r\n", 50000 },
        { 1000, "Keep-Alive: timeout=5\r\n", 1000 },
        { 0, "Keep-Alive: timeout=5\r\nKeep-Alive: timeout=4\r\n", 4000 },
        { 0, "Keep-Alive: max=5\r\n", 50000 },
        /* The digits that the longer line before has left in the buffer must not be read as part of
           the value. */
        { 0, "Filled-Up: 999999999999999999999\r\nKeep-Alive: timeout=5\r\n", 5000 },
        { 0, "Keep-Alive: timeout=\r\n", 50000 },
        { 0, "Keep-Alive: timeout=x\r\n", 50000 },
        { 0, "Keep-Alive: timeout\r\n", 50000 },
        { 0, "Keep-Alive: timeout=99999999999999999999\r\n", 50000 },
        { 4000000000U, "Keep-Alive: timeout=9999999\r\n", 4000000000U },
        { 4000000000U, "Keep-Alive: timeout=3999999\r\n", 3999999000U },
    };
    size_t i, wrap;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        for (wrap = 0; wrap < 2; wrap++) {
            uint32_t ticks = wrap ? UINT32_MAX - 10 : 0;
            if (!is_reused_after(cases[i].limit_ms - 1, cases[i].idle_ms, cases[i].headers,
                                 ticks) ||
                is_reused_after(cases[i].limit_ms, cases[i].idle_ms, cases[i].headers, ticks)) {
                fail_msg("not %u ms: %u, %s", (unsigned)cases[i].limit_ms,
                         (unsigned)cases[i].idle_ms, cases[i].headers);
            }
        }
    }
}

/* Each response begins the idle time again. The Keep-Alive header of one connection does not apply
 * to another one. */
static void idle_time_counts_from_the_last_response_of_this_connection(void **state)
{
    struct exchange list[5] = { { script_good("Keep-Alive: timeout=5\r\n"), 0, 0, 0 },
                                { script_good("Keep-Alive: timeout=5\r\n"), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 5);
    (void)state;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    s->ticks += 4000;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    s->ticks += 4000;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(s->opened, 1);
    osft_close(&s->client);
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    s->ticks += 49999;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(s->opened, 2);
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_serves_call_after_call),
        cmocka_unit_test(without_retries_each_call_has_a_connection_of_its_own),
        cmocka_unit_test(without_ticks_each_call_has_a_connection_of_its_own),
        cmocka_unit_test(a_page_that_was_not_delivered_whole_leaves_the_connection_open),
        cmocka_unit_test(a_connection_that_cannot_be_used_again_is_closed),
        cmocka_unit_test(a_kept_connection_found_closed_is_opened_again),
        cmocka_unit_test(a_kept_connection_without_a_response_is_opened_again),
        cmocka_unit_test(a_connection_is_not_opened_again_when_no_time_is_left),
        cmocka_unit_test(only_a_kept_connection_is_opened_again_and_only_once),
        cmocka_unit_test(other_failures_of_a_kept_connection_do_not_open_it_again),
        cmocka_unit_test(retries_follow_a_reopened_connection),
        cmocka_unit_test(a_kept_connection_that_began_to_respond_is_not_opened_again),
        cmocka_unit_test(a_kept_connection_cut_within_a_chunk_began_to_respond),
        cmocka_unit_test(a_kept_connection_with_bytes_that_nobody_asked_for_is_closed),
        cmocka_unit_test(a_connection_is_used_again_until_it_was_idle_for_too_long),
        cmocka_unit_test(idle_time_counts_from_the_last_response_of_this_connection),
    };
    return cmocka_run_group_tests_name("keep-alive", tests, NULL, NULL);
}
