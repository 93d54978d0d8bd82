/* SPDX-License-Identifier: Apache-2.0 */
/* TCP connections for osft_posix.h; clocks and random bytes are in osft_posix_system.c. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_posix_internal.h"
#include "osft_port_tools.h"

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

enum { CLOSED, CONNECTING, CONNECTED };

static int io_error(struct osft_posix *posix, int error)
{
    posix->code = error;
    return OSFT_E_IO;
}

static void close_socket(struct osft_posix *posix)
{
    if (posix->fd >= 0) {
        close(posix->fd);
    }
    posix->fd = -1;
}

static void free_addresses(struct osft_posix *posix)
{
    if (posix->addresses != NULL) {
        freeaddrinfo(posix->addresses);
    }
    posix->addresses = posix->next_address = NULL;
}

static void close_connection(void *ctx)
{
    struct osft_posix *posix = ctx;
    close_socket(posix);
    free_addresses(posix);
    posix->state = CLOSED;
}

static int look_up(struct osft_posix *posix, const char *host, uint16_t tcp_port)
{
    char digits[6], address[OSFT_ADDRESS_ROOM];
    struct addrinfo hints;
    size_t first = sizeof digits - 1;
    unsigned rest = tcp_port;

    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    if (host[0] == '[') {
        if (osft_bare_host(host, OSFT_KEEP_ZONE, address, sizeof address) == 0) {
            posix->code = EAI_NONAME;
            return OSFT_E_RESOLVE;
        }
        host = address;
        hints.ai_family = AF_INET6;
        hints.ai_flags |= AI_NUMERICHOST;
    }
    int result = getaddrinfo(host, digits + first, &hints, &posix->addresses);
    if (result != 0) {
        posix->code = result == EAI_SYSTEM ? errno : result;
        posix->addresses = NULL;
        return OSFT_E_RESOLVE;
    }
    posix->next_address = posix->addresses;
    return OSFT_OK;
}

/* Sets everything that a socket needs before it connects. < 0: it cannot, and errno says why. */
static int set_options(int fd)
{
    const int on = 1;
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        return -1;
    }
    /* A request is one small write; waiting to fill a segment only costs time. It works without. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) < 0) {
        return -1;
    }
#endif
    return 0;
}

/* Starts to connect to one address. 1: connected, 0: in progress, < 0: it failed, code is set. */
static int start_connecting(struct osft_posix *posix, const struct addrinfo *address)
{
    int type = address->ai_socktype;
#ifdef SOCK_CLOEXEC
    type |= SOCK_CLOEXEC; /* leaves no gap for a fork in another thread */
#endif
    posix->fd = socket(address->ai_family, type, address->ai_protocol);
    if (posix->fd < 0 || set_options(posix->fd) < 0) {
        return io_error(posix, errno);
    }
    posix->connect_start_ms = osft_posix_ticks_ms(posix);
    if (connect(posix->fd, address->ai_addr, address->ai_addrlen) == 0) {
        return 1;
    }
    /* An interrupted connect goes on by itself, and poll tells its end. */
    return errno == EINPROGRESS || errno == EINTR ? 0 : io_error(posix, errno);
}

/* How long the address being tried may still take. UINT32_MAX: no other is left, so no limit. */
static uint32_t ms_until_next_address(const struct osft_posix *posix)
{
    uint32_t passed = osft_posix_ticks_ms(NULL) - posix->connect_start_ms;

    if (posix->next_address == NULL) {
        return UINT32_MAX;
    }
    return passed < posix->connect_ms ? posix->connect_ms - passed : 0;
}

