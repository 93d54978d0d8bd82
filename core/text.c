/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

/* This is long division with digits of 16 bits, because the compiler's own division of 64 bits
 * would link a routine of 0.5 KB or more. The dividend is shifted out of the top of `both` while
 * the quotient is shifted in at the bottom. */
uint32_t osft_divide(uint64_t *value, uint32_t divisor)
{
    uint64_t both = *value;
    uint32_t remainder = 0;
    unsigned digit;

    for (digit = 0; digit < 4; digit++) {
        remainder = remainder << 16 | (uint32_t)(both >> 48);
        both = both << 16 | remainder / divisor;
        remainder %= divisor;
    }
    *value = both;
    return remainder;
}

char *osft_write_number(char *end, uint64_t number)
{
    do {
        *--end = (char)('0' + osft_divide(&number, 10));
    } while (number != 0);
    return end;
}

/* The multiplication by 10 is made of shifts, because a multiplication of 64 bits would link a
 * routine on small cores. 19 digits fit into 64 bits. */
int64_t osft_parse_integer(const char *text, size_t len)
{
    uint64_t value = 0;
    size_t i;

    if (len == 0 || len > 19) {
        return -1;
    }
    for (i = 0; i < len; i++) {
        unsigned digit = (uint8_t)text[i] - (unsigned)'0';
        if (digit > 9) {
            return -1;
        }
        value = (value << 3) + (value << 1) + digit;
    }
    return value > INT64_MAX ? -1 : (int64_t)value;
}

uint64_t osft_parse_hex(const char *digits, size_t count)
{
    uint64_t value = 0;

    for (; count > 0; count--, digits++) {
        unsigned digit = (uint8_t)*digits;
        /* In ASCII the letters of both cases have bit 6 set, and their low 4 bits count from 1. */
        value = value << 4 | ((digit & 15) + (digit >> 6) * 9);
    }
    return value;
}

/* Return the character that a backslash and this letter stand for; quotes, slash and backslash
 * stand for themselves. */
static char unescape_letter(char letter)
{
    switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return letter;
    }
}

static char *write_utf8(char *dst, uint32_t code)
{
    unsigned shift = 0; /* bits that further bytes hold */

    if (code < 0x80) {
        *dst++ = (char)code;
        return dst;
    }
    if (code < 0x800) {
        shift = 6;
        *dst++ = (char)(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        shift = 12;
        *dst++ = (char)(0xe0 | code >> 12);
    } else {
        shift = 18;
        *dst++ = (char)(0xf0 | code >> 18);
    }
    while (shift > 0) {
        shift -= 6;
        *dst++ = (char)(0x80 | (code >> shift & 0x3f));
    }
    return dst;
}

/* The output never overtakes the input: an escape of 6 bytes becomes at most 3 bytes, a pair of 12
 * bytes becomes 4. */
size_t osft_unescape(char *dst, const char *src, size_t len)
{
    const char *begin = dst, *end = src + len;

    while (src < end) {
        char c = *src++;
        if (c != '\\') {
            *dst++ = c;
            continue;
        }
        if (*src != 'u') {
            *dst++ = unescape_letter(*src++);
            continue;
        }
        uint32_t code = (uint32_t)osft_parse_hex(src + 1, 4);
        src += 5;
        if (code >= 0xd800 && code < 0xdc00) { /* a surrogate pair; the other half follows */
            code =
                0x10000 + ((code - 0xd800) << 10) + ((uint32_t)osft_parse_hex(src + 2, 4) - 0xdc00);
            src += 6;
        }
        dst = write_utf8(dst, code);
    }
    return (size_t)(dst - begin);
}

int osft_is_equal_ignoring_case(const char *text, size_t len, const char *name)
{
    size_t i;

    for (i = 0; i < len; i++) {
        char c = text[i];
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c | 0x20);
        }
        if (name[i] == 0 || c != name[i]) {
            return 0;
        }
    }
    return name[len] == 0;
}
