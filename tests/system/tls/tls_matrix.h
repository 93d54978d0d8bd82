/* SPDX-License-Identifier: Apache-2.0 */
/* TLS with other servers. A cell describes a server: its certificates, the protocol that it speaks,
 * its faults. In each cell a client asks the server for the list of tasks, and must get the task
 * that the server has, or the error that names the cause in words. */
#ifndef TLS_MATRIX_H
#define TLS_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "osft_tls.h"

/* The client's clock: 1 January 2036. mbedTLS's own clock is that of the machine and differs from
 * it. */
#define NOW   INT64_C(2082758400)
#define DAY   INT64_C(86400)
#define HOST  "tasks.example.com"
#define RUN   "trigger__2021-03-05T12:18:41" /* the task that each server has */
#define CHAIN 5
#define ROOTS 3

/* ---- certificates ---- */

enum key_kind {
    P256,
    P384,
    P521,
    P192,
    K256,
    RSA1024,
    RSA2048,
    RSA3072,
    RSA4096,
    ED25519,
    KEY_KINDS
};

/* A certificate. All zero is the usual one for its place in the chain. */
struct certificate {
    const char *names;   /* subjectAltName; NULL: HOST; "": no subjectAltName */
    const char *subject; /* common name; NULL: one that depends on the place in the chain */
    enum key_kind key;
    uint8_t key_number; /* 0: a key of its own; other numbers mean the same key in each chain */
    int64_t from_s, until_s; /* validity in seconds from NOW; 0: one year before, one year after */
    const char *hash;        /* hash of the signature; NULL: SHA-256 */
    uint8_t is_pss;          /* 1: signed with RSA-PSS */
    const char *constraints; /* basicConstraints; NULL: the usual value; "": none */
    const char *use;         /* keyUsage; NULL and "" as above */
    const char *purpose; /* extendedKeyUsage; NULL and "" as above; the usual value is serverAuth
                            for a server, else none */
    const char *limits;  /* nameConstraints; NULL: none */
    const char *more_limits; /* a second nameConstraints extension; NULL: none */
    const char *unknown; /* the value of an unknown extension, as in openssl's config; NULL: none */
    uint8_t is_version_1; /* 1: X.509 version 1, without any extension */
    uint8_t has_bad_signature;
};

/* A chain from the root down to the server. */
struct chain {
    struct certificate certificates[CHAIN];
    uint8_t count;   /* number of certificates; 0: 2, a root and a server's */
    uint8_t missing; /* certificates that the server does not send: a bit for each, 1 for the root,
                        which is never sent */
    uint8_t distrusted;     /* 1: the client does not trust the root */
    uint8_t trusts_server;  /* 1: the client trusts the server's own certificate as a root */
    uint8_t is_in_disorder; /* 1: intermediates are sent in reverse order */
    struct certificate roots[ROOTS]; /* further roots that the client trusts, before this chain's */
    uint8_t root_count;
};

struct made_chain {
    X509 *certificates[CHAIN];
    EVP_PKEY *keys[CHAIN];
    X509 *roots[ROOTS];
    size_t count;
};

/* Make the chain's certificates. Ends the program when that fails, as the cell is wrong then. */
void chain_make(struct made_chain *made, const struct chain *chain);
void chain_free(struct made_chain *made);
/* Free the keys of all chains. */
void chain_forget_keys(void);
/* Print what could not be done and OpenSSL's reason, and end the program. */
void give_up(const char *what);

/* ---- OpenSSL's server ---- */

/* The behaviour of a server besides responding. */
enum behaviour {
    RESPOND,
    CLOSE_RUDELY,       /* closes after the response, without close_notify */
    RENEGOTIATE,        /* renegotiates before the response */
    UPDATE_KEYS,        /* sends a KeyUpdate (TLS 1.3) before the response */
    DEMAND_CERTIFICATE, /* requires a certificate of the client */
    WISH_CERTIFICATE,   /* asks for a certificate of the client, and goes on without one */
    SPEAK_PLAIN_HTTP,   /* does not speak TLS */
    SAY_NOTHING,
    CLOSE_AT_ONCE,
    SEND_ALERT, /* sends the alert of struct server instead of a handshake */
};

