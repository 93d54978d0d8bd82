/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by PSA. Compiled only when mbedTLS is built with PSA. */
#include "mbedtls/version.h"

#ifdef MBEDTLS_PSA_CRYPTO_C
#include "osft_psa_sha256.h"

#include <string.h>

#ifdef MBEDTLS_PSA_CRYPTO_KEY_ID_ENCODES_OWNER
#error \
    "with MBEDTLS_PSA_CRYPTO_KEY_ID_ENCODES_OWNER, as in a PSA service, this file is for a client"
#endif

static int osft_psa_start_digest(void *ctx)
{
    struct osft_psa_sha256 *sha256 = ctx;

    (void)psa_hash_abort(&sha256->state); /* wipes an unfinished digest */
    return psa_hash_setup(&sha256->state, PSA_ALG_SHA_256) == PSA_SUCCESS ? OSFT_OK : OSFT_E_HASH;
}

static int osft_psa_update_digest(void *ctx, const void *bytes, size_t len)
{
    struct osft_psa_sha256 *sha256 = ctx;

    if (len == 0) {
        return OSFT_OK; /* bytes may be NULL then */
    }
    return psa_hash_update(&sha256->state, bytes, len) == PSA_SUCCESS ? OSFT_OK : OSFT_E_HASH;
}

static int osft_psa_finish_digest(void *ctx, uint8_t digest[32])
{
    struct osft_psa_sha256 *sha256 = ctx;
    size_t len = 0;
    psa_status_t status = psa_hash_finish(&sha256->state, digest, 32, &len);

    (void)psa_hash_abort(&sha256->state); /* wipes the state, also when the digest failed */
    return status == PSA_SUCCESS && len == 32 ? OSFT_OK : OSFT_E_HASH;
}

/* Import the secret as a key for one HMAC. Returns the key's id; 0: PSA has refused it. */
static psa_key_id_t osft_psa_import_key(const void *key, size_t len)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t id = 0;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
    psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    return psa_import_key(&attributes, key, len, &id) == PSA_SUCCESS ? id : 0;
}

static int osft_psa_make_hmac(void *ctx, const void *key, size_t key_len, const void *bytes,
                              size_t len, uint8_t mac[32])
{
    const struct osft_psa_sha256 *sha256 = ctx;
    psa_key_id_t id = sha256->key != 0 ? sha256->key : osft_psa_import_key(key, key_len);
    size_t mac_len = 0;

    if (id == 0) {
        return OSFT_E_HASH;
    }
    psa_status_t status =
        psa_mac_compute(id, PSA_ALG_HMAC(PSA_ALG_SHA_256), bytes, len, mac, 32, &mac_len);
    if (sha256->key == 0 && psa_destroy_key(id) != PSA_SUCCESS) {
        status = PSA_ERROR_CORRUPTION_DETECTED; /* the secret would stay in memory */
    }
    if (status != PSA_SUCCESS || mac_len != 32) {
        memset(mac, 0, 32);
        return OSFT_E_HASH;
    }
    return OSFT_OK;
}

int osft_psa_sha256_init(struct osft_psa_sha256 *sha256, psa_key_id_t key)
{
    static const psa_hash_operation_t no_digest = PSA_HASH_OPERATION_INIT;

    sha256->state = no_digest;
    sha256->key = key;
    sha256->hash.ctx = sha256;
    sha256->hash.start = osft_psa_start_digest;
    sha256->hash.update = osft_psa_update_digest;
    sha256->hash.finish = osft_psa_finish_digest;
    sha256->hash.hmac = osft_psa_make_hmac;
    return psa_crypto_init() == PSA_SUCCESS ? OSFT_OK : OSFT_E_HASH;
}
#else
extern int osft_psa_sha256_is_not_used; /* ISO C requires a declaration */
#endif
