/* SPDX-License-Identifier: Apache-2.0 */
/* TLS by mbedTLS (2.28 or 3.6), as a port over a port: it takes one and makes another.
 *
 *     struct osft_tls tls;
 *     result = osft_tls_init(&tls, &sockets.port, NULL, NULL);
 *     result = osft_tls_ca_file(&tls, "/etc/ssl/certs/ca-certificates.crt");
 *     ... a client with &tls.port ...
 *     osft_tls_free(&tls);
 *
 * checks:  TLS 1.2 or newer, and the certificate's chain, name and validity time, always; nothing
 *          here turns a check off. The name is the host that open is given; it, or an IP address,
 *          must stand in the certificate's subjectAltName, and a common name never counts. Ciphers,
 *          groups, signatures and what keys must be: osft_tls_offer.c, the same with every mbedTLS.
 *          Each authority in the chain must be allowed to vouch for TLS servers (extended key
 *          usage), and for this name (name constraints). osft_tls_pin() adds one check.
 * not:     whether a certificate was revoked (no CRL, no OCSP), and certificate policies.
 *          Consequence: who has stolen a server's key can play the server until its certificate
 *          ends; a pin does not help there, but a new pin does. A chain in which name constraints
 *          are marked critical, as RFC 5280 wants them, is refused by mbedTLS as a whole:
 *          OSFT_E_CERT. mbedTLS 3.6 refuses the KeyUpdate of TLS 1.3: a server that sends one, as
 *          servers do after gigabytes, ends the connection with OSFT_E_TLS. The next call connects
 *          anew.
 * twice:   with mbedTLS 3.6.6 or 4.1.0 open may connect, close and connect again, for a server that
 *          signs in a way that these versions offer and then refuse; README.md has the reason.
 * host:    the dot that may end a name, and the zone of an IPv6 address, are for the port below;
 *          the server never sees them, and no certificate is compared with them. An IP address is
 *          not sent as a server name.
 * time:    certificates are judged by the lower port's utc_s, never by the C library's clock. A
 *          root that has expired does no harm beside its renewal, a root of the same name and key.
 *          A time before floor_s is not believed, and counts as not known. A device that does not
 *          know the time learns it in these steps:
 *          1. Without floor_s, every certificate is refused: OSFT_E_CERT_TIME.
 *          2. With floor_s, a certificate that ended before it is refused. Whether the certificate
 *             has begun cannot be judged, and is not.
 *          3. The client sends a request without a valid date, which is worth nothing to whoever
 *             reads it. The service refuses it and says what time it is.
 *          4. learn_utc believes that time only when it is not before floor_s, and when the chain
 *             that this connection was verified with is valid at it. When it is not believed, the
 *             next connection is refused.
 *          5. A believed time is given to the lower port's learn_utc. Where there is none, it is
 *             counted on here by ticks_ms, as long as utc_s is asked at least every 49 days.
 *          6. The next connection is judged by that time, in full.
 *          What remains: whoever holds the key of a certificate that ended after floor_s can
 *          mislead such a device. The later floor_s is, the better: save the time now and then, and
 *          start from it.
 * session: after a good connection its session is kept, and offered to the same host and TCP port
 *          at the next: no certificates, half the round trips, a hundredth of the arithmetic. It is
 *          offered only while the chain that was checked is valid by the clock, for
 *          OSFT_TLS_SESSION_S at most, and under the same roots and pins; a connection that was
 *          judged by floor_s alone leaves none. Each session is offered once. When that handshake
 *          fails, the session is gone, and a failure of TLS in it is OSFT_E_IO, because it may go
 *          well without the session.
 * results: OSFT_E_CERT (see verify_flags), OSFT_E_CERT_TIME, OSFT_E_TLS; OSFT_E_CUT when the stream
 *          ended without TLS saying so; a failure of the lower port comes through as it is.
 * blocks:  never; but a step of the handshake computes for as long as its cryptography takes.
 * memory:  the struct is the caller's, and better static: mbedTLS's configuration decides its size
 *          (4 KB with that of 3.6, 40 KB with Debian's 2.28, most of it for an entropy source).
 *          Sessions, pins and time take 0.3 KB of it, and 0.3 more with TLS 1.3. mbedTLS itself
 *          allocates: between open and close; for roots; and for the session its ticket (some 200
 *          bytes; the server decides) and, unless built without MBEDTLS_SSL_KEEP_PEER_CERTIFICATE,
 *          the server's certificate.
 * threads: one at a time for each struct; any number of structs. With osft_tls_arena.h all structs
 *          share one arena: one thread at a time for all of them.
 */
#ifndef OSFT_TLS_H
#define OSFT_TLS_H

