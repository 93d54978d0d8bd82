/* SPDX-License-Identifier: Apache-2.0 */
/* Lets a client with TLS 1.2 alone offer and accept signatures by RSA-PSS (RFC 8446, 4.2.3), which
 * servers that use OpenSSL prefer. mbedTLS 3.6 can check such a signature, but takes RSA-PSS for an
 * algorithm of TLS 1.3 only. mbedTLS itself includes this header, before all others, in the two
 * files that offer and check signatures; firmware.mk does so by the compiler's -include. The files
 * then call the function below in the place of mbedTLS's own. It changes nothing unless the
 * configuration of mbedTLS defines OSFT_MBEDTLS_PSS. */
#ifndef OSFT_MBEDTLS_PSS_INTERNAL_H
#define OSFT_MBEDTLS_PSS_INTERNAL_H

#include "mbedtls/version.h"

#ifdef OSFT_MBEDTLS_PSS
#include "ssl_misc.h"

/* Whether an algorithm, as TLS numbers it, can be offered and accepted. */
static inline int osft_mbedtls_is_signature_supported(const mbedtls_ssl_context *ssl,
                                                      uint16_t algorithm)
{
    switch (algorithm) {
#ifdef MBEDTLS_MD_CAN_SHA512
    case MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512:
#endif
#ifdef MBEDTLS_MD_CAN_SHA384
    case MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384:
#endif
    case MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256: return 1;
    default: return mbedtls_ssl_sig_alg_is_supported(ssl, algorithm);
    }
}
#define mbedtls_ssl_sig_alg_is_supported osft_mbedtls_is_signature_supported
#endif

#endif
