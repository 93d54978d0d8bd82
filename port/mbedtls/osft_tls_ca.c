/* SPDX-License-Identifier: Apache-2.0 */
/* Loads roots from memory. */
#include "osft_tls_internal.h"

size_t osft_tls_ca_count(const struct osft_tls *tls)
{
    size_t count = 0;
    for (const mbedtls_x509_crt *root = &tls->ca; root != NULL && root->raw.p != NULL;
         root = root->next) {
        count++;
    }
    return count;
}

int osft_tls_is_root(const struct osft_tls *tls, const mbedtls_x509_crt *certificate)
{
    const mbedtls_x509_crt *root = tls->roots;

    while (root != NULL && root != certificate) {
        root = root->next;
    }
    return root != NULL;
}

/* Trust these roots from now on. */
static void osft_tls_set_roots(struct osft_tls *tls, mbedtls_x509_crt *roots)
{
    tls->roots = roots;
    mbedtls_ssl_conf_ca_chain(&tls->conf, roots, NULL);
    osft_tls_session_drop(tls); /* the session was made with other roots */
}

/* status: mbedTLS's error, or the number of certificates that it could not read. */
int osft_tls_ca_result(struct osft_tls *tls, size_t before, int status)
{
    if (status >= 0 && osft_tls_ca_count(tls) > before) {
        tls->code = 0;
        osft_tls_set_roots(tls, &tls->ca);
        return OSFT_OK;
    }
    tls->code = status < 0 ? status : MBEDTLS_ERR_X509_CERT_UNKNOWN_FORMAT;
    return OSFT_E_CERT;
}

int osft_tls_ca(struct osft_tls *tls, const void *data, size_t len)
{
    size_t before = osft_tls_ca_count(tls);
    return osft_tls_ca_result(tls, before, mbedtls_x509_crt_parse(&tls->ca, data, len));
}

int osft_tls_ca_static(struct osft_tls *tls, const void *der, size_t len)
{
    size_t before = osft_tls_ca_count(tls);
    return osft_tls_ca_result(tls, before, mbedtls_x509_crt_parse_der_nocopy(&tls->ca, der, len));
}

void osft_tls_share_ca(struct osft_tls *tls, struct osft_tls *owner)
{
    osft_tls_set_roots(tls, owner->roots);
}
