/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar.h"
#include "json.h"

/* The states within the groups of json.h, followed by the actions of bytes that do more than lead
 * to a state. */
enum {
    IN_STRING = OSFT_JSON_IN_STRING,
    LAST_OF_UTF8 = OSFT_JSON_IN_UTF8, /* one more byte of a character */
    LAST_2_OF_UTF8 = LAST_OF_UTF8 + 1,
    AFTER_E0 = LAST_OF_UTF8 + 2,
    AFTER_ED = LAST_OF_UTF8 + 3,
    LAST_3_OF_UTF8 = LAST_OF_UTF8 + 4,
    AFTER_F0 = LAST_OF_UTF8 + 5,
    AFTER_F4 = LAST_OF_UTF8 + 6,
    IN_ESCAPE = OSFT_JSON_IN_ESCAPE,
    LOW_SURROGATE = OSFT_JSON_AT_LOW_SURROGATE,
    LOW_SURROGATE_U = LOW_SURROGATE + 1,
    AFTER_T = OSFT_JSON_IN_LITERAL,
    AFTER_TR = AFTER_T + 1,
    AFTER_F = AFTER_T + 2,
    AFTER_FA = AFTER_T + 3,
    AFTER_FAL = AFTER_T + 4,
    LAST_E = AFTER_T + 5, /* of true and false */
    AFTER_N = AFTER_T + 6,
    AFTER_NU = AFTER_T + 7,
    AFTER_NUL = AFTER_T + 8,
    HEX_1 = OSFT_JSON_IN_HEX, /* from here on, capital letters are read as small ones */
    HEX_2 = HEX_1 + 3,
    HEX_3 = HEX_2 + 2,
    HEX_4 = HEX_3 + 2,
    HEX_AFTER_D = HEX_4 + 2,  /* a surrogate follows, or another character */
    HIGH_3 = HEX_AFTER_D + 3, /* the third digit of a high surrogate */
    HIGH_4 = HIGH_3 + 2,
    LOW_1 = HIGH_4 + 2, /* the first digit of a low surrogate */
    LOW_2 = LOW_1 + 1,
    AFTER_MINUS = OSFT_JSON_IN_NUMBER,
    AFTER_POINT = AFTER_MINUS + 2,
    AFTER_E = AFTER_MINUS + 3, /* continues with the digits of the exponent */
    AFTER_E_SIGN = AFTER_MINUS + 5,
    IN_INTEGER = OSFT_JSON_IN_INTEGER, /* continues with AFTER_ZERO */
    AFTER_ZERO = IN_INTEGER + 1,
    IN_FRACTION = AFTER_ZERO + 3,
    IN_EXPONENT = IN_FRACTION + 3,
    STATES = IN_EXPONENT + 2,

    DO_BEGIN = STATES, /* an object or array */
    DO_END,
    DO_COMMA,
    DO_COLON,
    DO_END_STRING,
    DO_END_NUMBER /* the number ended before this byte */
};

/* The digits of a \u escape behind one another: 0 to 9, then a to f. */
#define HEX_DIGITS(next) OSFT_RANGE('0', '9', next), OSFT_LAST_RANGE('a', 'f', next)
/* Any byte but a digit, point or e that the state allows ends a number, except 0xff, which no text
 * contains. */
#define ANY_OTHER        OSFT_LAST_RANGE(0, 254, DO_END_NUMBER)

