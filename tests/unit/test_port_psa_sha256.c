/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by PSA, compared with the examples of FIPS 180-4, and its HMAC with those of RFC 4231,
 * with keys that are passed in and keys that have an id; and whole requests that are signed with
 * either kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "osft_mbedtls_sha256.h"
#include "osft_psa_sha256.h"
#include "sample.h"
#include "sha256_examples.h"

#define SECRET "testsecret"

static struct osft_psa_sha256 sha;

static void begin(psa_key_id_t key)
{
    assert_int_equal(osft_psa_sha256_init(&sha, key), 0);
}

static void published_examples_come_out(void **state)
{
    (void)state;
    begin(0);
    assert_digest_examples(&sha.hash);
}

static void published_examples_of_the_hmac_come_out(void **state)
{
    (void)state;
    begin(0);
    assert_hmac_examples(&sha.hash);
}

/* PSA holds a limited number of keys at once: 32 with mbedTLS 2.28. */
static void no_key_is_left_behind(void **state)
{
    (void)state;
    begin(0);
    for (int i = 0; i < 100; i++) {
        assert_hmac(&sha.hash, "Jefe", 4, "what do ya want for nothing?",
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}

static void a_digest_left_unfinished_does_not_show_in_the_next(void **state)
{
    (void)state;
    begin(0);
    assert_start_forgets(&sha.hash);
}

static void nothing_of_the_input_stays_after_finish(void **state)
{
    const unsigned char *bytes = (const unsigned char *)&sha.state;
    static const unsigned char input[] = "a secret of some length";
    uint8_t digest[32];

    (void)state;
    begin(0);
    assert_int_equal(sha.hash.start(sha.hash.ctx), 0);
    assert_int_equal(sha.hash.update(sha.hash.ctx, input, sizeof input), 0);
    assert_int_equal(sha.hash.finish(sha.hash.ctx, digest), 0);
    for (size_t i = 0; i + 8 <= sizeof sha.state; i++) {
        assert_int_not_equal(memcmp(bytes + i, input, 8), 0);
    }
}

/* Import a key as a program does once. id: of a persistent key; 0: a volatile key, whose id PSA
 * chooses. Returns the id. */
static psa_key_id_t import_key(psa_key_id_t id, psa_key_usage_t usage, const char *secret)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    if (id != 0) {
        psa_set_key_id(&attributes, id);
        psa_set_key_lifetime(&attributes, PSA_KEY_LIFETIME_PERSISTENT);
    }
    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    assert_int_equal(psa_import_key(&attributes, (const uint8_t *)secret, strlen(secret), &id),
                     PSA_SUCCESS);
    return id;
}

static void a_key_with_an_id_signs_and_is_not_destroyed(void **state)
{
    psa_key_id_t key = import_key(0, PSA_KEY_USAGE_SIGN_MESSAGE, "Jefe");

    (void)state;
    begin(key);
    for (int i = 0; i < 3; i++) {
        assert_hmac(&sha.hash, "another", 7, "what do ya want for nothing?",
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_hmac(&sha.hash, NULL, 0, "what do ya want for nothing?",
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
}

static void a_key_that_is_not_there_or_may_not_sign_is_an_error(void **state)
{
    psa_key_id_t key = import_key(0, PSA_KEY_USAGE_VERIFY_MESSAGE, "Jefe");
    uint8_t mac[32];

    (void)state;
    begin(key);
    memset(mac, 0x5a, sizeof mac);
    assert_int_equal(sha.hash.hmac(sha.hash.ctx, "Jefe", 4, "x", 1, mac), OSFT_E_HASH);
    for (size_t i = 0; i < sizeof mac; i++) {
        assert_int_equal(mac[i], 0);
    }
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    assert_int_equal(sha.hash.hmac(sha.hash.ctx, "Jefe", 4, "x", 1, mac), OSFT_E_HASH);
}

static void an_empty_secret_signs_nothing(void **state)
{
    uint8_t mac[32];

    (void)state;
    begin(0);
    assert_int_equal(sha.hash.hmac(sha.hash.ctx, NULL, 0, "x", 1, mac), OSFT_E_HASH);
}

/* Return the request that is built with this hash, from credentials with this secret. */
static const char *build(struct sample *sample, const struct osft_sha256 *hash, const char *secret)
{
    sample_init(sample);
    sample->settings.sha256 = hash;
    sample->credentials.secret.ptr = secret;
    sample->credentials.secret.len = strlen(secret);
    return sample_build(sample);
}

static void a_request_is_signed_as_without_psa(void **state)
{
    static struct sample plain, psa;
    static struct osft_mbedtls_sha256 mbedtls;

    (void)state;
    osft_mbedtls_sha256_init(&mbedtls);
    begin(0);
    assert_string_equal(build(&psa, &sha.hash, SECRET), build(&plain, &mbedtls.hash, SECRET));
}

/* PSA stores a persistent key in a file of the current folder, if mbedTLS is built for that; with a
 * secure element its driver stores the key. */
#define STORED_KEY 0x1234
static char folder[] = "/tmp/osft-psa-XXXXXX", folder_before[1024];

static int enter_folder(void **state)
{
    (void)state;
    return getcwd(folder_before, sizeof folder_before) == NULL || mkdtemp(folder) == NULL ||
                   chdir(folder) != 0
               ? -1
               : 0;
}

static int leave_folder(void **state)
{
    (void)state;
    (void)psa_destroy_key(STORED_KEY); /* also removes the file */
    return chdir(folder_before) != 0 || rmdir(folder) != 0 ? -1 : 0;
}

static void a_request_is_signed_with_a_stored_key_that_is_not_in_the_credentials(void **state)
{
#ifdef MBEDTLS_PSA_CRYPTO_STORAGE_C
    static struct sample plain, psa;
    static struct osft_mbedtls_sha256 mbedtls;

    (void)state;
    psa_key_id_t key = import_key(STORED_KEY, PSA_KEY_USAGE_SIGN_MESSAGE, SECRET);
    mbedtls_psa_crypto_free(); /* the state of PSA is lost, as after a restart */
    begin(key);
    osft_mbedtls_sha256_init(&mbedtls);
    assert_string_equal(build(&psa, &sha.hash, ""), build(&plain, &mbedtls.hash, SECRET));
#else
    (void)state;
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_examples_come_out),
        cmocka_unit_test(published_examples_of_the_hmac_come_out),
        cmocka_unit_test(no_key_is_left_behind),
        cmocka_unit_test(a_digest_left_unfinished_does_not_show_in_the_next),
        cmocka_unit_test(nothing_of_the_input_stays_after_finish),
        cmocka_unit_test(a_key_with_an_id_signs_and_is_not_destroyed),
        cmocka_unit_test(a_key_that_is_not_there_or_may_not_sign_is_an_error),
        cmocka_unit_test(an_empty_secret_signs_nothing),
        cmocka_unit_test(a_request_is_signed_as_without_psa),
        cmocka_unit_test_setup_teardown(
            a_request_is_signed_with_a_stored_key_that_is_not_in_the_credentials, enter_folder,
            leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
