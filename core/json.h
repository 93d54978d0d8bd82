/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: RFC 8259's grammar, byte by byte, in constant memory.
 *
 * The RFC's open points, as decided here: text is UTF-8, checked (no overlong forms, no surrogates,
 * nothing past U+10FFFF); a byte order mark is refused; \u escapes of surrogates must come in pairs;
 * nesting is bounded by OSFT_JSON_DEPTH; a name may occur twice (who reads members decides); numbers
 * are of any size and precision; any value may be the top level.
 */
#ifndef OSFT_JSON_H
#define OSFT_JSON_H

#include "osft.h"

/* What a byte was. */
enum osft_json_event {
    OSFT_JSON_MORE,     /* a further byte of a name or scalar, or a colon */
    OSFT_JSON_SPACE,    /* white space between tokens */
    OSFT_JSON_NAME,     /* the quote that opens a member's name */
    OSFT_JSON_NAME_END, /* the quote that closes it */
    OSFT_JSON_SCALAR,   /* the first byte of a string, number, true, false or null */
    OSFT_JSON_BEGIN,    /* { or [; depth is already one more */
    OSFT_JSON_END,      /* } or ]; depth is already one less */
    OSFT_JSON_COMMA
};

/* Returns the event, or OSFT_E_JSON: then this byte cannot stand here, and j->state says what could. */
int osft_json_byte(struct osft_json *j, uint8_t b);
/* 1 when what was read so far is a whole JSON text. */
int osft_json_complete(const struct osft_json *j);

/* States: each begins in the table where the one before ends. Those from OSFT_J_INTEGER on may be
 * the end of a number. */
enum osft_json_state {
    OSFT_J_ELEMENT = 0, /* runs on into a value */
    OSFT_J_VALUE = OSFT_J_ELEMENT + 1,
    OSFT_J_FIRST_NAME = OSFT_J_VALUE + 9, /* runs on into a name */
    OSFT_J_NAME = OSFT_J_FIRST_NAME + 1,
    OSFT_J_COLON = OSFT_J_NAME + 1,
    OSFT_J_NEXT = OSFT_J_COLON + 1,
    OSFT_J_STRING = OSFT_J_NEXT + 3,
    OSFT_J_UTF8 = OSFT_J_STRING + 10,
    OSFT_J_ESCAPE = OSFT_J_UTF8 + 7,
    OSFT_J_LOW_SURROGATE = OSFT_J_ESCAPE + 9,
    OSFT_J_LITERAL = OSFT_J_LOW_SURROGATE + 2,
    OSFT_J_HEX = OSFT_J_LITERAL + 9,
    OSFT_J_NUMBER = OSFT_J_HEX + 18,
    OSFT_J_INTEGER = OSFT_J_NUMBER + 6
};

static inline void osft_json_init(struct osft_json *j)
{
    j->depth = 0;
    j->name = 0;
    j->state = OSFT_J_VALUE;
}

/* 1 when nothing but white space has come. */
static inline int osft_json_empty(const struct osft_json *j)
{
    return j->depth == 0 && j->state == OSFT_J_VALUE;
}

#endif