/* clang-format off */
static const struct osft_range grammar[] = {
    [OSFT_JSON_AT_ELEMENT] = OSFT_BYTE(']', DO_END),
    [OSFT_JSON_AT_VALUE] =
        OSFT_BYTE('"', IN_STRING), OSFT_BYTE('{', DO_BEGIN), OSFT_BYTE('[', DO_BEGIN),
        OSFT_RANGE('1', '9', IN_INTEGER), OSFT_BYTE('0', AFTER_ZERO), OSFT_BYTE('-', AFTER_MINUS),
        OSFT_BYTE('n', AFTER_N), OSFT_BYTE('t', AFTER_T), OSFT_LAST_BYTE('f', AFTER_F),
    [OSFT_JSON_AT_FIRST_NAME] = OSFT_BYTE('}', DO_END),
    [OSFT_JSON_AT_NAME] = OSFT_LAST_BYTE('"', IN_STRING),
    [OSFT_JSON_AT_COLON] = OSFT_LAST_BYTE(':', DO_COLON),
    [OSFT_JSON_AFTER_VALUE] =
        OSFT_BYTE(',', DO_COMMA), OSFT_BYTE('}', DO_END), OSFT_LAST_BYTE(']', DO_END),
    [IN_STRING] =
        OSFT_BYTE('"', DO_END_STRING), OSFT_BYTE('\\', IN_ESCAPE),
        OSFT_RANGE(0x20, 0x7f, IN_STRING), OSFT_RANGE(0xc2, 0xdf, LAST_OF_UTF8),
        OSFT_BYTE(0xe0, AFTER_E0), OSFT_BYTE(0xed, AFTER_ED),
        OSFT_RANGE(0xe1, 0xef, LAST_2_OF_UTF8),
        OSFT_BYTE(0xf0, AFTER_F0), OSFT_BYTE(0xf4, AFTER_F4),
        OSFT_LAST_RANGE(0xf1, 0xf3, LAST_3_OF_UTF8),
    [LAST_OF_UTF8] = OSFT_LAST_RANGE(0x80, 0xbf, IN_STRING),
    [LAST_2_OF_UTF8] = OSFT_LAST_RANGE(0x80, 0xbf, LAST_OF_UTF8),
    [AFTER_E0] = OSFT_LAST_RANGE(0xa0, 0xbf, LAST_OF_UTF8), /* less would be overlong */
    [AFTER_ED] = OSFT_LAST_RANGE(0x80, 0x9f, LAST_OF_UTF8), /* more would be a surrogate */
    [LAST_3_OF_UTF8] = OSFT_LAST_RANGE(0x80, 0xbf, LAST_2_OF_UTF8),
    [AFTER_F0] = OSFT_LAST_RANGE(0x90, 0xbf, LAST_2_OF_UTF8), /* less would be overlong */
    [AFTER_F4] = OSFT_LAST_RANGE(0x80, 0x8f, LAST_2_OF_UTF8), /* more would be past U+10FFFF */
    [IN_ESCAPE] =
        OSFT_BYTE('"', IN_STRING), OSFT_BYTE('\\', IN_STRING), OSFT_BYTE('/', IN_STRING),
        OSFT_BYTE('b', IN_STRING), OSFT_BYTE('f', IN_STRING), OSFT_BYTE('n', IN_STRING),
        OSFT_BYTE('r', IN_STRING), OSFT_BYTE('t', IN_STRING), OSFT_LAST_BYTE('u', HEX_1),
    [LOW_SURROGATE] = OSFT_LAST_BYTE('\\', LOW_SURROGATE_U),
    [LOW_SURROGATE_U] = OSFT_LAST_BYTE('u', LOW_1),
    [AFTER_T] = OSFT_LAST_BYTE('r', AFTER_TR),
    [AFTER_TR] = OSFT_LAST_BYTE('u', LAST_E),
    [AFTER_F] = OSFT_LAST_BYTE('a', AFTER_FA),
    [AFTER_FA] = OSFT_LAST_BYTE('l', AFTER_FAL),
    [AFTER_FAL] = OSFT_LAST_BYTE('s', LAST_E),
    [LAST_E] = OSFT_LAST_BYTE('e', OSFT_JSON_AFTER_VALUE),
    [AFTER_N] = OSFT_LAST_BYTE('u', AFTER_NU),
    [AFTER_NU] = OSFT_LAST_BYTE('l', AFTER_NUL),
    [AFTER_NUL] = OSFT_LAST_BYTE('l', OSFT_JSON_AFTER_VALUE),
    [HEX_1] = OSFT_BYTE('d', HEX_AFTER_D), HEX_DIGITS(HEX_2),
    [HEX_2] = HEX_DIGITS(HEX_3),
    [HEX_3] = HEX_DIGITS(HEX_4),
    [HEX_4] = HEX_DIGITS(IN_STRING),
    [HEX_AFTER_D] =
        OSFT_RANGE('0', '7', HEX_3), OSFT_RANGE('8', '9', HIGH_3),
        OSFT_LAST_RANGE('a', 'b', HIGH_3),
    [HIGH_3] = HEX_DIGITS(HIGH_4),
    [HIGH_4] = HEX_DIGITS(LOW_SURROGATE),
    [LOW_1] = OSFT_LAST_BYTE('d', LOW_2),
    [LOW_2] = OSFT_LAST_RANGE('c', 'f', HEX_3),
    [AFTER_MINUS] = OSFT_BYTE('0', AFTER_ZERO), OSFT_LAST_RANGE('1', '9', IN_INTEGER),
    [AFTER_POINT] = OSFT_LAST_RANGE('0', '9', IN_FRACTION),
    [AFTER_E] = OSFT_BYTE('+', AFTER_E_SIGN), OSFT_BYTE('-', AFTER_E_SIGN),
    [AFTER_E_SIGN] = OSFT_LAST_RANGE('0', '9', IN_EXPONENT),
    [IN_INTEGER] = OSFT_RANGE('0', '9', IN_INTEGER),
    [AFTER_ZERO] = OSFT_BYTE('.', AFTER_POINT), OSFT_BYTE('e', AFTER_E), ANY_OTHER,
    [IN_FRACTION] = OSFT_RANGE('0', '9', IN_FRACTION), OSFT_BYTE('e', AFTER_E), ANY_OTHER,
    [IN_EXPONENT] = OSFT_RANGE('0', '9', IN_EXPONENT), ANY_OTHER,
};
/* clang-format on */
OSFT_STATIC_ASSERT(sizeof(grammar) == STATES * sizeof(struct osft_range), the_last_state_ends);
/* Designated initialisers refuse states that overlap, and this one refuses a hole between two. */
OSFT_STATIC_ASSERT(STATES == 86, all_ranges_are_of_states);
OSFT_STATIC_ASSERT((int)DO_END_NUMBER < OSFT_MORE, the_states_leave_the_mark_free);

