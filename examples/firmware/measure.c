/* SPDX-License-Identifier: Apache-2.0 */
/* What a handshake and a run cost, measured on the device. The linker makes all callers of
 * mbedTLS's handshake call the first function instead (--wrap=mbedtls_ssl_handshake).
 */
#include "board.h"
#include "device.h"
#include "log.h"
#include "osft_tls_arena.h"

int __wrap_mbedtls_ssl_handshake(mbedtls_ssl_context *ssl);
int __real_mbedtls_ssl_handshake(mbedtls_ssl_context *ssl);

static uint32_t handshake_us;

int __wrap_mbedtls_ssl_handshake(mbedtls_ssl_context *ssl)
{
    uint32_t start_us = clock_us();
    int result = __real_mbedtls_ssl_handshake(ssl);
    handshake_us += clock_us() - start_us;
    return result;
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
