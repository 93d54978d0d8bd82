/* SPDX-License-Identifier: Apache-2.0 */
/* A connection, with or without TLS. No function blocks. */
#ifndef EP_TLS_H
#define EP_TLS_H

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>

#include "text.h"

struct ep_link;

/* The parts of TLS that all connections share. */
struct ep_tls {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_x509_crt cert;
    mbedtls_pk_context key;
    mbedtls_ssl_config config;
#if defined(MBEDTLS_SSL_CACHE_C)
    mbedtls_ssl_cache_context cache;
#endif
#if defined(MBEDTLS_SSL_TICKET_C) && defined(MBEDTLS_SSL_SESSION_TICKETS)
    mbedtls_ssl_ticket_context ticket;
#endif
    struct ep_link *current; /* the connection whose handshake is in progress */
};
void ep_tls_init(struct ep_tls *t);
/* Set up TLS. cert: a chain as PEM; key: as PEM. Returns 0, or the mbedTLS error with the step in
 * *what. */
int ep_tls_start(struct ep_tls *t, const struct ep_text *cert, const struct ep_text *key,
                 const char **what);
void ep_tls_stop(struct ep_tls *t);

struct ep_link {
    int fd;
    struct ep_tls *tls; /* NULL: without TLS */
    mbedtls_ssl_context ssl;
    int resumed;
    short wants; /* the events to wait for after a result of 0 */
};
/* Open a connection over fd, which then belongs to it. Returns 0, or -1 with fd closed. */
int ep_link_open(struct ep_link *l, int fd, struct ep_tls *tls);
/* These functions return > 0 when done, or how many bytes were moved; 0: would block; < 0: the
 * connection has ended. */
int ep_link_greet(struct ep_link *l);
int ep_link_recv(struct ep_link *l, void *dst, size_t cap);
int ep_link_send(struct ep_link *l, const void *src, size_t len);
/* Send close_notify, after which nothing may be sent. */
void ep_link_bye(struct ep_link *l);
void ep_link_close(struct ep_link *l);
/* Return a name of the kind of connection, for the log. */
const char *ep_link_name(const struct ep_link *l);

#endif
