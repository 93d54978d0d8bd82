/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the checks that mbedTLS does not make, or not in every version: IP addresses, pins, time by
 * the port's clock, and the purposes of the certificates of authorities. */
#include "osft_tls_internal.h"

#include "mbedtls/oid.h" /* MBEDTLS_X509_EXT_SUBJECT_ALT_NAME is one of its numbers */

#include <string.h>

/* Whether a certificate contains the IP address of the host. mbedTLS 2.28 does not read addresses
 * in certificates, and both versions would accept an address as the common name. By RFC 9110,
 * section 4.3.5, an address must match an iPAddress of the certificate, byte by byte. */
static int osft_tls_has_address(const struct osft_tls *tls, const mbedtls_x509_crt *certificate)
{
    const int tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_X509_SAN_IP_ADDRESS;
    const mbedtls_x509_sequence *name = &certificate->subject_alt_names;

    for (; name != NULL; name = name->next) {
        if (name->buf.tag == tag && name->buf.len == tls->ip_len &&
            memcmp(name->buf.p, tls->ip, tls->ip_len) == 0) {
            return 1;
        }
    }
    return 0;
}

int osft_tls_pin(struct osft_tls *tls, const uint8_t sha256[32])
{
    if (tls->pin_count == OSFT_TLS_PINS) {
        return OSFT_E_FULL;
    }
    memcpy(tls->pins[tls->pin_count++], sha256, sizeof tls->pins[0]);
    osft_tls_session_drop(tls); /* this pin was not checked when the session was made */
    return OSFT_OK;
}

static int osft_tls_has_pinned_key(const struct osft_tls *tls, const mbedtls_x509_crt *certificate)
{
    uint8_t digest[32];

    if (osft_tls_sha256(certificate->pk_raw.p, certificate->pk_raw.len, digest) != 0) {
        return 0;
    }
    for (size_t i = 0; i < tls->pin_count; i++) {
        if (memcmp(tls->pins[i], digest, sizeof digest) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Whether a certificate has a subjectAltName. Without one, mbedTLS would look for the name among
 * the common names, which are not meant for it (RFC 9525, section 6.4.4), and which an authority
 * may not have checked. */
static int osft_tls_has_alternative_names(const mbedtls_x509_crt *certificate)
{
    return (certificate->OSFT_TLS_FIELD(ext_types) & MBEDTLS_X509_EXT_SUBJECT_ALT_NAME) != 0;
}

/* Check the server's own certificate. Returns flags of verify_flags. */
static uint32_t osft_tls_check_server(const struct osft_tls *tls,
                                      const mbedtls_x509_crt *certificate)
{
    uint32_t flags = 0;

    if (tls->ip_len != 0 ? !osft_tls_has_address(tls, certificate)
                         : !osft_tls_has_alternative_names(certificate)) {
        flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    }
    if (tls->pin_count != 0 && !osft_tls_has_pinned_key(tls, certificate)) {
        flags |= MBEDTLS_X509_BADCERT_OTHER;
    }
    return flags;
}

/* Check an authority's certificate. Returns flags of verify_flags. mbedTLS has checked that it is
 * an authority's, and the length of the chain below it; but mbedTLS checks the extended key usage
 * of the server's own certificate only, and no name constraints. */
static uint32_t osft_tls_check_authority(const struct osft_tls *tls,
                                         const mbedtls_x509_crt *certificate)
{
    static const char server_auth[] = { 0x2b, 6, 1, 5, 5, 7, 3, 1 }; /* 1.3.6.1.5.5.7.3.1 */
    uint32_t flags = 0;

    if (mbedtls_x509_crt_check_extended_key_usage(certificate, server_auth, sizeof server_auth) !=
        0) {
        flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    }
    if (!osft_tls_may_vouch(tls, certificate)) {
        flags |= OSFT_TLS_BADCERT_CONSTRAINTS;
    }
    return flags;
}

int osft_tls_verify(void *ctx, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    struct osft_tls *tls = ctx;

    osft_tls_check_time(tls, certificate, flags);
    *flags |= depth == 0 ? osft_tls_check_server(tls, certificate)
                         : osft_tls_check_authority(tls, certificate);
    if (depth == 0) {
        tls->certificate_is_good = *flags == 0;
        tls->told_impossible_time = 0;
    }
    if (*flags != 0 && tls->refused_depth == 0) {
        tls->refused_depth =
            osft_tls_is_root(tls, certificate) ? OSFT_TLS_ROOT_DEPTH : (uint8_t)depth;
    }
    return 0;
}
