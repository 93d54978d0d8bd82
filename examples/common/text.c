/* SPDX-License-Identifier: Apache-2.0 */
/* Escaping text. Text from the network or a file may hold escape sequences for a terminal, and
 * characters that end a string, a field or a label. */
#define _XOPEN_SOURCE 700 /* wcwidth */
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include "text.h"

size_t decode_utf8(const char *text, size_t len, uint32_t *character)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *b = (const unsigned char *)text;
    size_t n, i;

    if (b[0] < 0x80) {
        *character = b[0];
        return 1;
    }
    n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || n > len) {
        return 0;
    }
    *character = b[0] & (0x7fU >> n);
    for (i = 1; i < n; i++) {
        if ((b[i] & 0xc0) != 0x80) {
            return 0;
        }
        *character = *character << 6 | (b[i] & 0x3f);
    }
    if (*character < smallest[n] || *character > 0x10ffff ||
        (*character >= 0xd800 && *character <= 0xdfff)) {
        return 0;
    }
    return n;
}

size_t cut_utf8(const char *text, size_t len)
{
    uint32_t character;
    size_t begin = len;

    while (begin > 0 && len - begin < 4 && ((unsigned char)text[begin - 1] & 0xc0) == 0x80) {
        begin--;
    }
    if (begin > 0 && (unsigned char)text[begin - 1] >= 0xc0 &&
        decode_utf8(text + begin - 1, len - (begin - 1), &character) == 0) {
        return begin - 1;
    }
    return len;
}

int is_equal(const struct osft_span *text, const char *other)
{
    return text->len == strlen(other) && memcmp(text->ptr, other, text->len) == 0;
}

int has_quotes(const struct osft_span *text)
{
    return text->len >= 2 && (text->ptr[0] == '"' || text->ptr[0] == '\'') &&
           text->ptr[text->len - 1] == text->ptr[0];
}

/* These characters are unsafe: control characters, line and paragraph separators, and characters
 * that reorder or hide the text around them. */
int is_unsafe_character(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

static size_t count_columns(uint32_t character)
{
    int columns = 1;
    if (character >= 0x80 && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) {
        columns = wcwidth((wchar_t)character);
    }
    return columns < 0 ? 1 : (size_t)columns;
}

/* Return the letter of the escape for a character, such as n for a new line; 0: the character has
 * none. */
static char get_escape_letter(uint32_t character)
{
    return (char)(character == '\n' ? 'n' : character == '\r' ? 'r' : character == '\t' ? 't' : 0);
}

/* Whether a backslash before this text would be taken for the beginning of an escape. */
static int ends_like_escape(const char *text, size_t len)
{
    return len > 0 && memchr("nrtxu", *text, 5) != NULL;
}

static void set_safe(struct safe_character *safe, const char *format, unsigned value)
{
    safe->len = (size_t)snprintf(safe->bytes, sizeof(safe->bytes), format, value);
    safe->columns = safe->len;
}

size_t read_safe_character(const char *text, size_t len, int ascii_only,
                           struct safe_character *safe)
{
    uint32_t character = 0;
    size_t n = decode_utf8(text, len, &character);

    if (n == 0) {
        set_safe(safe, "\\x%02x", (unsigned char)*text);
        return 1;
    }
    if (is_unsafe_character(character) || (n > 1 && ascii_only)) {
        char letter = get_escape_letter(character);
        set_safe(safe,
                 letter != 0 ? "\\%c"
                 : n > 1     ? "\\u{%x}"
                             : "\\x%02x",
                 letter != 0 ? (unsigned char)letter : (unsigned)character);
    } else if (character == '\\' && ends_like_escape(text + 1, len - 1)) {
        set_safe(safe, "\\x%02x", '\\');
    } else {
        memcpy(safe->bytes, text, n);
        safe->len = n;
        safe->columns = count_columns(character);
    }
    return n;
}

void put_safe_text(struct output *out, const char *text, size_t len, int ascii_only)
{
    struct safe_character safe;
    size_t at = 0;

    while (at < len) {
        at += read_safe_character(text + at, len - at, ascii_only || out->ascii_only, &safe);
        put_bytes(out, safe.bytes, safe.len);
    }
}

/* ---- JSON ---- */

static void put_json_escape(struct output *out, uint32_t character)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *at = character < 0x80 ? memchr(named, (int)character, sizeof(named) - 1) : NULL;
    char text[16];
    int n;

    if (at != NULL) {
        n = snprintf(text, sizeof(text), "\\%c", letters[at - named]);
    } else if (character > 0xffff) {
        n = snprintf(text, sizeof(text), "\\u%04x\\u%04x",
                     (unsigned)(0xd7c0 + (character >> 10)) & 0xffffU,
                     (unsigned)(0xdc00 | (character & 0x3ff)));
    } else {
        n = snprintf(text, sizeof(text), "\\u%04x", (unsigned)character);
    }
    put_bytes(out, text, (size_t)n);
}

