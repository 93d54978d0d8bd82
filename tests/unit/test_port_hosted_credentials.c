/* SPDX-License-Identifier: Apache-2.0 */
/* Where struct osft_hosted takes its credentials from. No connection is opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "osft_hosted.h"

static struct osft_hosted hosted;

static void forget(void)
{
    if (hosted.settings.port != NULL) {
        osft_hosted_free(&hosted);
    }
}

static int begin(void **state)
{
    (void)state;
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "testid", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "testsecret", 1);
    unsetenv("ALIBABA_CLOUD_SECURITY_TOKEN");
    memset(&hosted, 0, sizeof hosted);
    return 0;
}

static int end(void **state)
{
    (void)state;
    forget();
    return 0;
}

/* Initialise `hosted` without TLS, with these credentials; NULL: the environment's. */
static int start(const struct osft_credentials *credentials)
{
    struct osft_hosted_options options = { .plain_http = 1, .credentials = credentials };

    forget();
    return osft_hosted_init_with(&hosted, "127.0.0.1", &options);
}

/* Assert that the text of the failure names this variable and has this reason. */
static void assert_fault(const char *name, const char *reason)
{
    const char *text = osft_hosted_error(&hosted, OSFT_E_ARG, NULL);

    if (strstr(text, name) == NULL || strstr(text, reason) == NULL) {
        fail_msg("\"%s\" lacks \"%s\" or \"%s\"", text, name, reason);
    }
}

static void credentials_are_read_from_the_environment(void **state)
{
    (void)state;
    setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "a token", 1);
    assert_int_equal(start(NULL), OSFT_OK);
    const struct osft_credentials *c = hosted.settings.credentials;
    assert_string_equal(c->id.ptr, "testid");
    assert_int_equal(c->id.len, 6);
    assert_string_equal(c->secret.ptr, "testsecret");
    assert_int_equal(c->secret.len, 10);
    assert_string_equal(c->token.ptr, "a token");
    assert_int_equal(c->token.len, 7);
    setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "", 1);
    assert_int_equal(start(NULL), OSFT_OK);
    assert_int_equal(hosted.settings.credentials->token.len, 0);
    assert_null(hosted.settings.credentials->token.ptr);
}

static void credentials_of_the_caller_are_used(void **state)
{
    static const struct osft_credentials own = { OSFT_LIT("own"), OSFT_LIT("mine"), { NULL, 0 } };
    (void)state;
    unsetenv("ALIBABA_CLOUD_ACCESS_KEY_ID");
    assert_int_equal(start(&own), OSFT_OK);
    assert_ptr_equal(hosted.settings.credentials, &own);
}

static void credentials_that_are_missing_or_have_white_space_are_named(void **state)
{
    static const char *const names[] = { "ALIBABA_CLOUD_ACCESS_KEY_ID",
                                         "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                                         "ALIBABA_CLOUD_SECURITY_TOKEN" };
    static const char *const values[] = { "key\n", " key", "\tk", "\x7f", " " };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
            setenv(names[i], values[k], 1);
            assert_int_equal(start(NULL), OSFT_E_ARG);
            assert_fault(names[i], "white space");
        }
        setenv(names[i], "", 1);
        int is_required = i < 2;
        assert_int_equal(start(NULL), is_required ? OSFT_E_ARG : OSFT_OK);
        if (is_required) {
            assert_fault(names[i], "not set");
            unsetenv(names[i]);
            assert_int_equal(start(NULL), OSFT_E_ARG);
            assert_fault(names[i], "not set");
        }
        setenv(names[i], "key", 1);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(credentials_are_read_from_the_environment),
        TEST(credentials_of_the_caller_are_used),
        TEST(credentials_that_are_missing_or_have_white_space_are_named),
    };
    return cmocka_run_group_tests_name("credentials of osft_hosted", tests, NULL, NULL);
}
