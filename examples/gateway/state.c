/* SPDX-License-Identifier: Apache-2.0 */
/* The folder is locked, so no other process writes the states in it. */
#include "state.h"
#include "lock.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/replacement.h"

#define PATH_SIZE 300

static int folder_fd = -1, next_fd = -1; /* folder_fd: in use; next_fd: locked, to be used next */

/* Whether this process has locked the folder already. */
static int is_locked_already(int fd)
{
    struct stat held, wanted;

    return folder_fd >= 0 && fstat(folder_fd, &held) == 0 && fstat(fd, &wanted) == 0 &&
           held.st_dev == wanted.st_dev && held.st_ino == wanted.st_ino;
}

int lock_state_folder(const char *folder)
{
    int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (folder != NULL && fd < 0) {
        log_line(
            "cannot open the folder of the state, %s: %s; make it, and give it to the user who "
            "runs osft-reporter",
            folder, strerror(errno));
        return -1;
    }
    if (fd >= 0 && is_locked_already(fd)) {
        close(fd);
        next_fd = folder_fd;
        return 0;
    }
    if (fd >= 0 && take_lock(fd) != 0) {
        close(fd);
        log_line("another osft-reporter uses the folder of the state, %s; end that one, or name "
                 "another folder",
                 folder);
        return -1;
    }
    next_fd = fd;
    return 0;
}

void use_locked_folder(void)
{
    if (folder_fd >= 0 && folder_fd != next_fd) {
        close(folder_fd);
    }
    folder_fd = next_fd;
}

static void make_path(const struct instance *instance, const char *ending, char path[PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s/%s.state%s", instance->watch->folder, instance->name,
                   ending);
}

/* Replace the file of the state. Returns 0, or errno. */
static int replace_file(const struct instance *instance, const char *bytes, size_t len)
{
    struct replacement replacement;
    char path[PATH_SIZE];
    int error;

    make_path(instance, "", path);
    error = begin_replacement(&replacement, path, 0600, REPLACE_DURABLY | REPLACE_ALONE);
    if (error == 0) {
        error = write_at(replacement.fd, bytes, len, 0);
    }
    return end_replacement(&replacement, error, NULL);
}

void save_state(struct instance *instance)
{
    static char *bytes;
    static size_t room;
    struct instance_watch *w = instance->watch;
    size_t len = OSFT_WATCH_BYTES(w->runs_max);
    int error;

    w->must_save = 0;
    if (w->folder == NULL) {
        instance->has_unsaved_state = 0;
        return;
    }
    if (room < len) {
        free(bytes);
        bytes = malloc(len);
        room = bytes != NULL ? len : 0;
    }
    len = room > 0 ? osft_watch_save(&w->watch, bytes, room) : 0;
    if (len > 0 && len == w->saved_len && memcmp(w->saved, bytes, len) == 0) {
        instance->has_unsaved_state = 0; /* not written again, to spare flash memory */
        return;
    }
    error = len > 0 ? replace_file(instance, bytes, len) : ENOMEM;
    if (error != 0) {
        problem_set(
            &w->state_problem,
            "[%s] cannot save the state in %s: %s; until it can, a restart may report events "
            "again",
            instance->name, w->folder, strerror(error));
        return;
    }
    memcpy(w->saved, bytes, len);
    w->saved_len = len;
    instance->has_unsaved_state = 0;
    if (problem_is_set(&w->state_problem)) {
        problem_clear(&w->state_problem, "a state is saved again");
    }
}

/* Return why a state cannot be used. is_long 1: the file is longer than the state of the most runs
 * that the table holds. */
static const char *find_load_fault(int error, int is_long)
{
    return error == OSFT_E_FULL || is_long
               ? "it follows more runs than the key runs allows"
               : "it is damaged, of another machine, or of another application, "
                 "function or instance";
}

/* Read a file. Returns its length; 0 when there is no file, or after reporting that it cannot be
 * read. */
static size_t read_file(const char *path, char *bytes, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int error = fd < 0 ? errno : 0;
    size_t len = 0;

    if (fd >= 0) {
        error = read_whole_file(fd, bytes, room, &len);
        close(fd);
    }
    if (error != 0 && error != ENOENT) {
        log_line("cannot read the state %s: %s; what has ended by now is not reported", path,
                 strerror(error));
    }
    return error == 0 ? len : 0;
}

void load_state(struct instance *instance)
{
    struct instance_watch *w = instance->watch;
    size_t room = OSFT_WATCH_BYTES(w->runs_max) + 1; /* one byte more, to notice a longer file */
    char path[PATH_SIZE], bad_path[PATH_SIZE];
    int error, is_long;

    w->saved_len = 0;
    if (w->folder == NULL) {
        return;
    }
    make_path(instance, "", path);
    w->saved_len = read_file(path, w->saved, room);
    error = w->saved_len > 0 ? osft_watch_load(&w->watch, w->saved, w->saved_len) : OSFT_OK;
    if (error == OSFT_OK) {
        return;
    }
    is_long = w->saved_len == room;
    w->saved_len = 0;
    make_path(instance, ".bad", bad_path);
    log_line("[%s] the state %s cannot be used: %s. It is kept as %s, and the watch begins anew: "
             "what has ended by now is not reported",
             instance->name, path, find_load_fault(error, is_long), bad_path);
    (void)rename(path, bad_path);
}
