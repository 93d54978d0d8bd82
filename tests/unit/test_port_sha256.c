/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by mbedTLS, compared with the examples of FIPS 180-4, and its HMAC with those of RFC
 * 4231. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "osft_mbedtls_sha256.h"
#include "sha256_examples.h"

static struct osft_mbedtls_sha256 sha;

static void published_examples_come_out(void **state)
{
    (void)state;
    osft_mbedtls_sha256_init(&sha);
    assert_digest_examples(&sha.hash);
}

static void published_examples_of_the_hmac_come_out(void **state)
{
    (void)state;
    osft_mbedtls_sha256_init(&sha);
    assert_hmac_examples(&sha.hash);
    assert_hmac(&sha.hash, NULL, 0, "",
                "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void no_bytes_at_all_are_signed_like_an_empty_text(void **state)
{
    uint8_t mac[32], same[32];
    (void)state;
    osft_mbedtls_sha256_init(&sha);
    assert_int_equal(sha.hash.hmac(sha.hash.ctx, "key", 3, NULL, 0, mac), 0);
    assert_int_equal(sha.hash.hmac(sha.hash.ctx, "key", 3, "", 0, same), 0);
    assert_memory_equal(mac, same, 32);
}

static void a_digest_left_unfinished_does_not_show_in_the_next(void **state)
{
    (void)state;
    osft_mbedtls_sha256_init(&sha);
    assert_start_forgets(&sha.hash);
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
        cmocka_unit_test(no_bytes_at_all_are_signed_like_an_empty_text),
        cmocka_unit_test(a_digest_left_unfinished_does_not_show_in_the_next),
        cmocka_unit_test(nothing_of_the_input_stays_after_finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
