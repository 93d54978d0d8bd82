/* SPDX-License-Identifier: Apache-2.0 */
/* P-256 by p256-m, which comes with mbedTLS 3.6: a third of the flash of mbedTLS's general curves, none of
 * its heap, and quicker. mbedTLS itself reaches it only through PSA, which costs more than it saves; here
 * it stands behind mbedTLS's three replaceable functions. For a build with osft_mbedtls_config.h.
 */
#include "mbedtls/version.h"

#ifdef OSFT_MBEDTLS_P256M
#include "mbedtls/ecdh.h"
#include "mbedtls/ecdsa.h"
#include "mbedtls/error.h"
#include "mbedtls/platform_util.h"

#include "p256-m.h"

#include <string.h>

#define SCALAR 32
#define POINT  65 /* 4, x, y */

typedef int osft_mbedtls_rng(void *ctx, unsigned char *dst, size_t len);

/* p256-m's random source has no context, so it is that of the call in progress. */
static osft_mbedtls_rng *rng;
static void *rng_ctx;

/* p256-m asks PSA; its call is renamed to this one when it is compiled. */
int32_t osft_mbedtls_p256_random(uint8_t *dst, size_t len);
int32_t osft_mbedtls_p256_random(uint8_t *dst, size_t len)
{
    return rng != NULL && rng(rng_ctx, dst, len) == 0 ? 0 : -1;
}

static int is_p256(const mbedtls_ecp_group *grp)
{
    return grp->id == MBEDTLS_ECP_DP_SECP256R1;
}

static int to_bytes(const mbedtls_ecp_group *grp, const mbedtls_ecp_point *point,
                    uint8_t dst[POINT])
{
    size_t len;
    int r =
        mbedtls_ecp_point_write_binary(grp, point, MBEDTLS_ECP_PF_UNCOMPRESSED, &len, dst, POINT);
    return r == 0 && len != POINT ? MBEDTLS_ERR_ECP_INVALID_KEY : r;
}

/* In the place of mbedtls_ecp_check_pubkey(), by the linker. */
int osft_mbedtls_p256_check(const mbedtls_ecp_group *grp, const mbedtls_ecp_point *point);
int osft_mbedtls_p256_check(const mbedtls_ecp_group *grp, const mbedtls_ecp_point *point)
{
    uint8_t bytes[POINT];

    if (!is_p256(grp) || to_bytes(grp, point, bytes) != 0) {
        return MBEDTLS_ERR_ECP_INVALID_KEY;
    }
    return p256_validate_pubkey(bytes + 1) == P256_SUCCESS ? 0 : MBEDTLS_ERR_ECP_INVALID_KEY;
}

/* In the place of mbedtls_ecp_point_read_binary(): the one form that is asked for, without the arithmetic
 * that a compressed point needs. Whether it lies on the curve is checked by who uses it. */
int osft_mbedtls_p256_read(const mbedtls_ecp_group *grp, mbedtls_ecp_point *point,
                           const unsigned char *src, size_t len);
int osft_mbedtls_p256_read(const mbedtls_ecp_group *grp, mbedtls_ecp_point *point,
                           const unsigned char *src, size_t len)
{
    if (!is_p256(grp) || len != POINT || src[0] != 4) {
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    int error = mbedtls_mpi_read_binary(&point->MBEDTLS_PRIVATE(X), src + 1, SCALAR);
    if (error == 0) {
        error = mbedtls_mpi_read_binary(&point->MBEDTLS_PRIVATE(Y), src + 1 + SCALAR, SCALAR);
    }
    return error != 0 ? error : mbedtls_mpi_lset(&point->MBEDTLS_PRIVATE(Z), 1);
}

/* In the place of mbedtls_ecp_tls_read_point(): the same behind a byte that says how long it is. */
int osft_mbedtls_p256_read_tls(const mbedtls_ecp_group *grp, mbedtls_ecp_point *point,
                               const unsigned char **src, size_t len);
int osft_mbedtls_p256_read_tls(const mbedtls_ecp_group *grp, mbedtls_ecp_point *point,
                               const unsigned char **src, size_t len)
{
    if (len < 1 + POINT || **src != POINT) {
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    *src += 1 + POINT;
    return osft_mbedtls_p256_read(grp, point, *src - POINT, POINT);
}

int mbedtls_ecdsa_verify(mbedtls_ecp_group *grp, const unsigned char *hash, size_t len,
                         const mbedtls_ecp_point *key, const mbedtls_mpi *r, const mbedtls_mpi *s)
{
    uint8_t bytes[POINT], signature[2 * SCALAR];

    if (!is_p256(grp)) {
        return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
    }
    if (mbedtls_mpi_write_binary(r, signature, SCALAR) != 0 ||
        mbedtls_mpi_write_binary(s, signature + SCALAR, SCALAR) != 0) {
        return MBEDTLS_ERR_ECP_VERIFY_FAILED; /* larger than any that is good */
    }
    int error = to_bytes(grp, key, bytes);
    if (error != 0) {
        return error;
    }
    return p256_ecdsa_verify(signature, bytes + 1, hash, len) == P256_SUCCESS
               ? 0
               : MBEDTLS_ERR_ECP_VERIFY_FAILED;
}

int mbedtls_ecdh_gen_public(mbedtls_ecp_group *grp, mbedtls_mpi *secret, mbedtls_ecp_point *point,
                            int (*f_rng)(void *, unsigned char *, size_t), void *p_rng)
{
    uint8_t bytes[POINT] = { 4 }, scalar[SCALAR];

    if (!is_p256(grp)) {
        return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
    }
    rng = f_rng;
    rng_ctx = p_rng;
    int error =
        p256_gen_keypair(scalar, bytes + 1) == P256_SUCCESS ? 0 : MBEDTLS_ERR_ECP_RANDOM_FAILED;
    rng = NULL;
    if (error == 0) {
        error = mbedtls_mpi_read_binary(secret, scalar, SCALAR);
    }
    if (error == 0) {
        error = osft_mbedtls_p256_read(grp, point, bytes, POINT);
    }
    mbedtls_platform_zeroize(scalar, sizeof scalar);
    return error;
}

/* p256-m needs no randomness for this, as it has no secret-dependent memory accesses to blind. */
int mbedtls_ecdh_compute_shared(mbedtls_ecp_group *grp, mbedtls_mpi *shared,
                                const mbedtls_ecp_point *point, const mbedtls_mpi *secret,
                                int (*f_rng)(void *, unsigned char *, size_t), void *p_rng)
{
    uint8_t bytes[POINT], scalar[SCALAR], result[SCALAR];

    (void)f_rng;
    (void)p_rng;
    if (!is_p256(grp)) {
        return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
    }
    int error = to_bytes(grp, point, bytes);
    if (error == 0) {
        error = mbedtls_mpi_write_binary(secret, scalar, SCALAR);
    }
    if (error == 0 && p256_ecdh_shared_secret(result, scalar, bytes + 1) != P256_SUCCESS) {
        error = MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    if (error == 0) {
        error = mbedtls_mpi_read_binary(shared, result, SCALAR);
    }
    mbedtls_platform_zeroize(scalar, sizeof scalar);
    mbedtls_platform_zeroize(result, sizeof result);
    return error;
}
#else
extern int osft_mbedtls_p256_is_elsewhere; /* ISO C wants a declaration */
#endif
