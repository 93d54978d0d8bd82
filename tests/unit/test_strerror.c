/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of errors, of the reasons why a text is not JSON, and of arguments. */
#include <limits.h>
#include "fake.h"

static void every_error_has_a_text_of_its_own(void **state)
{
    static const int errors[] = {
        OSFT_PENDING,     OSFT_OK,        OSFT_E_ARG,      OSFT_E_SPACE,   OSFT_E_TASKS,
        OSFT_E_STATE,     OSFT_E_STOPPED, OSFT_E_SAVED,    OSFT_E_FULL,    OSFT_E_RANGE,
        OSFT_E_IO,        OSFT_E_TIMEOUT, OSFT_E_RESOLVE,  OSFT_E_TLS,     OSFT_E_CERT,
        OSFT_E_CERT_TIME, OSFT_E_CLOCK,   OSFT_E_RANDOM,   OSFT_E_HASH,    OSFT_E_CUT,
        OSFT_E_HTTP,      OSFT_E_JSON,    OSFT_E_RESPONSE, OSFT_E_HTML,    OSFT_E_EMPTY,
        OSFT_E_REDIRECT,  OSFT_E_DEPTH,   OSFT_E_BAD_TASK, OSFT_E_REFUSED, OSFT_E_TOKEN,
        OSFT_E_PROXY,     OSFT_EOF
    };
    const size_t n = COUNT(errors);
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

/* Programs and logs store the numbers of errors, so a number keeps its meaning in every version. */
static void the_numbers_of_errors_are_frozen(void **state)
{
    (void)state;
    assert_int_equal(OSFT_PENDING, 1);
    assert_int_equal(OSFT_E_ARG, -1);
    assert_int_equal(OSFT_E_RANGE, -8);
    assert_int_equal(OSFT_E_IO, -16);
    assert_int_equal(OSFT_E_CUT, -25);
    assert_int_equal(OSFT_E_PROXY, -26);
    assert_int_equal(OSFT_E_HTTP, -32);
    assert_int_equal(OSFT_E_BAD_TASK, -39);
    assert_int_equal(OSFT_E_REFUSED, -48);
    assert_int_equal(OSFT_E_TOKEN, -49);
    assert_int_equal(OSFT_EOF, -64);
}

/* test_json.c tests which text belongs to which state. */
static void every_json_reason_has_a_text(void **state)
{
    unsigned e;
    (void)state;
    for (e = 0; e < 256; e++) {
        assert_true(strlen(osft_json_reason((uint8_t)e)) > 3);
    }
}

static void every_argument_has_a_name(void **state)
{
    static const char *const names[] = { "unknown",    "app_group", "function", "instance",
                                         "generation", "status",    "id",       "token",
                                         "host",       "end_ms",    "start_ms" };
    unsigned i;
    (void)state;
    for (i = 0; i < 256; i++) {
        assert_string_equal(osft_argument_name((uint8_t)i),
                            i < COUNT(names) ? names[i] : "unknown");
    }
}

static void an_argument_that_cannot_be_sent_is_named(void **state)
{
    struct setup *s = setup_body(1024, "200 OK", "{}");
    (void)state;
    s->query.function = osft_span_from("..");
    assert_int_equal(setup_list(s), OSFT_E_ARG);
    assert_string_equal(osft_argument_name(s->client.reply.argument), "function");
    assert_int_equal(s->fake.opened, 0);
    setup_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_text_of_its_own),
        cmocka_unit_test(the_numbers_of_errors_are_frozen),
        cmocka_unit_test(every_json_reason_has_a_text),
        cmocka_unit_test(every_argument_has_a_name),
        cmocka_unit_test(an_argument_that_cannot_be_sent_is_named),
    };
    return cmocka_run_group_tests_name("strerror", tests, NULL, NULL);
}
