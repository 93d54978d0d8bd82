/* SPDX-License-Identifier: Apache-2.0 */
/* Running another program in a process group of its own, for a limited time. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include "credentials.h"

extern char **environ;

#define GRACE_MS 1000 /* from SIGTERM to SIGKILL */

/* ---- splitting a command into arguments, as a shell does ---- */

struct splitter {
    const char *from;
    char *to;   /* never beyond from, as a command does not grow */
    char quote; /* the quote that is open; 0: none */
};

/* Copy one character, or skip a quote or backslash. Returns 0, or -1 at the end of the text. */
static int split_character(struct splitter *s)
{
    char c = *s->from++;

    if (c == '\\' && s->quote != '\'') {
        if (s->quote == '"' && strchr("\"\\$`\n", *s->from) == NULL) {
            *s->to++ = c;
            return 0;
        }
        c = *s->from++;
        *s->to++ = c;
        return c != 0 ? 0 : -1;
    }
    if (s->quote != 0 ? c == s->quote : c == '"' || c == '\'') {
        s->quote = s->quote != 0 ? 0 : c;
        return 0;
    }
    *s->to++ = c;
    return c != 0 ? 0 : -1;
}

static int is_separator(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int split_command(char *command, char *arguments[ARGUMENTS_MAX + 1])
{
    struct splitter s = { command, command, 0 };
    int count = 0;

    for (;;) {
        while (is_separator(*s.from)) {
            s.from++;
        }
        if (*s.from == 0) {
            arguments[count] = NULL;
            return count > 0 ? count : -1;
        }
        if (count == ARGUMENTS_MAX) {
            return -1;
        }
        arguments[count++] = s.to;
        while (s.quote != 0 || (*s.from != 0 && !is_separator(*s.from))) {
            if (split_character(&s) != 0) {
                return -1;
            }
        }
        s.from += *s.from != 0;
        *s.to++ = 0;
    }
}

/* ---- in the child, from fork() to exec ---- */

struct pipes {
    int input[2], output[2];
};

/* Restore the default actions of signals, except of those that are ignored, and the signal mask.
 * Until exec the child would otherwise run the handlers of osft, which write into pipes that the
 * child shares with osft: osft would take the signal for its own. */
static void reset_signals(const sigset_t *mask)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
    struct sigaction old;
    size_t i;

    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            (void)signal(numbers[i], SIG_DFL);
        }
    }
    (void)signal(SIGPIPE, SIG_DFL); /* osft itself ignores SIGPIPE and SIGXFSZ */
    (void)signal(SIGXFSZ, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
}

static void execute_command(const struct child *child, const struct pipes *pipes)
{
    int nothing = open("/dev/null", O_RDWR);

    (void)setpgid(0, 0);
    if (dup2(pipes->input[0], STDIN_FILENO) < 0 ||
        dup2(child->output != NULL ? pipes->output[1] : STDERR_FILENO, STDOUT_FILENO) < 0 ||
        (child->is_silent && dup2(nothing, STDERR_FILENO) < 0)) {
        _exit(126);
    }
    if (nothing > STDERR_FILENO) {
        close(nothing);
    }
    if (child->environment != NULL) {
        environ = child->environment;
    }
    execvp(child->arguments[0], child->arguments);
    _exit(errno == ENOENT ? 127 : 126);
}

/* ---- in osft ---- */

static int end_pipe[2] = { -1, -1 }; /* a byte is written to it when a child has ended */

static void on_child_end(int number)
{
    int saved_errno = errno;
    ssize_t written = write(end_pipe[1], "", 1); /* a full pipe wakes poll() anyway */

    (void)number;
    (void)written;
    errno = saved_errno;
}

static void close_pipe_end(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static void close_pipe(int ends[2])
{
    close_pipe_end(&ends[0]);
    close_pipe_end(&ends[1]);
}

static int open_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        ends[0] = ends[1] = -1;
        return -1;
    }
    return fcntl(ends[0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC) != 0 ||
                   fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 ||
                   fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0
               ? -1
               : 0;
}

