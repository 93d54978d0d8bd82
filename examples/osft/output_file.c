/* SPDX-License-Identifier: Apache-2.0 */
/* --output FILE: standard output goes to a new file beside FILE, which replaces FILE when it is
 * complete. A reader of FILE sees the old content or the new content. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"

#define NO_FILE   (-1) /* the name is that of something other than a file */
#define PATH_SIZE 4096

/* Return the target of a symbolic link, from the heap. A relative target begins in the folder of
 * the link. Returns NULL with errno: EINVAL or ENOENT when there is no link of that name. */
static char *read_link(const char *link)
{
    char target[PATH_SIZE], *path;
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

/* Give the new file to the owner of the old one, so that this user can still read it after root has
 * replaced it. Only root can give a file away, so a failure is ignored. */
static void keep_owner(int fd, const char *path)
{
    struct stat old;

    if (stat(path, &old) == 0 && fchown(fd, old.st_uid, old.st_gid) != 0) {
        return;
    }
}

/* Return the mode for the new file: that of the old file, or that which a shell's redirection would
 * give. */
static mode_t get_mode(int is_there, const struct stat *old)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return is_there ? old->st_mode & 0777 : 0666 & ~mask;
}

int make_file_beside(const char *path, char **name)
{
    static const char ending[] = ".XXXXXX";
    size_t len = strlen(path);
    int fd;

    *name = malloc(len + sizeof(ending));
    if (*name == NULL) {
        errno = ENOMEM;
        return -1;
    }
    memcpy(*name, path, len);
    memcpy(*name + len, ending, sizeof(ending));
    fd = mkstemp(*name);
    if (fd >= 0) {
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        keep_owner(fd, path);
    }
    return fd;
}

/* Create the new file, with a name that no other file has. Returns 0, errno or NO_FILE. */
static int open_new_file(struct output_file *file)
{
    struct stat old;
    int is_there = stat(file->path, &old) == 0;

    if (is_there && !S_ISREG(old.st_mode)) {
        return NO_FILE;
    }
    file->fd = make_file_beside(file->path, &file->new_path);
    if (file->fd < 0) {
        return errno;
    }
    file->has_new_file = 1;
    return fchmod(file->fd, get_mode(is_there, &old)) == 0 ? 0 : errno;
}

int open_output_file(struct output_file *file, const char *name)
{
    int error;

    memset(file, 0, sizeof(*file));
    file->fd = -1;
    file->name = name;
    file->path = resolve_name(name);
    error = file->path != NULL ? open_new_file(file) : errno;
    if (error == NO_FILE) {
        report_usage_error(COMMAND_LIST,
                           "--output replaces a file, and this is something else:", name);
        return EXIT_USAGE;
    }
    if (error != 0) {
        return report_local_failure("cannot write the output", name, error);
    }
    standard_output.fd = file->fd;
    standard_output.ascii_only = 0; /* this restriction is for a terminal */
    return EXIT_DONE;
}

/* Rename the new file to the old one when all of it was written. Returns 0, or errno. */
static int replace_file(const struct output_file *file)
{
    flush_output(&standard_output);
    if (standard_output.error != 0) {
        return standard_output.error;
    }
    return fsync(file->fd) == 0 && rename(file->new_path, file->path) == 0 ? 0 : errno;
}

int close_output_file(struct output_file *file, int replaces_old)
{
    int error = replaces_old && file->has_new_file ? replace_file(file) : 0;

    if (file->has_new_file && (!replaces_old || error != 0)) {
        (void)unlink(file->new_path);
    }
    if (file->fd >= 0) {
        close(file->fd);
    }
    if (file->name != NULL) {
        standard_output.used = 0;
        standard_output.error = 0;
        standard_output.fd = STDOUT_FILENO;
    }
    free(file->path);
    free(file->new_path);
    file->path = file->new_path = NULL;
    return error == 0 ? EXIT_DONE
                      : report_local_failure("cannot write the output", file->name, error);
}