#include "osft_port.h"
#include "osft_port_tools.h"

#include "mbedtls/version.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509_crt.h"

/* From 4.0 on mbedTLS draws on PSA's generator alone. */
#if MBEDTLS_VERSION_NUMBER < 0x04000000
#define OSFT_TLS_OWN_GENERATOR 1
#include "mbedtls/ctr_drbg.h"
#else
#define OSFT_TLS_OWN_GENERATOR 0
#endif

#if OSFT_TLS_OWN_GENERATOR && defined(MBEDTLS_ENTROPY_C) && !defined(MBEDTLS_NO_PLATFORM_ENTROPY)
#define OSFT_TLS_PLATFORM_ENTROPY 1
#include "mbedtls/entropy.h"
#else
#define OSFT_TLS_PLATFORM_ENTROPY 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Fill buffer with len bytes that nobody can guess. Returns 0, or not 0 when it cannot. */
typedef int osft_tls_entropy(void *ctx, unsigned char *buffer, size_t len);

/* How long after its certificates were checked a session is offered; seconds. RFC 5246, F.1.4. */
#ifndef OSFT_TLS_SESSION_S
#define OSFT_TLS_SESSION_S 86400
#endif

/* How many pins can be set: the key in use and its successor. RAM: 32 bytes each. */
#ifndef OSFT_TLS_PINS
#define OSFT_TLS_PINS 2
#endif

/* In verify_flags, where mbedTLS has no flag: name constraints of an authority exclude the host. */
#define OSFT_TLS_BADCERT_CONSTRAINTS UINT32_C(0x01000000)

/* private: what the session was made with, and is bound to */
struct osft_tls_session_info {
    int64_t valid_from, valid_until; /* when its chain is valid, UTC seconds */
    uint8_t host[32];                /* SHA-256 of the host */
    uint32_t tcp_port;
    uint32_t magic; /* only when saved */
};

struct osft_tls {
    struct osft_port port; /* its code: mbedTLS's error, or the lower port's code */
    /* MBEDTLS_X509_BADCERT_* of the last OSFT_E_CERT or OSFT_E_CERT_TIME, which osft_tls_cause()
     * says in words. Set here: MBEDTLS_X509_BADCERT_OTHER, no pin matches, and
     * OSFT_TLS_BADCERT_CONSTRAINTS. */
    uint32_t verify_flags;
    uint8_t resumed; /* 1: the last connection resumed a session */
    /* The time is at least this, UTC seconds: when the firmware was built, or a saved time. Set it
     * after init; 0: not known. */
    int64_t floor_s;

    /* private */
    const struct osft_port *lower;
    size_t unsent_len; /* how many bytes of the caller's are in a record that is not sent yet */
    mbedtls_ssl_context ssl;
    mbedtls_ssl_session session;               /* for the next connection, when session_stored */
    struct osft_tls_session_info session_info; /* of the stored session, or of this connection */
    struct osft_learned_clock clock;           /* for a lower port that cannot learn the time */
    uint8_t pins[OSFT_TLS_PINS][32], pin_count;
    mbedtls_ssl_config conf;
    mbedtls_x509_crt ca;
#if OSFT_TLS_OWN_GENERATOR
    mbedtls_ctr_drbg_context drbg;
#endif
#if OSFT_TLS_PLATFORM_ENTROPY
    mbedtls_entropy_context entropy;
#endif
    int32_t code;
    int result;      /* why the connection is dead */
    int lower_error; /* what the lower port failed with */
    int send_error;  /* what it failed with when it sent; bytes may be received all the same */
    uint8_t ip[16], ip_len;
    uint8_t state, is_configured;
    uint8_t handshake_wants, send_wants, recv_wants; /* what each must wait for; see osft_tls.c */
    uint8_t output_pending; /* mbedTLS has bytes that the lower port did not take */
    uint8_t input_blocked;  /* the lower port had no bytes for mbedTLS */
    uint8_t lower_ended;    /* the lower port's stream has ended */
    uint8_t saw_certificate, certificate_is_good, time_is_unknown; /* of this connection's chain */
    uint8_t handshake_done;
    uint8_t session_offered, session_stored, session_may_be_kept, got_ticket;
    uint8_t told_impossible_time; /* by the last server */
    uint8_t alert;                /* the number of the fatal alert that the server sent; 0: none */
    uint8_t refused_depth;        /* which certificate was refused; see osft_tls_internal.h */
    uint8_t without_tls13;        /* for this server; see osft_tls_offer.c */
};

