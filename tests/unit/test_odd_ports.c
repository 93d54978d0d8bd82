/* SPDX-License-Identifier: Apache-2.0 */
/* Port functions that return unusual values: extremes, wrong signs, more bytes than were asked for.
 */
#include <limits.h>
#include "script.h"

/* The port function that returns the unusual value. */
enum function { OPEN, SEND, RECV, WAIT, RANDOM, FUNCTIONS };

/* A fake port with one function that returns a fixed value from a given call on. */
static struct {
    struct osft_port port;
    const struct osft_port *real;
    enum function function;
    int value;
    unsigned calls[FUNCTIONS], from; /* from: the first call that returns the value, from 1 */
} odd;

static int is_odd(enum function function)
{
    return ++odd.calls[function] >= odd.from && odd.function == function;
}

static int odd_open(void *ctx, const char *host, uint16_t tcp_port)
{
    return is_odd(OPEN) ? odd.value : odd.real->open(ctx, host, tcp_port);
}

static int odd_send(void *ctx, const void *bytes, size_t len)
{
    return is_odd(SEND) ? odd.value : odd.real->send(ctx, bytes, len);
}

static int odd_recv(void *ctx, void *buffer, size_t room)
{
    return is_odd(RECV) ? odd.value : odd.real->recv(ctx, buffer, room);
}

static int odd_wait(void *ctx, unsigned events, uint32_t ms)
{
    int result = odd.real->wait(ctx, events, ms);
    return is_odd(WAIT) ? odd.value : result;
}

static int odd_random(void *ctx, void *buffer, size_t len)
{
    return is_odd(RANDOM) ? odd.value : odd.real->random(ctx, buffer, len);
}

static struct setup *odd_setup(enum function function, unsigned from, int value)
{
    struct setup *s = setup_body(1024, "200 OK", "{\"result\":[{\"runId\":\"a\"}]}");

    memset(&odd, 0, sizeof(odd));
    odd.port = s->fake.port;
    odd.real = &s->fake.port;
    odd.port.open = odd_open;
    odd.port.send = odd_send;
    odd.port.recv = odd_recv;
    odd.port.wait = odd_wait;
    odd.port.random = odd_random;
    odd.port.code = NULL;
    odd.function = function;
    odd.from = from;
    odd.value = value;
    s->settings.port = &odd.port;
    s->fake.step = 60;
    s->fake.tick = 1000; /* each wait takes 1 s, so that calls end */
    return s;
}

static void check(enum function function, unsigned from, int value, int expected)
{
    struct setup *s = odd_setup(function, from, value);
    int result = setup_list(s);
    if (result != expected) {
        fail_msg("function %d returns %d: %d, not %d", (int)function, value, result, expected);
    }
    assert_false(s->client.is_open);
    if (expected == OSFT_OK) {
        assert_int_equal(s->page.count, 1);
    } else if (expected <= OSFT_E_IO && expected != OSFT_E_CUT && expected != OSFT_E_RANDOM) {
        assert_true(s->client.reply.port_code == (value < 0 ? value : OSFT_E_IO));
    }
    assert_false(script_holds(s->work, s->settings.work_size, "Signature="));
    setup_free(s);
}

/* Errors that a port may return reach the caller; each other negative value becomes OSFT_E_IO. */
static void negative_results_are_errors_of_the_port(void **state)
{
    static const int others[] = { -1, -2, -3, -4, -15, -32, -33, -48, -63, -65, -1000, INT_MIN };
    static const enum function functions[] = { OPEN, SEND, RECV };
    size_t i, k;
    int error;
    (void)state;
    for (i = 0; i < COUNT(functions); i++) {
        for (k = 0; k < COUNT(others); k++) {
            check(functions[i], 1, others[k], OSFT_E_IO);
        }
        for (error = -31; error <= -16; error++) {
            check(functions[i], 1, error, error);
        }
    }
    check(OPEN, 1, OSFT_EOF, OSFT_E_IO);
    check(SEND, 1, OSFT_EOF, OSFT_E_IO);
    check(RECV, 1, OSFT_EOF, OSFT_E_CUT);
    check(RECV, 2, OSFT_EOF, OSFT_E_CUT);
}

static void more_bytes_than_were_asked_for_are_an_error(void **state)
{
    static const int values[] = { 2000, 65536, INT_MAX };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(values); i++) {
        check(SEND, 1, values[i], OSFT_E_IO);
        check(SEND, 2, values[i], OSFT_E_IO);
        check(RECV, 1, values[i], OSFT_E_IO);
    }
    /* more than the request, but not more than the work buffer */
    check(SEND, 2, 1024 - 60, OSFT_E_IO);
    check(RECV, 1, 1025, OSFT_E_IO);
}

static void any_positive_result_of_open_is_a_connection(void **state)
{
    (void)state;
    check(OPEN, 1, 2, OSFT_OK);
    check(OPEN, 1, INT_MAX, OSFT_OK);
}

