/* SPDX-License-Identifier: Apache-2.0 */
/* TLS by mbedTLS (2.28 or 3.6), as a port over a port.
 *
 *     struct osft_tls tls;
 *     result = osft_tls_init(&tls, &sockets.port, NULL, NULL);
 *     result = osft_tls_ca_file(&tls, "/etc/ssl/certs/ca-certificates.crt");
 *     ... a client with &tls.port ...
 *     osft_tls_free(&tls);
 *
 * checks:  every connection is checked: TLS 1.2 or newer, and the certificate's chain, name and
 *          validity time. No option turns a check off. The certificate's subjectAltName must
 *          contain the name or IP address that open is given; a common name never counts.
 *          osft_tls_offer.c lists the ciphers, groups, signatures and keys that are accepted, the
 *          same with every mbedTLS. Each authority in the chain must be allowed to vouch for TLS
 *          servers (extended key usage), and for this name (name constraints). osft_tls_pin() adds
 *          one check.
 * unchecked: two things are not checked: whether a certificate was revoked (no CRL, no OCSP), and
 *            certificate policies. Therefore somebody who has stolen a server's key can impersonate
 *            the server until its certificate ends; a pin of this key does not help, but a pin of a
 *            new key does. mbedTLS refuses a chain in which name constraints are marked critical,
 *            as RFC 5280 requires, with OSFT_E_CERT. mbedTLS 3.6 refuses the KeyUpdate of TLS 1.3,
 *            which servers send after gigabytes: the connection ends with OSFT_E_TLS, and the next
 *            call connects anew.
 * reconnects: with mbedTLS 3.6.6 or 4.1.0 open may connect, close and connect again, when a server
 *             uses a signature that these versions offer and then refuse; README.md has the reason.
 * host:    the final dot of a name, and the zone of an IPv6 address, are given to the lower port
 *          only; they are not sent to the server, and not compared with certificates. An IP address
 *          is not sent as a server name.
 * time:    certificates are checked by the lower port's utc_s, never by the C library's clock. A
 *          root that has expired does no harm when its renewal, a root of the same name and key, is
 *          also trusted. A time before floor_s is rejected, and counts as not known. A device that
 *          does not know the time learns it in these steps: 1. Without floor_s, every certificate
 *          is refused: OSFT_E_CERT_TIME. 2. With floor_s, a certificate that ended before it is
 *          refused. Whether the certificate is valid already is not checked, because this cannot be
 *          known. 3. The client sends a request dated 1970; whoever intercepts it cannot use it.
 *          The service refuses the request, and its response tells the time. 4. learn_utc accepts
 *          this time only when it is not before floor_s, and when the chain of this connection is
 *          valid at this time. When learn_utc rejects the time, the next connection is refused.
 *          5. An accepted time is given to the lower port's learn_utc. If that is NULL, this port
 *          counts on from the time by ticks_ms, as long as utc_s is called at least every 49 days.
 *          6. The next connection is checked in full, by this time. One attack remains possible:
 *          somebody who holds the key of a certificate that ended after floor_s can mislead such a
 *          device about the time. A later floor_s is better, so save the time now and then, and use
 *          it as floor_s.
 * session: after a good connection the session is kept, and offered when the next connection goes
 *          to the same host and TCP port. A resumed session needs no certificates, half the round
 *          trips and a hundredth of the arithmetic. A session is offered only while the chain that
 *          was checked is valid by the clock, for OSFT_TLS_SESSION_S at most, and with the same
 *          roots and pins; a connection that was checked by floor_s alone leaves no session. Each
 *          session is offered once. When the handshake that offers it fails, the session is
 *          dropped, and an error of TLS is OSFT_E_IO, because a retry without the session may
 *          succeed.
 * results: OSFT_E_CERT (see verify_flags), OSFT_E_CERT_TIME, OSFT_E_TLS; OSFT_E_CUT when the stream
 *          ended without TLS's close_notify; an error of the lower port is passed on as it is.
 * blocks:  never, but a step of the handshake computes for as long as its cryptography takes.
 * memory:  the struct is the caller's, and better static (3 KB with the usual configurations).
 *          Sessions, pins and time take 0.3 KB of the struct, and 0.3 more with TLS 1.3. mbedTLS
 *          itself allocates memory between open and close, for roots, and for the session: its
 *          ticket (some 200 bytes; the server decides) and, unless built without
 *          MBEDTLS_SSL_KEEP_PEER_CERTIFICATE, the server's certificate.
 * stack:   seeding the generator from the platform, in osft_tls_init() and after thousands of
 *          connections again, takes 40 KB with Debian's mbedTLS 2.28, and 1 KB with 3.6.
 * threads: one at a time for each struct; any number of structs. With osft_tls_arena.h all structs
 *          share one arena: one thread at a time for all of them, or a lock around its functions,
 *          as port/freertos has it.
 */
#ifndef OSFT_TLS_H
#define OSFT_TLS_H

