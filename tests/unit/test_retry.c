/* SPDX-License-Identifier: Apache-2.0 */
/* What lies between attempts: kept connections, retries, waits and deadlines. */
#include "script.h"
#include "osft_stream.h"

#define GOOD \
    "{\"requestId\":\"r\",\"totalCount\":1,\"result\":[{\"runId\":\"x\",\"generation\":\"1\"}]}"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *good(const char *headers)
{
    return script_answer("200 OK", headers, GOOD);
}

static const char *refusal(const char *status, const char *headers, const char *code)
{
    char body[256];
    snprintf(body, sizeof(body), "{\"RequestId\":\"q\",\"Code\":\"%s\",\"Message\":\"no\"}", code);
    return script_answer(status, headers, body);
}

static void a_connection_serves_call_after_call(void **state)
{
    struct exchange list[3] = { { good(""), 0, 0, 0 },
                                { good("Connection: keep-alive\r\n"), 0, 0, 0 },
                                { good("Connection: Keep-Alive\r\n"), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    int i;
    (void)state;
    for (i = 0; i < 3; i++) {
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(s->page.count, 1);
        assert_int_equal(s->link.attempts, 1);
        assert_int_equal(s->link.reopened, 0);
        assert_int_equal(s->link.last, 0);
    }
    assert_int_equal(s->opened, 1);
    assert_int_equal(s->closed, 0);
    script_free(s);
}

static void a_page_that_did_not_fit_leaves_the_connection_open(void **state)
{
    struct exchange list[2] = { { good(""), 0, 0, 0 }, { good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    (void)state;
    s->page.max = 0;
    assert_int_equal(script_list(s, 1000), OSFT_E_TASKS);
    assert_int_equal(s->link.attempts, 1);
    s->page.max = 1;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(s->opened, 1);
    script_free(s);
}

static void a_connection_is_closed_when_it_should_be(void **state)
{
    const char *answers[] = { good("Connection: close\r\n"), good("Connection: Close\r\n"),
                              "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}surplus",
                              "HTTP/1.1 200 OK\r\n\r\n{\"result\":[]}" };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(answers); i++) {
        struct exchange list[2] = { { answers[i], 0, 0, OSFT_EOF }, { good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 2);
        (void)script_list(s, 1000);
        assert_int_equal(s->link.attempts, 1);
        assert_int_equal(s->closed, 1);
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
        struct exchange list[3] = { { good(""), 0, 0, 0 }, dead[i], { good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 3);
        s->settings.tries = 1; /* it is no retry */
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(s->link.attempts, 1);
        assert_int_equal(s->link.reopened, 1);
        assert_int_equal(s->opened, 2);
        assert_int_equal(s->wait_count, 0);
        assert_int_equal(s->drawn, 3); /* a nonce for each request, this one too */
        script_free(s);
    }
}

static void only_a_kept_connection_is_and_only_once(void **state)
{
    struct exchange list[3] = { { NULL, 0, 0, OSFT_EOF },
                                { good(""), 0, 0, 0 },
                                { NULL, 0, 0, OSFT_EOF } };
    struct script *s = script_new(list, 1);
    (void)state;
    s->settings.tries = 1;
    assert_int_equal(script_list(s, 1000), OSFT_E_CUT); /* a new one */
    assert_int_equal(s->link.reopened, 0);
    script_free(s);

    list[0] = list[1];
    list[1] = list[2];
    s = script_new(list, 3);
    s->settings.tries = 1;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(script_list(s, 1000), OSFT_E_CUT); /* closed, opened, closed again */
    assert_int_equal(s->link.reopened, 1);
    assert_int_equal(s->link.attempts, 1);
    script_free(s);
}

static void a_kept_connection_that_began_to_answer_is_not(void **state)
{
    struct exchange list[3] = { { good(""), 0, 0, 0 },
                                { "H", 0, 0, OSFT_EOF },
                                { good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    (void)state;
    s->settings.tries = 1;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(script_list(s, 1000), OSFT_E_CUT);
    assert_int_equal(s->link.reopened, 0);
    s->settings.tries = 2;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    script_free(s);
}

static void a_kept_connection_that_speaks_unasked_is_not_listened_to(void **state)
{
    /* A byte that nobody asked for, the end, an error: all before the next request is sent. */
    static const int ends[] = { 1, OSFT_EOF, OSFT_E_IO };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(ends); i++) {
        struct exchange list[2] = { { good(""), 0, 0, ends[i] }, { good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 2);
        s->settings.tries = 1;
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(script_list(s, 1000), OSFT_OK);
        assert_int_equal(s->opened, 2);
        assert_int_equal(s->link.attempts, 1);
        assert_int_equal(s->link.reopened, 0); /* nothing was sent in vain */
        script_free(s);
    }
}

/* What a first attempt can come to, and whether a second one follows. */
struct outcome {
    const char *name;
    struct exchange first;
    int err; /* of the first */
    int again;
};

static void retries_follow_what_can_change_and_nothing_else(void **state)
{
    const struct outcome table[] = {
        { "connect", { NULL, OSFT_E_IO, 0, 0 }, OSFT_E_IO, 1 },
        { "resolve", { NULL, OSFT_E_RESOLVE, 0, 0 }, OSFT_E_RESOLVE, 1 },
        { "send", { NULL, 0, OSFT_E_IO, 0 }, OSFT_E_IO, 1 },
        { "receive", { NULL, 0, 0, OSFT_E_IO }, OSFT_E_IO, 1 },
        { "own port error", { NULL, 0, 0, -777 }, OSFT_E_IO, 1 },
        { "no answer", { NULL, 0, 0, OSFT_EOF }, OSFT_E_CUT, 1 },
        { "half an answer",
          { "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"result\":[{", 0, 0, OSFT_EOF },
          OSFT_E_CUT,
          1 },
        { "stall", { NULL, 0, 0, 0 }, OSFT_E_TIMEOUT, 1 },
        { "429", { script_answer("429 No", "", "{}"), 0, 0, 0 }, OSFT_E_REFUSED, 1 },
        { "500", { script_answer("500 No", "", "oops"), 0, 0, 0 }, OSFT_E_REFUSED, 1 },
        { "502", { script_answer("502 No", "", "<html>"), 0, 0, 0 }, OSFT_E_HTML, 1 },
        { "503", { script_answer("503 No", "", ""), 0, 0, 0 }, OSFT_E_EMPTY, 1 },
        { "504", { script_answer("504 No", "", "{}"), 0, 0, 0 }, OSFT_E_REFUSED, 1 },
        { "throttled", { refusal("400 No", "", "Throttling.User"), 0, 0, 0 }, OSFT_E_REFUSED, 1 },
        { "throttled in 200", { refusal("200 OK", "", "Throttling"), 0, 0, 0 }, OSFT_E_REFUSED, 1 },
        { "ill in 200", { refusal("200 OK", "", "InternalError"), 0, 0, 0 }, OSFT_E_REFUSED, 1 },
        { "nonce", { refusal("400 No", "", "SignatureNonceUsed"), 0, 0, 0 }, OSFT_E_REFUSED, 1 },

        { "TLS", { NULL, OSFT_E_TLS, 0, 0 }, OSFT_E_TLS, 0 },
        { "certificate", { NULL, OSFT_E_CERT, 0, 0 }, OSFT_E_CERT, 0 },
        { "its time", { NULL, OSFT_E_CERT_TIME, 0, 0 }, OSFT_E_CERT_TIME, 0 },
        { "501", { script_answer("501 No", "", "{}"), 0, 0, 0 }, OSFT_E_REFUSED, 0 },
        { "404", { script_answer("404 No", "", "{}"), 0, 0, 0 }, OSFT_E_REFUSED, 0 },
        { "portal", { script_answer("200 OK", "", "<html>"), 0, 0, 0 }, OSFT_E_HTML, 0 },
        { "empty", { script_answer("200 OK", "", ""), 0, 0, 0 }, OSFT_E_EMPTY, 0 },
        { "no JSON", { script_answer("200 OK", "", "oops"), 0, 0, 0 }, OSFT_E_JSON, 0 },
        { "no HTTP", { "SSH-2.0", 0, 0, 0 }, OSFT_E_HTTP, 0 },
        { "elsewhere", { script_answer("302 Found", "", ""), 0, 0, 0 }, OSFT_E_REDIRECT, 0 },
        { "no list", { script_answer("200 OK", "", "{\"result\":7}"), 0, 0, 0 }, OSFT_E_ANSWER, 0 },
        { "signature",
          { refusal("400 No", "", "SignatureDoesNotMatch"), 0, 0, 0 },
          OSFT_E_REFUSED,
          0 },
        { "denied", { refusal("403 No", "", "Forbidden.RAM"), 0, 0, 0 }, OSFT_E_REFUSED, 0 },
        { "denied, 500", { refusal("500 No", "", "NoPermission"), 0, 0, 0 }, OSFT_E_REFUSED, 0 },
        { "no date to learn",
          { refusal("400 No", "", "InvalidTimeStamp.Expired"), 0, 0, 0 },
          OSFT_E_REFUSED,
          0 },
        { "no token",
          { refusal("400 No", "", "InvalidSecurityToken.Malformed"), 0, 0, 0 },
          OSFT_E_REFUSED,
          0 },
        { "not there", { refusal("404 No", "", "Task.NotExist"), 0, 0, 0 }, OSFT_E_REFUSED, 0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct exchange list[2] = { table[i].first, { good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 2);
        int err = script_list(s, 60000);
        if (err != (table[i].again ? OSFT_OK : table[i].err) ||
            s->link.attempts != 1 + table[i].again ||
            s->link.last != (table[i].again ? table[i].err : 0)) {
            fail_msg("%s: result %d, %d attempts, last %d", table[i].name, err, s->link.attempts,
                     (int)s->link.last);
        }
        assert_int_equal(s->page.count, table[i].again ? 1 : 0);
        if (!table[i].again) {
            assert_int_equal(s->wait_count, 0);
        }
        script_free(s);
    }
}

static void each_attempt_has_a_date_and_a_nonce_of_its_own(void **state)
{
    struct exchange list[2] = { { script_answer("503 No", "", ""), 0, 0, 0 },
                                { good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    char first[64], date[64];
    (void)state;
    s->settings.backoff_ms = 5000;
    s->settings.backoff_max_ms = 5000;
    s->random = UINT32_MAX;
    assert_int_equal(osft_link_begin(&s->link, &s->query, 60000, &s->page), OSFT_OK);
    assert_int_equal(osft_link_begin(&s->link, &s->query, 60000, &s->page), OSFT_E_STATE);
    assert_int_equal(osft_link_result(&s->link), OSFT_E_STATE);
    s->utc += 4;
    assert_int_equal(osft_link_run(&s->link), OSFT_OK);
    strcpy(first, script_header(s, 0, "x-acs-signature-nonce"));
    assert_string_not_equal(first, script_header(s, 1, "x-acs-signature-nonce"));
    strcpy(date, script_header(s, 0, "x-acs-date"));
    assert_string_equal(date, "2026-01-01T00:00:00Z");
    assert_string_equal(script_header(s, 1, "x-acs-date"), "2026-01-01T00:00:04Z");
    script_free(s);
}

static void waits_double_up_to_a_bound_and_are_random(void **state)
{
    struct exchange list[8];
    struct script *s;
    static const uint32_t most[] = { 99, 199, 399, 799, 999, 999, 999 };
    size_t i;
    (void)state;
    for (i = 0; i < 8; i++) {
        list[i].answer = script_answer("503 No", "", "");
        list[i].open = list[i].send = list[i].end = 0;
    }
    s = script_new(list, 8);
    s->settings.tries = 8;
    s->settings.backoff_ms = 100;
    s->settings.backoff_max_ms = 1000;
    s->random = UINT32_MAX;
    assert_int_equal(script_list(s, 0), OSFT_E_EMPTY);
    assert_int_equal(s->link.attempts, 8);
    assert_int_equal(s->link.last, OSFT_E_EMPTY);
    assert_int_equal(s->page.http_status, 503);
    assert_int_equal(s->wait_count, 7);
    for (i = 0; i < 7; i++) {
        assert_int_equal(s->waits[i], most[i]);
    }
    s->next = 0;
    s->wait_count = 0;
    s->random = 0; /* the least is not to wait at all */
    assert_int_equal(script_list(s, 0), OSFT_E_EMPTY);
    assert_int_equal(s->link.attempts, 8);
    assert_int_equal(s->wait_count, 0);
    script_free(s);
}

static uint32_t waited(const char *status, const char *headers, const char *body)
{
    struct exchange list[2] = { { script_answer(status, headers, body), 0, 0, 0 },
                                { good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    uint32_t ms;
    assert_int_equal(script_list(s, 0), OSFT_OK);
    assert_int_equal(s->link.attempts, 2);
    ms = s->ticks;
    script_free(s);
    return ms;
}

static void what_the_service_asks_to_wait_is_heeded(void **state)
{
    static const char date[] = "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n";
    char headers[160];
    (void)state;
    assert_int_equal(waited("429 No", "", "{}"), 0);
    assert_int_equal(waited("429 No", "Retry-After: 7\r\n", "{}"), 7000);
    assert_int_equal(waited("503 No", "x-acs-retry-after: 250\r\n", "{}"), 250);
    assert_int_equal(waited("503 No", "Retry-After: 1\r\nX-Acs-Retry-After: 250\r\n", "{}"), 1000);
    assert_int_equal(waited("503 No", "Retry-After: 0\r\n", "{}"), 0);
    assert_int_equal(waited("503 No", "Retry-After: -5\r\n", "{}"), 0);
    assert_int_equal(waited("503 No", "Retry-After: soon\r\n", "{}"), 0);
    snprintf(headers, sizeof(headers), "%sRetry-After: Thu, 01 Jan 2026 00:00:42 GMT\r\n", date);
    assert_int_equal(waited("503 No", headers, "<html>"), 42000);
    snprintf(headers, sizeof(headers), "%sRetry-After: Wed, 31 Dec 2025 23:59:59 GMT\r\n", date);
    assert_int_equal(waited("503 No", headers, ""), 0);
    /* Bounded. */
    assert_int_equal(waited("503 No", "Retry-After: 999999999999\r\n", "{}"),
                     OSFT_RETRY_AFTER_MAX_MS);
    assert_int_equal(waited("503 No", "x-acs-retry-after: 9999999999\r\n", "{}"),
                     OSFT_RETRY_AFTER_MAX_MS);
    assert_int_equal(waited("503 No", "Retry-After: Thu, 01 Jan 2026 00:00:42 GMT\r\n", "{}"),
                     0); /* of what? */
    snprintf(headers, sizeof(headers), "%sRetry-After: soon\r\n", date);
    assert_int_equal(waited("503 No", headers, ""), 0);
    snprintf(headers, sizeof(headers), "%sRetry-After: Thu, 31 Dec 2099 00:00:00 GMT\r\n", date);
    assert_int_equal(waited("503 No", headers, ""), OSFT_RETRY_AFTER_MAX_MS);
}

static void one_deadline_bounds_it_all(void **state)
{
    struct exchange stalls[9];
    struct exchange list[2] = { { script_answer("503 No", "Retry-After: 10\r\n", ""), 0, 0, 0 },
                                { good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    (void)state;
    /* There is not the time to wait: the refusal itself is the result, at once. */
    assert_int_equal(script_list(s, 10000), OSFT_E_EMPTY);
    assert_int_equal(s->ticks, 0);
    assert_int_equal(s->link.attempts, 1);
    assert_int_equal(s->page.http_status, 503);
    assert_span(s->page.retry_after, "10");
    script_free(s);

    memset(stalls, 0, sizeof(stalls));
    s = script_new(stalls, 9);
    s->settings.tries = 9;
    s->settings.attempt_ms = 300;
    s->settings.backoff_ms = 1;
    assert_int_equal(script_list(s, 1000), OSFT_E_TIMEOUT);
    assert_int_equal(s->link.attempts, 4); /* 300, 300, 300, and the 100 that are left */
    assert_int_equal(s->ticks, 1000);
    s->next = 0;
    s->ticks = UINT32_MAX - 500; /* across a wrap */
    assert_int_equal(script_list(s, 1000), OSFT_E_TIMEOUT);
    assert_int_equal(s->link.attempts, 4);
    s->next = 0;
    s->ticks = 0;
    s->settings.attempt_ms = 0;
    s->settings.tries = 2;
    assert_int_equal(script_list(s, 0), OSFT_E_TIMEOUT); /* no budget is no hang */
    assert_int_equal(s->ticks, 20000);
    script_free(s);
}

static void a_super_loop_sees_waits_and_blocks_nowhere(void **state)
{
    struct exchange list[3] = { { script_answer("503 No", "Retry-After: 2\r\n", ""), 0, 0, 0 },
                                { NULL, 0, 0, OSFT_EOF },
                                { good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    enum osft_want want;
    void *buf;
    size_t len, turns = 0, waits = 0;
    (void)state;
    s->blocks = 1;
    s->random = 0x80000000U;
    assert_int_equal(osft_link_begin(&s->link, &s->query, 60000, &s->page), OSFT_OK);
    while ((want = osft_link_step(&s->link, &buf, &len)) != OSFT_DONE) {
        assert_true(++turns < 10000);
        s->ticks++;
        switch (want) {
        case OSFT_WANT_OPEN:
            osft_link_did(&s->link, s->port.open(s, "localhost", osft_tcp_port(&s->settings)));
            break;
        case OSFT_WANT_SEND: osft_link_did(&s->link, s->port.send(s, buf, len)); break;
        case OSFT_WANT_RECV: osft_link_did(&s->link, s->port.recv(s, buf, len)); break;
        case OSFT_WANT_CLOSE:
            s->port.close(s);
            osft_link_did(&s->link, 1);
            break;
        default:
            assert_int_equal(want, OSFT_WANT_WAIT);
            assert_true(len - osft_link_left(&s->link) <= 1); /* the clock has moved on */
            waits++;
            osft_link_did(&s->link, 1); /* nothing to report, and no harm in it */
        }
    }
    assert_int_equal(osft_link_result(&s->link), OSFT_OK);
    assert_int_equal(s->link.attempts, 3);
    assert_true(waits > 1990);
    script_free(s);
}

static void every_port_call_can_fail(void **state)
{
    int k, done = 0;
    (void)state;
    for (k = 1; !done; k++) {
        struct exchange list[4] = { { script_answer("503 No", "", ""), 0, 0, 0 },
                                    { good(""), 0, 0, 0 },
                                    { good(""), 0, 0, 0 },
                                    { good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 4);
        int err;
        s->fail_at = k;
        err = script_list(s, 60000);
        done = s->calls < k;
        if (err != OSFT_OK) {
            assert_int_equal(err, OSFT_E_RANDOM); /* nothing can be signed without a nonce */
            assert_int_equal(s->page.count, 0);
        } else {
            assert_int_equal(s->page.count, 1);
        }
        script_free(s);
    }
    assert_true(k > 8);
}

static void a_call_given_up_leaves_nothing_open_and_nothing_secret(void **state)
{
    struct exchange list[2] = { { NULL, 0, 0, 0 }, { good(""), 0, 0, 0 } };
    int steps;
    (void)state;
    for (steps = 0; steps < 3; steps++) {
        struct script *s = script_new(list, 2);
        void *buf;
        size_t len;
        int i;
        s->credentials.token.ptr = "token-of-mine";
        s->credentials.token.len = strlen(s->credentials.token.ptr);
        assert_int_equal(osft_link_begin(&s->link, &s->query, 60000, &s->page), OSFT_OK);
        for (i = 0; i < steps; i++) {
            if (osft_link_step(&s->link, &buf, &len) == OSFT_WANT_OPEN) {
                osft_link_did(&s->link, s->port.open(s, "localhost", 80));
            } else {
                osft_link_did(&s->link, s->port.send(s, buf, len / 2));
            }
        }
        osft_link_close(&s->link);
        assert_int_equal(osft_link_result(&s->link), OSFT_E_STOPPED);
        assert_false(s->is_open);
        assert_false(script_holds(s->work, sizeof(s->work), "token-of-mine"));
        assert_false(script_holds(s->work, sizeof(s->work), "Signature="));
        s->next = 1;
        assert_int_equal(script_list(s, 1000), OSFT_OK); /* and it is good for the next */
        script_free(s);
    }
}

static int count_tasks(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    (void)index, (void)need;
    assert_non_null(task);
    ++*(int *)ctx;
    return 0;
}

/* Between a chunk's size and its end no byte of a head has come for a while. */
static void a_kept_connection_cut_within_a_chunk_began_to_answer(void **state)
{
    static const char part[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "400\r\n{\"result\":[{\"runId\":\"x\"},";
    struct exchange list[3] = { { good(""), 0, 0, 0 },
                                { part, 0, 0, OSFT_EOF },
                                { good(""), 0, 0, 0 } };
    struct osft_stream stream;
    struct script *s = script_new(list, 3);
    int tasks = 0;
    (void)state;
    osft_stream_init(&stream, &s->page, count_tasks, &tasks);
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(script_list(s, 60000), OSFT_E_CUT);
    assert_int_equal(tasks, 2);
    assert_int_equal(s->link.reopened, 0);
    script_free(s);
}

static void a_stream_is_not_begun_again_once_it_has_delivered(void **state)
{
    static const char part[] = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
                               "{\"result\":[{\"runId\":\"x\"},";
    struct exchange list[2] = { { part, 0, 0, OSFT_EOF }, { good(""), 0, 0, 0 } };
    struct exchange early[2] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{", 0, 0, OSFT_EOF }, { good(""), 0, 0, 0 }
    };
    struct osft_stream stream;
    struct script *s = script_new(list, 2);
    int tasks = 0;
    (void)state;
    osft_stream_init(&stream, &s->page, count_tasks, &tasks);
    assert_int_equal(script_list(s, 60000), OSFT_E_CUT);
    assert_int_equal(s->link.attempts, 1);
    assert_int_equal(tasks, 1);
    assert_int_equal(stream.delivered, 1);
    script_free(s);

    s = script_new(early, 2);
    tasks = 0;
    osft_stream_init(&stream, &s->page, count_tasks, &tasks);
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(s->link.attempts, 2);
    assert_int_equal(tasks, 1);
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_serves_call_after_call),
        cmocka_unit_test(a_page_that_did_not_fit_leaves_the_connection_open),
        cmocka_unit_test(a_connection_is_closed_when_it_should_be),
        cmocka_unit_test(a_kept_connection_found_closed_is_opened_again),
        cmocka_unit_test(only_a_kept_connection_is_and_only_once),
        cmocka_unit_test(a_kept_connection_that_began_to_answer_is_not),
        cmocka_unit_test(a_kept_connection_that_speaks_unasked_is_not_listened_to),
        cmocka_unit_test(a_kept_connection_cut_within_a_chunk_began_to_answer),
        cmocka_unit_test(retries_follow_what_can_change_and_nothing_else),
        cmocka_unit_test(each_attempt_has_a_date_and_a_nonce_of_its_own),
        cmocka_unit_test(waits_double_up_to_a_bound_and_are_random),
        cmocka_unit_test(what_the_service_asks_to_wait_is_heeded),
        cmocka_unit_test(one_deadline_bounds_it_all),
        cmocka_unit_test(a_super_loop_sees_waits_and_blocks_nowhere),
        cmocka_unit_test(every_port_call_can_fail),
        cmocka_unit_test(a_call_given_up_leaves_nothing_open_and_nothing_secret),
        cmocka_unit_test(a_stream_is_not_begun_again_once_it_has_delivered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