/* Make the child's end of a pipe blocking, as programs expect. */
static void make_blocking(int fd)
{
    (void)fcntl(fd, F_SETFL, 0);
}

/* Write input to the child, and close the pipe when nothing is left. A command may end, or close
 * its standard input, before it has read everything; that is no error. */
static void write_input(struct child *child, int *fd)
{
    ssize_t n = write(*fd, child->input.ptr, child->input.len);

    if (n > 0) {
        child->input.ptr += n;
        child->input.len -= (size_t)n;
    }
    if (child->input.len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close_pipe_end(fd);
    }
}

/* Read output of the child. Returns 1 when more may be there to read now, or else 0. */
static int read_output(struct child *child, int *fd)
{
    ssize_t n;

    if (child->output_len == child->size) {
        child->end = CHILD_OUTPUT_TOO_LARGE;
        return 0;
    }
    n = read(*fd, child->output + child->output_len, child->size - child->output_len);
    if (n > 0) {
        child->output_len += (size_t)n;
        return 1;
    }
    if (n == 0) {
        close_pipe_end(fd);
    }
    return n < 0 && errno == EINTR;
}

/* Empty the pipe of ended children. A byte in it does not tell which child has ended. Children that
 * osft did not start end as well: those of a shell that became osft by exec, and, in a container
 * whose first process is osft, processes that a command left running. */
static void empty_end_pipe(void)
{
    char bytes[16];

    while (read(end_pipe[0], bytes, sizeof(bytes)) > 0) {
    }
}

/* Sleep until a pipe of the child is ready, a child has ended, ms have passed, or a signal is
 * caught. */
static void wait_for_child(const struct pipes *pipes, uint32_t ms)
{
    struct pollfd awaited[4] = { { .fd = get_signal_fd(), .events = POLLIN },
                                 { .fd = end_pipe[0], .events = POLLIN },
                                 { .fd = pipes->input[1], .events = POLLOUT },
                                 { .fd = pipes->output[0], .events = POLLIN } };

    (void)poll(awaited, 4, ms < INT_MAX ? (int)ms : INT_MAX);
}

/* Ask the process group to end, kill it after GRACE_MS, and wait for its leader. A stopped process
 * needs SIGCONT to handle SIGTERM. */
static void kill_group(pid_t pid, int *wait_status)
{
    int64_t end_ms = get_monotonic_ms() + GRACE_MS, left_ms;
    struct pollfd ended = { .fd = end_pipe[0], .events = POLLIN };
    pid_t waited = 0;

    (void)kill(-pid, SIGTERM);
    (void)kill(-pid, SIGCONT);
    while (waited == 0 && (left_ms = end_ms - get_monotonic_ms()) > 0) {
        (void)poll(&ended, 1, (int)left_ms);
        empty_end_pipe();
        waited = waitpid(pid, wait_status, WNOHANG);
    }
    (void)kill(-pid, SIGKILL); /* also processes that the leader has left running */
    while (waited == 0) {
        pid_t got = waitpid(pid, wait_status, 0);
        waited = got < 0 && errno == EINTR ? 0 : got;
    }
}

static void store_exit(struct child *child, int wait_status)
{
    if (WIFEXITED(wait_status)) {
        child->end = CHILD_EXITED;
        child->code = WEXITSTATUS(wait_status);
    } else {
        child->end = CHILD_KILLED;
        child->code = WTERMSIG(wait_status);
    }
}

