/* SPDX-License-Identifier: Apache-2.0 */
/* What came from the network or from a file may hold escape sequences for the terminal. */
#define _XOPEN_SOURCE 700 /* wcwidth */
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include "command.h"

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

/* Control characters, line and paragraph separators, and what reorders or hides the text around
 * it. */
int is_unsafe_character(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

static size_t columns_of(uint32_t character)
{
    int columns = 1;
    if (character >= 0x80 && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) {
        columns = wcwidth((wchar_t)character);
    }
    return columns < 0 ? 1 : (size_t)columns;
}

size_t read_safe_character(const char *text, size_t len, int ascii_only,
                           struct safe_character *safe)
{
    uint32_t character = 0;
    size_t n = decode_utf8(text, len, &character);

    if (n == 1 && !is_unsafe_character(character)) {
        safe->bytes[0] = *text;
        safe->len = safe->columns = 1;
        return 1;
    }
    if (n > 1 && !is_unsafe_character(character) && !ascii_only) {
        memcpy(safe->bytes, text, n);
        safe->len = n;
        safe->columns = columns_of(character);
        return n;
    }
    if (character == '\n' || character == '\r' || character == '\t') {
        char letter = character == '\n' ? 'n' : character == '\r' ? 'r' : 't';
        safe->len = (size_t)snprintf(safe->bytes, sizeof(safe->bytes), "\\%c", letter);
    } else if (n > 1) {
        safe->len =
            (size_t)snprintf(safe->bytes, sizeof(safe->bytes), "\\u{%x}", (unsigned)character);
    } else {
        safe->len =
            (size_t)snprintf(safe->bytes, sizeof(safe->bytes), "\\x%02x", (unsigned char)*text);
        n = 1;
    }
    safe->columns = safe->len;
    return n;
}

void put_safe_text(struct output *out, const char *text, size_t len, int ascii_only)
{
    struct safe_character safe;
    size_t at = 0;

    while (at < len) {
        at += read_safe_character(text + at, len - at, ascii_only, &safe);
        put_bytes(out, safe.bytes, safe.len);
    }
}

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