/* The same while send would block. */
static void more_early_bytes_than_were_asked_for_are_an_error(void **state)
{
    static const int values[] = { 1025, 100000, INT_MAX };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(values); i++) {
        struct setup *s = odd_setup(RECV, 1, values[i]);
        s->fake.window = 100;
        assert_int_equal(setup_list(s), OSFT_E_IO);
        setup_free(s);
    }
}

static void no_result_of_wait_ends_a_call(void **state)
{
    static const int values[] = { INT_MIN, -1000, OSFT_EOF, OSFT_E_TLS, OSFT_E_IO,
                                  -1,      1,     3,        1000,       INT_MAX };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(values); i++) {
        struct setup *s = odd_setup(WAIT, 1, values[i]);
        s->fake.blocks = 1;
        s->fake.tick = 1;
        assert_int_equal(setup_list(s), OSFT_OK);
        assert_true(odd.calls[WAIT] > 3);
        setup_free(s);
        /* A body without a length ends with the stream, not when a wait fails. */
        s = setup_new(1024, "HTTP/1.1 200 OK\r\n\r\n{\"result\":[]}", 32);
        s->fake.at_end = 0;
        s->fake.wait_result = values[i];
        s->fake.tick = 1000;
        assert_int_equal(setup_list(s), OSFT_E_TIMEOUT);
        setup_free(s);
    }
}

static void a_random_source_that_fails_in_any_way_signs_nothing(void **state)
{
    static const int values[] = { INT_MIN, OSFT_E_IO, -1, 1, 16, INT_MAX };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(values); i++) {
        struct setup *s = odd_setup(RANDOM, 1, values[i]);
        static const int32_t code = 4321;
        odd.port.code = &code;
        assert_int_equal(setup_list(s), OSFT_E_RANDOM);
        assert_int_equal(s->client.reply.port_code, 4321);
        assert_int_equal(s->fake.opened, 0);
        setup_free(s);
    }
}

static int draw_nothing(void *ctx, void *buffer, size_t len)
{
    (void)ctx, (void)buffer, (void)len;
    return 0;
}

static void each_nonce_is_filled_by_the_port(void **state)
{
    struct setup *s = odd_setup(FUNCTIONS, 1, 0);
    const char *nonce;
    (void)state;
    s->fake.port.random = draw_nothing;
    assert_int_equal(setup_list(s), OSFT_OK);
    setup_free(s);
    s = odd_setup(FUNCTIONS, 1, 0); /* the fake port fills in 0x5a */
    assert_int_equal(setup_list(s), OSFT_OK);
    s->fake.sent[s->fake.sent_len] = 0;
    nonce = strstr(s->fake.sent, "x-acs-signature-nonce: ");
    assert_non_null(nonce);
    nonce += strlen("x-acs-signature-nonce: ");
    assert_memory_equal(nonce, "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\r\n", 34);
    setup_free(s);
}

static int64_t utc;
static int64_t odd_utc(void *ctx)
{
    (void)ctx;
    return utc;
}