/* Exchange input and output with the child until it has ended or must be killed. */
static void supervise_child(struct child *child, struct pipes *pipes, pid_t pid)
{
    int64_t end_ms = get_monotonic_ms() + child->limit_ms, left_ms;
    int wait_status = 0;

    child->end = CHILD_EXITED;
    for (;;) {
        pid_t waited;

        empty_end_pipe(); /* before waitpid(), so that a child that ends after it wakes poll() */
        waited = waitpid(pid, &wait_status, WNOHANG); /* before the last read of its output */
        if (pipes->input[1] >= 0) {
            write_input(child, &pipes->input[1]);
        }
        while (pipes->output[0] >= 0 && read_output(child, &pipes->output[0])) {
        }
        if (waited == pid && child->end == CHILD_EXITED) {
            store_exit(child, wait_status);
            return;
        }
        left_ms = end_ms - get_monotonic_ms();
        if (get_signal() != 0) {
            child->end = CHILD_STOPPED;
        } else if (child->end == CHILD_EXITED && left_ms <= 0) {
            child->end = CHILD_TIMED_OUT;
        }
        if (child->end != CHILD_EXITED) {
            if (waited == 0) {
                kill_group(pid, &wait_status);
            }
            return;
        }
        wait_for_child(pipes, (uint32_t)left_ms);
    }
}

static void run_with_pipes(struct child *child, struct pipes *pipes)
{
    sigset_t all, mask;
    pid_t pid;

    /* The child must not write these bytes a second time, and its own must come after them. */
    flush_output(&standard_output);
    flush_output(&standard_error);
    sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &mask);
    pid = fork();
    if (pid == 0) {
        reset_signals(&mask);
        make_blocking(pipes->input[0]);
        if (child->output != NULL) {
            make_blocking(pipes->output[1]);
        }
        execute_command(child, pipes);
    }
    child->code = errno;
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    if (pid < 0) {
        return;
    }
    (void)setpgid(pid, pid); /* both processes call setpgid(), as either may run first */
    close_pipe_end(&pipes->input[0]);
    close_pipe_end(&pipes->output[1]);
    if (child->input.len == 0) {
        close_pipe_end(&pipes->input[1]);
    }
    supervise_child(child, pipes, pid);
}

void run_child(struct child *child)
{
    struct pipes pipes = { { -1, -1 }, { -1, -1 } };
    struct sigaction action, old;

    child->end = CHILD_NOT_STARTED;
    child->output_len = 0;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_child_end;
    action.sa_flags = SA_NOCLDSTOP;
    sigemptyset(&action.sa_mask);
    if (open_pipe(end_pipe) == 0 && open_pipe(pipes.input) == 0 &&
        (child->output == NULL || open_pipe(pipes.output) == 0) &&
        sigaction(SIGCHLD, &action, &old) == 0) {
        run_with_pipes(child, &pipes);
        (void)sigaction(SIGCHLD, &old, NULL);
        /* Leave no zombie of the children that osft did not start; see empty_end_pipe(). */
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
    } else {
        child->code = errno;
    }
    close_pipe(pipes.input);
    close_pipe(pipes.output);
    close_pipe(end_pipe);
}

void describe_child_end(const struct child *child, char *text, size_t size)
{
    switch (child->end) {
    case CHILD_EXITED:
        (void)snprintf(text, size, "ended with status %d%s", child->code,
                       child->code == 127   ? " (not found)"
                       : child->code == 126 ? " (cannot be run)"
                                            : "");
        break;
    case CHILD_KILLED: (void)snprintf(text, size, "was ended by signal %d", child->code); break;
    case CHILD_TIMED_OUT:
        (void)snprintf(text, size, "had not ended after %u ms, and was killed",
                       (unsigned)child->limit_ms);
        break;
    case CHILD_OUTPUT_TOO_LARGE:
        (void)snprintf(text, size, "printed more than %u bytes, and was killed",
                       (unsigned)child->size - 1);
        break;
    case CHILD_STOPPED: (void)snprintf(text, size, "was killed, as osft ends"); break;
    case CHILD_NOT_STARTED:
        (void)snprintf(text, size, "could not be started: %s", strerror(child->code));
        break;
    }
}
