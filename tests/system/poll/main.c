/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of how often poll loops turn. */
#include "poll.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define HANG_S    300  /* time after which a test counts as hanging */
#define TURNS_MAX 5000 /* more turns than any loop here has events */
#define TASKS     25   /* tasks of the endpoint */

/* messages of a TLS connection that bring no bytes for the client */
#define TLS_MESSAGES 3

static struct live plain, secure; /* the two endpoints */
static char ca_pem[8192];

static void start(struct live *endpoint, const char *fault, int is_secure)
{
    char ca[LIVE_PATH_MAX];
    const char *args[] = { "--generate", "25", "--fault", fault, "--plain-http", NULL, NULL };

    live_path(ca, "ca.pem");
    if (is_secure) {
        args[4] = "--ca-out";
        args[5] = ca;
    }
    assert_int_equal(live_start(endpoint, args), 0);
    if (is_secure) {
        assert_int_equal(live_read(ca, ca_pem, sizeof(ca_pem)), 0);
    }
}

static int before_each(void **state)
{
    (void)state;
    alarm(HANG_S);
    return 0;
}

static int after_each(void **state)
{
    int bad = live_stop(&plain) != 0;

    (void)state;
    alarm(0);
    return live_stop(&secure) != 0 || bad ? -1 : 0;
}

/* Run the loop of osft.h for one client. When the client would sleep, the relay first moves bytes,
 * as a network does. */
static int run_loop(struct caller *caller, struct relay *relay)
{
    int result;

    while ((result = caller_step(caller)) == OSFT_PENDING) {
        struct pollfd fd = caller_pollfd(caller);
        int timeout = caller_timeout(caller);

        assert_in_range(caller->turns, 1, TURNS_MAX);
        caller->at_once += fd.events != 0 && timeout == 0;
        if (relay != NULL && fd.events != 0 && timeout != 0 && poll(&fd, 1, 0) == 0) {
            relay_move(relay);
        }
        assert_true(poll(&fd, 1, timeout) >= 0);
    }
    return result;
}

/* Check that the client turned at most once for each piece of a response, for each connection that
 * was opened or closed, for each pause, and at the start; and never without a reason. Some messages
 * of TLS 1.3, such as a session ticket, bring no bytes for the client, which then turns once more
 * without sleeping. */
static void check_turns(const struct caller *caller, const struct relay *relay, unsigned pieces,
                        unsigned pauses)
{
    assert_int_equal(caller->idle_turns, 0);
    assert_in_range(caller->at_once, 0, caller->has_tls ? TLS_MESSAGES * relay->connections : 0);
    assert_in_range(caller->turns, pieces,
                    1 + pieces + relay->connections + pauses + caller->at_once);
}

static void list_in_pieces(int is_secure, size_t piece, unsigned least_pieces)
{
    struct live *endpoint = is_secure ? &secure : &plain;
    struct caller caller;
    struct relay relay;
    unsigned pieces;

    start(endpoint, "delay=0", is_secure);
    relay_open(&relay, endpoint->tcp_port, piece);
    caller_init(&caller, relay.tcp_port, is_secure ? ca_pem : NULL);
    caller_start(&caller, 0);
    assert_int_equal(run_loop(&caller, &relay), OSFT_OK);
    assert_int_equal(caller.page.count, TASKS);
    assert_in_range(relay.pieces, least_pieces, TURNS_MAX);
    check_turns(&caller, &relay, relay.pieces, 0);

    pieces = relay.pieces; /* from here on, of the second call, on the kept connection */
    caller_start(&caller, 0);
    assert_int_equal(run_loop(&caller, &relay), OSFT_OK);
    assert_int_equal(relay.connections, 1);
    check_turns(&caller, &relay, relay.pieces - pieces, 0);
    caller_free(&caller);
    relay_close(&relay);
}

static void a_loop_turns_once_for_each_piece_of_a_response(void **state)
{
    (void)state;
    list_in_pieces(0, 64, 90);
}

static void a_loop_turns_once_for_each_piece_of_a_handshake_and_a_response(void **state)
{
    (void)state;
    list_in_pieces(1, 64, 100);
}

/* The relay gives one TLS record at a time, and each byte of the handshake by itself. */
static void a_loop_turns_once_for_each_byte_of_a_handshake(void **state)
{
    struct caller caller;
    struct relay relay;

    (void)state;
    start(&secure, "status=403", 1);
    relay_open(&relay, secure.tcp_port, 1);
    caller_init(&caller, relay.tcp_port, ca_pem);
    caller_start(&caller, 0);
    assert_int_equal(run_loop(&caller, &relay), OSFT_E_REFUSED);
    assert_in_range(relay.pieces, 1000, TURNS_MAX);
    check_turns(&caller, &relay, relay.pieces, 0);
    caller_free(&caller);
    relay_close(&relay);
}

