/* SPDX-License-Identifier: Apache-2.0 */
/* What mbedTLS does not check, or not in every version: addresses, pins, and time by the port's clock. */
#include "osft_tls_internal.h"

#include "mbedtls/md.h"

#include <string.h>

/* Dotted decimal, the whole text; no leading zeros, which some would read as octal. */
static int parse_v4(const char *s, uint8_t out[4])
{
    for (size_t i = 0; i < 4; i++) {
        unsigned value = 0, digits = 0;
        for (; *s >= '0' && *s <= '9' && digits < 3; s++, digits++) {
            if (digits == 1 && value == 0) {
                return 0;
            }
            value = value * 10 + (unsigned)(*s - '0');
        }
        if (digits == 0 || value > 255 || *s != (i < 3 ? '.' : '\0')) {
            return 0;
        }
        out[i] = (uint8_t)value;
        s++;
    }
    return 1;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One group of an IPv6 address, 1 to 4 digits. Returns where it ends, or NULL. */
static const char *parse_group(const char *s, uint8_t out[2])
{
    unsigned value = 0, digits = 0;
    for (; digits < 4 && hex_digit(*s) >= 0; s++, digits++) {
        value = value << 4 | (unsigned)hex_digit(*s);
    }
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
    return digits > 0 && (*s == ':' || *s == '\0') ? s : NULL;
}

/* Moves the bytes behind "::", which stands at byte gap (16: nowhere), to the back. It must stand for
 * something, and without it all 16 must be there. */
static int spread(uint8_t out[16], size_t n, size_t gap)
{
    if (gap == 16 || n == 16) {
        return gap == 16 && n == 16;
    }
    memmove(out + 16 - (n - gap), out + gap, n - gap);
    memset(out + gap, 0, 16 - n);
    return 1;
}

/* RFC 4291, section 2.2, the whole text; no zone. */
static int parse_v6(const char *s, uint8_t out[16])
{
    size_t n = 0, gap = 16;

    if (s[0] == ':' && *++s != ':') {
        return 0;
    }
    for (;;) {
        if (*s == ':') {
            if (gap != 16) {
                return 0;
            }
            gap = n;
            if (*++s == '\0') {
                break;
            }
        }
        if (n <= 12 && parse_v4(s, out + n)) {
            n += 4;
            break;
        }
        if (n > 14 || (s = parse_group(s, out + n)) == NULL) {
            return 0;
        }
        n += 2;
        if (*s == '\0') {
            break;
        }
        if (*++s == '\0') {
            return 0;
        }
    }
    return spread(out, n, gap);
}

uint8_t osft_tls_address(const char *host, uint8_t ip[16])
{
    char text[46]; /* the longest there is */
    size_t len = strlen(host);

    if (parse_v4(host, ip)) {
        return 4;
    }
    if (len < 2 || len - 2 >= sizeof text || host[0] != '[' || host[len - 1] != ']') {
        return 0;
    }
    memcpy(text, host + 1, len - 2);
    text[len - 2] = '\0';
    return parse_v6(text, ip) ? 16 : 0;
}

/* mbedTLS 2.28 knows no addresses in certificates, and both versions would take one from the common
 * name. RFC 9110, section 4.3.5: an address must match an iPAddress of the certificate, byte by byte. */
static int has_address(const struct osft_tls *t, const mbedtls_x509_crt *crt)
{
    const int tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_X509_SAN_IP_ADDRESS;
    for (const mbedtls_x509_sequence *s = &crt->subject_alt_names; s != NULL; s = s->next) {
        if (s->buf.tag == tag && s->buf.len == t->ip_len &&
            memcmp(s->buf.p, t->ip, t->ip_len) == 0) {
            return 1;
        }
    }
    return 0;
}

int osft_tls_sha256(const void *src, size_t len, uint8_t digest[32])
{
    return mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), src, len, digest);
}

int osft_tls_pin(struct osft_tls *t, const uint8_t sha256[32])
{
    if (t->pins == OSFT_TLS_PINS) {
        return OSFT_E_SPACE;
    }
    memcpy(t->pin[t->pins++], sha256, sizeof t->pin[0]);
    osft_tls_session_drop(t); /* made when this pin did not count */
    return OSFT_OK;
}

static int has_pinned_key(const struct osft_tls *t, const mbedtls_x509_crt *crt)
{
    uint8_t digest[32];
    if (osft_tls_sha256(crt->pk_raw.p, crt->pk_raw.len, digest) != 0) {
        return 0;
    }
    for (size_t i = 0; i < t->pins; i++) {
        if (memcmp(t->pin[i], digest, sizeof digest) == 0) {
            return 1;
        }
    }
    return 0;
}

int osft_tls_verify(void *ctx, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
    struct osft_tls *t = ctx;
    osft_tls_check_time(t, crt, flags);
    if (depth == 0) {
        if (t->ip_len != 0 && !has_address(t, crt)) {
            *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
        }
        if (t->pins != 0 && !has_pinned_key(t, crt)) {
            *flags |= MBEDTLS_X509_BADCERT_OTHER;
        }
        t->verified = *flags == 0;
        t->misled = 0;
    }
    return 0;
}
