/* SPDX-License-Identifier: Apache-2.0 */
/* Whole calls of the client over lwIP's raw TCP. */
#include "device.h"
#include "list_client.h"

static struct list_client list;

static void set_response(const char *text)
{
    peer.to_send = (const uint8_t *)text;
    peer.to_send_len = strlen(text);
}

static void respond_with_tasks(void)
{
    set_response(task_response());
}

static int set_up(void **state)
{
    device_set_up(state);
    peer.on_request = respond_with_tasks;
    lwip.port.learn_utc(&lwip, REFUSAL_UTC);
    list_client_init(&list, &lwip.port, "service.test", PEER_PORT);
    return 0;
}

static int tear_down(void **state)
{
    osft_close(&list.client);
    return device_tear_down(state);
}

/* List in a super-loop that never sleeps: it serves the network, then steps the client. */
static int list_in_super_loop(uint32_t limit_ms)
{
    int result;

    assert_int_equal(osft_list_start(&list.client, &list.query, &list.page, limit_ms), OSFT_OK);
    while ((result = osft_step(&list.client)) == OSFT_PENDING) {
        (void)wire_step();
    }
    return result;
}

/* List in a super-loop that sleeps as long as it may. *turns gets the number of its turns. */
static int list_while_sleeping(uint32_t limit_ms, unsigned *turns)
{
    int result;

    *turns = 0;
    assert_int_equal(osft_list_start(&list.client, &list.query, &list.page, limit_ms), OSFT_OK);
    while ((result = osft_step(&list.client)) == OSFT_PENDING) {
        wire_sleep(osft_wait_ms(&list.client));
        assert_true(++*turns < 10000);
    }
    return result;
}

/* Serve the network once; the wait function of the blocking call. */
static int serve_network(void *ctx, unsigned events, uint32_t ms)
{
    assert_ptr_equal(ctx, &lwip);
    (void)events, (void)ms;
    (void)wire_step();
    return 0;
}

static int list_blocking(void)
{
    return osft_list(&list.client, &list.query, &list.page, 60000);
}

static void use_blocking_calls_with_retries(void)
{
    lwip.port.wait = serve_network;
    list.settings.retry = &osft_retry_default;
}

static void a_super_loop_lists(void **state)
{
    (void)state;
    assert_int_equal(list_in_super_loop(10000), OSFT_OK);
    assert_true(has_all_tasks(&list));
    assert_int_equal(memcmp(peer.received, "GET /", 5), 0);
}

/* A super-loop turns for each packet and for each of lwIP's timers, which run every 100 and 250 ms.
 */
static void a_super_loop_may_sleep_until_a_packet_or_a_timer(void **state)
{
    uint32_t start_ms;
    unsigned turns, packets = wire.packets;
    (void)state;
    assert_int_equal(list_while_sleeping(10000, &turns), OSFT_OK);
    assert_true(has_all_tasks(&list));
    assert_true(turns <= wire.packets - packets);
    lwip.port.close(&lwip);

    list.settings.host = NOBODY;
    start_ms = wire.now;
    assert_int_equal(list_while_sleeping(UINT32_MAX, &turns), OSFT_E_IO);
    assert_int_equal(wire.now - start_ms, OSFT_LWIP_CONNECT_MS);
    assert_true(turns <= OSFT_LWIP_CONNECT_MS / 50);
}

static void the_blocking_call_lists_when_wait_serves_the_network(void **state)
{
    (void)state;
    assert_null(lwip.port.wait);
    lwip.port.wait = serve_network;
    assert_int_equal(list_blocking(), OSFT_OK);
    assert_true(has_all_tasks(&list));
}

static void a_bad_wire_changes_nothing_but_the_time(void **state)
{
    int i;
    unsigned turns;
    (void)state;
    lwip.connect_ms = 600000;
    for (i = 0; i < 60; i++) {
        wire_reset();
        wire.random = 4711u + (uint32_t)i;
        wire.loss = 20 + 4 * (unsigned)i;
        wire.delay_ms = (uint32_t)(i % 5) * 50;
        peer.received_len = 0;
        if (i % 6 == 0) {
            wire_run(60000); /* after this time, the name is not cached any more */
        }
        if (i % 2 == 0) {
            assert_int_equal(list_in_super_loop(3000000), OSFT_OK);
        } else {
            assert_int_equal(list_while_sleeping(3000000, &turns), OSFT_OK);
        }
        assert_true(has_all_tasks(&list));
        lwip.port.close(&lwip);
        wire_reset();
        wire_run(300000);
    }
}

