/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how a text is written into each sink. The text must be readable from the output, so that
 * different texts stay different, and must not break the syntax of the sink. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "../../examples/osft/command.h"

#define TEXT_MAX 32

static char out_buffer[OUTPUT_BYTES];
static struct output out = { .fd = -1,
                             .buffer =
                                 out_buffer }; /* not flushed: the output stays in the buffer */

static struct osft_span escape(enum sink sink, const char *text, size_t len, int ascii_only)
{
    struct osft_span written;

    out.used = 0;
    out.ascii_only = ascii_only;
    put_escaped(&out, sink, text, len);
    written.ptr = out.buffer;
    written.len = out.used;
    return written;
}

/* ---- reading it back ---- */

struct text {
    char bytes[16 * TEXT_MAX];
    size_t len;
};

static void add_byte(struct text *to, int byte)
{
    assert_true(to->len < sizeof(to->bytes));
    to->bytes[to->len++] = (char)byte;
}

static void add_character(struct text *to, unsigned long c)
{
    if (c < 0x80) {
        add_byte(to, (int)c);
    } else if (c < 0x800) {
        add_byte(to, (int)(0xc0 | c >> 6));
        add_byte(to, (int)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        add_byte(to, (int)(0xe0 | c >> 12));
        add_byte(to, (int)(0x80 | (c >> 6 & 0x3f)));
        add_byte(to, (int)(0x80 | (c & 0x3f)));
    } else {
        add_byte(to, (int)(0xf0 | c >> 18));
        add_byte(to, (int)(0x80 | (c >> 12 & 0x3f)));
        add_byte(to, (int)(0x80 | (c >> 6 & 0x3f)));
        add_byte(to, (int)(0x80 | (c & 0x3f)));
    }
}

static unsigned long read_hex(const char *digits, size_t count)
{
    char copy[9] = "";

    assert_true(count < sizeof(copy));
    memcpy(copy, digits, count);
    return strtoul(copy, NULL, 16);
}

/* Read the escape at p, a text that is ended by a NUL. Returns the length of the escape; 0: there
 * is none. */
static size_t read_shown_escape(const char *p, struct text *to)
{
    const char *letters = "n\nr\rt\t", *letter = p[1] != 0 ? strchr(letters, p[1]) : NULL;
    const char *end;

    if (p[1] == 'x') {
        add_byte(to, (int)read_hex(p + 2, 2));
        return 4;
    }
    if (p[1] == 'u') {
        assert_int_equal(p[2], '{');
        end = strchr(p, '}');
        assert_non_null(end);
        add_character(to, read_hex(p + 3, (size_t)(end - p) - 3));
        return (size_t)(end - p) + 1;
    }
    if (letter != NULL && p[1] >= ' ') {
        add_byte(to, letter[1]);
        return 2;
    }
    return 0;
}

static void read_shown(const struct text *from, struct text *to)
{
    size_t at = 0;

    to->len = 0;
    while (at < from->len) {
        size_t n = from->bytes[at] == '\\' ? read_shown_escape(from->bytes + at, to) : 0;

        if (n == 0) {
            add_byte(to, from->bytes[at]);
            n = 1;
        }
        at += n;
    }
}

/* Read a CSV field, in which a quote is written twice. */
static void read_csv(const struct text *from, struct text *to)
{
    size_t at;

    to->len = 0;
    for (at = 0; at < from->len; at++) {
        add_byte(to, from->bytes[at]);
        if (from->bytes[at] == '"') {
            assert_true(at + 1 < from->len && from->bytes[at + 1] == '"');
            at++;
        }
    }
}

/* Read a label's value by the rules of the exposition format of Prometheus. */
static void read_label(const struct text *from, struct text *to)
{
    size_t at;

    to->len = 0;
    for (at = 0; at < from->len; at++) {
        char c = from->bytes[at];

        assert_true(c != '"' && c != '\n');
        if (c == '\\') {
            c = from->bytes[++at];
            assert_true(at < from->len && (c == '\\' || c == '"' || c == 'n'));
            c = c == 'n' ? '\n' : c;
        }
        add_byte(to, c);
    }
}

static void read_json(const struct text *from, struct text *to)
{
    static const char letters[] = "\"\"\\\\/?b\bf\fn\nr\rt\t";
    size_t at = 0;

    to->len = 0;
    while (at < from->len) {
        const char *p = from->bytes + at;
        unsigned long c;

        assert_true(*p != '"' && (unsigned char)*p >= ' ');
        if (*p != '\\') {
            add_byte(to, *p);
            at++;
        } else if (p[1] != 'u') {
            assert_non_null(strchr(letters, p[1]));
            add_byte(to, strchr(letters, p[1])[1]);
            at += 2;
        } else {
            c = read_hex(p + 2, 4);
            at += 6;
            if (c >= 0xd800 && c <= 0xdbff) {
                c = 0x10000 + ((c - 0xd800) << 10) + (read_hex(p + 8, 4) - 0xdc00);
                at += 6;
            }
            add_character(to, c);
        }
    }
}

static void read_back(enum sink sink, const struct osft_span *written, struct text *to)
{
    static struct text from, middle;

    assert_true(written->len < sizeof(from.bytes));
    memcpy(from.bytes, written->ptr, written->len);
    from.len = written->len;
    from.bytes[from.len] = 0;
    switch (sink) {
    case SINK_TEXT: read_shown(&from, to); break;
    case SINK_JSON: read_json(&from, to); break;
    case SINK_CSV: read_csv(&from, to); break;
    case SINK_CSV_SHOWN:
    case SINK_LABEL:
        (sink == SINK_LABEL ? read_label : read_csv)(&from, &middle);
        middle.bytes[middle.len] = 0;
        read_shown(&middle, to);
        break;
    case SINK_COUNT: fail();
    }
}

/* ---- the properties ---- */

static int is_utf8(const char *text, size_t len)
{
    size_t at = 0, n;
    uint32_t character;

    for (; at < len; at += n) {
        n = decode_utf8(text + at, len - at, &character);
        if (n == 0) {
            return 0;
        }
    }
    return 1;
}

/* Assert that the text has no byte that controls a terminal; ascii_only: no byte beyond ASCII
 * either. */
static void check_harmless(const struct osft_span *written, int ascii_only)
{
    size_t at = 0, n;
    uint32_t character = 0;

    for (; at < written->len; at += n) {
        n = decode_utf8(written->ptr + at, written->len - at, &character);
        assert_true(n > 0 && !is_unsafe_character(character));
        assert_true(n == 1 || !ascii_only);
    }
}

static void check_text(const char *text, size_t len)
{
    static struct text back;
    int sink, ascii_only;

    for (sink = 0; sink < SINK_COUNT; sink++) {
        for (ascii_only = 0; ascii_only < 2; ascii_only++) {
            struct osft_span written = escape((enum sink)sink, text, len, ascii_only);

            if (sink != SINK_CSV) {
                check_harmless(&written, ascii_only);
            }
            if (sink == SINK_JSON && !is_utf8(text, len)) {
                continue; /* JSON cannot represent this text */
            }
            read_back((enum sink)sink, &written, &back);
            if (back.len != len || memcmp(back.bytes, text, len) != 0) {
                fail_msg("sink %d: '%.*s' was written for '%.*s'", sink, (int)written.len,
                         written.ptr, (int)len, text);
            }
        }
    }
}

/* The characters that escapes consist of, and some that must be escaped. */
static const char alphabet[] = "\\xu{}5c1bnrt\"\n\r\t\x1b\x7f\xc2\x9b\xe2\x80\xae a";
#define LETTERS (sizeof(alphabet) - 1)

static void every_short_text_can_be_read_back_from_every_sink(void **state)
{
    char text[4];
    size_t len, i;
    (void)state;
    for (len = 0; len <= 3; len++) {
        size_t count = len == 0   ? 1
                       : len == 1 ? LETTERS
                       : len == 2 ? LETTERS * LETTERS
                                  : LETTERS * LETTERS * LETTERS;

        for (i = 0; i < count; i++) {
            text[0] = alphabet[i % LETTERS];
            text[1] = alphabet[i / LETTERS % LETTERS];
            text[2] = alphabet[i / LETTERS / LETTERS];
            check_text(text, len);
        }
    }
}

static void long_texts_can_be_read_back_from_every_sink(void **state)
{
    uint32_t seed = 1;
    char text[TEXT_MAX];
    int i;
    (void)state;
    for (i = 0; i < 50000; i++) {
        size_t len = 4 + (size_t)i % (TEXT_MAX - 4), at;

        for (at = 0; at < len; at++) {
            seed = seed * 1664525 + 1013904223;
            text[at] = alphabet[(seed >> 16) % LETTERS];
        }
        check_text(text, len);
    }
}

static void every_character_can_be_read_back_from_every_sink(void **state)
{
    uint32_t c;
    (void)state;
    for (c = 0; c <= 0x10ffff; c = c < 0x3000 ? c + 1 : c + 251) {
        struct text text = { "", 0 };

        if (c < 0xd800 || c > 0xdfff) {
            add_character(&text, c);
            check_text(text.bytes, text.len);
        }
    }
}

static void usual_texts_are_written_as_they_are(void **state)
{
    static const char *const texts[] = { "", "run-1", "C:\\dir\\a", "50% \\ done", "a\\\\b", "\\" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct osft_span written = escape(SINK_TEXT, texts[i], strlen(texts[i]), 0);

        assert_int_equal(written.len, strlen(texts[i]));
        assert_memory_equal(written.ptr, texts[i], written.len);
    }
}

/* ---- cutting ---- */

static const char *cut(const char *text, size_t columns, int ascii_only)
{
    struct osft_span span = osft_span_from(text);
    size_t used;

    out.used = 0;
    out.ascii_only = 0;
    used = put_cut_in_the_middle(&out, &span, columns, ascii_only);
    assert_true(used <= columns);
    out.buffer[out.used] = 0;
    return out.buffer;
}

static void a_text_that_does_not_fit_keeps_its_beginning_and_its_end(void **state)
{
    (void)state;
    assert_string_equal(cut("trigger__2024-02-29", 19, 0), "trigger__2024-02-29");
    assert_string_equal(cut("trigger__2024-02-29", 18, 0), "trigge..2024-02-29");
    assert_string_equal(cut("trigger__2024-02-29", 12, 0), "trig..-02-29");
    assert_string_equal(cut("trigger__2024-02-29", 6, 0), "tr..29");
    assert_string_equal(cut("trigger__2024-02-29", 5, 0), "trigg");
    assert_string_equal(cut("trigger", 0, 0), "");
    /* an escape is dropped as a whole */
    assert_string_equal(cut("ab\x1b[31mcdefg", 10, 0), "ab..cdefg");
    /* Names of runs that differ only in the hour stay different. */
    assert_string_equal(cut("trigger__2024-02-29T06:00:00", 14, 0), "trig..06:00:00");
    assert_string_equal(cut("\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 6, 0),
                        "\xc3\xbc\xc3\xbc..\xc3\xbc\xc3\xbc");
}

static void a_character_that_was_cut_is_dropped(void **state)
{
    const char *text = "a\xf0\x9f\x98\x80z";
    (void)state;
    assert_int_equal(cut_utf8(text, 6), 6);
    assert_int_equal(cut_utf8(text, 5), 5);
    assert_int_equal(cut_utf8(text, 4), 1);
    assert_int_equal(cut_utf8(text, 3), 1);
    assert_int_equal(cut_utf8(text, 2), 1);
    assert_int_equal(cut_utf8(text, 1), 1);
    assert_int_equal(cut_utf8(text, 0), 0);
    /* these bytes do not begin a character */
    assert_int_equal(cut_utf8("\x80\x80\x80\x80\x80", 5), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_short_text_can_be_read_back_from_every_sink),
        cmocka_unit_test(long_texts_can_be_read_back_from_every_sink),
        cmocka_unit_test(every_character_can_be_read_back_from_every_sink),
        cmocka_unit_test(usual_texts_are_written_as_they_are),
        cmocka_unit_test(a_text_that_does_not_fit_keeps_its_beginning_and_its_end),
        cmocka_unit_test(a_character_that_was_cut_is_dropped),
    };
    return cmocka_run_group_tests_name("osft text", tests, NULL, NULL);
}
