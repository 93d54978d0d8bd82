/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes over lwIP's raw TCP arrive completely, in order and once; and the end of the stream. */
#include "device.h"

#define REQUEST ((const uint8_t *)"GET / HTTP/1.1\r\n\r\n")
enum { REQUEST_LEN = 18 };

static void bytes_go_both_ways_and_end(void **state)
{
    uint8_t got[64];
    size_t len;
    (void)state;
    peer.to_send = (const uint8_t *)"a response";
    peer.to_send_len = 10;
    peer.send_after = REQUEST_LEN;
    peer.ends = 1;
    device_connect();
    /* the connection is open already */
    assert_int_equal(lwip.port.open(&lwip, HERE, PEER_PORT), 1);
    assert_int_equal(lwip.port.recv(&lwip, got, sizeof got), 0);
    device_send_all(REQUEST, 5);
    device_send_all(REQUEST + 5, REQUEST_LEN - 5);
    wire_step();
    /* the bytes are sent at once, not by a timer */
    assert_int_equal(peer.received_len, REQUEST_LEN);
    assert_int_equal(device_receive_all(got, sizeof got, sizeof got, &len), OSFT_EOF);
    assert_int_equal(len, 10);
    assert_memory_equal(got, "a response", 10);
    assert_int_equal(peer.received_len, REQUEST_LEN);
    assert_memory_equal(peer.received, REQUEST, REQUEST_LEN);
    /* each further recv returns the same */
    assert_int_equal(lwip.port.recv(&lwip, got, sizeof got), OSFT_EOF);
    /* only the peer's direction has ended, so sending still works */
    device_send_all(REQUEST, REQUEST_LEN);
    lwip.port.close(&lwip);
    wire_run(1000);
    assert_int_equal(peer.received_len, 2 * REQUEST_LEN);
    assert_int_equal(peer.ended, 1);
    assert_int_equal(peer.broken, 0);
}

static void any_number_of_bytes_is_received_in_any_pieces(void **state)
{
    static const size_t steps[] = { 1, 7, 535, 536, 537, 4096, 65535, 65536, 1u << 30 };
    const size_t size = 70000;
    uint8_t *bytes = make_bytes(size), *got = malloc(size + 1);
    size_t i, len;
    (void)state;
    peer.to_send = bytes;
    peer.to_send_len = size;
    peer.ends = 1;
    for (i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        peer.ends = 1;
        memset(got, 0, size);
        device_connect();
        assert_int_equal(device_receive_all(got, size + 1, steps[i], &len), OSFT_EOF);
        assert_int_equal(len, size);
        assert_memory_equal(got, bytes, size);
        lwip.port.close(&lwip);
    }
    free(bytes);
    free(got);
}

static void a_recv_without_room_does_not_report_the_end(void **state)
{
    uint8_t got[4];
    (void)state;
    peer.to_send = (const uint8_t *)"abc";
    peer.to_send_len = 3;
    peer.ends = 1;
    device_connect();
    wire_run(1000);
    assert_int_equal(lwip.port.recv(&lwip, got, 0), 0);
    assert_int_equal(lwip.port.recv(&lwip, got, 2), 2);
    assert_int_equal(lwip.port.recv(&lwip, got, 0), 0);
    assert_int_equal(lwip.port.recv(&lwip, got, 4), 1);
    assert_int_equal(lwip.port.recv(&lwip, got, 4), OSFT_EOF);
}

static void more_than_lwips_buffers_hold_is_sent(void **state)
{
    const size_t size = 300000;
    uint8_t *bytes = make_bytes(size);
    uint32_t start_ms = wire.now;
    size_t sent = 0;
    int blocked = 0;
    (void)state;
    device_connect();
    while (sent < size) {
        /* Each piece is overwritten as soon as send returns, as the memory belongs to the caller
         * again. */
        size_t len = size - sent < 150000 ? size - sent : 150000;
        uint8_t *piece = malloc(len);
        int result;
        assert_non_null(piece);
        memcpy(piece, bytes + sent, len);
        result = lwip.port.send(&lwip, piece, len);
        memset(piece, 0, len);
        free(piece);
        assert_true(result >= 0 && result <= TCP_SND_BUF);
        sent += (size_t)result;
        if (result == 0) {
            blocked++;
            wire_step();
        }
        assert_true(wire.now - start_ms < 3600000);
    }
    assert_true(blocked > 0);
    wire_run(5000);
    assert_int_equal(peer.received_len, size);
    assert_memory_equal(peer.received, bytes, size);
    free(bytes);
}

