/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes over lwIP's raw TCP: all of them, in order, once, and what ends them. */
#include "side.h"

#define REQUEST ((const uint8_t *)"GET / HTTP/1.1\r\n\r\n")
enum { REQUEST_LEN = 18 };

static void bytes_go_both_ways_and_end(void **state)
{
    uint8_t got[64];
    size_t len;
    (void)state;
    peer.say = (const uint8_t *)"an answer";
    peer.say_len = 9;
    peer.after = REQUEST_LEN;
    peer.fin = 1;
    side_connect();
    assert_int_equal(net.port.open(&net, HERE, PEER_PORT), 1); /* as it is open */
    assert_int_equal(net.port.recv(&net, got, sizeof got), 0);
    side_write_all(REQUEST, 5);
    side_write_all(REQUEST + 5, REQUEST_LEN - 5);
    wire_step();
    assert_int_equal(peer.heard_len, REQUEST_LEN); /* at once, not when a timer looks */
    assert_int_equal(side_read_all(got, sizeof got, sizeof got, &len), OSFT_EOF);
    assert_int_equal(len, 9);
    assert_memory_equal(got, "an answer", 9);
    assert_int_equal(peer.heard_len, REQUEST_LEN);
    assert_memory_equal(peer.heard, REQUEST, REQUEST_LEN);
    assert_int_equal(net.port.recv(&net, got, sizeof got), OSFT_EOF); /* and again */
    side_write_all(REQUEST, REQUEST_LEN); /* only the other side has ended */
    net.port.close(&net);
    wire_run(1000);
    assert_int_equal(peer.heard_len, 2 * REQUEST_LEN);
    assert_int_equal(peer.ended, 1);
    assert_int_equal(peer.broken, 0);
}

static void any_amount_is_received_in_any_pieces(void **state)
{
    static const size_t steps[] = { 1, 7, 535, 536, 537, 4096, 65535, 65536, 1u << 30 };
    const size_t size = 70000;
    uint8_t *bytes = side_bytes(size), *got = malloc(size + 1);
    size_t i, len;
    (void)state;
    peer.say = bytes;
    peer.say_len = size;
    peer.fin = 1;
    for (i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        peer.fin = 1;
        memset(got, 0, size);
        side_connect();
        assert_int_equal(side_read_all(got, size + 1, steps[i], &len), OSFT_EOF);
        assert_int_equal(len, size);
        assert_memory_equal(got, bytes, size);
        net.port.close(&net);
    }
    free(bytes);
    free(got);
}

static void no_room_is_not_the_end(void **state)
{
    uint8_t got[4];
    (void)state;
    peer.say = (const uint8_t *)"abc";
    peer.say_len = 3;
    peer.fin = 1;
    side_connect();
    wire_run(1000);
    assert_int_equal(net.port.recv(&net, got, 0), 0);
    assert_int_equal(net.port.recv(&net, got, 2), 2);
    assert_int_equal(net.port.recv(&net, got, 0), 0);
    assert_int_equal(net.port.recv(&net, got, 4), 1);
    assert_int_equal(net.port.recv(&net, got, 4), OSFT_EOF);
}

static void more_than_lwip_buffers_is_sent(void **state)
{
    const size_t size = 300000;
    uint8_t *bytes = side_bytes(size);
    uint32_t began = wire.now;
    size_t at = 0;
    int blocked = 0;
    (void)state;
    side_connect();
    while (at < size) {
        /* Each piece is overwritten as soon as send returns: it is the caller's again. */
        size_t n = size - at < 150000 ? size - at : 150000;
        uint8_t *piece = malloc(n);
        int r;
        assert_non_null(piece);
        memcpy(piece, bytes + at, n);
        r = net.port.send(&net, piece, n);
        memset(piece, 0, n);
        free(piece);
        assert_true(r >= 0 && r <= TCP_SND_BUF);
        at += (size_t)r;
        if (r == 0) {
            blocked++;
            wire_step();
        }
        assert_true(wire.now - began < 3600000);
    }
    assert_true(blocked > 0);
    wire_run(5000);
    assert_int_equal(peer.heard_len, size);
    assert_memory_equal(peer.heard, bytes, size);
    free(bytes);
}

static void what_is_not_read_stops_the_sender(void **state)
{
    const size_t size = 600000;
    uint8_t *bytes = side_bytes(size), *got = malloc(size);
    size_t len, queued = 0;
    const struct pbuf *p;
    (void)state;
    peer.say = bytes;
    peer.say_len = size;
    side_connect();
    wire_run(60000);
    for (p = net.received; p != NULL; p = p->next) {
        queued += p->len;
    }
    assert_int_equal(queued, net.received->tot_len);
    assert_true(peer.said <= TCP_WND + TCP_SND_BUF);
    assert_true(peer.said >= LWIP_MIN(TCP_WND, 60000)); /* a chain of pbufs counts to 65,535 */
    assert_true(side_read_all(got, size, 10000, &len) > 0);
    assert_int_equal(len, size);
    assert_memory_equal(got, bytes, size);
    free(bytes);
    free(got);
}

