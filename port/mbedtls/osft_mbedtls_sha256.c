/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 from mbedTLS; see osft_mbedtls_sha256.h. */
#include "osft_mbedtls_sha256.h"

#include "mbedtls/md.h"
#include "mbedtls/version.h"

/* The names that report errors lost their suffix in 3.0. */
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define OSFT_SHA256(verb) mbedtls_sha256_##verb##_ret
#else
#define OSFT_SHA256(verb) mbedtls_sha256_##verb
#endif

static int sha256_start(void *ctx)
{
    struct osft_mbedtls_sha256 *h = ctx;
    mbedtls_sha256_free(&h->state); /* whatever an unfinished digest left */
    mbedtls_sha256_init(&h->state);
    return OSFT_SHA256(starts)(&h->state, 0) == 0 ? OSFT_OK : OSFT_E_HASH;
}

static int sha256_update(void *ctx, const void *src, size_t len)
{
    struct osft_mbedtls_sha256 *h = ctx;
    return OSFT_SHA256(update)(&h->state, src, len) == 0 ? OSFT_OK : OSFT_E_HASH;
}

static int sha256_finish(void *ctx, uint8_t digest[32])
{
    struct osft_mbedtls_sha256 *h = ctx;
    int r = OSFT_SHA256(finish)(&h->state, digest);
    mbedtls_sha256_free(&h->state); /* wipes it */
    return r == 0 ? OSFT_OK : OSFT_E_HASH;
}

static int sha256_hmac(void *ctx, const void *key, size_t key_len, const void *src, size_t len,
                       uint8_t mac[32])
{
    const mbedtls_md_info_t *md = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    (void)ctx;
    return mbedtls_md_hmac(md, key, key_len, src, len, mac) == 0 ? OSFT_OK : OSFT_E_HASH;
}

void osft_mbedtls_sha256_init(struct osft_mbedtls_sha256 *h)
{
    mbedtls_sha256_init(&h->state);
    h->hash.ctx = h;
    h->hash.start = sha256_start;
    h->hash.update = sha256_update;
    h->hash.finish = sha256_finish;
    h->hash.hmac = sha256_hmac;
}
