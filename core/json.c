/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "json.h"
#include "unescape.h"

/* true, false and null share one text; a literal is known by where its second byte stands there. */
static const char literals[] = "true\0false\0null";

void osft_json_init(struct osft_json *j)
{
    memset(j, 0, sizeof(*j)); /* OSFT_J_VALUE is 0 */
}

int osft_json_complete(const struct osft_json *j)
{
    return j->depth == 0 && (j->state == OSFT_J_NEXT || j->state >= OSFT_J_ZERO);
}

static int in_object(const struct osft_json *j)
{
    unsigned level = j->depth - 1U;
    return j->depth != 0 && (j->nest[level >> 3] >> (level & 7) & 1);
}

static int begin(struct osft_json *j, uint8_t b)
{
    unsigned level = j->depth;
    uint8_t bit;

    if (level >= OSFT_JSON_DEPTH) {
        return OSFT_E_JSON;
    }
    bit = (uint8_t)(1U << (level & 7));
    j->depth++;
    j->nest[level >> 3] &= (uint8_t)~bit;
    j->state = OSFT_J_ELEMENT;
    if (b == '{') {
        j->nest[level >> 3] |= bit;
        j->state = OSFT_J_FIRST_NAME;
    }
    return OSFT_JSON_BEGIN;
}

static int end(struct osft_json *j, uint8_t b)
{
    if (j->depth == 0 || b != (in_object(j) ? '}' : ']')) {
        return OSFT_E_JSON;
    }
    j->depth--;
    j->state = OSFT_J_NEXT;
    return OSFT_JSON_END;
}

static int value(struct osft_json *j, uint8_t b)
{
    switch (b) {
    case '{':
    case '[': return begin(j, b);
    case '"': j->state = OSFT_J_STRING; break;
    case '-': j->state = OSFT_J_MINUS; break;
    case '0': j->state = OSFT_J_ZERO; break;
    case 't':
        j->state = OSFT_J_LITERAL;
        j->left = 1;
        break;
    case 'f':
        j->state = OSFT_J_LITERAL;
        j->left = 6;
        break;
    case 'n':
        j->state = OSFT_J_LITERAL;
        j->left = 12;
        break;
    default:
        if (b < '1' || b > '9') {
            return OSFT_E_JSON;
        }
        j->state = OSFT_J_INTEGER;
        break;
    }
    j->name = 0;
    return OSFT_JSON_SCALAR;
}

/* Between tokens. */
static int structure(struct osft_json *j, uint8_t b)
{
    if (b == ' ' || b == '\t' || b == '\n' || b == '\r') {
        return OSFT_JSON_SPACE;
    }
    switch (j->state) {
    case OSFT_J_ELEMENT:
        if (b == ']') {
            return end(j, b);
        }
        return value(j, b);
    case OSFT_J_VALUE: return value(j, b);
    case OSFT_J_FIRST_NAME:
        if (b == '}') {
            return end(j, b);
        } /* fall through */
    case OSFT_J_NAME:
        if (b != '"') {
            return OSFT_E_JSON;
        }
        j->state = OSFT_J_STRING;
        j->name = 1;
        return OSFT_JSON_NAME;
    case OSFT_J_COLON:
        if (b != ':') {
            return OSFT_E_JSON;
        }
        j->state = OSFT_J_VALUE;
        return OSFT_JSON_COLON;
    default: /* OSFT_J_NEXT */
        if (b != ',' || j->depth == 0) {
            return end(j, b);
        }
        j->state = in_object(j) ? OSFT_J_NAME : OSFT_J_VALUE;
        return OSFT_JSON_COMMA;
    }
}

