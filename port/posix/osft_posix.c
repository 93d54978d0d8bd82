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
#define OSFT_POSIX_SEND_FLAGS 0 /* SO_NOSIGPIPE, set below, does the same */
#endif

/* While several sockets connect, the caller's poll loop watches only the newest one. The longest
 * wait until the others are checked; ms. */
#define OSFT_POSIX_LOOK_MS 100

enum { OSFT_POSIX_CLOSED, OSFT_POSIX_CONNECTING, OSFT_POSIX_CONNECTED };

static int osft_posix_io_error(struct osft_posix *posix, int error)
{
    posix->code = error;
    return OSFT_E_IO;
}

/* Remove an attempt from the list; its socket stays open. */
static void osft_posix_remove_attempt(struct osft_posix *posix, unsigned i)
{
    posix->attempt_count--;
    memmove(&posix->attempts[i], &posix->attempts[i + 1],
            (posix->attempt_count - i) * sizeof posix->attempts[0]);
}

static void osft_posix_end_attempt(struct osft_posix *posix, unsigned i)
{
    close(posix->attempts[i].fd);
    osft_posix_remove_attempt(posix, i);
}

/* End all attempts, and free the addresses. */
static void osft_posix_end_attempts(struct osft_posix *posix)
{
    while (posix->attempt_count > 0) {
        osft_posix_end_attempt(posix, 0);
    }
    osft_posix_free_addresses(posix);
}

static void osft_posix_close(void *ctx)
{
    struct osft_posix *posix = ctx;

    osft_posix_end_attempts(posix);
    if (posix->fd >= 0) {
        close(posix->fd);
    }
    posix->fd = -1;
    posix->state = OSFT_POSIX_CLOSED;
}

/* Use the connection of this attempt, and end all others. Returns 1. */
static int osft_posix_use_attempt(struct osft_posix *posix, unsigned i)
{
    osft_posix_note_address(posix, osft_posix_find_address(posix, posix->attempts[i].index));
    posix->fd = posix->attempts[i].fd;
    posix->state = OSFT_POSIX_CONNECTED;
    osft_posix_remove_attempt(posix, i);
    osft_posix_end_attempts(posix);
    return 1;
}

/* Set the options of a socket before it connects. Returns < 0 on failure, with errno set. */
static int osft_posix_set_options(int fd)
{
    const int on = 1;
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        return -1;
    }
    /* A request is one small write; waiting to fill a segment only costs time. A failure does no
     * harm. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) < 0) {
        return -1;
    }
#endif
    return 0;
}

/* Start to connect a socket. Returns 1: connected, 0: in progress, < 0: failed, with errno set. */
static int osft_posix_connect(int fd, const struct addrinfo *address)
{
    if (osft_posix_set_options(fd) < 0) {
        return -1;
    }
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) {
        return 1;
    }
    /* An interrupted connect() goes on by itself, and poll() reports its end. */
    return errno == EINPROGRESS || errno == EINTR ? 0 : -1;
}

/* Try the next address. Returns 1: connected, 0: in progress, < 0: failed, with posix->code set. */
static int osft_posix_start_attempt(struct osft_posix *posix)
{
    unsigned index = posix->next_index;
    const struct addrinfo *address = osft_posix_find_address(posix, index);
    int type = address->ai_socktype;
#ifdef SOCK_CLOEXEC
    type |= SOCK_CLOEXEC; /* leaves no gap for a fork in another thread */
#endif

    posix->next_index = (index + 1) % posix->address_count;
    posix->untried_count--;
    posix->attempt_start_ms = osft_posix_ticks_ms(posix);
    osft_posix_note_address(posix, address);
    int fd = socket(address->ai_family, type, address->ai_protocol);
    int result = fd >= 0 ? osft_posix_connect(fd, address) : -1;
    if (result < 0) {
        posix->code = errno;
        if (fd >= 0) {
            close(fd);
        }
        return OSFT_E_IO;
    }
    if (posix->attempt_count == OSFT_POSIX_ATTEMPTS) {
        osft_posix_end_attempt(posix, 0);
    }
    unsigned i = posix->attempt_count++;
    posix->attempts[i].fd = fd;
    posix->attempts[i].index = index;
    return result > 0 ? osft_posix_use_attempt(posix, i) : 0;
}

