/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a listening TCP socket, and advises what to do when that fails. */
#include "listen.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 16

/* Parse a numeric address. Returns NULL when the text is not one. */
static struct addrinfo *read_address(const char *address, uint16_t port)
{
    struct addrinfo hints, *found = NULL;
    char service[8];

    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    (void)snprintf(service, sizeof(service), "%u", (unsigned)port);
    return getaddrinfo(address, service, &hints, &found) == 0 ? found : NULL;
}

int is_numeric_address(const char *address)
{
    struct addrinfo *found = read_address(address, 0);

    if (found == NULL) {
        return 0;
    }
    freeaddrinfo(found);
    return 1;
}

static int is_loopback(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    }
    memcpy(&v6, address, sizeof(v6));
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

int is_loopback_address(const char *address)
{
    struct addrinfo *found = read_address(address, 0);
    int result = found != NULL && is_loopback(found->ai_addr);

    if (found != NULL) {
        freeaddrinfo(found);
    }
    return result;
}

static int set_listen_problem(struct listen_problem *problem, const char *address, unsigned port,
                              int error)
{
    problem->key = "port";
    switch (error) {
    case EADDRINUSE: problem->advice = "another port, or stop the program that uses it"; break;
    case EACCES: problem->advice = "a port from 1024 on: those below need a privilege"; break;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        problem->key = "address";
        problem->advice = "an address that this machine has, such as 127.0.0.1";
        break;
    default: problem->advice = "another address or port"; break;
    }
    (void)snprintf(problem->what, sizeof(problem->what), "cannot listen at %.64s, port %u: %s",
                   address, port, strerror(error));
    return -1;
}

static int set_non_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
                   fcntl(fd, F_SETFD, FD_CLOEXEC) != 0
               ? -1
               : 0;
}

/* Open a listening socket. Returns its descriptor, or -1 with errno. */
static int bind_socket(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM, 0), on = 1, error;

    if (fd < 0) {
        return -1;
    }
    /* With SO_REUSEADDR the port can be used again at once after a reporter has ended. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        set_non_blocking(fd) != 0 || bind(fd, address->ai_addr, address->ai_addrlen) != 0 ||
        listen(fd, BACKLOG) != 0) {
        error = errno;
        (void)close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static void write_url(int fd, char url[URL_SIZE])
{
    struct sockaddr_storage bound;
    socklen_t len = sizeof(bound);
    char host[INET6_ADDRSTRLEN + 16] = "?", service[8] = "?";

    if (getsockname(fd, (struct sockaddr *)&bound, &len) == 0) {
        (void)getnameinfo((struct sockaddr *)&bound, len, host, sizeof(host), service,
                          sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV);
    }
    (void)snprintf(url, URL_SIZE, bound.ss_family == AF_INET6 ? "http://[%s]:%s/" : "http://%s:%s/",
                   host, service);
}

int open_listener(const char *address, uint16_t port, char url[URL_SIZE],
                  struct listen_problem *problem)
{
    struct addrinfo *found = read_address(address, port);
    int fd, error;

    if (found == NULL) {
        return set_listen_problem(problem, address, port, EADDRNOTAVAIL);
    }
    fd = bind_socket(found);
    error = errno;
    freeaddrinfo(found);
    if (fd < 0) {
        return set_listen_problem(problem, address, port, error);
    }
    write_url(fd, url);
    return fd;
}