/* Whether the socket has connected; returns what start_connecting() does. */
static int check_connecting(struct osft_posix *posix)
{
    struct pollfd poller = { posix->fd, POLLOUT, 0 };
    int error = 0;
    socklen_t size = sizeof error;
    int count = poll(&poller, 1, 0);

    if (count < 0) {
        return errno == EINTR ? 0 : io_error(posix, errno);
    }
    if (count > 0) {
        if (getsockopt(posix->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) {
            error = errno;
        }
        return error == 0 ? 1 : io_error(posix, error);
    }
    return ms_until_next_address(posix) == 0 ? io_error(posix, ETIMEDOUT) : 0;
}

static int open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_posix *posix = ctx;
    int result = OSFT_E_IO;

    if (posix->state == CONNECTED) {
        return 1;
    }
    if (posix->state == CLOSED) {
        posix->code = 0;
        if (look_up(posix, host, tcp_port) != OSFT_OK) {
            return OSFT_E_RESOLVE;
        }
        posix->state = CONNECTING;
    }
    if (posix->fd >= 0) {
        result = check_connecting(posix);
    }
    while (result < 0 && posix->next_address != NULL) {
        const struct addrinfo *address = posix->next_address;
        posix->next_address = address->ai_next;
        close_socket(posix);
        result = start_connecting(posix, address);
    }
    if (result > 0) {
        free_addresses(posix);
        posix->state = CONNECTED;
    }
    if (result < 0) {
        close_connection(posix);
    }
    return result;
}

/* What send or recv returns, when the system's function returned this. */
static int moved_bytes(struct osft_posix *posix, ssize_t count)
{
    if (count >= 0) {
        return (int)count;
    }
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : io_error(posix, errno);
}

static int send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct osft_posix *posix = ctx;
    ssize_t count;

    if (posix->state != CONNECTED) {
        return io_error(posix, ENOTCONN);
    }
    do {
        count = send(posix->fd, bytes, len < INT_MAX ? len : INT_MAX, OSFT_POSIX_SEND_FLAGS);
    } while (count < 0 && errno == EINTR);
    return moved_bytes(posix, count);
}

static int recv_bytes(void *ctx, void *buffer, size_t room)
{
    struct osft_posix *posix = ctx;
    ssize_t count;

    if (posix->state != CONNECTED) {
        return io_error(posix, ENOTCONN);
    }
    if (room == 0) {
        return 0; /* or a full buffer would look like the end of the stream */
    }
    do {
        count = recv(posix->fd, buffer, room < INT_MAX ? room : INT_MAX, 0);
    } while (count < 0 && errno == EINTR);
    return count == 0 ? OSFT_EOF : moved_bytes(posix, count);
}

static unsigned awaited_events(void *ctx, unsigned events, uint32_t *ms)
{
    const struct osft_posix *posix = ctx;
    uint32_t limit;

    if (posix->state != CONNECTING) {
        return events;
    }
    limit = ms_until_next_address(posix);
    *ms = limit < *ms ? limit : *ms;
    return OSFT_WRITABLE; /* which is how a socket says that it has connected, or failed to */
}

static int wait_for_events(void *ctx, unsigned events, uint32_t ms)
{
    struct osft_posix *posix = ctx;
    struct pollfd poller = { -1, 0, 0 }; /* without a socket, poll only sleeps */

    if (events != 0) {
        events = awaited_events(posix, events, &ms);
        poller.fd = posix->fd;
        poller.events = (short)(((events & OSFT_READABLE) != 0 ? POLLIN : 0) |
                                ((events & OSFT_WRITABLE) != 0 ? POLLOUT : 0));
    }
    int count = poll(&poller, 1, ms < INT_MAX ? (int)ms : INT_MAX);
    if (count >= 0) {
        return count; /* send and recv find out whether it was an event or a broken connection */
    }
    return errno == EINTR ? 0 : io_error(posix, errno);
}

int osft_posix_fd(const struct osft_posix *posix)
{
    return posix->fd;
}

void osft_posix_init(struct osft_posix *posix)
{
    memset(posix, 0, sizeof *posix);
    posix->fd = -1;
    posix->connect_ms = OSFT_POSIX_CONNECT_MS;
    posix->port.ctx = posix;
    posix->port.open = open_connection;
    posix->port.send = send_bytes;
    posix->port.recv = recv_bytes;
    posix->port.wait = wait_for_events;
    posix->port.awaits = awaited_events;
    posix->port.close = close_connection;
    posix->port.utc_s = osft_posix_utc_s;
    posix->port.ticks_ms = osft_posix_ticks_ms;
    posix->port.random = osft_posix_random;
    posix->port.code = &posix->code;
}
