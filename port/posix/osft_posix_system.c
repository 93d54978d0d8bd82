/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the system's clocks and random source. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_posix_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/random.h>
#endif

int64_t osft_posix_utc_s(void *ctx)
{
    struct timespec now;
    (void)ctx;
    return clock_gettime(CLOCK_REALTIME, &now) == 0 ? (int64_t)now.tv_sec : -1;
}

uint32_t osft_posix_ticks_ms(void *ctx)
{
    struct timespec now = { 0, 0 };
    (void)ctx;
    /* The call cannot fail with this clock and a valid pointer. */
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

/* Read once from the kernel's generator, without waiting until the generator is seeded. */
static ssize_t osft_posix_read_kernel(unsigned char *buffer, size_t len)
{
#ifdef __linux__
    return getrandom(buffer, len, GRND_NONBLOCK);
#else
    (void)buffer, (void)len;
    errno = ENOSYS;
    return -1;
#endif
}

static int osft_posix_read_device(unsigned char *buffer, size_t len)
{
    int fd;
    do {
        fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        return OSFT_E_RANDOM;
    }
    while (len > 0) {
        ssize_t count = read(fd, buffer, len);
        if (count == 0 || (count < 0 && errno != EINTR)) {
            break;
        }
        if (count > 0) {
            buffer += count;
            len -= (size_t)count;
        }
    }
    close(fd);
    return len == 0 ? OSFT_OK : OSFT_E_RANDOM;
}

int osft_posix_random(void *ctx, void *buffer, size_t len)
{
    unsigned char *next = buffer;
    (void)ctx;
    while (len > 0) {
        ssize_t count = osft_posix_read_kernel(next, len);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return osft_posix_read_device(next, len);
        }
        next += count;
        len -= (size_t)count;
    }
    return OSFT_OK;
}
