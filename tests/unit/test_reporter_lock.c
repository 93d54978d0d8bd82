/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reporter's locks while another process holds them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../examples/common/clock.h"
#include "../../examples/gateway/lock.h"

/* Start a process that holds this file's lock until the pipe *end is closed. Returns its id. */
static pid_t hold_lock(int fd, int *end)
{
    int ends[2];
    char byte;
    pid_t process;

    assert_int_equal(pipe(ends), 0);
    process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        (void)close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 && poll(NULL, 0, 300) == 0 && fd >= 0 ? 0 : 1);
    }
    (void)close(ends[0]);
    *end = ends[1];
    return process;
}

static FILE *open_again(FILE *file)
{
    char path[64];
    FILE *again;

    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(file));
    again = fopen(path, "r+");
    if (again == NULL) {
        print_message("there is no /proc here\n");
        skip();
    }
    return again;
}

/* Lock a file, and leave the lock to another process alone. A forked process shares the locks of
 * inherited descriptors, as does a hook command until its program is loaded. Returns the file,
 * opened again. */
static FILE *open_locked_file(pid_t *process, int *end)
{
    FILE *file = tmpfile(), *again;

    assert_non_null(file);
    again = open_again(file);
    assert_int_equal(take_lock(fileno(file)), 0);
    *process = hold_lock(fileno(file), end);
    fclose(file);
    let_locks_wait();
    return again;
}

static void a_lock_that_is_soon_released_is_waited_for(void **state)
{
    pid_t process;
    int end;
    FILE *file = open_locked_file(&process, &end);

    (void)state;
    (void)close(end);
    assert_int_equal(take_lock(fileno(file)), 0);
    fclose(file);
    assert_int_equal(waitpid(process, NULL, 0), process);
}

static void a_lock_that_is_held_on_is_refused_and_later_at_once(void **state)
{
    int64_t begin_ms, refused_ms;
    pid_t process;
    int end;
    FILE *file = open_locked_file(&process, &end);

    (void)state;
    begin_ms = get_monotonic_ms();
    assert_int_equal(take_lock(fileno(file)), EWOULDBLOCK);
    refused_ms = get_monotonic_ms();
    assert_int_equal(take_lock(fileno(file)), EWOULDBLOCK);
    assert_true(get_monotonic_ms() - refused_ms < refused_ms - begin_ms);
    fclose(file);
    (void)close(end);
    assert_int_equal(waitpid(process, NULL, 0), process);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_that_is_soon_released_is_waited_for),
        cmocka_unit_test(a_lock_that_is_held_on_is_refused_and_later_at_once),
    };
    return cmocka_run_group_tests_name("locks of the reporter", tests, NULL, NULL);
}
