/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* flock */
#include "lock.h"
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/file.h>
#include "../common/clock.h"

#define WAIT_MS  3000
#define PAUSE_MS 100

static int64_t wait_end_ms; /* until when take_lock() may wait, by get_monotonic_ms() */

void let_locks_wait(void)
{
    wait_end_ms = get_monotonic_ms() + WAIT_MS;
}

int take_lock(int fd)
{
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) {
            continue;
        }
        if (errno != EWOULDBLOCK || get_monotonic_ms() >= wait_end_ms) {
            return errno;
        }
        (void)poll(NULL, 0, PAUSE_MS);
    }
    return 0;
}
