/* SPDX-License-Identifier: Apache-2.0 */
#include "canon.h"

#include <string.h>

int ep_decode(struct osft_span raw, int plus, struct ep_text *out)
{
    size_t i;

    ep_reserve(out, raw.len);
    for (i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];

        if (c == '%') {
            int high = i + 1 < raw.len ? ep_hex_digit(raw.ptr[i + 1]) : -1;
            int low = i + 2 < raw.len ? ep_hex_digit(raw.ptr[i + 2]) : -1;

            if (high < 0 || low < 0)
                return -1;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        ep_put(out, &c, 1);
    }
    return 0;
}

/* Encode as %XX everything but A-Z a-z 0-9 - _ . ~ and the characters in bare. */
static void encode(struct osft_span text, const char *bare, struct ep_text *out)
{
    size_t i;

    for (i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
            (c && (strchr("-_.~", c) || strchr(bare, c))))
            ep_put(out, &c, 1);
        else
            ep_putf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}

int ep_canonical_path(struct osft_span path, const char *bare, struct ep_text *out)
{
    struct ep_text segment = { NULL, 0, 0 };
    size_t from = 0, i;
    int err = 0;

    for (i = 0; i <= path.len && !err; i++) {
        struct osft_span raw = { path.ptr + from, i - from };

        if (i < path.len && path.ptr[i] != '/')
            continue;
        segment.len = 0;
        err = ep_decode(raw, 0, &segment);
        if (!err)
            encode(ep_span_of(&segment), bare, out);
        if (i < path.len)
            ep_puts(out, "/");
        from = i + 1;
    }
    ep_free(&segment);
    return err;
}

static int parse_pair(struct osft_span raw, struct ep_query *q)
{
    struct ep_pair *pair = &q->pairs[q->count];
    const char *equals = raw.len ? memchr(raw.ptr, '=', raw.len) : NULL;
    struct osft_span name = raw, value = { "", 0 };

    if (q->count == EP_PAIRS_MAX)
        return -1;
    if (equals) {
        name.len = (size_t)(equals - raw.ptr);
        value.ptr = equals + 1;
        value.len = raw.len - name.len - 1;
    }
    pair->name = q->text.len;
    if (ep_decode(name, 1, &q->text))
        return -1;
    pair->name_len = q->text.len - pair->name;
    pair->value = q->text.len;
    if (ep_decode(value, 1, &q->text))
        return -1;
    pair->value_len = q->text.len - pair->value;
    q->count++;
    return 0;
}

int ep_query_parse(struct osft_span query, struct ep_query *q)
{
    size_t from = 0, i;

    for (i = 0; i <= query.len; i++) {
        struct osft_span raw = { query.ptr + from, i - from };

        if (i < query.len && query.ptr[i] != '&')
            continue;
        if (raw.len && parse_pair(raw, q))
            return -1;
        from = i + 1;
    }
    return 0;
}

static struct osft_span name_of(const struct ep_query *q, size_t i)
{
    struct osft_span s = { q->text.mem + q->pairs[i].name, q->pairs[i].name_len };

    return s;
}

static struct osft_span value_of(const struct ep_query *q, size_t i)
{
    struct osft_span s = { q->text.mem + q->pairs[i].value, q->pairs[i].value_len };

    return s;
}

size_t ep_query_find(const struct ep_query *q, const char *name, struct osft_span *value)
{
    size_t i, found = 0;

    for (i = 0; i < q->count; i++)
        if (ep_same(name_of(q, i), name) && found++ == 0)
            *value = value_of(q, i);
    return found;
}

static int compare(struct osft_span a, struct osft_span b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least ? memcmp(a.ptr, b.ptr, least) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int in_order(const struct ep_query *q, size_t a, size_t b)
{
    int order = compare(name_of(q, a), name_of(q, b));

    return order < 0 || (order == 0 && compare(value_of(q, a), value_of(q, b)) <= 0);
}

void ep_canonical_query(struct ep_query *q, struct ep_text *out)
{
    size_t i, j;

    for (i = 1; i < q->count; i++) {
        for (j = i; j > 0 && !in_order(q, j - 1, j); j--) {
            struct ep_pair pair = q->pairs[j];

            q->pairs[j] = q->pairs[j - 1];
            q->pairs[j - 1] = pair;
        }
    }
    for (i = 0; i < q->count; i++) {
        ep_puts(out, i ? "&" : "");
        encode(name_of(q, i), "", out);
        ep_puts(out, "=");
        encode(value_of(q, i), "", out);
    }
}
