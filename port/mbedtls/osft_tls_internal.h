/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: declares the functions that the files of the TLS port share. */
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

/* Defined when mbedTLS reports that a ticket has come. TLS 1.3 has no session before a ticket has
 * come. */
#if defined(MBEDTLS_SSL_PROTO_TLS1_3) && defined(MBEDTLS_SSL_SESSION_TICKETS) && \
    defined(MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED)
#define OSFT_TLS_SIGNALS_TICKETS 1
#endif

/* Defined when mbedTLS offers RSA-PSS signatures with TLS 1.2, and then refuses them: a regression
 * of two versions (Mbed-TLS/mbedtls, issue 10668), which occurs only when TLS 1.3 is also
 * offered. */
#if defined(MBEDTLS_SSL_PROTO_TLS1_3) && defined(MBEDTLS_X509_RSASSA_PSS_SUPPORT) && \
    (MBEDTLS_VERSION_NUMBER == 0x03060600 || MBEDTLS_VERSION_NUMBER == 0x04010000)
#define OSFT_TLS_REFUSES_OFFERED_PSS 1
#endif

/* OSFT_TLS_FIELD(name) is the name of a struct member that mbedTLS 3 calls private. */
#ifdef MBEDTLS_PRIVATE
#define OSFT_TLS_FIELD(name) MBEDTLS_PRIVATE(name)
#else
#define OSFT_TLS_FIELD(name) name
#endif

/* Errors for which mbedTLS 4.0 uses PSA's numbers. */
#if MBEDTLS_VERSION_NUMBER < 0x04000000
#define OSFT_TLS_BAD_INPUT      MBEDTLS_ERR_SSL_BAD_INPUT_DATA
#define OSFT_TLS_NO_MEMORY      MBEDTLS_ERR_SSL_ALLOC_FAILED
#define OSFT_TLS_X509_NO_MEMORY MBEDTLS_ERR_X509_ALLOC_FAILED
#else
#include "psa/crypto.h"
#define OSFT_TLS_BAD_INPUT      PSA_ERROR_INVALID_ARGUMENT
#define OSFT_TLS_NO_MEMORY      PSA_ERROR_INSUFFICIENT_MEMORY
#define OSFT_TLS_X509_NO_MEMORY PSA_ERROR_INSUFFICIENT_MEMORY
#endif

/* The value of tls->refused_depth when a root was refused, at any place in the chain. */
#define OSFT_TLS_ROOT_DEPTH UINT8_MAX

/* The values of tls->state. */
enum { OSFT_TLS_CLOSED, OSFT_TLS_CONNECTING, OSFT_TLS_HANDSHAKE, OSFT_TLS_OPEN, OSFT_TLS_DEAD };

/* osft_tls.c: Put the port's functions into tls->port. */
void osft_tls_set_port(struct osft_tls *tls);

/* osft_tls_offer.c: Set the versions, ciphers, groups, signatures and certificates to accept. */
void osft_tls_set_offer(struct osft_tls *tls);
#ifdef OSFT_TLS_REFUSES_OFFERED_PSS
/* Set whether the next connection offers TLS 1.3, and RSA-PSS with it. */
void osft_tls_offer_tls13(struct osft_tls *tls, int offered);
#endif

/* osft_tls_constraints.c: Whether an authority's name constraints let it vouch for the host. */
int osft_tls_may_vouch(const struct osft_tls *tls, const mbedtls_x509_crt *authority);

/* osft_tls_session.c: Note the host of a connection, and drop a session of another host. */
int osft_tls_session_bind(struct osft_tls *tls, const char *host, uint16_t tcp_port);
/* Offer the session, if there is one and it is still valid, and drop it, because each session is
 * offered once. */
void osft_tls_session_offer(struct osft_tls *tls);
/* Decide after the handshake whether the connection's session may be kept, and until when. */
void osft_tls_session_accept(struct osft_tls *tls);
/* Store the connection's session, if it may be kept. */
void osft_tls_session_store(struct osft_tls *tls);

/* osft_tls_time.c: The port's functions utc_s and learn_utc. */
int64_t osft_tls_utc_s(void *ctx);
void osft_tls_learn_utc(void *ctx, int64_t utc_s);
/* Check whether a certificate is valid now, and narrow tls->session_info to the time when it is
 * valid. If the renewal of an expired root is also trusted, the renewal is checked instead. */
void osft_tls_check_time(struct osft_tls *tls, const mbedtls_x509_crt *certificate,
                         uint32_t *flags);

/* osft_tls_ca.c: Count the roots that were loaded into this struct; shared roots are not
 * counted. */
size_t osft_tls_ca_count(const struct osft_tls *tls);
/* Return the result of loading more roots. before: the number of roots before; status: the result
 * of mbedTLS's function. */
int osft_tls_ca_result(struct osft_tls *tls, size_t before, int status);
/* Whether a certificate is one of the roots: the same object, not a copy that the server sent. */
int osft_tls_is_root(const struct osft_tls *tls, const mbedtls_x509_crt *certificate);

/* osft_tls_digest.c: Hash bytes. Returns 0, or mbedTLS's error. */
int osft_tls_sha256(const void *bytes, size_t len, uint8_t digest[32]);
/* osft_tls_verify.c: Check a certificate of the chain. mbedTLS calls this for each one, and for the
 * server's own (depth 0) last. */
int osft_tls_verify(void *ctx, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);

#endif
