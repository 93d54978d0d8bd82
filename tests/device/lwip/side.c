/* SPDX-License-Identifier: Apache-2.0 */
#include "side.h"

struct osft_lwip net;

int side_random(void *ctx, void *dst, size_t len)
{
    uint8_t *at = dst;

    assert_ptr_equal(ctx, &net);
    while (len-- > 0) {
        *at++ = (uint8_t)wire_random();
    }
    return 0;
}

int side_set_up(void **state)
{
    (void)state;
    wire_reset();
    wire.random = 1;
    osft_lwip_init(&net, side_random);
    peer_start();
    return 0;
}

int side_tear_down(void **state)
{
    (void)state;
    net.port.close(&net);
    peer_stop();
    wire_assert_nothing_left();
    return 0;
}

int side_open(const char *host, uint16_t tcp_port)
{
    int r;

    while ((r = net.port.open(&net, host, tcp_port)) == 0) {
        wire_step();
    }
    return r;
}

void side_connect(void)
{
    assert_int_equal(side_open(HERE, PEER_PORT), 1);
}

int side_read_all(uint8_t *dst, size_t cap, size_t step, size_t *len)
{
    uint32_t began = wire.now;
    int r;

    *len = 0;
    do {
        size_t room = cap - *len < step ? cap - *len : step;
        uint8_t first = dst[*len];
        r = net.port.recv(&net, dst + *len, room);
        if (r <= 0) {
            assert_int_equal(dst[*len], first); /* a recv that receives none writes none */
        }
        if (r > 0) {
            assert_true((size_t)r <= room);
            *len += (size_t)r;
        } else if (r == 0) {
            wire_step();
        }
        assert_true(wire.now - began < 3600000);
    } while (r >= 0 && *len < cap);
    return r;
}

void side_write_all(const uint8_t *src, size_t len)
{
    uint32_t began = wire.now;

    while (len > 0) {
        int r = net.port.send(&net, src, len);
        assert_true(r >= 0 && (size_t)r <= len);
        src += r;
        len -= (size_t)r;
        if (r == 0) {
            wire_step();
        }
        assert_true(wire.now - began < 3600000);
    }
}

uint8_t *side_bytes(size_t size)
{
    uint8_t *bytes = malloc(size);
    uint32_t x = 12345;
    size_t i;

    assert_non_null(bytes);
    for (i = 0; i < size; i++) {
        x = x * 1103515245u + 12345u;
        bytes[i] = (uint8_t)(x >> 16);
    }
    return bytes;
}
