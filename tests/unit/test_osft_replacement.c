/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the replacement of a file by a new one. Most tests run twice: with a new file that has no
 * name until it replaces the old file, if the file system permits such files; and with a new file
 * that has a name from the beginning. */
#define _GNU_SOURCE /* O_TMPFILE */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/common/replacement.h"

static char folder[64], path[96];
static int has_proc;          /* 0: access() fails, so each new file has a name */
static int fsync_calls;       /* calls of fsync() since the test began */
static int failing_fsync;     /* the number of the call of fsync() that fails; 0: none */
static int fsync_error = EIO; /* errno of that call */

int access(const char *name, int mode)
{
    return has_proc ? faccessat(AT_FDCWD, name, mode, 0) : -1;
}

int fsync(int fd)
{
    if (++fsync_calls == failing_fsync) {
        errno = fsync_error;
        return -1;
    }
    return fdatasync(fd);
}

static void make_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_content(const char *name, const char *text)
{
    char content[64] = "";
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    content[fread(content, 1, sizeof(content) - 1, file)] = 0;
    assert_int_equal(fclose(file), 0);
    assert_string_equal(content, text);
}

/* Count the files of the folder, and remove them. */
static int empty_folder(void)
{
    char name[400];
    DIR *files = opendir(folder);
    struct dirent *file;
    int count = 0;

    assert_non_null(files);
    while ((file = readdir(files)) != NULL) {
        if (strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0) {
            snprintf(name, sizeof(name), "%s/%s", folder, file->d_name);
            assert_int_equal(remove(name), 0);
            count++;
        }
    }
    closedir(files);
    return count;
}

/* Begin a test, with a folder that contains only the old file. */
static void begin(void)
{
    (void)empty_folder();
    make_file(path, "old");
    fsync_calls = failing_fsync = 0;
}

/* Replace the file by one with this text. error: passed to end_replacement(). Returns the result of
 * end_replacement(). */
static int replace(const char *text, mode_t mode, int flags, int error)
{
    struct replacement replacement;
    int begin_error = begin_replacement(&replacement, path, mode, flags);

    if (begin_error == 0) {
        begin_error = write_at(replacement.fd, text, strlen(text), 0);
    }
    if (begin_error == 0) {
        assert_content(path, "old");
    }
    return end_replacement(&replacement, begin_error != 0 ? begin_error : error, NULL);
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/osft-replacement-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof(path), "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)empty_folder();
    return rmdir(folder);
}

/* ---- the new file replaces the old one ---- */

static void the_file_has_the_old_content_until_it_has_the_new(void **state)
{
    int flags;
    (void)state;

    for (has_proc = 0; has_proc < 2; has_proc++) {
        for (flags = 0; flags <= (REPLACE_DURABLY | REPLACE_ALONE); flags++) {
            begin();
            assert_int_equal(replace("new", 0600, flags, 0), 0);
            assert_content(path, "new");
            assert_int_equal(empty_folder(), 1);
            assert_int_equal(fsync_calls, (flags & REPLACE_DURABLY) != 0 ? 2 : 0);
        }
    }
}

static void a_file_in_this_folder_needs_no_slash(void **state)
{
    struct replacement replacement;
    (void)state;

    assert_int_equal(chdir(folder), 0);
    for (has_proc = 0; has_proc < 2; has_proc++) {
        begin();
        assert_int_equal(begin_replacement(&replacement, "file", 0600, REPLACE_DURABLY), 0);
        assert_int_equal(end_replacement(&replacement, 0, NULL), 0);
        assert_content(path, "");
        assert_int_equal(empty_folder(), 1);
    }
    assert_int_equal(chdir("/"), 0);
}

static void the_mode_does_not_depend_on_the_umask(void **state)
{
    static const mode_t modes[] = { 0600, 0644, 0604, 0400 };
    struct stat status;
    mode_t mask = umask(077);
    size_t i;
    (void)state;

    for (has_proc = 0; has_proc < 2; has_proc++) {
        for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
            begin();
            assert_int_equal(replace("new", modes[i], 0, 0), 0);
            assert_int_equal(stat(path, &status), 0);
            assert_int_equal(status.st_mode & 07777, modes[i]);
        }
    }
    umask(mask);
}

static void the_owner_of_the_old_file_keeps_it(void **state)
{
    struct stat status;
    (void)state;

    for (has_proc = 0; has_proc < 2; has_proc++) {
        begin();
        if (chown(path, 65534, 65534) != 0) {
            skip(); /* only root can give a file away */
        }
        assert_int_equal(replace("new", 0600, 0, 0), 0);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_uid, 65534);
        assert_int_equal(status.st_gid, 65534);
    }
}

