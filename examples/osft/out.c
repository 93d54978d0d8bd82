/* SPDX-License-Identifier: Apache-2.0 */
/* Not stdio: it forgets errno of a write that failed earlier, and a closed pipe must be told apart
 * from a full disk. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"

struct out cmd_out = { .fd = STDOUT_FILENO };
struct out cmd_err = { .fd = STDERR_FILENO };

static ssize_t write_some(int fd, const char *src, size_t len)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    ssize_t n;
    while ((n = write(fd, src, len)) < 0 && (errno == EINTR || errno == EAGAIN)) {
        if (errno == EAGAIN) { /* whoever shares the terminal made it non-blocking */
            (void)poll(&p, 1, -1);
        }
    }
    return n;
}

void out_flush(struct out *o)
{
    size_t done = 0;
    while (o->error == 0 && done < o->len) {
        ssize_t n = write_some(o->fd, o->buf + done, o->len - done);
        if (n <= 0) {
            o->error = n < 0 ? errno : EIO;
        } else {
            done += (size_t)n;
        }
    }
    o->len = 0;
}

void out_put(struct out *o, const char *src, size_t len)
{
    while (len > 0) {
        size_t n = sizeof(o->buf) - o->len;
        if (n > len) {
            n = len;
        }
        memcpy(o->buf + o->len, src, n);
        o->len += n;
        src += n;
        len -= n;
        if (o->len == sizeof(o->buf)) {
            out_flush(o);
        }
    }
}

void out_str(struct out *o, const char *s)
{
    out_put(o, s, strlen(s));
}

void out_int(struct out *o, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof(text), "%" PRId64, value);
    out_put(o, text, (size_t)n);
}

void out_pad(struct out *o, size_t spaces)
{
    while (spaces-- > 0) {
        out_put(o, " ", 1);
    }
}

int out_is_closed(const struct out *o)
{
    struct pollfd p = { .fd = o->fd, .events = 0 };
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLHUP)) != 0;
}
