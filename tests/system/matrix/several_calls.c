/* SPDX-License-Identifier: Apache-2.0 */
/* Tests behaviour that only a sequence of calls shows: of connections, clocks, tokens and waits. */
#include "matrix.h"

#include <string.h>

#define ENOUGH_MS 200000

/* Make this many calls, each of which must deliver all tasks. */
static void list_successfully(struct stage *s, int calls, struct outcome *o)
{
    struct got got;

    memset(o, 0, sizeof(*o));
    while (calls-- > 0) {
        got_init(&got, after, AFTER_COUNT);
        call_list(&s->client, ENOUGH_MS, 0, &got, o);
        assert_int_equal(o->result, OSFT_OK);
        assert_int_equal(got.wrong, 0);
        assert_int_equal(got.count, AFTER_COUNT);
    }
}

/* Check the requests that the endpoint saw, written as "CONNECTION.REQUEST" numbers. */
static void check_connections(struct stage *s, const char *wanted)
{
    char is[4 * STAGE_LINES + 1] = "";
    size_t n = stage_log(s), i;

    for (i = 0; i < n; i++) {
        assert_in_range(s->lines[i].conn, 1, 9);
        assert_in_range(s->lines[i].nth, 1, 9);
        is[4 * i] = (char)('0' + s->lines[i].conn);
        is[4 * i + 1] = '.';
        is[4 * i + 2] = (char)('0' + s->lines[i].nth);
        is[4 * i + 3] = i + 1 < n ? ' ' : 0;
    }
    assert_string_equal(is, wanted);
}

/* Make this many calls with at most `attempts` attempts each while the endpoint plays faults. */
static void list_under_faults(struct stage *s, const char *faults, uint8_t attempts, int calls,
                              const char *connections, struct outcome *o)
{
    stage_fault(s, faults, 0, AFTER);
    s->client.retry.attempts = attempts;
    list_successfully(s, calls, o);
    check_connections(s, connections);
}

static void one_connection_serves_all_calls(struct stage *s)
{
    struct outcome o;

    list_under_faults(s, "delay=0", 4, 4, "1.1 1.2 1.3 1.4", &o);
    assert_int_equal(o.reopened, 0);
}

/* After the client has learned the time, a new connection is needed to check the certificate
 * again. */
static void a_refusal_closes_its_connection(struct stage *s)
{
    struct outcome o;

    list_under_faults(s, "status=503:1 refuse=SignatureNonceUsed:1 throttle=none:1", 4, 2,
                      "1.1 2.1 3.1 4.1 4.2", &o);
    assert_int_equal(o.first_attempts, 4);
    assert_int_equal(o.reopened, 0);
}

static void a_connection_is_closed_after_connection_close(struct stage *s)
{
    struct outcome o;

    list_under_faults(s, "close", 4, 3, "1.1 2.1 3.1", &o);
    assert_int_equal(o.reopened, 0);
    assert_int_equal(o.requests, 3);
}

/* The endpoint closes a connection although it said keep-alive. Opening another connection does not
 * count as an attempt, and needs no pause. */
static void a_closed_connection_is_reopened(struct stage *s)
{
    struct outcome o;

    list_under_faults(s, "close-idle", 1, 3, "1.1 2.1 3.1", &o);
    assert_in_range(o.reopened, 0, 2); /* the client may notice the end before it sends */
    assert_int_equal(o.requests, 3);
    assert_int_equal(o.longest_ms, 0);
}

/* The endpoint receives the request on the kept connection, and closes the connection without a
 * response. */
static void a_kept_connection_that_is_dropped_is_reopened(struct stage *s)
{
    struct outcome o;

    list_under_faults(s, "drop:1@2", 1, 3, "1.1 1.2 2.1 2.2", &o);
    assert_int_equal(o.reopened, 1);
    assert_int_equal(o.requests, 3);
    assert_int_equal(o.longest_ms, 0);
}

/* No response comes, as when a NAT has forgotten the connection. The client waits for the whole
 * time of an attempt, which does not count as an attempt. */
