/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"
#include "list_client.h"
#include "name_server.h"

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

static void require(int is_good, const char *what)
{
    if (!is_good) {
        fprintf(stderr, "service: %s failed\n", what);
        abort();
    }
}

static void start_thread(void *(*run)(void *), void *arg)
{
    pthread_t id;
    require(pthread_create(&id, NULL, run, arg) == 0 && pthread_detach(id) == 0, "thread");
}

/* Send a text in pieces. Returns 1 when all was sent. */
static int send_all(int fd, const char *text, size_t len, size_t piece)
{
    while (len > 0) {
        ssize_t count = lwip_send(fd, text, len < piece ? len : piece, 0);
        if (count <= 0) {
            return 0;
        }
        text += count;
        len -= (size_t)count;
        if (piece < 100) {
            sys_msleep(1);
        }
    }
    return 1;
}

/* Receive a request. Returns 0 when there is none. */
static int receive_request(int fd)
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

/* Receive all bytes, then send them back. To send back each piece at once could close both windows,
 * and then the two ends answer ACK with ACK for ever over lwIP's loopback. */
static void echo(int fd)
{
    char *bytes = malloc(ECHO_SIZE);
    size_t len = 0;
    ssize_t count = 1;

    require(bytes != NULL, "malloc");
    sys_sem_wait(&may_echo);
    while (len < ECHO_SIZE && count > 0) {
        count = lwip_recv(fd, bytes + len, ECHO_SIZE - len, 0);
        len += count > 0 ? (size_t)count : 0;
    }
    (void)send_all(fd, bytes, len, len);
    free(bytes);
}

static void respond(int fd, int port)
{
    const struct linger reset = { 1, 0 };
    size_t piece = port == TRICKLES ? 60 : 100000;
    static int refused; /* requests that were refused; only one client uses this port */

    while (receive_request(fd)) {
        const char *text = port == REFUSES && refused++ == 0 ? date_refusal() : task_response();
        size_t len = strlen(text);
        if (port == CUTS || port == RESETS) {
            len /= 2;
        }
        if (!send_all(fd, text, len, piece) || port == CLOSES || port == CUTS) {
            return;
        }
        if (port == RESETS) {
            sys_msleep(20); /* without a pause, the reset discards what was sent */
            require(lwip_setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0,
                    "linger");
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
        respond(c->fd, c->port);
    }
    lwip_close(c->fd);
    free(c);
    return NULL;
}

static void *accept_connections(void *arg)
{
    struct connection *listener = arg;
    int fd;

    while ((fd = lwip_accept(listener->fd, NULL, NULL)) >= 0) {
        struct connection *c = malloc(sizeof *c);
        require(c != NULL, "malloc");
        c->fd = fd;
        c->port = listener->port;
        start_thread(serve, c);
    }
    return NULL;
}

/* Make a socket that takes connections or packets to this port, over IPv4 and IPv6. */
static int make_socket(int type, uint16_t port)
{
    struct sockaddr_in6 address;
    int fd = lwip_socket(AF_INET6, type, 0);

    memset(&address, 0, sizeof address);
    address.sin6_len = sizeof address;
    address.sin6_family = AF_INET6;
    address.sin6_port = lwip_htons(port);
    require(fd >= 0 && lwip_bind(fd, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    return fd;
}

static void *run_name_server(void *arg)
{
    static const uint8_t service[4] = { 127, 0, 0, 1 }, other[4] = { 10, 0, 0, 9 };
    uint8_t message[512];
    struct sockaddr_storage from;
    int fd = *(int *)arg;

    for (;;) {
        socklen_t size = sizeof from;
        ssize_t count =
            lwip_recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&from, &size);
        size_t len =
            count > 0 ? answer_query(message, (size_t)count, sizeof message, service, other) : 0;
        if (len > 0) {
            (void)lwip_sendto(fd, message, len, 0, (struct sockaddr *)&from, size);
        }
    }
    return NULL;
}

static err_t lose_packet(struct netif *netif, struct pbuf *packet, const ip4_addr_t *to)
{
    (void)netif, (void)packet, (void)to;
    return ERR_OK;
}

static err_t netif_up(struct netif *netif)
{
    netif->name[0] = 'n';
    netif->name[1] = 'o';
    netif->mtu = 1500;
    netif->output = lose_packet;
    return ERR_OK;
}

/* Set up the name server, and 10.0.0.0, a network where no host responds. Called in lwIP's thread.
 */
static void on_started(void *arg)
{
    static struct netif silent;
    ip4_addr_t addr, mask, gateway;
    ip_addr_t server;

    IP4_ADDR(&addr, 10, 0, 0, 1);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 0, 0, 0, 0);
    require(netif_add(&silent, &addr, &mask, &gateway, NULL, netif_up, tcpip_input) != NULL,
            "netif");
    netif_set_up(&silent);
    netif_set_link_up(&silent);
    require(ipaddr_aton("127.0.0.1", &server), "address");
    dns_setserver(0, &server);
    sys_sem_signal(arg);
}

void service_start(void)
{
    static struct connection listeners[SERVICE_END - RESPONDS];
    static int name_server;
    sys_sem_t started;
    int i;

    require(sys_sem_new(&started, 0) == ERR_OK, "semaphore");
    tcpip_init(on_started, &started);
    sys_sem_wait(&started);
    sys_sem_free(&started);
    require(sys_sem_new(&may_echo, 0) == ERR_OK, "semaphore");
    /* each text is made at its first call: here, before there are threads */
    (void)task_response(), (void)date_refusal();
    name_server = make_socket(SOCK_DGRAM, 53);
    start_thread(run_name_server, &name_server);
    for (i = 0; i < SERVICE_END - RESPONDS; i++) {
        listeners[i].port = RESPONDS + i;
        listeners[i].fd = make_socket(SOCK_STREAM, (uint16_t)listeners[i].port);
        require(lwip_listen(listeners[i].fd, 16) == 0, "listen");
        start_thread(accept_connections, &listeners[i]);
    }
}

void service_echo(void)
{
    sys_sem_signal(&may_echo);
}
