/* SPDX-License-Identifier: Apache-2.0 */
/* How a connection over lwIP's raw TCP comes to be, or not; names; and the clock. */
#include "side.h"

static void a_closed_port_refuses(void **state)
{
    (void)state;
    assert_int_equal(side_open(HERE, CLOSED_PORT), OSFT_E_IO);
    assert_int_equal(*net.port.code, ERR_RST);
    net.port.close(&net); /* also after a failed open, and twice */
    net.port.close(&net);
    side_connect();
}

static void silence_ends_after_connect_ms(void **state)
{
    uint32_t began = wire.now;
    (void)state;
    assert_int_equal(net.connect_ms, OSFT_LWIP_CONNECT_MS);
    assert_int_equal(side_open(NOBODY, PEER_PORT), OSFT_E_IO);
    assert_int_equal(*net.port.code, ERR_TIMEOUT);
    assert_int_equal(wire.now - began, OSFT_LWIP_CONNECT_MS);
    assert_null(tcp_active_pcbs);
    net.connect_ms = 100;
    began = wire.now;
    assert_int_equal(side_open(NOBODY, PEER_PORT), OSFT_E_IO);
    assert_int_equal(wire.now - began, 100);
}

static void lwip_itself_gives_up(void **state)
{
    (void)state;
    net.connect_ms = UINT32_MAX;
    assert_int_equal(side_open(NOBODY, PEER_PORT), OSFT_E_IO);
    assert_int_equal(*net.port.code, ERR_ABRT);
}

static void without_a_network_there_is_no_route(void **state)
{
    (void)state;
    netif_set_down(&wire.netif);
    assert_int_equal(net.port.open(&net, HERE, PEER_PORT), OSFT_E_IO);
    assert_int_equal(*net.port.code, ERR_RTE);
    netif_set_up(&wire.netif);
    side_connect();
}

static void before_open_and_after_close_nothing_moves(void **state)
{
    char byte;
    int i;
    (void)state;
    for (i = 0; i < 2; i++) {
        *(int32_t *)(uintptr_t)net.port.code = 0;
        assert_int_equal(net.port.send(&net, "x", 1), OSFT_E_IO);
        assert_int_equal(*net.port.code, ERR_CONN);
        *(int32_t *)(uintptr_t)net.port.code = 0;
        assert_int_equal(net.port.recv(&net, &byte, 1), OSFT_E_IO);
        assert_int_equal(*net.port.code, ERR_CONN);
        side_connect();
        net.port.close(&net);
    }
}

static void a_name_is_looked_up_once_while_it_is_fresh(void **state)
{
    unsigned questions = wire.questions;
    (void)state;
    assert_int_equal(side_open("service.test", PEER_PORT), 1);
    assert_int_equal(wire.questions - questions, 1);
    net.port.close(&net);
    assert_int_equal(side_open("service.test", PEER_PORT), 1);
    assert_int_equal(wire.questions - questions, 1);
}

static void a_lost_question_is_asked_again(void **state)
{
    unsigned questions = wire.questions;
    uint32_t began = wire.now;
    (void)state;
    wire.lose_next = 2;
    assert_int_equal(side_open("service.test", PEER_PORT), 1);
    assert_int_equal(wire.questions - questions, 1);
    assert_in_range(wire.now - began, 1000, 4000);
}

