/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* flock */
#include "lock.h"
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/file.h>

#define ATTEMPTS 30
#define PAUSE_MS 100

int take_lock(int fd)
{
    int attempt = 0;

    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) {
            continue;
        }
        if (errno != EWOULDBLOCK || ++attempt == ATTEMPTS) {
            return errno;
        }
        (void)poll(NULL, 0, PAUSE_MS);
    }
    return 0;
}
