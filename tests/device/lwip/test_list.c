/* SPDX-License-Identifier: Apache-2.0 */
/* The client over lwIP's raw TCP, from the request to the tasks. */
#include "side.h"
#include "caller.h"

#include "lwip/timeouts.h"

static struct caller caller;

static void say(const char *text)
{
    peer.say = (const uint8_t *)text;
    peer.say_len = strlen(text);
}

static void answer(void)
{
    say(caller_answer());
}

static int set_up(void **state)
{
    side_set_up(state);
    peer.on_request = answer;
    net.port.learn_utc(&net, CALLER_UTC);
    caller_init(&caller, &net.port, "service.test", PEER_PORT);
    return 0;
}

static int list(uint32_t limit_ms)
{
    return osft_list(&caller.client, &caller.query, &caller.page, limit_ms);
}

/* What a super-loop does, a step each time round. */
static int list_in_a_super_loop(uint32_t limit_ms)
{
    int result = osft_list_start(&caller.client, &caller.query, &caller.page, limit_ms);

    while (result == OSFT_OK && (result = osft_step(&caller.client)) == OSFT_PENDING) {
        wire_step();
        result = OSFT_OK;
    }
    return result;
}

/* Lets time pass as the client allows, and no longer than until lwIP's next timer or a packet. */
static void sleep_as_told(void)
{
    uint32_t limit_ms = LWIP_MIN(osft_wait_ms(&caller.client), sys_timeouts_sleeptime());
    uint32_t began = wire.now;
    unsigned arrived = wire.arrived;

    do {
        wire_step();
    } while (wire.now - began < limit_ms && wire.arrived == arrived);
}

/* For the blocking call: serves the network once. */
static int serve(void *ctx, unsigned events, uint32_t ms)
{
    assert_ptr_equal(ctx, &net);
    (void)events, (void)ms;
    wire_step();
    return 0;
}

static void a_super_loop_lists(void **state)
{
    (void)state;
    assert_int_equal(list_in_a_super_loop(10000), OSFT_OK);
    assert_true(caller_is_whole(&caller));
    assert_int_equal(memcmp(peer.heard, "GET /", 5), 0);
}

static void a_super_loop_that_sleeps_as_told_lists_as_well(void **state)
{
    int result, steps = 0, i;
    (void)state;
    for (i = 0; i < 20; i++) {
        wire_reset();
        wire.random = 99u + (uint32_t)i;
        wire.delay = (uint32_t)i * 20;
        peer.heard_len = 0;
        result = osft_list_start(&caller.client, &caller.query, &caller.page, 60000);
        assert_int_equal(result, OSFT_OK);
        while ((result = osft_step(&caller.client)) == OSFT_PENDING) {
            steps++;
            sleep_as_told();
        }
        assert_int_equal(result, OSFT_OK);
        assert_true(caller_is_whole(&caller));
    }
    assert_in_range(steps, 20,
                    20 * 60); /* not one for each of the thousands of steps of the wire */
}

static void the_blocking_call_lists_when_wait_serves_the_network(void **state)
{
    (void)state;
    assert_null(net.port.wait);
    net.port.wait = serve;
    assert_int_equal(list(10000), OSFT_OK);
    assert_true(caller_is_whole(&caller));
}

static void a_bad_wire_changes_nothing_but_the_time(void **state)
{
    int i;
    (void)state;
    net.connect_ms = 600000;
    for (i = 0; i < 60; i++) {
        wire_reset();
        wire.random = 4711u + (uint32_t)i;
        wire.lose = 20 + 4 * (unsigned)i;
        wire.delay = (uint32_t)(i % 5) * 50;
        peer.heard_len = 0;
        if (i % 6 == 0) {
            wire_run(60000); /* the name is forgotten */
        }
        assert_int_equal(list_in_a_super_loop(3000000), OSFT_OK);
        assert_true(caller_is_whole(&caller));
        net.port.close(&net);
        wire_reset();
        wire_run(300000);
    }
}

