/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "json.h"
#include "osft_metrics.h"
#include "text.h"

/* Numbers of more than NUMBER_MAX bytes are not read. No number of at most NUMBER_MAX bytes has
 * enough digits to make up for an exponent of EXPONENT_MAX, so larger exponents need not be told
 * apart. */
#define NUMBER_MAX   (1 << 22)
#define EXPONENT_MAX (1 << 26)

void osft_metrics_init(struct osft_metrics *m, const struct osft_span *text)
{
    memset(m, 0, sizeof(*m));
    osft_json_init(&m->json);
    /* A span points to constant text. Here the header demands writable memory, because texts are
     * unescaped in place. */
    m->memory = (char *)(uintptr_t)text->ptr;
    m->size = text->len;
    if (m->memory == NULL) {
        m->memory = (char *)m; /* not NULL; no byte is read through it */
        m->size = 0;
        m->json.state = OSFT_JSON_AFTER_VALUE; /* as at the end of a text */
    }
}

/* Multiply by a power of ten. Returns 0 when the product is too large for an int64_t. Otherwise one
 * more digit can be added to the product without overflow. */
static int multiply_by_power(uint64_t *value, size_t power)
{
    for (; power > 0 && *value != 0; power--) {
        if (*value >> 60 != 0) {
            return 0;
        }
        *value *= 10;
    }
    return 1;
}

/* Set *number to value times a power of ten, with its sign. Returns OSFT_OK; or OSFT_E_RANGE when
 * *number cannot hold the result, and *number is unchanged. */
static int set_number(int64_t *number, uint64_t value, size_t power, int is_negative)
{
    int64_t with_sign;

    if (!multiply_by_power(&value, power)) {
        return OSFT_E_RANGE;
    }
    with_sign = (int64_t)(is_negative ? 0 - value : value);
    if (value != 0 && (with_sign < 0) != is_negative) {
        return OSFT_E_RANGE;
    }
    *number = with_sign;
    return OSFT_OK;
}

/* Return the exponent of a number, whose text begins with the e; 0 when there is none. An exponent
 * of EXPONENT_MAX or more stands for all larger ones. */
static int32_t read_exponent(const char *text, const char *end)
{
    int32_t exponent = 0;
    int is_negative = 0;

    for (text++; text < end; text++) {
        unsigned digit = (unsigned)*text - '0';
        if (digit <= 9 && exponent < EXPONENT_MAX) {
            exponent = 10 * exponent + (int32_t)digit;
        }
        is_negative |= *text == '-';
    }
    return is_negative ? -exponent : exponent;
}

/* Read the number in m->text. A zero becomes part of the value only when another digit follows, so
 * that the value is as small as possible: a number that fits is found to fit, however it is
 * written. */
static void read_number(struct osft_metrics *m)
{
    const char *p = m->text.ptr, *end = p + m->text.len;
    int is_negative = *p == '-', is_fraction = 0;
    uint64_t value = 0;
    size_t zeros = 0;  /* behind the value's digits */
    int32_t power = 0; /* of ten, by which value and zeros are to be multiplied */

    m->kind = OSFT_METRIC_HUGE;
    if (m->text.len > NUMBER_MAX) {
        return;
    }
    for (p += is_negative; p < end && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.') {
            is_fraction = 1;
            continue;
        }
        power -= is_fraction;
        zeros++;
        if (*p != '0') {
            if (!multiply_by_power(&value, zeros)) {
                return;
            }
            value += (unsigned)*p - '0';
            zeros = 0;
        }
    }
    power += read_exponent(p, end) + (int32_t)zeros;
    if (value == 0) {
        power = 0;
    }
    if (power >= -UINT8_MAX &&
        set_number(&m->number, value, power > 0 ? (size_t)power : 0, is_negative) == OSFT_OK) {
        m->scale = (uint8_t)(power < 0 ? -power : 0);
        m->kind = OSFT_METRIC_NUMBER;
    }
}

/* Unescape a string in place. The room of its quotes suffices for a NUL behind it. */
static struct osft_span unescape_string(struct osft_metrics *m, const struct osft_json_text *text)
{
    char *place = m->memory + (text->begin - m->memory);
    struct osft_span string;

    string.ptr = place;
    string.len = osft_unescape(place, place + 1, (size_t)(text->end - text->begin) - 2);
    place[string.len] = 0;
    return string;
}

