/* SPDX-License-Identifier: Apache-2.0 */
/* A port with TLS by OpenSSL instead of mbedTLS; openssl.c uses it. */
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include "openssl_port.h"

SSL_CTX *context;
static BIO *bio; /* the connection; NULL: there is none */

/* Return what OpenSSL has done: n bytes; 0: the call would block; or else the error. */
static int get_result(long n, int error)
{
    return n > 0 ? (int)n : BIO_should_retry(bio) ? 0 : error;
}
int open_bio(void *ctx, const char *host, uint16_t tcp_port)
{
    char number[6];
    SSL *ssl;
    (void)ctx;
    if (bio == NULL) {
        (void)snprintf(number, sizeof number, "%u", (unsigned)tcp_port);
        bio = BIO_new_ssl_connect(context);
        BIO_set_conn_hostname(bio, host);
        BIO_set_conn_port(bio, number);
        BIO_set_nbio(bio, 1);
        BIO_get_ssl(bio, &ssl);
        /* The certificate must have this address or this name. */
        if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) != 1 &&
            (SSL_set1_host(ssl, host) != 1 || SSL_set_tlsext_host_name(ssl, host) != 1)) {
            return OSFT_E_TLS;
        }
    }
    return get_result(BIO_do_connect(bio), OSFT_E_TLS);
}
int send_by_bio(void *ctx, const void *bytes, size_t len)
{
    return (void)ctx, get_result(BIO_write(bio, bytes, (int)len), OSFT_E_IO);
}
int receive_by_bio(void *ctx, void *buffer, size_t room)
{
    int n = BIO_read(bio, buffer, (int)room);
    return (void)ctx, n == 0 && !BIO_should_retry(bio) ? OSFT_EOF : get_result(n, OSFT_E_IO);
}
int wait_for_bio(void *ctx, unsigned events, uint32_t ms)
{
    struct pollfd awaited = { -1, 0, 0 };
    if (events != 0 && bio != NULL) {
        BIO_get_fd(bio, &awaited.fd);
        awaited.events = BIO_should_read(bio) ? POLLIN : POLLOUT; /* what its last call waits for */
    }
    return (void)ctx, poll(&awaited, 1, ms < 60000 ? (int)ms : 60000);
}
void close_bio(void *ctx)
{
    (void)ctx;
    BIO_free_all(bio);
    bio = NULL;
}
