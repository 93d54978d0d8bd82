/* SPDX-License-Identifier: Apache-2.0 */
/* Reads IP addresses. */
#include "osft_tls_address_internal.h"

#include <stddef.h>
#include <string.h>

/* Read a whole text in dotted decimal. Leading zeros are refused, because some programs read such
 * numbers as octal. */
static int osft_tls_parse_ipv4(const char *text, uint8_t ip[4])
{
    for (size_t i = 0; i < 4; i++) {
        unsigned value = 0, digits = 0;
        for (; *text >= '0' && *text <= '9' && digits < 3; text++, digits++) {
            if (digits == 1 && value == 0) {
                return 0;
            }
            value = value * 10 + (unsigned)(*text - '0');
        }
        if (digits == 0 || value > 255 || *text != (i < 3 ? '.' : '\0')) {
            return 0;
        }
        ip[i] = (uint8_t)value;
        text++;
    }
    return 1;
}

static int osft_tls_hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Read one group of an IPv6 address, 1 to 4 digits. Returns where it ends, or NULL. */
static const char *osft_tls_parse_group(const char *text, uint8_t group[2])
{
    unsigned value = 0, digits = 0;
    for (; digits < 4 && osft_tls_hex_digit(*text) >= 0; text++, digits++) {
        value = value << 4 | (unsigned)osft_tls_hex_digit(*text);
    }
    group[0] = (uint8_t)(value >> 8);
    group[1] = (uint8_t)value;
    return digits > 0 && (*text == ':' || *text == '\0') ? text : NULL;
}

/* Move the bytes behind "::" to the end of the address, and fill the gap with zeros. len: bytes
 * read; gap: bytes before "::"; 16: there is no "::", and all 16 bytes must have been read. */
static int osft_tls_expand_gap(uint8_t ip[16], size_t len, size_t gap)
{
    if (gap == 16 || len == 16) {
        return gap == 16 && len == 16;
    }
    memmove(ip + 16 - (len - gap), ip + gap, len - gap);
    memset(ip + gap, 0, 16 - len);
    return 1;
}

/* Read a whole text in the form of RFC 4291, section 2.2, without a zone. */
static int osft_tls_parse_ipv6(const char *text, uint8_t ip[16])
{
    size_t len = 0, gap = 16;

    if (text[0] == ':' && *++text != ':') {
        return 0;
    }
    for (;;) {
        if (*text == ':') {
            if (gap != 16) {
                return 0;
            }
            gap = len;
            if (*++text == '\0') {
                break;
            }
        }
        if (len <= 12 && osft_tls_parse_ipv4(text, ip + len)) {
            len += 4;
            break;
        }
        if (len > 14 || (text = osft_tls_parse_group(text, ip + len)) == NULL) {
            return 0;
        }
        len += 2;
        if (*text == '\0') {
            break;
        }
        if (*++text == '\0') {
            return 0;
        }
    }
    return osft_tls_expand_gap(ip, len, gap);
}

uint8_t osft_tls_address(const char *bare, int is_bracketed, uint8_t ip[16])
{
    if (is_bracketed) {
        return osft_tls_parse_ipv6(bare, ip) ? 16 : 0;
    }
    return osft_tls_parse_ipv4(bare, ip) ? 4 : 0;
}