static void a_name_that_does_not_exist_is_said_to(void **state)
{
    (void)state;
    assert_int_equal(side_open("nowhere.test", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, ERR_VAL);
    assert_int_equal(side_open("service.test", PEER_PORT), 1);
}

static void a_name_server_that_is_silent_is_given_up(void **state)
{
    uint32_t began = wire.now;
    (void)state;
    assert_int_equal(side_open("silent.test", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, ERR_VAL); /* by lwIP, after 7 s */
    assert_in_range(wire.now - began, 6000, 8000);
    net.connect_ms = 500;
    began = wire.now;
    assert_int_equal(side_open("silent.test", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, ERR_TIMEOUT);
    assert_int_equal(wire.now - began, 500);
}

static void names_that_cannot_be_looked_up_fail_at_once(void **state)
{
    char name[DNS_MAX_NAME_LENGTH + 1];
    const ip_addr_t server = *dns_getserver(0);
    (void)state;
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(net.port.open(&net, name, PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, ERR_ARG);
    assert_int_equal(net.port.open(&net, "", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, ERR_ARG);
    dns_setserver(0, NULL);
    assert_int_equal(net.port.open(&net, "new.test", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, ERR_VAL);
    dns_setserver(0, &server);
}

static void hosts_that_are_none_ask_no_name_server(void **state)
{
    static const char *const hosts[] = { ".",          "[",      "[]",    "[10.0.0.1",
                                         "[10.0.0.1]", "[name]", "[::1]x" };
    unsigned questions = wire.questions;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_int_equal(net.port.open(&net, hosts[i], PEER_PORT), OSFT_E_RESOLVE);
        assert_true(*net.port.code == ERR_ARG || *net.port.code == ERR_VAL);
    }
    wire_run(10000);
    assert_int_equal(wire.questions - questions, 0);
}

static void the_dot_that_may_end_a_name_is_not_asked_for(void **state)
{
    (void)state;
    wire_run(3600000); /* the cache forgets */
    assert_int_equal(side_open("service.test.", PEER_PORT), 1);
}

/* What the port waits for, when its owner waits for these events: the same. How long; ms. */
static uint32_t awaited_ms(unsigned events)
{
    uint32_t ms = UINT32_MAX, none = 0;

    assert_int_equal(net.port.awaits(&net, events, &none), events);
    assert_int_equal(none, 0); /* it is only lowered */
    assert_int_equal(net.port.awaits(&net, events, &ms), events);
    return ms;
}

static void while_it_opens_it_waits_until_connect_ms_at_most(void **state)
{
    (void)state;
    net.connect_ms = 5000;
    assert_true(awaited_ms(OSFT_WRITABLE) == UINT32_MAX);
    assert_int_equal(net.port.open(&net, NOBODY, PEER_PORT), 0);
    assert_int_equal(awaited_ms(OSFT_WRITABLE), 5000);
    wire_run(1000);
    assert_int_equal(awaited_ms(OSFT_WRITABLE), 4000);
    wire_run(5000);
    assert_int_equal(awaited_ms(OSFT_WRITABLE), 0);
    net.port.close(&net);
    assert_int_equal(net.port.open(&net, "silent.test", PEER_PORT), 0);
    wire_run(500);
    assert_int_equal(awaited_ms(OSFT_READABLE), 4500);
    net.port.close(&net);
    assert_int_equal(net.port.open(&net, "service.test", PEER_PORT), 0); /* behind that lookup */
    assert_int_equal(awaited_ms(OSFT_WRITABLE), 5000);
    net.connect_ms = 20000;
    while (net.lookup_in_flight) {
        wire_step();
    }
    assert_int_equal(awaited_ms(OSFT_WRITABLE), 0); /* it can be asked now */
}

static void what_the_network_brought_to_open_is_taken_at_once(void **state)
{
    (void)state;
    wire_run(3600000); /* the cache forgets */
    assert_int_equal(net.port.open(&net, "service.test", PEER_PORT), 0);
    wire_run(1000); /* the address */
    assert_int_equal(awaited_ms(OSFT_WRITABLE), 0);
    assert_int_equal(net.port.open(&net, "service.test", PEER_PORT), 0);
    assert_true(awaited_ms(OSFT_WRITABLE) > 0);
    wire_run(1000); /* the connection */
    assert_int_equal(awaited_ms(OSFT_WRITABLE), 0);
    assert_int_equal(net.port.open(&net, "service.test", PEER_PORT), 1);
    assert_true(awaited_ms(OSFT_WRITABLE) == UINT32_MAX);
    net.port.close(&net);
    assert_int_equal(net.port.open(&net, "nowhere.test", PEER_PORT), 0);
    wire_run(1000); /* there is no such name */
    assert_int_equal(awaited_ms(OSFT_WRITABLE), 0);
    assert_int_equal(net.port.open(&net, "nowhere.test", PEER_PORT), OSFT_E_RESOLVE);
    assert_int_equal(net.port.open(&net, HERE, CLOSED_PORT), 0);
    wire_run(1000); /* a reset */
    assert_int_equal(awaited_ms(OSFT_WRITABLE), 0);
    assert_int_equal(net.port.open(&net, HERE, CLOSED_PORT), OSFT_E_IO);
}

static void what_was_received_is_read_at_once(void **state)
{
    uint8_t got[10];
    (void)state;
    peer.say = (const uint8_t *)"hello";
    peer.say_len = 5;
    peer.after = 1;
    peer.fin = 1;
    side_connect();
    assert_true(awaited_ms(OSFT_READABLE) == UINT32_MAX);
    assert_int_equal(net.port.send(&net, "x", 1), 1);
    wire_run(1000);
    assert_int_equal(awaited_ms(OSFT_READABLE), 0);
    assert_int_equal(awaited_ms(OSFT_READABLE | OSFT_WRITABLE), 0);
    assert_true(awaited_ms(OSFT_WRITABLE) == UINT32_MAX);
    assert_int_equal(net.port.recv(&net, got, 2), 2);
    assert_int_equal(awaited_ms(OSFT_READABLE), 0);
    assert_int_equal(net.port.recv(&net, got, SIZE_MAX), 3);
    assert_int_equal(awaited_ms(OSFT_READABLE), 0); /* the end */
    assert_int_equal(net.port.recv(&net, got, 10), OSFT_EOF);
}

static void more_than_there_is_room_for_is_offered_and_a_part_is_taken(void **state)
{
    static uint8_t bytes[TCP_SND_BUF];
    (void)state;
    side_connect();
    assert_in_range(net.port.send(&net, bytes, SIZE_MAX), 1, TCP_SND_BUF);
    assert_int_equal(net.port.send(&net, bytes, 0), 0);
}

static void an_address_needs_no_name_server(void **state)
{
    unsigned questions = wire.questions;
    (void)state;
    wire.no_dns = 1;
    side_connect();
    net.port.close(&net);
#if LWIP_IPV6
    assert_int_equal(side_open("[fd00::1]", PEER_PORT), 1);
    net.port.close(&net);
    assert_int_equal(side_open("[fd00::1]", CLOSED_PORT), OSFT_E_IO);
    assert_int_equal(*net.port.code, ERR_RST);
#endif
    assert_int_equal(wire.questions - questions, 0);
}

/* lwIP cannot forget a lookup. Its late answer must not become another name's. */
static void a_lookup_given_up_is_not_taken_for_the_next(void **state)
{
    int accepted;
    (void)state;
    wire_run(3600000); /* the cache forgets */
    wire.delay = 0;
    assert_int_equal(net.port.open(&net, "other.test", PEER_PORT), 0);
    net.port.close(&net);
    accepted = peer.accepted;
    assert_int_equal(side_open("service.test", PEER_PORT), 1); /* other.test has NOBODY's address */
    assert_int_equal(peer.accepted, accepted + 1);
    net.port.close(&net);

    wire.no_dns = 1; /* and an old failure is not the next one's */
    wire_run(3600000);
    assert_int_equal(net.port.open(&net, "service.test", PEER_PORT), 0);
    net.port.close(&net);
    side_connect();
    assert_int_equal(net.port.send(&net, "x", 1), 1);
    wire_run(20000);
    assert_int_equal(net.port.send(&net, "x", 1), 1);
}

/* Which a lookup given up must not prevent for ever, either. */
static void an_old_lookup_holds_the_next_one_up_no_longer_than_it_lives(void **state)
{
    uint32_t began = wire.now;
    (void)state;
    assert_int_equal(net.port.open(&net, "silent.test", PEER_PORT), 0);
    net.port.close(&net);
    assert_int_equal(side_open("service.test", PEER_PORT), 1);
    assert_true(wire.now - began < 8000);
}

/* close, k steps after the first open. */
static void close_at(int k, const char *host, const uint8_t *bytes)
{
    uint8_t got[100];
    int sent = 0, r = 0;

    while (k-- > 0 && r >= 0) {
        r = net.port.open(&net, host, PEER_PORT);
        if (r == 1 && !sent) {
            r = net.port.send(&net, bytes, 900);
            sent = r > 0;
        } else if (r == 1) {
            r = net.port.recv(&net, got, sizeof got);
        }
        wire_step();
    }
    net.port.close(&net);
    net.port.close(&net);
}

static void close_is_good_at_every_moment(void **state)
{
    static const char *hosts[] = { HERE, "service.test", "nowhere.test", NOBODY };
    static const uint8_t bytes[900];
    size_t i;
    int k, how;
    (void)state;
    for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        for (how = 0; how < 3; how++) {
            for (k = 0; k < 24; k++) {
                peer.heard_len = 0;
                peer.say = bytes;
                peer.say_len = sizeof bytes;
                peer.fin = how == 1;
                peer.reset = how == 2;
                close_at(k, hosts[i], bytes);
                peer.reset = 0;
                side_connect(); /* and nothing of it is left over */
                net.port.close(&net);
                if (k % 4 == 0) {
                    wire_run(1000);
                    assert_null(peer.pcb); /* which was told, in whatever way */
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
        side_connect();
        assert_int_equal(net.port.send(&net, "x", 1), 1);
        wire_run(50);
        net.port.close(&net);
    }
    assert_int_equal(peer.accepted, 100);
}

/* Each connection is made, and then nothing comes through any more: its end is sent again for
 * minutes. */
static void retries_over_a_dead_network_do_not_use_up_the_pcbs(void **state)
{
    int i;
    (void)state;
    for (i = 0; i < 30; i++) {
        side_connect();
        assert_int_equal(net.port.send(&net, "x", 1), 1);
        wire_run(100);
        wire.dead[i] = net.pcb->local_port;
        assert_int_equal(net.port.send(&net, "y", 1), 1);
        wire_run(1000);
        net.port.close(&net);
        peer_reset();
    }
    assert_int_equal(peer.accepted, 30);
}

#ifdef LWIP_TEST_SMALL
static void without_a_pcb_open_fails_and_says_why(void **state)
{
    struct tcp_pcb *all[MEMP_NUM_TCP_PCB];
    int i;
    (void)state;
    for (i = 0; i < MEMP_NUM_TCP_PCB; i++) {
        all[i] = tcp_new();
        assert_non_null(all[i]);
    }
    assert_int_equal(side_open(HERE, PEER_PORT), OSFT_E_IO);
    assert_int_equal(*net.port.code, ERR_MEM);
    for (i = 0; i < MEMP_NUM_TCP_PCB; i++) {
        tcp_abort(all[i]);
    }
    side_connect();
}

static void without_memory_send_takes_less_and_then_nothing(void **state)
{
    struct pbuf *all[64];
    uint8_t bytes[TCP_SND_BUF];
    size_t sent = 0;
    int n = 0, r;
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    side_connect();
    while (n < 64 && (all[n] = pbuf_alloc(PBUF_RAW, 500, PBUF_RAM)) != NULL) {
        n++;
    }
    assert_in_range(n, 1, 63);
    pbuf_free(all[--n]);
    while ((r = net.port.send(&net, bytes, sizeof bytes)) > 0) {
        sent += (size_t)r;
    }
    assert_int_equal(r, 0);
    assert_in_range(sent, 1, 600);
    while (n > 0) {
        pbuf_free(all[--n]);
    }
    assert_true(net.port.send(&net, bytes, sizeof bytes) > 0);
    wire_run(2000);
    assert_true(peer.heard_len > sent);
}
#endif

static void time_is_unknown_until_it_is_learned_and_then_goes_on(void **state)
{
    int i;
    (void)state;
    assert_int_equal(net.port.utc_s(&net), -1);
    assert_int_equal(net.port.ticks_ms(&net), wire.now);
    wire.now = UINT32_MAX - 2500;
    net.port.learn_utc(&net, 1770000000);
    assert_int_equal(net.port.utc_s(&net), 1770000000);
    wire.now += 999;
    assert_int_equal(net.port.utc_s(&net), 1770000000);
    wire.now += 1;
    assert_int_equal(net.port.utc_s(&net), 1770000001);
    wire.now += 1500; /* 0xffffffff - 0 */
    assert_int_equal(net.port.utc_s(&net), 1770000002);
    wire.now += 1500; /* across the wrap; no millisecond was lost by reading */
    assert_int_equal(net.port.utc_s(&net), 1770000004);
    for (i = 0; i < 100; i++) {
        wire.now += 40u * 24 * 3600 * 1000; /* as long as one may look away */
        assert_int_equal(net.port.utc_s(&net), 1770000004 + (i + 1) * INT64_C(3456000));
    }
    net.port.close(&net);
    assert_true(net.port.utc_s(&net) > 1770000004); /* closing forgets no time */
    net.port.learn_utc(&net, 1780000000);
    assert_int_equal(net.port.utc_s(&net), 1780000000);
    net.port.learn_utc(&net, INT64_MAX); /* no time at all */
    net.port.learn_utc(&net, -1);
    assert_int_equal(net.port.utc_s(&net), 1780000000);
}

static void random_is_the_callers(void **state)
{
    uint8_t a[16], b[16];
    (void)state;
    assert_int_equal(net.port.random(net.port.ctx, a, sizeof a), 0);
    assert_int_equal(net.port.random(net.port.ctx, b, sizeof b), 0);
    assert_memory_not_equal(a, b, sizeof a);
}

#define SIDE(test) cmocka_unit_test_setup_teardown(test, side_set_up, side_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIDE(a_closed_port_refuses),
        SIDE(silence_ends_after_connect_ms),
        SIDE(lwip_itself_gives_up),
        SIDE(without_a_network_there_is_no_route),
        SIDE(before_open_and_after_close_nothing_moves),
        SIDE(a_name_is_looked_up_once_while_it_is_fresh),
        SIDE(a_lost_question_is_asked_again),
        SIDE(a_name_that_does_not_exist_is_said_to),
        SIDE(a_name_server_that_is_silent_is_given_up),
        SIDE(names_that_cannot_be_looked_up_fail_at_once),
        SIDE(hosts_that_are_none_ask_no_name_server),
        SIDE(the_dot_that_may_end_a_name_is_not_asked_for),
        SIDE(while_it_opens_it_waits_until_connect_ms_at_most),
        SIDE(what_the_network_brought_to_open_is_taken_at_once),
        SIDE(what_was_received_is_read_at_once),
        SIDE(more_than_there_is_room_for_is_offered_and_a_part_is_taken),
        SIDE(an_address_needs_no_name_server),
        SIDE(a_lookup_given_up_is_not_taken_for_the_next),
        SIDE(an_old_lookup_holds_the_next_one_up_no_longer_than_it_lives),
        SIDE(close_is_good_at_every_moment),
        SIDE(a_hundred_connections_one_after_the_other),
        SIDE(retries_over_a_dead_network_do_not_use_up_the_pcbs),
#ifdef LWIP_TEST_SMALL
        SIDE(without_a_pcb_open_fails_and_says_why),
        SIDE(without_memory_send_takes_less_and_then_nothing),
#endif
        SIDE(time_is_unknown_until_it_is_learned_and_then_goes_on),
        SIDE(random_is_the_callers),
    };
    wire_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
