/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of errors, of the reasons why a text is not JSON, and of arguments. */
#include <limits.h>
#include "fake.h"

/* A word of each text tells that it is this error's. */
static const struct {
    int error;
    const char *word;
} errors[] = {
    { OSFT_PENDING, "not over" },
    { OSFT_OK, "done" },
    { OSFT_E_ARG, "value" },
    { OSFT_E_SPACE, "work buffer" },
    { OSFT_E_TASKS, "more tasks" },
    { OSFT_E_STATE, "in progress" },
    { OSFT_E_STOPPED, "stopped" },
    { OSFT_E_SAVED, "saved" },
    { OSFT_E_FULL, "table" },
    { OSFT_E_RANGE, "number" },
    { OSFT_E_IO, "connection failed" },
    { OSFT_E_TIMEOUT, "in time" },
    { OSFT_E_RESOLVE, "host name" },
    { OSFT_E_TLS, "TLS" },
    { OSFT_E_CERT, "trusted" },
    { OSFT_E_CERT_TIME, "not valid now" },
    { OSFT_E_CLOCK, "time is not known" },
    { OSFT_E_RANDOM, "random" },
    { OSFT_E_HASH, "SHA-256" },
    { OSFT_E_CUT, "ended before" },
    { OSFT_E_PROXY, "proxy" },
    { OSFT_E_HTTP, "HTTP" },
    { OSFT_E_JSON, "not JSON" },
    { OSFT_E_RESPONSE, "no list" },
    { OSFT_E_HTML, "HTML" },
    { OSFT_E_EMPTY, "empty" },
    { OSFT_E_REDIRECT, "redirect" },
    { OSFT_E_DEPTH, "too deep" },
    { OSFT_E_BAD_TASK, "left out" },
    { OSFT_E_REFUSED, "refused" },
    { OSFT_E_TOKEN, "credentials" },
    { OSFT_EOF, "stream ended" },
};

static void every_error_has_a_text_of_its_own(void **state)
{
    size_t i, k;
    int err, known = 0;
    (void)state;
    for (i = 0; i < COUNT(errors); i++) {
        for (k = 0; k < COUNT(errors); k++) {
            const char *found = strstr(osft_strerror(errors[i].error), errors[k].word);
            if ((found != NULL) != (i == k)) {
                fail_msg("%d: %s", errors[i].error, osft_strerror(errors[i].error));
            }
        }
    }
    for (err = -300; err <= 300; err++) {
        known += strcmp(osft_strerror(err), osft_strerror(12345)) != 0;
    }
    assert_int_equal(known, COUNT(errors));
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
