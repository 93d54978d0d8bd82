/* SPDX-License-Identifier: Apache-2.0 */
/* TCP connections for osft_posix.h; clocks and random bytes are in osft_posix_system.c. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_posix_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef MSG_NOSIGNAL
#define OSFT_POSIX_SEND_FLAGS MSG_NOSIGNAL
#else
#define OSFT_POSIX_SEND_FLAGS 0 /* then SO_NOSIGPIPE keeps a dead peer from killing us */
#endif

enum { IDLE, TRYING, CONNECTED };

static int io_error(struct osft_posix *p, int error)
{
    p->code = error;
    return OSFT_E_IO;
}

static void drop_socket(struct osft_posix *p)
{
    if (p->fd >= 0) {
        close(p->fd);
    }
    p->fd = -1;
}

static void drop_addresses(struct osft_posix *p)
{
    if (p->all != NULL) {
        freeaddrinfo(p->all);
    }
    p->all = p->next = NULL;
}

static void posix_close(void *ctx)
{
    struct osft_posix *p = ctx;
    drop_socket(p);
    drop_addresses(p);
    p->state = IDLE;
}

static int resolve(struct osft_posix *p, const char *host, uint16_t tcp_port)
{
    struct addrinfo hints;
    char service[6], address[64]; /* room for a zone, too */
    size_t len = strlen(host);
    size_t at = sizeof service - 1;
    unsigned left = tcp_port;

    service[at] = '\0';
    do {
        service[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    if (host[0] == '[' && host[len - 1] == ']' && len - 2 < sizeof address) {
        memcpy(address, host + 1, len - 2);
        address[len - 2] = '\0';
        host = address;
        hints.ai_flags |= AI_NUMERICHOST;
    }
    int r = getaddrinfo(host, service + at, &hints, &p->all);
    if (r != 0) {
        p->code = r == EAI_SYSTEM ? errno : r;
        p->all = NULL;
        return OSFT_E_RESOLVE;
    }
    p->next = p->all;
    return OSFT_OK;
}

/* Sets everything a socket needs before it connects; < 0 with errno when it cannot. */
static int prepare(int fd)
{
    const int on = 1;
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        return -1;
    }
    /* A request is one small write; waiting to fill a segment only costs time. Not vital. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) < 0) {
        return -1;
    }
#endif
    return 0;
}

/* Starts connecting to one address. 1: connected, 0: in progress, < 0: failed, code is set. */
static int start(struct osft_posix *p, const struct addrinfo *a)
{
    int type = a->ai_socktype;
#ifdef SOCK_CLOEXEC
    type |= SOCK_CLOEXEC; /* leaves no gap for a fork in another thread */
#endif
    p->fd = socket(a->ai_family, type, a->ai_protocol);
    if (p->fd < 0 || prepare(p->fd) < 0) {
        return io_error(p, errno);
    }
    p->began = osft_posix_ticks_ms(p);
    if (connect(p->fd, a->ai_addr, a->ai_addrlen) == 0) {
        return 1;
    }
    /* An interrupted connect goes on by itself, and poll tells its end. */
    return errno == EINPROGRESS || errno == EINTR ? 0 : io_error(p, errno);
}

/* How the attempt under way stands; as start() returns. */
static int check(struct osft_posix *p)
{
    struct pollfd poller = { p->fd, POLLOUT, 0 };
    int error = 0;
    socklen_t size = sizeof error;
    int r = poll(&poller, 1, 0);

    if (r < 0) {
        return errno == EINTR ? 0 : io_error(p, errno);
    }
    if (r > 0) {
        if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) {
            error = errno;
        }
        return error == 0 ? 1 : io_error(p, error);
    }
    if (p->next != NULL && osft_posix_ticks_ms(p) - p->began >= p->connect_ms) {
        return io_error(p, ETIMEDOUT);
    }
    return 0;
}

static int posix_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_posix *p = ctx;
    int r = OSFT_E_IO;

    if (p->state == CONNECTED) {
        return 1;
    }
    if (p->state == IDLE) {
        p->code = 0;
        if (resolve(p, host, tcp_port) != OSFT_OK) {
            return OSFT_E_RESOLVE;
        }
        p->state = TRYING;
    }
    if (p->fd >= 0) {
        r = check(p);
    }
    while (r < 0 && p->next != NULL) {
        const struct addrinfo *a = p->next;
        p->next = a->ai_next;
        drop_socket(p);
        r = start(p, a);
    }
    if (r > 0) {
        drop_addresses(p);
        p->state = CONNECTED;
    }
    if (r < 0) {
        posix_close(p);
    }
    return r;
}

static int result(struct osft_posix *p, ssize_t n)
{
    if (n >= 0) {
        return (int)n;
    }
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : io_error(p, errno);
}

static int posix_send(void *ctx, const void *src, size_t len)
{
    struct osft_posix *p = ctx;
    ssize_t n;

    if (p->state != CONNECTED) {
        return io_error(p, ENOTCONN);
    }
    do {
        n = send(p->fd, src, len < INT_MAX ? len : INT_MAX, OSFT_POSIX_SEND_FLAGS);
    } while (n < 0 && errno == EINTR);
    return result(p, n);
}

static int posix_recv(void *ctx, void *dst, size_t cap)
{
    struct osft_posix *p = ctx;
    ssize_t n;

    if (p->state != CONNECTED) {
        return io_error(p, ENOTCONN);
    }
    if (cap == 0) {
        return 0; /* else a full buffer would look like the end of the stream */
    }
    do {
        n = recv(p->fd, dst, cap < INT_MAX ? cap : INT_MAX, 0);
    } while (n < 0 && errno == EINTR);
    return n == 0 ? OSFT_EOF : result(p, n);
}

static int posix_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct osft_posix *p = ctx;
    struct pollfd poller = { p->fd, 0, 0 };

    if (p->state == TRYING) {
        /* Wake in time to give the next address its turn. */
        uint32_t spent = osft_posix_ticks_ms(p) - p->began;
        uint32_t left = spent < p->connect_ms ? p->connect_ms - spent : 0;
        ms = p->next != NULL && left < ms ? left : ms;
        events = OSFT_WRITABLE;
    }
    poller.events =
        (short)((events & OSFT_READABLE ? POLLIN : 0) | (events & OSFT_WRITABLE ? POLLOUT : 0));
    /* Without a socket this only sleeps. A hang-up is for send and recv to tell. */
    int r = poll(&poller, 1, ms < INT_MAX ? (int)ms : INT_MAX);
    if (r >= 0) {
        return r;
    }
    return errno == EINTR ? 0 : io_error(p, errno);
}

void osft_posix_init(struct osft_posix *p)
{
    memset(p, 0, sizeof *p);
    p->fd = -1;
    p->connect_ms = OSFT_POSIX_CONNECT_MS;
    p->port.ctx = p;
    p->port.open = posix_open;
    p->port.send = posix_send;
    p->port.recv = posix_recv;
    p->port.wait = posix_wait;
    p->port.close = posix_close;
    p->port.utc_s = osft_posix_utc_s;
    p->port.ticks_ms = osft_posix_ticks_ms;
    p->port.random = osft_posix_random;
    p->port.code = &p->code;
}
