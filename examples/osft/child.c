/* SPDX-License-Identifier: Apache-2.0 */
/* Another program, run in a process group of its own and for a limited time. */
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

#define GRACE_MS 1000 /* between the signal that asks the group to end and the one that ends it */

/* ---- a command, split as a shell would ---- */

struct splitter {
    const char *from;
    char *to; /* never ahead of from */
    char quote;
};

/* Copies one character, or takes a quote or backslash away. Returns 0, or -1 at the text's end. */
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

/* ---- the child's end of its birth ---- */

struct pipes {
    int input[2], output[2];
};

/* A signal that comes before the command has begun is the child's alone: this program's handlers
 * would tell this program of it, by the pipes that both have. What is ignored stays ignored. */
static void drop_handlers(const sigset_t *mask)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
    struct sigaction old;
    size_t i;

    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            (void)signal(numbers[i], SIG_DFL);
        }
    }
    (void)signal(SIGPIPE, SIG_DFL); /* this one and the next are what this program itself ignores */
    (void)signal(SIGXFSZ, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
}

static void become_command(const struct child *child, const struct pipes *pipes)
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

/* ---- this program's ---- */

static int end_pipe[2] = { -1, -1 }; /* gets a byte when a child has ended */

static void on_child_end(int number)
{
    int saved_errno = errno;
    ssize_t written = write(end_pipe[1], "", 1); /* a full pipe can be read already */

    (void)number;
    (void)written;
    errno = saved_errno;
}

static void close_end(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static void close_pipe(int ends[2])
{
    close_end(&ends[0]);
    close_end(&ends[1]);
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

/* What the child gets of a pipe must block, as programs expect. */
static void make_blocking(int fd)
{
    (void)fcntl(fd, F_SETFL, 0);
}

/* A child that does not read all of its input has the right not to. */
static void write_input(struct child *child, int *fd)
{
    ssize_t n = write(*fd, child->input.ptr, child->input.len);

    if (n > 0) {
        child->input.ptr += n;
        child->input.len -= (size_t)n;
    }
    if (child->input.len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close_end(fd);
    }
}

/* Returns 1 when there may be more, 0 when not. */
static int read_output(struct child *child, int *fd)
{
    ssize_t n;

    if (child->output_len == child->size) {
        child->end = CHILD_TOO_LOUD;
        return 0;
    }
    n = read(*fd, child->output + child->output_len, child->size - child->output_len);
    if (n > 0) {
        child->output_len += (size_t)n;
        return 1;
    }
    if (n == 0) {
        close_end(fd);
    }
    return n < 0 && errno == EINTR;
}

/* Children that are not of this program's making end as well: those of a shell that became this
 * program by exec, and what a command left behind where this is the first process of a container.
 */
static void forget_ends(void)
{
    char bytes[16];

    while (read(end_pipe[0], bytes, sizeof(bytes)) > 0) {
    }
}

/* Sleep until something can be done for the child, a child has ended, ms have passed, or a signal
 * was caught. */
static void wait_for_child(const struct pipes *pipes, uint32_t ms)
{
    struct pollfd awaited[4] = { { .fd = get_signal_fd(), .events = POLLIN },
                                 { .fd = end_pipe[0], .events = POLLIN },
                                 { .fd = pipes->input[1], .events = POLLOUT },
                                 { .fd = pipes->output[0], .events = POLLIN } };

    (void)poll(awaited, 4, ms < INT_MAX ? (int)ms : INT_MAX);
}

/* Ask the group to end, and end it when it does not. Its leader is waited for. */
static void kill_group(pid_t pid, int *wait_status)
{
    int64_t end_ms = get_monotonic_ms() + GRACE_MS, left_ms;
    struct pollfd ended = { .fd = end_pipe[0], .events = POLLIN };
    pid_t waited = 0;

    (void)kill(-pid, SIGTERM);
    (void)kill(-pid, SIGCONT);
    while (waited == 0 && (left_ms = end_ms - get_monotonic_ms()) > 0) {
        (void)poll(&ended, 1, (int)left_ms);
        forget_ends();
        waited = waitpid(pid, wait_status, WNOHANG);
    }
    (void)kill(-pid, SIGKILL); /* also what the leader has left behind */
    while (waited == 0) {
        pid_t got = waitpid(pid, wait_status, 0);
        waited = got < 0 && errno == EINTR ? 0 : got;
    }
}

static void set_end(struct child *child, int wait_status)
{
    if (WIFEXITED(wait_status)) {
        child->end = CHILD_EXITED;
        child->code = WEXITSTATUS(wait_status);
    } else {
        child->end = CHILD_KILLED;
        child->code = WTERMSIG(wait_status);
    }
}

/* Feed it and read from it until it has ended or must end. */
static void serve_child(struct child *child, struct pipes *pipes, pid_t pid)
{
    int64_t end_ms = get_monotonic_ms() + child->limit_ms, left_ms;
    int wait_status = 0;

    child->end = CHILD_EXITED;
    for (;;) {
        pid_t waited;

        forget_ends(); /* before it is asked, so that the next end is not forgotten */
        waited = waitpid(pid, &wait_status, WNOHANG); /* before the last of it is read */
        if (pipes->input[1] >= 0) {
            write_input(child, &pipes->input[1]);
        }
        while (pipes->output[0] >= 0 && read_output(child, &pipes->output[0])) {
        }
        if (waited == pid && child->end == CHILD_EXITED) {
            set_end(child, wait_status);
            return;
        }
        left_ms = end_ms - get_monotonic_ms();
        if (get_signal() != 0) {
            child->end = CHILD_STOPPED;
        } else if (child->end == CHILD_EXITED && left_ms <= 0) {
            child->end = CHILD_TOO_SLOW;
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

    flush_output(&standard_output); /* nothing of it may be written twice, or after the child's */
    flush_output(&standard_error);
    sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &mask);
    pid = fork();
    if (pid == 0) {
        drop_handlers(&mask);
        make_blocking(pipes->input[0]);
        if (child->output != NULL) {
            make_blocking(pipes->output[1]);
        }
        become_command(child, pipes);
    }
    child->code = errno;
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    if (pid < 0) {
        return;
    }
    (void)setpgid(pid, pid); /* whoever of the two comes first */
    close_end(&pipes->input[0]);
    close_end(&pipes->output[1]);
    if (child->input.len == 0) {
        close_end(&pipes->input[1]);
    }
    serve_child(child, pipes, pid);
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
        while (waitpid(-1, NULL, WNOHANG) > 0) { /* of the children described above; no zombies */
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
    case CHILD_TOO_SLOW:
        (void)snprintf(text, size, "had not ended after %u ms, and was killed",
                       (unsigned)child->limit_ms);
        break;
    case CHILD_TOO_LOUD:
        (void)snprintf(text, size, "printed more than %u bytes, and was killed",
                       (unsigned)child->size - 1);
        break;
    case CHILD_STOPPED: (void)snprintf(text, size, "was killed, as osft ends"); break;
    case CHILD_NOT_STARTED:
        (void)snprintf(text, size, "could not be started: %s", strerror(child->code));
        break;
    }
}
