/* SPDX-License-Identifier: Apache-2.0 */
/* How the endpoint reads and writes JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../examples/osft-endpoint/json.h"

static void json_is_accepted_as_the_grammar_has_it(void **state)
{
    static const char *const good[] = {
        "{}",
        "[]",
        "0",
        "-0.5e+3",
        " null\r\n",
        "\"\\u00e9\\/\"",
        "[1,[true,false]]",
        "1e5",
        "\"\x7f\"",
        "{\"\":{}}",
        "\"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\"",
    };
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":}",
        "{\"a\":1,}",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "nul",
        "\"",
        "\"\\x\"",
        "\"\n\"",
        "\"\\u12\"",
        "[1 2]",
        "{\"a\" 1}",
        "{1:2}",
        "1 2",
        "'a'",
        "[\"\xff\"]",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "\"\xf5\x80\x80\x80\"",
        "\"\xe4\xb8\"",
    };
    struct ep_text deep = { NULL, 0, 0 };
    size_t i, at;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(ep_json_check(ep_span(good[i]), &at), 0);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ep_json_check(ep_span(bad[i]), &at), -1);
    ep_fill(&deep, '[', 65);
    ep_fill(&deep, ']', 65);
    assert_int_equal(ep_json_check(ep_span_of(&deep), &at), -1);
    deep.len--;
    assert_int_equal(ep_json_check((struct osft_span){ deep.mem + 1, deep.len - 1 }, &at), 0);
    ep_free(&deep);
}

static void a_json_string_says_what_it_stands_for(void **state)
{
    static const char *const cases[][2] = {
        { "\"\"", "" },
        { "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\b\f\n\r\t" },
        { "\"\\u0041\\u00e9\\u4e2d\"", "A\xc3\xa9\xe4\xb8\xad" },
        { "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },
        { "\"\\ud83d!\"", "\xef\xbf\xbd!" },
        { "\"\\ud83d\\u0041\"", "\xef\xbf\xbd"
                                "A" },
        { "\"\\ude00\"", "\xef\xbf\xbd" },
    };
    struct ep_text out = { NULL, 0, 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        out.len = 0;
        ep_puts(&out, "");
        ep_json_unescape(ep_span(cases[i][0]), &out);
        assert_string_equal(out.mem, cases[i][1]);
    }
    out.len = 0;
    ep_json_quote((struct osft_span){ "a\"\\\n\0\xc3\xa9", 7 }, &out);
    assert_string_equal(out.mem, "\"a\\\"\\\\\\u000a\\u0000\xc3\xa9\"");
    ep_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_accepted_as_the_grammar_has_it),
        cmocka_unit_test(a_json_string_says_what_it_stands_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
