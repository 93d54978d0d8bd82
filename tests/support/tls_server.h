/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS server in memory: the lower port of a TLS client, and an mbedTLS server at the other end of
 * it. Everything runs in the thread that calls the port. */
#ifndef SUPPORT_TLS_SERVER_H
#define SUPPORT_TLS_SERVER_H

#include "osft_tls.h"
#include "../../examples/osft-endpoint/pki.h"

#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>

/* Bytes on their way in one direction. */
struct test_pipe {
    unsigned char data[65536];
    size_t head, len; /* bytes taken out of data; bytes put into it */
    int ended;        /* 1: no more bytes will be put in */
};

/* The end of the connection by the server: the server keeps the connection open, sends
 * close_notify, or closes without close_notify. */
enum test_bye { TEST_STAY, TEST_CLOSE_NOTIFY, TEST_CUT };

struct test_tls {
    struct osft_port port; /* the client's lower port; port.code points to lower_code */

    /* the connection's behaviour, set by the test at any time */
    size_t chunk;     /* bytes that one call moves at most; 0: no limit */
    unsigned stutter; /* on average, one call in this many would block; 0: none */
    int block_send;   /* 1: send would block */
    int is_slow;      /* 1: the server acts only in wait and in test_tls_step(); 0: in every call */
    int excess;       /* bytes that send and recv return beyond those that they moved */
    long fail_at;     /* the number of the port call that fails, from 0; -1: none */
    int fail_with;    /* what that call returns */
    size_t cut_after; /* the stream to the client ends after this many bytes; 0: it goes on */
    size_t flip_at; /* after this many more bytes, one byte to the client is changed; 0: none is */
    int64_t now;    /* what utc_s returns */
    uint32_t ticks; /* what ticks_ms returns */

    /* what the server does: it sends `say` after the handshake, then ends as `bye` says */
    const char *say;
    enum test_bye bye;
    int not_tls; /* 1: `say` is sent without TLS, and nothing else */

    /* what happened */
    long calls, waits, failed_waits;
    unsigned events; /* of the last wait, like wait_ms */
    uint32_t wait_ms;
    int opens, closes, handshaken;
    char got[1024]; /* application data from the client, NUL-terminated */
    size_t got_len;
    char sni[256];
    int32_t lower_code;

    /* private */
    struct test_pipe up, down;
    size_t said, passed;
    int bye_done;
    uint32_t draw;
    mbedtls_ssl_config conf;
    mbedtls_ssl_context ssl;
    mbedtls_x509_crt cert;
    mbedtls_pk_context key;
    mbedtls_ssl_ticket_context tickets;
    mbedtls_ssl_cache_context cache;
};

/* Initialise a server with this certificate (PEM). Each open of the port makes a new connection to
 * the server. */
void test_tls_init(struct test_tls *s, const char *cert_pem, const char *key_pem);
void test_tls_free(struct test_tls *s);
/* Set the newest TLS version that the server speaks: minor 2 is TLS 1.1, 3 is 1.2, 4 is 1.3.
 * Returns 0, or -1 when the library does not have that version. */
int test_tls_max(struct test_tls *s, int minor);
/* Forget all sessions. From then on, store sessions by session id (by_id 1) or issue tickets (0, as
 * at first). Returns 0, or mbedTLS's error. */
int test_tls_forget(struct test_tls *s, int by_id);
/* Let the server act until it needs more bytes from the client. */
void test_tls_step(struct test_tls *s);
/* Serve a connected socket until the client ends the connection. Sleeps while there is nothing to
 * do. */
void test_tls_over_socket(struct test_tls *s, int fd);

/* Make a self-signed certificate and its key as PEM. dns_name NULL: without subjectAltName. Returns
 * 0, or mbedTLS's error. */
int test_tls_self_signed(const char *common_name, const char *dns_name, char *cert_pem,
                         char *key_pem, size_t size);

/* The server and the client of the test that is running. */
extern struct test_tls server;
extern struct osft_tls tls;

/* Make two root certificates, and under each a server certificate for these names; NULL: the usual
 * names. Returns 0, or mbedTLS's error. */
int test_tls_pki(struct pki *one, struct pki *two, const char *names);
/* Initialise `server` with this certificate. It sends `say`, then close_notify. */
void test_tls_serve(const struct pki *p, const char *say);
/* Do the same, and initialise `tls` as a client that trusts the certificate's root. Returns 0, or
 * the client's error. */
int test_tls_begin(const struct pki *p, const char *say);
/* Free `server` and `tls`; a teardown function of cmocka. */
int test_tls_end(void **state);
/* Call open of `tls` without waiting between the calls. Returns the result of the call that
 * decided, or 0 when none did. */
int test_tls_open(const char *host, uint16_t tcp_port);
/* Receive until the stream ends. Returns the last result of recv. */
int test_tls_drain(void);
/* Open, receive until the stream ends, and close. Returns the last result of recv, or of open when
 * that failed. */
int test_tls_visit(const char *host, uint16_t tcp_port);

#endif
