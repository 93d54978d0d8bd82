/* SPDX-License-Identifier: Apache-2.0 */
/* Roots from memory. */
#include "osft_tls_internal.h"

size_t osft_tls_ca_count(const struct osft_tls *t)
{
    size_t n = 0;
    for (const mbedtls_x509_crt *c = &t->ca; c != NULL && c->raw.p != NULL; c = c->next) {
        n++;
    }
    return n;
}

/* mbedTLS answers with an error, or with the number of certificates that it could not read. */
int osft_tls_ca_result(struct osft_tls *t, size_t before, int answer)
{
    if (answer >= 0 && osft_tls_ca_count(t) > before) {
        t->code = 0;
        osft_tls_session_drop(t); /* made under other roots */
        return OSFT_OK;
    }
    t->code = answer < 0 ? answer : MBEDTLS_ERR_X509_CERT_UNKNOWN_FORMAT;
    return OSFT_E_CERT;
}

int osft_tls_ca(struct osft_tls *t, const void *data, size_t len)
{
    size_t before = osft_tls_ca_count(t);
    return osft_tls_ca_result(t, before, mbedtls_x509_crt_parse(&t->ca, data, len));
}

int osft_tls_ca_static(struct osft_tls *t, const void *der, size_t len)
{
    size_t before = osft_tls_ca_count(t);
    return osft_tls_ca_result(t, before, mbedtls_x509_crt_parse_der_nocopy(&t->ca, der, len));
}
