/* SPDX-License-Identifier: Apache-2.0 */
/* A walk over any bytes: it ends as the grammar check alone would, what it gives lies in the text and
 * stays there, and each number is what its digits say, worked out here as text. */
#include "fuzz_support.h"
#include "json.h"
#include "osft_metrics.h"

/* What the walk must end with, and where. */
static int verdict(const uint8_t *data, size_t size, size_t *offset)
{
    struct osft_json j;
    osft_json_init(&j);
    for (*offset = 0; *offset < size; ++*offset) {
        if (osft_json_byte(&j, data[*offset]) < 0) {
            return OSFT_E_JSON;
        }
        if (j.depth > OSFT_METRIC_DEPTH) {
            return OSFT_E_SPACE;
        }
    }
    return osft_json_complete(&j) ? OSFT_OK : OSFT_E_JSON;
}

/* A number as digits without zeros around them, and the power of ten that they are to be multiplied by. */
struct digits {
    char text[4096];
    size_t len;
    long long power;
};

/* What follows the digits, kept from growing without end. */
static long long exponent(const char *s, size_t len)
{
    int is_negative = len > 1 && s[1] == '-';
    long long e = 0;
    for (; len > 0; s++, len--) {
        if (*s >= '0' && *s <= '9' && e < 1000000000000) {
            e = e * 10 + (*s - '0');
        }
    }
    return is_negative ? -e : e;
}

static void take_apart(struct digits *d, const char *s, size_t len)
{
    int is_fraction = 0;

    memset(d, 0, sizeof(*d));
    for (; len > 0 && *s != 'e' && *s != 'E'; s++, len--) {
        if (*s == '.') {
            is_fraction = 1;
        } else if (*s != '-') {
            d->power -= is_fraction;
            if (d->len > 0 || *s != '0') {
                d->text[d->len++] = *s;
            }
        }
    }
    d->power += exponent(s, len);
    while (d->len > 0 && d->text[d->len - 1] == '0') {
        d->len--;
        d->power++;
    }
    if (d->len == 0) {
        d->power = 0;
    }
    d->text[d->len] = 0;
}

/* Its digits fit into 64 bits, its power into scale: then want is the number. */
static int fits(const struct digits *d, const char *limit, char want[20])
{
    size_t zeros = d->power > 0 ? (size_t)d->power : 0;
    if (d->power < -255 || d->power > 18 || d->len + zeros > 19) {
        return 0;
    }
    snprintf(want, 20, "%s%.*s", d->len > 0 ? d->text : "0", (int)zeros, "000000000000000000");
    return strlen(want) < 19 || strcmp(want, limit) <= 0;
}

static void check_number(const struct osft_metrics *m)
{
    static struct digits d;
    const char *limit = *m->text.ptr == '-' ? "9223372036854775808" : "9223372036854775807";
    char want[20], got[24];
    int64_t scaled = 0;

    FUZZ_CHECK(m->text.len < sizeof(d.text));
    take_apart(&d, m->text.ptr, m->text.len);
    if (!fits(&d, limit, want)) {
        FUZZ_CHECK(m->kind == OSFT_METRIC_HUGE);
        FUZZ_CHECK(m->number == 0 && m->scale == 0);
        FUZZ_CHECK(osft_metrics_scaled(m, 0, &scaled) == OSFT_E_SPACE && scaled == 0);
        return;
    }
    FUZZ_CHECK(m->kind == OSFT_METRIC_NUMBER);
    snprintf(got, sizeof(got), "%lld", (long long)m->number);
    FUZZ_CHECK(strcmp(got + (got[0] == '-'), want) == 0);
    FUZZ_CHECK((got[0] == '-') == (*m->text.ptr == '-' && m->number != 0));
    FUZZ_CHECK(m->scale == (d.power < 0 ? -d.power : 0));
    FUZZ_CHECK(osft_metrics_scaled(m, m->scale, &scaled) == OSFT_OK && scaled == m->number);
    FUZZ_CHECK(osft_metrics_scaled(m, 0, &scaled) == OSFT_OK);
}

static void check_path(const struct osft_metrics *m, size_t cap)
{
    size_t len = osft_metrics_path(m, NULL, 0);
    char *path = malloc(len + 1), *cut = malloc(cap + 1);

    FUZZ_CHECK(path != NULL && cut != NULL);
    FUZZ_CHECK(osft_metrics_path(m, path, len + 1) == len && path[len] == 0);
    FUZZ_CHECK(osft_metrics_path(m, cut, cap + 1) == len);
    FUZZ_CHECK(memcmp(cut, path, len < cap ? len : cap) == 0 && cut[len < cap ? len : cap] == 0);
    free(path);
    free(cut);
}

static void check_scalar(const struct osft_metrics *m, const char *mem, size_t size)
{
    size_t i;

    FUZZ_CHECK(m->depth <= OSFT_METRIC_DEPTH && m->offset <= size);
    for (i = 0; i < m->depth; i++) {
        fuzz_span(m->path[i].name, mem, size);
        FUZZ_CHECK(m->path[i].name.ptr == NULL ||
                   m->path[i].name.ptr + m->path[i].name.len < m->text.ptr);
    }
    FUZZ_CHECK(m->text.ptr >= mem && m->text.ptr + m->text.len <= mem + size);
    if (m->kind == OSFT_METRIC_TEXT) {
        fuzz_span(m->text, mem, size);
    } else if (m->kind <= OSFT_METRIC_HUGE) {
        check_number(m);
    } else {
        FUZZ_CHECK(m->text.len == (m->kind == OSFT_METRIC_FALSE ? 5 : 4));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_in in = { data, size };
    size_t cap = fuzz_byte(&in), offset, given = 0;
    int want = verdict(in.p, in.left, &offset), err;
    char *mem = fuzz_copy(in.p, in.left);
    struct osft_span text = { NULL, in.left };
    struct osft_metrics m;

    text.ptr = mem;
    osft_metrics_init(&m, &text);
    while ((err = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        check_scalar(&m, mem, in.left);
        check_path(&m, cap);
        FUZZ_CHECK(++given <= in.left);
    }
    FUZZ_CHECK(err == want && m.offset == offset);
    FUZZ_CHECK(osft_metrics_next(&m) == err && m.kind == OSFT_METRIC_END);
    free(mem);
    return 0;
}
