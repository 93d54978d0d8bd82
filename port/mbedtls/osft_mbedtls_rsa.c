/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that replace those of mbedTLS 3.6's RSA in clients that only verify signatures.
 * mbedTLS's own functions divide large numbers and derive private keys, which such a client does
 * nowhere else. Without them, an image and its arena are smaller. This file is for a build with
 * osft_mbedtls_config.h; osft_mbedtls_weak_internal.h says how the functions are replaced.
 */
#include "mbedtls/version.h"

#ifdef OSFT_MBEDTLS_VERIFY_ONLY
#include "mbedtls/error.h"
#include "mbedtls/rsa.h"

#define OSFT_MBEDTLS_LIMB_BITS (8 * sizeof(mbedtls_mpi_uint))

/* Set x, which is less than n and has a limb more, to 2 * x modulo n. */
static int osft_mbedtls_double(mbedtls_mpi *x, const mbedtls_mpi *n)
{
    mbedtls_mpi_uint *limb = x->MBEDTLS_PRIVATE(p), carry = 0;

    for (size_t i = 0; i < x->MBEDTLS_PRIVATE(n); i++) {
        mbedtls_mpi_uint top_bit = limb[i] >> (OSFT_MBEDTLS_LIMB_BITS - 1);
        limb[i] = limb[i] << 1 | carry;
        carry = top_bit;
    }
    return mbedtls_mpi_cmp_abs(x, n) < 0 ? 0 : mbedtls_mpi_sub_abs(x, x, n);
}

int mbedtls_mpi_core_get_mont_r2_unsafe(mbedtls_mpi *x, const mbedtls_mpi *n);
/* Set x, which has no value yet, to R^2 modulo n, where R is one more than the largest number in
 * the limbs of n. x begins as a power of 2 below n, and is doubled until the power would be R^2.
 * That is slower than mbedTLS's division, and needs no memory but x. */
int mbedtls_mpi_core_get_mont_r2_unsafe(mbedtls_mpi *x, const mbedtls_mpi *n)
{
    size_t limbs = n->MBEDTLS_PRIVATE(n), bit = mbedtls_mpi_bitlen(n) - 1;
    int error = mbedtls_mpi_grow(x, limbs + 1);

    if (error == 0) {
        x->MBEDTLS_PRIVATE(p)[bit / OSFT_MBEDTLS_LIMB_BITS] = (mbedtls_mpi_uint)1
                                                              << bit % OSFT_MBEDTLS_LIMB_BITS;
    }
    for (; bit < 2 * OSFT_MBEDTLS_LIMB_BITS * limbs && error == 0; bit++) {
        error = osft_mbedtls_double(x, n);
    }
    return error;
}

/* Fail. mbedTLS calls this function only to reduce a number that is not below the modulus of an RSA
 * key, and mbedtls_rsa_public() has already refused a signature with such a number. */
int mbedtls_mpi_mod_mpi(mbedtls_mpi *rest, const mbedtls_mpi *number, const mbedtls_mpi *divisor)
{
    (void)rest, (void)number, (void)divisor;
    return MBEDTLS_ERR_ERROR_CORRUPTION_DETECTED;
}

/* Do nothing for a public key, and fail for a private one. A public key that was read is complete,
 * and mbedtls_rsa_check_pubkey() checks its numbers next. */
int mbedtls_rsa_complete(mbedtls_rsa_context *key)
{
    return mbedtls_mpi_cmp_int(&key->MBEDTLS_PRIVATE(D), 0) == 0
               ? 0
               : MBEDTLS_ERR_ERROR_CORRUPTION_DETECTED;
}
#else
extern int osft_mbedtls_rsa_is_not_used; /* ISO C requires a declaration */
#endif