static void a_kept_connection_that_is_dropped_silently_is_reopened(struct stage *s)
{
    struct outcome o;

    list_under_faults(s, "stall:1@2", 1, 3, "1.1 1.2 2.1 2.2", &o);
    assert_int_equal(o.reopened, 1);
    assert_int_equal(o.requests, 3);
    assert_int_equal(o.later_error, OSFT_OK);
    assert_int_equal(o.longest_ms, s->client.retry.attempt_ms);
}

/* A stall on a new connection is counted as an attempt. */
static void a_new_connection_that_stalls_is_an_attempt(struct stage *s)
{
    struct outcome o;

    list_under_faults(s, "stall:1", 2, 1, "1.1 2.1", &o);
    assert_int_equal(o.reopened, 0);
    assert_int_equal(o.first_attempts, 2);
    assert_int_equal(o.first_error, OSFT_E_TIMEOUT);
}

/* Make two calls with a pause of pause_ms between them. */
static void list_twice(struct stage *s, const char *faults, uint32_t idle_ms, uint32_t pause_ms,
                       const char *connections)
{
    struct outcome o;

    stage_fault(s, faults, 0, AFTER);
    s->client.settings.idle_ms = idle_ms;
    list_successfully(s, 1, &o);
    s->client.now_ms += pause_ms;
    list_successfully(s, 1, &o);
    assert_int_equal(o.reopened, 0);
    check_connections(s, connections);
}

static void a_connection_is_not_used_again_after_its_idle_time(struct stage *s)
{
    list_twice(s, "delay=0", 0, 49999, "1.1 1.2"); /* the default of idle_ms is 50 s */
    list_twice(s, "delay=0", 0, 50000, "1.1 2.1");
    list_twice(s, "delay=0", 700, 699, "1.1 1.2");
    list_twice(s, "delay=0", 700, 700, "1.1 2.1");
    list_twice(s, "keep-alive=5", 0, 4999, "1.1 1.2");
    list_twice(s, "keep-alive=5:1", 0, 5000, "1.1 2.1");
    /* the shorter one of the two times counts */
    list_twice(s, "keep-alive=90:2", 0, 50000, "1.1 2.1");
}

static void a_cut_response_closes_its_connection(struct stage *s)
{
    struct outcome o;

    list_under_faults(s, "cut=300:1", 4, 2, "1.1 2.1 2.2", &o);
    assert_int_equal(o.first_attempts, 2);
    assert_int_equal(o.first_error, OSFT_E_CUT);
}

/* Check that the offset is that of the endpoint's clock, within what a slow machine can measure. */
static void check_offset(const struct stage *s, int64_t offset_s)
{
    assert_true(s->client.client.clock_offset_s >= offset_s - 600);
    assert_true(s->client.client.clock_offset_s <= offset_s + 600);
}

static void a_wrong_clock_is_corrected_once(struct stage *s)
{
    struct outcome o;

    list_under_faults(s, "skew=-7200", 4, 3, "1.1 2.1 2.2 2.3", &o);
    assert_int_equal(o.requests, 4);
    check_offset(s, -7200);
    /* the clock of this endpoint is right, so the offset is learned again */
    stage_turn(s, &s->after);
    list_successfully(s, 2, &o);
    assert_int_equal(o.requests, 3);
    check_offset(s, 0);
}

static int64_t unknown_time(void *ctx)
{
    (void)ctx;
    return -1;
}

/* This test runs over plain HTTP only, because TLS needs a clock to check certificates. */
static void a_client_without_a_clock_learns_the_time(struct stage *s)
{
    struct osft_port port = s->client.port;
    struct outcome o;

    if (s->secure)
        return;
    stage_fault(s, "delay=0", 0, AFTER);
    port.utc_s = unknown_time;
    port.learn_utc = NULL;
    s->client.settings.port = &port;
    list_successfully(s, 3, &o);
    assert_int_equal(o.requests, 4);
    assert_int_equal(o.first_attempts, 2);
    assert_int_equal(o.first_error, OSFT_E_REFUSED);
    osft_close(&s->client.client);
    s->client.settings.port = &s->client.port;
}

