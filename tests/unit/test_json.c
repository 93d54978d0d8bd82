/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON grammar check, tested with the public suite where that lies beside the project, and with
 * texts of this file. */
#include "fake.h"
#include "suite.h"
#include "json.h"

/* The outcome of reading a text. */
struct trace {
    int result; /* OSFT_OK: the text is complete JSON */
    size_t offset;
    uint8_t state;
    char events[1024]; /* names, scalars and events, as far as there is room */
    size_t count;
};

static void note(struct trace *t, const char *bytes, size_t len)
{
    size_t room = sizeof(t->events) - t->count;
    len = len < room ? len : room;
    memcpy(t->events + t->count, bytes, len);
    t->count += len;
}

/* Read one span from an allocation of exactly its length, so that ASan finds a read past its end.
 */
static int read_span(struct osft_json *json, const char *bytes, size_t len, struct trace *t)
{
    char *span = malloc(len != 0 ? len : 1);
    const char *at = span;
    int event;

    assert_non_null(span);
    memcpy(span, bytes, len);
    do {
        struct osft_json_text text;
        event = osft_json_read(json, &at, span + len, &text);
        assert_true(text.begin >= span && text.begin <= text.end && text.end <= at);
        assert_true(at <= span + len);
        note(t, text.begin, (size_t)(text.end - text.begin));
        if (event > OSFT_JSON_MORE) {
            char mark[3] = { ' ', (char)('0' + event), (char)('0' + json->depth) };
            note(t, mark, 3);
        }
    } while (event > OSFT_JSON_MORE);
    t->offset += (size_t)(at - span);
    free(span);
    return event;
}

static int is_blank(const char *text, size_t len)
{
    size_t i;
    for (i = 0; i < len && strchr(" \t\r\n", text[i]) != NULL && text[i] != 0; i++) {
    }
    return i == len;
}

/* Read a text in spans: the first has `first` bytes, each other one `further` bytes. */
static void read_spans(const char *text, size_t len, size_t first, size_t further, struct trace *t)
{
    struct osft_json json;
    size_t at, span = first;

    memset(&json, 0x55, sizeof(json));
    osft_json_init(&json);
    memset(t, 0, sizeof(*t));
    for (at = 0; at < len && t->result == OSFT_OK; at += span, span = further) {
        size_t left = len - at;
        t->result = read_span(&json, text + at, span < left ? span : left, t);
    }
    t->state = json.state;
    assert_int_equal(osft_json_is_empty(&json), is_blank(text, t->offset));
    if (t->result == OSFT_OK && !osft_json_is_complete(&json)) {
        t->result = OSFT_E_JSON;
    }
}

static void assert_same(const struct trace *a, const struct trace *b, const char *text)
{
    if (a->result != b->result || a->offset != b->offset || a->state != b->state ||
        a->count != b->count || memcmp(a->events, b->events, a->count) != 0) {
        fail_msg("%d at %zu, not %d at %zu: %.200s", b->result, b->offset, a->result, a->offset,
                 text);
    }
}

/* Read a text as a whole, byte by byte, and split at every byte, and assert that the outcome is the
 * same. Returns the result. */
