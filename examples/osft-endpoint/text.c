/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void ep_reserve(struct ep_text *t, size_t more)
{
    size_t cap = t->cap ? t->cap : 256;
    char *mem;

    if (more < t->cap - t->len)
        return;
    if (more > SIZE_MAX / 4 - t->len)
        cap = 0;
    while (cap && cap - t->len <= more)
        cap *= 2;
    mem = cap ? realloc(t->mem, cap) : NULL;
    if (!mem) {
        fputs("osft-endpoint: out of memory\n", stderr);
        exit(1);
    }
    t->mem = mem;
    t->cap = cap;
}

void ep_put(struct ep_text *t, const void *src, size_t len)
{
    ep_reserve(t, len);
    if (len)
        memcpy(t->mem + t->len, src, len);
    t->len += len;
    t->mem[t->len] = '\0';
}

void ep_puts(struct ep_text *t, const char *s)
{
    ep_put(t, s, strlen(s));
}

void ep_put_span(struct ep_text *t, struct osft_span s)
{
    ep_put(t, s.ptr, s.len);
}

void ep_putf(struct ep_text *t, const char *format, ...)
{
    char piece[256];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(piece, sizeof(piece), format, args);
    va_end(args);
    if (len > 0)
        ep_put(t, piece, (size_t)len < sizeof(piece) ? (size_t)len : sizeof(piece) - 1);
}

void ep_fill(struct ep_text *t, char c, size_t len)
{
    ep_reserve(t, len);
    memset(t->mem + t->len, c, len);
    t->len += len;
    t->mem[t->len] = '\0';
}

void ep_put_hex(struct ep_text *t, const unsigned char *src, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < len; i++) {
        char pair[2];

        pair[0] = digits[src[i] >> 4];
        pair[1] = digits[src[i] & 15];
        ep_put(t, pair, 2);
    }
}

void ep_drop(struct ep_text *t, size_t len)
{
    if (len == 0)
        return;
    memmove(t->mem, t->mem + len, t->len - len);
    t->len -= len;
    t->mem[t->len] = '\0';
}

int ep_read(struct ep_text *t, const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t got;
    int cause = 0;

    if (!f)
        return -1;
    do {
        ep_reserve(t, 65536);
        errno = 0;
        got = fread(t->mem + t->len, 1, 65536, f);
        t->len += got;
    } while (got > 0);
    t->mem[t->len] = '\0';
    if (ferror(f))
        cause = errno ? errno : EIO;
    fclose(f);
    errno = cause;
    return cause ? -1 : 0;
}

void ep_free(struct ep_text *t)
{
    free(t->mem);
    memset(t, 0, sizeof(*t));
}

struct osft_span ep_span(const char *s)
{
    struct osft_span span = { s, strlen(s) };

    return span;
}

struct osft_span ep_span_of(const struct ep_text *t)
{
    struct osft_span span = { t->mem ? t->mem : "", t->len };

    return span;
}

int ep_same(struct osft_span s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

int ep_same_nocase(struct osft_span s, const char *text)
{
    return s.len == strlen(text) && strncasecmp(s.ptr, text, s.len) == 0;
}

int ep_take(struct osft_span *rest, const char *text)
{
    size_t len = strlen(text);

    if (rest->len < len || memcmp(rest->ptr, text, len) != 0)
        return -1;
    rest->ptr += len;
    rest->len -= len;
    return 0;
}

int ep_hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f')
        return (c | 32) - 'a' + 10;
    return -1;
}

int ep_int64(struct osft_span s, int64_t *value)
{
    int minus = s.len > 0 && s.ptr[0] == '-';
    size_t i = minus ? 1 : 0;
    int64_t sum = 0; /* minus the absolute value, as the negative range is larger by one */

    if (i == s.len)
        return -1;
    for (; i < s.len; i++) {
        int digit = s.ptr[i] - '0';

        if (digit < 0 || digit > 9 || sum < (INT64_MIN + digit) / 10)
            return -1;
        sum = sum * 10 - digit;
    }
    if (!minus && sum == INT64_MIN)
        return -1;
    *value = minus ? sum : -sum;
    return 0;
}

uint64_t ep_mix(uint64_t seed, uint64_t salt)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15u + salt;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}
