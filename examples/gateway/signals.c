/* SPDX-License-Identifier: Apache-2.0 */
#include "signals.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int pipe_ends[2] = { -1, -1 };

static void on_signal(int number)
{
    int saved_errno = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(pipe_ends[1], &byte, 1); /* a full pipe has enough signals */

    (void)written;
    errno = saved_errno;
}

static int prepare_pipe_end(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? 0 : -1;
}

int catch_signals(void)
{
    static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };
    struct sigaction action;
    size_t i;

    if (pipe(pipe_ends) != 0 || prepare_pipe_end(pipe_ends[0]) != 0 ||
        prepare_pipe_end(pipe_ends[1]) != 0) {
        return errno;
    }
    memset(&action, 0, sizeof(action));
    sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_IGN;
    if (sigaction(SIGPIPE, &action, NULL) != 0 || sigaction(SIGXFSZ, &action, NULL) != 0) {
        return errno; /* while both are ignored, a write fails with an errno */
    }
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (sigaction(numbers[i], &action, NULL) != 0) {
            return errno;
        }
    }
    return 0;
}

int get_signal(void)
{
    unsigned char byte;
    return read(pipe_ends[0], &byte, 1) == 1 ? byte : 0;
}

int get_signal_fd(void)
{
    return pipe_ends[0];
}
