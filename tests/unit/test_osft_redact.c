/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of a text of the service that repeats something signed in yet another spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/osft/command.h"

static const char *shown(const char *message)
{
    static char text[4096];
    struct osft_span span = osft_span_from(message);
    FILE *captured = tmpfile();
    size_t n;

    assert_non_null(captured);
    standard_error.fd = fileno(captured);
    put_redacted_text(&span);
    flush_output(&standard_error);
    standard_error.fd = STDERR_FILENO;
    rewind(captured);
    n = fread(text, 1, sizeof(text) - 1, captured);
    text[n] = 0;
    fclose(captured);
    return text;
}

static int set_up(void **state)
{
    (void)state;
    credentials.id = osft_span_from("LTAI5tTESTtestTESTtest01");
    credentials.secret = osft_span_from("sEcReTkEyForLocalTestsOnly0123");
    credentials.token = osft_span_from("CAISn3cr/et+Token==pct%25end");
    return 0;
}

/* A server that decodes a header as it would a form makes a space of each plus. */
static void a_token_whose_plus_became_a_space_is_not_shown(void **state)
{
    (void)state;
    assert_null(strstr(shown("No such token: CAISn3cr/et Token==pct%25end"), "CAISn3cr"));
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static void a_signature_in_percent_encoding_is_not_shown(void **state)
{
    (void)state;
    assert_null(strstr(shown("Wrong: Signature%3D" HEX), HEX));
    assert_null(strstr(shown("Wrong: Signature%253d" HEX), HEX));
}

static void a_signature_by_itself_is_not_shown(void **state)
{
    (void)state;
    assert_null(strstr(shown("The signature " HEX " does not match."), HEX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_token_whose_plus_became_a_space_is_not_shown, set_up),
        cmocka_unit_test_setup(a_signature_in_percent_encoding_is_not_shown, set_up),
        cmocka_unit_test_setup(a_signature_by_itself_is_not_shown, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
