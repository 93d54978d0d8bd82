/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "json.h"
#include "osft_metrics.h"
#include "text.h"

/* So that nesting too deep is always OSFT_E_SPACE, and not sometimes OSFT_E_JSON. */
OSFT_STATIC_ASSERT(OSFT_METRIC_DEPTH < OSFT_JSON_DEPTH, metric_depth_must_be_less_than_json_depth);

/* Where an exponent stops growing, and the longest text of a number that is looked at. Both constants
 * of one instruction; what is longer could make good for an exponent as big. */
#define EXPONENT_MAX (INT32_C(1) << 26)
#define NUMBER_MAX   (1U << 22)

void osft_metrics_init(struct osft_metrics *m, const struct osft_span *text)
{
    memset(m, 0, sizeof(*m));
    /* A span is constant for those who read it; this walk is the one place that was promised the
     * memory behind it, to unescape in. */
    m->mem = (char *)(uintptr_t)text->ptr;
    m->json.state = OSFT_J_NEXT; /* as after a whole text */
    if (m->mem != NULL) {
        m->size = text->len;
        m->json.state = OSFT_J_VALUE;
    }
}

/* *v times 10 to the power of n. Returns 0, or -1: that does not fit into an int64_t. A digit can be
 * added to what fits. */
static int raise(uint64_t *v, size_t n)
{
    for (; n > 0 && *v != 0; n--) {
        if (*v >> 60 != 0) {
            return -1;
        }
        *v *= 10;
    }
    return 0;
}

/* v times 10 to the power of n, with its sign. Returns 0, or OSFT_E_SPACE: *value does not hold it, and
 * is unchanged. */
static int finish(uint64_t v, size_t n, int is_negative, int64_t *value)
{
    int64_t signed_v;

    if (raise(&v, n) != 0) {
        return OSFT_E_SPACE;
    }
    signed_v = (int64_t)(is_negative ? 0 - v : v);
    if (v != 0 && (signed_v < 0) != is_negative) {
        return OSFT_E_SPACE;
    }
    *value = signed_v;
    return OSFT_OK;
}

/* What follows a number's digits: nothing, or e and an exponent. EXPONENT_MAX or more: at least that. */
static int32_t exponent(const char *s, const char *end)
{
    int32_t e = 0;
    int is_negative = 0;

    while (++s < end) {
        if (*s == '-') {
            is_negative = 1;
        } else if (*s != '+' && e < EXPONENT_MAX) {
            e = e * 10 + (*s - '0');
        }
    }
    return is_negative ? -e : e;
}

/* m->text, which the grammar check has passed. Zeros are counted, and only become part of v when a
 * digit follows them: so v is as small as can be, and what fits is found to fit however it is written. */
static void number(struct osft_metrics *m)
{
    const char *s = m->text.ptr, *end = s + m->text.len;
    int is_negative = *s == '-', is_fraction = 0;
    ptrdiff_t power = 0; /* of ten, by which v and the zeros are to be multiplied */
    size_t zeros = 0, up;
    uint64_t v = 0;

    m->kind = OSFT_METRIC_HUGE;
    for (s += is_negative; s < end && (*s | 0x20) != 'e'; s++) {
        if (*s == '.') {
            is_fraction = 1;
            continue;
        }
        power -= is_fraction;
        zeros++;
        if (*s != '0') {
            if (raise(&v, zeros) != 0) {
                return;
            }
            v += (unsigned)(*s - '0');
            zeros = 0;
        }
    }
    power += exponent(s, end) + (ptrdiff_t)zeros;
    if (v == 0) {
        power = 0;
    }
    if (power < -UINT8_MAX || m->text.len > NUMBER_MAX) {
        return;
    }
    up = power > 0 ? (size_t)power : 0;
    if (finish(v, up, is_negative, &m->number) == OSFT_OK) {
        m->scale = (uint8_t)(up - (size_t)power);
        m->kind = OSFT_METRIC_NUMBER;
    }
}

/* Unescape a string, quotes included, which ends before end: all of it has been read, so its NUL has a
 * place. */
static struct osft_span string(char *s, const char *end)
{
    struct osft_span v;
    v.ptr = s;
    v.len = osft_unescape(s, s + 1, (size_t)(end - s) - 2);
    s[v.len] = 0;
    return v;
}

