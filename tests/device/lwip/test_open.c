/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing a connection over lwIP's raw TCP, its failures, lookups of names, and the
 * clock. */
#include "device.h"

static void a_closed_port_refuses(void **state)
{
    (void)state;
    assert_int_equal(device_open(HERE, CLOSED_PORT), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ERR_RST);
    lwip.port.close(&lwip); /* must do no harm after a failed open, and when repeated */
    lwip.port.close(&lwip);
    device_connect();
}

static void open_fails_after_connect_ms_of_silence(void **state)
{
    uint32_t start_ms = wire.now;
    (void)state;
    assert_int_equal(lwip.connect_ms, OSFT_LWIP_CONNECT_MS);
    assert_int_equal(device_open(NOBODY, PEER_PORT), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ERR_TIMEOUT);
    assert_int_equal(wire.now - start_ms, OSFT_LWIP_CONNECT_MS);
    assert_null(tcp_active_pcbs);
    lwip.connect_ms = 100;
    start_ms = wire.now;
    assert_int_equal(device_open(NOBODY, PEER_PORT), OSFT_E_IO);
    assert_int_equal(wire.now - start_ms, 100);
}

static void lwip_gives_up_a_connection_by_itself(void **state)
{
    (void)state;
    lwip.connect_ms = UINT32_MAX;
    assert_int_equal(device_open(NOBODY, PEER_PORT), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ERR_ABRT);
}

static void without_a_network_there_is_no_route(void **state)
{
    (void)state;
    netif_set_down(&wire.netif);
    assert_int_equal(lwip.port.open(&lwip, HERE, PEER_PORT), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ERR_RTE);
    netif_set_up(&wire.netif);
    device_connect();
}

static void before_open_and_after_close_nothing_moves(void **state)
{
    char byte;
    int i;
    (void)state;
    for (i = 0; i < 2; i++) {
        *(int32_t *)(uintptr_t)lwip.port.code = 0;
        assert_int_equal(lwip.port.send(&lwip, "x", 1), OSFT_E_IO);
        assert_int_equal(*lwip.port.code, ERR_CONN);
        *(int32_t *)(uintptr_t)lwip.port.code = 0;
        assert_int_equal(lwip.port.recv(&lwip, &byte, 1), OSFT_E_IO);
        assert_int_equal(*lwip.port.code, ERR_CONN);
        device_connect();
        lwip.port.close(&lwip);
    }
}

static void a_name_is_looked_up_once_while_it_is_fresh(void **state)
{
    unsigned queries = wire.queries;
    (void)state;
    assert_int_equal(device_open("service.test", PEER_PORT), 1);
    assert_int_equal(wire.queries - queries, 1);
    lwip.port.close(&lwip);
    assert_int_equal(device_open("service.test", PEER_PORT), 1);
    assert_int_equal(wire.queries - queries, 1);
}

static void the_dot_that_may_end_a_name_is_not_looked_up(void **state)
{
    unsigned queries = wire.queries;
    (void)state;
    wire_run(3600000); /* after this time, no name is cached */
    assert_int_equal(device_open("service.test.", PEER_PORT), 1);
    lwip.port.close(&lwip);
    assert_int_equal(device_open("service.test", PEER_PORT), 1);
    /* the cache has the name, with or without a final dot */
    assert_int_equal(wire.queries - queries, 1);
}

static void a_lost_query_is_sent_again(void **state)
{
    unsigned queries = wire.queries;
    uint32_t start_ms = wire.now;
    (void)state;
    wire.lose_next = 2;
    assert_int_equal(device_open("service.test", PEER_PORT), 1);
    assert_int_equal(wire.queries - queries, 1);
    assert_in_range(wire.now - start_ms, 1000, 4000);
}

