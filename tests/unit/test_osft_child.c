/* SPDX-License-Identifier: Apache-2.0 */
/* A program that the command runs as a child process, and signals and other children meanwhile. */
#define _GNU_SOURCE /* ppoll */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/osft/credentials.h"

static unsigned poll_count;

/* Replaces the C library's poll(), to count how often the command wakes up. */
int poll(struct pollfd *awaited, nfds_t count, int ms)
{
    struct timespec limit = { ms / 1000, ms % 1000 * 1000000L };

    poll_count++;
    return ppoll(awaited, count, ms >= 0 ? &limit : NULL, NULL);
}

static struct child run_shell(char *script)
{
    static char shell[] = "/bin/sh", option[] = "-c", output[64];
    char *arguments[] = { shell, option, script, NULL };
    struct child child = {
        .arguments = arguments, .output = output, .size = sizeof(output), .limit_ms = UINT32_MAX
    };

    run_child(&child);
    return child;
}

static int is_readable(int fd)
{
    struct pollfd readable = { .fd = fd, .events = POLLIN };
    return ppoll(&readable, 1, &(struct timespec){ 0, 0 }, NULL) > 0;
}

static void an_end_of_another_child_does_not_keep_the_command_awake(void **state)
{
    char script[64];
    pid_t other = fork();
    (void)state;

    assert_true(other >= 0);
    if (other == 0) {
        pause();
        _exit(0);
    }
    snprintf(script, sizeof(script), "kill -9 %ld; sleep 0.2", (long)other);
    poll_count = 0;
    assert_int_equal(run_shell(script).end, CHILD_EXITED);
    assert_in_range(poll_count, 1, 20);
    assert_int_equal(waitpid(other, NULL, WNOHANG), -1); /* the other child was waited for */
    assert_int_equal(errno, ECHILD);
}

static int signal_of_child;

static void send_signal_in_child(void)
{
    if (signal_of_child != 0) {
        raise(signal_of_child);
    }
}

static void a_signal_before_a_command_begins_ends_only_the_command(void **state)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
    static char script[] = "exit 0";
    (void)state;

    assert_int_equal(pthread_atfork(NULL, NULL, send_signal_in_child), 0);
    assert_int_equal(catch_signals(), 0);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        signal_of_child = signals[i];
        struct child child = run_shell(script);
        signal_of_child = 0;
        assert_int_equal(child.end, CHILD_KILLED);
        assert_int_equal(child.code, signals[i]);
        assert_false(is_readable(get_signal_fd()));
    }
    assert_int_equal(run_shell(script).end, CHILD_EXITED);
}

static void an_ignored_signal_stays_ignored_in_a_command(void **state)
{
    static char script[] = "kill -HUP $$; exit 3";
    struct child child;
    (void)state;

    signal(SIGHUP, SIG_IGN); /* the same as nohup */
    child = run_shell(script);
    assert_int_equal(child.end, CHILD_EXITED);
    assert_int_equal(child.code, 3);
}

static void what_this_program_ignores_is_not_ignored_in_a_command(void **state)
{
    static const int signals[] = { SIGPIPE, SIGXFSZ };
    (void)state;

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        char script[64];
        struct child child;

        signal(signals[i], SIG_IGN);
        snprintf(script, sizeof(script), "kill -%d $$; exit 3", signals[i]);
        child = run_shell(script);
        assert_int_equal(child.end, CHILD_KILLED);
        assert_int_equal(child.code, signals[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_end_of_another_child_does_not_keep_the_command_awake),
        cmocka_unit_test(a_signal_before_a_command_begins_ends_only_the_command),
        cmocka_unit_test(an_ignored_signal_stays_ignored_in_a_command),
        cmocka_unit_test(what_this_program_ignores_is_not_ignored_in_a_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
