/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNS_MAX 256
#define DRAIN_MS  2000
#define DEAF_MS   60000 /* how long the client has to read the refusal */
#define PIECE     4096  /* bytes received at a time */

enum state { GREET, READ, WAIT, WRITE, STALL, DRAIN, DEAF };

struct conn {
    struct ep_link link;
    enum state state;
    struct ep_text in;
    struct ep_exchange x;
    size_t sent, limit;
    int64_t wake_ms; /* WAIT, DRAIN, DEAF: when this state ends, by the monotonic clock */
};

struct server {
    struct ep_service *service;
    struct ep_tls *tls;
    int listener, stop_fd;
    struct conn *conns[CONNS_MAX];
    size_t count;
    uint64_t accepted;
    struct pollfd fds[CONNS_MAX + 2];
};

static int64_t clock_ms(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int make_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -1 : 0;
}

int ep_listen(const char *address, int *port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a;
    socklen_t len = sizeof(a.v4);
    int fd, yes = 1;

    memset(&a, 0, sizeof(a));
    if (inet_pton(AF_INET6, address, &a.v6.sin6_addr) == 1) {
        a.v6.sin6_family = AF_INET6;
        a.v6.sin6_port = htons((uint16_t)*port);
        len = sizeof(a.v6);
    } else {
        a.v4.sin_family = AF_INET;
        a.v4.sin_port = htons((uint16_t)*port);
        inet_pton(AF_INET, address, &a.v4.sin_addr);
    }
    fd = socket(a.any.sa_family, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(fd, &a.any, len) || listen(fd, 128) || getsockname(fd, &a.any, &len) ||
        make_nonblocking(fd)) {
        int cause = errno;

        close(fd);
        errno = cause;
        return -1;
    }
    *port = ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
    return fd;
}

/* Begin to send the response, with the faults of its plan. */
static void begin_response(struct conn *c)
{
    const struct ep_plan *plan = &c->x.plan;

    c->sent = 0;
    c->limit = c->x.out.len;
    if (ep_planned(plan, EP_CUT) && (uint64_t)plan->arg[EP_CUT] < c->limit)
        c->limit = (size_t)plan->arg[EP_CUT];
    c->state = WRITE;
    if (ep_planned(plan, EP_DELAY)) {
        c->state = WAIT;
        c->wake_ms = clock_ms(CLOCK_MONOTONIC) + plan->arg[EP_DELAY];
    }
    if (ep_planned(plan, EP_STALL))
        c->state = STALL;
}

static void begin_close(struct conn *c)
{
    ep_link_bye(&c->link);
    c->state = ep_planned(&c->x.plan, EP_EARLY) ? DEAF : DRAIN;
    c->wake_ms = clock_ms(CLOCK_MONOTONIC) + (c->state == DEAF ? DEAF_MS : DRAIN_MS);
}

/* The functions below go on with a connection. They return 1 when there may be more to do, 0 when
 * the connection must wait, and -1 when it ends. */
static int read_request(struct server *s, struct conn *c)
{
    struct ep_request request;
    long len = ep_parse(ep_span_of(&c->in), &request);
    int n;

    if (len > 0) {
        ep_service_answer(s->service, &request, clock_ms(CLOCK_REALTIME), ep_link_name(&c->link),
                          &c->x);
        ep_drop(&c->in, (size_t)len);
        begin_response(c);
        return 1;
    }
    if (len < 0) {
        ep_service_reject(s->service, (int)-len, clock_ms(CLOCK_REALTIME), ep_link_name(&c->link),
                          &c->x);
        begin_response(c);
        return 1;
    }
    if (c->in.len && ep_fault_is_next(&s->service->faults, EP_EARLY)) {
        ep_service_answer(s->service, NULL, clock_ms(CLOCK_REALTIME), ep_link_name(&c->link),
                          &c->x);
        begin_response(c);
        return 1;
    }
    ep_reserve(&c->in, PIECE);
    n = ep_link_recv(&c->link, c->in.mem + c->in.len, PIECE);
    if (n > 0)
        c->in.len += (size_t)n;
    return n > 0 ? 1 : n;
}

static int write_response(struct conn *c)
{
    const struct ep_plan *plan = &c->x.plan;
    size_t len = c->limit - c->sent;
    int n;

    if (len == 0) {
        if (ep_planned(plan, EP_CUT) || ep_planned(plan, EP_DROP))
            return -1;
        if (!c->x.keep || ep_planned(plan, EP_CLOSE_IDLE))
            begin_close(c);
        else
            c->state = READ;
        return 1;
    }
    if (ep_planned(plan, EP_SPLIT) && (uint64_t)plan->arg[EP_SPLIT] < len)
        len = (size_t)plan->arg[EP_SPLIT];
    n = ep_link_send(&c->link, c->x.out.mem + c->sent, len);
    if (n <= 0)
        return n;
    c->sent += (size_t)n;
    return 1;
}

