/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by mbedTLS against the examples of FIPS 180-4, and its HMAC against those of RFC 4231. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "osft_mbedtls_sha256.h"

static struct osft_mbedtls_sha256 sha;

static void assert_hex(const uint8_t digest[32], const char *hex)
{
    char text[65];
    for (size_t i = 0; i < 32; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(text, hex);
}

static void assert_digest(const char *hex)
{
    uint8_t digest[32];
    assert_int_equal(sha.hash.finish(sha.hash.ctx, digest), 0);
    assert_hex(digest, hex);
}

static void assert_hmac(const void *key, size_t key_len, const char *text, const char *hex)
{
    uint8_t mac[32];
    assert_int_equal(sha.hash.hmac(sha.hash.ctx, key, key_len, text, strlen(text), mac), 0);
    assert_hex(mac, hex);
}

static void published_examples_come_out(void **state)
{
    static const char long_text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    (void)state;
    osft_mbedtls_sha256_init(&sha);
    assert_int_equal(sha.hash.start(sha.hash.ctx), 0);
    assert_digest("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(sha.hash.start(sha.hash.ctx), 0);
    assert_int_equal(sha.hash.update(sha.hash.ctx, "abc", 3), 0);
    assert_digest("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(sha.hash.start(sha.hash.ctx), 0);
    for (size_t i = 0; i < sizeof long_text - 1; i++) {
        assert_int_equal(sha.hash.update(sha.hash.ctx, long_text + i, 1), 0);
    }
    assert_digest("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void published_examples_of_the_hmac_come_out(void **state)
{
    uint8_t key[131];
    (void)state;
    osft_mbedtls_sha256_init(&sha);
    memset(key, 0x0b, 20);
    assert_hmac(key, 20, "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hmac("Jefe", 4, "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key); /* longer than a block: its digest is the key */
    assert_hmac(key, sizeof key, "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_hmac(NULL, 0, "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void nothing_at_all_changes_no_digest(void **state)
{
    uint8_t mac[32], same[32];
    (void)state;
    osft_mbedtls_sha256_init(&sha);
    assert_int_equal(sha.hash.start(sha.hash.ctx), 0);
    assert_int_equal(sha.hash.update(sha.hash.ctx, NULL, 0), 0);
    assert_int_equal(sha.hash.update(sha.hash.ctx, "abc", 3), 0);
    assert_int_equal(sha.hash.update(sha.hash.ctx, "", 0), 0);
    assert_digest("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(sha.hash.hmac(sha.hash.ctx, "key", 3, NULL, 0, mac), 0);
    assert_int_equal(sha.hash.hmac(sha.hash.ctx, "key", 3, "", 0, same), 0);
    assert_memory_equal(mac, same, 32);
}

static void a_digest_left_unfinished_does_not_show_in_the_next(void **state)
{
    (void)state;
    osft_mbedtls_sha256_init(&sha);
    assert_int_equal(sha.hash.start(sha.hash.ctx), 0);
    assert_int_equal(sha.hash.update(sha.hash.ctx, "secret", 6), 0);
    assert_int_equal(sha.hash.start(sha.hash.ctx), 0);
    assert_int_equal(sha.hash.update(sha.hash.ctx, "abc", 3), 0);
    assert_digest("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void nothing_of_the_input_stays_after_finish(void **state)
{
    uint8_t digest[32];
    const unsigned char *state_bytes = (const unsigned char *)&sha.state;
    (void)state;
    osft_mbedtls_sha256_init(&sha);
    assert_int_equal(sha.hash.start(sha.hash.ctx), 0);
    assert_int_equal(sha.hash.update(sha.hash.ctx, "a secret", 8), 0);
    assert_int_equal(sha.hash.finish(sha.hash.ctx, digest), 0);
    for (size_t i = 0; i < sizeof sha.state; i++) {
        assert_int_equal(state_bytes[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_examples_come_out),
        cmocka_unit_test(published_examples_of_the_hmac_come_out),
        cmocka_unit_test(nothing_at_all_changes_no_digest),
        cmocka_unit_test(a_digest_left_unfinished_does_not_show_in_the_next),
        cmocka_unit_test(nothing_of_the_input_stays_after_finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