/* Skip the bytes that do not change the state of a string: ASCII without quotes and backslashes.
 * Reading so many bytes by the table would be slow. */
static const char *skip_plain_bytes(const char *p, const char *end)
{
    while (p < end && (uint8_t)(*p - ' ') <= 0x7f - ' ' && *p != '"' && *p != '\\') {
        p++;
    }
    return p;
}

static int begin_nesting(struct osft_json *json, uint8_t byte)
{
    if (json->depth >= OSFT_JSON_DEPTH) {
        return OSFT_E_DEPTH;
    }
    json->closing[json->depth++] = byte == '{' ? '}' : ']';
    json->state = byte == '{' ? OSFT_JSON_AT_FIRST_NAME : OSFT_JSON_AT_ELEMENT;
    return OSFT_JSON_BEGIN;
}

/* End a value at a comma, or at the bracket that closes an object or array. */
static int end_value(struct osft_json *json, uint8_t byte)
{
    char closing = json->depth != 0 ? json->closing[json->depth - 1] : 0;

    if (closing != 0 && byte == ',') {
        json->state = closing == '}' ? OSFT_JSON_AT_NAME : OSFT_JSON_AT_VALUE;
        return OSFT_JSON_COMMA;
    }
    if (byte != (uint8_t)closing) {
        return OSFT_E_JSON;
    }
    json->depth--;
    json->state = OSFT_JSON_AFTER_VALUE;
    return OSFT_JSON_END;
}

/* Apply the action of a byte. Returns the event. */
static int change_structure(struct osft_json *json, uint8_t byte, int action)
{
    switch (action) {
    case DO_BEGIN: return begin_nesting(json, byte);
    case DO_COLON: json->state = OSFT_JSON_AT_VALUE; return OSFT_JSON_NAME;
    case DO_END_STRING:
        json->state = json->in_name ? OSFT_JSON_AT_COLON : OSFT_JSON_AFTER_VALUE;
        return OSFT_JSON_MORE;
    default: return end_value(json, byte);
    }
}

/* Return the state or action after a byte. From HEX_1 on, letters are read in lower case, because
 * all letters there are hex digits or the e of an exponent. */
static int next_state(uint8_t state, uint8_t byte)
{
    if (state >= HEX_1 && byte >= 'A' && byte <= 'Z') {
        byte |= 0x20;
    }
    return osft_next_state(&grammar[state], byte);
}

static int is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Begin a name or scalar at its first byte. */
static void begin_text(struct osft_json *json, const char *p, struct osft_json_text *text)
{
    /* Only names begin in these states. */
    json->in_name = json->state == OSFT_JSON_AT_FIRST_NAME || json->state == OSFT_JSON_AT_NAME;
    json->has_escapes = 0;
    text->begin = p;
}

int osft_json_read(struct osft_json *json, const char **at, const char *end,
                   struct osft_json_text *text)
{
    const char *p = *at;
    int event = OSFT_JSON_MORE;

    text->begin = text->end = p;
    while (event == OSFT_JSON_MORE) {
        uint8_t byte;
        int next;

        if (json->state == IN_STRING) {
            text->end = p = skip_plain_bytes(p, end);
        }
        if (p == end) {
            break;
        }
        byte = (uint8_t)*p;
        if (json->state < IN_STRING && is_space(byte)) {
            p++;
            continue;
        }
        next = next_state(json->state, byte);
        if (next < 0) {
            event = OSFT_E_JSON;
        } else if (next == DO_END_NUMBER) {
            json->state = OSFT_JSON_AFTER_VALUE;
        } else if (next < STATES) {
            if (json->state < IN_STRING) {
                begin_text(json, p, text);
            } else if (next == IN_ESCAPE) {
                json->has_escapes = 1;
            }
            json->state = (uint8_t)next;
            text->end = ++p;
        } else {
            event = change_structure(json, byte, next);
            p += event >= 0;
            if (next == DO_END_STRING) {
                text->end = p;
            }
        }
    }
    *at = p;
    return event;
}
