/* SPDX-License-Identifier: Apache-2.0 */
#include "ear.h"

static int ear_start(void *ctx)
{
    struct ear *e = ctx;
    e->canonical_len = 0;
    return e->real->start(e->real->ctx);
}

static int ear_update(void *ctx, const void *bytes, size_t len)
{
    struct ear *e = ctx;
    assert_true(len < sizeof(e->canonical) - e->canonical_len);
    memcpy(e->canonical + e->canonical_len, bytes, len);
    e->canonical_len += len;
    return e->real->update(e->real->ctx, bytes, len);
}

static int ear_finish(void *ctx, uint8_t digest[32])
{
    struct ear *e = ctx;
    e->canonical[e->canonical_len] = 0;
    return e->real->finish(e->real->ctx, digest);
}

static int ear_hmac(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                    uint8_t mac[32])
{
    struct ear *e = ctx;
    assert_true(len < sizeof(e->string_to_sign));
    memcpy(e->string_to_sign, bytes, len);
    e->string_to_sign[len] = 0;
    return e->real->hmac(e->real->ctx, key, key_len, bytes, len, mac);
}

void ear_init(struct ear *e)
{
    memset(e, 0, sizeof(*e));
    e->real = real_sha256();
    e->hash.ctx = e;
    e->hash.start = ear_start;
    e->hash.update = ear_update;
    e->hash.finish = ear_finish;
    e->hash.hmac = ear_hmac;
}
