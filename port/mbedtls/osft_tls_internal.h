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

/* t->state */
enum { OSFT_TLS_CLOSED, OSFT_TLS_CONNECTING, OSFT_TLS_HANDSHAKE, OSFT_TLS_OPEN, OSFT_TLS_DEAD };

/* osft_tls.c: put the transport's functions into t->port. */
void osft_tls_bind(struct osft_tls *t);

/* osft_tls_session.c: note whom a connection is for, and forget a session of another. */
int osft_tls_session_for(struct osft_tls *t, const char *host, uint16_t tcp_port);
/* Offer the session, if there is one whose time is not over, and forget it: one handshake each. */
void osft_tls_session_offer(struct osft_tls *t);
/* The handshake is done, and its session one to keep, or not. */
void osft_tls_session_made(struct osft_tls *t);
/* Keep the connection's session, if it is one to keep. */
void osft_tls_session_take(struct osft_tls *t);

/* osft_tls_time.c: two functions of the port. */
int64_t osft_tls_utc_s(void *ctx);
void osft_tls_learn_utc(void *ctx, int64_t utc_s);
/* Judge crt's validity time, and note it. */
void osft_tls_check_time(struct osft_tls *t, const mbedtls_x509_crt *crt, uint32_t *flags);

/* osft_tls_ca.c: how many roots are loaded; the result of loading more, by mbedTLS's answer. */
size_t osft_tls_ca_count(const struct osft_tls *t);
int osft_tls_ca_result(struct osft_tls *t, size_t before, int answer);

/* osft_tls_verify.c: the address that host spells, and its length: 4, 16, or 0 for a name. */
uint8_t osft_tls_address(const char *host, uint8_t ip[16]);
/* SHA-256; 0, or mbedTLS's error. */
int osft_tls_sha256(const void *src, size_t len, uint8_t digest[32]);
/* Called by mbedTLS for each certificate of the chain, the server's own (depth 0) last. */
int osft_tls_verify(void *ctx, mbedtls_x509_crt *crt, int depth, uint32_t *flags);

#endif