static void a_caller_that_wants_the_descriptor_gets_it(void **state)
{
    struct replacement replacement;
    struct stat opened, named;
    int fd;
    (void)state;

    for (has_proc = 0; has_proc < 2; has_proc++) {
        begin();
        assert_int_equal(begin_replacement(&replacement, path, 0600, 0), 0);
        assert_int_equal(end_replacement(&replacement, 0, &fd), 0);
        assert_int_equal(fstat(fd, &opened), 0);
        assert_int_equal(stat(path, &named), 0);
        assert_int_equal(opened.st_ino, named.st_ino);
        assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
        close(fd);
        assert_int_equal(begin_replacement(&replacement, path, 0600, 0), 0);
        assert_int_equal(end_replacement(&replacement, EIO, &fd), EIO);
        assert_int_equal(fd, -1);
    }
}

/* ---- names ---- */

static void a_file_that_has_the_name_of_the_new_one_stays_as_it_is(void **state)
{
    char victim[96], name[2][128];
    struct stat status;
    int i;
    (void)state;

    snprintf(victim, sizeof(victim), "%s/victim", folder);
    for (i = 0; i < 2; i++) {
        snprintf(name[i], sizeof(name[i]), "%s.%ld-%d.new", path, (long)getpid(), i);
    }
    for (has_proc = 0; has_proc < 2; has_proc++) {
        begin();
        make_file(victim, "a file of another user");
        assert_int_equal(symlink(victim, name[0]), 0);
        assert_int_equal(mkfifo(name[1], 0666), 0);
        assert_int_equal(replace("new", 0600, 0, 0), 0);
        assert_content(path, "new");
        assert_content(victim, "a file of another user");
        assert_int_equal(lstat(name[0], &status), 0);
        assert_true(S_ISLNK(status.st_mode));
        assert_int_equal(lstat(name[1], &status), 0);
        assert_true(S_ISFIFO(status.st_mode));
        assert_int_equal(empty_folder(), 4);
    }
}

static void a_caller_that_is_alone_removes_what_has_the_name(void **state)
{
    char victim[96], name[128];
    (void)state;

    snprintf(victim, sizeof(victim), "%s/victim", folder);
    snprintf(name, sizeof(name), "%s.new", path);
    for (has_proc = 0; has_proc < 2; has_proc++) {
        begin();
        make_file(victim, "behind a link");
        assert_int_equal(symlink(victim, name), 0);
        assert_int_equal(replace("new", 0600, REPLACE_ALONE, 0), 0);
        assert_content(path, "new");
        assert_content(victim, "behind a link");
        assert_int_equal(empty_folder(), 2);
    }
}

static void a_link_is_replaced_unless_its_name_is_resolved(void **state)
{
    char target[96], *resolved;
    struct stat status;
    (void)state;

    snprintf(target, sizeof(target), "%s/target", folder);
    for (has_proc = 0; has_proc < 2; has_proc++) {
        begin();
        assert_int_equal(rename(path, target), 0);
        assert_int_equal(symlink("target", path), 0);
        resolved = resolve_name(path);
        assert_string_equal(resolved, target);
        free(resolved);
        assert_int_equal(replace("new", 0600, 0, 0), 0);
        assert_int_equal(lstat(path, &status), 0);
        assert_true(S_ISREG(status.st_mode));
        assert_content(target, "old");
    }
    begin();
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("target", path), 0);
    resolved = resolve_name(path); /* the target does not exist */
    assert_string_equal(resolved, target);
    free(resolved);
    assert_int_equal(symlink("file", target), 0);
    assert_null(resolve_name(path));
    assert_int_equal(errno, ELOOP);
}

/* ---- failures ---- */

static void after_a_failure_the_old_file_stays_and_no_other(void **state)
{
    int flags;
    (void)state;

    for (has_proc = 0; has_proc < 2; has_proc++) {
        for (flags = 0; flags <= (REPLACE_DURABLY | REPLACE_ALONE); flags++) {
            begin();
            assert_int_equal(replace("new", 0600, flags, ENOSPC), ENOSPC);
            assert_content(path, "old");
            assert_int_equal(empty_folder(), 1);
        }
        begin();
        failing_fsync = 1;
        assert_int_equal(replace("new", 0600, REPLACE_DURABLY, 0), EIO);
        assert_content(path, "old");
        assert_int_equal(empty_folder(), 1);
    }
}

