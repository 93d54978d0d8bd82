/* SPDX-License-Identifier: Apache-2.0 */
/* Configures the TLS port: versions, checks, and the generator of its keys. */
#include "osft_tls_internal.h"

#include "mbedtls/platform.h"

#if OSFT_TLS_OWN_GENERATOR && defined(MBEDTLS_ENTROPY_C) && !defined(MBEDTLS_NO_PLATFORM_ENTROPY)
#define OSFT_TLS_PLATFORM_ENTROPY 1
#include "mbedtls/entropy.h"
#else
#define OSFT_TLS_PLATFORM_ENTROPY 0
#endif

#include <string.h>

/* TLS 1.3, and builds that use PSA, hash and derive keys by PSA. The program has only one PSA, so
 * PSA is started here, which is harmless when it was started before, and never stopped. */
#if !OSFT_TLS_OWN_GENERATOR ||        \
    (defined(MBEDTLS_PSA_CRYPTO_C) && \
     (defined(MBEDTLS_USE_PSA_CRYPTO) || defined(MBEDTLS_SSL_PROTO_TLS1_3)))
#include "psa/crypto.h"
static int osft_tls_start_psa(void)
{
    return (int)psa_crypto_init();
}
#else
static int osft_tls_start_psa(void)
{
    return 0;
}
#endif

#if OSFT_TLS_OWN_GENERATOR
#if OSFT_TLS_PLATFORM_ENTROPY
/* Fill a buffer from mbedTLS's sources on this platform. The generator needs them for a moment
 * only, when it is seeded, so their state is not kept: with mbedTLS 2.28 it can have 38 KB. */
static int osft_tls_platform_entropy(void *ctx, unsigned char *buffer, size_t len)
{
    mbedtls_entropy_context *sources = mbedtls_calloc(1, sizeof *sources);
    int error;

    (void)ctx;
    if (sources == NULL) {
        return MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
    }
    mbedtls_entropy_init(sources);
    error = mbedtls_entropy_func(sources, buffer, len);
    mbedtls_entropy_free(sources);
    mbedtls_free(sources);
    return error;
}
#endif

static int osft_tls_seed_generator(struct osft_tls *tls, osft_tls_entropy *entropy,
                                   void *entropy_ctx)
{
#if OSFT_TLS_PLATFORM_ENTROPY
    if (entropy == NULL) {
        entropy = osft_tls_platform_entropy;
    }
#endif
    if (entropy == NULL) {
        return MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
    }
    return mbedtls_ctr_drbg_seed(&tls->drbg, entropy, entropy_ctx, NULL, 0);
}
#else
static int osft_tls_seed_generator(struct osft_tls *tls, osft_tls_entropy *entropy,
                                   void *entropy_ctx)
{
    (void)tls, (void)entropy_ctx;
    return entropy == NULL ? 0 : (int)PSA_ERROR_NOT_SUPPORTED;
}
#endif

static int osft_tls_configure(struct osft_tls *tls)
{
    /* The preset turns on what osft_tls_offer.c has no list for: session tickets and the extended
     * master secret. */
    int error =
        mbedtls_ssl_config_defaults(&tls->conf, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT);
    if (error != 0) {
        return error;
    }
    osft_tls_set_offer(tls);
    mbedtls_ssl_conf_authmode(&tls->conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_verify(&tls->conf, osft_tls_verify, tls);
    mbedtls_ssl_conf_ca_chain(&tls->conf, &tls->ca, NULL);
#if OSFT_TLS_OWN_GENERATOR
    mbedtls_ssl_conf_rng(&tls->conf, mbedtls_ctr_drbg_random, &tls->drbg);
#endif
    return 0;
}

int osft_tls_init(struct osft_tls *tls, const struct osft_port *lower, osft_tls_entropy *entropy,
                  void *entropy_ctx)
{
    memset(tls, 0, sizeof *tls);
    tls->lower = lower;
    mbedtls_ssl_init(&tls->ssl);
    mbedtls_ssl_config_init(&tls->conf);
    mbedtls_ssl_session_init(&tls->session);
    mbedtls_x509_crt_init(&tls->ca);
    tls->roots = &tls->ca;
#if OSFT_TLS_OWN_GENERATOR
    mbedtls_ctr_drbg_init(&tls->drbg);
#endif
    osft_tls_set_port(tls);

    tls->code = osft_tls_seed_generator(tls, entropy, entropy_ctx);
    if (tls->code != 0) {
        return OSFT_E_RANDOM;
    }
    tls->code = osft_tls_start_psa();
    if (tls->code == 0) {
        tls->code = osft_tls_configure(tls);
    }
    if (tls->code != 0) {
        return OSFT_E_TLS;
    }
    tls->is_configured = 1;
    return OSFT_OK;
}

void osft_tls_free(struct osft_tls *tls)
{
    osft_tls_session_drop(tls);
    tls->port.close(tls);
    tls->is_configured = 0;
    mbedtls_ssl_free(&tls->ssl);
    mbedtls_ssl_config_free(&tls->conf);
    mbedtls_x509_crt_free(&tls->ca);
#if OSFT_TLS_OWN_GENERATOR
    mbedtls_ctr_drbg_free(&tls->drbg);
#endif
}