/* Return the kind of true, false or null, by its first letter. */
static enum osft_metric_kind get_literal_kind(char first)
{
    if (first == 't') {
        return OSFT_METRIC_TRUE;
    }
    return first == 'f' ? OSFT_METRIC_FALSE : OSFT_METRIC_NULL;
}

static void set_scalar(struct osft_metrics *m, const struct osft_json_text *text, uint8_t depth)
{
    unsigned i;
    char first;

    m->depth = depth;
    for (i = depth; i > 0 && m->name.ptr == NULL; i--) {
        m->name = m->path[i - 1].name;
    }
    m->is_error =
        (uint8_t)osft_is_equal_ignoring_case(m->path[0].name.ptr, m->path[0].name.len, "errors");
    m->text.ptr = text->begin;
    m->text.len = (size_t)(text->end - text->begin);
    first = *text->begin;
    if (first == '"') {
        m->kind = OSFT_METRIC_TEXT;
        m->text = unescape_string(m, text);
    } else if (first < 'a') { /* a minus or a digit */
        read_number(m);
    } else {
        m->kind = get_literal_kind(first);
    }
}

int osft_metrics_next(struct osft_metrics *m)
{
    struct osft_json *json = &m->json;
    struct osft_json_text text;
    int event;

    memset(m, 0, offsetof(struct osft_metrics, offset)); /* members of the last scalar */
    if (m->result != OSFT_OK) {
        return m->result;
    }
    do {
        const char *at = m->memory + m->offset;
        if (m->is_after_comma) {
            m->path[json->depth - 1].index++;
        }
        event = osft_json_read(json, &at, m->memory + m->size, &text);
        m->offset = (size_t)(at - m->memory);
        m->is_after_comma = event == OSFT_JSON_COMMA;
        if (event == OSFT_JSON_MORE && !osft_json_is_complete(json)) {
            event = OSFT_E_JSON;
        } else if (event == OSFT_JSON_NAME) {
            m->path[json->depth - 1].name = unescape_string(m, &text);
        } else if (event == OSFT_JSON_BEGIN && json->depth > OSFT_METRIC_DEPTH) {
            m->offset--; /* the offset of the bracket, which is too deep */
            event = OSFT_E_DEPTH;
        } else if (event == OSFT_JSON_BEGIN) {
            memset(&m->path[json->depth - 1], 0, sizeof(m->path[0]));
        }
        if (event < 0) {
            m->result = event;
            return event;
        }
    } while (event == OSFT_JSON_NAME || (text.begin == text.end && event != OSFT_JSON_MORE));
    if (text.begin != text.end) {
        set_scalar(m, &text, (uint8_t)(json->depth + (event == OSFT_JSON_END)));
    }
    return OSFT_OK;
}

size_t osft_metrics_path(const struct osft_metrics *m, char *dst, size_t cap)
{
    const struct osft_metric_step *step = m->path, *end = step + m->depth;
    size_t len = 0, i;

    /* A dot is written behind each step, and the dot behind the last step is removed. */
    for (; step < end; step++) {
        struct osft_span text = step->name;
        char digits[10]; /* enough for 32 bits */
        if (text.ptr == NULL) {
            char *end_of_digits = digits + sizeof(digits);
            text.ptr = osft_write_number(end_of_digits, step->index);
            text.len = (size_t)(end_of_digits - text.ptr);
        }
        for (i = 0; i <= text.len; i++, len++) {
            if (len < cap) {
                dst[len] = i < text.len ? text.ptr[i] : '.';
            }
        }
    }
    if (len > 0) {
        len--;
    }
    if (cap > 0) { /* the NUL stands behind the path, or on the last byte that fits */
        dst[len < cap ? len : cap - 1] = 0;
    }
    return len;
}

int osft_metrics_scaled(const struct osft_metrics *m, unsigned scale, int64_t *value)
{
    int is_negative = m->number < 0;
    uint64_t number = is_negative ? 0 - (uint64_t)m->number : (uint64_t)m->number;
    unsigned current_scale = m->scale, last_cut = 0;

    if (m->kind != OSFT_METRIC_NUMBER) {
        return OSFT_E_RANGE;
    }
    for (; current_scale > scale; current_scale--) {
        last_cut = osft_divide(&number, 10);
    }
    if (last_cut >= 5) { /* the first digit that was cut off decides the rounding */
        number++;
    }
    return set_number(value, number, scale - current_scale, is_negative);
}
