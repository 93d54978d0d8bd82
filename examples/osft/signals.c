/* SPDX-License-Identifier: Apache-2.0 */
/* The signals that end the command, and a sleep that they end. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "command.h"

static volatile sig_atomic_t caught_signal; /* its number; 0: none */
/* Gets a byte when a signal is caught, so that poll() returns also when the signal came just before
 * poll(). */
static int wake_pipe[2] = { -1, -1 };

/* Store the first signal. The second signal ends the process at once: a user who sends two does not
 * want to wait for a clean end. */
static void on_signal(int number)
{
    int saved_errno = errno;
    ssize_t written;

    if (caught_signal != 0) {
        signal(number, SIG_DFL);
        raise(number);
    }
    caught_signal = number;
    written = write(wake_pipe[1], "", 1); /* never blocks, as only the first signal writes */
    (void)written;
    errno = saved_errno;
}

int catch_signals(void)
{
    static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action, old;
    size_t i;

    if (pipe(wake_pipe) != 0 || fcntl(wake_pipe[0], F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(wake_pipe[1], F_SETFD, FD_CLOEXEC) != 0) {
        return errno;
    }
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal; /* without SA_RESTART, so that the signal ends a sleep */
    sigemptyset(&action.sa_mask);
    for (i = 0; i < sizeof(ending_signals) / sizeof(ending_signals[0]); i++) {
        /* A signal that is ignored stays ignored: nohup ignores SIGHUP, and shells ignore signals
         * for background jobs. */
        if (sigaction(ending_signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            sigaction(ending_signals[i], &action, NULL);
        }
    }
    return 0;
}

int get_signal(void)
{
    return caught_signal;
}

int get_signal_fd(void)
{
    return wake_pipe[0];
}

void wait_for_events(int fd, unsigned events, uint32_t ms)
{
    struct pollfd awaited[2] = { { .fd = wake_pipe[0], .events = POLLIN }, { .fd = -1 } };

    if (events != 0) {
        awaited[1].fd = fd;
        awaited[1].events = (short)(((events & OSFT_READABLE) != 0 ? POLLIN : 0) |
                                    ((events & OSFT_WRITABLE) != 0 ? POLLOUT : 0));
    }
    (void)poll(awaited, 2, ms == UINT32_MAX ? -1 : ms < INT_MAX ? (int)ms : INT_MAX);
}
