/* SPDX-License-Identifier: Apache-2.0 */
/* What came from the network or from a file is not trusted with a terminal. */
#define _XOPEN_SOURCE 700 /* wcwidth */
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include "cmd.h"

size_t text_decode(const char *s, size_t len, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *b = (const unsigned char *)s;
    size_t n, i;

    if (b[0] < 0x80) {
        *code = b[0];
        return 1;
    }
    n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || n > len) {
        return 0;
    }
    *code = b[0] & (0x7fU >> n);
    for (i = 1; i < n; i++) {
        if ((b[i] & 0xc0) != 0x80) {
            return 0;
        }
        *code = *code << 6 | (b[i] & 0x3f);
    }
    if (*code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff)) {
        return 0;
    }
    return n;
}

/* Controls, line and paragraph separators, and whatever reorders or hides the text around it. */
int text_is_harmful(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

static size_t columns_of(uint32_t code)
{
    int width = 1;
    if (code >= 0x80 && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) {
        width = wcwidth((wchar_t)code);
    }
    return width < 0 ? 1 : (size_t)width;
}

size_t text_piece(const char *s, size_t len, int ascii, struct piece *p)
{
    uint32_t code = 0;
    size_t used = text_decode(s, len, &code);

    if (used == 1 && !text_is_harmful(code)) {
        p->bytes[0] = *s;
        p->len = 1;
        p->width = 1;
        return 1;
    }
    if (used > 1 && !text_is_harmful(code) && !ascii) {
        memcpy(p->bytes, s, used);
        p->len = used;
        p->width = columns_of(code);
        return used;
    }
    if (code == '\n' || code == '\r' || code == '\t') {
        p->len = (size_t)snprintf(p->bytes, sizeof(p->bytes), "\\%c",
                                  code == '\n'   ? 'n'
                                  : code == '\r' ? 'r'
                                                 : 't');
    } else if (used > 1) {
        p->len = (size_t)snprintf(p->bytes, sizeof(p->bytes), "\\u{%x}", (unsigned)code);
    } else {
        p->len = (size_t)snprintf(p->bytes, sizeof(p->bytes), "\\x%02x", (unsigned char)*s);
        used = 1;
    }
    p->width = p->len;
    return used;
}

void text_safe(struct out *o, const char *s, size_t len, int ascii)
{
    struct piece p;
    size_t at = 0;
    while (at < len) {
        at += text_piece(s + at, len - at, ascii, &p);
        out_put(o, p.bytes, p.len);
    }
}