static void a_clock_may_return_any_value(void **state)
{
    static const struct {
        int64_t utc, offset;
        int result;
        const char *date; /* the date that is sent; NULL: no request is sent */
    } cases[] = {
        { INT64_MAX, 0, OSFT_E_CLOCK, NULL },
        { INT64_MAX, 1, OSFT_E_CLOCK, NULL },
        { INT64_MAX, INT64_MAX, OSFT_E_CLOCK, NULL },
        { INT64_MAX, INT64_MIN, OSFT_E_CLOCK, NULL },
        { INT64_MAX, 1777636800 - INT64_MAX, OSFT_OK, "2026-05-01T12:00:00Z" },
        { 4102444800, 0, OSFT_E_CLOCK, NULL }, /* 2100 */
        { 4102444800, -1, OSFT_OK, "2099-12-31T23:59:59Z" },
        { 4102444799, 0, OSFT_OK, "2099-12-31T23:59:59Z" },
        /* the offset gives a time that cannot be sent */
        { 4102444799, 1, OSFT_OK, "2099-12-31T23:59:59Z" },
        { 0, 0, OSFT_OK, "1970-01-01T00:00:00Z" },
        { 0, -1, OSFT_OK, "1970-01-01T00:00:00Z" },
        { 5, INT64_MIN, OSFT_OK, "1970-01-01T00:00:05Z" },
        { 5, INT64_MAX, OSFT_OK, "1970-01-01T00:00:05Z" },
        /* the time is not known; the client asks for it with its first request */
        { -1, 0, OSFT_OK, "1970-01-01T00:00:00Z" },
        { INT64_MIN, 0, OSFT_OK, "1970-01-01T00:00:00Z" },
        { INT64_MIN, INT64_MIN, OSFT_OK, "1970-01-01T00:00:00Z" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct exchange list[1] = { { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 1);
        int result;
        utc = cases[i].utc;
        s->port.utc_s = odd_utc;
        s->client.clock_offset_s = cases[i].offset;
        result = script_list(s, 1000);
        if (result != cases[i].result) {
            fail_msg("%lld + %lld: %d", (long long)utc, (long long)cases[i].offset, result);
        }
        assert_int_equal(s->request_count, cases[i].date != NULL);
        if (cases[i].date != NULL) {
            assert_string_equal(script_header(s, 0, "x-acs-date"), cases[i].date);
        }
        script_free(s);
    }
}

static void without_retries_a_clock_that_is_not_known_is_an_error(void **state)
{
    static const int64_t values[] = { -1, INT64_MIN, INT64_MAX, 4102444800 };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(values); i++) {
        struct setup *s = setup_body(1024, "200 OK", "{\"result\":[]}");
        s->fake.utc = values[i];
        assert_int_equal(setup_list(s), OSFT_E_CLOCK);
        setup_free(s);
    }
}

/* The next value that ticks_ms returns. */
static const uint32_t *ticks;
static size_t ticks_left;
static uint32_t odd_ticks(void *ctx)
{
    (void)ctx;
    return ticks_left > 1 ? ticks_left--, *ticks++ : *ticks;
}

/* A clock that goes backward looks like one that has wrapped: the time limit is over, and the call
 * ends. */
static void ticks_may_have_any_value(void **state)
{
    static const uint32_t sequences[][6] = {
        { 0, UINT32_MAX, 0, UINT32_MAX, 0, UINT32_MAX },
        { UINT32_MAX, 0, UINT32_MAX, 0, UINT32_MAX, 50000 },
        { 1000, 999, 998, 997, 996, 995 },
        { 0x80000000, 0x7fffffff, 0, 0, 0x80000000, 0xffffffff },
        { UINT32_MAX - 5, UINT32_MAX - 2, 1, 4, 10000, 20000 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(sequences); i++) {
        struct setup *s = setup_body(1024, "200 OK", "{\"result\":[]}");
        ticks = sequences[i];
        ticks_left = 6;
        s->fake.port.ticks_ms = odd_ticks;
        s->fake.response_len = 0;
        s->fake.at_end = 0;
        assert_int_equal(setup_list(s), OSFT_E_TIMEOUT);
        setup_free(s);
    }
}

static void the_ports_own_number_reaches_the_caller_as_it_is(void **state)
{
    static const int32_t codes[] = { INT32_MIN, -1, 0, 1, INT32_MAX };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(codes); i++) {
        struct setup *s = odd_setup(OPEN, 1, OSFT_E_TLS);
        odd.port.code = &codes[i];
        assert_int_equal(setup_list(s), OSFT_E_TLS);
        assert_true(s->client.reply.port_code == codes[i]);
        setup_free(s);
    }
}

static int failing_step; /* the step of the hash that fails: 0 start, 1 update, 2 finish, 3 hmac */
static int hash_start(void *ctx)
{
    return failing_step == 0 ? -1 : real_sha256()->start(ctx);
}
static int hash_update(void *ctx, const void *bytes, size_t len)
{
    return failing_step == 1 ? 1 : real_sha256()->update(ctx, bytes, len);
}
static int hash_finish(void *ctx, uint8_t digest[32])
{
    return failing_step == 2 ? INT_MIN : real_sha256()->finish(ctx, digest);
}
static int hash_hmac(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                     uint8_t mac[32])
{
    return failing_step == 3 ? INT_MAX : real_sha256()->hmac(ctx, key, key_len, bytes, len, mac);
}

static void a_hash_that_fails_at_any_step_sends_nothing(void **state)
{
    (void)state;
    for (failing_step = 0; failing_step <= 4; failing_step++) {
        struct setup *s = setup_body(1024, "200 OK", "{\"result\":[]}");
        struct osft_sha256 hash = *s->settings.sha256;
        hash.start = hash_start;
        hash.update = hash_update;
        hash.finish = hash_finish;
        hash.hmac = hash_hmac;
        s->settings.sha256 = &hash;
        s->credentials.token = osft_span_from("a-token-of-mine");
        assert_int_equal(setup_list(s), failing_step < 4 ? OSFT_E_HASH : OSFT_OK);
        assert_int_equal(s->fake.opened, failing_step == 4);
        assert_false(script_holds(s->work, s->settings.work_size, "a-token-of-mine"));
        setup_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negative_results_are_errors_of_the_port),
        cmocka_unit_test(more_bytes_than_were_asked_for_are_an_error),
        cmocka_unit_test(any_positive_result_of_open_is_a_connection),
        cmocka_unit_test(more_early_bytes_than_were_asked_for_are_an_error),
        cmocka_unit_test(no_result_of_wait_ends_a_call),
        cmocka_unit_test(a_random_source_that_fails_in_any_way_signs_nothing),
        cmocka_unit_test(each_nonce_is_filled_by_the_port),
        cmocka_unit_test(a_clock_may_return_any_value),
        cmocka_unit_test(without_retries_a_clock_that_is_not_known_is_an_error),
        cmocka_unit_test(ticks_may_have_any_value),
        cmocka_unit_test(the_ports_own_number_reaches_the_caller_as_it_is),
        cmocka_unit_test(a_hash_that_fails_at_any_step_sends_nothing),
    };
    return cmocka_run_group_tests_name("odd ports", tests, NULL, NULL);
}
