/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <string.h>

#include "board.h"

#define SECONDS_MAX 1728000 /* 20 days */

/* Whether the character ends the text. An erased sector is all ones, and so has an empty text. */
static int is_end(char c)
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

    while (text != NULL && !is_end(*text)) {
        if (strncmp(text, name, len) == 0 && text[len] == '=') {
            value.ptr = text + len + 1;
            while (!is_end(value.ptr[value.len]) && !is_space(value.ptr[value.len])) {
                value.len++;
            }
            return value;
        }
        while (!is_end(*text) && !is_space(*text)) {
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
    uint32_t number = 0;

    if (value.ptr == NULL || value.len == 0) {
        return otherwise;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9' || number > UINT32_MAX / 10 - 1) {
            return otherwise;
        }
        number = number * 10 + (uint32_t)(value.ptr[i] - '0');
    }
    return number;
}

uint32_t settings_ms(const char *name, uint32_t otherwise_s)
{
    uint32_t seconds = settings_number(settings_get(name), otherwise_s);

    return (seconds < SECONDS_MAX ? seconds : SECONDS_MAX) * 1000;
}

uint32_t settings_interval_ms(void)
{
    uint32_t ms = settings_ms("interval", 60);

    return ms != 0 ? ms : 1000;
}

/* Return the value of a hexadecimal digit, or -1. */
static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int settings_hex(struct osft_span value, uint8_t *bytes, size_t len)
{
    if (value.ptr == NULL || value.len != 2 * len) {
        return -1;
    }
    for (size_t i = 0; i < len; i++) {
        int high = digit_value(value.ptr[2 * i]), low = digit_value(value.ptr[2 * i + 1]);
        if (high < 0 || low < 0) {
            return -1;
        }
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    return 0;
}

int settings_copy(struct osft_span value, char *text, size_t room)
{
    if (value.ptr == NULL || value.len == 0 || value.len >= room) {
        return -1;
    }
    memcpy(text, value.ptr, value.len);
    text[value.len] = '\0';
    return 0;
}

/* Return where the first root begins: behind the NUL that ends the text. */
static size_t first_root(size_t sector_size)
{
    size_t at = 0;

    while (at < sector_size && !is_end(board_sector[at])) {
        at++;
    }
    return at + 1;
}

/* A certificate is a DER sequence of 256 bytes or more: 30 82, and two bytes of length. */
struct osft_span settings_next_root(const struct osft_span *root)
{
    struct osft_span next = { NULL, 0 };
    size_t sector_size = LINK_SIZE(link_sector_size), len;
    size_t at =
        root != NULL ? (size_t)(root->ptr - board_sector) + root->len : first_root(sector_size);
    const char *der = board_sector + at;

    if (at + 4 > sector_size || der[0] != '\x30' || der[1] != '\x82') {
        return next;
    }
    len = 4 + ((size_t)(uint8_t)der[2] << 8 | (uint8_t)der[3]);
    if (len <= sector_size - at) {
        next.ptr = der;
        next.len = len;
    }
    return next;
}
