/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <string.h>

#include "board.h"

/* An erased sector is all ones, and has no settings. */
static int ends(char c)
{
    return c == '\0' || c == '\xFF';
}

static int is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r';
}

struct osft_span settings_find(const char *text, const char *name)
{
    struct osft_span value = { NULL, 0 };
    size_t len = strlen(name);

    while (text != NULL && !ends(*text)) {
        if (strncmp(text, name, len) == 0 && text[len] == '=') {
            value.ptr = text + len + 1;
            while (!ends(value.ptr[value.len]) && !is_space(value.ptr[value.len])) {
                value.len++;
            }
            return value;
        }
        while (!ends(*text) && !is_space(*text)) {
            text++;
        }
        while (is_space(*text)) {
            text++;
        }
    }
    return value;
}

struct osft_span settings_get(const char *name)
{
    return settings_find(board_sector, name);
}

uint32_t settings_number(struct osft_span value, uint32_t otherwise)
{
    uint32_t n = 0;

    if (value.ptr == NULL || value.len == 0) {
        return otherwise;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9' || n > UINT32_MAX / 10 - 1) {
            return otherwise;
        }
        n = n * 10 + (uint32_t)(value.ptr[i] - '0');
    }
    return n;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int settings_hex(struct osft_span value, uint8_t *dst, size_t len)
{
    if (value.ptr == NULL || value.len != 2 * len) {
        return -1;
    }
    for (size_t i = 0; i < len; i++) {
        int high = digit(value.ptr[2 * i]), low = digit(value.ptr[2 * i + 1]);
        if (high < 0 || low < 0) {
            return -1;
        }
        dst[i] = (uint8_t)(high * 16 + low);
    }
    return 0;
}

int settings_copy(struct osft_span value, char *dst, size_t cap)
{
    if (value.ptr == NULL || value.len == 0 || value.len >= cap) {
        return -1;
    }
    memcpy(dst, value.ptr, value.len);
    dst[value.len] = '\0';
    return 0;
}

/* A certificate is a DER sequence of 256 bytes or more: 30 82, and two bytes of length. */
struct osft_span settings_root(struct osft_span before)
{
    struct osft_span root = { NULL, 0 };
    size_t at = 0, size = LINK_SIZE(link_sector_size);

    if (before.ptr == NULL) {
        while (at < size && !ends(board_sector[at])) {
            at++;
        }
        at++;
    } else {
        at = (size_t)(before.ptr - board_sector) + before.len;
    }
    if (at + 4 > size || memcmp(board_sector + at, "\x30\x82", 2) != 0) {
        return root;
    }
    size_t len = 4 + ((size_t)(uint8_t)board_sector[at + 2] << 8 | (uint8_t)board_sector[at + 3]);
    if (len <= size - at) {
        root.ptr = board_sector + at;
        root.len = len;
    }
    return root;
}
