/* SPDX-License-Identifier: Apache-2.0 */
/* Makes those functions of mbedTLS weak that osft_mbedtls_rsa.c replaces. The linker then takes the
 * functions of osft_mbedtls_rsa.c, also for calls within the file of mbedTLS that defines the weak
 * one. bignum.c, bignum_core.c and rsa.c of mbedTLS include this header first; firmware.mk does so
 * by the compiler's -include. */
#ifndef OSFT_MBEDTLS_WEAK_INTERNAL_H
#define OSFT_MBEDTLS_WEAK_INTERNAL_H

#include "mbedtls/version.h"

#ifdef OSFT_MBEDTLS_VERIFY_ONLY
#pragma weak mbedtls_mpi_core_get_mont_r2_unsafe
#pragma weak mbedtls_mpi_mod_mpi
#pragma weak mbedtls_rsa_complete
#endif

#endif