static void send_takes_a_part_of_what_it_has_no_room_for(void **state)
{
    static uint8_t bytes[TCP_SND_BUF];
    (void)state;
    device_connect();
    assert_in_range(lwip.port.send(&lwip, bytes, SIZE_MAX), 1, TCP_SND_BUF);
    assert_int_equal(lwip.port.send(&lwip, bytes, 0), 0);
}

static void unread_bytes_stop_the_sender(void **state)
{
    const size_t size = 600000;
    uint8_t *bytes = make_bytes(size), *got = malloc(size);
    size_t len, queued = 0;
    const struct pbuf *part;
    (void)state;
    peer.to_send = bytes;
    peer.to_send_len = size;
    device_connect();
    wire_run(60000);
    for (part = lwip.received; part != NULL; part = part->next) {
        queued += part->len;
    }
    assert_int_equal(queued, lwip.received->tot_len);
    assert_true(peer.sent <= TCP_WND + TCP_SND_BUF);
    assert_true(peer.sent >=
                LWIP_MIN(TCP_WND, 60000)); /* a chain of pbufs holds 65,535 bytes at most */
    assert_true(device_receive_all(got, size, 10000, &len) > 0);
    assert_int_equal(len, size);
    assert_memory_equal(got, bytes, size);
    free(bytes);
    free(got);
}

static void the_bytes_before_a_reset_are_received(void **state)
{
    uint8_t got[64];
    size_t len;
    (void)state;
    peer.to_send = (const uint8_t *)"half a respon";
    peer.to_send_len = 13;
    peer.resets = 1;
    device_connect();
    wire_run(2000);
    assert_int_equal(lwip.port.send(&lwip, "x", 1), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ERR_RST);
    assert_int_equal(device_receive_all(got, sizeof got, 5, &len), OSFT_E_IO);
    assert_int_equal(len, 13);
    assert_int_equal(*lwip.port.code, ERR_RST);
    assert_int_equal(lwip.port.recv(&lwip, got, sizeof got), OSFT_E_IO);
    peer.resets = 0;
    lwip.port.close(&lwip);
    device_connect();
    assert_int_equal(*lwip.port.code, 0);
}

static void a_reset_after_the_end_is_no_error(void **state)
{
    uint8_t got[64];
    size_t len;
    (void)state;
    peer.to_send = (const uint8_t *)"whole";
    peer.to_send_len = 5;
    peer.ends = 1;
    device_connect();
    wire_run(1000);
    peer_reset_connection();
    wire_run(1000);
    assert_int_equal(device_receive_all(got, sizeof got, 64, &len), OSFT_EOF);
    assert_int_equal(len, 5);
}

static void a_network_that_goes_away_is_noticed_when_sending(void **state)
{
    uint32_t start_ms;
    char byte;
    (void)state;
    device_connect();
    assert_int_equal(lwip.port.send(&lwip, "x", 1), 1);
    wire.loss = 1000;
    start_ms = wire.now;
    while (lwip.port.recv(&lwip, &byte, 1) == 0) {
        wire_step();
        assert_true(wire.now - start_ms < 3600000);
    }
    assert_int_equal(*lwip.port.code, ERR_ABRT);
}

static void closing_with_unread_bytes_resets_the_connection(void **state)
{
    (void)state;
    peer.to_send = (const uint8_t *)"never read";
    peer.to_send_len = 10;
    device_connect();
    wire_run(1000);
    lwip.port.close(&lwip);
    wire_run(1000);
    assert_int_equal(peer.broken, 1);
    assert_int_equal(peer.break_reason, ERR_RST);
}

