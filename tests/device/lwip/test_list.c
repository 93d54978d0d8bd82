/* SPDX-License-Identifier: Apache-2.0 */
/* The client over lwIP's raw TCP, from the request to the tasks. */
#include "side.h"
#include "caller.h"

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

/* What a super-loop does, a step each time round. */
static int list_in_a_super_loop(uint32_t budget_ms)
{
    enum osft_want want;
    void *buf;
    size_t len;
    int n;

    assert_int_equal(osft_begin(&caller.client, &caller.query, budget_ms, &caller.page), OSFT_OK);
    while ((want = osft_step(&caller.client, &buf, &len)) != OSFT_DONE) {
        switch (want) {
        case OSFT_WANT_OPEN: n = net.port.open(&net, caller.settings.host, PEER_PORT); break;
        case OSFT_WANT_SEND: n = net.port.send(&net, buf, len); break;
        case OSFT_WANT_RECV: n = net.port.recv(&net, buf, len); break;
        default:
            net.port.close(&net);
            n = 1;
            break;
        }
        osft_did(&caller.client, n);
        wire_step();
    }
    return osft_result(&caller.client);
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

static void the_blocking_call_lists_when_wait_serves_the_network(void **state)
{
    (void)state;
    assert_null(net.port.wait);
    net.port.wait = serve;
    assert_int_equal(osft_list(&caller.client, &caller.query, 10000, &caller.page), OSFT_OK);
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

static void a_budget_ends_a_silent_network(void **state)
{
    uint32_t began = wire.now;
    (void)state;
    caller.settings.host = NOBODY;
    assert_int_equal(list_in_a_super_loop(3000), OSFT_E_TIMEOUT);
    assert_in_range(wire.now - began, 3000, 3100);
    assert_int_equal(caller.page.count, 0);
    caller.settings.host = "silent.test";
    assert_int_equal(list_in_a_super_loop(30000), OSFT_E_RESOLVE);
    assert_int_equal(caller.page.port_code, ERR_VAL);
    caller.settings.host = NOBODY;
    assert_int_equal(list_in_a_super_loop(30000), OSFT_E_IO);
    assert_int_equal(caller.page.port_code, ERR_TIMEOUT);
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

static void a_link_keeps_its_connection_and_reopens_what_was_closed(void **state)
{
    (void)state;
    net.port.wait = serve;
    assert_int_equal(osft_link_list(&caller.link, &caller.query, 20000, &caller.page), OSFT_OK);
    assert_int_equal(osft_link_list(&caller.link, &caller.query, 20000, &caller.page), OSFT_OK);
    assert_int_equal(peer.accepted, 1);
    assert_int_equal(caller.link.reopened, 0);
    peer_reset();
    wire_run(1000);
    assert_int_equal(osft_link_list(&caller.link, &caller.query, 20000, &caller.page), OSFT_OK);
    assert_true(caller_is_whole(&caller));
    assert_int_equal(caller.link.attempts, 1);
    assert_int_equal(peer.accepted, 2);
    assert_int_equal(tcp_shutdown(peer.pcb, 0, 1), ERR_OK);
    wire_run(1000);
    assert_int_equal(osft_link_list(&caller.link, &caller.query, 20000, &caller.page), OSFT_OK);
    assert_int_equal(peer.accepted, 3);
    assert_int_equal(caller.link.attempts, 1);
    osft_link_close(&caller.link);
}

static void a_link_tries_again_and_says_what_failed(void **state)
{
    (void)state;
    net.port.wait = serve;
    caller.settings.tcp_port = CLOSED_PORT;
    assert_int_equal(osft_link_list(&caller.link, &caller.query, 60000, &caller.page), OSFT_E_IO);
    assert_int_equal(caller.page.port_code, ERR_RST);
    assert_int_equal(caller.link.attempts, 4);
    osft_link_close(&caller.link);
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
    refused = 0;
    peer.on_request = refuse_first;
    assert_int_equal(net.port.utc_s(&net), -1);
    assert_int_equal(osft_link_list(&caller.link, &caller.query, 20000, &caller.page), OSFT_OK);
    assert_int_equal(refused, 2);
    assert_in_range(net.port.utc_s(&net), CALLER_UTC, CALLER_UTC + 20);
    wire_run(100000);
    assert_in_range(net.port.utc_s(&net), CALLER_UTC + 100, CALLER_UTC + 120);
    osft_link_close(&caller.link);
}

#define SIDE(test) cmocka_unit_test_setup_teardown(test, set_up, side_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIDE(a_super_loop_lists),
        SIDE(the_blocking_call_lists_when_wait_serves_the_network),
        SIDE(a_bad_wire_changes_nothing_but_the_time),
        SIDE(a_budget_ends_a_silent_network),
        SIDE(a_cut_answer_is_never_taken_for_a_whole_one),
        SIDE(a_link_keeps_its_connection_and_reopens_what_was_closed),
        SIDE(a_link_tries_again_and_says_what_failed),
        SIDE(a_device_without_a_clock_learns_the_time),
    };
    wire_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