/* This test sleeps, and compares the clocks of this machine and of the endpoint. */
static void waits_are_as_long_as_asked_for(struct stage *s)
{
    struct osft_port port = s->client.sockets.port;
    int64_t began_ms = live_ticks_ms();
    struct outcome o;

    if (s->secure)
        return;
    stage_fault(s, "throttle-ms=40:2 status=503:1", 0, AFTER);
    s->client.settings.port = &port;
    list_successfully(s, 1, &o);
    assert_int_equal(o.first_attempts, 4);
    assert_int_equal(stage_log(s), 4);
    assert_true(s->lines[1].ms - s->lines[0].ms >= 39 && s->lines[2].ms - s->lines[1].ms >= 39);
    assert_true(live_ticks_ms() - began_ms >= 79);
    osft_close(&s->client.client);
    s->client.settings.port = &s->client.port;
}

/* A watch also waits between its polls, whatever the response was. */
static void a_watch_waits_between_polls_when_it_is_asked_to(struct stage *s)
{
    struct watcher w;
    struct outcome o;
    uint32_t wait_ms;

    memset(&o, 0, sizeof(o));
    stage_fault(s, "throttle=7:1 retry-after=3:1@2", 0, AFTER);
    watcher_init(&w, &s->client);
    call_watch(&w, &s->client, 5000, &o);
    assert_int_equal(o.result, OSFT_E_REFUSED); /* the limit was shorter than the wait */
    assert_int_equal(o.reply.retry_after_ms, 7000);
    assert_int_equal(s->client.paused_ms, 0);
    wait_ms = o.reply.retry_wait_ms;
    assert_in_range(wait_ms, 7000, 7010);
    call_watch(&w, &s->client, 5000, &o);
    assert_int_equal(o.result, OSFT_OK);
    assert_int_equal(s->client.paused_ms, wait_ms);
    check_heard_after(&w.heard, 1);
}

/* The run is still listed, although its task cannot be used. */
static void a_run_whose_task_is_bad_has_not_vanished(struct stage *s)
{
    static const struct heard nothing;
    struct watcher w;
    struct outcome o;

    memset(&o, 0, sizeof(o));
    stage_fault(s, "delay=0", 0, AFTER);
    watcher_init(&w, &s->client);
    call_watch(&w, &s->client, ENOUGH_MS, &o);
    assert_int_equal(o.result, OSFT_OK);
    check_heard_after(&w.heard, 1);
    memset(&w.heard, 0, sizeof(w.heard));
    stage_fault(s, "delay=0", 0, AFTER_SPOILT);
    call_watch(&w, &s->client, ENOUGH_MS, &o);
    assert_int_equal(o.result, OSFT_E_BAD_TASK);
    assert_int_equal(w.heard.left_out, 1);
    stage_turn(s, &s->after);
    call_watch(&w, &s->client, ENOUGH_MS, &o);
    assert_int_equal(o.result, OSFT_OK);
    assert_int_equal(w.heard.wrong, 0);
    assert_memory_equal(w.heard.count, nothing.count, sizeof(nothing.count));
}

/* The socket takes only a part of the request, as the endpoint stops reading; but the endpoint has
 * responded. */
static void an_early_refusal_is_reported_while_the_send_window_is_full(struct stage *s)
{
    static char token[500000], work[600000];
    struct live_client *c = &s->client;
    struct outcome o;
    struct got got;

    stage_fault(s, "early=413", 0, AFTER);
    memset(token, 'x', sizeof(token));
    c->credentials.token.ptr = token;
    c->credentials.token.len = sizeof(token);
    c->settings.work = work;
    c->settings.work_size = sizeof(work);
    c->send_buffer = 8192;
    c->blocked = 0;
    memset(&o, 0, sizeof(o));
    got_init(&got, after, AFTER_COUNT);
    call_list(c, ENOUGH_MS, 0, &got, &o);
    assert_int_equal(o.result, OSFT_E_REFUSED);
    assert_int_equal(o.reply.http_status, 413);
    assert_int_equal(o.first_attempts, 1);
    assert_int_equal(o.longest_ms, 0);
    assert_in_range(c->blocked, 1, 1000000);
    assert_int_equal(c->client.is_open, 0);
}