static int discard_input(struct conn *c)
{
    int n;

    ep_reserve(&c->in, PIECE);
    n = ep_link_recv(&c->link, c->in.mem + c->in.len, PIECE);
    return n > 0 ? 1 : n;
}

static int step_connection(struct server *s, struct conn *c)
{
    int n;

    switch (c->state) {
    case GREET:
        n = ep_link_greet(&c->link);
        c->state = n > 0 ? READ : GREET;
        return n;
    case READ: return read_request(s, c);
    case WAIT:
        if (clock_ms(CLOCK_MONOTONIC) < c->wake_ms)
            return 0;
        c->state = WRITE;
        return 1;
    case WRITE: return write_response(c);
    case STALL: return discard_input(c);
    case DEAF: return clock_ms(CLOCK_MONOTONIC) < c->wake_ms ? 0 : -1;
    default: return clock_ms(CLOCK_MONOTONIC) < c->wake_ms ? discard_input(c) : -1;
    }
}

/* Go on with a connection by a limited number of steps, so that a busy connection does not block
 * the others. */
static int advance_connection(struct server *s, struct conn *c)
{
    int left = 64, n = 1;

    while (n > 0 && left-- > 0)
        n = step_connection(s, c);
    if (n > 0)
        c->link.wants = POLLIN | POLLOUT; /* so that poll() returns at once */
    return n < 0 ? -1 : 0;
}

static void accept_connection(struct server *s)
{
    int fd = accept(s->listener, NULL, NULL), yes = 1;
    struct conn *c;

    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    c = make_nonblocking(fd) ? NULL : calloc(1, sizeof(*c));
    if (!c) {
        close(fd);
        return;
    }
    if (ep_link_open(&c->link, fd, s->tls)) {
        free(c);
        return;
    }
    c->x.conn = ++s->accepted;
    s->conns[s->count++] = c;
}

static void remove_connection(struct server *s, size_t i)
{
    struct conn *c = s->conns[i];

    ep_link_close(&c->link);
    ep_free(&c->in);
    ep_free(&c->x.out);
    free(c);
    s->conns[i] = s->conns[--s->count];
}

/* Return how long poll() may sleep: until the earliest time that a connection waits for. */
static int get_timeout_ms(const struct server *s)
{
    int64_t least = -1;
    size_t i;

    for (i = 0; i < s->count; i++) {
        const struct conn *c = s->conns[i];
        int64_t left = c->wake_ms - clock_ms(CLOCK_MONOTONIC);

        if (c->state != WAIT && c->state != DRAIN && c->state != DEAF)
            continue;
        if (left < 0)
            left = 0;
        if (least < 0 || left < least)
            least = left;
    }
    return (int)least; /* a delay is an hour at most */
}

static void fill_descriptors(struct server *s)
{
    struct pollfd *fds = s->fds;
    size_t i;

    fds[0].fd = s->stop_fd;
    fds[0].events = POLLIN;
    fds[1].fd = s->count < CONNS_MAX ? s->listener : -1;
    fds[1].events = POLLIN;
    for (i = 0; i < s->count; i++) {
        fds[i + 2].fd = s->conns[i]->link.fd;
        fds[i + 2].events =
            s->conns[i]->state == WAIT || s->conns[i]->state == DEAF ? 0 : s->conns[i]->link.wants;
    }
}

/* Go on with the i-th connection if there is something to do. Returns -1 when the connection
 * ends. */
static int advance_ready(struct server *s, size_t i)
{
    struct conn *c = s->conns[i];
    short seen = s->fds[i + 2].revents;

    if ((c->state == WAIT && (seen & (POLLERR | POLLNVAL))) || (c->state == DEAF && seen))
        return -1; /* the client has closed the connection */
    return seen || c->state == WAIT || c->state == DRAIN || c->state == DEAF
               ? advance_connection(s, c)
               : 0;
}

static int run(struct server *s)
{
    size_t i;

    for (;;) {
        fill_descriptors(s);
        if (poll(s->fds, (nfds_t)s->count + 2, get_timeout_ms(s)) < 0) {
            if (errno != EINTR)
                return -1;
            continue;
        }
        if (s->fds[0].revents)
            return 0;
        for (i = s->count; i-- > 0;) /* backwards, as the last takes the place of a removed one */
            if (advance_ready(s, i))
                remove_connection(s, i);
        if (s->fds[1].revents)
            accept_connection(s);
    }
}

int ep_serve(struct ep_service *service, struct ep_tls *tls, int listener, int stop_fd)
{
    struct server *s = calloc(1, sizeof(*s));
    int err, cause;

    if (!s)
        return -1;
    s->service = service;
    s->tls = tls;
    s->listener = listener;
    s->stop_fd = stop_fd;
    err = run(s);
    cause = errno;
    while (s->count)
        remove_connection(s, s->count - 1);
    free(s);
    errno = cause;
    return err;
}