static void a_name_that_does_not_exist_has_no_address(void **state)
{
    (void)state;
    assert_int_equal(device_open("nowhere.test", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*lwip.port.code, ERR_VAL);
    assert_int_equal(device_open("service.test", PEER_PORT), 1);
}

static void a_silent_name_server_is_given_up(void **state)
{
    uint32_t start_ms = wire.now;
    (void)state;
    assert_int_equal(device_open("silent.test", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*lwip.port.code, ERR_VAL); /* lwIP gives up a lookup after 7 s */
    assert_in_range(wire.now - start_ms, 6000, 8000);
    lwip.connect_ms = 500;
    start_ms = wire.now;
    assert_int_equal(device_open("silent.test", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*lwip.port.code, ERR_TIMEOUT);
    assert_int_equal(wire.now - start_ms, 500);
}

static void names_that_cannot_be_looked_up_fail_at_once(void **state)
{
    char name[DNS_MAX_NAME_LENGTH + 1];
    const ip_addr_t server = *dns_getserver(0);
    (void)state;
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(lwip.port.open(&lwip, name, PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*lwip.port.code, ERR_ARG);
    assert_int_equal(lwip.port.open(&lwip, "", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*lwip.port.code, ERR_ARG);
    dns_setserver(0, NULL);
    assert_int_equal(lwip.port.open(&lwip, "new.test", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*lwip.port.code, ERR_VAL);
    dns_setserver(0, &server);
}

static void hosts_that_are_no_names_are_not_looked_up(void **state)
{
    static const char *const hosts[] = { ".",          "[",      "[]",    "[10.0.0.1",
                                         "[10.0.0.1]", "[name]", "[::1]x" };
    unsigned queries = wire.queries;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_int_equal(lwip.port.open(&lwip, hosts[i], PEER_PORT), OSFT_E_RESOLVE);
        assert_true(*lwip.port.code == ERR_ARG || *lwip.port.code == ERR_VAL);
    }
    wire_run(10000);
    assert_int_equal(wire.queries - queries, 0);
}

static void an_address_needs_no_name_server(void **state)
{
    unsigned queries = wire.queries;
    (void)state;
    wire.has_no_dns = 1;
    device_connect();
    lwip.port.close(&lwip);
#if LWIP_IPV6
    assert_int_equal(device_open("[fd00::1]", PEER_PORT), 1);
    lwip.port.close(&lwip);
    assert_int_equal(device_open("[fd00::1]", CLOSED_PORT), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ERR_RST);
#endif
    assert_int_equal(wire.queries - queries, 0);
}

/* lwIP cannot cancel a lookup. Its late result must not be used for another name. */
static void the_result_of_a_lookup_that_was_given_up_is_not_used_for_the_next(void **state)
{
    int accepted;
    (void)state;
    wire_run(3600000); /* after this time, no name is cached */
    assert_int_equal(lwip.port.open(&lwip, "other.test", PEER_PORT), 0);
    lwip.port.close(&lwip);
    accepted = peer.accepted;
    assert_int_equal(device_open("service.test", PEER_PORT),
                     1); /* other.test has the address NOBODY */
    assert_int_equal(peer.accepted, accepted + 1);
    lwip.port.close(&lwip);

    /* Its late failure must not be used either. */
    wire.has_no_dns = 1;
    wire_run(3600000);
    assert_int_equal(lwip.port.open(&lwip, "service.test", PEER_PORT), 0);
    lwip.port.close(&lwip);
    device_connect();
    assert_int_equal(lwip.port.send(&lwip, "x", 1), 1);
    wire_run(20000);
    assert_int_equal(lwip.port.send(&lwip, "x", 1), 1);
}

static void a_lookup_that_was_given_up_delays_the_next_until_it_ends(void **state)
{
    uint32_t start_ms = wire.now;
    (void)state;
    assert_int_equal(lwip.port.open(&lwip, "silent.test", PEER_PORT), 0);
    lwip.port.close(&lwip);
    assert_int_equal(device_open("service.test", PEER_PORT), 1);
    assert_true(wire.now - start_ms < 8000);
}

/* Exchange bytes with the host, and close the connection after this many steps. */
static void close_after(int steps, const char *host, const uint8_t *bytes)
{
    uint8_t received[100];
    int has_sent = 0, result = 0;

    while (steps-- > 0 && result >= 0) {
        result = lwip.port.open(&lwip, host, PEER_PORT);
        if (result == 1 && !has_sent) {
            result = lwip.port.send(&lwip, bytes, 900);
            has_sent = result > 0;
        } else if (result == 1) {
            result = lwip.port.recv(&lwip, received, sizeof received);
        }
        wire_step();
    }
    lwip.port.close(&lwip);
    lwip.port.close(&lwip);
}

static void a_connection_can_be_closed_at_every_moment(void **state)
{
    static const char *hosts[] = { HERE, "service.test", "nowhere.test", NOBODY };
    static const uint8_t bytes[900];
    size_t i;
    int steps, end;
    (void)state;
    for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        for (end = 0; end < 3; end++) {
            for (steps = 0; steps < 24; steps++) {
                peer.received_len = 0;
                peer.to_send = bytes;
                peer.to_send_len = sizeof bytes;
                peer.ends = end == 1;
                peer.resets = end == 2;
                close_after(steps, hosts[i], bytes);
                peer.resets = 0;
                device_connect(); /* the connection before has left nothing over */
                lwip.port.close(&lwip);
                if (steps % 4 == 0) {
                    wire_run(1000);
                    assert_null(peer.pcb); /* the peer received a FIN or a reset */
                    peer_stop();
                    wire_assert_nothing_left();
                    peer_start();
                }
            }
        }
    }
}

static void a_hundred_connections_one_after_the_other(void **state)
{
    int i;
    (void)state;
    for (i = 0; i < 100; i++) {
        device_connect();
        assert_int_equal(lwip.port.send(&lwip, "x", 1), 1);
        wire_run(50);
        lwip.port.close(&lwip);
    }
    assert_int_equal(peer.accepted, 100);
}

/* Each connection is opened, and then the network loses all of its packets. lwIP goes on to send
 * the end of such a connection for minutes. */
static void retries_over_a_dead_network_do_not_use_up_the_pcbs(void **state)
{
    int i;
    (void)state;
    for (i = 0; i < 30; i++) {
        device_connect();
        assert_int_equal(lwip.port.send(&lwip, "x", 1), 1);
        wire_run(100);
        wire.dead_ports[i] = lwip.pcb->local_port;
        assert_int_equal(lwip.port.send(&lwip, "y", 1), 1);
        wire_run(1000);
        lwip.port.close(&lwip);
        peer_reset_connection();
    }
    assert_int_equal(peer.accepted, 30);
}

#ifdef LWIP_TEST_SMALL
static void without_a_pcb_open_fails_for_lack_of_memory(void **state)
{
    struct tcp_pcb *pcbs[MEMP_NUM_TCP_PCB];
    int i;
    (void)state;
    for (i = 0; i < MEMP_NUM_TCP_PCB; i++) {
        pcbs[i] = tcp_new();
        assert_non_null(pcbs[i]);
    }
    assert_int_equal(device_open(HERE, PEER_PORT), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ERR_MEM);
    for (i = 0; i < MEMP_NUM_TCP_PCB; i++) {
        tcp_abort(pcbs[i]);
    }
    device_connect();
}

static void without_memory_send_takes_less_and_then_nothing(void **state)
{
    struct pbuf *pbufs[64]; /* takes all of lwIP's memory */
    uint8_t bytes[TCP_SND_BUF];
    size_t sent = 0;
    int count = 0, result;
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    device_connect();
    while (count < 64 && (pbufs[count] = pbuf_alloc(PBUF_RAW, 500, PBUF_RAM)) != NULL) {
        count++;
    }
    assert_in_range(count, 1, 63);
    pbuf_free(pbufs[--count]);
    while ((result = lwip.port.send(&lwip, bytes, sizeof bytes)) > 0) {
        sent += (size_t)result;
    }
    assert_int_equal(result, 0);
    assert_in_range(sent, 1, 600);
    while (count > 0) {
        pbuf_free(pbufs[--count]);
    }
    assert_true(lwip.port.send(&lwip, bytes, sizeof bytes) > 0);
    wire_run(2000);
    assert_true(peer.received_len > sent);
}
#endif

/* awaits returns how long a super-loop may sleep while the port opens a connection. */
static void during_open_awaits_limits_the_sleep_to_the_time_left(void **state)
{
    uint32_t ms;
    (void)state;
    assert_int_equal(device_awaits(OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX); /* no connection was begun */
    assert_int_equal(lwip.port.open(&lwip, NOBODY, PEER_PORT), 0);
    assert_int_equal(device_awaits(OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, OSFT_LWIP_CONNECT_MS);
    wire_run(3000);
    (void)device_awaits(OSFT_WRITABLE, &ms);
    assert_int_equal(ms, OSFT_LWIP_CONNECT_MS - 3000);
    ms = 17; /* a shorter limit is not raised */
    assert_int_equal(lwip.port.awaits(&lwip, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, 17);
    wire_run(6000);
    (void)device_awaits(OSFT_WRITABLE, &ms);
    assert_int_equal(ms, 0);
    lwip.port.close(&lwip);

    assert_int_equal(lwip.port.open(&lwip, "silent.test", PEER_PORT), 0);
    wire_run(500);
    assert_int_equal(device_awaits(OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(ms, OSFT_LWIP_CONNECT_MS - 500);
}

/* Each of these events happens between two calls of open, and open must be called again. */
static void an_event_that_open_must_handle_ends_the_sleep(void **state)
{
    uint32_t ms;
    (void)state;
    assert_int_equal(lwip.port.open(&lwip, HERE, PEER_PORT), 0);
    wire_run(100);
    (void)device_awaits(OSFT_WRITABLE, &ms); /* the connection is open */
    assert_int_equal(ms, 0);
    assert_int_equal(lwip.port.open(&lwip, HERE, PEER_PORT), 1);
    (void)device_awaits(OSFT_WRITABLE, &ms);
    assert_int_equal(ms, UINT32_MAX);
    lwip.port.close(&lwip);

    assert_int_equal(lwip.port.open(&lwip, HERE, CLOSED_PORT), 0);
    wire_run(100);
    (void)device_awaits(OSFT_WRITABLE, &ms); /* the connection was refused */
    assert_int_equal(ms, 0);
    lwip.port.close(&lwip);

    wire_run(3600000); /* after this time, no name is cached */
    assert_int_equal(lwip.port.open(&lwip, "service.test", PEER_PORT), 0);
    wire_run(100);
    (void)device_awaits(OSFT_WRITABLE, &ms); /* the name has an address */
    assert_int_equal(ms, 0);
    lwip.port.close(&lwip);

    assert_int_equal(lwip.port.open(&lwip, "nowhere.test", PEER_PORT), 0);
    wire_run(100);
    (void)device_awaits(OSFT_WRITABLE, &ms); /* the name does not exist */
    assert_int_equal(ms, 0);
    lwip.port.close(&lwip);

    assert_int_equal(lwip.port.open(&lwip, "silent.test", PEER_PORT), 0);
    lwip.port.close(&lwip);
    assert_int_equal(lwip.port.open(&lwip, HERE, PEER_PORT), 0);
    (void)device_awaits(OSFT_WRITABLE, &ms); /* the abandoned lookup is still in progress */
    assert_int_equal(ms, OSFT_LWIP_CONNECT_MS);
    wire_run(7500);
    (void)device_awaits(OSFT_WRITABLE, &ms); /* the abandoned lookup has ended */
    assert_int_equal(ms, 0);
}

static void time_is_unknown_until_it_is_learned_and_then_goes_on(void **state)
{
    int i;
    (void)state;
    assert_int_equal(lwip.port.utc_s(&lwip), -1);
    assert_int_equal(lwip.port.ticks_ms(&lwip), wire.now);
    wire.now = UINT32_MAX - 2500;
    lwip.port.learn_utc(&lwip, 1770000000);
    assert_int_equal(lwip.port.utc_s(&lwip), 1770000000);
    wire.now += 999;
    assert_int_equal(lwip.port.utc_s(&lwip), 1770000000);
    wire.now += 1;
    assert_int_equal(lwip.port.utc_s(&lwip), 1770000001);
    wire.now += 1500; /* 0xffffffff - 0 */
    assert_int_equal(lwip.port.utc_s(&lwip), 1770000002);
    wire.now += 1500; /* the ticks wrap; no millisecond is lost */
    assert_int_equal(lwip.port.utc_s(&lwip), 1770000004);
    for (i = 0; i < 100; i++) {
        wire.now += 40u * 24 * 3600 * 1000; /* the clock must be read at least once in 49 days */
        assert_int_equal(lwip.port.utc_s(&lwip), 1770000004 + (i + 1) * INT64_C(3456000));
    }
    lwip.port.close(&lwip);
    assert_true(lwip.port.utc_s(&lwip) > 1770000004); /* the time is kept when the port is closed */
    lwip.port.learn_utc(&lwip, 1780000000);
    assert_int_equal(lwip.port.utc_s(&lwip), 1780000000);
    lwip.port.learn_utc(&lwip, INT64_MAX); /* neither this nor the next value is a valid time */
    lwip.port.learn_utc(&lwip, -1);
    assert_int_equal(lwip.port.utc_s(&lwip), 1780000000);
}

static void random_bytes_come_from_the_callers_function(void **state)
{
    uint8_t a[16], b[16];
    (void)state;
    assert_int_equal(lwip.port.random(lwip.port.ctx, a, sizeof a), 0);
    assert_int_equal(lwip.port.random(lwip.port.ctx, b, sizeof b), 0);
    assert_memory_not_equal(a, b, sizeof a);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, device_set_up, device_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_closed_port_refuses),
        TEST(open_fails_after_connect_ms_of_silence),
        TEST(lwip_gives_up_a_connection_by_itself),
        TEST(without_a_network_there_is_no_route),
        TEST(before_open_and_after_close_nothing_moves),
        TEST(a_name_is_looked_up_once_while_it_is_fresh),
        TEST(the_dot_that_may_end_a_name_is_not_looked_up),
        TEST(a_lost_query_is_sent_again),
        TEST(a_name_that_does_not_exist_has_no_address),
        TEST(a_silent_name_server_is_given_up),
        TEST(names_that_cannot_be_looked_up_fail_at_once),
        TEST(hosts_that_are_no_names_are_not_looked_up),
        TEST(an_address_needs_no_name_server),
        TEST(the_result_of_a_lookup_that_was_given_up_is_not_used_for_the_next),
        TEST(a_lookup_that_was_given_up_delays_the_next_until_it_ends),
        TEST(a_connection_can_be_closed_at_every_moment),
        TEST(a_hundred_connections_one_after_the_other),
        TEST(retries_over_a_dead_network_do_not_use_up_the_pcbs),
#ifdef LWIP_TEST_SMALL
        TEST(without_a_pcb_open_fails_for_lack_of_memory),
        TEST(without_memory_send_takes_less_and_then_nothing),
#endif
        TEST(during_open_awaits_limits_the_sleep_to_the_time_left),
        TEST(an_event_that_open_must_handle_ends_the_sleep),
        TEST(time_is_unknown_until_it_is_learned_and_then_goes_on),
        TEST(random_bytes_come_from_the_callers_function),
    };
    wire_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
