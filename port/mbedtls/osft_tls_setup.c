/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration of the TLS transport: versions, checks, and the source of its keys. */
#include "osft_tls_internal.h"

#include <string.h>

/* TLS 1.3 and a build on PSA hash and derive through it. PSA is one for the whole program, so it
 * is started (harmless when it was) and never stopped here. */
#if defined(MBEDTLS_PSA_CRYPTO_C) && \
    (defined(MBEDTLS_USE_PSA_CRYPTO) || defined(MBEDTLS_SSL_PROTO_TLS1_3))
#include "psa/crypto.h"
static int start_psa(void)
{
    return (int)psa_crypto_init();
}
#else
static int start_psa(void)
{
    return 0;
}
#endif

static int seed(struct osft_tls *t, osft_tls_entropy *entropy, void *entropy_ctx)
{
#if OSFT_TLS_PLATFORM_ENTROPY
    if (entropy == NULL) {
        entropy = mbedtls_entropy_func;
        entropy_ctx = &t->entropy;
    }
#endif
    if (entropy == NULL) {
        return MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
    }
    return mbedtls_ctr_drbg_seed(&t->drbg, entropy, entropy_ctx, NULL, 0);
}

static int configure(struct osft_tls *t)
{
    int r = mbedtls_ssl_config_defaults(&t->conf, MBEDTLS_SSL_IS_CLIENT,
                                        MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    if (r != 0) {
        return r;
    }
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    mbedtls_ssl_conf_min_version(&t->conf, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
#else
    mbedtls_ssl_conf_min_tls_version(&t->conf, MBEDTLS_SSL_VERSION_TLS1_2);
#endif
    mbedtls_ssl_conf_authmode(&t->conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_verify(&t->conf, osft_tls_verify, t);
    mbedtls_ssl_conf_ca_chain(&t->conf, &t->ca, NULL);
    mbedtls_ssl_conf_rng(&t->conf, mbedtls_ctr_drbg_random, &t->drbg);
#if defined(MBEDTLS_SSL_PROTO_TLS1_3) && defined(MBEDTLS_SSL_SESSION_TICKETS) && \
    defined(MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED)
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        &t->conf, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
    return 0;
}

int osft_tls_init(struct osft_tls *t, const struct osft_port *lower, osft_tls_entropy *entropy,
                  void *entropy_ctx)
{
    memset(t, 0, sizeof *t);
    t->lower = lower;
    mbedtls_ssl_init(&t->ssl);
    mbedtls_ssl_config_init(&t->conf);
    mbedtls_ssl_session_init(&t->session);
    mbedtls_x509_crt_init(&t->ca);
    mbedtls_ctr_drbg_init(&t->drbg);
#if OSFT_TLS_PLATFORM_ENTROPY
    mbedtls_entropy_init(&t->entropy);
#endif
    osft_tls_bind(t);

    t->code = seed(t, entropy, entropy_ctx);
    if (t->code != 0) {
        return OSFT_E_RANDOM;
    }
    t->code = start_psa();
    if (t->code == 0) {
        t->code = configure(t);
    }
    if (t->code != 0) {
        return OSFT_E_TLS;
    }
    t->ready = 1;
    return OSFT_OK;
}

void osft_tls_free(struct osft_tls *t)
{
    osft_tls_session_drop(t);
    t->port.close(t);
    t->ready = 0;
    mbedtls_ssl_free(&t->ssl);
    mbedtls_ssl_config_free(&t->conf);
    mbedtls_x509_crt_free(&t->ca);
    mbedtls_ctr_drbg_free(&t->drbg);
#if OSFT_TLS_PLATFORM_ENTROPY
    mbedtls_entropy_free(&t->entropy);
#endif
}