/* Return how long it is until the next address is tried; ms. UINT32_MAX: no untried address is
 * left, so the attempts in progress may use all of the call's time. */
static uint32_t osft_posix_ms_until_attempt(const struct osft_posix *posix)
{
    uint32_t passed = osft_posix_ticks_ms(NULL) - posix->attempt_start_ms;

    if (posix->untried_count == 0) {
        return UINT32_MAX;
    }
    if (posix->attempt_count == 0 || passed >= posix->attempt_delay_ms) {
        return 0;
    }
    return posix->attempt_delay_ms - passed;
}

/* Fill pollers with all sockets that are connecting. Returns how many. */
static nfds_t osft_posix_fill_pollers(const struct osft_posix *posix,
                                      struct pollfd pollers[OSFT_POSIX_ATTEMPTS])
{
    for (unsigned i = 0; i < posix->attempt_count; i++) {
        pollers[i].fd = posix->attempts[i].fd;
        pollers[i].events = POLLOUT; /* a socket is writable when connecting has ended */
        pollers[i].revents = 0;
    }
    return posix->attempt_count;
}

/* Return the errno for which a socket has not connected; 0: it has connected. */
static int osft_posix_get_socket_error(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

/* Check the attempts. Returns 1: one has connected, 0: none yet, < 0: poll() failed. */
static int osft_posix_check_attempts(struct osft_posix *posix)
{
    struct pollfd pollers[OSFT_POSIX_ATTEMPTS];
    nfds_t count = osft_posix_fill_pollers(posix, pollers);

    if (poll(pollers, count, 0) < 0) {
        return errno == EINTR ? 0 : osft_posix_io_error(posix, errno);
    }
    for (unsigned i = 0, polled = 0; polled < count; polled++) {
        int error =
            pollers[polled].revents != 0 ? osft_posix_get_socket_error(pollers[polled].fd) : 0;

        if (error != 0) {
            posix->code = error;
            osft_posix_end_attempt(posix, i);
            /* The next address is due now, because waiting gains nothing. */
            posix->attempt_start_ms = osft_posix_ticks_ms(NULL) - posix->attempt_delay_ms;
        } else if (pollers[polled].revents != 0) {
            return osft_posix_use_attempt(posix, i);
        } else {
            i++;
        }
    }
    return 0;
}

/* Try the addresses that are due. Returns 1: one has connected, 0: attempts are in progress, < 0:
 * all have failed. */
static int osft_posix_start_attempts(struct osft_posix *posix)
{
    while (osft_posix_ms_until_attempt(posix) == 0) {
        int result = osft_posix_start_attempt(posix);

        if (result >= 0) {
            return result;
        }
    }
    return posix->attempt_count > 0 ? 0 : OSFT_E_IO;
}

static int osft_posix_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_posix *posix = ctx;
    int result = 0;

    if (posix->state == OSFT_POSIX_CONNECTED) {
        return 1;
    }
    if (posix->state == OSFT_POSIX_CLOSED) {
        posix->code = 0;
        if (osft_posix_look_up(posix, host, tcp_port) != OSFT_OK) {
            return OSFT_E_RESOLVE;
        }
        posix->state = OSFT_POSIX_CONNECTING;
    }
    if (posix->attempt_count > 0) {
        result = osft_posix_check_attempts(posix);
    }
    if (result == 0) {
        result = osft_posix_start_attempts(posix);
    }
    if (result < 0) {
        osft_posix_close(posix);
    }
    return result;
}

/* Convert the result of the system's send() or recv() to that of the port's function. */
static int osft_posix_convert_result(struct osft_posix *posix, ssize_t count)
{
    if (count >= 0) {
        return (int)count;
    }
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : osft_posix_io_error(posix, errno);
}

