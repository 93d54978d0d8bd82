/* SPDX-License-Identifier: Apache-2.0 */
/* Text from elsewhere, made safe for where it goes: control characters, bidirectional overrides and
 * broken UTF-8 become escapes such as \x1b. */
#ifndef TEXT_H
#define TEXT_H

#include "osft.h"
#include "output.h"

/* Where a text goes. Different texts stay different in each sink: a backslash that could be taken
 * for the beginning of an escape is written as one itself. */
enum sink {
    SINK_TEXT,      /* for people, also on standard error. Controls, what reorders text, and broken
                     * UTF-8 become escapes such as \n, \x1b and \u{202e} */
    SINK_JSON,      /* within a string of JSON; it has no way to hold broken UTF-8 */
    SINK_CSV,       /* within a quoted field, for programs: bytes as they came */
    SINK_CSV_SHOWN, /* the same on a terminal: as in SINK_TEXT */
    SINK_LABEL,     /* within a label's value of Prometheus: as in SINK_TEXT, escaped once more */
    SINK_COUNT
};
void put_escaped(struct output *out, enum sink sink, const char *text, size_t len);
/* JSON as it is, but on one line, and with what SINK_JSON escapes escaped. */
void put_json_value(struct output *out, const struct osft_span *json);

struct safe_character {
    char bytes[16];
    size_t len, columns; /* columns of a terminal */
};
/* The character that text begins with. Returns how many bytes it has; 0: they are no UTF-8. */
size_t decode_utf8(const char *text, size_t len, uint32_t *character);
/* How many of len bytes are left when a character that was cut at the end is dropped. */
size_t cut_utf8(const char *text, size_t len);
int is_unsafe_character(uint32_t character);
/* The same, as SINK_TEXT has it. ascii_only: 1 when only ASCII may be shown. Returns bytes read, at
 * least 1. */
size_t read_safe_character(const char *text, size_t len, int ascii_only,
                           struct safe_character *safe);
/* put_escaped() for SINK_TEXT; ascii_only: also where the output could show more */
void put_safe_text(struct output *out, const char *text, size_t len, int ascii_only);
/* The same, but only the characters that fit into so many columns. out NULL: they are only counted.
 * Returns the columns used. */
size_t put_safe_columns(struct output *out, const struct osft_span *text, size_t columns,
                        int ascii_only);
/* The same, but of a text that does not fit, beginning and end are put with two dots between them,
 * so that names that begin alike stay different. */
size_t put_cut_in_the_middle(struct output *out, const struct osft_span *text, size_t columns,
                             int ascii_only);

#endif
