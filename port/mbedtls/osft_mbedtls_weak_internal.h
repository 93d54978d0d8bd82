/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the functions of mbedTLS weak that osft_mbedtls_rsa.c replaces, so that the linker takes
 * the others, also for calls from the file that has the weak ones. The compiler includes this
 * header before bignum.c, bignum_core.c and rsa.c of mbedTLS; firmware.mk does so by -include. */
#ifndef OSFT_MBEDTLS_WEAK_INTERNAL_H
#define OSFT_MBEDTLS_WEAK_INTERNAL_H

#include "mbedtls/version.h"

#ifdef OSFT_MBEDTLS_VERIFY_ONLY
#pragma weak mbedtls_mpi_core_get_mont_r2_unsafe
#pragma weak mbedtls_mpi_mod_mpi
#pragma weak mbedtls_rsa_complete
#endif

#endif
