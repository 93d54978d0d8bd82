/* SPDX-License-Identifier: Apache-2.0 */
/* Running another program and waiting for it, as long as no signal ends both. */
#include <limits.h>
#include <poll.h>
#include <sys/wait.h>
#include "command.h"

/* Sleep until step_child() has something to do, or a signal is caught. */
static void wait_for_child(const struct child *child)
{
    struct pollfd awaited[CHILD_DESCRIPTORS + 1];
    int64_t timeout_ms = INT_MAX;
    size_t count = await_child(child, awaited, &timeout_ms);

    if (get_signal() == 0) { /* after a signal the descriptor stays readable */
        awaited[count++] = (struct pollfd){ .fd = get_signal_fd(), .events = POLLIN };
    }
    (void)poll(awaited, (nfds_t)count, (int)timeout_ms);
}

void run_child(struct child *child)
{
    /* Show what was printed before, so that it does not come after the output of the child. */
    flush_output(&standard_output);
    flush_output(&standard_error);
    start_child(child);
    while (step_child(child)) {
        if (get_signal() != 0) {
            stop_child(child);
        }
        wait_for_child(child);
    }
    /* Wait also for ended children that osft did not start, so that none stays a zombie; see
     * empty_end_pipe() in child.c. */
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
}
