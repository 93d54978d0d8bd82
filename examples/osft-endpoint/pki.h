/* SPDX-License-Identifier: Apache-2.0 */
/* Making certificates for osft-endpoint and for tests: a root, and a server certificate signed by
 * it. Test-only: the private keys live for one run. */
#ifndef PKI_H
#define PKI_H

#include <stddef.h>
#include <stdint.h>

struct pki_options {
    const char *names;  /* comma-separated DNS names and IP addresses for subjectAltName */
    int64_t not_before; /* seconds since 1970 UTC, of the server certificate */
    int64_t not_after;
    int rsa;       /* 0: ECDSA P-256 throughout; 1: RSA 2048 throughout */
    int is_client; /* 1: a client's certificate instead of a server's */
};

struct pki {
    char ca_pem[4096], cert_pem[4096], key_pem[4096]; /* NUL-terminated PEM */
    unsigned char ca_der[2048];
    size_t ca_der_len;
};

/* Set the defaults: localhost,127.0.0.1,::1; valid from a day ago to a year ahead; ECDSA. */
void pki_defaults(struct pki_options *o);
/* Make the certificates. Returns 0, or the mbedTLS error. */
int pki_make(struct pki *p, const struct pki_options *o);

#endif
