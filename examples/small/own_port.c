/* SPDX-License-Identifier: Apache-2.0 */
/* A port of your own in one file: my_port is all that osft needs of a system. parts.c uses it. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>
#include "osft_port.h"

static int fd = -1; /* the connection */
/* Connect. If a port must not block, its function returns 0 until it is connected, and is called
 * again. */
static int my_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(tcp_port) };
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1) {
        return OSFT_E_RESOLVE; /* this port does not look names up */
    }
    *(int *)ctx = socket(AF_INET, SOCK_STREAM, 0);
    return connect(*(int *)ctx, (struct sockaddr *)&to, sizeof to) == 0 ? 1 : OSFT_E_IO;
}
static int my_send(void *ctx, const void *bytes, size_t len)
{
    ssize_t n = send(*(int *)ctx, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    return n < 0 && errno == EAGAIN ? 0 : (int)n; /* the client makes OSFT_E_IO of -1 */
}
static int my_recv(void *ctx, void *buffer, size_t room)
{
    ssize_t n = recv(*(int *)ctx, buffer, room, MSG_DONTWAIT);
    return n == 0 ? OSFT_EOF : n < 0 && errno == EAGAIN ? 0 : (int)n;
}
static int my_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct pollfd awaited = { events != 0 ? *(int *)ctx : -1, 0, 0 };
    awaited.events =
        (short)((events & OSFT_READABLE ? POLLIN : 0) | (events & OSFT_WRITABLE ? POLLOUT : 0));
    return poll(&awaited, 1, ms < 60000 ? (int)ms : 60000); /* the function may return earlier */
}
static void my_close(void *ctx)
{
    (void)close(*(int *)ctx); /* harmless when nothing is open */
    *(int *)ctx = -1;
}
static int64_t my_utc_s(void *ctx)
{
    return (void)ctx, (int64_t)time(NULL);
}
static uint32_t my_ticks_ms(void *ctx)
{
    struct timespec now;
    (void)ctx, (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}
static int my_random(void *ctx, void *buffer, size_t len)
{
    return (void)ctx, getentropy(buffer, len);
}
const struct osft_port my_port = { &fd,      my_open,  my_send,     my_recv,   my_wait, NULL,
                                   my_close, my_utc_s, my_ticks_ms, my_random, NULL,    NULL };
