/* SPDX-License-Identifier: Apache-2.0 */
/* TLS against other servers. A cell is a server: what its certificates are like, what it speaks,
 * what it does wrong. In each cell a client asks it for the list of tasks, and what must come out
 * is the task that the server has, or the error that names the cause in words.
 *
 * The servers are OpenSSL's, in memory, with a clock that stands still (openssl_server.c); and
 * osft-endpoint over loopback (endpoint_cells.c).
 */
#ifndef TLS_MATRIX_H
#define TLS_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "osft_tls.h"

/* The client's clock: 1 January 2036. mbedTLS's own clock is the machine's, which is another. */
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
    const char *names;   /* subjectAltName; NULL: the usual, which is HOST; "": none */
    const char *subject; /* common name; NULL: one of its place */
    enum key_kind key;
    uint8_t key_number;      /* 0: a key of its own; others have the same key in each chain */
    int64_t from_s, until_s; /* seconds from NOW; 0: a year before, a year after */
    const char *hash;        /* that it is signed with; NULL: SHA-256 */
    uint8_t is_pss;          /* 1: signed with RSA-PSS */
    const char *constraints; /* basicConstraints; NULL: the usual; "": none */
    const char *use;         /* keyUsage; likewise */
    const char *purpose;     /* extendedKeyUsage; likewise: of a server serverAuth, else none */
    const char *limits;      /* nameConstraints; NULL: none */
    const char *more_limits; /* a second extension of the same kind; NULL: none */
    const char *unknown;     /* an extension that nobody knows; value as of openssl's config */
    uint8_t is_version_1;    /* without any extension */
    uint8_t has_bad_signature;
};

/* A chain from the root down to the server. */
struct chain {
    struct certificate certificates[CHAIN];
    uint8_t count;   /* of certificates; 0: 2, a root and a server */
    uint8_t missing; /* a bit for each certificate, 1 for the root, that the server does not send;
                      * the root is never sent */
    uint8_t distrusted;              /* 1: the client does not trust the root */
    uint8_t trusts_server;           /* 1: the client has the server's own certificate as a root */
    uint8_t is_in_disorder;          /* 1: intermediates are sent the other way round */
    struct certificate roots[ROOTS]; /* more roots that the client has, before this chain's */
    uint8_t root_count;
};

struct made_chain {
    X509 *certificates[CHAIN];
    EVP_PKEY *keys[CHAIN];
    X509 *roots[ROOTS];
    size_t count;
};

/* Make the chain's certificates. Ends the program when that fails: then the cell is wrong. */
void chain_make(struct made_chain *made, const struct chain *chain);
void chain_free(struct made_chain *made);
/* Frees the keys of all chains. */
void chain_forget_keys(void);
/* Ends the program, and prints what could not be done and OpenSSL's reason. */
void give_up(const char *what);

/* ---- OpenSSL's server ---- */

/* What a server does. */
enum behaviour {
    RESPOND,
    CLOSE_RUDELY,       /* after the response, without close_notify */
    RENEGOTIATE,        /* before the response */
    UPDATE_KEYS,        /* likewise, TLS 1.3's KeyUpdate */
    DEMAND_CERTIFICATE, /* of the client, in the handshake */
    WISH_CERTIFICATE,   /* likewise, but it goes on without */
    SPEAK_PLAIN_HTTP,   /* no TLS at all */
    SAY_NOTHING,
    CLOSE_AT_ONCE,
    SEND_ALERT, /* instead of a handshake: struct server's alert */
};

struct server {
    int min, max;           /* versions; 0: 1.2 and 1.3 */
    const char *ciphers;    /* TLS 1.2's, as OpenSSL names them; NULL: its default */
    const char *suites;     /* TLS 1.3's */
    const char *groups;     /* NULL: its default */
    const char *signatures; /* NULL: its default */
    long options;           /* SSL_OP_*, beside the usual */
    enum behaviour behaviour;
    uint8_t alert;
    uint8_t without_tickets;
    uint8_t split;     /* 1: the client receives a byte at a time */
    uint16_t fragment; /* bytes of a record; 0: up to 16,384 */
    /* What becomes of what the server sends: it ends before a record of this number, from 1 on, or
     * in the middle of it; or nothing more comes. 0: all arrives. */
    uint8_t cut_before, cut_within, stall_before, stall_within;
    uint8_t damaged; /* the record of this number has a bit changed */
};

struct openssl_server {
    struct osft_port port; /* below the client */
    const struct server *spec;
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out; /* from the client, to the client */
    uint32_t ticks;
    unsigned char output[262144];
    size_t output_len, output_at; /* since the connection began */
    size_t limit;                 /* how much of it arrives */
    int is_cut;                   /* behind limit the stream ends, instead of a stall */
    int has_ended, has_responded, has_acted;
    unsigned records, connections, resumed;
    char request[4096];
    size_t request_len;
    char name[256]; /* that the client asked for */
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
    /* What must come out: an osft_error, and a part of the words for it, or several with a bar
     * between; NULL: any. Where that differs with mbedTLS 3, which also speaks TLS 1.3, result3 and
     * words3 are what must come out there. */
    int result;
    const char *words;
    uint8_t differs;
    int result3;
    const char *words3;
    uint8_t fails_somehow; /* 1: any error, as it depends on which bit was changed */
    uint8_t visits;        /* how often the client connects; 0: once */
    uint8_t resumes;       /* 1: all but the first visit resume a session */
    uint8_t reconnects;    /* 1: the client may have to connect twice for it */
    int64_t floor_s;       /* of a client that does not know the time */
};

/* Parts of a cell: a server's version; what must come out where only TLS 1.3 will do, which mbedTLS
 * 2.28 does not have; and where the two agree on nothing. */
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

/* Print a result: why is NULL, or the reason for which the cell failed. */
void print_result(const char *title, const char *name, const char *why);
/* Returns how many records the server sent in the last visit; -1: the cell failed, and why says for
 * which reason. */
int run_cell(const struct cell *cell, char *why, size_t size);
/* Cells made by counting a server's records, and those of the endpoint. */
void run_broken_connections(void);
void run_endpoint_cells(void);

#endif
