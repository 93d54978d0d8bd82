/* SPDX-License-Identifier: Apache-2.0 */
/* Connections, clocks and tokens: what shows only over several calls. */
#include "matrix.h"

#include <string.h>

#define ENOUGH_MS 20000
#define LINES     32

/* So many calls, each of which must come out well and whole. */
static void list_well(struct stage *s, int calls, struct outcome *o)
{
    struct got g;

    memset(o, 0, sizeof(*o));
    while (calls-- > 0) {
        got_init(&g, after, AFTER_COUNT);
        ask_list(&s->client, ENOUGH_MS, 0, &g, o);
        assert_int_equal(o->err, OSFT_OK);
        assert_int_equal(g.wrong, 0);
        assert_int_equal(g.count, AFTER_COUNT);
    }
}

/* The requests that the endpoint saw came so: on that connection, as its so-manieth. */
static void check_conns(struct stage *s, const char *want)
{
    struct live_line lines[LINES];
    char is[4 * LINES + 1] = "";
    size_t n = stage_log(s, lines, LINES), i;

    for (i = 0; i < n; i++) {
        assert_in_range(lines[i].conn, 1, 9);
        assert_in_range(lines[i].nth, 1, 9);
        is[4 * i] = (char)('0' + lines[i].conn);
        is[4 * i + 1] = '.';
        is[4 * i + 2] = (char)('0' + lines[i].nth);
        is[4 * i + 3] = i + 1 < n ? ' ' : 0;
    }
    assert_string_equal(is, want);
}

/* So many calls while the endpoint does that, and the connections that their requests came on.
 * tries: 0: as usual. */
static void list_under(struct stage *s, const char *faults, unsigned tries, int calls,
                       const char *conns, struct outcome *o)
{
    stage_fault(s, faults, 0);
    s->client.settings.tries = (uint8_t)tries;
    list_well(s, calls, o);
    check_conns(s, conns);
}

static void a_connection_serves_all_calls(struct stage *s)
{
    struct outcome o;

    list_under(s, "delay=0", 0, 4, "1.1 1.2 1.3 1.4", &o);
    assert_int_equal(o.reopened, 0);
}

/* It is not used again: what is asked for next may be a new look at the certificate. */
static void a_refusal_costs_its_connection(struct stage *s)
{
    struct outcome o;

    list_under(s, "status=503:1 refuse=SignatureNonceUsed:1 throttle=none:1", 0, 2,
               "1.1 2.1 3.1 4.1 4.2", &o);
    assert_int_equal(o.first_attempts, 4);
    assert_int_equal(o.reopened, 0);
}

static void close_is_heeded(struct stage *s)
{
    struct outcome o;

    list_under(s, "close", 0, 3, "1.1 2.1 3.1", &o);
    assert_int_equal(o.reopened, 0);
    assert_int_equal(o.requests, 3);
}

/* Closed although it said keep-alive, so that the next call finds it so: no attempt, no wait. */
static void a_closed_connection_is_opened_again(struct stage *s)
{
    struct outcome o;

    list_under(s, "close-idle", 1, 3, "1.1 2.1 3.1", &o);
    assert_in_range(o.reopened, 0, 2); /* most often it is seen before anything is sent */
    assert_int_equal(o.requests, 3);
}

/* The same when the request did arrive on the kept connection. */
static void a_kept_connection_that_is_dropped_is_opened_again(struct stage *s)
{
    struct outcome o;

    list_under(s, "drop:1@2", 1, 3, "1.1 1.2 2.1 2.2", &o);
    assert_int_equal(o.reopened, 1);
    assert_int_equal(o.requests, 3);
}

static void a_cut_answer_costs_its_connection(struct stage *s)
{
    struct outcome o;

    list_under(s, "cut=300:1", 0, 2, "1.1 2.1 2.2", &o);
    assert_int_equal(o.first_attempts, 2);
    assert_int_equal(o.first_last, OSFT_E_CUT);
}

static void check_skew(const struct stage *s, int64_t skew_s)
{
    assert_true(s->client.link.skew_s >= skew_s - 30 && s->client.link.skew_s <= skew_s + 30);
    assert_int_equal(s->client.settings.skew_s, s->client.link.skew_s);
}

static void a_clock_that_is_off_is_learned_once(struct stage *s)
{
    struct outcome o;

    list_under(s, "skew=-7200", 0, 3, "1.1 2.1 2.2 2.3", &o);
    assert_int_equal(o.requests, 4);
    check_skew(s, -7200);
    stage_turn(s, &s->after); /* whose clock is right: learned again */
    list_well(s, 2, &o);
    assert_int_equal(o.requests, 3);
    check_skew(s, 0);
}