struct server {
    int min, max;           /* oldest and newest version; 0: 1.2 and 1.3 */
    const char *ciphers;    /* ciphers of TLS 1.2, as OpenSSL names them; NULL: its default */
    const char *suites;     /* ciphers of TLS 1.3 */
    const char *groups;     /* NULL: its default */
    const char *signatures; /* NULL: its default */
    long options;           /* SSL_OP_* bits besides the usual ones */
    enum behaviour behaviour;
    uint8_t alert;
    uint8_t without_tickets;
    uint8_t split;     /* 1: the client receives one byte at a time */
    uint16_t fragment; /* largest record in bytes; 0: 16,384 */
    /* Faults of the stream from the server: it ends before the record of this number, from 1 on, or
     * within it; or it stalls there. 0: no fault. */
    uint8_t cut_before, cut_within, stall_before, stall_within;
    uint8_t damaged; /* the number of a record in which one bit is changed; 0: none */
};

struct openssl_server {
    struct osft_port port; /* the lower port of the client */
    const struct server *spec;
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out; /* bytes from the client, bytes to the client */
    uint32_t ticks;
    unsigned char output[262144];
    size_t output_len, output_at; /* bytes that the server has sent on this connection, and those
                                     that the client has received */
    size_t limit;                 /* how many of these bytes arrive */
    int is_cut;                   /* 1: behind `limit` the stream ends; 0: it stalls */
    int has_ended, has_responded, has_acted;
    unsigned records, connections, resumed;
    char request[4096];
    size_t request_len;
    char name[256]; /* the name that the client asked for (SNI) */
};

void server_make(struct openssl_server *server, const struct server *spec,
                 const struct chain *chain, const struct made_chain *made);
void server_free(struct openssl_server *server);

/* ---- cells ---- */

struct cell {
    const char *name;
    const char *host; /* NULL: HOST */
    struct chain chain;
    struct server server;
    /* The expected outcome: an osft_error, and a part of its words, or several parts with bars
     * between; NULL: any words. Where the outcome differs with mbedTLS 3, which also speaks
     * TLS 1.3, it is in result3 and words3. */
    int result;
    const char *words;
    uint8_t differs;
    int result3;
    const char *words3;
    uint8_t fails_somehow; /* 1: any error is right, as it depends on which bit was changed */
    uint8_t visits;     /* number of visits, which the client makes one after the other; 0: one */
    uint8_t resumes;    /* 1: each visit but the first resumes a session */
    uint8_t reconnects; /* 1: a visit may need a second connection */
    int64_t floor_s;    /* the clock's lower bound of a client that does not know the time; 0: the
                           client knows it */
};

/* Parts of a cell: the version of a server; the outcome where only TLS 1.3 will do, which
 * mbedTLS 2.28 does not have; and where client and server have nothing in common. */
#define TLS12      .min = TLS1_2_VERSION, .max = TLS1_2_VERSION
#define TLS13      .min = TLS1_3_VERSION, .max = TLS1_3_VERSION
#define ONLY_TLS13 .differs = 1, .result = OSFT_E_TLS, .words = "no version of TLS"
#define NO_MATCH   .result = OSFT_E_TLS, .words = "in common with this client"

struct cells {
    const char *title;
    const struct cell *cells;
    size_t count;
};
extern const struct cells name_cells, chain_cells, key_cells, protocol_cells;

/* Print a result. why: the reason why the cell failed; NULL: it passed. */
void print_result(const char *title, const char *name, const char *why);
/* Run a cell. Returns how many records the server sent in the last visit; -1: the cell failed, and
 * `why` gives the reason. */
int run_cell(const struct cell *cell, char *why, size_t size);
/* Run the cells that are made by counting a server's records, and those of the endpoint. */
void run_broken_connections(void);
void run_endpoint_cells(void);

#endif
