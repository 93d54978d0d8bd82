/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: checks bytes against the grammar of JSON (RFC 8259) as they arrive, in constant memory,
 * and tells where names, values, objects and arrays begin and end.
 *
 * The RFC's open points, as decided here: text is UTF-8 and checked (no overlong forms, no
 * surrogates, nothing past U+10FFFF); a byte order mark is refused; \u escapes of surrogates must
 * come in pairs; nesting is bounded by OSFT_JSON_DEPTH; a name may occur twice (who reads members
 * decides); numbers are of any size and precision; the top level may be any value.
 */
#ifndef OSFT_JSON_H
#define OSFT_JSON_H

#include "osft.h"

/* What osft_json_read() stopped at. */
enum osft_json_event {
    OSFT_JSON_MORE = 0, /* the end of the span */
    OSFT_JSON_NAME,     /* the colon behind a member's name */
    OSFT_JSON_COMMA,    /* a comma behind a member or element */
    OSFT_JSON_BEGIN,    /* { or [; depth already counts it */
    OSFT_JSON_END       /* } or ]; depth no longer counts it */
};

/* The bytes of a name (with its quotes) or of a scalar that were read; empty: there were none. */
struct osft_json_text {
    const char *begin, *end;
};

/* Read from *at up to the first event, and set *at behind it; *text is what was read of the name or
 * scalar before it. One that continues in the next span is given in parts.
 * returns: an event; or OSFT_E_JSON or OSFT_E_DEPTH: the byte at *at cannot stand there, and
 *          json->state tells what could */
int osft_json_read(struct osft_json *json, const char **at, const char *end,
                   struct osft_json_text *text);

/* Groups of states. A state's number is the index of its first range in the table of json.c, so
 * each `+ N` below is the number of ranges that the states of the group before it use. In states
 * before OSFT_JSON_IN_STRING, white space may stand; in those from OSFT_JSON_IN_INTEGER on, a
 * number may end. */
enum osft_json_state {
    OSFT_JSON_AT_ELEMENT = 0, /* or the end of the array; continues with AT_VALUE */
    OSFT_JSON_AT_VALUE = OSFT_JSON_AT_ELEMENT + 1,
    OSFT_JSON_AT_FIRST_NAME = OSFT_JSON_AT_VALUE + 9, /* or the end; continues with AT_NAME */
    OSFT_JSON_AT_NAME = OSFT_JSON_AT_FIRST_NAME + 1,
    OSFT_JSON_AT_COLON = OSFT_JSON_AT_NAME + 1,
    OSFT_JSON_AFTER_VALUE = OSFT_JSON_AT_COLON + 1,
    OSFT_JSON_IN_STRING = OSFT_JSON_AFTER_VALUE + 3,
    OSFT_JSON_IN_UTF8 = OSFT_JSON_IN_STRING + 10,
    OSFT_JSON_IN_ESCAPE = OSFT_JSON_IN_UTF8 + 7,
    OSFT_JSON_AT_LOW_SURROGATE = OSFT_JSON_IN_ESCAPE + 9,
    OSFT_JSON_IN_LITERAL = OSFT_JSON_AT_LOW_SURROGATE + 2,
    OSFT_JSON_IN_HEX = OSFT_JSON_IN_LITERAL + 9,
    OSFT_JSON_IN_NUMBER = OSFT_JSON_IN_HEX + 18,
    OSFT_JSON_IN_INTEGER = OSFT_JSON_IN_NUMBER + 6
};

static inline void osft_json_init(struct osft_json *json)
{
    json->depth = 0;
    json->state = OSFT_JSON_AT_VALUE;
    json->in_name = 0;
    json->has_escapes = 0;
}

/* 1 when nothing but white space was read. */
static inline int osft_json_is_empty(const struct osft_json *json)
{
    return json->depth == 0 && json->state == OSFT_JSON_AT_VALUE;
}

/* 1 when what was read so far is a whole JSON text. */
static inline int osft_json_is_complete(const struct osft_json *json)
{
    return json->depth == 0 &&
           (json->state == OSFT_JSON_AFTER_VALUE || json->state >= OSFT_JSON_IN_INTEGER);
}

#endif
