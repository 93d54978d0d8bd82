/* SPDX-License-Identifier: Apache-2.0 */
/* A second reader of response bodies, written apart from the core's: by recursive descent over the
 * whole text, with as much memory as it likes. What the two make of a body must be the same.
 */
#ifndef READER_H
#define READER_H

#include "fuzz.h"

#define READER_TASKS 64 /* of a body; further ones are counted only */

struct reading {
    int result; /* what osft_parse_list() or osft_parse_get() must return */
    size_t
        offset;  /* with OSFT_E_JSON and OSFT_E_DEPTH: of the first byte that cannot stand there */
    int is_cut;  /* it is the beginning of JSON */
    int is_json; /* the body is JSON; what follows is known only then */
    const char *member;      /* with OSFT_E_RESPONSE */
    struct osft_reply reply; /* texts, numbers, tasks and left_out */
    struct osft_omission first_omission;
    struct osft_task tasks[READER_TASKS]; /* without those that are left out */
    size_t count;
    char *texts; /* private: where the texts lie */
    size_t texts_used;
};

/* Read a body as core must when nothing lacks room. max: tasks of the array; SIZE_MAX: they go to a
 * function. http_status: of the response; 0: there was none. End with reader_free(). */
void reader_read(struct reading *reading, const void *body, size_t len, int expects_one, size_t max,
                 int http_status);
void reader_free(struct reading *reading);

/* Is the text JSON as RFC 8259 has it, nested no deeper than depth_max? Returns OSFT_OK,
 * OSFT_E_JSON or OSFT_E_DEPTH; *offset is the first byte that cannot stand there, or len. */
int reader_check(const void *text, size_t len, int depth_max, size_t *offset);

/* Valid JSON that is read from the front. What stands in it is taken as it is written, without the
 * space around it. Behind all of it must stand a byte that is none of JSON's. */
struct reader_cursor {
    const uint8_t *at;
};
struct osft_span reader_take_value(struct reader_cursor *cursor);
/* The members or elements of a container. */
struct reader_cursor reader_open(struct osft_span container);
/* The next element, or a member's name; then ->at is its colon. Returns 0 at the end. */
int reader_take_next(struct reader_cursor *cursor, struct osft_span *value);
/* The text of a scalar, unescaped. out has as much room as value. Returns its length. */
size_t reader_unescape(char *out, struct osft_span value);

#endif