static void
a_folder_that_cannot_be_stored_is_an_error_unless_its_file_system_never_can(void **state)
{
    struct replacement replacement;
    int fd;
    (void)state;

    for (has_proc = 0; has_proc < 2; has_proc++) {
        begin();
        failing_fsync = 2;
        assert_int_equal(begin_replacement(&replacement, path, 0600, REPLACE_DURABLY), 0);
        assert_int_equal(end_replacement(&replacement, 0, &fd), EIO);
        assert_true(fd >= 0);
        close(fd);
        assert_content(path, "");
        assert_int_equal(empty_folder(), 1);
        begin();
        failing_fsync = 2;
        fsync_error = EINVAL;
        assert_int_equal(replace("new", 0600, REPLACE_DURABLY, 0), 0);
        fsync_error = EIO;
    }
}

static void a_place_that_cannot_be_taken_is_reported(void **state)
{
    struct replacement replacement;
    char *taken = strdup(path);
    int fd;
    (void)state;

    for (has_proc = 0; has_proc < 2; has_proc++) {
        begin();
        snprintf(path, sizeof(path), "%s/none/file", folder);
        assert_int_equal(replace("new", 0600, REPLACE_DURABLY, 0), ENOENT);
        strcpy(path, taken);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(begin_replacement(&replacement, path, 0600, 0), 0);
        assert_int_equal(end_replacement(&replacement, 0, &fd), EISDIR);
        assert_int_equal(fd, -1);
        assert_int_equal(empty_folder(), 1);
    }
    free(taken);
}

static void a_write_for_which_there_is_no_room_is_reported(void **state)
{
    struct rlimit limit, few = { 2, 0 };
    (void)state;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    few.rlim_max = limit.rlim_max;
    for (has_proc = 0; has_proc < 2; has_proc++) {
        int error;

        begin();
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
        error = replace("new", 0600, REPLACE_DURABLY, 0);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        assert_int_equal(error, EFBIG);
        assert_content(path, "old");
        assert_int_equal(empty_folder(), 1);
    }
}

/* ---- SIGKILL ---- */

/* Kill a process that has written a new file, but has not yet replaced the old file. */
static void kill_while_writing(int flags)
{
    int ends[2], status;
    char byte = 0;
    pid_t process;

    assert_int_equal(pipe(ends), 0);
    process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        struct replacement replacement;

        if (begin_replacement(&replacement, path, 0600, flags) != 0 ||
            write_at(replacement.fd, "new", 3, 0) != 0 || write(ends[1], "w", 1) != 1) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    assert_int_equal(kill(process, SIGKILL), 0);
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_content(path, "old");
}

static void a_process_that_is_killed_leaves_nothing_where_new_files_need_no_name(void **state)
{
    int fd = open(folder, O_TMPFILE | O_RDWR, 0600);
    (void)state;

    if (fd < 0) {
        skip();
    }
    close(fd);
    begin();
    has_proc = 1;
    kill_while_writing(0);
    kill_while_writing(REPLACE_ALONE);
    assert_int_equal(empty_folder(), 1);
}

static void elsewhere_it_leaves_one_file_which_a_caller_that_is_alone_replaces(void **state)
{
    (void)state;

    has_proc = 0;
    begin();
    kill_while_writing(0);
    kill_while_writing(0);
    assert_int_equal(empty_folder(), 3);
    begin();
    kill_while_writing(REPLACE_ALONE);
    kill_while_writing(REPLACE_ALONE);
    assert_int_equal(replace("new", 0600, REPLACE_ALONE, 0), 0);
    assert_content(path, "new");
    assert_int_equal(empty_folder(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_has_the_old_content_until_it_has_the_new),
        cmocka_unit_test(a_file_in_this_folder_needs_no_slash),
        cmocka_unit_test(the_mode_does_not_depend_on_the_umask),
        cmocka_unit_test(the_owner_of_the_old_file_keeps_it),
        cmocka_unit_test(a_caller_that_wants_the_descriptor_gets_it),
        cmocka_unit_test(a_file_that_has_the_name_of_the_new_one_stays_as_it_is),
        cmocka_unit_test(a_caller_that_is_alone_removes_what_has_the_name),
        cmocka_unit_test(a_link_is_replaced_unless_its_name_is_resolved),
        cmocka_unit_test(after_a_failure_the_old_file_stays_and_no_other),
        cmocka_unit_test(
            a_folder_that_cannot_be_stored_is_an_error_unless_its_file_system_never_can),
        cmocka_unit_test(a_place_that_cannot_be_taken_is_reported),
        cmocka_unit_test(a_write_for_which_there_is_no_room_is_reported),
        cmocka_unit_test(a_process_that_is_killed_leaves_nothing_where_new_files_need_no_name),
        cmocka_unit_test(elsewhere_it_leaves_one_file_which_a_caller_that_is_alone_replaces),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
