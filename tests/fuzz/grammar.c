/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of RFC 8259 by recursive descent. Each function moves text->at behind what it has
 * read and returns 1; or it returns 0, and text->at is where the text stops being JSON. */
#include "reader.h"

struct text {
    const uint8_t *at, *end;
    int depth, depth_max, is_too_deep;
};

static int read_value(struct text *text);

static void skip_space(struct text *text)
{
    while (text->at < text->end && memchr(" \t\n\r", *text->at, 4) != NULL) {
        text->at++;
    }
}

static int is_in(const struct text *text, int low, int high)
{
    return text->at < text->end && *text->at >= low && *text->at <= high;
}

static int read_byte(struct text *text, int low, int high)
{
    if (!is_in(text, low, high)) {
        return 0;
    }
    text->at++;
    return 1;
}

static int read_digits(struct text *text)
{
    if (!read_byte(text, '0', '9')) {
        return 0;
    }
    while (read_byte(text, '0', '9')) {
    }
    return 1;
}

static int read_number(struct text *text)
{
    (void)read_byte(text, '-', '-');
    if (!read_byte(text, '0', '0') && !read_digits(text)) {
        return 0;
    }
    if (read_byte(text, '.', '.') && !read_digits(text)) {
        return 0;
    }
    if (read_byte(text, 'e', 'e') || read_byte(text, 'E', 'E')) {
        if (!read_byte(text, '+', '+')) {
            (void)read_byte(text, '-', '-');
        }
        return read_digits(text);
    }
    return 1;
}

/* Read a hex digit from `low` to `high`. */
static int read_hex(struct text *text, unsigned low, unsigned high)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit;

    if (text->at == text->end || *text->at == 0) {
        return 0;
    }
    digit = strchr(digits, *text->at >= 'A' && *text->at <= 'F' ? *text->at | 0x20 : *text->at);
    if (digit == NULL || (unsigned)(digit - digits) < low || (unsigned)(digit - digits) > high) {
        return 0;
    }
    text->at++;
    return 1;
}

/* Read what follows \u: a code unit; the first half of a surrogate pair must be followed by the
 * second. */
static int read_unit(struct text *text)
{
    int is_d = is_in(text, 'd', 'd') || is_in(text, 'D', 'D');

    if (!read_hex(text, 0, 15)) {
        return 0;
    }
    if (is_d && read_hex(text, 8, 11)) {
        return read_hex(text, 0, 15) && read_hex(text, 0, 15) && read_byte(text, '\\', '\\') &&
               read_byte(text, 'u', 'u') && read_hex(text, 13, 13) && read_hex(text, 12, 15) &&
               read_hex(text, 0, 15) && read_hex(text, 0, 15);
    }
    return read_hex(text, 0, is_d ? 7 : 15) && read_hex(text, 0, 15) && read_hex(text, 0, 15);
}

/* Read a character of two to four bytes, by table 3-7 of the Unicode standard. */
static int read_character(struct text *text)
{
    static const uint8_t rows[][4] = {
        /* limits of the first byte, limits of the second byte */
        { 0xc2, 0xdf, 0x80, 0xbf }, { 0xe0, 0xe0, 0xa0, 0xbf }, { 0xe1, 0xec, 0x80, 0xbf },
        { 0xed, 0xed, 0x80, 0x9f }, { 0xee, 0xef, 0x80, 0xbf }, { 0xf0, 0xf0, 0x90, 0xbf },
        { 0xf1, 0xf3, 0x80, 0xbf }, { 0xf4, 0xf4, 0x80, 0x8f },
    };
    uint8_t first = *text->at;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (read_byte(text, rows[i][0], rows[i][1])) {
            return read_byte(text, rows[i][2], rows[i][3]) &&
                   (first < 0xe0 || read_byte(text, 0x80, 0xbf)) &&
                   (first < 0xf0 || read_byte(text, 0x80, 0xbf));
        }
    }
    return 0;
}

static int read_string(struct text *text)
{
    if (!read_byte(text, '"', '"')) {
        return 0;
    }
    while (!read_byte(text, '"', '"')) {
        if (read_byte(text, '\\', '\\')) {
            if (read_byte(text, 'u', 'u')) {
                if (!read_unit(text)) {
                    return 0;
                }
            } else if (text->at == text->end || *text->at == 0 ||
                       strchr("\"\\/bfnrt", *text->at) == NULL) {
                return 0;
            } else {
                text->at++;
            }
        } else if (!read_byte(text, 0x20, 0x7f) &&
                   (!is_in(text, 0x80, 0xff) || !read_character(text))) {
            return 0;
        }
    }
    return 1;
}

static int read_word(struct text *text, const char *word)
{
    for (; *word != 0; word++) {
        if (!read_byte(text, (uint8_t)*word, (uint8_t)*word)) {
            return 0;
        }
    }
    return 1;
}

static int read_member(struct text *text)
{
    skip_space(text);
    if (!read_string(text)) {
        return 0;
    }
    skip_space(text);
    return read_byte(text, ':', ':') && read_value(text);
}

/* Read from behind the opening bracket up to the closing one. */
static int read_container(struct text *text, int closing)
{
    if (++text->depth > text->depth_max) {
        text->is_too_deep = 1;
        text->at--; /* the error is at the bracket */
        return 0;
    }
    skip_space(text);
    if (!read_byte(text, closing, closing)) {
        do {
            if (closing == '}' ? !read_member(text) : !read_value(text)) {
                return 0;
            }
        } while (read_byte(text, ',', ','));
        if (!read_byte(text, closing, closing)) {
            return 0;
        }
    }
    text->depth--;
    return 1;
}

static int read_value(struct text *text)
{
    int is_good;

    skip_space(text);
    if (text->at == text->end) {
        return 0;
    }
    switch (*text->at) {
    case '{': text->at++, is_good = read_container(text, '}'); break;
    case '[': text->at++, is_good = read_container(text, ']'); break;
    case '"': is_good = read_string(text); break;
    case 't': is_good = read_word(text, "true"); break;
    case 'f': is_good = read_word(text, "false"); break;
    case 'n': is_good = read_word(text, "null"); break;
    default: is_good = read_number(text); break;
    }
    if (is_good) {
        skip_space(text);
    }
    return is_good;
}

int reader_check(const void *bytes, size_t len, int depth_max, size_t *offset)
{
    struct text text = { bytes, (const uint8_t *)bytes + len, 0, depth_max, 0 };
    int is_good = read_value(&text) && text.at == text.end;

    *offset = (size_t)(text.at - (const uint8_t *)bytes);
    if (text.is_too_deep) {
        return OSFT_E_DEPTH;
    }
    return is_good ? OSFT_OK : OSFT_E_JSON;
}