/* Make a TLS port over lower.
 * entropy:  seeds the generator of TLS's keys. NULL: mbedTLS's sources on this platform; where it
 *           is built without any (MBEDTLS_NO_PLATFORM_ENTROPY), NULL is OSFT_E_RANDOM. TLS 1.3 also
 *           draws on PSA's generator: there MBEDTLS_ENTROPY_HARDWARE_ALT feeds both. With mbedTLS
 *           4 there is only PSA's, and a source given here is OSFT_E_RANDOM.
 * lifetime: *tls must not move; lower and entropy_ctx must outlive it. End with osft_tls_free(),
 *           also when this failed.
 * returns:  0, OSFT_E_RANDOM or OSFT_E_TLS */
int osft_tls_init(struct osft_tls *tls, const struct osft_port *lower, osft_tls_entropy *entropy,
                  void *entropy_ctx);
/* Close, give all memory back, wipe all keys. Harmless when called twice. */
void osft_tls_free(struct osft_tls *tls);

/* Trust one more root: DER (one certificate) or PEM (any number; then len counts a final NUL).
 * Without any, no server is trusted. Certificates of a bundle that mbedTLS cannot read are skipped,
 * if at least one is good. Call it between init and open.
 * buffers: data is copied
 * returns: 0, or OSFT_E_CERT with mbedTLS's error in *tls->port.code */
int osft_tls_ca(struct osft_tls *tls, const void *data, size_t len);

/* The same for one root as DER that is not copied, as it lies in flash: it must outlive tls. */
int osft_tls_ca_static(struct osft_tls *tls, const void *der, size_t len);

/* The same from a PEM or DER file, or from all files of a folder, but not of folders in it. They
 * need mbedTLS with MBEDTLS_FS_IO, and are an object of their own. */
int osft_tls_ca_file(struct osft_tls *tls, const char *path);
int osft_tls_ca_dir(struct osft_tls *tls, const char *path);

/* Why one of these has just failed, in words. In the object of osft_tls_cause().
 * returns: a text that stays */
const char *osft_tls_ca_cause(const struct osft_tls *tls);

/* Beside all other checks, accept only servers with this public key: the SHA-256 of the
 * certificate's SubjectPublicKeyInfo, as port/README.md prints it. With several pins, one must
 * match; a server with another key is OSFT_E_CERT with MBEDTLS_X509_BADCERT_OTHER. Call it between
 * init and open.
 * returns: 0, or OSFT_E_FULL: there are OSFT_TLS_PINS already */
int osft_tls_pin(struct osft_tls *tls, const uint8_t sha256[32]);

/* What made open, send or recv return this result, the last that was not 0 or 1, in words: such as
 * "the server's certificate has expired". To be called until the next open. An object of its own.
 * returns: a text that stays; NULL when it was not TLS that failed (the lower port's result) */
const char *osft_tls_cause(const struct osft_tls *tls, int result);

/* When the last server's certificates were valid, to be shown with OSFT_E_CERT_TIME. UTC seconds.
 */
struct osft_tls_validity {
    int64_t from_s, until_s; /* all of the chain at once; from_s may be later than until_s */
    int64_t now_s;           /* what time it is by the port's clock; < 0: it is not known */
};
/* Fill in *validity. To be called until the next open.
 * returns: 1; 0: no certificate was seen */
int osft_tls_get_validity(const struct osft_tls *tls, struct osft_tls_validity *validity);

/* Forget the session, and wipe it. So do osft_tls_free(), a new root, and a new pin. */
void osft_tls_session_drop(struct osft_tls *tls);

/* Write the session as bytes, to be given back after a deep sleep or a restart: with version,
 * checksum, host, and whom it trusts. They hold KEYS, and who can write them decides whom to trust:
 * keep them where nobody else reads or writes, and wipe them after use. Best called after close: in
 * a connection that is still open, with TLS 1.3, there may be no session yet. An object of its own.
 * units:   240 bytes and the ticket (with mbedTLS's own server 150); with TLS 1.2 also the server's
 *          certificate, where mbedTLS keeps that
 * returns: bytes written; when that is more than room, how many are needed, and nothing was
 *          written; 0: there is no session */
size_t osft_tls_session_save(struct osft_tls *tls, void *buffer, size_t room);
/* Read a saved session. Call it when roots and pins are set as they were then, before open. A TLS
 * 1.3 session is also bound to mbedtls_ms_time(): it is offered only where that goes on over the
 * sleep.
 * returns: 0; OSFT_E_SAVED, and there is no session: the bytes are damaged, of another version of
 *          this or of mbedTLS, or made under other roots or pins; or OSFT_E_STATE: a connection is
 *          open */
int osft_tls_session_load(struct osft_tls *tls, const void *saved, size_t len);

#ifdef __cplusplus
}
#endif
#endif