static int check(const char *text, size_t len)
{
    struct trace whole, split;
    size_t k;

    read_spans(text, len, len, 1, &whole);
    read_spans(text, len, 1, 1, &split);
    assert_same(&whole, &split, text);
    for (k = 1; k < len && k < 2000; k++) {
        read_spans(text, len, k, len, &split);
        assert_same(&whole, &split, text);
    }
    return whole.result == OSFT_OK;
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
        "\"\"", "\"\\u0000\"", "\"\\ud834\\udd1e\"", "\"\\uDBFF\\uDFFF\"", "\"\\uFFFF\"",
        "\"\x7f\"",
        "\"\xc2\x80\"", "\"\xdf\xbf\"", "\"\xe0\xa0\x80\"", "\"\xed\x9f\xbf\"", "\"\xee\x80\x80\"",
        "\"\xef\xbf\xbf\"", "\"\xf0\x90\x80\x80\"", "\"\xf4\x8f\xbf\xbf\"", "[]", "[ ]", "{}",
        "{ }",
        "[[],[[]],{}]", "{\"\":{\"\":[]}}", "{\"a\":1,\"a\":2}", "\t\r\n [1\n,\r2\t]\n",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "[1.5e3,2.0E-1,0.1]",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
    };
    /* clang-format on */
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(good); i++) {
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
        "\"\\ud800\\udbff\"", "\"\x80\"", "\"\xc0\x80\"", "\"\xc1\xbf\"", "\"\xc2\"",
        "\"\xc2\x41\"",
        "\"\xe0\x9f\xbf\"", "\"\xed\xa0\x80\"", "\"\xf0\x8f\xbf\xbf\"", "\"\xf4\x90\x80\x80\"",
        "\"\xf5\x80\x80\x80\"", "\"\xff\"", "\"\xe2\x82\"", "\xef\xbb\xbf[]", "[", "]", "{", "}",
        "[1",
        "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1}", "{]", "{\"a\"", "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\"::1}", "{a:1}", "{1:1}", "{\"a\":1]",
        "{\"a\",\"b\"}", "[]]", "{}}", "[] []", "{} x", "[]\x0c", "\x0b[]", "[]\xa0", "/**/[]",
        "[]//",
        "[\"a\":1]", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
    };
    /* clang-format on */
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
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

