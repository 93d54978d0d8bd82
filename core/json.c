/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "grammar.h"
#include "json.h"

/* States within states, and what a byte can do other than lead to a state. */
enum {
    VALUE = OSFT_J_VALUE,
    STRING = OSFT_J_STRING,
    TAIL = OSFT_J_UTF8, /* the last byte of a UTF-8 sequence */
    TAIL_2 = TAIL + 1,  /* the last two */
    AFTER_E0 = TAIL + 2,
    AFTER_ED = TAIL + 3,
    TAIL_3 = TAIL + 4,
    AFTER_F0 = TAIL + 5,
    AFTER_F4 = TAIL + 6,
    ESCAPE = OSFT_J_ESCAPE,
    LOW = OSFT_J_LOW_SURROGATE,
    LOW_U = LOW + 1,
    T = OSFT_J_LITERAL,
    TR = T + 1,
    F = T + 2,
    FA = T + 3,
    FAL = T + 4,
    LAST_E = T + 5,
    N = T + 6,
    NU = T + 7,
    NUL = T + 8,
    HEX = OSFT_J_HEX, /* from here on, capitals count as small letters */
    HEX_2 = HEX + 3,
    HEX_3 = HEX_2 + 2,
    HEX_4 = HEX_3 + 2,
    HEX_D = HEX_4 + 2,  /* after d: a surrogate, or not */
    HIGH_3 = HEX_D + 3, /* of a high surrogate */
    HIGH_4 = HIGH_3 + 2,
    LOW_D = HIGH_4 + 2,
    LOW_2 = LOW_D + 1,
    MINUS = OSFT_J_NUMBER,
    POINT = MINUS + 2,
    E = MINUS + 3, /* runs on into its digits */
    E_SIGN = MINUS + 5,
    INTEGER = OSFT_J_INTEGER, /* runs on into zero */
    ZERO = INTEGER + 1,
    FRACTION = ZERO + 3,
    EXPONENT = FRACTION + 3,
    STATES = EXPONENT + 2,

    DO_BEGIN = STATES,
    DO_END,
    DO_COMMA,
    DO_NAME,
    DO_QUOTE,
    DO_NEXT /* a number ended before this byte */
};

#define L      | OSFT_LAST
#define ONE(b) b, b
#define DIGITS '0', '9'
#define HEX_DIGITS(next) \
    { DIGITS, next },    \
    {                    \
        'a', 'f', next L \
    }

static const struct osft_range grammar[] = {
    /* clang-format off */
    /* element */ { ONE(']'), DO_END },
    /* value */   { ONE('"'), STRING }, { ONE('{'), DO_BEGIN }, { ONE('['), DO_BEGIN },
                  { ONE('-'), MINUS }, { ONE('0'), ZERO }, { DIGITS, INTEGER },
                  { ONE('t'), T }, { ONE('f'), F }, { ONE('n'), N L },
    /* first */   { ONE('}'), DO_END },
    /* name */    { ONE('"'), DO_NAME L },
    /* colon */   { ONE(':'), VALUE L },
    /* next */    { ONE(','), DO_COMMA }, { ONE(']'), DO_END }, { ONE('}'), DO_END L },
    /* string */  { ONE('"'), DO_QUOTE }, { ONE('\\'), ESCAPE }, { 0x20, 0x7f, STRING },
                  { 0xc2, 0xdf, TAIL }, { ONE(0xe0), AFTER_E0 }, { ONE(0xed), AFTER_ED },
                  { 0xe1, 0xef, TAIL_2 }, { ONE(0xf0), AFTER_F0 }, { ONE(0xf4), AFTER_F4 },
                  { 0xf1, 0xf3, TAIL_3 L },
    /* utf-8 */   { 0x80, 0xbf, STRING L }, { 0x80, 0xbf, TAIL L }, { 0xa0, 0xbf, TAIL L },
                  { 0x80, 0x9f, TAIL L }, { 0x80, 0xbf, TAIL_2 L }, { 0x90, 0xbf, TAIL_2 L },
                  { 0x80, 0x8f, TAIL_2 L },
    /* escape */  { ONE('"'), STRING }, { ONE('\\'), STRING }, { ONE('/'), STRING },
                  { ONE('b'), STRING }, { ONE('f'), STRING }, { ONE('n'), STRING },
                  { ONE('r'), STRING }, { ONE('t'), STRING }, { ONE('u'), HEX L },
    /* low */     { ONE('\\'), LOW_U L }, { ONE('u'), LOW_D L },
    /* literal */ { ONE('r'), TR L }, { ONE('u'), LAST_E L }, { ONE('a'), FA L }, { ONE('l'), FAL L },
                  { ONE('s'), LAST_E L }, { ONE('e'), OSFT_J_NEXT L }, { ONE('u'), NU L },
                  { ONE('l'), NUL L }, { ONE('l'), OSFT_J_NEXT L },
    /* hex */     { ONE('d'), HEX_D }, HEX_DIGITS(HEX_2),
                  HEX_DIGITS(HEX_3), HEX_DIGITS(HEX_4), HEX_DIGITS(STRING),
                  { '0', '7', HEX_3 }, { '8', '9', HIGH_3 }, { 'a', 'b', HIGH_3 L },
                  HEX_DIGITS(HIGH_4), HEX_DIGITS(LOW), { ONE('d'), LOW_2 L }, { 'c', 'f', HEX_3 L },
    /* number */  { ONE('0'), ZERO }, { DIGITS, INTEGER L }, { DIGITS, FRACTION L },
                  { ONE('+'), E_SIGN }, { ONE('-'), E_SIGN }, { DIGITS, EXPONENT L },
    /* integer */ { DIGITS, INTEGER },
    /* zero */    { ONE('.'), POINT }, { ONE('e'), E }, { 0, 255, DO_NEXT L },
    /* fraction */{ DIGITS, FRACTION }, { ONE('e'), E }, { 0, 255, DO_NEXT L },
    /* exponent */{ DIGITS, EXPONENT }, { 0, 255, DO_NEXT L }
    /* clang-format on */
};
OSFT_STATIC_ASSERT(sizeof(grammar) == 3 * STATES, a_state_does_not_begin_where_the_enum_says);
OSFT_STATIC_ASSERT(DO_NEXT < OSFT_LAST, too_many_states);

