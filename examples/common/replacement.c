/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_TMPFILE, realpath */
#include "replacement.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING_SIZE 40  /* bytes of a new name's ending, or of /proc/self/fd/N, with a NUL */
#define NAMES_MAX   100 /* how many names are tried for a new file */
#define TARGET_SIZE 4096

/* ---- names ---- */

/* Return the target of a symbolic link, from the heap. A relative target begins in the folder of
 * the link. Returns NULL with errno: EINVAL or ENOENT when there is no link of that name. */
static char *read_link(const char *link)
{
    char target[TARGET_SIZE], *path;
    const char *slash = strrchr(link, '/');
    ssize_t len = readlink(link, target, sizeof(target));
    size_t folder_len = slash != NULL ? (size_t)(slash - link) + 1 : 0;

    if (len < 0 || len == (ssize_t)sizeof(target)) {
        errno = len < 0 ? errno : ENAMETOOLONG;
        return NULL;
    }
    folder_len = target[0] == '/' ? 0 : folder_len;
    path = malloc(folder_len + (size_t)len + 1);
    if (path != NULL) {
        memcpy(path, link, folder_len);
        memcpy(path + folder_len, target, (size_t)len);
        path[folder_len + (size_t)len] = 0;
    }
    return path;
}

char *resolve_name(const char *name)
{
    char *path = realpath(name, NULL), *next;

    if (path != NULL || errno != ENOENT) { /* links that form a loop give ELOOP */
        return path;
    }
    path = strdup(name);
    while (path != NULL && (next = read_link(path)) != NULL) {
        free(path);
        path = next;
    }
    return path;
}

/* Set r->name to the folder of r->path. */
static void set_folder_name(struct replacement *r)
{
    const char *slash = strrchr(r->path, '/');
    size_t len = slash != NULL ? (size_t)(slash - r->path) + 1 : 0;

    memcpy(r->name, r->path, len);
    memcpy(r->name + len, ".", sizeof("."));
}

/* Set r->name to a name for the new file. */
static void set_new_name(struct replacement *r, int number)
{
    size_t len = strlen(r->path);

    memcpy(r->name, r->path, len);
    if ((r->flags & REPLACE_ALONE) != 0) {
        memcpy(r->name + len, ".new", sizeof(".new"));
    } else {
        (void)snprintf(r->name + len, ENDING_SIZE, ".%ld-%d.new", (long)getpid(), number);
    }
}

/* ---- the new file ---- */

/* Open a new file without a name, and set r->fd to its descriptor; r->fd stays -1 when the system
 * has no such files. */
static void open_without_name(struct replacement *r)
{
#ifdef O_TMPFILE
    char link[ENDING_SIZE];

    set_folder_name(r);
    r->fd = open(r->name, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", r->fd);
    if (r->fd >= 0 && access(link, F_OK) != 0) { /* without /proc the file can get no name */
        close(r->fd);
        r->fd = -1;
    }
#else
    (void)r;
#endif
}

/* Give the new file a name that no other file has. When there is no new file yet, create it with
 * such a name. Returns 0, or errno. */
static int give_name(struct replacement *r)
{
    char link[ENDING_SIZE];
    int number;

    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", r->fd);
    for (number = 0; number < NAMES_MAX; number++) {
        set_new_name(r, number);
        if ((r->flags & REPLACE_ALONE) != 0) {
            (void)unlink(r->name);
        }
        if (r->fd >= 0) {
            r->has_name = linkat(AT_FDCWD, link, AT_FDCWD, r->name, AT_SYMLINK_FOLLOW) == 0;
        } else {
            r->fd = open(r->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
            r->has_name = r->fd >= 0;
        }
        if (r->has_name) {
            return 0;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return errno;
}

/* Give the new file to the owner of the old file. Only root can give a file away, so a failure is
 * ignored. */
static void keep_owner(const struct replacement *r)
{
    struct stat old;

    if (lstat(r->path, &old) == 0 && fchown(r->fd, old.st_uid, old.st_gid) != 0) {
        return;
    }
}

int begin_replacement(struct replacement *r, const char *path, mode_t mode, int flags)
{
    int error = 0;

    memset(r, 0, sizeof(*r));
    r->fd = -1;
    r->path = path;
    r->flags = flags;
    r->name = malloc(strlen(path) + ENDING_SIZE);
    if (r->name == NULL) {
        return ENOMEM;
    }
    open_without_name(r);
    if (r->fd < 0) {
        error = give_name(r);
    }
    /* The new file has the mode 0600, so most callers need no change. A file system without modes
     * refuses a change. */
    if (error == 0 && mode != 0600 && fchmod(r->fd, mode) != 0) {
        error = errno;
    }
    if (error == 0) {
        keep_owner(r);
    }
    return error;
}

/* ---- taking the place of the old file ---- */

/* Flush the folder to the disk, as the new name of the file is stored in the folder. Some file
 * systems cannot flush folders (EINVAL), and some folders can be written but not read (EACCES);
 * neither is an error. Returns 0, or errno. */
static int sync_folder(struct replacement *r)
{
    int fd, error;

    set_folder_name(r);
    fd = open(r->name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == EACCES ? 0 : errno;
    }
    error = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
    close(fd);
    return error;
}

/* Close the new file, if it is open. *error: set to errno when closing fails and *error is 0. */
static void close_new_file(struct replacement *r, int *error)
{
    if (r->fd >= 0 && close(r->fd) != 0 && *error == 0) {
        *error = errno;
    }
    r->fd = -1;
}

int end_replacement(struct replacement *r, int error, int *fd)
{
    int is_durable = (r->flags & REPLACE_DURABLY) != 0;

    if (error == 0 && is_durable && fsync(r->fd) != 0) {
        error = errno;
    }
    if (error == 0 && !r->has_name) {
        error = give_name(r);
    }
    if (fd == NULL) {
        close_new_file(r, &error); /* a network file system may report a failed write only now */
    }
    if (error == 0 && rename(r->name, r->path) != 0) {
        error = errno;
    }
    if (error != 0) {
        close_new_file(r, &error);
        if (r->has_name) {
            (void)unlink(r->name);
        }
    } else if (is_durable) {
        error = sync_folder(r);
    }
    if (fd != NULL) {
        *fd = r->fd;
    }
    free(r->name);
    r->name = NULL;
    r->fd = -1;
    return error;
}
