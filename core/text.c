/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "text.h"

const char *osft_nth(const char *texts, unsigned n)
{
    while (n-- > 0) {
        texts += strlen(texts) + 1;
    }
    return texts;
}

unsigned osft_find(const char *texts, unsigned n, const char *s, size_t len)
{
    unsigned i;
    for (i = 0; i < n; i++) {
        size_t known = strlen(texts);
        if (len == known && ((s[0] ^ texts[0]) & ~0x20) == 0 &&
            memcmp(s + 1, texts + 1, len - 1) == 0) {
            break;
        }
        texts += known + 1;
    }
    return i;
}

/* No multiplication: it would link a library routine on small cores. */
int64_t osft_integer(const char *s, size_t len)
{
    uint64_t v = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        unsigned digit = (unsigned)(uint8_t)s[i] - '0';
        if (digit > 9 || v > INT64_MAX / 10) {
            return -1;
        }
        v = (v << 3) + (v << 1) + digit;
    }
    return len == 0 || v > INT64_MAX ? -1 : (int64_t)v;
}

unsigned osft_hex_digit(uint8_t b)
{
    if (b <= '9') {
        return b - (unsigned)'0';
    }
    b |= 0x20;
    return b >= 'a' && b <= 'f' ? b - (unsigned)'a' + 10 : 16;
}

char osft_unescape_char(uint8_t b)
{
    /* Pairs: what is written, what is meant. */
    static const char pairs[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    const char *p;
    for (p = pairs; *p != 0; p += 2) {
        if ((uint8_t)*p == b) {
            return p[1];
        }
    }
    return 0;
}

static uint32_t unit(const char *hex)
{
    uint32_t u = 0;
    int i;
    for (i = 0; i < 4; i++) {
        u = u << 4 | osft_hex_digit((uint8_t)hex[i]);
    }
    return u;
}

/* At most 3 bytes for 6, or 4 for the 12 of a pair: dst never overtakes src. */
static char *put_utf8(char *dst, uint32_t c)
{
    int more;
    if (c < 0x80) {
        *dst = (char)c;
        return dst + 1;
    }
    more = 1 + (c >= 0x800) + (c >= 0x10000);
    *dst++ = (char)((0xf00 >> (more + 1)) | (int)(c >> (6 * more)));
    while (more-- > 0) {
        *dst++ = (char)(0x80 | (c >> (6 * more) & 0x3f));
    }
    return dst;
}

size_t osft_unescape(char *dst, const char *src, size_t len)
{
    const char *begin = dst;
    const char *end = src + len;

    while (src < end) {
        uint32_t c;
        if (*src != '\\') {
            *dst++ = *src++;
            continue;
        }
        if (src[1] != 'u') {
            *dst++ = osft_unescape_char((uint8_t)src[1]);
            src += 2;
            continue;
        }
        c = unit(src + 2);
        src += 6;
        if (c >> 10 == 0x36) {
            c = 0x10000 + ((c - 0xd800) << 10) + (unit(src + 2) - 0xdc00);
            src += 6;
        }
        dst = put_utf8(dst, c);
    }
    return (size_t)(dst - begin);
}
