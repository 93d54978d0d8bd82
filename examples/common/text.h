/* SPDX-License-Identifier: Apache-2.0 */
/* Text from outside, made safe for a terminal: control characters, bidirectional overrides and
 * broken UTF-8 become escapes such as \x1b. */
#ifndef TEXT_H
#define TEXT_H

#include "osft.h"
#include "output.h"

/* The kind of place that a text is written to. Each sink keeps different texts different: a
 * backslash that could be taken for the beginning of an escape is escaped itself. */
enum sink {
    SINK_TEXT,      /* for people: unsafe characters become escapes, as \n, \x1b and \u{202e} */
    SINK_JSON,      /* within a JSON string, which cannot hold broken UTF-8 */
    SINK_CSV,       /* within a quoted field of CSV, for programs: bytes are unchanged */
    SINK_CSV_SHOWN, /* within a quoted field of CSV on a terminal: escaped as in SINK_TEXT */
    SINK_LABEL,     /* within a label of Prometheus: as SINK_TEXT, then as the format asks */
    SINK_COUNT
};
void put_escaped(struct output *out, enum sink sink, const char *text, size_t len);
/* Put a JSON value on one line, with the characters escaped that SINK_JSON escapes. */
void put_json_value(struct output *out, const struct osft_span *json);

/* A character in the form of SINK_TEXT. */
struct safe_character {
    char bytes[16];
    size_t len, columns; /* columns: on a terminal */
};
/* Read the character that text begins with, in the form of SINK_TEXT. ascii_only: 1 when only ASCII
 * may be shown. Returns how many bytes were read, at least 1. */
size_t read_safe_character(const char *text, size_t len, int ascii_only,
                           struct safe_character *safe);
/* Decode the character that text begins with. Returns how many bytes the character has; 0: the text
 * does not begin with valid UTF-8. */
size_t decode_utf8(const char *text, size_t len, uint32_t *character);
/* Return the length of the text without a character that was cut at its end. */
size_t cut_utf8(const char *text, size_t len);
int is_unsafe_character(uint32_t character);
/* Whether both texts have the same bytes. */
int is_equal(const struct osft_span *text, const char *other);
/* Whether a text is within quotes, single or double. */
int has_quotes(const struct osft_span *text);
/* Put a text as put_escaped() does for SINK_TEXT, but with an ascii_only that does not depend on
 * the output. ascii_only 1: only ASCII is put. */
void put_safe_text(struct output *out, const char *text, size_t len, int ascii_only);
/* Put the longest beginning of a text that fits into columns. out NULL: nothing is put. Returns how
 * many columns the beginning takes. */
size_t put_safe_columns(struct output *out, const struct osft_span *text, size_t columns,
                        int ascii_only);
/* Put a text into columns. Of a text that is too wide, the beginning and the end are put with two
 * dots between them, so that names with the same beginning stay different. Returns how many columns
 * were used. */
size_t put_cut_in_the_middle(struct output *out, const struct osft_span *text, size_t columns,
                             int ascii_only);

#endif
