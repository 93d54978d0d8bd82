/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by mbedTLS. Compiled only for mbedTLS before 4.0. */
#include "mbedtls/version.h"

#if MBEDTLS_VERSION_NUMBER < 0x04000000
#include "osft_mbedtls_sha256.h"

#include "mbedtls/md.h"

/* In 2.28 the functions that report errors have a suffix. */
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define OSFT_SHA256(verb) mbedtls_sha256_##verb##_ret
#else
#define OSFT_SHA256(verb) mbedtls_sha256_##verb
#endif

static int osft_mbedtls_start_digest(void *ctx)
{
    struct osft_mbedtls_sha256 *sha256 = ctx;
    mbedtls_sha256_free(&sha256->state); /* wipes an unfinished digest */
    mbedtls_sha256_init(&sha256->state);
    return OSFT_SHA256(starts)(&sha256->state, 0) == 0 ? OSFT_OK : OSFT_E_HASH;
}

static int osft_mbedtls_update_digest(void *ctx, const void *bytes, size_t len)
{
    struct osft_mbedtls_sha256 *sha256 = ctx;
    return OSFT_SHA256(update)(&sha256->state, bytes, len) == 0 ? OSFT_OK : OSFT_E_HASH;
}

static int osft_mbedtls_finish_digest(void *ctx, uint8_t digest[32])
{
    struct osft_mbedtls_sha256 *sha256 = ctx;
    int error = OSFT_SHA256(finish)(&sha256->state, digest);
    mbedtls_sha256_free(&sha256->state); /* wipes the state */
    return error == 0 ? OSFT_OK : OSFT_E_HASH;
}

static int osft_mbedtls_make_hmac(void *ctx, const void *key, size_t key_len, const void *bytes,
                                  size_t len, uint8_t mac[32])
{
    const mbedtls_md_info_t *md = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    (void)ctx;
    return mbedtls_md_hmac(md, key, key_len, bytes, len, mac) == 0 ? OSFT_OK : OSFT_E_HASH;
}

void osft_mbedtls_sha256_init(struct osft_mbedtls_sha256 *sha256)
{
    mbedtls_sha256_init(&sha256->state);
    sha256->hash.ctx = sha256;
    sha256->hash.start = osft_mbedtls_start_digest;
    sha256->hash.update = osft_mbedtls_update_digest;
    sha256->hash.finish = osft_mbedtls_finish_digest;
    sha256->hash.hmac = osft_mbedtls_make_hmac;
}
#else
extern int osft_mbedtls_sha256_is_not_used; /* ISO C requires a declaration */
#endif
