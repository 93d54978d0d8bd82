/* SPDX-License-Identifier: Apache-2.0 */
/* P-256 by p256-m, which comes with mbedTLS 3.6, takes a third of the flash of mbedTLS's general
 * curves and no heap, and is faster. mbedTLS itself uses p256-m only through PSA, which costs more
 * than p256-m saves; here p256-m implements mbedTLS's three replaceable functions. For a build with
 * osft_mbedtls_config.h.
 */
#include "mbedtls/version.h"

#ifdef OSFT_MBEDTLS_P256M
#include "mbedtls/ecdh.h"
#include "mbedtls/ecdsa.h"
#include "mbedtls/error.h"
#include "mbedtls/platform_util.h"

#include "p256-m.h"

#include <string.h>

#define OSFT_MBEDTLS_SCALAR 32
#define OSFT_MBEDTLS_POINT  65 /* 4, x, y */
#define OSFT_MBEDTLS_TRIES  4  /* one random number in 2^32 is no key */

typedef int osft_mbedtls_rng(void *ctx, unsigned char *buffer, size_t len);

static int osft_mbedtls_is_p256(const mbedtls_ecp_group *group)
{
    return group->id == MBEDTLS_ECP_DP_SECP256R1;
}

static int osft_mbedtls_point_to_bytes(const mbedtls_ecp_group *group,
                                       const mbedtls_ecp_point *point,
                                       uint8_t bytes[OSFT_MBEDTLS_POINT])
{
    size_t len;
    int error = mbedtls_ecp_point_write_binary(group, point, MBEDTLS_ECP_PF_UNCOMPRESSED, &len,
                                               bytes, OSFT_MBEDTLS_POINT);
    return error == 0 && len != OSFT_MBEDTLS_POINT ? MBEDTLS_ERR_ECP_INVALID_KEY : error;
}

/* The linker puts this in the place of mbedtls_ecp_check_pubkey(). */
int osft_mbedtls_p256_check(const mbedtls_ecp_group *group, const mbedtls_ecp_point *point);
int osft_mbedtls_p256_check(const mbedtls_ecp_group *group, const mbedtls_ecp_point *point)
{
    uint8_t bytes[OSFT_MBEDTLS_POINT];

    if (!osft_mbedtls_is_p256(group) || osft_mbedtls_point_to_bytes(group, point, bytes) != 0) {
        return MBEDTLS_ERR_ECP_INVALID_KEY;
    }
    return p256_validate_pubkey(bytes + 1) == P256_SUCCESS ? 0 : MBEDTLS_ERR_ECP_INVALID_KEY;
}

/* The linker puts this in the place of mbedtls_ecp_point_read_binary(). It reads uncompressed
 * points only, so the arithmetic for compressed points is not linked. The callers check whether the
 * point lies on the curve. */
int osft_mbedtls_p256_read(const mbedtls_ecp_group *group, mbedtls_ecp_point *point,
                           const unsigned char *bytes, size_t len);
