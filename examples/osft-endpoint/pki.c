/* SPDX-License-Identifier: Apache-2.0 */
#include "pki.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include <mbedtls/asn1write.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#if defined(MBEDTLS_USE_PSA_CRYPTO)
#include <psa/crypto.h>
#endif

#define DAY            86400
#define ROOT_NAME      "CN=osft test root,O=osft"
#define SERVER_NAME    "CN=osft test server,O=osft"
/* The root is valid at every time that a test simulates, so that only the dates of the server
 * certificate matter. */
#define ROOT_FROM      "20000101000000"
#define ROOT_UNTIL     "20491231235959"
#define NAME_MAX_BYTES 255
#define SAN_MAX_BYTES  1024

struct maker {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_pk_context root_key, key;
};

void pki_defaults(struct pki_options *o)
{
    int64_t now = (int64_t)time(NULL);

    o->names = "localhost,127.0.0.1,::1";
    o->not_before = now - DAY;
    o->not_after = now + 365 * (int64_t)DAY;
    o->rsa = o->is_client = 0;
}

static int make_key(struct maker *m, mbedtls_pk_context *key, int rsa)
{
    mbedtls_pk_type_t type = rsa ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECKEY;
    int err = mbedtls_pk_setup(key, mbedtls_pk_info_from_type(type));

    if (err)
        return err;
    if (rsa)
        return mbedtls_rsa_gen_key(mbedtls_pk_rsa(*key), mbedtls_ctr_drbg_random, &m->random, 2048,
                                   65537);
    return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key),
                               mbedtls_ctr_drbg_random, &m->random);
}

/* Put one GeneralName in front of *p, as the ASN.1 writer of mbedTLS does. */
static int put_name(unsigned char **p, unsigned char *start, const char *name, size_t len)
{
    char text[NAME_MAX_BYTES + 1];
    unsigned char address[16];
    const unsigned char *value = address;
    size_t size = 0;
    int err, tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7; /* iPAddress */

    if (len == 0 || len > NAME_MAX_BYTES)
        return MBEDTLS_ERR_X509_BAD_INPUT_DATA;
    memcpy(text, name, len);
    text[len] = '\0';
    if (inet_pton(AF_INET, text, address) == 1)
        size = 4;
    else if (inet_pton(AF_INET6, text, address) == 1)
        size = 16;
    if (size == 0) {
        tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2; /* dNSName */
        value = (const unsigned char *)text;
        size = len;
    }
    err = mbedtls_asn1_write_raw_buffer(p, start, value, size);
    if (err >= 0)
        err = mbedtls_asn1_write_len(p, start, size);
    if (err >= 0)
        err = mbedtls_asn1_write_tag(p, start, (unsigned char)tag);
    return err < 0 ? err : 0;
}

/* Set subjectAltName. The DER is made here, as mbedTLS 2.28 has no writer for this extension. */
static int set_names(mbedtls_x509write_cert *crt, const char *names)
{
    unsigned char der[SAN_MAX_BYTES];
    unsigned char *p = der + sizeof(der);
    const char *end = names + strlen(names);
    int err;

    for (;;) {
        const char *from = end;

        while (from > names && from[-1] != ',')
            from--;
        err = put_name(&p, der, from, (size_t)(end - from));
        if (err)
            return err;
        if (from == names)
            break;
        end = from - 1;
    }
    err = mbedtls_asn1_write_len(&p, der, (size_t)(der + sizeof(der) - p));
    if (err >= 0)
        err = mbedtls_asn1_write_tag(&p, der, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
    if (err < 0)
        return err;
    return mbedtls_x509write_crt_set_extension(crt, MBEDTLS_OID_SUBJECT_ALT_NAME,
                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0, p,
                                               (size_t)(der + sizeof(der) - p));
}

static int set_use(mbedtls_x509write_cert *crt, int rsa, int is_client)
{
    /* SEQUENCE of one OID: id-kp-serverAuth, or id-kp-clientAuth */
    unsigned char use[] = {
        0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01
    };
    unsigned bits =
        MBEDTLS_X509_KU_DIGITAL_SIGNATURE | (rsa ? MBEDTLS_X509_KU_KEY_ENCIPHERMENT : 0U);
    int err = mbedtls_x509write_crt_set_key_usage(crt, bits);

    if (err)
        return err;
    if (is_client)
        use[sizeof(use) - 1] = 0x02;
    return mbedtls_x509write_crt_set_extension(crt, MBEDTLS_OID_EXTENDED_KEY_USAGE,
                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE), 0,
                                               use, sizeof(use));
}

static int set_serial(mbedtls_x509write_cert *crt, mbedtls_ctr_drbg_context *random)
{
    unsigned char serial[16];
    int err = mbedtls_ctr_drbg_random(random, serial, sizeof(serial));

    if (err)
        return err;
    serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40); /* positive, of the same length */
#if MBEDTLS_VERSION_NUMBER >= 0x03040000
    return mbedtls_x509write_crt_set_serial_raw(crt, serial, sizeof(serial));
#else
    {
        mbedtls_mpi number;

        mbedtls_mpi_init(&number);
        err = mbedtls_mpi_read_binary(&number, serial, sizeof(serial));
        if (!err)
            err = mbedtls_x509write_crt_set_serial(crt, &number);
        mbedtls_mpi_free(&number);
        return err;
    }
#endif
}

