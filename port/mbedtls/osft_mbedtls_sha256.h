/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and HMAC by mbedTLS. The HMAC takes some of mbedTLS's heap, and frees it.
 *
 *     struct osft_mbedtls_sha256 sha256;
 *     osft_mbedtls_sha256_init(&sha256);     then give &sha256.hash to a client
 */
#ifndef OSFT_MBEDTLS_SHA256_H
#define OSFT_MBEDTLS_SHA256_H

#include "osft_port.h"

#include "mbedtls/version.h"
#if MBEDTLS_VERSION_NUMBER >= 0x04000000
#error "mbedTLS 4 has SHA-256 by PSA alone: use osft_psa_sha256.h"
#endif
#include "mbedtls/sha256.h"

#ifdef __cplusplus
extern "C" {
#endif

struct osft_mbedtls_sha256 {
    struct osft_sha256 hash;
    mbedtls_sha256_context state; /* private; wiped by start and finish */
};

/* Fill in *sha256 and its hash.
 * lifetime: *sha256 must not move while the hash is in use.
 * threads:  one at a time for each struct. */
void osft_mbedtls_sha256_init(struct osft_mbedtls_sha256 *sha256);

#ifdef __cplusplus
}
#endif
#endif
