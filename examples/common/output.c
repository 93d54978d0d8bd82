/* SPDX-License-Identifier: Apache-2.0 */
/* Output with a buffer. stdio is not used: it forgets the errno of an earlier write that failed,
 * and osft must tell a closed pipe from a full disk. */
#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "output.h"

static char buffers[2][OUTPUT_BYTES];
struct output standard_output = { .fd = STDOUT_FILENO, .buffer = buffers[0] };
struct output standard_error = { .fd = STDERR_FILENO, .buffer = buffers[1] };

/* Restrict output to ASCII where the locale is not UTF-8: an 8-bit terminal takes the second byte
 * of many UTF-8 characters for a control character. Standard output is restricted only when it is a
 * terminal. Standard error is always restricted, as a file into which it was written is shown on a
 * terminal sooner or later. */
void detect_character_sets(void)
{
    int is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;

    standard_output.ascii_only = !is_utf8 && isatty(STDOUT_FILENO);
    standard_error.ascii_only = !is_utf8;
}

static ssize_t write_some(int fd, const char *bytes, size_t len)
{
    struct pollfd writable = { .fd = fd, .events = POLLOUT };
    ssize_t n;

    while ((n = write(fd, bytes, len)) < 0 && (errno == EINTR || errno == EAGAIN)) {
        if (errno == EAGAIN) { /* another program on this terminal has made it non-blocking */
            (void)poll(&writable, 1, -1);
        }
    }
    return n;
}

/* Append bytes to memory. Returns 0, or errno. */
static int append_to_memory(struct memory *memory, const char *bytes, size_t len)
{
    if (len > memory->size - memory->len) {
        size_t size = 2 * (memory->len + len);
        char *grown = realloc(memory->bytes, size);

        if (grown == NULL) {
            return ENOMEM;
        }
        memory->bytes = grown;
        memory->size = size;
    }
    memcpy(memory->bytes + memory->len, bytes, len);
    memory->len += len;
    return 0;
}

void flush_output(struct output *out)
{
    size_t written = 0;

    if (out->memory != NULL && out->error == 0) {
        out->error = append_to_memory(out->memory, out->buffer, out->used);
        written = out->used;
    }
    while (out->error == 0 && written < out->used) {
        ssize_t n = write_some(out->fd, out->buffer + written, out->used - written);
        if (n <= 0) {
            out->error = n < 0 ? errno : EIO;
        } else {
            written += (size_t)n;
        }
    }
    out->used = 0;
}

void put_bytes(struct output *out, const char *bytes, size_t len)
{
    while (len > 0) {
        size_t n = OUTPUT_BYTES - out->used;
        if (n > len) {
            n = len;
        }
        memcpy(out->buffer + out->used, bytes, n);
        out->used += n;
        bytes += n;
        len -= n;
        if (out->used == OUTPUT_BYTES) {
            flush_output(out);
        }
    }
}

void put_text(struct output *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

void put_integer(struct output *out, int64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%" PRId64, value);
    put_bytes(out, digits, (size_t)n);
}

void put_spaces(struct output *out, size_t count)
{
    while (count-- > 0) {
        put_bytes(out, " ", 1);
    }
}

int is_reader_gone(const struct output *out)
{
    struct pollfd p = { .fd = out->fd, .events = 0 };
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLHUP)) != 0;
}