int osft_mbedtls_p256_read(const mbedtls_ecp_group *group, mbedtls_ecp_point *point,
                           const unsigned char *bytes, size_t len)
{
    if (!osft_mbedtls_is_p256(group) || len != OSFT_MBEDTLS_POINT || bytes[0] != 4) {
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    int error = mbedtls_mpi_read_binary(&point->MBEDTLS_PRIVATE(X), bytes + 1, OSFT_MBEDTLS_SCALAR);
    if (error == 0) {
        error = mbedtls_mpi_read_binary(&point->MBEDTLS_PRIVATE(Y), bytes + 1 + OSFT_MBEDTLS_SCALAR,
                                        OSFT_MBEDTLS_SCALAR);
    }
    return error != 0 ? error : mbedtls_mpi_lset(&point->MBEDTLS_PRIVATE(Z), 1);
}

/* The linker puts this in the place of mbedtls_ecp_tls_read_point(): a point after its length. */
int osft_mbedtls_p256_read_tls(const mbedtls_ecp_group *group, mbedtls_ecp_point *point,
                               const unsigned char **bytes, size_t len);
int osft_mbedtls_p256_read_tls(const mbedtls_ecp_group *group, mbedtls_ecp_point *point,
                               const unsigned char **bytes, size_t len)
{
    if (len < 1 + OSFT_MBEDTLS_POINT || **bytes != OSFT_MBEDTLS_POINT) {
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    *bytes += 1 + OSFT_MBEDTLS_POINT;
    return osft_mbedtls_p256_read(group, point, *bytes - OSFT_MBEDTLS_POINT, OSFT_MBEDTLS_POINT);
}

int mbedtls_ecdsa_verify(mbedtls_ecp_group *group, const unsigned char *hash, size_t len,
                         const mbedtls_ecp_point *key, const mbedtls_mpi *r, const mbedtls_mpi *s)
{
    uint8_t bytes[OSFT_MBEDTLS_POINT], signature[2 * OSFT_MBEDTLS_SCALAR];

    if (!osft_mbedtls_is_p256(group)) {
        return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
    }
    if (mbedtls_mpi_write_binary(r, signature, OSFT_MBEDTLS_SCALAR) != 0 ||
        mbedtls_mpi_write_binary(s, signature + OSFT_MBEDTLS_SCALAR, OSFT_MBEDTLS_SCALAR) != 0) {
        return MBEDTLS_ERR_ECP_VERIFY_FAILED; /* larger than any number of a good signature */
    }
    int error = osft_mbedtls_point_to_bytes(group, key, bytes);
    if (error != 0) {
        return error;
    }
    return p256_ecdsa_verify(signature, bytes + 1, hash, len) == P256_SUCCESS
               ? 0
               : MBEDTLS_ERR_ECP_VERIFY_FAILED;
}

/* Draw a secret key, and compute its public key. p256_gen_keypair() does the same, but its random
 * source has no context: a variable would have to name it, and two tasks would share the variable.
 */
static int osft_mbedtls_make_key(uint8_t scalar[OSFT_MBEDTLS_SCALAR],
                                 uint8_t public_key[OSFT_MBEDTLS_POINT - 1], osft_mbedtls_rng *rng,
                                 void *rng_ctx)
{
    for (unsigned i = 0; i < OSFT_MBEDTLS_TRIES; i++) {
        if (rng(rng_ctx, scalar, OSFT_MBEDTLS_SCALAR) != 0) {
            break;
        }
        if (p256_public_from_private(public_key, scalar) == P256_SUCCESS) {
            return 0;
        }
    }
    return MBEDTLS_ERR_ECP_RANDOM_FAILED;
}

int mbedtls_ecdh_gen_public(mbedtls_ecp_group *group, mbedtls_mpi *secret, mbedtls_ecp_point *point,
                            osft_mbedtls_rng *rng, void *rng_ctx)
{
    uint8_t bytes[OSFT_MBEDTLS_POINT] = { 4 }, scalar[OSFT_MBEDTLS_SCALAR];

    if (!osft_mbedtls_is_p256(group)) {
        return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
    }
    int error = osft_mbedtls_make_key(scalar, bytes + 1, rng, rng_ctx);
    if (error == 0) {
        error = mbedtls_mpi_read_binary(secret, scalar, OSFT_MBEDTLS_SCALAR);
    }
    if (error == 0) {
        error = osft_mbedtls_p256_read(group, point, bytes, OSFT_MBEDTLS_POINT);
    }
    mbedtls_platform_zeroize(scalar, sizeof scalar);
    return error;
}

/* p256-m needs no random bytes here, because it has no secret-dependent memory accesses to
 * blind. */
int mbedtls_ecdh_compute_shared(mbedtls_ecp_group *group, mbedtls_mpi *shared,
                                const mbedtls_ecp_point *point, const mbedtls_mpi *secret,
                                osft_mbedtls_rng *rng, void *rng_ctx)
{
    uint8_t bytes[OSFT_MBEDTLS_POINT], scalar[OSFT_MBEDTLS_SCALAR], result[OSFT_MBEDTLS_SCALAR];

    (void)rng;
    (void)rng_ctx;
    if (!osft_mbedtls_is_p256(group)) {
        return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
    }
    int error = osft_mbedtls_point_to_bytes(group, point, bytes);
    if (error == 0) {
        error = mbedtls_mpi_write_binary(secret, scalar, OSFT_MBEDTLS_SCALAR);
    }
    if (error == 0 && p256_ecdh_shared_secret(result, scalar, bytes + 1) != P256_SUCCESS) {
        error = MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    if (error == 0) {
        error = mbedtls_mpi_read_binary(shared, result, OSFT_MBEDTLS_SCALAR);
    }
    mbedtls_platform_zeroize(scalar, sizeof scalar);
    mbedtls_platform_zeroize(result, sizeof result);
    return error;
}
#else
extern int osft_mbedtls_p256_is_not_used; /* ISO C requires a declaration */
#endif
