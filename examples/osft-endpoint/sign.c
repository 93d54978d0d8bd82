/* SPDX-License-Identifier: Apache-2.0 */
#include "sign.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mbedtls/md.h>

#include "canon.h"

#define SCHEME "ACS3-HMAC-SHA256"

/* Cut the text before c, or the whole text, off *rest; c is dropped. */
static struct osft_span cut_token(struct osft_span *rest, char c)
{
    const char *at = rest->len ? memchr(rest->ptr, c, rest->len) : NULL;
    struct osft_span part = { rest->ptr, at ? (size_t)(at - rest->ptr) : rest->len };

    rest->ptr += part.len + (at ? 1 : 0);
    rest->len -= part.len + (at ? 1 : 0);
    return part;
}

int ep_authorization(struct osft_span value, struct ep_authorization *a)
{
    if (ep_take(&value, SCHEME " Credential="))
        return -1;
    a->id = cut_token(&value, ',');
    if (ep_take(&value, "SignedHeaders="))
        return -1;
    a->names = cut_token(&value, ',');
    if (ep_take(&value, "Signature="))
        return -1;
    a->signature = value;
    return a->id.len && a->names.len && value.len == 64 ? 0 : -1;
}

static int is_lower(struct osft_span s)
{
    size_t i;

    for (i = 0; i < s.len; i++)
        if (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z')
            return 0;
    return s.len > 0;
}

static int is_before(struct osft_span a, struct osft_span b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.ptr, b.ptr, least);

    return order < 0 || (order == 0 && a.len < b.len);
}

static int same_nocase(struct osft_span a, struct osft_span b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static int is_listed(struct osft_span names, struct osft_span name)
{
    while (names.len)
        if (same_nocase(cut_token(&names, ';'), name))
            return 1;
    return 0;
}

/* Count the headers with the name. *h: set to the last of them. */
static size_t find_headers(const struct ep_request *r, struct osft_span name,
                           const struct ep_header **h)
{
    size_t i, found = 0;

    for (i = 0; i < r->count; i++) {
        if (same_nocase(r->headers[i].name, name)) {
            *h = &r->headers[i];
            found++;
        }
    }
    return found;
}

static int must_be_signed(struct osft_span name)
{
    return ep_same_nocase(name, "host") || ep_same_nocase(name, "content-type") ||
           (name.len > 6 && strncasecmp(name.ptr, "x-acs-", 6) == 0);
}

int ep_signed_names(const struct ep_request *r, struct osft_span names, struct osft_span *which)
{
    struct osft_span rest = names, before = { "", 0 };
    const struct ep_header *h;
    size_t i;

    while (rest.len) {
        *which = cut_token(&rest, ';');
        if (!is_lower(*which) || !is_before(before, *which) || find_headers(r, *which, &h) != 1)
            return -1;
        before = *which;
    }
    for (i = 0; i < r->count; i++) {
        *which = r->headers[i].name;
        if (must_be_signed(*which) && !is_listed(names, *which))
            return -1;
    }
    return 0;
}

void ep_sha256(struct osft_span text, unsigned char digest[32])
{
    const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);

    if (!sha256 || mbedtls_md(sha256, (const unsigned char *)text.ptr, text.len, digest))
        abort();
}

static void put_sha256(struct ep_text *out, struct osft_span text)
{
    unsigned char digest[32];

    ep_sha256(text, digest);
    ep_put_hex(out, digest, sizeof(digest));
}

int ep_canonical_request(const struct ep_request *r, struct osft_span names, const char *bare,
                         struct ep_text *out)
{
    struct ep_query query = { 0 };
    struct osft_span rest = names;
    const struct ep_header *h;
    int err;

    ep_put_span(out, r->method);
    ep_puts(out, "\n");
    err = ep_canonical_path(r->path, bare, out);
    ep_puts(out, "\n");
    if (!err)
        err = ep_query_parse(r->query, &query);
    if (!err)
        ep_canonical_query(&query, out);
    ep_free(&query.text);
    ep_puts(out, "\n");
    while (rest.len) {
        struct osft_span name = cut_token(&rest, ';');

        if (find_headers(r, name, &h) != 1)
            return -1;
        ep_put_span(out, name);
        ep_puts(out, ":");
        ep_put_span(out, h->value);
        ep_puts(out, "\n");
    }
    ep_puts(out, "\n");
    ep_put_span(out, names);
    ep_puts(out, "\n");
    put_sha256(out, r->body);
    return err;
}

void ep_string_to_sign(struct osft_span canonical, struct ep_text *out)
{
    ep_puts(out, SCHEME "\n");
    put_sha256(out, canonical);
}

void ep_signature(struct osft_span string_to_sign, const char *secret, struct ep_text *out)
{
    const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    unsigned char mac[32];

    if (!sha256 ||
        mbedtls_md_hmac(sha256, (const unsigned char *)secret, strlen(secret),
                        (const unsigned char *)string_to_sign.ptr, string_to_sign.len, mac))
        abort();
    ep_put_hex(out, mac, sizeof(mac));
}
