/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: checks bytes against the grammar of JSON (RFC 8259) as they arrive, in constant memory,
 * and tells where names, values, objects and arrays begin and end.
 *
 * Where the RFC leaves a choice, this reader decides: text is UTF-8 and checked (no overlong forms,
 * no surrogates, nothing past U+10FFFF); a byte order mark is refused; \u escapes of surrogates
 * must come in pairs; nesting is bounded by OSFT_JSON_DEPTH; a name may occur twice (the reader of
 * members decides which one counts); numbers are of any size and precision; the top level may be
 * any value.
 */
#ifndef OSFT_JSON_H
#define OSFT_JSON_H

#include "osft.h"

/* The events at which osft_json_read() stops. */
enum osft_json_event {
    OSFT_JSON_MORE = 0, /* the end of the span */
    OSFT_JSON_NAME,     /* the colon behind a member's name */
    OSFT_JSON_COMMA,    /* a comma behind a member or element */
    OSFT_JSON_BEGIN,    /* { or [; depth already counts it */
    OSFT_JSON_END       /* } or ]; depth no longer counts it */
};

/* The bytes of a name (with its quotes) or of a scalar that were read; empty: none were read. */
struct osft_json_text {
    const char *begin, *end;
};

/* Read from *at up to the first event, and set *at behind the event. Sets *text to the part of the
 * name or scalar before the event that was read. A name or scalar that continues in the next span
 * is given in parts.
 * returns: an event; or OSFT_E_JSON or OSFT_E_DEPTH: the byte at *at is not allowed there, and
 *          json->state tells which bytes are */
int osft_json_read(struct osft_json *json, const char **at, const char *end,
                   struct osft_json_text *text);

/* Groups of states. A state's number is the index of its first range in the table of json.c, so
 * each `+ N` below is the number of ranges that the states of the group before it use. White space
 * is allowed in states before OSFT_JSON_IN_STRING. A number may end in states from
 * OSFT_JSON_IN_INTEGER on. */
enum osft_json_state {
    OSFT_JSON_AT_ELEMENT = 0, /* an element or ]; continues with AT_VALUE */
    OSFT_JSON_AT_VALUE = OSFT_JSON_AT_ELEMENT + 1,
    OSFT_JSON_AT_FIRST_NAME = OSFT_JSON_AT_VALUE + 9, /* a name or }; continues with AT_NAME */
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

/* Whether nothing but white space was read. */
static inline int osft_json_is_empty(const struct osft_json *json)
{
    return json->depth == 0 && json->state == OSFT_JSON_AT_VALUE;
}

/* Whether the bytes read so far are a complete JSON text. */
static inline int osft_json_is_complete(const struct osft_json *json)
{
    return json->depth == 0 &&
           (json->state == OSFT_JSON_AFTER_VALUE || json->state >= OSFT_JSON_IN_INTEGER);
}

#endif