/* Put a character of a JSON string. Characters that could disturb a terminal are escaped as well,
 * although RFC 8259 does not ask for that. */
static size_t put_json_character(struct output *out, const char *text, size_t len)
{
    uint32_t character = 0;
    size_t n = decode_utf8(text, len, &character);

    if (n == 0) { /* the core delivers no broken UTF-8 */
        put_json_escape(out, 0xfffd);
        return 1;
    }
    if (character == '"' || character == '\\' || is_unsafe_character(character) ||
        (n > 1 && out->ascii_only)) {
        put_json_escape(out, character);
    } else {
        put_bytes(out, text, n);
    }
    return n;
}

/* In valid JSON, all characters but printable ASCII and white space are within strings, so they can
 * be escaped without parsing. */
void put_json_value(struct output *out, const struct osft_span *json)
{
    size_t at = 0;

    while (at < json->len) {
        char c = json->ptr[at];

        if (c == '"' || c == '\\') {
            put_bytes(out, &c, 1);
            at++;
        } else if (get_escape_letter((unsigned char)c) != 0) {
            put_text(out, " ");
            at++;
        } else {
            at += put_json_character(out, json->ptr + at, json->len - at);
        }
    }
}

/* ---- CSV, Prometheus ---- */

/* Put a character of a quoted field; a quote is doubled. */
static size_t put_csv_character(struct output *out, const char *text, size_t len, int is_shown)
{
    struct safe_character safe = { "", 1, 1 };
    size_t n = 1;

    if (is_shown) {
        n = read_safe_character(text, len, out->ascii_only, &safe);
    } else {
        safe.bytes[0] = *text;
    }
    put_bytes(out, safe.bytes, safe.len);
    put_text(out, *text == '"' ? "\"" : "");
    return n;
}

/* Put a character of a label's value. The format has three escapes: for backslash, quote and new
 * line. An escape of SINK_TEXT begins with a backslash, which is escaped like any other. */
static size_t put_label_character(struct output *out, const char *text, size_t len)
{
    struct safe_character safe;
    size_t n = read_safe_character(text, len, out->ascii_only, &safe);

    if ((safe.bytes[0] == '\\' && *text != '\n') || *text == '"') {
        put_text(out, "\\");
    }
    put_bytes(out, safe.bytes, safe.len);
    return n;
}

void put_escaped(struct output *out, enum sink sink, const char *text, size_t len)
{
    size_t at = 0;

    while (at < len) {
        const char *rest = text + at;

        switch (sink) {
        case SINK_JSON: at += put_json_character(out, rest, len - at); break;
        case SINK_CSV:
        case SINK_CSV_SHOWN:
            at += put_csv_character(out, rest, len - at, sink == SINK_CSV_SHOWN);
            break;
        case SINK_LABEL: at += put_label_character(out, rest, len - at); break;
        case SINK_TEXT:
        case SINK_COUNT:
            put_safe_text(out, rest, len - at, 0);
            at = len;
            break;
        }
    }
}

/* ---- columns of a terminal ---- */

size_t put_safe_columns(struct output *out, const struct osft_span *text, size_t columns,
                        int ascii_only)
{
    struct safe_character safe;
    size_t at = 0, used = 0;

    while (at < text->len) {
        at += read_safe_character(text->ptr + at, text->len - at, ascii_only, &safe);
        if (safe.columns > columns - used) {
            break;
        }
        if (out != NULL) {
            put_bytes(out, safe.bytes, safe.len);
        }
        used += safe.columns;
    }
    return used;
}

/* Return the offset of the longest end of a text that fits into columns. */
static size_t find_tail(const struct osft_span *text, size_t columns, int ascii_only)
{
    size_t before = put_safe_columns(NULL, text, SIZE_MAX, ascii_only) - columns, at = 0,
           passed = 0;
    struct safe_character safe;

    while (at < text->len && passed < before) {
        at += read_safe_character(text->ptr + at, text->len - at, ascii_only, &safe);
        passed += safe.columns;
    }
    return at;
}

size_t put_cut_in_the_middle(struct output *out, const struct osft_span *text, size_t columns,
                             int ascii_only)
{
    size_t tail_columns, at, used;
    struct osft_span tail;

    if (columns < 6 || put_safe_columns(NULL, text, SIZE_MAX, ascii_only) <= columns) {
        return put_safe_columns(out, text, columns, ascii_only);
    }
    tail_columns = (columns - 2) * 2 / 3; /* names of runs begin alike, and end in a time */
    used = put_safe_columns(out, text, columns - 2 - tail_columns, ascii_only);
    put_text(out, "..");
    at = find_tail(text, tail_columns, ascii_only);
    tail.ptr = text->ptr + at;
    tail.len = text->len - at;
    return used + 2 + put_safe_columns(out, &tail, tail_columns, ascii_only);
}