int osft_json_complete(const struct osft_json *j)
{
    return j->depth == 0 && (j->state == OSFT_J_NEXT || j->state >= OSFT_J_INTEGER);
}

static int begin(struct osft_json *j, uint8_t b)
{
    if (j->depth >= OSFT_JSON_DEPTH) {
        return OSFT_E_JSON;
    }
    j->nest[j->depth++] = (char)(b + 2); /* ASCII puts } and ] two after { and [ */
    j->state = b == '{' ? OSFT_J_FIRST_NAME : OSFT_J_ELEMENT;
    return OSFT_JSON_BEGIN;
}

/* A byte that does more than lead to a state. */
static int structure(struct osft_json *j, uint8_t b, int what)
{
    char closes = 0;

    if (what == DO_BEGIN) {
        return begin(j, b);
    }
    if (j->depth != 0) {
        closes = j->nest[j->depth - 1];
    }
    if (what == DO_QUOTE) {
        j->state = j->name ? OSFT_J_COLON : OSFT_J_NEXT;
        what = j->name ? OSFT_JSON_NAME_END : OSFT_JSON_MORE;
        j->name = 0;
        return what;
    }
    if (what == DO_NAME) {
        j->name = 1;
        j->state = STRING;
        return OSFT_JSON_NAME;
    }
    if (what == DO_COMMA && closes != 0) {
        j->state = closes == '}' ? OSFT_J_NAME : OSFT_J_VALUE;
        return OSFT_JSON_COMMA;
    }
    if (b != closes) {
        return OSFT_E_JSON;
    }
    j->depth--;
    j->state = OSFT_J_NEXT;
    return OSFT_JSON_END;
}

int osft_json_byte(struct osft_json *j, uint8_t b)
{
    int was = j->state;
    /* 0x40 to 0x5f become 0x60 to 0x7f, and there are only letters to be found. */
    int next = osft_next(grammar + was, was >= HEX ? (uint8_t)(b | (b >> 1 & 0x20)) : b);

    if (next == DO_NEXT) { /* only the byte after a number tells that it has ended */
        was = j->state = OSFT_J_NEXT;
        next = osft_next(grammar + was, b);
    }
    if (was < STRING && (b == ' ' || b == '\t' || b == '\n' || b == '\r')) {
        return OSFT_JSON_SPACE;
    }
    if (next < 0) {
        return OSFT_E_JSON;
    }
    if (next < STATES) {
        j->state = (uint8_t)next;
        return was <= VALUE ? OSFT_JSON_SCALAR : OSFT_JSON_MORE;
    }
    return structure(j, b, next);
}
