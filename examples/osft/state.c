/* SPDX-License-Identifier: Apache-2.0 */
/* The new state is written beside the old one, made durable, and renamed to it. The lock is on the file
 * itself, and goes along: the new file is locked before it takes the old one's name. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmd.h"

static int fail(const struct state *s, const char *what, int error)
{
    return report_local(what, s->name, error);
}

static int say(const struct state *s, const char *what, const char *advice)
{
    out_flush(&cmd_out);
    out_str(&cmd_err, "osft: ");
    out_str(&cmd_err, what);
    out_str(&cmd_err, "\n  state: ");
    text_safe(&cmd_err, s->name, strlen(s->name), 0);
    out_str(&cmd_err, "\n  what to do: ");
    out_str(&cmd_err, advice);
    out_str(&cmd_err, "\n");
    out_flush(&cmd_err);
    return EXIT_LOCAL;
}

int state_refuse(const struct state *s, int err)
{
    if (err == OSFT_E_SPACE) {
        return say(s, "the saved state follows more runs than this command can",
                   "remove it, or name another; what has ended by now is then not told");
    }
    return say(s, osft_strerror(OSFT_E_SAVED),
               "if it is of another application, function or instance, name another file; else "
               "remove it: what has ended by now is then not told");
}

/* 0, or errno; EAGAIN: somebody else has it. */
static int lock(int fd)
{
    struct flock l;
    memset(&l, 0, sizeof(l));
    l.l_type = F_WRLCK;
    l.l_whence = SEEK_SET;
    if (fcntl(fd, F_SETLK, &l) == 0) {
        return 0;
    }
    return errno == EACCES ? EAGAIN : errno;
}

/* Whether fd is what the path names now: it may have been renamed over since. */
static int is_current(const struct state *s)
{
    struct stat a, b;
    return fstat(s->fd, &a) == 0 && stat(s->path, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* 0, or errno. */
static int open_locked(struct state *s)
{
    int tries, error = EAGAIN;
    for (tries = 0; tries < 3; tries++) {
        s->fd = open(s->path, O_RDWR | O_CREAT | O_NOCTTY | O_CLOEXEC, 0600);
        if (s->fd < 0) {
            return errno;
        }
        error = lock(s->fd);
        if (error == 0 && is_current(s)) {
            return 0;
        }
        close(s->fd);
        s->fd = -1;
    }
    return error != 0 ? error : EAGAIN;
}

/* Through a symbolic link, which stays one; a file that is not there yet is as it is named. */
static int resolve(struct state *s)
{
    static const char next[] = ".new";
    size_t len;

    s->path = realpath(s->name, NULL);
    if (s->path == NULL) {
        s->path = strdup(s->name);
    }
    if (s->path == NULL) {
        return ENOMEM;
    }
    len = strlen(s->path);
    s->next = malloc(len + sizeof(next));
    if (s->next == NULL) {
        return ENOMEM;
    }
    memcpy(s->next, s->path, len);
    memcpy(s->next + len, next, sizeof(next));
    return 0;
}

/* What is more than mem holds is no state of ours, and refused as such later. */
static int read_all(struct state *s)
{
    ssize_t n = 1;
    s->len = 0;
    while (s->len < s->size && n != 0) {
        n = read(s->fd, s->mem + s->len, s->size - s->len);
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        s->len += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

int state_open(struct state *s, const char *name, void *mem, size_t size)
{
    struct stat is;
    int error;

    memset(s, 0, sizeof(*s));
    s->fd = -1;
    s->name = name;
    s->mem = mem;
    s->size = size;
    error = resolve(s);
    if (error == 0 && stat(s->path, &is) == 0 && !S_ISREG(is.st_mode)) {
        return say(s, "the state would not be kept in a file", "name a file with --state");
    }
    error = error == 0 ? open_locked(s) : error;
    if (error == EAGAIN) {
        return say(s, "another osft watch has this state open",
                   "end that one, or name another file with --state");
    }
    if (error != 0) {
        return fail(s, "cannot open the state", error);
    }
    error = read_all(s);
    return error == 0 ? EXIT_DONE : fail(s, "cannot read the state", error);
}

/* 0, or errno. */
static int write_all(int fd, const char *src, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, src, len);
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        src += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

/* The name itself is durable only when its folder is. Some file systems cannot do that: EINVAL. */
static int sync_folder(const struct state *s)
{
    char *copy = strdup(s->path);
    int error = 0, fd = copy != NULL ? open(dirname(copy), O_RDONLY | O_CLOEXEC) : -1;

    if (copy == NULL || fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) {
        error = copy == NULL ? ENOMEM : errno;
    }
    if (fd >= 0) {
        close(fd);
    }
    free(copy);
    return error;
}

/* A file left over from a power cut is in nobody's use: whoever has the lock may remove it. */
static int replace(struct state *s, const void *src, size_t len)
{
    int fd, error;

    (void)unlink(s->next);
    fd = open(s->next, O_RDWR | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno;
    }
    error = lock(fd);
    error = error == 0 ? write_all(fd, src, len) : error;
    if (error == 0 && rename(s->next, s->path) != 0) {
        error = errno;
    }
    if (error != 0) {
        close(fd);
        (void)unlink(s->next);
        return error;
    }
    close(s->fd);
    s->fd = fd;
    return sync_folder(s);
}

/* What has not changed is not written: flash wears out. */
int state_save(struct state *s, const void *src, size_t len)
{
    int error;
    if (s->path == NULL || (len == s->len && memcmp(s->mem, src, len) == 0)) {
        return 0;
    }
    error = replace(s, src, len);
    if (error == 0 && len <= s->size) {
        memcpy(s->mem, src, len);
        s->len = len;
    }
    return error;
}

void state_close(struct state *s)
{
    if (s->path != NULL && s->fd >= 0) {
        close(s->fd);
    }
    free(s->path);
    free(s->next);
    s->path = s->next = NULL;
}
