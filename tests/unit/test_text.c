/* SPDX-License-Identifier: Apache-2.0 */
/* The functions on text that several files of core/ use, and the spans that the public header
 * makes. */
#include "fake.h"
#include "text.h"

static void a_span_is_made_of_any_string(void **state)
{
    static const struct osft_span literal = OSFT_LIT("a\0b");
    const char *text = "text";
    (void)state;
    assert_int_equal(literal.len, 3);
    assert_memory_equal(literal.ptr, "a\0b", 4);
    assert_ptr_equal(osft_span_from(text).ptr, text);
    assert_int_equal(osft_span_from(text).len, 4);
    assert_int_equal(osft_span_from("").len, 0);
    assert_non_null(osft_span_from("").ptr);
    assert_null(osft_span_from(NULL).ptr);
    assert_int_equal(osft_span_from(NULL).len, 0);
}

static void the_version_is_the_same_as_text_and_as_a_number(void **state)
{
    char text[32];
    (void)state;
    snprintf(text, sizeof(text), "%d.%d.%d", OSFT_VERSION_NUMBER >> 16,
             OSFT_VERSION_NUMBER >> 8 & 255, OSFT_VERSION_NUMBER & 255);
    assert_string_equal(text, OSFT_VERSION);
}

static void only_decimal_digits_up_to_int64_max_are_an_integer(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        { "0", 0 },
        { "7", 7 },
        { "0000000000000000042", 42 },
        { "1234567890123456789", INT64_C(1234567890123456789) },
        { "9223372036854775806", INT64_MAX - 1 },
        { "9223372036854775807", INT64_MAX },
        { "9223372036854775808", -1 },
        { "9999999999999999999", -1 },
        { "10000000000000000000", -1 }, /* 20 digits */
        { "00000000000000000000", -1 },
        { "18446744073709551616", -1 },
        { "", -1 },
        { "-1", -1 },
        { "+1", -1 },
        { " 1", -1 },
        { "1 ", -1 },
        { "1.", -1 },
        { "/", -1 },
        { ":", -1 },
        { "1a", -1 },
        { "\xb1", -1 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        int64_t value = osft_parse_integer(cases[i].text, strlen(cases[i].text));
        if (value != cases[i].value) {
            fail_msg("%s: %lld", cases[i].text, (long long)value);
        }
    }
    assert_true(osft_parse_integer("12345", 3) == 123); /* only the first 3 bytes are read */
}

static void division_is_exact(void **state)
{
    static const uint64_t values[] = { 0,
                                       1,
                                       9,
                                       10,
                                       99,
                                       4294967295U,
                                       UINT64_C(4294967296),
                                       UINT64_C(1767225600000),
                                       UINT64_C(9223372036854775807),
                                       UINT64_C(9223372036854775808),
                                       UINT64_MAX };
    static const uint32_t divisors[] = { 1, 2, 3, 10, 1000, 65535, 65536 };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(values); i++) {
        for (k = 0; k < COUNT(divisors); k++) {
            uint64_t value = values[i];
            uint32_t rest = osft_divide(&value, divisors[k]);
            assert_true(value == values[i] / divisors[k]);
            assert_true(rest == values[i] % divisors[k]);
        }
    }
}

static void hex_digits_of_both_cases_are_read(void **state)
{
    unsigned value;
    (void)state;
    for (value = 0; value < 0x10000; value++) {
        char text[8];
        snprintf(text, sizeof(text), value & 1 ? "%04x" : "%04X", value);
        assert_int_equal(osft_parse_hex(text, 4), value);
    }
    assert_int_equal(osft_parse_hex("f", 0), 0);
    assert_true(osft_parse_hex("fFfF0000", 8) == 0xffff0000);
}

/* Each character that one or two \u escapes can represent is written as UTF-8, which is never
 * longer than the escapes. */
