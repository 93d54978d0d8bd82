/* SPDX-License-Identifier: Apache-2.0 */
/* The system's clocks and random source. */
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
    (void)clock_gettime(CLOCK_MONOTONIC,
                        &now); /* cannot fail with this clock and a valid pointer */
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

/* One read from the kernel's generator that does not wait for it to be seeded. */
static ssize_t from_kernel(unsigned char *dst, size_t len)
{
#ifdef __linux__
    return getrandom(dst, len, GRND_NONBLOCK);
#else
    (void)dst, (void)len;
    errno = ENOSYS;
    return -1;
#endif
}

static int from_device(unsigned char *dst, size_t len)
{
    int fd;
    do {
        fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        return OSFT_E_RANDOM;
    }
    while (len > 0) {
        ssize_t n = read(fd, dst, len);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            break;
        }
        if (n > 0) {
            dst += n;
            len -= (size_t)n;
        }
    }
    close(fd);
    return len == 0 ? OSFT_OK : OSFT_E_RANDOM;
}

int osft_posix_random(void *ctx, void *dst, size_t len)
{
    unsigned char *at = dst;
    (void)ctx;
    while (len > 0) {
        ssize_t n = from_kernel(at, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return from_device(at, len);
        }
        at += n;
        len -= (size_t)n;
    }
    return OSFT_OK;
}
