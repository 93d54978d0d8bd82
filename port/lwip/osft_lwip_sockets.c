/* SPDX-License-Identifier: Apache-2.0 */
/* With an OS: TCP over lwIP's sockets. osft_posix.c with other headers would not do, because half
 * of it is about several addresses of a name, signals and fork, which lwIP does not have. */
#include "osft_lwip_internal.h"

#if !NO_SYS
#include <limits.h>
#include <string.h>
#include "lwip/api.h"
#include "lwip/errno.h"
#include "lwip/sockets.h"
#include "lwip/sys.h"

enum { OSFT_LWIP_CLOSED, OSFT_LWIP_CONNECTING, OSFT_LWIP_CONNECTED };

#define OSFT_LWIP_UNUSED_EVENT_MS 10

static int osft_lwip_io_error(struct osft_lwip *lwip, int error)
{
    lwip->code = error;
    return OSFT_E_IO;
}

static void osft_lwip_close_connection(void *ctx)
{
    struct osft_lwip *lwip = ctx;
    if (lwip->fd >= 0) {
        (void)lwip_close(lwip->fd);
    }
    lwip->fd = -1;
    lwip->peer_ended = lwip->has_unused_event = 0;
    lwip->state = OSFT_LWIP_CLOSED;
}

/* Look a host up. Not by lwip_getaddrinfo(), whose results come from a pool of one
 * (MEMP_NUM_NETDB). */
static err_t osft_lwip_look_up(const char *host, ip_addr_t *address)
{
    char name[OSFT_NAME_ROOM]; /* large for a stack, but TLS needs several times more */
    err_t error = osft_lwip_read_host(host, name, address);

    if (error != ERR_INPROGRESS) {
        return error;
    }
#if LWIP_DNS
    return netconn_gethostbyname(name, address);
#else
    return ipaddr_aton(name, address) ? ERR_OK : ERR_VAL;
#endif
}

/* Make a socket address of an IP address and a TCP port. Returns its size. */
static socklen_t osft_lwip_make_socket_address(struct sockaddr_storage *to,
                                               const ip_addr_t *address, uint16_t tcp_port)
{
    socklen_t size = 0;

    memset(to, 0, sizeof *to);
#if LWIP_IPV6
    if (IP_IS_V6(address)) {
        struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)(void *)to;
        size = sizeof *ipv6;
        ipv6->sin6_port = lwip_htons(tcp_port);
        inet6_addr_from_ip6addr(&ipv6->sin6_addr, ip_2_ip6(address));
        ipv6->sin6_scope_id = ip6_addr_zone(ip_2_ip6(address));
        to->ss_family = AF_INET6;
    }
#endif
#if LWIP_IPV4
    if (IP_IS_V4(address)) {
        struct sockaddr_in *ipv4 = (struct sockaddr_in *)(void *)to;
        size = sizeof *ipv4;
        ipv4->sin_port = lwip_htons(tcp_port);
        inet_addr_from_ip4addr(&ipv4->sin_addr, ip_2_ip4(address));
        to->ss_family = AF_INET;
    }
#endif
#if LWIP_SOCKET_HAVE_SA_LEN
    to->s2_len = (u8_t)size;
#endif
    return size;
}

/* Make the socket. Returns OSFT_OK; or an osft_error, with code set. */
static int osft_lwip_make_socket(struct osft_lwip *lwip, const char *host)
{
    const int on = 1;
    err_t error = osft_lwip_look_up(host, &lwip->address);

    if (error != ERR_OK) {
        lwip->code = error;
        return OSFT_E_RESOLVE;
    }
    lwip->fd = lwip_socket(IP_IS_V6(&lwip->address) ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    if (lwip->fd < 0 || lwip_fcntl(lwip->fd, F_SETFL, O_NONBLOCK) < 0) {
        return osft_lwip_io_error(lwip, errno);
    }
    /* A request is one small write; waiting to fill a segment only costs time. A failure does no
     * harm. */
    (void)lwip_setsockopt(lwip->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    lwip->open_start_ms = sys_now(); /* not earlier, because the lookup has a limit of its own */
    return OSFT_OK;
}

/* Start to connect, or check a connect in progress by calling lwip_connect() again, because
 * lwip_poll() can be wrong: see osft_lwip_wait_for_events(). Returns 1: connected, 0: in progress,
 * < 0: failed, with code set. */
static int osft_lwip_connect_socket(struct osft_lwip *lwip, uint16_t tcp_port)
{
    struct sockaddr_storage to;
    socklen_t size = osft_lwip_make_socket_address(&to, &lwip->address, tcp_port);
    int error, reason = 0;
    socklen_t reason_size = sizeof reason;

    if (lwip_connect(lwip->fd, (const struct sockaddr *)&to, size) == 0 || errno == EISCONN) {
        return 1;
    }
    error = errno;
    if (error == EINPROGRESS || error == EALREADY) {
        return osft_lwip_connect_ms_left(lwip) > 0 ? 0 : osft_lwip_io_error(lwip, ETIMEDOUT);
    }
    (void)lwip_getsockopt(lwip->fd, SOL_SOCKET, SO_ERROR, &reason, &reason_size);
    return osft_lwip_io_error(lwip, reason != 0 ? reason : error);
}

static int osft_lwip_open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_lwip *lwip = ctx;
    int result = OSFT_OK;

    if (lwip->state == OSFT_LWIP_CONNECTED) {
        return 1;
    }
    if (lwip->state == OSFT_LWIP_CLOSED) {
        lwip->code = 0;
        lwip->state = OSFT_LWIP_CONNECTING;
        result = osft_lwip_make_socket(lwip, host);
    }
    if (result == OSFT_OK) {
        result = osft_lwip_connect_socket(lwip, tcp_port);
    }
    if (result > 0) {
        lwip->state = OSFT_LWIP_CONNECTED;
        lwip->has_unused_event = 0;
    }
    if (result < 0) {
        osft_lwip_close_connection(lwip);
    }
    return result;
}

/* Convert the result of lwIP's send or recv to that of the port's function. */
static int osft_lwip_convert_result(struct osft_lwip *lwip, ssize_t count)
{
    if (count >= 0) {
        lwip->has_unused_event = 0;
        return (int)count;
    }
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : osft_lwip_io_error(lwip, errno);
}

static int osft_lwip_send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct osft_lwip *lwip = ctx;

    if (lwip->state != OSFT_LWIP_CONNECTED) {
        return osft_lwip_io_error(lwip, ENOTCONN);
    }
    return osft_lwip_convert_result(lwip,
                                    lwip_send(lwip->fd, bytes, len < INT_MAX ? len : INT_MAX, 0));
}

