/* SPDX-License-Identifier: Apache-2.0 */
/* What a handshake and a run cost, measured on the device. The linker puts the first function in front of
 * mbedTLS's own (--wrap=mbedtls_ssl_handshake).
 */
#include "board.h"
#include "device.h"
#include "log.h"
#include "osft_tls_arena.h"

int __wrap_mbedtls_ssl_handshake(mbedtls_ssl_context *ssl);
int __real_mbedtls_ssl_handshake(mbedtls_ssl_context *ssl);

static uint32_t spent;

int __wrap_mbedtls_ssl_handshake(mbedtls_ssl_context *ssl)
{
    uint32_t began = clock_us();
    int result = __real_mbedtls_ssl_handshake(ssl);
    spent += clock_us() - began;
    return result;
}

uint32_t measure_handshake(void)
{
    uint32_t us = spent;
    spent = 0;
    return us;
}

void measure_log(void)
{
    log_line("memory: arena peak ", (int32_t)osft_tls_arena_peak());
    log_line("memory: arena refused ", (int32_t)osft_tls_arena_refused());
    log_line("memory: stack used ", (int32_t)(stack_size() - stack_unused()));
}
