/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring the cost of a handshake and of a run on the device. The time of a handshake is the time
 * that open() of the port over TLS takes. */
#include "board.h"
#include "device.h"
#include "log.h"
#include "osft_tls_arena.h"

/* An open() that returns 0 within so many microseconds has only looked whether bytes came. How
 * often that happens depends on the network. Each step of a handshake takes longer. */
#define LOOK_US 150

static int (*open_tls)(void *ctx, const char *host, uint16_t tcp_port);
static uint32_t handshake_us;

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

uint32_t measure_handshake(void)
{
    uint32_t us = handshake_us;

    handshake_us = 0;
    return us;
}

void measure_log(void)
{
    log_line("memory: arena peak ", (int32_t)osft_tls_arena_peak());
    log_line("memory: arena refused ", (int32_t)osft_tls_arena_refused());
    log_line("memory: stack used ", (int32_t)(stack_size() - stack_unused()));
}
