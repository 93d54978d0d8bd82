/* SPDX-License-Identifier: Apache-2.0 */
#include "sha256_examples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void assert_hex(const uint8_t digest[32], const char *hex)
{
    char text[65];

    for (size_t i = 0; i < 32; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(text, hex);
}

/* The digest that was begun must be this, in hex. */
static void assert_digest(const struct osft_sha256 *hash, const char *hex)
{
    uint8_t digest[32];

    assert_int_equal(hash->finish(hash->ctx, digest), 0);
    assert_hex(digest, hex);
}

void assert_hmac(const struct osft_sha256 *hash, const void *key, size_t key_len, const char *text,
                 const char *hex)
{
    uint8_t mac[32];

    assert_int_equal(hash->hmac(hash->ctx, key, key_len, text, strlen(text), mac), 0);
    assert_hex(mac, hex);
}

void assert_digest_examples(const struct osft_sha256 *hash)
{
    static const char long_text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

    assert_int_equal(hash->start(hash->ctx), 0);
    assert_digest(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(hash->start(hash->ctx), 0);
    /* an update with no bytes does not change the digest */
    assert_int_equal(hash->update(hash->ctx, NULL, 0), 0);
    assert_int_equal(hash->update(hash->ctx, "abc", 3), 0);
    assert_int_equal(hash->update(hash->ctx, "", 0), 0);
    assert_digest(hash, ABC);
    assert_int_equal(hash->start(hash->ctx), 0);
    for (size_t i = 0; i < sizeof long_text - 1; i++) {
        assert_int_equal(hash->update(hash->ctx, long_text + i, 1), 0);
    }
    assert_digest(hash, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

void assert_hmac_examples(const struct osft_sha256 *hash)
{
    uint8_t key[131];

    memset(key, 0x0b, 20);
    assert_hmac(hash, key, 20, "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hmac(hash, "Jefe", 4, "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key); /* a key longer than a block is replaced by its digest */
    assert_hmac(hash, key, sizeof key, "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

void assert_start_forgets(const struct osft_sha256 *hash)
{
    assert_int_equal(hash->start(hash->ctx), 0);
    assert_int_equal(hash->update(hash->ctx, "secret", 6), 0);
    assert_int_equal(hash->start(hash->ctx), 0);
    assert_int_equal(hash->update(hash->ctx, "abc", 3), 0);
    assert_digest(hash, ABC);
}