/* The source of tokens. */
struct token_source {
    struct osft_credentials *credentials;
    int asked;   /* calls of the function */
    int expired; /* calls that were made because a token had expired */
    int has_second;
};

static int renew(void *ctx, int expired)
{
    static const struct osft_span first = OSFT_LIT("token-1"), second = OSFT_LIT("token-2");
    struct token_source *token_source = ctx;

    token_source->asked++;
    token_source->expired += expired;
    token_source->credentials->token =
        token_source->has_second && token_source->expired ? second : first;
    return 0;
}

static void use_token_source(struct stage *s, struct token_source *token_source, int has_second)
{
    stage_fault(s,
                "--security-token=token-1 --token-uses=2 --next-security-token=token-2 delay=0:1",
                0, AFTER);
    memset(token_source, 0, sizeof(*token_source));
    token_source->credentials = &s->client.credentials;
    token_source->has_second = has_second;
    s->client.settings.renew = renew;
    s->client.settings.renew_ctx = token_source;
}

static void a_token_that_expires_is_renewed(struct stage *s)
{
    struct outcome o;
    struct token_source token_source;

    use_token_source(s, &token_source, 1);
    list_successfully(s, 4, &o);
    assert_int_equal(o.requests, 5);
    assert_int_equal(o.later_attempts, 2);
    assert_int_equal(o.later_error, OSFT_E_REFUSED);
    assert_int_equal(token_source.asked, 5);
    assert_int_equal(token_source.expired, 1);
}

static void a_token_that_cannot_be_renewed_is_an_error_of_its_own(struct stage *s)
{
    struct outcome o;
    struct token_source token_source;
    struct got got;

    use_token_source(s, &token_source, 0);
    list_successfully(s, 2, &o);
    got_init(&got, after, AFTER_COUNT);
    call_list(&s->client, ENOUGH_MS, 0, &got, &o);
    assert_int_equal(o.result, OSFT_E_TOKEN);
    assert_int_equal(got.count + got.wrong, 0);
    assert_int_equal(s->client.client.reply.attempts, 2);
    assert_int_equal(token_source.expired, 1);
}

const struct sequence sequences[] = {
    { "one connection serves all calls", one_connection_serves_all_calls },
    { "a refusal closes its connection", a_refusal_closes_its_connection },
    { "Connection: close is heeded", a_connection_is_closed_after_connection_close },
    { "a closed connection is reopened", a_closed_connection_is_reopened },
    { "a kept connection that is dropped is reopened",
      a_kept_connection_that_is_dropped_is_reopened },
    { "a kept connection that is dropped silently is reopened",
      a_kept_connection_that_is_dropped_silently_is_reopened },
    { "a new connection that stalls is an attempt", a_new_connection_that_stalls_is_an_attempt },
    { "a connection is not used again after its idle time",
      a_connection_is_not_used_again_after_its_idle_time },
    { "a cut response closes its connection", a_cut_response_closes_its_connection },
    { "a wrong clock is corrected once", a_wrong_clock_is_corrected_once },
    { "a client without a clock learns the time", a_client_without_a_clock_learns_the_time },
    { "waits are as long as asked for", waits_are_as_long_as_asked_for },
    { "a watch waits between polls when it is asked to",
      a_watch_waits_between_polls_when_it_is_asked_to },
    { "a run whose task is bad has not vanished", a_run_whose_task_is_bad_has_not_vanished },
    { "an early refusal is reported while the send window is full",
      an_early_refusal_is_reported_while_the_send_window_is_full },
    { "a token that expires is renewed", a_token_that_expires_is_renewed },
    { "a token that cannot be renewed is an error of its own",
      a_token_that_cannot_be_renewed_is_an_error_of_its_own },
};
const size_t sequence_count = sizeof(sequences) / sizeof(sequences[0]);
