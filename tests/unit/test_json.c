/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar check, against the public suite where it lies beside the project, and against cases of
 * our own that need no files. */
#include "fake.h"
#include "suite.h"
#include "json.h"

static int check(const char *text, size_t len)
{
    struct osft_json j;
    size_t i;
    osft_json_init(&j);
    for (i = 0; i < len; i++) {
        if (osft_json_byte(&j, (uint8_t)text[i]) < 0) {
            return 0;
        }
    }
    return osft_json_complete(&j);
}

static int accepts(const char *text)
{
    return check(text, strlen(text));
}

static void json_accepts_what_the_rfc_accepts(void **state)
{
    /* clang-format off */
    static const char *const good[] = {
        "0", "-0", "-0.0e-0", "1E+400", "123456789012345678901234567890", " true ", "null", "false",
        "\"\"", "\"\\u0000\"", "\"\\ud834\\udd1e\"", "\"\\uDBFF\\uDFFF\"", "\"\\uFFFF\"", "\"\x7f\"",
        "\"\xc2\x80\"", "\"\xdf\xbf\"", "\"\xe0\xa0\x80\"", "\"\xed\x9f\xbf\"", "\"\xee\x80\x80\"",
        "\"\xef\xbf\xbf\"", "\"\xf0\x90\x80\x80\"", "\"\xf4\x8f\xbf\xbf\"", "[]", "[ ]", "{}", "{ }",
        "[[],[[]],{}]", "{\"\":{\"\":[]}}", "{\"a\":1,\"a\":2}", "\t\r\n [1\n,\r2\t]\n",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "[1.5e3,2.0E-1,0.1]",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
    };
    /* clang-format on */
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!accepts(good[i])) {
            fail_msg("refused: %s", good[i]);
        }
    }
}

static void json_refuses_what_the_rfc_refuses(void **state)
{
    /* clang-format off */
    static const char *const bad[] = {
        "", " ", "+1", "-", "01", "-01", "1.", ".1", "1.e1", "1e", "1e+", "0x1", "1a", "1 2", "--1",
        "tru", "truee", "True", "nul", "nulll", "falsee", "true false", "NaN", "Infinity", "'a'",
        "\"", "\"\\", "\"\\x\"", "\"\\u12g4\"", "\"\\u123\"", "\"\n\"", "\"\x1f\"", "\"\\U0041\"",
        "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"\\ud800\\n\"", "\"\\ud800x\"",
        "\"\\ud800\\udbff\"", "\"\x80\"", "\"\xc0\x80\"", "\"\xc1\xbf\"", "\"\xc2\"", "\"\xc2\x41\"",
        "\"\xe0\x9f\xbf\"", "\"\xed\xa0\x80\"", "\"\xf0\x8f\xbf\xbf\"", "\"\xf4\x90\x80\x80\"",
        "\"\xf5\x80\x80\x80\"", "\"\xff\"", "\"\xe2\x82\"", "\xef\xbb\xbf[]", "[", "]", "{", "}", "[1",
        "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\"::1}", "{a:1}", "{1:1}", "{\"a\":1]",
        "{\"a\",\"b\"}", "[]]", "{}}", "[] []", "{} x", "[]\x0c", "\x0b[]", "[]\xa0", "/**/[]", "[]//",
        "[\"a\":1]", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
    };
    /* clang-format on */
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (accepts(bad[i])) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
    assert_false(check("[\0]", 3));
    assert_false(check("\"\0\"", 3));
    assert_false(check("1\0", 2));
}

static void json_checks_every_byte_of_a_string(void **state)
{
    unsigned b;
    (void)state;
    for (b = 0; b < 256; b++) {
        char text[3] = { '"', (char)b, '"' };
        char escape[4] = { '"', '\\', (char)b, '"' };
        int plain = b >= 0x20 && b < 0x80 && b != '"' && b != '\\';
        assert_int_equal(check(text, 3), plain);
        assert_int_equal(check(escape, 4), b != 0 && strchr("\"\\/bfnrt", (int)b) != NULL);
    }
}

/* UTF-8 as Unicode's table of well-formed sequences has it, told by decoding. */
static int is_well_formed(const unsigned char s[3], size_t n)
{
    unsigned long c;
    if (n == 2) {
        return s[0] >= 0xc2 && s[0] < 0xe0 && (s[1] & 0xc0) == 0x80;
    }
    if ((s[0] & 0xf0) != 0xe0 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80) {
        return 0;
    }
    c = (s[0] & 15UL) << 12 | (s[1] & 63UL) << 6 | (s[2] & 63UL);
    return c >= 0x800 && (c < 0xd800 || c > 0xdfff);
}

static void json_checks_utf8_of_two_and_three_bytes_exhaustively(void **state)
{
    unsigned a, b, c;
    (void)state;
    for (a = 0x80; a < 0x100; a++) {
        for (b = 0x80; b < 0x100; b++) {
            unsigned char two[4] = { '"', (unsigned char)a, (unsigned char)b, '"' };
            assert_int_equal(check((char *)two, 4), is_well_formed(two + 1, 2));
            for (c = 0x40; c < 0x100; c += 0x0b) {
                unsigned char three[5] = { '"', two[1], two[2], (unsigned char)c, '"' };
                int good = is_well_formed(three + 1, 3) ||
                           (c < 0x80 && c != '\\' && is_well_formed(two + 1, 2));
                assert_int_equal(check((char *)three, 5), good);
            }
        }
    }
}

static void json_tells_where_and_why_it_stopped(void **state)
{
    struct osft_page page;
    char text[] = "{\"a\":01}";
    (void)state;
    page.tasks = NULL;
    page.max = 0;
    assert_int_equal(osft_parse(text, strlen(text), 0, &page), OSFT_E_JSON);
    assert_int_equal(page.offset, 6);
    assert_string_equal(osft_json_reason(page.expected), "a comma or a closing bracket");
}

/* As it is, and as the value of a member that no one knows. */
static void check_file(const char *name, char *text, size_t len)
{
    static char wrapped[SUITE_TEXT_MAX + 16];
    int top = check(text, len), inside;

    memcpy(wrapped, "{\"unknown\":", 11);
    memcpy(wrapped + 11, text, len);
    wrapped[11 + len] = '}';
    inside = check(wrapped, len + 12);
    if (name[0] == 'y' && !(top && inside)) {
        fail_msg("refused: %s", name);
    }
    if (name[0] == 'n' && (top || inside)) {
        fail_msg("accepted: %s", name);
    }
}

static void json_agrees_with_the_public_suite(void **state)
{
    (void)state;
    suite_each(check_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_accepts_what_the_rfc_accepts),
        cmocka_unit_test(json_refuses_what_the_rfc_refuses),
        cmocka_unit_test(json_checks_every_byte_of_a_string),
        cmocka_unit_test(json_checks_utf8_of_two_and_three_bytes_exhaustively),
        cmocka_unit_test(json_tells_where_and_why_it_stopped),
        cmocka_unit_test(json_agrees_with_the_public_suite),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