static void a_time_limit_ends_a_silent_network(void **state)
{
    uint32_t began = wire.now;
    (void)state;
    caller.settings.host = NOBODY;
    assert_int_equal(list_in_a_super_loop(3000), OSFT_E_TIMEOUT);
    assert_in_range(wire.now - began, 3000, 3100);
    assert_int_equal(caller.page.count, 0);
    caller.settings.host = "silent.test";
    assert_int_equal(list_in_a_super_loop(30000), OSFT_E_RESOLVE);
    assert_int_equal(caller.client.reply.port_code, ERR_VAL);
    caller.settings.host = NOBODY;
    assert_int_equal(list_in_a_super_loop(30000), OSFT_E_IO);
    assert_int_equal(caller.client.reply.port_code, ERR_TIMEOUT);
    caller.settings.host = "service.test";
    assert_int_equal(list_in_a_super_loop(30000), OSFT_OK);
}

static const char *cut_to;
static void cut_answer(void)
{
    say(cut_to);
}

static void a_cut_answer_is_never_taken_for_a_whole_one(void **state)
{
    const size_t whole = strlen(caller_answer());
    char *part = malloc(whole + 1);
    size_t len;
    (void)state;
    peer.on_request = cut_answer;
    for (len = 0; len < whole; len += 1 + len % 7) {
        memcpy(part, caller_answer(), len);
        part[len] = '\0';
        cut_to = part;
        peer.heard_len = 0;
        peer.fin = len % 2 == 0;
        peer.reset = !peer.fin;
        assert_int_equal(list_in_a_super_loop(20000), peer.reset ? OSFT_E_IO : OSFT_E_CUT);
        assert_true(caller.page.count < CALLER_TASKS || len > whole - 16);
        net.port.close(&net);
    }
    free(part);
}

static void a_client_with_retries_keeps_its_connection_and_reopens_what_was_closed(void **state)
{
    (void)state;
    caller.settings.retry = &osft_retry_default;
    net.port.wait = serve;
    assert_int_equal(list(20000), OSFT_OK);
    assert_int_equal(list(20000), OSFT_OK);
    assert_int_equal(peer.accepted, 1);
    assert_int_equal(caller.client.reply.reopened, 0);
    peer_reset();
    wire_run(1000);
    assert_int_equal(list(20000), OSFT_OK);
    assert_true(caller_is_whole(&caller));
    assert_int_equal(caller.client.reply.attempts, 1);
    assert_int_equal(peer.accepted, 2);
    assert_int_equal(tcp_shutdown(peer.pcb, 0, 1), ERR_OK);
    wire_run(1000);
    assert_int_equal(list(20000), OSFT_OK);
    assert_int_equal(peer.accepted, 3);
    assert_int_equal(caller.client.reply.attempts, 1);
    osft_close(&caller.client);
}

static void a_client_with_retries_tries_again_and_says_what_failed(void **state)
{
    (void)state;
    caller.settings.retry = &osft_retry_default;
    net.port.wait = serve;
    caller.settings.tcp_port = CLOSED_PORT;
    assert_int_equal(list(60000), OSFT_E_IO);
    assert_int_equal(caller.client.reply.port_code, ERR_RST);
    assert_int_equal(caller.client.reply.attempts, 4);
    osft_close(&caller.client);
}

static int refused;
static void refuse_first(void)
{
    say(refused++ == 0 ? caller_refusal() : caller_answer());
}

static void a_device_without_a_clock_learns_the_time(void **state)
{
    (void)state;
    osft_lwip_init(&net, side_random);
    net.port.wait = serve;
    caller.settings.retry = &osft_retry_default;
    refused = 0;
    peer.on_request = refuse_first;
    assert_int_equal(net.port.utc_s(&net), -1);
    assert_int_equal(list(20000), OSFT_OK);
    assert_int_equal(refused, 2);
    assert_in_range(net.port.utc_s(&net), CALLER_UTC, CALLER_UTC + 20);
    wire_run(100000);
    assert_in_range(net.port.utc_s(&net), CALLER_UTC + 100, CALLER_UTC + 120);
    osft_close(&caller.client);
}

#define SIDE(test) cmocka_unit_test_setup_teardown(test, set_up, side_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIDE(a_super_loop_lists),
        SIDE(a_super_loop_that_sleeps_as_told_lists_as_well),
        SIDE(the_blocking_call_lists_when_wait_serves_the_network),
        SIDE(a_bad_wire_changes_nothing_but_the_time),
        SIDE(a_time_limit_ends_a_silent_network),
        SIDE(a_cut_answer_is_never_taken_for_a_whole_one),
        SIDE(a_client_with_retries_keeps_its_connection_and_reopens_what_was_closed),
        SIDE(a_client_with_retries_tries_again_and_says_what_failed),
        SIDE(a_device_without_a_clock_learns_the_time),
    };
    wire_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
