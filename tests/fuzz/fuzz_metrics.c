/* SPDX-License-Identifier: Apache-2.0 */
/* A walk over any text. It must end as the grammar says. In a text that is JSON, it must give the
 * scalars that a second reader finds, with the same paths, and each number must be what its digits
 * say, computed here as text. The input is the text. */
#include "fuzz.h"
#include "osft_metrics.h"
#include "reader.h"

enum { SCALARS_MAX = 200, PATH_MAX = 512 };

/* A scalar that the second reader found. */
struct scalar {
    struct osft_span value; /* the text of the value as it is written */
    char path[PATH_MAX];
    size_t path_length;
    unsigned depth;
    int is_error;
};

static struct scalar scalars[SCALARS_MAX];
static size_t scalar_count;

/* Append a step to the path, as far as that is kept. */
static void extend_path(struct scalar *scalar, const char *step, size_t len)
{
    if (scalar->depth++ != 0) {
        if (scalar->path_length < PATH_MAX) {
            scalar->path[scalar->path_length] = '.';
        }
        scalar->path_length++;
    }
    if (scalar->path_length + len < PATH_MAX) {
        memcpy(scalar->path + scalar->path_length, step, len);
    }
    scalar->path_length += len;
}

static void find_scalars(struct osft_span value, const struct scalar *parent)
{
    struct reader_cursor cursor;
    struct osft_span part;
    uint32_t index = 0;

    if (value.ptr[0] != '{' && value.ptr[0] != '[') {
        if (scalar_count < SCALARS_MAX) {
            scalars[scalar_count] = *parent;
            scalars[scalar_count].value = value;
        }
        scalar_count++;
        return;
    }
    cursor = reader_open(value);
    while (reader_take_next(&cursor, &part)) {
        struct scalar child = *parent;
        char step[4096];
        size_t len;

        if (value.ptr[0] == '{') {
            FUZZ_CHECK(part.len <= sizeof(step));
            len = reader_unescape(step, part);
            cursor.at++;
            part = reader_take_value(&cursor);
            if (parent->depth == 0) {
                child.is_error = len == 6 && memcmp(step + 1, "rrors", 5) == 0 &&
                                 (step[0] == 'e' || step[0] == 'E');
            }
        } else {
            len = (size_t)snprintf(step, sizeof(step), "%lu", (unsigned long)index++);
        }
        extend_path(&child, step, len);
        find_scalars(part, &child);
    }
}

/* A number: its digits without zeros at either end, and the power of ten by which to multiply them.
 */
struct digits {
    char text[4096];
    size_t len;
    long long power;
};

/* Return an exponent. The value stops growing when it is too large for any number. */
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

static void split_number(struct digits *d, const char *s, size_t len)
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

/* Whether the digits fit into 64 bits and the power into a scale. If so, `want` gets the number. */
static int fits(const struct digits *d, const char *limit, char want[20])
{
    size_t zeros = d->power > 0 ? (size_t)d->power : 0;
    if (d->power < -255 || d->power > 18 || d->len + zeros > 19) {
        return 0;
    }
    snprintf(want, 20, "%s%.*s", d->len > 0 ? d->text : "0", (int)zeros, "000000000000000000");
    return strlen(want) < 19 || strcmp(want, limit) <= 0;
}

/* Check rounding to fewer digits against a division with a remainder. */
static void check_rounding(const struct osft_metrics *m)
{
    uint64_t size = m->number < 0 ? 0 - (uint64_t)m->number : (uint64_t)m->number, power = 1;
    unsigned scale = m->scale;
    int64_t scaled = 0;

    while (scale > 0 && power <= UINT64_MAX / 10) {
        uint64_t wanted;

        power *= 10;
        scale--;
        wanted = size / power + (size % power >= power - size % power);
        FUZZ_CHECK(osft_metrics_scaled(m, scale, &scaled) == OSFT_OK);
        FUZZ_CHECK(scaled == (m->number < 0 ? -(int64_t)wanted : (int64_t)wanted));
    }
}

static void check_number(const struct osft_metrics *m)
{
    static struct digits d;
    const char *limit = *m->text.ptr == '-' ? "9223372036854775808" : "9223372036854775807";
    char want[20], got[24];
    int64_t scaled = 0;

    FUZZ_CHECK(m->text.len < sizeof(d.text));
    split_number(&d, m->text.ptr, m->text.len);
    if (!fits(&d, limit, want)) {
        FUZZ_CHECK(m->kind == OSFT_METRIC_HUGE);
        FUZZ_CHECK(m->number == 0 && m->scale == 0);
        FUZZ_CHECK(osft_metrics_scaled(m, 0, &scaled) == OSFT_E_RANGE && scaled == 0);
        return;
    }
    FUZZ_CHECK(m->kind == OSFT_METRIC_NUMBER);
    snprintf(got, sizeof(got), "%lld", (long long)m->number);
    FUZZ_CHECK(strcmp(got + (got[0] == '-'), want) == 0);
    FUZZ_CHECK((got[0] == '-') == (*m->text.ptr == '-' && m->number != 0));
    FUZZ_CHECK(m->scale == (d.power < 0 ? -d.power : 0));
    FUZZ_CHECK(osft_metrics_scaled(m, m->scale, &scaled) == OSFT_OK && scaled == m->number);
    FUZZ_CHECK(osft_metrics_scaled(m, 0, &scaled) == OSFT_OK);
    check_rounding(m);
}