static void a_reset_comes_after_the_bytes_before_it(void **state)
{
    uint8_t got[64];
    size_t len;
    (void)state;
    peer.say = (const uint8_t *)"half an answ";
    peer.say_len = 12;
    peer.reset = 1;
    side_connect();
    wire_run(2000);
    assert_int_equal(net.port.send(&net, "x", 1), OSFT_E_IO);
    assert_int_equal(*net.port.code, ERR_RST);
    assert_int_equal(side_read_all(got, sizeof got, 5, &len), OSFT_E_IO);
    assert_int_equal(len, 12);
    assert_int_equal(*net.port.code, ERR_RST);
    assert_int_equal(net.port.recv(&net, got, sizeof got), OSFT_E_IO);
    peer.reset = 0;
    net.port.close(&net);
    side_connect();
    assert_int_equal(*net.port.code, 0);
}

static void a_reset_after_the_end_is_no_error(void **state)
{
    uint8_t got[64];
    size_t len;
    (void)state;
    peer.say = (const uint8_t *)"whole";
    peer.say_len = 5;
    peer.fin = 1;
    side_connect();
    wire_run(1000);
    peer_reset();
    wire_run(1000);
    assert_int_equal(side_read_all(got, sizeof got, 64, &len), OSFT_EOF);
    assert_int_equal(len, 5);
}

static void a_network_that_goes_away_is_noticed_when_sending(void **state)
{
    uint32_t began;
    (void)state;
    side_connect();
    assert_int_equal(net.port.send(&net, "x", 1), 1);
    wire.lose = 1000;
    began = wire.now;
    while (net.port.recv(&net, &began, 0) == 0) {
        wire_step();
        assert_true(wire.now - began < 3600000);
    }
    assert_int_equal(*net.port.code, ERR_ABRT);
}

static void closing_with_bytes_unread_tells_the_peer(void **state)
{
    (void)state;
    peer.say = (const uint8_t *)"never read";
    peer.say_len = 10;
    side_connect();
    wire_run(1000);
    net.port.close(&net);
    wire_run(1000);
    assert_int_equal(peer.broken, 1);
    assert_int_equal(peer.why, ERR_RST);
}

/* One exchange over a bad wire: both sides say size bytes. */
static void exchange(size_t size, const uint8_t *bytes)
{
    uint8_t *got = malloc(size + 1);
    size_t len;

    assert_non_null(got);
    peer.say = bytes;
    peer.say_len = size;
    peer.after = size;
    peer.heard_len = 0;
    peer.fin = 1;
    net.connect_ms = 600000;
    side_connect();
    side_write_all(bytes, size);
    assert_int_equal(side_read_all(got, size + 1, 1 + wire_random() % 3000, &len), OSFT_EOF);
    assert_int_equal(len, size);
    assert_memory_equal(got, bytes, size);
    assert_int_equal(peer.heard_len, size);
    assert_memory_equal(peer.heard, bytes, size);
    net.port.close(&net);
    free(got);
}

static void lost_and_late_packets_change_no_byte(void **state)
{
    uint8_t *bytes = side_bytes(20000);
    unsigned lost = wire.lost;
    int i;
    (void)state;
    for (i = 0; i < 40; i++) {
        wire_reset();
        wire.random = 77u + (uint32_t)i;
        wire.lose = 10 + 5 * (unsigned)i;
        wire.delay = (uint32_t)(i % 4) * 60;
        exchange(20000, bytes);
        wire_reset();
        wire_run(300000);
    }
    assert_true(wire.lost - lost > 100);
    free(bytes);
}

/* Every single packet of an exchange, lost once. */
static void each_packet_may_be_the_one_that_is_lost(void **state)
{
    static const uint8_t bytes[1200] = { 1, 2, 3 };
    unsigned whole, i;
    (void)state;
    whole = wire.packets;
    exchange(sizeof bytes, bytes);
    wire_run(300000);
    whole = wire.packets - whole;
    assert_true(whole > 7);
    for (i = 0; i < whole; i++) {
        unsigned before = wire.packets;
        uint8_t got[sizeof bytes];
        size_t len = 0, sent = 0;
        int r = 0;
        peer.heard_len = 0;
        peer.fin = 1;
        while (r >= 0) {
            wire.lose_next = wire.packets - before == i;
            r = net.port.open(&net, HERE, PEER_PORT);
            if (r == 1 && sent < sizeof bytes) {
                r = net.port.send(&net, bytes + sent, sizeof bytes - sent);
                sent += r > 0 ? (size_t)r : 0;
            } else if (r == 1) {
                r = net.port.recv(&net, got + len, sizeof got - len);
                len += r > 0 ? (size_t)r : 0;
            }
            wire_step();
        }
        assert_int_equal(r, OSFT_EOF);
        assert_int_equal(len, sizeof got);
        assert_memory_equal(got, bytes, sizeof got);
        net.port.close(&net);
        wire_reset();
        wire_run(300000);
    }
}

#define SIDE(test) cmocka_unit_test_setup_teardown(test, side_set_up, side_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIDE(bytes_go_both_ways_and_end),
        SIDE(any_amount_is_received_in_any_pieces),
        SIDE(no_room_is_not_the_end),
        SIDE(more_than_lwip_buffers_is_sent),
        SIDE(what_is_not_read_stops_the_sender),
        SIDE(a_reset_comes_after_the_bytes_before_it),
        SIDE(a_reset_after_the_end_is_no_error),
        SIDE(a_network_that_goes_away_is_noticed_when_sending),
        SIDE(closing_with_bytes_unread_tells_the_peer),
        SIDE(lost_and_late_packets_change_no_byte),
        SIDE(each_packet_may_be_the_one_that_is_lost),
    };
    wire_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
