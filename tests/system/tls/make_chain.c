/* SPDX-License-Identifier: Apache-2.0 */
/* Makes certificates with OpenSSL, also those that pki.h of the endpoint cannot make. */
#include "tls_matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

static const char *const curves[] = { "P-256", "P-384", "P-521", "P-192", "secp256k1" };

#define KEY_NUMBERS (CHAIN + 3)
static EVP_PKEY *keys[KEY_KINDS][KEY_NUMBERS];

void give_up(const char *what)
{
    printf("Bail out! %s\n", what);
    ERR_print_errors_fp(stdout);
    exit(1);
}

static EVP_PKEY *make_key(enum key_kind kind)
{
    switch (kind) {
    case RSA1024: return EVP_RSA_gen(1024);
    case RSA2048: return EVP_RSA_gen(2048);
    case RSA3072: return EVP_RSA_gen(3072);
    case RSA4096: return EVP_RSA_gen(4096);
    case ED25519: return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    default: return EVP_EC_gen(curves[kind]);
    }
}

/* Return the key of a certificate. Keys are made once, as making RSA keys takes long. */
static EVP_PKEY *get_key(const struct certificate *c, size_t place)
{
    size_t number = c->key_number != 0 ? (size_t)CHAIN + c->key_number - 1 : place;
    EVP_PKEY **key = &keys[c->key][number];

    if (*key == NULL) {
        *key = make_key(c->key);
    }
    if (*key == NULL) {
        give_up("no key could be made");
    }
    return *key;
}

void chain_forget_keys(void)
{
    for (size_t kind = 0; kind < KEY_KINDS; kind++) {
        for (size_t i = 0; i < KEY_NUMBERS; i++) {
            EVP_PKEY_free(keys[kind][i]);
            keys[kind][i] = NULL;
        }
    }
}

static void add_extension(X509 *x, int nid, const char *value)
{
    X509V3_CTX context;

    if (value == NULL || value[0] == '\0') {
        return;
    }
    X509V3_set_ctx(&context, x, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &context, nid, value);
    if (extension == NULL || X509_add_ext(x, extension, -1) != 1) {
        give_up(value);
    }
    X509_EXTENSION_free(extension);
}

/* Add an extension with the object identifier 1.2.3.4, which has no meaning. */
static void add_unknown_extension(X509 *x, const char *value)
{
    if (value != NULL) {
        X509_EXTENSION *extension = X509V3_EXT_nconf(NULL, NULL, "1.2.3.4", value);
        if (extension == NULL || X509_add_ext(x, extension, -1) != 1) {
            give_up(value);
        }
        X509_EXTENSION_free(extension);
    }
}

static void set_dates(X509 *x, const struct certificate *c)
{
    ASN1_TIME_set(X509_getm_notBefore(x),
                  (time_t)(NOW + (c->from_s != 0 ? c->from_s : -365 * DAY)));
    ASN1_TIME_set(X509_getm_notAfter(x),
                  (time_t)(NOW + (c->until_s != 0 ? c->until_s : 365 * DAY)));
}

static const char *or_usual(const char *value, const char *usual)
{
    return value != NULL ? value : usual;
}

static void set_extensions(X509 *x, const struct certificate *c, int is_server)
{
    add_extension(x, NID_basic_constraints,
                  or_usual(c->constraints, is_server ? "critical,CA:FALSE" : "critical,CA:TRUE"));
    add_extension(
        x, NID_key_usage,
        or_usual(c->use, is_server ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign"));
    add_extension(x, NID_ext_key_usage, or_usual(c->purpose, is_server ? "serverAuth" : ""));
    add_extension(x, NID_subject_alt_name, or_usual(c->names, is_server ? "DNS:" HOST : ""));
    add_extension(x, NID_name_constraints, c->limits);
    add_extension(x, NID_name_constraints, c->more_limits);
    add_unknown_extension(x, c->unknown);
}

static void sign(X509 *x, const struct certificate *c, EVP_PKEY *key)
{
    const EVP_MD *hash = EVP_get_digestbyname(or_usual(c->hash, "SHA256"));
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;
    int is_edwards = EVP_PKEY_is_a(key, "ED25519");

    if (hash == NULL || context == NULL ||
        EVP_DigestSignInit(context, &parameters, is_edwards ? NULL : hash, NULL, key) != 1 ||
        (c->is_pss &&
         (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
          EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1)) ||
        X509_sign_ctx(x, context) <= 0) {
        give_up("a certificate could not be signed");
    }
    EVP_MD_CTX_free(context);
    if (c->has_bad_signature) {
        const ASN1_BIT_STRING *signature;
        X509_get0_signature(&signature, NULL, x);
        signature->data[signature->length - 1] ^= 1;
    }
}

static void set_name(X509_NAME *name, const char *text)
{
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"tls-matrix", -1,
                               -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0);
}

/* Make a certificate. place: its place in the chain, 0 for a root. The issuer signs it with its
 * key; NULL: it is self-signed. */
static X509 *make(const struct certificate *c, size_t place, int is_server, const X509 *issuer,
                  EVP_PKEY *issuer_key)
{
    static long serial = 1000;
    X509 *x = X509_new();
    EVP_PKEY *key = get_key(c, place);
    char usual_name[32];

    if (x == NULL) {
        give_up("no certificate could be made");
    }
    snprintf(usual_name, sizeof usual_name, is_server ? "a server" : "authority %u",
             (unsigned)place);
    X509_set_version(x, c->is_version_1 ? X509_VERSION_1 : X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
    set_name(X509_get_subject_name(x), or_usual(c->subject, usual_name));
    X509_set_issuer_name(x,
                         issuer != NULL ? X509_get_subject_name(issuer) : X509_get_subject_name(x));
    X509_set_pubkey(x, key);
    set_dates(x, c);
    if (!c->is_version_1) {
        set_extensions(x, c, is_server);
    }
    sign(x, c, issuer_key != NULL ? issuer_key : key);
    return x;
}

void chain_make(struct made_chain *made, const struct chain *chain)
{
    memset(made, 0, sizeof *made);
    made->count = chain->count != 0 ? chain->count : 2;
    for (size_t i = 0; i < made->count; i++) {
        const struct certificate *c = &chain->certificates[i];

        made->keys[i] = get_key(c, i);
        made->certificates[i] =
            make(c, i, i + 1 == made->count, i > 0 ? made->certificates[i - 1] : NULL,
                 i > 0 ? made->keys[i - 1] : NULL);
    }
    for (size_t i = 0; i < chain->root_count; i++) {
        made->roots[i] = make(&chain->roots[i], 0, 0, NULL, NULL);
    }
}

void chain_free(struct made_chain *made)
{
    for (size_t i = 0; i < made->count; i++) {
        X509_free(made->certificates[i]);
    }
    for (size_t i = 0; i < ROOTS; i++) {
        X509_free(made->roots[i]);
    }
}
