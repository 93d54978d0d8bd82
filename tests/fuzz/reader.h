/* SPDX-License-Identifier: Apache-2.0 */
/* A second reader of response bodies, written independently of core's: by recursive descent over
 * the whole text, with as much memory as it needs. Both must read the same from a body. */
#ifndef READER_H
#define READER_H

#include "fuzz.h"

#define READER_TASKS 64 /* tasks that are kept; further ones are only counted */

struct reading {
    int result;    /* what osft_parse_list() or osft_parse_get() must return */
    size_t offset; /* with OSFT_E_JSON and OSFT_E_DEPTH: offset of the first byte that is wrong */
    int is_cut;    /* 1: the body is incomplete JSON */
    int is_json;   /* 1: the body is JSON; the members below are set only then */
    const char *member;      /* with OSFT_E_RESPONSE: the member that is wrong */
    struct osft_reply reply; /* its texts, its numbers, `tasks` and `left_out` are set */
    struct osft_omission first_omission;
    struct osft_task tasks[READER_TASKS]; /* the tasks that are delivered */
    size_t count;
    char *texts; /* private: the memory of the texts */
    size_t texts_used;
};

/* Read a body as core must when there is room enough. max: tasks that the array holds; SIZE_MAX:
 * they go to a function. http_status: that of the response; 0: there was no response. End with
 * reader_free(). */
void reader_read(struct reading *reading, const void *body, size_t len, int expects_one, size_t max,
                 int http_status);
void reader_free(struct reading *reading);

/* Check that a text is JSON (RFC 8259) that nests no deeper than depth_max. Returns OSFT_OK,
 * OSFT_E_JSON or OSFT_E_DEPTH; *offset is the first byte that is wrong, or len. */
int reader_check(const void *text, size_t len, int depth_max, size_t *offset);

/* A position in valid JSON, which is read from the front. Values are returned as they are written,
 * without white space around them. The byte behind the text must be one that JSON cannot contain.
 */
struct reader_cursor {
    const uint8_t *at;
};
struct osft_span reader_take_value(struct reader_cursor *cursor);
/* Return a cursor over the members or elements of a container. */
struct reader_cursor reader_open(struct osft_span container);
/* Take the next element, or the next member's name; then ->at is the member's colon. Returns 0 at
 * the end. */
int reader_take_next(struct reader_cursor *cursor, struct osft_span *value);
/* Unescape the text of a scalar into `out`, which needs as much room as the value. Returns the
 * length. */
size_t reader_unescape(char *out, struct osft_span value);

#endif
