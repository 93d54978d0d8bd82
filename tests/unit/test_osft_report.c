/* SPDX-License-Identifier: Apache-2.0 */
/* What a text of the service's may show, and which failures can heal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/osft/cmd.h"

static struct osft_span span(const char *s)
{
    struct osft_span v = { s, strlen(s) };
    return v;
}

/* What report_span() prints of message. */
static const char *shown(const char *message)
{
    static char text[2048];
    struct osft_span m = span(message);
    FILE *f = tmpfile();
    size_t n;

    assert_non_null(f);
    cmd_err.fd = fileno(f);
    report_span(&m);
    out_flush(&cmd_err);
    cmd_err.fd = STDERR_FILENO;
    rewind(f);
    n = fread(text, 1, sizeof(text) - 1, f);
    text[n] = 0;
    fclose(f);
    return text;
}

static int set_up(void **state)
{
    (void)state;
    cmd_credentials.id = span("LTAItest01");
    cmd_credentials.secret = span("sEcRet+/99");
    cmd_credentials.token = span("CAIS/to+ken==50%off");
    return 0;
}

static void a_message_without_anything_secret_is_shown_whole(void **state)
{
    static const char *const texts[] = {
        "The app does not exist.", "50% of 100%25 is %2", "CAIS/to+ken", "%", "%25", "%2525", "%zz"
    };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_string_equal(shown(texts[i]), texts[i]);
    }
    assert_string_equal(shown(""), "-");
}

static void a_credential_is_not_shown_as_it_is_nor_encoded(void **state)
{
    static const char *const texts[] = {
        "LTAItest01",
        "ltaitest01",
        "sEcRet+/99",
        "sEcRet%2B%2F99",
        "sEcRet%2b%2f99",
        "%73%45%63%52%65%74%2B%2F%39%39",
        "CAIS/to+ken==50%off",
        "CAIS%2Fto%2Bken%3D%3D50%25off",
        "CAIS%252Fto%252Bken%253D%253D50%2525off",
        "CAIS%25252Fto%25252Bken%25253D%25253D50%252525off",
    };
    char message[256];
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        snprintf(message, sizeof(message), "Not good. It was %s indeed", texts[i]);
        assert_string_equal(shown(message), "Not good. ... (the rest repeats what was signed, "
                                            "or is too long, and is not shown)");
        assert_null(strstr(shown(texts[i]), texts[i]));
    }
}

static void what_was_signed_is_not_shown(void **state)
{
    static const char *const texts[] = { "Server String To Sign is: x",
                                         "canonical request: x",
                                         "x-acs-date:x",
                                         "ACS3-HMAC-SHA256\nx",
                                         "GET\n/v4",
                                         "...,Signature=00" };
    char message[256];
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        snprintf(message, sizeof(message), "No match. %s secretly", texts[i]);
        assert_null(strstr(shown(message), "secretly"));
        assert_non_null(strstr(shown(message), "No match."));
    }
}

static void a_credential_that_is_cut_is_not_shown(void **state)
{
    (void)state;
    cmd_credentials.token = span("CAIS0123456789abcdefghijklmnopqrstuvwxyz");
    assert_null(strstr(shown("Bad. token CAIS0123456789abcd"), "CAIS0123"));
    assert_null(strstr(shown("Bad. token CAIS%30123456789abcd"), "CAIS"));
}

static void a_long_message_is_cut(void **state)
{
    static char message[5000];
    (void)state;
    memset(message, 'x', sizeof(message) - 1);
    assert_in_range(strlen(shown(message)), 1000, 1100);
    memcpy(message + 990, "LTAItest01", 10); /* begins before the cut */
    assert_null(strstr(shown(message), "LTAI"));
}

static void without_credentials_nothing_is_taken_for_one(void **state)
{
    (void)state;
    memset(&cmd_credentials, 0, sizeof(cmd_credentials));
    assert_string_equal(shown("any text"), "any text");
}

static void only_credentials_and_usage_cannot_heal(void **state)
{
    static const struct {
        const char *code;
        int may_heal;
    } cases[] = { { "SignatureDoesNotMatch", 0 },
                  { "InvalidAccessKeyId.NotFound", 0 },
                  { "InvalidSecurityToken.Expired", 0 },
                  { "Throttling.User", 1 },
                  { "InvalidTimeStamp.Expired", 1 },
                  { "Forbidden.RAM", 1 },
                  { "App.NotFound", 1 },
                  { "ServiceUnavailable", 1 } };
    struct osft_page page;
    size_t i;
    (void)state;
    memset(&page, 0, sizeof(page));
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        page.http_status = 400;
        page.code = span(cases[i].code);
        assert_int_equal(report_may_heal(OSFT_E_REFUSED, &page), cases[i].may_heal);
    }
    assert_int_equal(report_may_heal(OSFT_E_ARG, &page), 0);
    assert_int_equal(report_may_heal(OSFT_E_TOKEN, &page), 0);
    assert_int_equal(report_may_heal(OSFT_E_IO, &page), 1);
    assert_int_equal(report_may_heal(OSFT_E_CERT_TIME, &page), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_message_without_anything_secret_is_shown_whole, set_up),
        cmocka_unit_test_setup(a_credential_is_not_shown_as_it_is_nor_encoded, set_up),
        cmocka_unit_test_setup(what_was_signed_is_not_shown, set_up),
        cmocka_unit_test_setup(a_credential_that_is_cut_is_not_shown, set_up),
        cmocka_unit_test_setup(a_long_message_is_cut, set_up),
        cmocka_unit_test_setup(without_credentials_nothing_is_taken_for_one, set_up),
        cmocka_unit_test_setup(only_credentials_and_usage_cannot_heal, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
