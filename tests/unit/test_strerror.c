/* SPDX-License-Identifier: Apache-2.0 */
/* Each error, and each reason why a text is no JSON, has a text. */
#include <limits.h>
#include "fake.h"

static void every_error_has_a_text_of_its_own(void **state)
{
    static const int errors[] = { OSFT_OK,         OSFT_E_ARG,     OSFT_E_SPACE,     OSFT_E_TASKS,
                                  OSFT_E_STATE,    OSFT_E_IO,      OSFT_E_TIMEOUT,   OSFT_E_RESOLVE,
                                  OSFT_E_TLS,      OSFT_E_CERT,    OSFT_E_CERT_TIME, OSFT_E_CLOCK,
                                  OSFT_E_RANDOM,   OSFT_E_HASH,    OSFT_E_CUT,       OSFT_E_HTTP,
                                  OSFT_E_JSON,     OSFT_E_ANSWER,  OSFT_E_HTML,      OSFT_E_EMPTY,
                                  OSFT_E_REDIRECT, OSFT_E_REFUSED, OSFT_EOF,         OSFT_E_STOPPED,
                                  OSFT_E_SAVED,    OSFT_E_TOKEN };
    const size_t n = sizeof(errors) / sizeof(errors[0]);
    size_t i, k;
    int err, known = 0;
    (void)state;
    for (i = 0; i < n; i++) {
        assert_true(strlen(osft_strerror(errors[i])) > 3);
        for (k = 0; k < i; k++) {
            assert_string_not_equal(osft_strerror(errors[i]), osft_strerror(errors[k]));
        }
    }
    for (err = -300; err <= 300; err++) {
        known += strcmp(osft_strerror(err), osft_strerror(12345)) != 0;
    }
    assert_int_equal(known, n);
    assert_non_null(osft_strerror(INT_MIN));
    assert_non_null(osft_strerror(INT_MAX));
}

static void every_json_reason_has_a_text(void **state)
{
    unsigned e;
    (void)state;
    for (e = 0; e < 256; e++) {
        assert_true(strlen(osft_json_reason((uint8_t)e)) > 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_text_of_its_own),
        cmocka_unit_test(every_json_reason_has_a_text),
    };
    return cmocka_run_group_tests_name("strerror", tests, NULL, NULL);
}
