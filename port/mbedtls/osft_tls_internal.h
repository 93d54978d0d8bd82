/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what the parts of the TLS transport owe each other. */
#ifndef OSFT_TLS_INTERNAL_H
#define OSFT_TLS_INTERNAL_H

#include "osft_tls.h"

#ifndef MBEDTLS_HAVE_TIME_DATE
#error "mbedTLS is built without MBEDTLS_HAVE_TIME_DATE: expired certificates would pass"
#endif
#ifndef MBEDTLS_SSL_SERVER_NAME_INDICATION
#error "mbedTLS is built without MBEDTLS_SSL_SERVER_NAME_INDICATION, which the service needs"
#endif
#ifndef MBEDTLS_SSL_PROTO_TLS1_2
#error "mbedTLS is built without MBEDTLS_SSL_PROTO_TLS1_2"
#endif

/* osft_tls.c: put the transport's functions into t->port. */
void osft_tls_bind(struct osft_tls *t);

/* osft_tls_ca.c: how many roots are loaded; the result of loading more, by mbedTLS's answer. */
size_t osft_tls_ca_count(const struct osft_tls *t);
int osft_tls_ca_result(struct osft_tls *t, size_t before, int answer);

/* osft_tls_verify.c: the address that host spells, and its length: 4, 16, or 0 for a name. */
uint8_t osft_tls_address(const char *host, uint8_t ip[16]);
/* Called by mbedTLS for each certificate of the chain, the server's own (depth 0) last. */
int osft_tls_verify(void *ctx, mbedtls_x509_crt *crt, int depth, uint32_t *flags);

#endif
