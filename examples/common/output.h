/* SPDX-License-Identifier: Apache-2.0 */
/* A file descriptor, or memory, with a buffer. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stddef.h>
#include <stdint.h>

/* An output keeps its first error, and drops the bytes that are put after it. EPIPE, from a closed
 * pipe, is an error as well. */
#define OUTPUT_BYTES 32768 /* enough for a whole screen, which is then written at once */
struct memory {
    char *bytes; /* from the heap; NULL: none is allocated */
    size_t len, size;
};
struct output {
    int fd;
    struct memory *memory; /* takes the bytes instead of fd; NULL: they go to fd */
    int error;             /* errno of the first write that failed; 0: none has failed */
    size_t used;
    int ascii_only; /* bytes beyond ASCII are escaped, as they could be control characters */
    char *buffer;   /* of OUTPUT_BYTES bytes; an array would be stored in the executable */
};
extern struct output standard_output, standard_error;
/* Set ascii_only of standard_output and standard_error. Call it after setlocale(). */
void detect_character_sets(void);
void put_bytes(struct output *out, const char *bytes, size_t len);
void put_text(struct output *out, const char *text);
void put_integer(struct output *out, int64_t value);
void put_spaces(struct output *out, size_t count);
void flush_output(struct output *out);
int is_reader_gone(const struct output *out); /* whether the reader has closed the pipe */

#endif