/* How long a super-loop may sleep while the connection is open. */
static void bytes_and_the_end_of_the_stream_end_the_sleep(void **state)
{
    uint8_t got[64];
    uint32_t ms;
    (void)state;
    peer.to_send = (const uint8_t *)"abc";
    peer.to_send_len = 3;
    peer.send_after = 1;
    peer.ends = 1;
    device_connect();
    assert_int_equal(device_awaits(OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(ms, UINT32_MAX);
    device_send_all(REQUEST, REQUEST_LEN);
    wire_run(1000);
    assert_int_equal(device_awaits(OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX);
    assert_int_equal(device_awaits(OSFT_READABLE | OSFT_WRITABLE, &ms),
                     OSFT_READABLE | OSFT_WRITABLE);
    assert_int_equal(ms, 0);
    assert_int_equal(lwip.port.recv(&lwip, got, 2), 2);
    (void)device_awaits(OSFT_READABLE, &ms);
    assert_int_equal(ms, 0);
    assert_int_equal(lwip.port.recv(&lwip, got, SIZE_MAX), 1);
    assert_int_equal(device_awaits(OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(ms, 0);
    assert_int_equal(lwip.port.recv(&lwip, got, 1), OSFT_EOF);
    assert_int_equal(device_awaits(OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(ms, 0);
    assert_int_equal(device_awaits(OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX);
    peer_reset_connection();
    wire_run(1000);
    assert_int_equal(device_awaits(OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, 0);
}

/* Send `size` bytes from both ends over a wire that loses and delays packets. */
static void exchange(size_t size, const uint8_t *bytes)
{
    uint8_t *got = malloc(size + 1);
    size_t len;

    assert_non_null(got);
    peer.to_send = bytes;
    peer.to_send_len = size;
    peer.send_after = size;
    peer.received_len = 0;
    peer.ends = 1;
    lwip.connect_ms = 600000;
    device_connect();
    device_send_all(bytes, size);
    assert_int_equal(device_receive_all(got, size + 1, 1 + wire_random() % 3000, &len), OSFT_EOF);
    assert_int_equal(len, size);
    assert_memory_equal(got, bytes, size);
    assert_int_equal(peer.received_len, size);
    assert_memory_equal(peer.received, bytes, size);
    lwip.port.close(&lwip);
    free(got);
}

static void lost_and_late_packets_change_no_byte(void **state)
{
    uint8_t *bytes = make_bytes(20000);
    unsigned lost = wire.lost;
    int i;
    (void)state;
    for (i = 0; i < 40; i++) {
        wire_reset();
        wire.random = 77u + (uint32_t)i;
        wire.loss = 10 + 5 * (unsigned)i;
        wire.delay_ms = (uint32_t)(i % 4) * 60;
        exchange(20000, bytes);
        wire_reset();
        wire_run(300000);
    }
    assert_true(wire.lost - lost > 100);
    free(bytes);
}

/* Each packet of an exchange is lost in one of the runs. */
static void any_one_packet_may_be_lost(void **state)
{
    static const uint8_t bytes[1200] = { 1, 2, 3 };
    unsigned packets, i;
    (void)state;
    packets = wire.packets;
    exchange(sizeof bytes, bytes);
    wire_run(300000);
    packets = wire.packets - packets;
    assert_true(packets > 7);
    for (i = 0; i < packets; i++) {
        unsigned before = wire.packets;
        uint8_t got[sizeof bytes];
        size_t len = 0, sent = 0;
        int result = 0;
        peer.received_len = 0;
        peer.ends = 1;
        while (result >= 0) {
            wire.lose_next = wire.packets - before == i;
            result = lwip.port.open(&lwip, HERE, PEER_PORT);
            if (result == 1 && sent < sizeof bytes) {
                result = lwip.port.send(&lwip, bytes + sent, sizeof bytes - sent);
                sent += result > 0 ? (size_t)result : 0;
            } else if (result == 1) {
                result = lwip.port.recv(&lwip, got + len, sizeof got - len);
                len += result > 0 ? (size_t)result : 0;
            }
            wire_step();
        }
        assert_int_equal(result, OSFT_EOF);
        assert_int_equal(len, sizeof got);
        assert_memory_equal(got, bytes, sizeof got);
        lwip.port.close(&lwip);
        wire_reset();
        wire_run(300000);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, device_set_up, device_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_go_both_ways_and_end),
        TEST(any_number_of_bytes_is_received_in_any_pieces),
        TEST(a_recv_without_room_does_not_report_the_end),
        TEST(more_than_lwips_buffers_hold_is_sent),
        TEST(send_takes_a_part_of_what_it_has_no_room_for),
        TEST(unread_bytes_stop_the_sender),
        TEST(the_bytes_before_a_reset_are_received),
        TEST(a_reset_after_the_end_is_no_error),
        TEST(a_network_that_goes_away_is_noticed_when_sending),
        TEST(closing_with_unread_bytes_resets_the_connection),
        TEST(bytes_and_the_end_of_the_stream_end_the_sleep),
        TEST(lost_and_late_packets_change_no_byte),
        TEST(any_one_packet_may_be_lost),
    };
    wire_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