static void every_escape_of_a_character_is_unescaped(void **state)
{
    unsigned long code;
    (void)state;
    for (code = 0; code < 0x110000; code += code < 0x10000 ? 1 : 251) {
        char text[16], utf8[5] = "";
        size_t len;
        if (code >= 0xd800 && code < 0xe000) {
            continue;
        }
        if (code < 0x10000) {
            snprintf(text, sizeof(text), "\\u%04lx", code);
        } else {
            snprintf(text, sizeof(text), "\\u%04lX\\u%04lx", 0xd800 + ((code - 0x10000) >> 10),
                     0xdc00 + ((code - 0x10000) & 0x3ff));
        }
        if (code < 0x80) {
            utf8[0] = (char)code;
            len = 1;
        } else if (code < 0x800) {
            utf8[0] = (char)(0xc0 | code >> 6);
            utf8[1] = (char)(0x80 | (code & 63));
            len = 2;
        } else if (code < 0x10000) {
            utf8[0] = (char)(0xe0 | code >> 12);
            utf8[1] = (char)(0x80 | (code >> 6 & 63));
            utf8[2] = (char)(0x80 | (code & 63));
            len = 3;
        } else {
            utf8[0] = (char)(0xf0 | code >> 18);
            utf8[1] = (char)(0x80 | (code >> 12 & 63));
            utf8[2] = (char)(0x80 | (code >> 6 & 63));
            utf8[3] = (char)(0x80 | (code & 63));
            len = 4;
        }
        assert_int_equal(osft_unescape(text, text, strlen(text)), len);
        assert_memory_equal(text, utf8, len);
    }
}

static void texts_are_unescaped_in_place_and_to_another_place(void **state)
{
    static const char escaped[] = "\\\"a\\\\\\/b\\b\\f\\n\\r\\t\\u0041 \xc3\xa9";
    static const char plain[] = "\"a\\/b\b\f\n\r\tA \xc3\xa9";
    char text[64] = "....", other[64];
    size_t len;
    (void)state;
    len = osft_unescape(other, escaped, strlen(escaped));
    assert_int_equal(len, strlen(plain));
    assert_memory_equal(other, plain, len);
    memcpy(text + 4, escaped, sizeof(escaped));
    len = osft_unescape(text, text + 4, strlen(escaped));
    assert_int_equal(len, strlen(plain));
    assert_memory_equal(text, plain, len);
    assert_int_equal(osft_unescape(text, "", 0), 0);
}

static void names_are_equal_but_for_the_case_of_letters(void **state)
{
    (void)state;
    assert_true(osft_is_equal_ignoring_case("Content-LENGTH", 14, "content-length"));
    assert_true(osft_is_equal_ignoring_case("date: x", 4, "date"));
    assert_true(osft_is_equal_ignoring_case("", 0, ""));
    assert_true(osft_is_equal_ignoring_case(NULL, 0, ""));
    assert_false(osft_is_equal_ignoring_case(NULL, 0, "a"));
    assert_false(osft_is_equal_ignoring_case("dat", 3, "date"));
    assert_false(osft_is_equal_ignoring_case("dates", 5, "date"));
    assert_false(osft_is_equal_ignoring_case("date", 4, "data"));
    assert_false(osft_is_equal_ignoring_case("d@te", 4, "d`te"));
    assert_false(osft_is_equal_ignoring_case("d[te", 4, "d{te"));
    assert_true(osft_is_equal_ignoring_case("AZaz09-", 7, "azaz09-"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_is_made_of_any_string),
        cmocka_unit_test(the_version_is_the_same_as_text_and_as_a_number),
        cmocka_unit_test(only_decimal_digits_up_to_int64_max_are_an_integer),
        cmocka_unit_test(division_is_exact),
        cmocka_unit_test(hex_digits_of_both_cases_are_read),
        cmocka_unit_test(every_escape_of_a_character_is_unescaped),
        cmocka_unit_test(texts_are_unescaped_in_place_and_to_another_place),
        cmocka_unit_test(names_are_equal_but_for_the_case_of_letters),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