/* The response to CONNECT also comes in pieces; then TLS goes through the tunnel. */
static void a_loop_turns_once_for_each_piece_through_a_proxy(void **state)
{
    static const size_t pieces[] = { 1, 7, 64 };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof(pieces) / sizeof(pieces[0]); i++) {
        int is_secure = i % 2 == 0;
        struct live *endpoint = is_secure ? &secure : &plain;
        struct caller caller;
        struct relay relay;

        start(endpoint, "status=403", is_secure);
        relay_open(&relay, endpoint->tcp_port, pieces[i / 2]);
        relay.is_proxy = 1;
        caller_init_through_proxy(&caller, relay.tcp_port, is_secure ? ca_pem : NULL);
        caller_start(&caller, 0);
        assert_int_equal(run_loop(&caller, &relay), OSFT_E_REFUSED);
        assert_int_equal(caller.proxy.http_status, 200);
        check_turns(&caller, &relay, relay.pieces, 0);
        caller_free(&caller);
        relay_close(&relay);
        assert_int_equal(after_each(NULL), 0);
    }
}

/* The second connection resumes the session of the first. */
static void a_loop_turns_once_for_each_piece_of_a_resumed_session(void **state)
{
    struct caller caller;
    struct relay relay;
    unsigned pieces;

    (void)state;
    start(&secure, "close", 1);
    relay_open(&relay, secure.tcp_port, 50);
    caller_init(&caller, relay.tcp_port, ca_pem);
    caller_start(&caller, 0);
    assert_int_equal(run_loop(&caller, &relay), OSFT_OK);
    pieces = relay.pieces;
    relay.connections = 0;
    caller_start(&caller, 0);
    assert_int_equal(run_loop(&caller, &relay), OSFT_OK);
    assert_int_equal(caller.tls.resumed, 1);
    assert_in_range(relay.pieces - pieces, 20, pieces - 1);
    check_turns(&caller, &relay, relay.pieces - pieces, 0);
    caller_free(&caller);
    relay_close(&relay);
}

/* Let the network go silent: at once, in the handshake, or in the response. The loop must sleep
 * until the limit. */
static void go_silent(int is_secure, unsigned after_pieces)
{
    struct live *endpoint = is_secure ? &secure : &plain;
    struct caller caller;
    struct relay relay;
    int result;

    start(endpoint, "delay=0", is_secure);
    relay_open(&relay, endpoint->tcp_port, 40);
    caller_init(&caller, relay.tcp_port, is_secure ? ca_pem : NULL);
    caller_start(&caller, 100);
    while ((result = caller_step(&caller)) == OSFT_PENDING) {
        struct pollfd fd = caller_pollfd(&caller);

        relay.is_silent = relay.pieces == after_pieces;
        assert_in_range(caller.turns, 1, TURNS_MAX);
        if (fd.events != 0 && poll(&fd, 1, 0) == 0) {
            relay_move(&relay);
        }
        assert_true(poll(&fd, 1, caller_timeout(&caller)) >= 0);
    }
    assert_int_equal(result, OSFT_E_TIMEOUT);
    /* One turn more, for the limit. */
    assert_int_equal(caller.idle_turns, 0);
    assert_in_range(caller.turns, 2, 1 + after_pieces + 1 + 1 + (is_secure ? TLS_MESSAGES : 0));
    caller_free(&caller);
    relay_close(&relay);
    assert_int_equal(after_each(NULL), 0);
}

static void a_loop_sleeps_until_the_limit_when_nothing_comes(void **state)
{
    (void)state;
    go_silent(0, 0);
    go_silent(0, 7);
    go_silent(1, 0);
    go_silent(1, 7);
    go_silent(1, 40);
}

static void a_loop_sleeps_once_for_each_pause_between_attempts(void **state)
{
    struct caller caller;
    struct relay relay;
    int is_secure;

    (void)state;
    for (is_secure = 0; is_secure < 2; is_secure++) {
        struct live *endpoint = is_secure ? &secure : &plain;

        start(endpoint, "throttle-ms=30:3", is_secure);
        relay_open(&relay, endpoint->tcp_port, 100);
        caller_init(&caller, relay.tcp_port, is_secure ? ca_pem : NULL);
        caller_start(&caller, 0);
        assert_int_equal(run_loop(&caller, &relay), OSFT_OK);
        assert_int_equal(caller.client.reply.attempts, 4);
        assert_int_equal(relay.connections, 4);
        check_turns(&caller, &relay, relay.pieces, 3);
        caller_free(&caller);
        relay_close(&relay);
    }
}

