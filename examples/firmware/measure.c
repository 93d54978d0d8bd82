/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include "board.h"
#include "device.h"
#include "log.h"
#include "osft_tls_arena.h"

/* Not measured: an open() that returns 0 within so many microseconds. It has found no new bytes,
 * and how often that happens depends on the network. A step of a handshake takes longer. */
#define LOOK_US 150

/* Not measured: a turn of the loop within so many microseconds. It has found no frame. */
#define IDLE_TURN_US 20

static int (*open_tls)(void *ctx, const char *host, uint16_t tcp_port);
static uint32_t handshake_us;
static struct osft_sha256 sha256; /* the functions that are measured */
static uint32_t sha256_us, turn_start_us, turns_us;

static int open_measured(void *ctx, const char *host, uint16_t tcp_port)
{
    uint32_t start_us = clock_us();
    int result = open_tls(ctx, host, tcp_port);

    uint32_t us = clock_us() - start_us;

    if (result != 0 || us > LOOK_US) {
        handshake_us += us;
    }
    return result;
}

void measure_port(struct osft_port *tls)
{
    open_tls = tls->open;
    tls->open = open_measured;
}

void measure_log_handshake(void)
{
    if (handshake_us != 0) {
        log_line(device.tls.resumed ? "handshake: resumed us " : "handshake: full us ",
                 (int32_t)handshake_us);
    }
    handshake_us = 0;
}

static int update_measured(void *ctx, const void *bytes, size_t len)
{
    uint32_t start_us = clock_us();
    int error = sha256.update(ctx, bytes, len);

    sha256_us += clock_us() - start_us;
    return error;
}

static int finish_measured(void *ctx, uint8_t digest[32])
{
    uint32_t start_us = clock_us();
    int error = sha256.finish(ctx, digest);

    sha256_us += clock_us() - start_us;
    return error;
}

static int hmac_measured(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                         uint8_t mac[32])
{
    uint32_t start_us = clock_us();
    int error = sha256.hmac(ctx, key, key_len, bytes, len, mac);

    sha256_us += clock_us() - start_us;
    return error;
}

void measure_sha256(struct osft_sha256 *functions)
{
    sha256 = *functions;
    functions->update = update_measured;
    functions->finish = finish_measured;
    functions->hmac = hmac_measured;
}

void measure_turn_start(void)
{
    turn_start_us = clock_us();
}

void measure_turn_end(void)
{
    uint32_t us = clock_us() - turn_start_us;

    if (us > IDLE_TURN_US) {
        turns_us += us;
    }
}

void measure_log_poll(void)
{
    uint32_t now_us = clock_us();

    turns_us += now_us - turn_start_us; /* the present turn has not ended yet */
    turn_start_us = now_us;
    log_line("poll: us ", (int32_t)turns_us);
    log_line("poll: sha256 us ", (int32_t)sha256_us);
    turns_us = sha256_us = 0;
}

void measure_log(void)
{
    log_line("memory: arena peak ", (int32_t)osft_tls_arena_peak());
    log_line("memory: arena refused ", (int32_t)osft_tls_arena_refused());
    log_line("memory: stack used ", (int32_t)(stack_size() - stack_unused()));
}