static void the_time_limit_ends_a_call_over_a_silent_network(void **state)
{
    uint32_t start_ms = wire.now;
    (void)state;
    list.settings.host = NOBODY;
    assert_int_equal(list_in_super_loop(3000), OSFT_E_TIMEOUT);
    assert_in_range(wire.now - start_ms, 3000, 3100);
    assert_int_equal(list.page.count, 0);
    list.settings.host = "silent.test";
    assert_int_equal(list_in_super_loop(30000), OSFT_E_RESOLVE);
    assert_int_equal(list.client.reply.port_code, ERR_VAL);
    list.settings.host = NOBODY;
    assert_int_equal(list_in_super_loop(30000), OSFT_E_IO);
    assert_int_equal(list.client.reply.port_code, ERR_TIMEOUT);
    list.settings.host = "service.test";
    assert_int_equal(list_in_super_loop(30000), OSFT_OK);
}

static char cut_response[2048];
static void respond_with_a_part(void)
{
    set_response(cut_response);
}

static void a_cut_response_is_never_taken_for_a_whole_one(void **state)
{
    const size_t whole = strlen(task_response());
    size_t len;
    (void)state;
    peer.on_request = respond_with_a_part;
    for (len = 0; len < whole; len += 1 + len % 7) {
        memcpy(cut_response, task_response(), len);
        cut_response[len] = '\0';
        peer.received_len = 0;
        peer.ends = len % 2 == 0;
        peer.resets = !peer.ends;
        assert_int_equal(list_in_super_loop(20000), peer.resets ? OSFT_E_IO : OSFT_E_CUT);
        assert_true(list.page.count < TASK_COUNT || len > whole - 16);
        lwip.port.close(&lwip);
    }
}

static void a_connection_is_kept_and_reopened_when_it_was_closed(void **state)
{
    (void)state;
    use_blocking_calls_with_retries();
    assert_int_equal(list_blocking(), OSFT_OK);
    assert_int_equal(list_blocking(), OSFT_OK);
    assert_int_equal(peer.accepted, 1);
    assert_int_equal(list.client.reply.reopened, 0);
    peer_reset_connection();
    wire_run(1000);
    assert_int_equal(list_blocking(), OSFT_OK);
    assert_true(has_all_tasks(&list));
    assert_int_equal(list.client.reply.attempts, 1);
    assert_int_equal(peer.accepted, 2);
    assert_int_equal(tcp_shutdown(peer.pcb, 0, 1), ERR_OK);
    wire_run(1000);
    assert_int_equal(list_blocking(), OSFT_OK);
    assert_int_equal(peer.accepted, 3);
    assert_int_equal(list.client.reply.attempts, 1);
}

static void a_failed_attempt_is_retried_and_its_error_reported(void **state)
{
    (void)state;
    use_blocking_calls_with_retries();
    list.settings.tcp_port = CLOSED_PORT;
    assert_int_equal(list_blocking(), OSFT_E_IO);
    assert_int_equal(list.client.reply.port_code, ERR_RST);
    assert_int_equal(list.client.reply.attempts, osft_retry_default.attempts);
}

/* The super-loop also sleeps during the pauses between attempts. */
static void a_super_loop_may_sleep_between_attempts(void **state)
{
    unsigned turns;
    (void)state;
    list.settings.retry = &osft_retry_default;
    list.settings.tcp_port = CLOSED_PORT;
    assert_int_equal(list_while_sleeping(60000, &turns), OSFT_E_IO);
    assert_int_equal(list.client.reply.attempts, osft_retry_default.attempts);
    assert_true(turns < 100);
}

static int requests;
static void refuse_the_first(void)
{
    set_response(requests++ == 0 ? date_refusal() : task_response());
}

static void a_device_without_a_clock_learns_the_time(void **state)
{
    (void)state;
    osft_lwip_init(&lwip, device_random);
    use_blocking_calls_with_retries();
    requests = 0;
    peer.on_request = refuse_the_first;
    assert_int_equal(lwip.port.utc_s(&lwip), -1);
    assert_int_equal(list_blocking(), OSFT_OK);
    assert_int_equal(requests, 2);
    assert_in_range(lwip.port.utc_s(&lwip), REFUSAL_UTC, REFUSAL_UTC + 20);
    wire_run(100000);
    assert_in_range(lwip.port.utc_s(&lwip), REFUSAL_UTC + 100, REFUSAL_UTC + 120);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_super_loop_lists),
        TEST(a_super_loop_may_sleep_until_a_packet_or_a_timer),
        TEST(the_blocking_call_lists_when_wait_serves_the_network),
        TEST(a_bad_wire_changes_nothing_but_the_time),
        TEST(the_time_limit_ends_a_call_over_a_silent_network),
        TEST(a_cut_response_is_never_taken_for_a_whole_one),
        TEST(a_connection_is_kept_and_reopened_when_it_was_closed),
        TEST(a_failed_attempt_is_retried_and_its_error_reported),
        TEST(a_super_loop_may_sleep_between_attempts),
        TEST(a_device_without_a_clock_learns_the_time),
    };
    wire_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