#include "osft_port.h"
#include "osft_port_tools.h"

#include "mbedtls/version.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509_crt.h"

/* From 4.0 on, mbedTLS uses PSA's generator only. */
#if MBEDTLS_VERSION_NUMBER < 0x04000000
#define OSFT_TLS_OWN_GENERATOR 1
#include "mbedtls/ctr_drbg.h"
#else
#define OSFT_TLS_OWN_GENERATOR 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Fills buffer with len bytes that nobody can guess. Returns 0; not 0 on failure. */
typedef int osft_tls_entropy(void *ctx, unsigned char *buffer, size_t len);

/* How long a session is offered after its certificates were checked; seconds (RFC 5246, F.1.4). */
#ifndef OSFT_TLS_SESSION_S
#define OSFT_TLS_SESSION_S 86400
#endif

/* How many pins can be set: for the key in use and its successor. RAM: 32 bytes each. */
#ifndef OSFT_TLS_PINS
#define OSFT_TLS_PINS 2
#endif

/* A bit of verify_flags that mbedTLS does not have: name constraints of an authority exclude the
 * host. */
#define OSFT_TLS_BADCERT_CONSTRAINTS UINT32_C(0x01000000)

/* private: the connection that the session belongs to */
struct osft_tls_session_info {
    int64_t valid_from, valid_until; /* when the server's chain is valid, UTC seconds */
    uint8_t host[32];                /* SHA-256 of the host */
    uint32_t tcp_port;
    uint32_t magic; /* set in saved bytes only */
};

struct osft_tls {
    struct osft_port port; /* *port.code: mbedTLS's error, or the lower port's code */
    /* The MBEDTLS_X509_BADCERT_* bits of the last OSFT_E_CERT or OSFT_E_CERT_TIME, which
     * osft_tls_cause() describes. This port sets two of them itself: MBEDTLS_X509_BADCERT_OTHER
     * when no pin matches, and OSFT_TLS_BADCERT_CONSTRAINTS. */
    uint32_t verify_flags;
    uint8_t resumed; /* 1: the last connection resumed a session */
    /* A time that has passed already, UTC seconds: the build time of the firmware, or a saved time.
     * Set it after init; 0: not known. */
    int64_t floor_s;

    /* private */
    const struct osft_port *lower;
    size_t unsent_len; /* number of the caller's bytes in a record that is not sent yet */
    mbedtls_ssl_context ssl;
    mbedtls_ssl_session session;               /* for the next connection, if session_stored is 1 */
    struct osft_tls_session_info session_info; /* of the stored session, or of this connection */
    struct osft_learned_clock clock;           /* for a lower port that cannot learn the time */
    uint8_t pins[OSFT_TLS_PINS][32], pin_count;
    mbedtls_ssl_config conf;
    mbedtls_x509_crt ca;     /* the roots that were loaded into this struct */
    mbedtls_x509_crt *roots; /* the roots to trust: ca, or those of another struct */
#if OSFT_TLS_OWN_GENERATOR
    mbedtls_ctr_drbg_context drbg;
#endif
    int32_t code;
    int result;      /* the error that ended the connection */
    int lower_error; /* the lower port's error */
    int send_error;  /* the lower port's error in send; bytes may still be received */
    uint8_t ip[16], ip_len;
    uint8_t state, is_configured;
    uint8_t handshake_wants, send_wants, recv_wants; /* the events that the handshake, send and recv
                                                      * wait for; see osft_tls.c */
    uint8_t output_pending; /* mbedTLS holds bytes that the lower port has not taken */
    uint8_t input_blocked;  /* the lower port had no bytes for mbedTLS */
    uint8_t lower_ended;    /* the lower port's stream has ended */
    uint8_t saw_certificate, certificate_is_good, time_is_unknown; /* of this connection's chain */
    uint8_t handshake_done;
    uint8_t session_offered, session_stored, session_may_be_kept, got_ticket;
    uint8_t told_impossible_time; /* the last server told a time that was rejected */
    uint8_t alert;                /* the number of the fatal alert that the server sent; 0: none */
    uint8_t refused_depth;        /* depth of the certificate that was refused; see
                                   * osft_tls_internal.h */
    uint8_t without_tls13;        /* 1: this server is not offered TLS 1.3; see osft_tls_offer.c */
};

/* Make a TLS port over lower.
 * entropy:  seeds the generator of TLS's keys. NULL: mbedTLS's sources on this platform; if mbedTLS
 *           is built without any (MBEDTLS_NO_PLATFORM_ENTROPY), NULL gives OSFT_E_RANDOM. TLS 1.3
 *           also uses PSA's generator: there MBEDTLS_ENTROPY_HARDWARE_ALT seeds both. mbedTLS 4 has
 *           only PSA's generator, and a source given here gives OSFT_E_RANDOM.
 * lifetime: *tls must not move; lower and entropy_ctx must outlive it. Call osft_tls_free() at the
 *           end, also when this fails.
 * returns:  0, OSFT_E_RANDOM or OSFT_E_TLS */
