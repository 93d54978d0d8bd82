/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"
#include "caller.h"
#include "names.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lwip/dns.h"
#include "lwip/netif.h"
#include "lwip/sockets.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"

struct connection {
    int fd, port;
};

static sys_sem_t may_echo;

static void need(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "service: %s failed\n", what);
        abort();
    }
}

static void thread(void *(*run)(void *), void *arg)
{
    pthread_t id;
    need(pthread_create(&id, NULL, run, arg) == 0 && pthread_detach(id) == 0, "thread");
}

/* Whether all of it went out. */
static int say(int fd, const char *text, size_t len, size_t piece)
{
    while (len > 0) {
        ssize_t n = lwip_send(fd, text, len < piece ? len : piece, 0);
        if (n <= 0) {
            return 0;
        }
        text += n;
        len -= (size_t)n;
        if (piece < 100) {
            sys_msleep(1);
        }
    }
    return 1;
}

/* Reads one request's head. 0: there is none. */
static int hear(int fd)
{
    char tail[4] = { 0 };
    while (memcmp(tail, "\r\n\r\n", 4) != 0) {
        memmove(tail, tail + 1, 3);
        if (lwip_recv(fd, tail + 3, 1, 0) != 1) {
            return 0;
        }
    }
    return 1;
}

/* Not as it comes: with both windows closed, two ends over lwIP's loop answer ACK with ACK for
 * ever. */
static void echo(int fd)
{
    char *all = malloc(SERVICE_ECHO);
    size_t got = 0;
    ssize_t n = 1;

    need(all != NULL, "malloc");
    sys_sem_wait(&may_echo);
    while (got < SERVICE_ECHO && n > 0) {
        n = lwip_recv(fd, all + got, SERVICE_ECHO - got, 0);
        got += n > 0 ? (size_t)n : 0;
    }
    (void)say(fd, all, got, got);
    free(all);
}

static void play(int fd, int port)
{
    const struct linger none = { 1, 0 };
    size_t piece = port == DRIBBLES ? 60 : 100000;
    static int refused; /* by whichever connection; only one client comes here */

    while (hear(fd)) {
        const char *text = port == REFUSES && refused++ == 0 ? caller_refusal() : caller_answer();
        size_t len = strlen(text);
        if (port == CUTS || port == RESETS) {
            len /= 2;
        }
        if (!say(fd, text, len, piece) || port == CLOSES || port == CUTS) {
            return;
        }
        if (port == RESETS) {
            sys_msleep(20); /* else it takes back what was said, too */
            need(lwip_setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none) == 0, "linger");
            return;
        }
    }
}

static void *serve(void *arg)
{
    struct connection *c = arg;
    if (c->port == ECHOES) {
        echo(c->fd);
    } else {
        play(c->fd, c->port);
    }
    lwip_close(c->fd);
    free(c);
    return NULL;
}

static void *accept_all(void *arg)
{
    struct connection *listener = arg;
    int fd;

    while ((fd = lwip_accept(listener->fd, NULL, NULL)) >= 0) {
        struct connection *c = malloc(sizeof *c);
        need(c != NULL, "malloc");
        c->fd = fd;
        c->port = listener->port;
        thread(serve, c);
    }
    return NULL;
}

/* From IPv4 and IPv6. */
static int bound(int type, uint16_t port)
{
    struct sockaddr_in6 at;
    int fd = lwip_socket(AF_INET6, type, 0);

    memset(&at, 0, sizeof at);
    at.sin6_len = sizeof at;
    at.sin6_family = AF_INET6;
    at.sin6_port = lwip_htons(port);
    need(fd >= 0 && lwip_bind(fd, (struct sockaddr *)&at, sizeof at) == 0, "bind");
    return fd;
}

static void *answer_names(void *arg)
{
    static const uint8_t service[4] = { 127, 0, 0, 1 }, other[4] = { 10, 0, 0, 9 };
    uint8_t message[512];
    struct sockaddr_storage from;
    int fd = *(int *)arg;

    for (;;) {
        socklen_t size = sizeof from;
        ssize_t n = lwip_recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&from, &size);
        size_t len = n > 0 ? names_answer(message, (size_t)n, sizeof message, service, other) : 0;
        if (len > 0) {
            (void)lwip_sendto(fd, message, len, 0, (struct sockaddr *)&from, size);
        }
    }
    return NULL;
}

static err_t swallow(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
    (void)netif, (void)p, (void)to;
    return ERR_OK;
}

static err_t netif_up(struct netif *netif)
{
    netif->name[0] = 'n';
    netif->name[1] = 'o';
    netif->mtu = 1500;
    netif->output = swallow;
    return ERR_OK;
}

/* In lwIP's thread: a network where nobody answers, 10.0.0.0, and the name server's address. */
static void on_started(void *arg)
{
    static struct netif silent;
    ip4_addr_t addr, mask, gateway;
    ip_addr_t server;

    IP4_ADDR(&addr, 10, 0, 0, 1);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 0, 0, 0, 0);
    need(netif_add(&silent, &addr, &mask, &gateway, NULL, netif_up, tcpip_input) != NULL, "netif");
    netif_set_up(&silent);
    netif_set_link_up(&silent);
    need(ipaddr_aton("127.0.0.1", &server), "address");
    dns_setserver(0, &server);
    sys_sem_signal(arg);
}

void service_start(void)
{
    static struct connection listeners[SERVICE_END - ANSWERS];
    static int names;
    sys_sem_t started;
    int i;

    need(sys_sem_new(&started, 0) == ERR_OK, "semaphore");
    tcpip_init(on_started, &started);
    sys_sem_wait(&started);
    sys_sem_free(&started);
    need(sys_sem_new(&may_echo, 0) == ERR_OK, "semaphore");
    (void)caller_answer(), (void)caller_refusal(); /* made before there are threads */
    names = bound(SOCK_DGRAM, 53);
    thread(answer_names, &names);
    for (i = 0; i < SERVICE_END - ANSWERS; i++) {
        listeners[i].port = ANSWERS + i;
        listeners[i].fd = bound(SOCK_STREAM, (uint16_t)listeners[i].port);
        need(lwip_listen(listeners[i].fd, 16) == 0, "listen");
        thread(accept_all, &listeners[i]);
    }
}

void service_echo(void)
{
    sys_sem_signal(&may_echo);
}
