/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

struct osft_lwip lwip;

enum { HOUR_MS = 3600000 };

int device_random(void *ctx, void *buffer, size_t len)
{
    uint8_t *bytes = buffer;

    assert_ptr_equal(ctx, &lwip);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)wire_random();
    }
    return 0;
}

int device_set_up(void **state)
{
    (void)state;
    wire_reset();
    wire.random = 1;
    osft_lwip_init(&lwip, device_random);
    peer_start();
    return 0;
}

int device_tear_down(void **state)
{
    (void)state;
    lwip.port.close(&lwip);
    peer_stop();
    wire_assert_nothing_left();
    return 0;
}

int device_open(const char *host, uint16_t tcp_port)
{
    int result;

    while ((result = lwip.port.open(&lwip, host, tcp_port)) == 0) {
        wire_step();
    }
    return result;
}

void device_connect(void)
{
    assert_int_equal(device_open(HERE, PEER_PORT), 1);
}

int device_receive_all(uint8_t *buffer, size_t room, size_t step, size_t *len)
{
    uint32_t start_ms = wire.now;
    int result;

    *len = 0;
    do {
        size_t wanted = room - *len < step ? room - *len : step;
        uint8_t first = buffer[*len];
        result = lwip.port.recv(&lwip, buffer + *len, wanted);
        if (result > 0) {
            assert_true((size_t)result <= wanted);
            *len += (size_t)result;
        } else {
            assert_int_equal(buffer[*len], first); /* a recv that returns no byte writes no byte */
        }
        if (result == 0) {
            wire_step();
        }
        assert_true(wire.now - start_ms < HOUR_MS);
    } while (result >= 0 && *len < room);
    return result;
}

void device_send_all(const uint8_t *bytes, size_t len)
{
    uint32_t start_ms = wire.now;

    while (len > 0) {
        int result = lwip.port.send(&lwip, bytes, len);
        assert_true(result >= 0 && (size_t)result <= len);
        bytes += result;
        len -= (size_t)result;
        if (result == 0) {
            wire_step();
        }
        assert_true(wire.now - start_ms < HOUR_MS);
    }
}

unsigned device_awaits(unsigned events, uint32_t *ms)
{
    *ms = UINT32_MAX;
    return lwip.port.awaits(&lwip, events, ms);
}

uint8_t *make_bytes(size_t size)
{
    uint8_t *bytes = malloc(size);
    uint32_t random = 12345;

    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) {
        random = random * 1103515245u + 12345u;
        bytes[i] = (uint8_t)(random >> 16);
    }
    return bytes;
}