/* Set what the root and the server certificate have in common. */
static int set_common(mbedtls_x509write_cert *crt, struct maker *m, mbedtls_pk_context *subject)
{
    int err;

    mbedtls_x509write_crt_set_version(crt, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(crt, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(crt, subject);
    mbedtls_x509write_crt_set_issuer_key(crt, &m->root_key);
    err = mbedtls_x509write_crt_set_issuer_name(crt, ROOT_NAME);
    if (!err)
        err = set_serial(crt, &m->random);
    if (!err)
        err = mbedtls_x509write_crt_set_basic_constraints(crt, subject == &m->root_key, -1);
#if defined(MBEDTLS_SHA1_C)
    if (!err)
        err = mbedtls_x509write_crt_set_subject_key_identifier(crt);
    if (!err)
        err = mbedtls_x509write_crt_set_authority_key_identifier(crt);
#endif
    return err;
}

/* Sign the certificate and write it as DER and as PEM. */
static int write_certificate(mbedtls_x509write_cert *crt, struct maker *m, unsigned char *der,
                             size_t der_size, size_t *der_len, char *pem, size_t pem_size)
{
    size_t used;
    int len = mbedtls_x509write_crt_der(crt, der, der_size, mbedtls_ctr_drbg_random, &m->random);

    if (len < 0)
        return len;
    *der_len = (size_t)len;
    memmove(der, der + der_size - *der_len, *der_len); /* mbedTLS writes at the end of the buffer */
    return mbedtls_pem_write_buffer("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n",
                                    der, *der_len, (unsigned char *)pem, pem_size, &used);
}

static int make_root(struct pki *p, struct maker *m)
{
    mbedtls_x509write_cert crt;
    int err;

    mbedtls_x509write_crt_init(&crt);
    err = set_common(&crt, m, &m->root_key);
    if (!err)
        err = mbedtls_x509write_crt_set_subject_name(&crt, ROOT_NAME);
    if (!err)
        err = mbedtls_x509write_crt_set_validity(&crt, ROOT_FROM, ROOT_UNTIL);
    if (!err)
        err = mbedtls_x509write_crt_set_key_usage(&crt, MBEDTLS_X509_KU_KEY_CERT_SIGN |
                                                            MBEDTLS_X509_KU_CRL_SIGN);
    if (!err)
        err = write_certificate(&crt, m, p->ca_der, sizeof(p->ca_der), &p->ca_der_len, p->ca_pem,
                                sizeof(p->ca_pem));
    mbedtls_x509write_crt_free(&crt);
    return err;
}

static int set_validity(mbedtls_x509write_cert *crt, int64_t from_s, int64_t until_s)
{
    time_t edges[2] = { (time_t)from_s, (time_t)until_s };
    char text[2][16];
    int i;

    for (i = 0; i < 2; i++) {
        struct tm tm;

        if (!gmtime_r(&edges[i], &tm) || tm.tm_year < -1900 + 1 || tm.tm_year > 9999 - 1900 ||
            strftime(text[i], sizeof(text[i]), "%Y%m%d%H%M%S", &tm) != 14)
            return MBEDTLS_ERR_X509_INVALID_DATE;
    }
    return mbedtls_x509write_crt_set_validity(crt, text[0], text[1]);
}

static int make_server(struct pki *p, struct maker *m, const struct pki_options *o)
{
    unsigned char der[sizeof(p->ca_der)];
    mbedtls_x509write_cert crt;
    size_t len;
    int err;

    mbedtls_x509write_crt_init(&crt);
    err = set_common(&crt, m, &m->key);
    if (!err)
        err = mbedtls_x509write_crt_set_subject_name(&crt, SERVER_NAME);
    if (!err)
        err = set_validity(&crt, o->not_before, o->not_after);
    if (!err)
        err = set_names(&crt, o->names);
    if (!err)
        err = set_use(&crt, o->rsa, o->is_client);
    if (!err)
        err = write_certificate(&crt, m, der, sizeof(der), &len, p->cert_pem, sizeof(p->cert_pem));
    mbedtls_x509write_crt_free(&crt);
    return err;
}

int pki_make(struct pki *p, const struct pki_options *o)
{
    static const unsigned char label[] = "osft test pki";
    struct maker m;
    int err = 0;

    memset(p, 0, sizeof(*p));
    mbedtls_entropy_init(&m.entropy);
    mbedtls_ctr_drbg_init(&m.random);
    mbedtls_pk_init(&m.root_key);
    mbedtls_pk_init(&m.key);
#if defined(MBEDTLS_USE_PSA_CRYPTO)
    if (psa_crypto_init() != PSA_SUCCESS)
        err = MBEDTLS_ERR_X509_FATAL_ERROR;
#endif
    if (!err)
        err = mbedtls_ctr_drbg_seed(&m.random, mbedtls_entropy_func, &m.entropy, label,
                                    sizeof(label) - 1);
    if (!err)
        err = make_key(&m, &m.root_key, o->rsa);
    if (!err)
        err = make_key(&m, &m.key, o->rsa);
    if (!err)
        err = make_root(p, &m);
    if (!err)
        err = make_server(p, &m, o);
    if (!err)
        err = mbedtls_pk_write_key_pem(&m.key, (unsigned char *)p->key_pem, sizeof(p->key_pem));
    mbedtls_pk_free(&m.key);
    mbedtls_pk_free(&m.root_key);
    mbedtls_ctr_drbg_free(&m.random);
    mbedtls_entropy_free(&m.entropy);
    return err;
}
