/* SPDX-License-Identifier: Apache-2.0 */
/* The string to sign, its signature, and bytes as hex digits. */
#include "ear.h"
#include "sign.h"

static void hex_digits_are_lower_case_for_every_byte(void **state)
{
    unsigned b;
    (void)state;
    for (b = 0; b < 256; b++) {
        uint8_t byte = (uint8_t)b;
        char hex[3] = "..", want[3];
        osft_write_hex(hex, &byte, 1);
        snprintf(want, sizeof(want), "%02x", b);
        assert_string_equal(hex, want);
    }
}

static void hex_digits_may_be_written_over_their_bytes(void **state)
{
    size_t count, i;
    (void)state;
    for (count = 0; count <= 33; count++) {
        char *apart = malloc(2 * count + 1), *in_place = malloc(2 * count + 1);
        uint8_t bytes[33];
        assert_non_null(apart);
        assert_non_null(in_place);
        for (i = 0; i < count; i++) {
            bytes[i] = (uint8_t)(0x9f + 37 * i);
        }
        memcpy(in_place, bytes, count);
        osft_write_hex(apart, bytes, count);
        osft_write_hex(in_place, (uint8_t *)in_place, count);
        assert_memory_equal(in_place, apart, 2 * count);
        free(apart);
        free(in_place);
    }
}

static void string_to_sign_holds_the_digest(void **state)
{
    struct osft_span secret = OSFT_LIT("testsecret");
    uint8_t digest[32];
    char signature[OSFT_SIGNATURE_LENGTH + 1];
    struct ear ear;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(digest); i++) {
        digest[i] = (uint8_t)(8 * i);
    }
    signature[OSFT_SIGNATURE_LENGTH] = '!';
    ear_init(&ear);
    assert_int_equal(osft_sign(&ear.hash, &secret, digest, signature), OSFT_OK);
    assert_string_equal(ear.string_to_sign,
                        "ACS3-HMAC-SHA256\n"
                        "0008101820283038404850586068707880889098a0a8b0b8c0c8d0d8e0e8f0f8");
    /* As openssl dgst -sha256 -hmac testsecret says of this string. */
    assert_memory_equal(signature,
                        "f002a7c95fcc99eb5150b19f41fd46ef2a9e296ae0bda726784feaadae76574b",
                        OSFT_SIGNATURE_LENGTH);
    assert_int_equal(signature[OSFT_SIGNATURE_LENGTH], '!');
}

static int failing_hmac(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                        uint8_t mac[32])
{
    (void)ctx, (void)key, (void)key_len, (void)bytes, (void)len, (void)mac;
    return 1;
}

static void an_hmac_that_fails_signs_nothing(void **state)
{
    struct osft_span secret = OSFT_LIT("testsecret");
    static const uint8_t digest[32];
    char signature[OSFT_SIGNATURE_LENGTH];
    struct ear ear;
    (void)state;
    ear_init(&ear);
    ear.hash.hmac = failing_hmac;
    assert_int_equal(osft_sign(&ear.hash, &secret, digest, signature), OSFT_E_HASH);
}

static void wiped_memory_is_zero_and_no_other_is(void **state)
{
    char memory[64];
    size_t len, i;
    (void)state;
    for (len = 0; len < sizeof(memory) - 1; len++) {
        memset(memory, 0x5a, sizeof(memory));
        osft_wipe(memory + 1, len);
        for (i = 0; i < sizeof(memory); i++) {
            assert_int_equal(memory[i], i >= 1 && i <= len ? 0 : 0x5a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_digits_are_lower_case_for_every_byte),
        cmocka_unit_test(hex_digits_may_be_written_over_their_bytes),
        cmocka_unit_test(string_to_sign_holds_the_digest),
        cmocka_unit_test(an_hmac_that_fails_signs_nothing),
        cmocka_unit_test(wiped_memory_is_zero_and_no_other_is),
    };
    return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