static int osft_posix_send(void *ctx, const void *bytes, size_t len)
{
    struct osft_posix *posix = ctx;
    ssize_t count;

    if (posix->state != OSFT_POSIX_CONNECTED) {
        return osft_posix_io_error(posix, ENOTCONN);
    }
    do {
        count = send(posix->fd, bytes, len < INT_MAX ? len : INT_MAX, OSFT_POSIX_SEND_FLAGS);
    } while (count < 0 && errno == EINTR);
    return osft_posix_convert_result(posix, count);
}

static int osft_posix_recv(void *ctx, void *buffer, size_t room)
{
    struct osft_posix *posix = ctx;
    ssize_t count;

    if (posix->state != OSFT_POSIX_CONNECTED) {
        return osft_posix_io_error(posix, ENOTCONN);
    }
    if (room == 0) {
        return 0; /* otherwise a full buffer would look like the end of the stream */
    }
    do {
        count = recv(posix->fd, buffer, room < INT_MAX ? room : INT_MAX, 0);
    } while (count < 0 && errno == EINTR);
    if (count > 0) {
        posix->failed_len = 0; /* the address works */
    }
    return count == 0 ? OSFT_EOF : osft_posix_convert_result(posix, count);
}

static unsigned osft_posix_awaits(void *ctx, unsigned events, uint32_t *ms)
{
    const struct osft_posix *posix = ctx;
    uint32_t limit;

    if (posix->state != OSFT_POSIX_CONNECTING) {
        return events;
    }
    limit = osft_posix_ms_until_attempt(posix);
    if (posix->attempt_count > 1 && limit > OSFT_POSIX_LOOK_MS) {
        limit = OSFT_POSIX_LOOK_MS; /* the caller's loop watches only one socket */
    }
    *ms = limit < *ms ? limit : *ms;
    return OSFT_WRITABLE;
}

static int osft_posix_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct osft_posix *posix = ctx;
    struct pollfd pollers[OSFT_POSIX_ATTEMPTS] = { { -1, 0, 0 } }; /* with fd -1, poll() only
                                                                    * sleeps */
    nfds_t count = 1;

    if (events != 0 && posix->state == OSFT_POSIX_CONNECTING) {
        uint32_t limit = osft_posix_ms_until_attempt(posix);

        ms = limit < ms ? limit : ms;
        count = osft_posix_fill_pollers(posix, pollers);
    } else if (events != 0) {
        pollers[0].fd = posix->fd;
        pollers[0].events = (short)(((events & OSFT_READABLE) != 0 ? POLLIN : 0) |
                                    ((events & OSFT_WRITABLE) != 0 ? POLLOUT : 0));
    }
    int result = poll(pollers, count, ms < INT_MAX ? (int)ms : INT_MAX);
    if (result >= 0) {
        return result; /* send and recv find out whether an event or a failure ended the wait */
    }
    return errno == EINTR ? 0 : osft_posix_io_error(posix, errno);
}

int osft_posix_fd(const struct osft_posix *posix)
{
    return posix->attempt_count > 0 ? posix->attempts[posix->attempt_count - 1].fd : posix->fd;
}

void osft_posix_init(struct osft_posix *posix)
{
    memset(posix, 0, sizeof *posix);
    posix->fd = -1;
    posix->attempt_delay_ms = OSFT_POSIX_ATTEMPT_DELAY_MS;
    posix->port.ctx = posix;
    posix->port.open = osft_posix_open;
    posix->port.send = osft_posix_send;
    posix->port.recv = osft_posix_recv;
    posix->port.wait = osft_posix_wait;
    posix->port.awaits = osft_posix_awaits;
    posix->port.close = osft_posix_close;
    posix->port.utc_s = osft_posix_utc_s;
    posix->port.ticks_ms = osft_posix_ticks_ms;
    posix->port.random = osft_posix_random;
    posix->port.code = &posix->code;
}
