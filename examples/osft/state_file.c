/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a watch's state. The lock is on the file itself, so the new file is locked before it
 * takes the place of the old file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"

static int report_state(const struct state_file *state, const char *what, const char *advice)
{
    print_note(what);
    put_text(&standard_error, "  state: ");
    put_safe_text(&standard_error, state->name, strlen(state->name), 0);
    put_text(&standard_error, "\n");
    print_advice(advice);
    return EXIT_LOCAL;
}

/* Whether the state is from a machine with the other byte order: the number of runs in the state
 * then matches the length of the state only with its bytes reversed. */
static int is_of_other_byte_order(const struct state_file *state)
{
    uint32_t here = 0, there = 0;
    size_t i;

    if (state->len < OSFT_WATCH_BYTES(0)) {
        return 0;
    }
    memcpy(&here, state->bytes + OSFT_WATCH_COUNT_AT, sizeof(here));
    for (i = 0; i < sizeof(there); i++) {
        there |= (here >> (8 * i) & 0xff) << (24 - 8 * i);
    }
    return here != there && there <= state->len && OSFT_WATCH_BYTES(there) == state->len;
}

int report_bad_state(const struct state_file *state, int error)
{
    if (error == OSFT_E_SAVED && is_of_other_byte_order(state)) {
        return report_state(state, "the saved state is of a machine with another byte order",
                            "go on with it on a machine such as it came from, or name another file "
                            "here; what has ended by now is then not reported");
    }
    if (error == OSFT_E_FULL) {
        return report_state(state, "the saved state follows more runs than this command can",
                            "remove it, or name another file; what has ended by now is then not "
                            "reported");
    }
    return report_state(state, "the saved state is damaged, or was made for something else",
                        "if it is of another application, function or instance, name another file; "
                        "otherwise remove it: what has ended by now is then not reported");
}

/* Lock the file. Returns 0, or errno; EAGAIN: another process has the lock. */
static int lock_file(int fd)
{
    struct flock whole;

    memset(&whole, 0, sizeof(whole));
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (fcntl(fd, F_SETLK, &whole) == 0) {
        return 0;
    }
    return errno == EACCES ? EAGAIN : errno;
}

/* Whether the path still names the file that was opened. Another watch may have replaced the file
 * before it was locked. */
static int is_current(const struct state_file *state)
{
    struct stat opened, named;

    return fstat(state->fd, &opened) == 0 && stat(state->path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* Open and lock the file. A file that does not exist is created. Returns 0, or errno. */
static int open_locked(struct state_file *state)
{
    int tries, error = EAGAIN;

    for (tries = 0; tries < 3; tries++) {
        state->fd = open(state->path, O_RDWR | O_CREAT | O_NOCTTY | O_CLOEXEC, 0600);
        if (state->fd < 0) {
            return errno;
        }
        error = lock_file(state->fd);
        if (error == 0 && is_current(state)) {
            return 0;
        }
        close(state->fd);
        state->fd = -1;
    }
    return error != 0 ? error : EAGAIN;
}

int open_state(struct state_file *state, const char *name, void *buffer, size_t size)
{
    struct stat status;
    int error;

    memset(state, 0, sizeof(*state));
    state->fd = -1;
    state->name = name;
    state->bytes = buffer;
    state->size = size;
    state->path = resolve_name(name);
    error = state->path != NULL ? 0 : errno;
    if (error == 0 && stat(state->path, &status) == 0 && !S_ISREG(status.st_mode)) {
        return report_state(state, "what --state names is no file", "name a file with --state");
    }
    error = error == 0 ? open_locked(state) : error;
    if (error == EAGAIN) {
        return report_state(state, "another osft watch has this state open",
                            "end that one, or name another file with --state");
    }
    if (error != 0) {
        return report_local_failure("cannot open the state", name, error);
    }
    /* A file that is larger than the buffer cannot be a state, and osft_watch_load() refuses the
     * part that was read. */
    error = read_whole_file(state->fd, state->bytes, state->size, &state->len);
    return error == 0 ? EXIT_DONE : report_local_failure("cannot read the state", name, error);
}

/* Replace the file by a new one with the new state. Returns 0, or errno. */
static int replace_file(struct state_file *state, const void *bytes, size_t len)
{
    struct replacement replacement;
    int error = begin_replacement(&replacement, state->path, 0600, REPLACE_DURABLY), fd;

    if (error == 0) {
        error = lock_file(replacement.fd);
    }
    if (error == 0) {
        error = write_at(replacement.fd, bytes, len, 0);
    }
    error = end_replacement(&replacement, error, &fd);
    if (fd >= 0) {
        close(state->fd);
        state->fd = fd;
    }
    return error;
}

/* A state that has not changed is not written, as each write wears flash memory. */
int save_state(struct state_file *state, const void *bytes, size_t len)
{
    int error;

    if (state->path == NULL || (len == state->len && memcmp(state->bytes, bytes, len) == 0)) {
        return 0;
    }
    error = replace_file(state, bytes, len);
    if (error == 0 && len <= state->size) {
        memcpy(state->bytes, bytes, len);
        state->len = len;
    }
    return error;
}

void close_state(struct state_file *state)
{
    if (state->path != NULL && state->fd >= 0) {
        close(state->fd);
    }
    free(state->path);
    state->path = NULL;
}
