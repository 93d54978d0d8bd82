/* SPDX-License-Identifier: Apache-2.0 */
/* A port with TLS by OpenSSL instead of mbedTLS; openssl.c uses it. */
#include <poll.h>
#include <stdio.h>
#include "openssl_port.h"

static SSL_CTX *tls_context;
static BIO *bio; /* the connection, and its TLS; NULL: there is none */
static SSL *ssl;
/* Return n when it is a number of bytes, 0 when the call would block, or else the error. */
static int to_port_result(long n, int error)
{
    return n > 0 ? (int)n : BIO_should_retry(bio) ? 0 : error;
}
static int openssl_open(void *ctx, const char *host, uint16_t tcp_port)
{
    if (bio == NULL) {
        char address[300];
        (void)snprintf(address, sizeof address, "%s:%u", host, (unsigned)tcp_port);
        bio = BIO_new_ssl_connect(tls_context);
        BIO_get_ssl(bio, &ssl);
        BIO_set_conn_hostname(bio, address);
        BIO_set_nbio(bio, 1);
        /* The certificate must have this address or this name. */
        if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) != 1 &&
            (SSL_set1_host(ssl, host) != 1 || SSL_set_tlsext_host_name(ssl, host) != 1))
            return OSFT_E_TLS;
    }
    int n = to_port_result(BIO_do_connect(bio), OSFT_E_IO); /* the error of TCP */
    int tls_error = SSL_get_verify_result(ssl) != X509_V_OK ? OSFT_E_CERT : OSFT_E_TLS;
    return (void)ctx, n < 0 && ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_SSL ? tls_error : n;
}
static int openssl_send(void *ctx, const void *bytes, size_t len)
{
    return (void)ctx, to_port_result(BIO_write(bio, bytes, (int)len), OSFT_E_IO);
}
static int openssl_recv(void *ctx, void *buffer, size_t room)
{
    int n = BIO_read(bio, buffer, (int)room);
    return (void)ctx, to_port_result(n, n == 0 ? OSFT_EOF : OSFT_E_IO);
}
static int openssl_wait(void *ctx, unsigned events, uint32_t ms)
{
    int fd = events != 0 ? (int)BIO_get_fd(bio, NULL) : -1;
    struct pollfd awaited = { fd, fd >= 0 && BIO_should_read(bio) ? POLLIN : POLLOUT, 0 };
    return (void)ctx, poll(&awaited, 1, ms < 60000 ? (int)ms : 60000);
}
static void openssl_close(void *ctx)
{
    (void)ctx, BIO_free_all(bio);
    bio = NULL;
}
void openssl_port_init(struct osft_port *port, SSL_CTX *context)
{
    tls_context = context;
    *port = (struct osft_port){ port->ctx,      openssl_open, openssl_send,  openssl_recv,
                                openssl_wait,   NULL,         openssl_close, port->utc_s,
                                port->ticks_ms, port->random, NULL,          NULL };
}
