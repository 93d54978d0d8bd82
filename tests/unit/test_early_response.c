/* SPDX-License-Identifier: Apache-2.0 */
/* A server that refuses early does not read the rest of a request, and its response is read all the
 * same: while the send window stays full, and after send has failed. */
#include "script.h"

#define REFUSAL                                                                 \
    "HTTP/1.1 431 Too Large\r\nConnection: close\r\nContent-Length: 42\r\n\r\n" \
    "{\"Code\":\"TooLarge\",\"Message\":\"no, really\"}"

static struct setup *early_setup(size_t window, int send_blocked, const char *response)
{
    struct setup *s = setup_new(1024, response, strlen(response));
    s->fake.window = window;
    s->fake.send_blocked = send_blocked;
    s->fake.is_early = 1;
    s->fake.at_end = 0;
    s->fake.tick = 1000;
    return s;
}

static void an_early_refusal_is_read_however_sending_ends(void **state)
{
    static const size_t windows[] = { 1, 2, 100, 300, 500 };
    static const int ends[] = { 0, OSFT_E_IO, -777, OSFT_EOF }; /* of what send returns */
    size_t i, k, step;
    (void)state;
    for (i = 0; i < COUNT(windows); i++) {
        for (k = 0; k < COUNT(ends); k++) {
            for (step = 0; step < 40; step += 13) {
                struct setup *s = early_setup(windows[i], ends[k], REFUSAL);
                s->fake.step = step;
                assert_int_equal(setup_list(s), OSFT_E_REFUSED);
                assert_span(s->client.reply.code, "TooLarge");
                assert_span(s->client.reply.message, "no, really");
                assert_int_equal(s->client.reply.http_status, 431);
                assert_int_equal(s->fake.sent_len, windows[i]);
                assert_int_equal(s->fake.waited,
                                 0); /* not the end of a time limit was waited for */
                assert_int_equal(s->fake.closed, 1);
                assert_false(script_holds(s->work, s->settings.work_size, "Signature="));
                setup_free(s);
            }
        }
    }
}

/* It is received over what is left of the request. */
static void an_early_response_can_be_longer_than_the_request(void **state)
{
    static char response[1024];
    size_t len;
    (void)state;
    for (len = 400; len < 900; len += 7) {
        struct setup *s;
        snprintf(response, sizeof(response),
                 "HTTP/1.1 403 Forbidden\r\nContent-Length: %zu\r\n\r\n{\"message\":\"%0*d\"}",
                 len + 14, (int)len, 0);
        s = early_setup(100, OSFT_E_IO, response);
        assert_int_equal(setup_list(s), OSFT_E_REFUSED);
        assert_int_equal(s->client.reply.message.len, len);
        assert_false(script_holds(s->work, s->settings.work_size, "Signature="));
        setup_free(s);
    }
}

/* It takes some turns until the response comes. */
static void a_full_window_is_looked_behind_at_each_turn(void **state)
{
    struct setup *s = early_setup(100, 0, REFUSAL);
    int turns;
    (void)state;
    s->fake.is_early = 0;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 10000), OSFT_OK);
    for (turns = 0; turns < 5; turns++) {
        assert_int_equal(osft_step(&s->client), OSFT_PENDING);
        assert_int_equal(osft_wait_events(&s->client), OSFT_READABLE | OSFT_WRITABLE);
    }
    s->fake.is_early = 1;
    assert_int_equal(osft_step(&s->client), OSFT_E_REFUSED);
    setup_free(s);
}

static void a_window_that_opens_again_takes_the_rest(void **state)
{
    struct setup *s =
        early_setup(100, 0, "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"result\":[]}");
    (void)state;
    s->fake.is_early = 0;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 10000), OSFT_OK);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    s->fake.window = 0;
    assert_int_equal(osft_step(&s->client), OSFT_OK);
    setup_free(s);
}

/* Once a response has begun, the rest of the request is not sent, though the window opens. */
static void a_window_that_opens_behind_a_response_takes_nothing_more(void **state)
{
    struct setup *s = early_setup(100, 0, REFUSAL);
    (void)state;
    s->fake.response_len = 20;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 10000), OSFT_OK);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_events(&s->client), OSFT_READABLE);
    s->fake.window = 0;
    s->fake.response_len = strlen(REFUSAL);
    assert_int_equal(osft_step(&s->client), OSFT_E_REFUSED);
    assert_int_equal(s->fake.sent_len, 100);
    setup_free(s);
}

static void without_a_response_the_failure_of_send_stands(void **state)
{
    static const struct {
        int send, result, recv;
    } cases[] = {
        { OSFT_E_IO, OSFT_E_IO, 0 },
        { OSFT_E_TLS, OSFT_E_TLS, 0 },
        { OSFT_E_TLS, OSFT_E_TLS, OSFT_EOF },
        { OSFT_E_TLS, OSFT_E_TLS, OSFT_E_IO },
        { -777, OSFT_E_IO, OSFT_EOF },
        { 0, OSFT_E_CUT, OSFT_EOF }, /* nothing is taken, and the peer has ended the stream */
        { 0, OSFT_E_TLS, OSFT_E_TLS },
        { 0, OSFT_E_TIMEOUT, 0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct setup *s = early_setup(100, cases[i].send, "");
        int result;
        s->fake.at_end = cases[i].recv;
        result = setup_list(s);
        if (result != cases[i].result) {
            fail_msg("send %d, recv %d: %d", cases[i].send, cases[i].recv, result);
        }
        assert_int_equal(s->client.reply.http_status, 0);
        assert_int_equal(s->fake.closed, 1);
        setup_free(s);
    }
}

static void an_early_response_can_be_cut(void **state)
{
    static char part[sizeof(REFUSAL)];
    size_t len;
    (void)state;
    for (len = 1; len < strlen(REFUSAL); len++) {
        struct setup *s;
        memcpy(part, REFUSAL, len);
        part[len] = 0;
        s = early_setup(100, OSFT_E_IO, part);
        s->fake.at_end = OSFT_EOF;
        assert_int_equal(setup_list(s), OSFT_E_CUT);
        setup_free(s);
    }
}

/* The server may still wait for the rest of the request, and take the next one for it. */
static void a_connection_that_responded_early_is_not_kept(void **state)
{
    struct setup *s =
        early_setup(100, 0, "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"result\":[]}");
    (void)state;
    s->settings.retry = &osft_retry_default;
    assert_int_equal(setup_list(s), OSFT_OK);
    assert_false(s->client.is_open);
    assert_int_equal(s->fake.closed, 1);
    setup_free(s);
    /* And one that did not is. */
    s = early_setup(0, 0, "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"result\":[]}");
    s->settings.retry = &osft_retry_default;
    assert_int_equal(setup_list(s), OSFT_OK);
    assert_true(s->client.is_open);
    setup_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_early_refusal_is_read_however_sending_ends),
        cmocka_unit_test(an_early_response_can_be_longer_than_the_request),
        cmocka_unit_test(a_full_window_is_looked_behind_at_each_turn),
        cmocka_unit_test(a_window_that_opens_again_takes_the_rest),
        cmocka_unit_test(a_window_that_opens_behind_a_response_takes_nothing_more),
        cmocka_unit_test(without_a_response_the_failure_of_send_stands),
        cmocka_unit_test(an_early_response_can_be_cut),
        cmocka_unit_test(a_connection_that_responded_early_is_not_kept),
    };
    return cmocka_run_group_tests_name("early response", tests, NULL, NULL);
}