/* A scalar is complete; it ends before end. */
static void scalar(struct osft_metrics *m, char *s, const char *end)
{
    unsigned i;

    m->depth = m->json.depth;
    for (i = m->depth; i-- > 0 && m->name.ptr == NULL;) {
        m->name = m->path[i].name;
    }
    m->is_error = osft_find("errors", 1, m->path[0].name.ptr, m->path[0].name.len) == 0;
    m->json.state = OSFT_J_NEXT; /* as with all others, also after a number */
    m->text.ptr = s;
    m->text.len = (size_t)(end - s);
    for (i = 0; i < 4; i++) {
        if (*s == "\"tfn"[i]) {
            m->kind = (enum osft_metric_kind)(OSFT_METRIC_TEXT + i);
            if (i == 0) {
                m->text = string(s, end);
            }
            return;
        }
    }
    number(m);
}

/* White space, a comma, what closes, or what is refused next. */
static int ends_number(uint8_t b)
{
    return b <= ',' || (b | 0x20) == '}';
}

/* What a byte does to the path, other than to end a scalar. item: as below; at: the byte. */
static void step(struct osft_metrics *m, int event, char *item, const char *at)
{
    struct osft_metric_step *inside =
        m->path + m->json.depth; /* one level deeper than the byte is */

    if (event == OSFT_JSON_NAME_END) {
        inside[-1].name = string(item, at + 1);
    } else if (event == OSFT_JSON_COMMA) {
        inside[-1].index++;
    } else if (event == OSFT_JSON_BEGIN) {
        memset(inside - 1, 0, sizeof(*inside));
    }
}

int osft_metrics_next(struct osft_metrics *m)
{
    struct osft_json *j = &m->json;
    char *item = m->mem; /* where the name or scalar being read begins */
    int event = OSFT_JSON_SPACE;

    memset(m, 0, offsetof(struct osft_metrics, offset));
    if (m->result != OSFT_OK) {
        return m->result;
    }
    do {
        char *at;
        if (m->offset == m->size) {
            if (!osft_json_complete(j)) {
                return m->result = OSFT_E_JSON;
            }
            if (j->state < OSFT_J_INTEGER) {
                return OSFT_OK;
            }
            break; /* a bare number ends with the text */
        }
        at = m->mem + m->offset;
        if (j->state >= OSFT_J_INTEGER && ends_number((uint8_t)*at)) {
            break;
        }
        event = osft_json_byte(j, (uint8_t)*at);
        if (event < 0) {
            return m->result = event;
        }
        if (j->depth > OSFT_METRIC_DEPTH) {
            return m->result = OSFT_E_SPACE;
        }
        m->offset++;
        if (event == OSFT_JSON_NAME || event == OSFT_JSON_SCALAR) {
            item = at;
        }
        step(m, event, item, at);
    } while (event != OSFT_JSON_MORE || j->state != OSFT_J_NEXT);
    scalar(m, item, m->mem + m->offset);
    return OSFT_OK;
}

size_t osft_metrics_path(const struct osft_metrics *m, char *dst, size_t cap)
{
    size_t len = 0, i, k;

    for (i = 0; i < m->depth; i++) {
        struct osft_span s = m->path[i].name;
        uint32_t index = m->path[i].index;
        char digits[10];

        if (s.ptr == NULL) {
            s.ptr = digits + sizeof(digits);
            do {
                s.ptr--;
                s.len++;
                digits[sizeof(digits) - s.len] = (char)('0' + index % 10);
                index /= 10;
            } while (index != 0);
        }
        for (k = i == 0; k <= s.len; k++, len++) { /* the first has no dot before it */
            if (len + 1 < cap) {
                dst[len] = k == 0 ? '.' : s.ptr[k - 1];
            }
        }
    }
    if (cap != 0) {
        dst[len < cap ? len : cap - 1] = 0;
    }
    return len;
}

int osft_metrics_scaled(const struct osft_metrics *m, unsigned scale, int64_t *value)
{
    int is_negative = m->number < 0;
    uint64_t v = is_negative ? 0 - (uint64_t)m->number : (uint64_t)m->number;
    unsigned has = m->scale, cut = 0;

    for (; has > scale; has--) {
        cut = osft_divide(&v, 10);
    }
    v += cut >= 5; /* the first of the digits cut off says all */
    if (m->kind != OSFT_METRIC_NUMBER) {
        return OSFT_E_SPACE;
    }
    return finish(v, scale - has, is_negative, value);
}
