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

/* Bit by bit, as the compiler's own would link a library routine of 0.5 KB or more. */
unsigned osft_divide(uint64_t *v, unsigned by)
{
    uint64_t q = *v;
    unsigned rest = 0, bit;

    for (bit = 0; bit < 64; bit++) {
        rest = rest << 1 | (unsigned)(q >> 63);
        q <<= 1;
        if (rest >= by) {
            rest -= by;
            q++;
        }
    }
    *v = q;
    return rest;
}

/* No multiplication: it would link a library routine on small cores. 19 digits cannot overflow. */
int64_t osft_integer(const char *s, size_t len)
{
    uint64_t v = 0;
    size_t i;

    if (len - 1 >= 19) {
        return -1;
    }
    for (i = 0; i < len; i++) {
        unsigned digit = (unsigned)(uint8_t)s[i] - '0';
        if (digit > 9) {
            return -1;
        }
        v = (v << 3) + (v << 1) + digit;
    }
    return v > INT64_MAX ? -1 : (int64_t)v;
}

uint32_t osft_hex(const char *hex, size_t n)
{
    uint32_t u = 0;
    for (; n > 0; n--, hex++) {
        unsigned b = (uint8_t)*hex;
        u = u << 4 | ((b & 15) + (b >> 6) * 9); /* letters have bit 6, and begin at 1 */
    }
    return u;
}

/* What a backslash and b stand for: most stand for themselves. */
static char control(char b)
{
    const char *p;
    for (p = "b\bf\fn\nr\rt\t"; *p != 0; p += 2) {
        if (*p == b) {
            return p[1];
        }
    }
    return b;
}

/* UTF-8: at most 3 bytes for an escape of 6, or 4 for the 12 of a pair. */
static char *put_utf8(char *dst, uint32_t c)
{
    unsigned more = 1;

    if (c < 0x80) {
        *dst++ = (char)c;
        return dst;
    }
    while (c >> (5 * more + 6) != 0) { /* 11, 16 or 21 bits */
        more++;
    }
    *dst++ = (char)(0xf00 >> (more + 1) | c >> (6 * more));
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
        *dst = *src++;
        if (*dst++ != '\\') {
            continue;
        }
        if (*src != 'u') {
            dst[-1] = control(*src++);
            continue;
        }
        c = osft_hex(src + 1, 4);
        src += 5;
        if (c >> 10 == 0x36) { /* the first half of a pair: less 0xd800, 0xdc00, more 0x10000 */
            c = (c << 10) + osft_hex(src + 2, 4) - 0x35fdc00;
            src += 6;
        }
        dst = put_utf8(dst - 1, c); /* never overtakes src */
    }
    return (size_t)(dst - begin);
}
