/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a file with secrets, which no other user may be able to read or change. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "credentials.h"
#include "wholefile.h"

int set_problem(struct credentials_problem *problem, const char *advice, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(problem->what, sizeof(problem->what), format, arguments);
    va_end(arguments);
    (void)snprintf(problem->advice, sizeof(problem->advice), "%s", advice != NULL ? advice : "");
    return -1;
}

static int is_same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

int is_same_file(const struct file_identity *a, const struct file_identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           is_same_time(&a->modified, &b->modified) && is_same_time(&a->changed, &b->changed);
}

static void set_identity(struct file_identity *identity, const struct stat *status)
{
    identity->device = status->st_dev;
    identity->inode = status->st_ino;
    identity->size = status->st_size;
    identity->modified = status->st_mtim;
    identity->changed = status->st_ctim;
}

int get_file_identity(const char *path, struct file_identity *identity)
{
    struct stat status;

    if (stat(path, &status) != 0) {
        return -1;
    }
    set_identity(identity, &status);
    return 0;
}

int has_file_changed(const char *path, const struct file_identity *identity, int is_missing)
{
    struct file_identity now;

    if (get_file_identity(path, &now) != 0) {
        return !is_missing;
    }
    return is_missing || !is_same_file(&now, identity);
}

/* Whether the file is in the folder of systemd's credentials, which other users cannot enter.
 * systemd gives the user of the unit access by an access control list, whose mask looks like a mode
 * that lets the group read. */
static int is_systemd_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char *copy = strdup(path);
    struct stat named, own;
    int is_one = folder != NULL && *folder != 0 && copy != NULL && stat(folder, &named) == 0 &&
                 stat(dirname(copy), &own) == 0 && named.st_dev == own.st_dev &&
                 named.st_ino == own.st_ino && (own.st_mode & S_IRWXO) == 0;

    free(copy);
    return is_one;
}

static int check_owner_and_mode(const char *path, const struct stat *status,
                                struct credentials_problem *problem)
{
    mode_t others = status->st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH);
    char advice[400];

    /* A profile can name a command. The file of another user could make root run one. */
    if (status->st_uid != geteuid() && status->st_uid != 0) {
        (void)snprintf(advice, sizeof(advice), "chown %lu %.300s", (unsigned long)geteuid(), path);
        return set_problem(problem, advice, "the file %.300s belongs to another user (%lu)", path,
                           (unsigned long)status->st_uid);
    }
    if (others == 0 || (others == S_IRGRP && is_systemd_credential(path))) {
        return 0;
    }
    (void)snprintf(advice, sizeof(advice), "chmod 600 %.300s", path);
    return set_problem(problem, advice, "others can read or change the file %.300s (mode %04o)",
                       path, (unsigned)status->st_mode & 07777U);
}

/* Read up to the end of the file. Returns 0, or -1 with *problem set. */
static int read_all(int fd, const char *path, char *text, size_t *len,
                    struct credentials_problem *problem)
{
    int error = read_whole_file(fd, text, CREDENTIALS_FILE_MAX, len);

    if (error != 0) {
        return set_problem(problem, NULL, "cannot read the file %.300s: %s", path, strerror(error));
    }
    return *len < CREDENTIALS_FILE_MAX
               ? 0
               : set_problem(problem, "name a file with credentials",
                             "the file %.300s has %d bytes or more", path, CREDENTIALS_FILE_MAX);
}

enum search read_private_file(const char *path, char *text, size_t *len,
                              struct file_identity *identity, struct credentials_problem *problem)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), result;

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        return SEARCH_ABSENT;
    }
    if (fd < 0 || fstat(fd, &status) != 0) {
        set_problem(problem, "see that it can be read by the user who runs osft",
                    "cannot open the file %.300s: %s", path, strerror(errno));
        result = -1;
    } else if (!S_ISREG(status.st_mode)) {
        result = set_problem(problem, "name a file, which can be read again when it changes",
                             "%.300s is no file", path);
    } else {
        set_identity(identity, &status);
        result = check_owner_and_mode(path, &status, problem);
        result = result == 0 ? read_all(fd, path, text, len, problem) : result;
    }
    if (fd >= 0) {
        close(fd);
    }
    return result == 0 ? SEARCH_FOUND : SEARCH_FAILED;
}