static int64_t no_clock(void *ctx)
{
    (void)ctx;
    return -1;
}

/* TLS needs a clock to judge certificates by, so this is for plain HTTP. */
static void a_client_without_a_clock_learns_the_time(struct stage *s)
{
    struct osft_port port = s->client.net.port;
    struct outcome o;

    stage_fault(s, "delay=0", 0);
    if (s->secure)
        return;
    port.utc_s = no_clock;
    port.learn_utc = NULL;
    s->client.settings.port = &port;
    list_well(s, 3, &o);
    assert_int_equal(o.requests, 4);
    assert_int_equal(o.first_attempts, 2);
    assert_int_equal(o.first_last, OSFT_E_REFUSED);
    osft_link_close(&s->client.link);
    s->client.settings.port = &s->client.net.port;
}

/* Two waits, each as long as was asked for, and no longer than the endpoint's clock and load explain. */
static void waits_add_up(struct stage *s)
{
    struct live_line lines[LINES];
    struct outcome o;

    stage_fault(s, "throttle-ms=40:2 status=503:1", 0);
    list_well(s, 1, &o);
    assert_int_equal(o.first_attempts, 4);
    assert_int_equal(stage_log(s, lines, LINES), 4);
    assert_true(lines[1].ms - lines[0].ms >= 39 && lines[2].ms - lines[1].ms >= 39);
    assert_true(o.longest_ms >= 79);
}

/* Where tokens come from. */
struct purse {
    struct osft_credentials *credentials;
    int asked, expired; /* times; of them, because a token had expired */
    int has_second;
};

static int renew(void *ctx, int expired)
{
    static const struct osft_span first = OSFT_LIT("token-1"), second = OSFT_LIT("token-2");
    struct purse *p = ctx;

    p->asked++;
    p->expired += expired;
    p->credentials->token = p->has_second && p->expired ? second : first;
    return 0;
}

static void fill(struct stage *s, struct purse *p, int has_second)
{
    stage_fault(
        s, "--security-token=token-1 --token-uses=2 --next-security-token=token-2 delay=0:1", 0);
    memset(p, 0, sizeof(*p));
    p->credentials = &s->client.credentials;
    p->has_second = has_second;
    s->client.settings.renew = renew;
    s->client.settings.renew_ctx = p;
}

static void a_token_that_expires_is_renewed(struct stage *s)
{
    struct outcome o;
    struct purse p;

    fill(s, &p, 1);
    list_well(s, 4, &o);
    assert_int_equal(o.requests, 5);
    assert_int_equal(o.later_attempts, 2);
    assert_int_equal(o.later_last, OSFT_E_REFUSED);
    assert_int_equal(p.asked, 5);
    assert_int_equal(p.expired, 1);
}

static void a_token_that_cannot_be_renewed_is_an_error_of_its_own(struct stage *s)
{
    struct outcome o;
    struct purse p;
    struct got g;

    fill(s, &p, 0);
    list_well(s, 2, &o);
    got_init(&g, after, AFTER_COUNT);
    ask_list(&s->client, ENOUGH_MS, 0, &g, &o);
    assert_int_equal(o.err, OSFT_E_TOKEN);
    assert_int_equal(g.count + g.wrong, 0);
    assert_int_equal(s->client.link.attempts, 2);
    assert_int_equal(p.expired, 1);
}

const struct other others[] = {
    { "a connection serves all calls", a_connection_serves_all_calls },
    { "a refusal costs its connection", a_refusal_costs_its_connection },
    { "Connection: close is heeded", close_is_heeded },
    { "a connection found closed is opened again", a_closed_connection_is_opened_again },
    { "a kept connection that is dropped is opened again",
      a_kept_connection_that_is_dropped_is_opened_again },
    { "a cut answer costs its connection", a_cut_answer_costs_its_connection },
    { "a clock that is off is learned once", a_clock_that_is_off_is_learned_once },
    { "a client without a clock learns the time", a_client_without_a_clock_learns_the_time },
    { "waits add up", waits_add_up },
    { "a token that expires is renewed", a_token_that_expires_is_renewed },
    { "a token that cannot be renewed is an error of its own",
      a_token_that_cannot_be_renewed_is_an_error_of_its_own },
};
const size_t other_count = sizeof(others) / sizeof(others[0]);
