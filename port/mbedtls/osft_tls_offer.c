/* SPDX-License-Identifier: Apache-2.0 */
/* Sets what the client offers to a server, and which certificates it accepts. The lists are here,
 * so that every version of mbedTLS does the same, whatever its presets are. mbedTLS itself leaves
 * out algorithms that it is built without, except ciphers with keys of 256 bits.
 *
 * The reasons for the choice: each key lasts for one connection (no RSA key exchange). Each cipher
 * also authenticates (no CBC, whose padding has been attacked again and again). No hash has
 * collisions that are known or near (no MD5, SHA-1, SHA-224). Nothing can be broken in less than
 * 2^112 steps, which an RSA key of 2,048 bits takes; a curve of 256 bits takes more. Today's public
 * authorities and servers need nothing that is left out.
 */
#include "osft_tls_internal.h"

#include "mbedtls/ssl_ciphersuites.h"

/* In order of preference, for servers that follow the client's. Smaller keys stand first, because
 * they cost less. */
static const int osft_tls_ciphersuites[] = {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
#ifndef MBEDTLS_AES_ONLY_128_BIT_KEY_LENGTH
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
#endif
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
#endif
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
#ifndef MBEDTLS_AES_ONLY_128_BIT_KEY_LENGTH /* mbedTLS would still offer them, and fail */
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
#endif
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    0,
};

static const mbedtls_x509_crt_profile osft_tls_certificate_profile = {
    MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSA) | MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSASSA_PSS) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECDSA) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECKEY), /* mbedTLS's name for the key of a server */
    MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1),
    2048,
};

#if MBEDTLS_VERSION_NUMBER < 0x03000000
/* In order of preference; X25519's 255 bits are as good as P-256. */
static const mbedtls_ecp_group_id osft_tls_groups[] = {
    MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_SECP521R1,
    MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_NONE
};
/* Each is offered with ECDSA and with RSA by PKCS #1 1.5. */
static const int osft_tls_signature_hashes[] = { MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384,
                                                 MBEDTLS_MD_SHA512, MBEDTLS_MD_NONE };

void osft_tls_set_offer(struct osft_tls *tls)
{
    mbedtls_ssl_conf_ciphersuites(&tls->conf, osft_tls_ciphersuites);
    mbedtls_ssl_conf_cert_profile(&tls->conf, &osft_tls_certificate_profile);
    mbedtls_ssl_conf_curves(&tls->conf, osft_tls_groups);
    mbedtls_ssl_conf_sig_hashes(&tls->conf, osft_tls_signature_hashes);
    mbedtls_ssl_conf_min_version(&tls->conf, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3); /* TLS 1.2 */
}
#else
static const uint16_t osft_tls_groups[] = { MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
                                            MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1,
                                            MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1,
                                            MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
                                            MBEDTLS_SSL_IANA_TLS_GROUP_NONE };
/* PKCS #1 1.5 stands before PSS for servers with TLS 1.2 that follow the client's order: mbedTLS
 * 3.6.6 and 4.1.0, once they have offered TLS 1.3, refuse PSS in TLS 1.2 although they offer it
 * (Mbed-TLS/mbedtls, issue 10668). TLS 1.3 itself allows only PSS. For servers with an order of
 * their own see osft_tls_reopen_without_tls13() in osft_tls.c. */
static const uint16_t osft_tls_signatures[] = {
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256, MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512, MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,       MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,    MBEDTLS_TLS1_3_SIG_NONE
};

void osft_tls_set_offer(struct osft_tls *tls)
{
    mbedtls_ssl_conf_ciphersuites(&tls->conf, osft_tls_ciphersuites);
    mbedtls_ssl_conf_cert_profile(&tls->conf, &osft_tls_certificate_profile);
    mbedtls_ssl_conf_groups(&tls->conf, osft_tls_groups);
    mbedtls_ssl_conf_sig_algs(&tls->conf, osft_tls_signatures);
    mbedtls_ssl_conf_min_tls_version(&tls->conf, MBEDTLS_SSL_VERSION_TLS1_2);
}
#endif

#ifdef OSFT_TLS_REFUSES_OFFERED_PSS
/* With TLS 1.2 alone these versions of mbedTLS offer no PSS. */
void osft_tls_offer_tls13(struct osft_tls *tls, int offered)
{
    tls->without_tls13 = (uint8_t)!offered;
    mbedtls_ssl_conf_max_tls_version(&tls->conf, offered ? MBEDTLS_SSL_VERSION_TLS1_3
                                                         : MBEDTLS_SSL_VERSION_TLS1_2);
}
#endif
