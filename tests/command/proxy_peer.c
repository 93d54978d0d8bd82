/* SPDX-License-Identifier: Apache-2.0 */
/* A proxy that does as it is told, for proxy.sh: it listens on loopback, prints where, and writes
 * each request that it is sent to standard error. Its arguments are one of these:
 *
 *     respond FILE [CUT]   the response is FILE, split behind CUT bytes; with a status of 200 it
 *                          is followed by the tunnel that was asked for, to this machine
 *     silent               no response
 *     endless              a header without end
 *     close                the end of the connection instead of a response
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char request[8192], response[8192];

/* Make a socket that listens on a port of loopback (0: a free one), or is connected to it. */
static int loopback_socket(unsigned long tcp_port, int connects)
{
    const int on = 1;
    struct sockaddr_in at;
    int fd = socket(AF_INET, SOCK_STREAM, 0), error;

    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons((uint16_t)tcp_port);
    error = connects ? connect(fd, (struct sockaddr *)&at, sizeof at)
                     : bind(fd, (struct sockaddr *)&at, sizeof at);
    if (fd < 0 || error != 0 || (!connects && listen(fd, 16) != 0)) {
        exit(1);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void read_request(int fd)
{
    size_t len = 0;
    ssize_t count;

    while (strstr(request, "\r\n\r\n") == NULL && len < sizeof request - 1 &&
           (count = read(fd, request + len, sizeof request - 1 - len)) > 0) {
        len += (size_t)count;
        request[len] = 0;
    }
    fprintf(stderr, "%s", request);
}

static void write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t count = write(fd, bytes, len);
        if (count <= 0) {
            exit(0);
        }
        bytes += count;
        len -= (size_t)count;
    }
}

/* Carry bytes in both directions until one side ends. */
static void open_tunnel(int client)
{
    const char *colon = strchr(request, ':');
    struct pollfd ends[2] = { { client, POLLIN, 0 }, { -1, POLLIN, 0 } };
    static char bytes[16384];
    ssize_t count = 1;

    ends[1].fd = loopback_socket(colon != NULL ? strtoul(colon + 1, NULL, 10) : 0, 1);
    while (count > 0 && poll(ends, 2, -1) > 0) {
        for (int i = 0; i < 2 && count > 0; i++) {
            if (ends[i].revents != 0) {
                count = read(ends[i].fd, bytes, sizeof bytes);
                write_all(ends[1 - i].fd, bytes, count > 0 ? (size_t)count : 0);
            }
        }
    }
}

static void respond(int fd, size_t cut)
{
    const struct timespec pause = { 0, 2000000 }; /* makes the response arrive in two pieces */
    size_t len = strlen(response);

    cut = cut < len ? cut : len;
    write_all(fd, response, cut);
    nanosleep(&pause, NULL);
    write_all(fd, response + cut, len - cut);
    if (strstr(response, " 200") != NULL) {
        open_tunnel(fd);
    }
}

static void serve(int fd, const char *mode, size_t cut)
{
    read_request(fd);
    if (strcmp(mode, "respond") == 0) {
        respond(fd, cut);
    } else if (strcmp(mode, "endless") == 0) {
        write_all(fd, "HTTP/1.1 200 OK\r\n", 17);
        for (;;) {
            write_all(fd, "X-More: and more\r\n", 18);
        }
    } else if (strcmp(mode, "silent") == 0) {
        while (read(fd, request, sizeof request) > 0) {
        }
    }
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    int listener = loopback_socket(0, 0), fd;

    if (argc > 2) {
        FILE *file = fopen(argv[2], "r");
        if (file == NULL || fread(response, 1, sizeof response - 1, file) == 0) {
            return 1;
        }
        fclose(file);
    }
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (getsockname(listener, (struct sockaddr *)&at, &size) != 0) {
        return 1;
    }
    printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(at.sin_port));
    fflush(stdout);
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        if (fork() == 0) {
            close(listener);
            serve(fd, mode, argc > 3 ? strtoul(argv[3], NULL, 10) : SIZE_MAX);
            _exit(0);
        }
        close(fd);
    }
    return 1;
}
