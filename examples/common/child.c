/* SPDX-License-Identifier: Apache-2.0 */
/* Running another program in a process group of its own, for a limited time. */
#include "child.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "clock.h"

extern char **environ;

#define GRACE_MS 1000 /* from SIGTERM to SIGKILL */

/* ---- in the child, from fork() to exec ---- */

struct pipes {
    int input[2], output[2];
};

/* Restore the signal mask, and the default actions of signals that are not ignored. Otherwise a
 * signal to the child before exec would run a handler of this program. The handler would write into
 * a pipe that both processes share, and the parent would take the signal for its own. */
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
    (void)signal(SIGPIPE, SIG_DFL); /* the programs here ignore SIGPIPE and SIGXFSZ */
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

/* ---- in this program ---- */

static int end_pipe[2] = { -1, -1 }; /* gets a byte when a child has ended */

static void on_child_end(int number)
{
    int saved_errno = errno;
    ssize_t written = write(end_pipe[1], "", 1); /* a full pipe also wakes poll() */

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
static void write_input(struct child *child)
{
    ssize_t n = write(child->input_fd, child->input.ptr, child->input.len);

    if (n > 0) {
        child->input.ptr += n;
        child->input.len -= (size_t)n;
    }
    if (child->input.len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close_pipe_end(&child->input_fd);
    }
}

/* Read output of the child. Returns 1 when more may be there to read now, or else 0. */
static int read_output(struct child *child)
{
    ssize_t n;

    if (child->output_len == child->size) {
        child->end = CHILD_OUTPUT_TOO_LARGE;
        return 0;
    }
    n = read(child->output_fd, child->output + child->output_len, child->size - child->output_len);
    if (n > 0) {
        child->output_len += (size_t)n;
        return 1;
    }
    if (n == 0) {
        close_pipe_end(&child->output_fd);
    }
    return n < 0 && errno == EINTR;
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

/* Catch SIGCHLD, unless this program does so already. Returns 0, or -1 with errno. */
static int catch_child_ends(void)
{
    struct sigaction action;

    if (end_pipe[0] >= 0) {
        return 0;
    }
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_child_end;
    action.sa_flags = SA_NOCLDSTOP | SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (open_pipe(end_pipe) != 0 || sigaction(SIGCHLD, &action, NULL) != 0) {
        close_pipe(end_pipe);
        return -1;
    }
    return 0;
}

static void fork_with_pipes(struct child *child, struct pipes *pipes)
{
    sigset_t all, mask;

    sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &mask);
    child->pid = fork();
    if (child->pid == 0) {
        reset_signals(&mask);
        make_blocking(pipes->input[0]);
        if (child->output != NULL) {
            make_blocking(pipes->output[1]);
        }
        execute_command(child, pipes);
    }
    child->code = errno;
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    if (child->pid < 0) {
        return;
    }
    (void)setpgid(child->pid, child->pid); /* the child does this as well: either may run first */
    child->phase = CHILD_RUNS;
    child->end = CHILD_EXITED;
    child->deadline_ms = get_monotonic_ms() + child->limit_ms;
    child->input_fd = pipes->input[1];
    child->output_fd = pipes->output[0];
    pipes->input[1] = pipes->output[0] = -1; /* struct child holds these descriptors now */
    if (child->input.len == 0) {
        close_pipe_end(&child->input_fd);
    }
}

void start_child(struct child *child)
{
    struct pipes pipes = { { -1, -1 }, { -1, -1 } };

    child->phase = CHILD_IS_OVER;
    child->end = CHILD_NOT_STARTED;
    child->output_len = 0;
    child->input_fd = child->output_fd = -1;
    if (catch_child_ends() == 0 && open_pipe(pipes.input) == 0 &&
        (child->output == NULL || open_pipe(pipes.output) == 0)) {
        fork_with_pipes(child, &pipes);
    } else {
        child->code = errno;
    }
    close_pipe(pipes.input);
    close_pipe(pipes.output);
}

/* Ask the process group to end. A stopped process needs SIGCONT to handle SIGTERM. */
static void ask_to_end(struct child *child, enum child_end why)
{
    child->end = why;
    child->phase = CHILD_IS_ENDING;
    child->deadline_ms = get_monotonic_ms() + GRACE_MS;
    (void)kill(-child->pid, SIGTERM);
    (void)kill(-child->pid, SIGCONT);
}

void stop_child(struct child *child)
{
    if (child->phase == CHILD_RUNS) {
        ask_to_end(child, CHILD_STOPPED);
    }
}

/* Close the pipes and end the last phase. Returns 0. */
static int finish(struct child *child)
{
    close_pipe_end(&child->input_fd);
    close_pipe_end(&child->output_fd);
    child->phase = CHILD_IS_OVER;
    return 0;
}

/* Kill the process group, with all processes that the leader has left running. Then wait for the
 * leader. waited: 0, or the result of a waitpid() that has waited for the leader already. */
static void kill_group(struct child *child, pid_t waited)
{
    int wait_status;

    (void)kill(-child->pid, SIGKILL);
    while (waited == 0) {
        waited = waitpid(child->pid, &wait_status, 0);
        waited = waited < 0 && errno == EINTR ? 0 : waited;
    }
}

/* Empty the pipe of ended children. A byte in it does not tell which child has ended. Children that
 * this program did not start end as well: those of a shell that became this program by exec, and,
 * in a container whose first process is this program, processes that a command left running. */
static void empty_end_pipe(void)
{
    char bytes[16];

    while (read(end_pipe[0], bytes, sizeof(bytes)) > 0) {
    }
}

int step_child(struct child *child)
{
    int wait_status = 0;
    pid_t waited;

    if (child->phase == CHILD_IS_OVER) {
        return 0;
    }
    empty_end_pipe(); /* before waitpid(): a child that ends after waitpid() then wakes poll() */
    waited = waitpid(child->pid, &wait_status, WNOHANG); /* before the last read_output() */
    if (child->phase == CHILD_IS_ENDING) {
        if (waited == 0 && get_monotonic_ms() < child->deadline_ms) {
            return 1;
        }
        kill_group(child, waited);
        return finish(child);
    }
    if (child->input_fd >= 0) {
        write_input(child);
    }
    while (child->output_fd >= 0 && read_output(child)) {
    }
    if (waited != 0) {
        if (child->end == CHILD_EXITED) {
            store_exit(child, wait_status);
        }
        return finish(child);
    }
    if (child->end != CHILD_EXITED || get_monotonic_ms() >= child->deadline_ms) {
        ask_to_end(child, child->end != CHILD_EXITED ? child->end : CHILD_TIMED_OUT);
    }
    return 1;
}

size_t await_child(const struct child *child, struct pollfd descriptors[CHILD_DESCRIPTORS],
                   int64_t *timeout_ms)
{
    size_t count = 0;

    if (child->phase == CHILD_IS_OVER) {
        return 0;
    }
    lower_timeout(timeout_ms, child->deadline_ms - get_monotonic_ms());
    descriptors[count++] = (struct pollfd){ .fd = end_pipe[0], .events = POLLIN };
    if (child->phase == CHILD_RUNS && child->input_fd >= 0) {
        descriptors[count++] = (struct pollfd){ .fd = child->input_fd, .events = POLLOUT };
    }
    if (child->phase == CHILD_RUNS && child->output_fd >= 0) {
        descriptors[count++] = (struct pollfd){ .fd = child->output_fd, .events = POLLIN };
    }
    return count;
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
