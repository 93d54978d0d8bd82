/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <string.h>

#define DEPTH_MAX 64

struct scan {
    const char *p, *end;
};

static int scan_value(struct scan *s, unsigned depth);

static int peek_character(const struct scan *s)
{
    return s->p < s->end ? (unsigned char)*s->p : -1;
}

static int scan_character(struct scan *s, int c)
{
    if (peek_character(s) != c)
        return 0;
    s->p++;
    return 1;
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && memchr(" \t\r\n", *s->p, 4))
        s->p++;
}

static int scan_hex4(struct scan *s, unsigned *unit)
{
    int i;

    *unit = 0;
    for (i = 0; i < 4; i++) {
        int digit = ep_hex_digit(peek_character(s));

        if (digit < 0)
            return -1;
        *unit = *unit * 16 + (unsigned)digit;
        s->p++;
    }
    return 0;
}

/* Scan one character beyond ASCII: check its length and that it is not overlong, not a surrogate
 * and not past U+10FFFF. */
static int scan_wide_character(struct scan *s)
{
    static const unsigned least[] = { 0, 0x80, 0x800, 0x10000 };
    unsigned first = (unsigned)peek_character(s);
    unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    unsigned code, i;

    if (first < 0xc0 || first > 0xf7)
        return -1;
    code = first & (0x3fU >> more);
    for (i = 1; i <= more; i++) {
        if (s->end - s->p <= (ptrdiff_t)i || ((unsigned char)s->p[i] & 0xc0) != 0x80)
            return -1;
        code = code << 6 | ((unsigned char)s->p[i] & 0x3f);
    }
    if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return -1;
    s->p += more + 1;
    return 0;
}

static int scan_string(struct scan *s)
{
    unsigned unit;

    if (!scan_character(s, '"'))
        return -1;
    for (;;) {
        int c = peek_character(s);

        if (c < 0x20)
            return -1;
        if (c >= 0x80) {
            if (scan_wide_character(s))
                return -1;
            continue;
        }
        s->p++;
        if (c == '"')
            return 0;
        if (c != '\\')
            continue;
        c = peek_character(s);
        if (c < 0 || !memchr("\"\\/bfnrtu", c, 9))
            return -1;
        s->p++;
        if (c == 'u' && scan_hex4(s, &unit))
            return -1;
    }
}

static int scan_digits(struct scan *s)
{
    const char *from = s->p;

    while (peek_character(s) >= '0' && peek_character(s) <= '9')
        s->p++;
    return s->p > from ? 0 : -1;
}

static int scan_number(struct scan *s)
{
    scan_character(s, '-');
    if (!scan_character(s, '0') && scan_digits(s))
        return -1;
    if (scan_character(s, '.') && scan_digits(s))
        return -1;
    if (scan_character(s, 'e') || scan_character(s, 'E')) {
        if (!scan_character(s, '+'))
            scan_character(s, '-');
        return scan_digits(s);
    }
    return 0;
}

static int scan_word(struct scan *s, const char *text)
{
    while (*text)
        if (!scan_character(s, *text++))
            return -1;
    return 0;
}

/* Scan from behind the opening bracket up to and including the closing one: elements, or members
 * when named. */
static int scan_elements(struct scan *s, int named, unsigned depth)
{
    int close = named ? '}' : ']';

    skip_space(s);
    if (scan_character(s, close))
        return 0;
    do {
        if (named) {
            skip_space(s);
            if (scan_string(s))
                return -1;
            skip_space(s);
            if (!scan_character(s, ':'))
                return -1;
        }
        skip_space(s);
        if (scan_value(s, depth))
            return -1;
        skip_space(s);
    } while (scan_character(s, ','));
    return scan_character(s, close) ? 0 : -1;
}

static int scan_value(struct scan *s, unsigned depth)
{
    switch (peek_character(s)) {
    case '{':
    case '[':
        if (depth == DEPTH_MAX)
            return -1;
        return scan_elements(s, *s->p++ == '{', depth + 1);
    case '"': return scan_string(s);
    case 't': return scan_word(s, "true");
    case 'f': return scan_word(s, "false");
    case 'n': return scan_word(s, "null");
    default: return scan_number(s);
    }
}

int ep_json_check(struct osft_span text, size_t *at)
{
    struct scan s = { text.ptr, text.ptr + text.len };
    int err;

    skip_space(&s);
    err = scan_value(&s, 0);
    if (!err)
        skip_space(&s);
    *at = (size_t)(s.p - text.ptr);
    return err || s.p < s.end ? -1 : 0;
}

int ep_json_member(struct osft_span *rest, struct osft_span *name, struct osft_span *val)
{
    struct scan s = { rest->ptr, rest->ptr + rest->len };

    skip_space(&s);
    if (!scan_character(&s, '{') && !scan_character(&s, ','))
        return 0;
    skip_space(&s);
    if (peek_character(&s) != '"')
        return 0;
    name->ptr = s.p + 1;
    if (scan_string(&s))
        return 0;
    name->len = (size_t)(s.p - name->ptr) - 1;
    skip_space(&s);
    scan_character(&s, ':');
    skip_space(&s);
    val->ptr = s.p;
    if (scan_value(&s, 0))
        return 0;
    val->len = (size_t)(s.p - val->ptr);
    rest->ptr = s.p;
    rest->len = (size_t)(s.end - s.p);
    return 1;
}

static void put_code(unsigned code, struct ep_text *out)
{
    unsigned more = code >= 0x10000 ? 3 : code >= 0x800 ? 2 : code >= 0x80 ? 1 : 0;
    static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };
    char c = (char)(lead[more] | (code >> (6 * more)));

    ep_put(out, &c, 1);
    while (more-- > 0) {
        c = (char)(0x80 | ((code >> (6 * more)) & 0x3f));
        ep_put(out, &c, 1);
    }
}

/* Unescape the character behind \u. When the first escape is the first half of a surrogate pair,
 * the second escape belongs to the character. */
static void unescape_unit(struct scan *s, struct ep_text *out)
{
    unsigned code, low;

    if (scan_hex4(s, &code))
        return;
    if (code >= 0xd800 && code <= 0xdbff && s->end - s->p >= 6 && s->p[0] == '\\' &&
        s->p[1] == 'u') {
        struct scan ahead = { s->p + 2, s->end };

        if (!scan_hex4(&ahead, &low) && low >= 0xdc00 && low <= 0xdfff) {
            s->p = ahead.p;
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    if (code >= 0xd800 && code <= 0xdfff)
        code = 0xfffd;
    put_code(code, out);
}

void ep_json_unescape(struct osft_span text, struct ep_text *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    struct scan s = { text.ptr + 1, text.ptr + text.len - 1 };

    while (s.p < s.end) {
        const char *plain;

        if (*s.p != '\\') {
            ep_put(out, s.p++, 1);
            continue;
        }
        s.p++;
        if (scan_character(&s, 'u')) {
            unescape_unit(&s, out);
            continue;
        }
        plain = strchr(from, *s.p);
        ep_put(out, plain ? to + (plain - from) : s.p, 1);
        s.p++;
    }
}

void ep_json_quote(struct osft_span text, struct ep_text *out)
{
    size_t i;

    ep_puts(out, "\"");
    for (i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '"' || c == '\\')
            ep_putf(out, "\\%c", c);
        else if (c < 0x20)
            ep_putf(out, "\\u%04x", c);
        else
            ep_put(out, &text.ptr[i], 1);
    }
    ep_puts(out, "\"");
}
