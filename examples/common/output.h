/* SPDX-License-Identifier: Apache-2.0 */
/* A file descriptor, or memory, with a buffer. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stddef.h>
#include <stdint.h>

/* The first error stays, and what is put behind it is dropped. A closed pipe (EPIPE) is an error,
 * too. */
#define OUTPUT_BYTES 32768 /* a whole screen is one write */
struct memory {
    char *bytes; /* from the heap; NULL: none */
    size_t len, size;
};
struct output {
    int fd;
    struct memory *memory; /* where bytes go instead of fd; NULL: to fd */
    int error;             /* errno of the write that failed; 0: none did */
    size_t used;
    int ascii_only; /* bytes beyond ASCII would not be shown as UTF-8: they could be controls */
    char *buffer;   /* of OUTPUT_BYTES; apart, as it would be stored in the program's file */
};
extern struct output standard_output, standard_error;
void detect_character_sets(void); /* of both, once the locale is set */
void put_bytes(struct output *out, const char *bytes, size_t len);
void put_text(struct output *out, const char *text);
void put_integer(struct output *out, int64_t value);
void put_spaces(struct output *out, size_t count);
void flush_output(struct output *out);
int is_reader_gone(const struct output *out); /* 1: the other end of a pipe is closed */

#endif