static void check_path(const struct osft_metrics *m, const struct scalar *scalar)
{
    size_t len = osft_metrics_path(m, NULL, 0), cap = len / 2 + 1;
    char *path = malloc(len + 1), *cut = malloc(cap);

    FUZZ_CHECK(path != NULL && cut != NULL);
    FUZZ_CHECK(osft_metrics_path(m, path, len + 1) == len && path[len] == 0);
    FUZZ_CHECK(osft_metrics_path(m, cut, cap) == len);
    FUZZ_CHECK(memcmp(cut, path, cap - 1) == 0 && cut[cap - 1] == 0);
    if (scalar != NULL) {
        FUZZ_CHECK(len == scalar->path_length && m->depth == scalar->depth);
        FUZZ_CHECK(len >= PATH_MAX || memcmp(path, scalar->path, len) == 0);
        FUZZ_CHECK(m->is_error == scalar->is_error);
    }
    free(path);
    free(cut);
}

static enum osft_metric_kind kind_of(const struct scalar *scalar)
{
    switch (scalar->value.ptr[0]) {
    case '"': return OSFT_METRIC_TEXT;
    case 't': return OSFT_METRIC_TRUE;
    case 'f': return OSFT_METRIC_FALSE;
    case 'n': return OSFT_METRIC_NULL;
    default: return OSFT_METRIC_NUMBER;
    }
}

/* Check that a scalar is the one that the second reader found. */
static void check_found(const struct osft_metrics *m, const struct scalar *scalar)
{
    char text[4096];
    size_t len;

    FUZZ_CHECK(kind_of(scalar) == (m->kind == OSFT_METRIC_HUGE ? OSFT_METRIC_NUMBER : m->kind));
    FUZZ_CHECK(scalar->value.len <= sizeof(text));
    len = reader_unescape(text, scalar->value);
    FUZZ_CHECK(m->text.len == len && memcmp(m->text.ptr, text, len) == 0);
}

/* Check what must hold for every scalar. */
static void check_scalar(const struct osft_metrics *m, const char *memory, size_t size)
{
    size_t i;

    FUZZ_CHECK(m->depth <= OSFT_METRIC_DEPTH && m->offset <= size);
    for (i = 0; i < m->depth; i++) {
        fuzz_check_span(m->path[i].name, memory, size);
        FUZZ_CHECK(m->path[i].name.ptr == NULL ||
                   m->path[i].name.ptr + m->path[i].name.len < m->text.ptr);
    }
    fuzz_check_span(m->name, memory, size);
    FUZZ_CHECK(m->text.ptr >= memory && m->text.ptr + m->text.len <= memory + size);
    if (m->kind == OSFT_METRIC_TEXT) {
        fuzz_check_span(m->text, memory, size);
    } else if (m->kind <= OSFT_METRIC_HUGE) {
        check_number(m);
    }
}

/* Find the scalars of a JSON text with the second reader. */
static void read_text(const struct fuzz_input *in, char **copy)
{
    static const struct scalar outermost;
    struct reader_cursor cursor;

    *copy = malloc(in->left + 1);
    FUZZ_CHECK(*copy != NULL);
    memcpy(*copy, in->bytes, in->left);
    (*copy)[in->left] = 0;
    cursor.at = (const uint8_t *)*copy;
    find_scalars(reader_take_value(&cursor), &outermost);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = { data, size };
    size_t offset, given = 0;
    int wanted = reader_check(in.bytes, in.left, OSFT_METRIC_DEPTH, &offset), result;
    char *memory = fuzz_copy(in.bytes, in.left), *copy = NULL;
    struct osft_span text = { memory, in.left };
    struct osft_metrics m;

    scalar_count = 0;
    if (wanted == OSFT_OK) {
        read_text(&in, &copy);
    }
    osft_metrics_init(&m, &text);
    while ((result = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        const struct scalar *scalar =
            wanted == OSFT_OK && given < SCALARS_MAX ? &scalars[given] : NULL;

        FUZZ_CHECK(given++ < in.left);
        check_scalar(&m, memory, in.left);
        check_path(&m, scalar);
        if (scalar != NULL) {
            check_found(&m, scalar);
        }
    }
    FUZZ_CHECK(result == wanted && m.offset == offset);
    FUZZ_CHECK(wanted != OSFT_OK || given == scalar_count);
    FUZZ_CHECK(osft_metrics_next(&m) == result && m.kind == OSFT_METRIC_END);
    free(copy);
    free(memory);
    return 0;
}