static int osft_lwip_recv_bytes(void *ctx, void *buffer, size_t room)
{
    struct osft_lwip *lwip = ctx;
    ssize_t count;

    if (lwip->state != OSFT_LWIP_CONNECTED) {
        return osft_lwip_io_error(lwip, ENOTCONN);
    }
    if (room == 0) {
        return 0; /* otherwise a full buffer would look like the end of the stream */
    }
    if (!lwip->peer_ended) {
        count = lwip_recv(lwip->fd, buffer, room < INT_MAX ? room : INT_MAX, 0);
        if (count != 0) {
            return osft_lwip_convert_result(lwip, count);
        }
        lwip->peer_ended = 1; /* lwIP reports the end once, and ENOTCONN after that */
        lwip->has_unused_event = 0;
    }
    return OSFT_EOF;
}

static unsigned osft_lwip_awaited_events(void *ctx, unsigned events, uint32_t *ms)
{
    const struct osft_lwip *lwip = ctx;
    uint32_t left_ms;

    if (lwip->state == OSFT_LWIP_CONNECTING) {
        left_ms = osft_lwip_connect_ms_left(lwip);
        *ms = LWIP_MIN(*ms, left_ms);
        return OSFT_WRITABLE; /* a socket is writable when connecting has ended */
    }
    if (lwip->peer_ended && (events & OSFT_READABLE) != 0) {
        *ms = 0; /* lwIP does not report the end again */
    }
    return events;
}

/* Wait for events. lwip_close() of lwIP 2.2 frees a socket's number before it deletes the
 * connection. When another task's new socket has got this number, lwIP can report events of the old
 * connection to the new socket (without LWIP_NETCONN_FULLDUPLEX). lwIP never takes these events
 * back: lwip_poll() would return at once each time, and a task above lwIP's priority would never
 * let the real event happen. Therefore, when an event has led to nothing, the next wait only lets a
 * little time pass. */
static int osft_lwip_wait_for_events(void *ctx, unsigned events, uint32_t ms)
{
    struct osft_lwip *lwip = ctx;
    struct pollfd poller = { -1, 0, 0 }; /* without a socket, lwip_poll() only sleeps */
    int count;

    if (lwip->has_unused_event && events != 0) {
        ms = LWIP_MIN(ms, OSFT_LWIP_UNUSED_EVENT_MS);
    } else if (events != 0) {
        events = osft_lwip_awaited_events(lwip, events, &ms);
        poller.fd = lwip->fd;
        poller.events = (short)(((events & OSFT_READABLE) != 0 ? POLLIN : 0) |
                                ((events & OSFT_WRITABLE) != 0 ? POLLOUT : 0));
    }
    count = lwip_poll(&poller, 1, ms < INT_MAX ? (int)ms : INT_MAX);
    lwip->has_unused_event = count > 0;
    /* send and recv find out whether an event or a failure ended the wait. */
    return count >= 0 ? count : osft_lwip_io_error(lwip, errno);
}

void osft_lwip_init(struct osft_lwip *lwip, int (*random)(void *ctx, void *buffer, size_t len))
{
    osft_lwip_set_common(lwip, random);
    lwip->fd = -1;
    lwip->port.open = osft_lwip_open_connection;
    lwip->port.send = osft_lwip_send_bytes;
    lwip->port.recv = osft_lwip_recv_bytes;
    lwip->port.wait = osft_lwip_wait_for_events;
    lwip->port.awaits = osft_lwip_awaited_events;
    lwip->port.close = osft_lwip_close_connection;
}
#endif