int osft_tls_init(struct osft_tls *tls, const struct osft_port *lower, osft_tls_entropy *entropy,
                  void *entropy_ctx);
/* Close the connection, free all memory, and wipe all keys. Harmless when called twice. */
void osft_tls_free(struct osft_tls *tls);

/* Trust one more root: DER (one certificate) or PEM (any number; then len counts a final NUL).
 * Without a root, no server is trusted. Certificates of a bundle that mbedTLS cannot read are
 * skipped, if at least one can be read. Call this between init and open.
 * buffers: data is copied
 * returns: 0, or OSFT_E_CERT with mbedTLS's error in *tls->port.code */
int osft_tls_ca(struct osft_tls *tls, const void *data, size_t len);

/* Trust one more root as osft_tls_ca() does, from DER that is not copied, because it lies in flash:
 * it must outlive tls. */
int osft_tls_ca_static(struct osft_tls *tls, const void *der, size_t len);

/* Trust the roots of a PEM or DER file, or of all files in a folder, but not of folders within it.
 * These functions need mbedTLS with MBEDTLS_FS_IO. Only programs that call them link them. */
int osft_tls_ca_file(struct osft_tls *tls, const char *path);
int osft_tls_ca_dir(struct osft_tls *tls, const char *path);

/* Trust the roots of another struct instead of roots of one's own, so that many connections need
 * the memory for parsed roots only once. Roots that are loaded afterwards with one of the functions
 * above are trusted instead of the shared ones. Call it between init and open.
 * owner:    the struct whose roots are loaded; until osft_tls_free(tls), it must stay, and must
 *           load no other roots
 * threads:  one thread at a time for all structs that share roots */
void osft_tls_share_ca(struct osft_tls *tls, struct osft_tls *owner);

/* Describe in words why one of the functions above, which load roots, has just failed. A program
 * that calls this function also links osft_tls_cause().
 * returns: static text */
const char *osft_tls_ca_cause(const struct osft_tls *tls);

/* In addition to all other checks, accept only servers with this public key: the SHA-256 of the
 * certificate's SubjectPublicKeyInfo, as port/README.md prints it. With several pins, one must
 * match; a server with another key is OSFT_E_CERT with MBEDTLS_X509_BADCERT_OTHER. Call this
 * between init and open.
 * returns: 0, or OSFT_E_FULL: there are OSFT_TLS_PINS already */
int osft_tls_pin(struct osft_tls *tls, const uint8_t sha256[32]);

/* Describe why open, send or recv failed, such as "the server's certificate has expired". Call this
 * before the next open. Only programs that call this function link it.
 * result:  the last result of these functions that was not 0 or 1
 * returns: static text; NULL when the result came from the lower port, not from TLS */
const char *osft_tls_cause(const struct osft_tls *tls, int result);

/* When the last server's certificates are valid, to show with OSFT_E_CERT_TIME; UTC seconds. */
struct osft_tls_validity {
    int64_t from_s, until_s; /* when all of the chain is valid; from_s may be later than until_s */
    int64_t now_s;           /* the time of the port's clock; < 0: not known */
};
/* Fill in *validity. Call this before the next open.
 * returns: 1; 0: no certificate was seen */
int osft_tls_get_validity(const struct osft_tls *tls, struct osft_tls_validity *validity);

/* Drop the session, and wipe it. osft_tls_free(), a new root and a new pin do the same. */
void osft_tls_session_drop(struct osft_tls *tls);

/* Save the session as bytes, for osft_tls_session_load() after a deep sleep or a restart. The bytes
 * have a version, the host, and a checksum, which also covers roots and pins. The bytes contain
 * KEYS, and anybody who can write them decides which server is trusted: keep them where nobody else
 * can read or write, and wipe them after use. Call this after close, because with TLS 1.3 an open
 * connection may have no session yet. Only programs that call this function link it.
 * units:   240 bytes and the ticket (150 bytes with mbedTLS's own server); with TLS 1.2 also the
 *          server's certificate, if mbedTLS keeps it
 * returns: the number of bytes written. When it is more than room, nothing was written, and so many
 *          bytes are needed. 0: there is no session */
size_t osft_tls_session_save(struct osft_tls *tls, void *buffer, size_t room);
/* Load a saved session. Call this after setting the same roots and pins, before open. A TLS 1.3
 * session is also bound to mbedtls_ms_time(), and is offered only if this clock goes on during the
 * sleep.
 * returns: 0; OSFT_E_SAVED, and there is no session: the bytes are damaged, of another version of
 *          this port or of mbedTLS, or saved with other roots or pins; or OSFT_E_STATE: a
 *          connection is open */
int osft_tls_session_load(struct osft_tls *tls, const void *saved, size_t len);

#ifdef __cplusplus
}
#endif
#endif
