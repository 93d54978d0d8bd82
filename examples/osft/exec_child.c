/* SPDX-License-Identifier: Apache-2.0 */
/* Another program, which this one waits for, as long as no signal ends both. */
#include <limits.h>
#include <poll.h>
#include <sys/wait.h>
#include "command.h"

/* Sleep until something can be done for the child, or a signal was caught. */
static void wait_for_child(const struct child *child)
{
    struct pollfd awaited[CHILD_DESCRIPTORS + 1];
    int64_t timeout_ms = INT_MAX;
    size_t count = await_child(child, awaited, &timeout_ms);

    if (get_signal() == 0) { /* that descriptor stays readable */
        awaited[count++] = (struct pollfd){ .fd = get_signal_fd(), .events = POLLIN };
    }
    (void)poll(awaited, (nfds_t)count, (int)timeout_ms);
}

void run_child(struct child *child)
{
    flush_output(&standard_output); /* not after what the child prints */
    flush_output(&standard_error);
    start_child(child);
    while (step_child(child)) {
        if (get_signal() != 0) {
            stop_child(child);
        }
        wait_for_child(child);
    }
    while (waitpid(-1, NULL, WNOHANG) > 0) { /* children that are not of this program's making */
    }
}