/* Whether the bytes are well-formed UTF-8, found by decoding them as the Unicode standard says. */
static int is_well_formed(const unsigned char *s, size_t n)
{
    static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    unsigned long c = s[0] & (0xffU >> (n + 1));
    size_t i;

    if ((s[0] & (0xff00U >> (n + 1) & 0xff)) != lead[n]) {
        return 0;
    }
    for (i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (s[i] & 63UL);
    }
    return c >= least[n] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

static int check_in_quotes(const unsigned char *bytes, size_t n)
{
    char text[8] = "\"";
    memcpy(text + 1, bytes, n);
    text[n + 1] = '"';
    return check(text, n + 2);
}

/* Whether n bytes, of which the first is not ASCII, are one or several characters. */
static int is_text(const unsigned char *s, size_t n)
{
    size_t i = 0, k;

    while (i < n) {
        size_t length = 1;
        if (s[i] >= 0x80) {
            for (k = 2, length = 0; k <= 4 && k <= n - i; k++) {
                length = is_well_formed(s + i, k) ? k : length;
            }
        }
        if (length == 0 || s[i] < 0x20 || s[i] == '"' || s[i] == '\\') {
            return 0;
        }
        i += length;
    }
    return 1;
}

static void json_checks_utf8_exhaustively(void **state)
{
    /* The bytes to try in place of a continuation byte: those at the limits of its ranges. */
    static const unsigned char further[] = { 0x00, 0x20, 0x41, 0x7f, 0x80, 0x8f,
                                             0x90, 0xa0, 0xbf, 0xc0, 0xc2, 0xff };
    unsigned char s[4];
    unsigned a, b;
    size_t c, d;
    (void)state;
    for (a = 0x80; a < 0x100; a++) {
        for (b = 0; b < 0x100; b++) {
            s[0] = (unsigned char)a;
            s[1] = (unsigned char)b;
            assert_int_equal(check_in_quotes(s, 2), is_text(s, 2));
            for (c = 0; c < COUNT(further); c++) {
                s[2] = further[c];
                assert_int_equal(check_in_quotes(s, 3), is_text(s, 3));
                for (d = 0; a >= 0xec && d < COUNT(further); d++) {
                    s[3] = further[d];
                    assert_int_equal(check_in_quotes(s, 4), is_text(s, 4));
                }
            }
        }
    }
}

/* Return the value of four hex digits; -1: they are not four hex digits. */
static long hex_value(const char *digits)
{
    char text[5] = "", *end;
    long value;
    memcpy(text, digits, 4);
    value = strtol(text, &end, 16);
    return strspn(text, "0123456789abcdefABCDEF") == 4 && end == text + 4 ? value : -1;
}

/* Try every byte at every place of a \u escape, and of a surrogate pair. */
static void json_checks_u_escapes_exhaustively(void **state)
{
    size_t at;
    unsigned b;
    (void)state;
    for (at = 0; at < 4; at++) {
        for (b = 0; b < 256; b++) {
            static const char *const escapes[] = { "\"\\u0041\"", "\"\\ud7ff\"", "\"\\uE000\"" };
            size_t i;
            for (i = 0; i < COUNT(escapes); i++) {
                char text[9];
                long value;
                memcpy(text, escapes[i], 9);
                text[3 + at] = (char)b;
                value = hex_value(text + 3);
                assert_int_equal(check(text, 8), value >= 0 && (value < 0xd800 || value > 0xdfff));
            }
        }
    }
    for (at = 0; at < 12; at++) {
        for (b = 0; b < 256; b++) {
            char text[15] = "\"\\uD834\\udd1e\"";
            long high, low;
            text[1 + at] = (char)b;
            high = hex_value(text + 3);
            low = hex_value(text + 9);
            assert_int_equal(check(text, 14),
                             memcmp(text + 1, "\\u", 2) == 0 && memcmp(text + 7, "\\u", 2) == 0 &&
                                 high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000);
        }
    }
}

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Whether a text is a number by RFC 8259: minus, integer, fraction, exponent. */
static int is_number(const char *text)
{
    size_t digits;
    text += *text == '-';
    digits = count_digits(text);
    if (digits == 0 || (digits > 1 && *text == '0')) {
        return 0;
    }
    text += digits;
    if (*text == '.') {
        digits = count_digits(++text);
        if (digits == 0) {
            return 0;
        }
        text += digits;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        digits = count_digits(text);
        if (digits == 0) {
            return 0;
        }
        text += digits;
    }
    return *text == 0;
}

/* Try every text of up to 5 of the characters that numbers consist of. */
static void json_checks_numbers_exhaustively(void **state)
{
    static const char characters[] = "-+.eE019:/";
    const unsigned base = sizeof(characters) - 1;
    unsigned length, i, k, texts = 1, numbers = 0;
    (void)state;
    for (length = 1; length <= 5; length++) {
        texts *= base;
        for (i = 0; i < texts; i++) {
            char text[6] = "";
            unsigned rest = i;
            for (k = 0; k < length; k++, rest /= base) {
                text[k] = characters[rest % base];
            }
            if (accepts(text) != is_number(text)) {
                fail_msg("%s", text);
            }
            numbers += (unsigned)is_number(text);
        }
    }
    assert_true(numbers > 1000);
}

static void json_reports_where_and_why_it_stopped(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
        const char *reason;
    } cases[] = {
        { "{\"a\":01}", 6, "a comma or a closing bracket" },
        { "[}", 1, "a value or a closing bracket" },
        { "[,1]", 1, "a value or a closing bracket" },
        { "[", 1, "a value or a closing bracket" },
        { "[1,]", 3, "a value" },
        { "{\"a\":}", 5, "a value" },
        { "+1", 0, "a value" },
        { "{,}", 1, "a member's name in quotes or a closing brace" },
        { "{\"a\":1,}", 7, "a member's name in quotes" },
        { "{\"a\":1,2", 7, "a member's name in quotes" },
        { "{\"a\" 1}", 5, "a colon" },
        { "[1 2]", 3, "a comma or a closing bracket" },
        { "[1}", 2, "a comma or a closing bracket" },
        { "{} {", 3, "a comma or a closing bracket" },
        { "{},", 2, "a comma or a closing bracket" },
        { "\"\n\"", 1, "a character of a string (no control character, valid UTF-8)" },
        { "\"\x80\"", 1, "a character of a string (no control character, valid UTF-8)" },
        { "\"abc", 4, "a character of a string (no control character, valid UTF-8)" },
        { "\"\xc3\"", 2, "a further byte of a UTF-8 character" },
        { "\"\xf4\x90\"", 2, "a further byte of a UTF-8 character" },
        { "\"\\x\"", 2, "one of \" \\ / b f n r t u after a backslash" },
        { "\"\\ud834\"", 7, "the second \\u escape of a surrogate pair" },
        { "\"\\ud834\\n\"", 8, "the second \\u escape of a surrogate pair" },
        { "\"\\ud834\\u0020\"", 9, "four hex digits of a \\u escape" },
        { "\"\\u12g4\"", 5, "four hex digits of a \\u escape" },
        { "\"\\udc00\"", 4, "four hex digits of a \\u escape" },
        { "tru ", 3, "true, false or null" },
        { "nil", 1, "true, false or null" },
        { "fals3", 4, "true, false or null" },
        { "-x", 1, "a digit" },
        { "1.e", 2, "a digit" },
        { "1e+x", 3, "a digit" },
        { "1\xff", 1, "a digit, a comma or a closing bracket" },
        { "1.5\xff", 3, "a digit, a comma or a closing bracket" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct osft_page page = { NULL, 0, NULL, NULL, 0 };
        struct osft_reply reply;
        char text[64];
        int result;
        snprintf(text, sizeof(text), "%s", cases[i].text);
        result = osft_parse_list(text, strlen(text), &page, &reply);
        if (result != OSFT_E_JSON || reply.offset != cases[i].offset ||
            strcmp(osft_json_reason(reply.expected), cases[i].reason) != 0) {
            fail_msg("%s: %d at %zu, %s", cases[i].text, result, reply.offset,
                     osft_json_reason(reply.expected));
        }
    }
}

static void nest(char *text, const char *before, unsigned depth, const char *bracket)
{
    unsigned i;
    strcpy(text, before);
    for (i = 0; i < depth; i++) {
        strcat(text, bracket);
    }
}

static void nesting_deeper_than_the_limit_is_an_error_of_its_own(void **state)
{
    static const char *const brackets[] = { "[", "{\"a\":" };
    struct trace t;
    size_t i;
    (void)state;
    for (i = 0; i < 2; i++) {
        char text[1024];
        struct osft_page page = { NULL, 0, NULL, NULL, 0 };
        struct osft_reply reply;
        size_t limit;
        nest(text, "", OSFT_JSON_DEPTH, brackets[i]);
        limit = strlen(text);
        read_spans(text, limit, limit, 1, &t);
        /* the nesting is allowed; the text is only incomplete */
        assert_int_equal(t.result, OSFT_E_JSON);
        strcat(text, brackets[i]);
        read_spans(text, strlen(text), strlen(text), 1, &t);
        assert_int_equal(t.result, OSFT_E_DEPTH);
        assert_int_equal(t.offset, limit);
        read_spans(text, strlen(text), 1, 1, &t);
        assert_int_equal(t.result, OSFT_E_DEPTH);
        /* The limit also holds within a member that is not known. */
        nest(text, "{\"x\":", OSFT_JSON_DEPTH, brackets[i]);
        assert_int_equal(osft_parse_list(text, strlen(text), &page, &reply), OSFT_E_DEPTH);
    }
}

static void names_and_scalars_are_given_with_the_event_behind_them(void **state)
{
    static const char text[] = " { \"a\\n\" : [ 1.5 , \"x\" ,{},null],\"b\":true } ";
    static const char events[] =
        " 31\"a\\n\" 11 321.5 22\"x\" 22 33 42 22null 41 21\"b\" 11true 40";
    struct trace t;
    (void)state;
    read_spans(text, strlen(text), strlen(text), 1, &t);
    assert_int_equal(t.result, OSFT_OK);
    assert_int_equal(t.count, strlen(events));
    assert_memory_equal(t.events, events, t.count);
    assert_true(check(text, strlen(text)));
}

/* Check a file of the suite as it is, and as the value of an unknown member of a response. */
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
        cmocka_unit_test(json_checks_utf8_exhaustively),
        cmocka_unit_test(json_checks_u_escapes_exhaustively),
        cmocka_unit_test(json_checks_numbers_exhaustively),
        cmocka_unit_test(json_reports_where_and_why_it_stopped),
        cmocka_unit_test(nesting_deeper_than_the_limit_is_an_error_of_its_own),
        cmocka_unit_test(names_and_scalars_are_given_with_the_event_behind_them),
        cmocka_unit_test(json_agrees_with_the_public_suite),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
