/* SPDX-License-Identifier: Apache-2.0 */
/* With an OS: TCP over lwIP's sockets. Not port/posix/osft_posix.c over other headers: lwIP knows one
 * address of a name, no signals and no fork, and half of that file is about them. */
#include "osft_lwip_internal.h"

#if !NO_SYS
#include <limits.h>
#include <string.h>
#include "lwip/api.h"
#include "lwip/errno.h"
#include "lwip/sockets.h"
#include "lwip/sys.h"

enum { IDLE, TRYING, CONNECTED };

static int io_error(struct osft_lwip *p, int error)
{
    p->code = error;
    return OSFT_E_IO;
}

static void sockets_close(void *ctx)
{
    struct osft_lwip *p = ctx;
    if (p->fd >= 0) {
        (void)lwip_close(p->fd);
    }
    p->fd = -1;
    p->ended = 0;
    p->state = IDLE;
}

/* Not lwip_getaddrinfo(): its answers come from a pool of one (MEMP_NUM_NETDB). */
static err_t look_up(const char *host, ip_addr_t *addr)
{
#if LWIP_IPV6
    char address[OSFT_LWIP_ADDRESS];
    host = osft_lwip_bare(host, address);
#endif
#if LWIP_DNS
    return netconn_gethostbyname(host, addr);
#else
    return ipaddr_aton(host, addr) ? ERR_OK : ERR_VAL;
#endif
}

/* Starts connecting to *to. 1: connected, 0: in progress, < 0: failed, code is set. */
static int start(struct osft_lwip *p, const struct sockaddr *to, socklen_t size)
{
    const int on = 1;

    p->fd = lwip_socket(to->sa_family, SOCK_STREAM, 0);
    if (p->fd < 0 || lwip_fcntl(p->fd, F_SETFL, O_NONBLOCK) < 0) {
        return io_error(p, errno);
    }
    /* A request is one small write; waiting to fill a segment only costs time. Not vital. */
    (void)lwip_setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    p->began = sys_now(); /* not before: looking the name up has its own bound */
    if (lwip_connect(p->fd, to, size) == 0) {
        return 1;
    }
    return errno == EINPROGRESS ? 0 : io_error(p, errno);
}

/* Makes *to of an address and a port; its size. */
static socklen_t put_address(struct sockaddr_storage *to, const ip_addr_t *addr, uint16_t tcp_port)
{
    socklen_t size = 0;

    memset(to, 0, sizeof *to);
#if LWIP_IPV6
    if (IP_IS_V6(addr)) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)to;
        size = sizeof *six;
        six->sin6_port = lwip_htons(tcp_port);
        inet6_addr_from_ip6addr(&six->sin6_addr, ip_2_ip6(addr));
        six->sin6_scope_id = ip6_addr_zone(ip_2_ip6(addr));
        to->ss_family = AF_INET6;
    }
#endif
#if LWIP_IPV4
    if (IP_IS_V4(addr)) {
        struct sockaddr_in *four = (struct sockaddr_in *)(void *)to;
        size = sizeof *four;
        four->sin_port = lwip_htons(tcp_port);
        inet_addr_from_ip4addr(&four->sin_addr, ip_2_ip4(addr));
        to->ss_family = AF_INET;
    }
#endif
#if LWIP_SOCKET_HAVE_SA_LEN
    to->s2_len = (u8_t)size;
#endif
    return size;
}

static int begin(struct osft_lwip *p, const char *host, uint16_t tcp_port)
{
    struct sockaddr_storage to;
    ip_addr_t addr;
    err_t err = look_up(host, &addr);

    if (err != ERR_OK) {
        p->code = err;
        return OSFT_E_RESOLVE;
    }
    return start(p, (const struct sockaddr *)&to, put_address(&to, &addr, tcp_port));
}

/* How the attempt under way stands; as start() returns. */
static int check(struct osft_lwip *p)
{
    struct pollfd poller = { p->fd, POLLOUT, 0 };
    int error = 0;
    socklen_t size = sizeof error;
    int r = lwip_poll(&poller, 1, 0);

    if (r < 0) {
        return io_error(p, errno);
    }
    if (r > 0) {
        if (lwip_getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) {
            error = errno;
        }
        return error == 0 ? 1 : io_error(p, error);
    }
    return sys_now() - p->began < p->connect_ms ? 0 : io_error(p, ETIMEDOUT);
}

static int sockets_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_lwip *p = ctx;
    int r = 1;

    if (p->state == IDLE) {
        p->code = 0;
        p->state = TRYING;
        r = begin(p, host, tcp_port);
    } else if (p->state == TRYING) {
        r = check(p);
    }
    if (r > 0) {
        p->state = CONNECTED;
    }
    if (r < 0) {
        sockets_close(p);
    }
    return r;
}

static int result(struct osft_lwip *p, ssize_t n)
{
    if (n >= 0) {
        return (int)n;
    }
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : io_error(p, errno);
}

static int sockets_send(void *ctx, const void *src, size_t len)
{
    struct osft_lwip *p = ctx;
    return p->state == CONNECTED
               ? result(p, lwip_send(p->fd, src, len < INT_MAX ? len : INT_MAX, 0))
               : io_error(p, ENOTCONN);
}

static int sockets_recv(void *ctx, void *dst, size_t cap)
{
    struct osft_lwip *p = ctx;
    ssize_t n;

    if (p->state != CONNECTED) {
        return io_error(p, ENOTCONN);
    }
    if (cap == 0) {
        return 0; /* else a full buffer would look like the end of the stream */
    }
    if (!p->ended) {
        n = lwip_recv(p->fd, dst, cap < INT_MAX ? cap : INT_MAX, 0);
        if (n != 0) {
            return result(p, n);
        }
        p->ended = 1; /* lwIP says it once, and then ENOTCONN */
    }
    return OSFT_EOF;
}

static int sockets_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct osft_lwip *p = ctx;
    struct pollfd poller = { p->fd, 0, 0 };
    int r;

    if (p->state == TRYING) {
        uint32_t spent = sys_now() - p->began; /* wakes in time to give up */
        uint32_t left = spent < p->connect_ms ? p->connect_ms - spent : 0;
        ms = left < ms ? left : ms;
        events = OSFT_WRITABLE;
    }
    poller.events =
        (short)((events & OSFT_READABLE ? POLLIN : 0) | (events & OSFT_WRITABLE ? POLLOUT : 0));
    /* Without a socket this only sleeps. A broken connection is for send and recv to tell. */
    r = lwip_poll(&poller, 1, ms < INT_MAX ? (int)ms : INT_MAX);
    return r >= 0 ? r : io_error(p, errno);
}

void osft_lwip_init(struct osft_lwip *p, int (*random)(void *ctx, void *dst, size_t len))
{
    osft_lwip_begin(p, random);
    p->fd = -1;
    p->port.open = sockets_open;
    p->port.send = sockets_send;
    p->port.recv = sockets_recv;
    p->port.wait = sockets_wait;
    p->port.close = sockets_close;
}
#endif