static int number(struct osft_json *j, uint8_t b)
{
    uint8_t s = j->state;

    if (b >= '0' && b <= '9' && s != OSFT_J_ZERO) {
        if (s == OSFT_J_MINUS) {
            j->state = b == '0' ? OSFT_J_ZERO : OSFT_J_INTEGER;
        } else if (s == OSFT_J_POINT) {
            j->state = OSFT_J_FRACTION;
        } else if (s == OSFT_J_E || s == OSFT_J_E_SIGN) {
            j->state = OSFT_J_EXPONENT;
        }
    } else if (b == '.' && (s == OSFT_J_ZERO || s == OSFT_J_INTEGER)) {
        j->state = OSFT_J_POINT;
    } else if ((b | 0x20) == 'e' && s >= OSFT_J_ZERO && s != OSFT_J_EXPONENT) {
        j->state = OSFT_J_E;
    } else if ((b == '+' || b == '-') && s == OSFT_J_E) {
        j->state = OSFT_J_E_SIGN;
    } else if (s >= OSFT_J_ZERO) {
        j->state = OSFT_J_NEXT; /* only the byte after a number tells that it has ended */
        return structure(j, b);
    } else {
        return OSFT_E_JSON;
    }
    return OSFT_JSON_MORE;
}

/* The first byte of a UTF-8 sequence bounds the second: that is where overlong forms, surrogates
 * and what lies past U+10FFFF differ from the rest. */
static int utf8_first(struct osft_json *j, uint8_t b)
{
    if (b < 0xc2 || b > 0xf4) {
        return OSFT_E_JSON;
    }
    j->left = (uint8_t)(1 + (b >= 0xe0) + (b >= 0xf0));
    j->low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
    j->high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
    j->state = OSFT_J_UTF8;
    return OSFT_JSON_MORE;
}

static int utf8_next(struct osft_json *j, uint8_t b)
{
    if (b < j->low || b > j->high) {
        return OSFT_E_JSON;
    }
    j->low = 0x80;
    j->high = 0xbf;
    if (--j->left == 0) {
        j->state = OSFT_J_STRING;
    }
    return OSFT_JSON_MORE;
}

static int hex(struct osft_json *j, uint8_t b)
{
    unsigned digit = osft_hex_digit(b);
    unsigned surrogate;

    if (digit > 15) {
        return OSFT_E_JSON;
    }
    j->unit = (uint16_t)((unsigned)j->unit << 4 | digit);
    if (--j->left != 0) {
        return OSFT_JSON_MORE;
    }
    surrogate = j->unit >> 10; /* 0x36: high, 0x37: low */
    if (j->pair != (surrogate == 0x37)) {
        return OSFT_E_JSON;
    }
    j->pair = surrogate == 0x36;
    j->state = j->pair ? OSFT_J_LOW_BACKSLASH : OSFT_J_STRING;
    return OSFT_JSON_MORE;
}

static int escape(struct osft_json *j, uint8_t b)
{
    if (b == 'u') {
        j->state = OSFT_J_HEX;
        j->left = 4;
    } else if (j->state == OSFT_J_ESCAPE && osft_unescape_char(b) != 0) {
        j->state = OSFT_J_STRING;
    } else {
        return OSFT_E_JSON;
    }
    return OSFT_JSON_MORE;
}

static int string(struct osft_json *j, uint8_t b)
{
    if (b == '"') {
        j->state = j->name ? OSFT_J_COLON : OSFT_J_NEXT;
        return j->name ? OSFT_JSON_NAME_END : OSFT_JSON_MORE;
    }
    if (b < 0x20) {
        return OSFT_E_JSON;
    }
    if (b >= 0x80) {
        return utf8_first(j, b);
    }
    if (b == '\\') {
        j->state = OSFT_J_ESCAPE;
    }
    return OSFT_JSON_MORE;
}

static int literal(struct osft_json *j, uint8_t b)
{
    if (b != (uint8_t)literals[j->left]) {
        return OSFT_E_JSON;
    }
    j->left++;
    if (literals[j->left] == 0) {
        j->state = OSFT_J_NEXT;
    }
    return OSFT_JSON_MORE;
}

int osft_json_byte(struct osft_json *j, uint8_t b)
{
    switch (j->state) {
    case OSFT_J_STRING: return string(j, b);
    case OSFT_J_ESCAPE:
    case OSFT_J_LOW_U: return escape(j, b);
    case OSFT_J_HEX: return hex(j, b);
    case OSFT_J_LOW_BACKSLASH:
        j->state = OSFT_J_LOW_U;
        return b == '\\' ? OSFT_JSON_MORE : OSFT_E_JSON;
    case OSFT_J_UTF8: return utf8_next(j, b);
    case OSFT_J_LITERAL: return literal(j, b);
    default: return j->state <= OSFT_J_NEXT ? structure(j, b) : number(j, b);
    }
}
