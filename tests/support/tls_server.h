/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS server in memory: the port that a TLS client stands on, and the mbedTLS server at the other
 * end of it. Everything runs in the calling thread, whenever the client calls the port.
 */
#ifndef SUPPORT_TLS_SERVER_H
#define SUPPORT_TLS_SERVER_H

#include "osft_tls.h"
#include "../../examples/osft-endpoint/pki.h"

#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>

struct test_pipe {
    unsigned char data[65536];
    size_t head, len; /* what was taken out; what was put in */
    int ended;
};

enum test_bye { TEST_STAY, TEST_CLOSE_NOTIFY, TEST_CUT };

struct test_tls {
    struct osft_port port; /* the client's lower port; code is lower_code */

    /* the connection's behaviour, set by the test at any time */
    size_t chunk;     /* bytes moved in one call at most; 0: all */
    unsigned stutter; /* one call in so many would block, on average; 0: none */
    int block_send;   /* send takes nothing */
    int is_slow;      /* the server works only in wait, and in test_tls_step() */
    int excess;       /* send and recv say that they moved so many bytes more than they did */
    long fail_at;     /* which call of open, send, recv or wait fails, from 0; -1: none */
    int fail_with;    /* and with what */
    size_t cut_after; /* the stream to the client ends after so many bytes; 0: it does not */
    size_t flip_at;   /* so many bytes from now, a byte to the client is garbled; 0: none is */
    int64_t now;      /* what utc_s answers */
    uint32_t ticks;   /* what ticks_ms answers */

    /* the server's script: say this once the handshake is done, then end as bye says */
    const char *say;
    enum test_bye bye;
    int not_tls; /* say is sent as it is, and nothing else */

    /* what happened */
    long calls, waits, failed_waits;
    unsigned events; /* of the last wait */
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

/* Make a server with this certificate (PEM). Each open of the port is a new connection to it. */
void test_tls_init(struct test_tls *s, const char *cert_pem, const char *key_pem);
void test_tls_free(struct test_tls *s);
/* The newest version that the server speaks: minor 2 is TLS 1.1, 3 is 1.2, 4 is 1.3. Returns 0, or
 * -1 when the library has no such version. */
int test_tls_max(struct test_tls *s, int minor);
/* Remember sessions by id (1) instead of giving tickets for them (0, which is how it begins).
 * Either way those from before are forgotten. Returns 0, or mbedTLS's error. */
int test_tls_forget(struct test_tls *s, int by_id);
/* Let the server do what it can. */
void test_tls_step(struct test_tls *s);
/* The same over a connected socket, until the client ends the connection. Sleeps in between. */
void test_tls_over_socket(struct test_tls *s, int fd);

/* A certificate signed by its own key, as PEM; 0, or mbedTLS's error. dns_name: NULL: it has no
 * subjectAltName. */
int test_tls_self_signed(const char *common_name, const char *dns_name, char *cert_pem,
                         char *key_pem, size_t size);

/* The server and the client of a test. */
extern struct test_tls server;
extern struct osft_tls tls;

/* Two roots, and under each a certificate for these names; NULL: the usual. Returns 0, or mbedTLS's
 * error. */
int test_tls_pki(struct pki *one, struct pki *two, const char *names);
/* A server with this certificate, which says that and then closes as it should. */
void test_tls_serve(const struct pki *p, const char *say);
/* The same, and a client that trusts the certificate's root. Returns 0, or the client's error. */
int test_tls_begin(const struct pki *p, const char *say);
/* End both. A teardown. */
int test_tls_end(void **state);
/* Open, without a wait; returns what open did in the end, 0 when it came to no end. */
int test_tls_open(const char *host, uint16_t tcp_port);
/* Receive to the end; returns how it ended. */
int test_tls_drain(void);
/* A whole connection: open, receive to the end, close. Its end, or why there was none. */
int test_tls_visit(const char *host, uint16_t tcp_port);

#endif
