/* SPDX-License-Identifier: Apache-2.0 */
/* TLS by mbedTLS (2.28 or 3.6) as a transport over a transport: takes a port, makes a port.
 *
 *     struct osft_tls tls;
 *     err = osft_tls_init(&tls, &net.port, NULL, NULL);
 *     err = osft_tls_ca_file(&tls, "/etc/ssl/certs/ca-certificates.crt");
 *     ... a client with &tls.port ...
 *     osft_tls_free(&tls);
 *
 * checks:  TLS 1.2 or newer, the certificate's chain, name and validity time: always; nothing here
 *          turns one off. The name is the host that open is given; an address must stand in the
 *          certificate as an address. The time is the lower port's utc_s, or the C library's where
 *          the port does not know it. Ciphers and curves are mbedTLS's default preset.
 * results: OSFT_E_CERT (see verify_flags), OSFT_E_CERT_TIME, OSFT_E_TLS, OSFT_E_CUT when the stream
 *          ended without TLS saying so; a failure of the lower port comes through as it is.
 * blocks:  never; but a step of the handshake computes for as long as its cryptography takes.
 * memory:  the struct is the caller's, and better static: mbedTLS's configuration decides its size (3
 *          KB with 3.6's own, 40 KB with Debian's 2.28, most of it that one's entropy source).
 *          mbedTLS itself allocates, between open and close and for roots.
 * threads: one at a time for each struct.
 */
#ifndef OSFT_TLS_H
#define OSFT_TLS_H

#include "osft_port.h"

#include "mbedtls/version.h"
#include "mbedtls/ctr_drbg.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509_crt.h"

#if defined(MBEDTLS_ENTROPY_C) && !defined(MBEDTLS_NO_PLATFORM_ENTROPY)
#define OSFT_TLS_PLATFORM_ENTROPY 1
#include "mbedtls/entropy.h"
#else
#define OSFT_TLS_PLATFORM_ENTROPY 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Fill dst with len bytes that nobody can guess; 0, or not 0 when it cannot. */
typedef int osft_tls_entropy(void *ctx, unsigned char *dst, size_t len);

struct osft_tls {
    struct osft_port port; /* its code: mbedTLS's error, or the lower port's code */
    uint32_t verify_flags; /* MBEDTLS_X509_BADCERT_* of the last OSFT_E_CERT or OSFT_E_CERT_TIME */

    /* private */
    const struct osft_port *lower;
    size_t unsent; /* bytes that send could not finish: mbedTLS wants to see them again */
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config conf;
    mbedtls_x509_crt ca;
    mbedtls_ctr_drbg_context drbg;
#if OSFT_TLS_PLATFORM_ENTROPY
    mbedtls_entropy_context entropy;
#endif
    int32_t code;
    int result;      /* why the connection is dead */
    int lower_error; /* what the lower port failed with */
    uint8_t ip[16], ip_len;
    uint8_t state, want, ready, verified, lower_eof, flush;
};

/* Make a TLS transport over lower.
 * entropy:  seeds the generator of TLS's keys. NULL: mbedTLS's sources on this platform; where it is
 *           built without any (MBEDTLS_NO_PLATFORM_ENTROPY), NULL is OSFT_E_RANDOM. TLS 1.3 also
 *           draws on PSA's generator: there MBEDTLS_ENTROPY_HARDWARE_ALT feeds both.
 * lifetime: *t must not move; lower and entropy_ctx must outlive it. End with osft_tls_free(),
 *           also when this failed.
 * returns:  0, OSFT_E_RANDOM or OSFT_E_TLS */
int osft_tls_init(struct osft_tls *t, const struct osft_port *lower, osft_tls_entropy *entropy,
                  void *entropy_ctx);
/* Close, give all memory back, wipe all keys. Harmless when called twice. */
void osft_tls_free(struct osft_tls *t);

/* Trust one more root: DER (one certificate) or PEM (any number; then len counts a final NUL).
 * Without any, no server is trusted. A bundle's certificates that mbedTLS cannot read are skipped,
 * if at least one is good. Call between init and open.
 * buffers: data is copied
 * returns: 0, or OSFT_E_CERT with mbedTLS's error in *t->port.code */
int osft_tls_ca(struct osft_tls *t, const void *data, size_t len);

/* The same from a PEM or DER file, or from all files of a folder (not of folders in it). They need
 * mbedTLS with MBEDTLS_FS_IO, and are an object of their own. */
int osft_tls_ca_file(struct osft_tls *t, const char *path);
int osft_tls_ca_dir(struct osft_tls *t, const char *path);

#ifdef __cplusplus
}
#endif
#endif