/* Nobody listens on this TCP port. */
static void a_loop_turns_once_for_each_connection_that_fails(void **state)
{
    struct caller caller;
    struct relay relay;

    (void)state;
    relay_open(&relay, 1, 1);
    caller_init(&caller, relay.tcp_port, NULL);
    relay_close(&relay);
    caller_start(&caller, 0);
    assert_int_equal(run_loop(&caller, NULL), OSFT_E_IO);
    assert_int_equal(caller.client.reply.attempts, 4);
    assert_int_equal(caller.idle_turns, 0);
    /* at most one turn for each attempt, and one for each pause */
    assert_in_range(caller.turns, 2, 4 * 2);
    caller_free(&caller);
}

#define CALLERS 20

static int is_due(const struct caller *caller, const struct pollfd *fd)
{
    return fd->revents != 0 || osft_wait_ms(&caller->client) == 0;
}

/* Run one loop for many clients. Each client is stepped when its connection is ready or its time
 * has come. */
static unsigned run_loop_of_many(struct caller *callers, int *results)
{
    struct pollfd fds[CALLERS];
    unsigned i, pending, turns = 0;

    memset(fds, 0, sizeof(fds));
    for (i = 0; i < CALLERS; i++) {
        results[i] = caller_step(&callers[i]);
    }
    do {
        int timeout = -1;

        pending = 0;
        for (i = 0; i < CALLERS; i++) {
            int own = caller_timeout(&callers[i]);

            fds[i] = caller_pollfd(&callers[i]);
            if (results[i] != OSFT_PENDING) {
                fds[i].fd = -1;
                continue;
            }
            pending++;
            timeout = own >= 0 && (timeout < 0 || own < timeout) ? own : timeout;
        }
        if (pending != 0) {
            assert_true(poll(fds, CALLERS, timeout) >= 0);
            turns++;
        }
        for (i = 0; i < CALLERS; i++) {
            if (results[i] == OSFT_PENDING && is_due(&callers[i], &fds[i])) {
                results[i] = caller_step(&callers[i]);
            }
        }
    } while (pending != 0);
    return turns;
}

static void one_loop_serves_many_clients(void **state)
{
    static struct caller callers[CALLERS];
    int results[CALLERS];
    unsigned i, k, events = 0, turns;

    (void)state;
    start(&plain, "split=7", 0);
    start(&secure, "split=900", 1);
    for (i = 0; i < CALLERS; i++) {
        int is_secure = i % 4 == 0;

        caller_init(&callers[i], is_secure ? secure.tcp_port : plain.tcp_port,
                    is_secure ? ca_pem : NULL);
        caller_start(&callers[i], 0);
    }
    turns = run_loop_of_many(callers, results);
    for (i = 0; i < CALLERS; i++) {
        const struct caller *caller = &callers[i];

        assert_int_equal(results[i], OSFT_OK);
        assert_int_equal(caller->page.count, TASKS);
        for (k = 0; k < TASKS; k++) {
            assert_int_equal(caller->tasks[k].index, k);
        }
        assert_int_equal(caller->idle_turns, 0);
        assert_in_range(caller->turns, 2, 1 + caller->events);
        events += caller->events;
    }
    assert_in_range(turns, 2, events);
    for (i = 0; i < CALLERS; i++) {
        caller_free(&callers[i]);
    }
}

static void on_alarm(int number)
{
    static const char text[] = "Bail out! a test hangs\n";

    (void)number;
    if (plain.pid > 0) {
        kill(plain.pid, SIGKILL);
    }
    if (secure.pid > 0) {
        kill(secure.pid, SIGKILL);
    }
    _exit(write(STDOUT_FILENO, text, sizeof(text) - 1) < 0 ? 2 : 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, before_each, after_each)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_loop_turns_once_for_each_piece_of_a_response),
        TEST(a_loop_turns_once_for_each_piece_of_a_handshake_and_a_response),
        TEST(a_loop_turns_once_for_each_byte_of_a_handshake),
        TEST(a_loop_turns_once_for_each_piece_through_a_proxy),
        TEST(a_loop_turns_once_for_each_piece_of_a_resumed_session),
        TEST(a_loop_sleeps_until_the_limit_when_nothing_comes),
        TEST(a_loop_sleeps_once_for_each_pause_between_attempts),
        TEST(a_loop_turns_once_for_each_connection_that_fails),
        TEST(one_loop_serves_many_clients),
    };

    signal(SIGALRM, on_alarm);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
