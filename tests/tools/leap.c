/* SPDX-License-Identifier: Apache-2.0 */
/* A library for LD_PRELOAD that makes a program's waits short: when the program would only sleep in
 * poll(), its clocks leap ahead to the end of the sleep. While the program waits for another
 * process, its clocks run as those of the machine do, so a slow machine causes no time-outs.
 *   OSFT_LEAP_CLOCK  a file of 8 bytes, which holds by how many ms the clocks are ahead. All
 *                    programs with the same file have the same time.
 *   OSFT_LEAP_UNTIL  a text file, which holds the time up to which the clocks may leap, in ms since
 *                    1970. poll() reads the file before each leap, and sleeps for real when that
 *                    time has come. A program without this variable never makes the clocks leap.
 *                    The variable is not passed on to child processes.
 *   OSFT_LEAP_BROKER the port of an MQTT broker. The program counts as waiting for the broker only
 *                    while a packet has no acknowledgement. It counts as waiting for any other
 *                    server whenever it passes the server's socket to poll(). */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef RTLD_NEXT /* _GNU_SOURCE would define RTLD_NEXT, but gives connect() another type */
#define RTLD_NEXT ((void *)-1L)
#endif

#define DESCRIPTORS 1024
#define SLICE_MS    50 /* real sleeps have parts of this length; each reads OSFT_LEAP_UNTIL */

static volatile int64_t *ahead_ms;
static const char *until_path; /* NULL: this program never leaps */
static int broker_port;

/* One direction of a connection with the broker. */
struct stream {
    size_t skip;             /* bytes of the current packet that have not passed yet */
    unsigned shift;          /* bits by which the next byte of the packet's length is shifted */
    unsigned char in_length; /* 1: the next byte belongs to the packet's length */
};
static struct link {
    int is_broker;
    int unanswered; /* packets that the broker has not acknowledged */
    struct stream sent, received;
} links[DESCRIPTORS];

static int (*real_connect)(int fd, const struct sockaddr *to, socklen_t size);
static int (*real_clock_gettime)(clockid_t clock, struct timespec *t);
static int (*real_poll)(struct pollfd *descriptors, nfds_t count, int timeout_ms);
static ssize_t (*real_read)(int fd, void *buffer, size_t size);
static ssize_t (*real_write)(int fd, const void *buffer, size_t size);

/* Set a pointer to the real function of that name. */
static void find_function(void *pointer, const char *name)
{
    *(void **)pointer = dlsym(RTLD_NEXT, name);
    if (*(void **)pointer == NULL) {
        abort();
    }
}

/* Find the real functions that this library replaces, and map the file of the clock. This happens
 * before main(), or at the first call of one of these functions, if that is earlier. */
__attribute__((constructor)) static void init_library(void)
{
    const char *path = getenv("OSFT_LEAP_CLOCK"), *port = getenv("OSFT_LEAP_BROKER");
    void *mapped;
    int fd;

    if (ahead_ms != NULL) {
        return;
    }
    find_function(&real_clock_gettime, "clock_gettime");
    find_function(&real_connect, "connect");
    find_function(&real_poll, "poll");
    find_function(&real_read, "read");
    find_function(&real_write, "write");
    fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    mapped = mmap(NULL, sizeof(*ahead_ms), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) {
        abort();
    }
    close(fd);
    ahead_ms = mapped;
    broker_port = port != NULL ? atoi(port) : 0;
}

/* ---- the clocks ---- */

int clock_gettime(clockid_t clock, struct timespec *t)
{
    int result;

    init_library();
    result = real_clock_gettime(clock, t);
    if (result == 0 && clock != CLOCK_PROCESS_CPUTIME_ID && clock != CLOCK_THREAD_CPUTIME_ID) {
        int64_t ms = *ahead_ms, ns = t->tv_nsec + ms % 1000 * 1000000;

        t->tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
        t->tv_nsec = (long)(ns % 1000000000);
    }
    return result;
}

time_t time(time_t *to)
{
    struct timespec t = { 0, 0 };

    (void)clock_gettime(CLOCK_REALTIME, &t);
    if (to != NULL) {
        *to = t.tv_sec;
    }
    return t.tv_sec;
}

int gettimeofday(struct timeval *restrict to, void *restrict zone)
{
    struct timespec t = { 0, 0 };

    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    to->tv_sec = t.tv_sec;
    to->tv_usec = t.tv_nsec / 1000;
    return 0;
}

/* ---- the broker ---- */

/* Return by how much a packet changes the number of packets without an acknowledgement. Its first
 * byte has its type and, for PUBLISH, the QoS. */
static int count_packet(unsigned first)
{
    static const signed char changes[16] = { 0, 1, -1, 0, -1, 0, 0, 0, 1, -1, 1, -1, 1, -1, 0, 0 };

    return first >> 4 == 3 ? (first & 6) != 0 : changes[first >> 4];
}

/* Find the packets in bytes of a stream. A packet has a first byte, a length that is stored in the
 * low 7 bits of one or more bytes, and that many further bytes. Returns the sum of count_packet()
 * of the packets that begin in these bytes. */
static int follow_stream(struct stream *stream, const unsigned char *bytes, size_t size)
{
    int change = 0;
    size_t i;

    for (i = 0; i < size; i++) {
        if (stream->in_length) {
            stream->skip |= (size_t)(bytes[i] & 127) << stream->shift;
            stream->shift += 7;
            stream->in_length = bytes[i] > 127;
        } else if (stream->skip > 0) {
            stream->skip--;
        } else {
            change += count_packet(bytes[i]);
            stream->in_length = 1;
            stream->shift = 0;
        }
    }
    return change;
}

/* Return the link of a descriptor; NULL when the descriptor is no connection with the broker. */
static struct link *find_broker_link(int fd)
{
    return fd >= 0 && fd < DESCRIPTORS && links[fd].is_broker ? &links[fd] : NULL;
}

int connect(int fd, const struct sockaddr *to, socklen_t size)
{
    init_library();
    if (fd >= 0 && fd < DESCRIPTORS) {
        memset(&links[fd], 0, sizeof(links[fd]));
        links[fd].is_broker =
            to->sa_family == AF_INET && size >= sizeof(struct sockaddr_in) &&
            ntohs(((const struct sockaddr_in *)(const void *)to)->sin_port) == broker_port;
    }
    return real_connect(fd, to, size);
}

ssize_t read(int fd, void *buffer, size_t size)
{
    struct link *link = find_broker_link(fd);
    ssize_t n;

    init_library();
    n = real_read(fd, buffer, size);
    if (link != NULL && n > 0) {
        link->unanswered += follow_stream(&link->received, buffer, (size_t)n);
    }
    return n;
}

ssize_t write(int fd, const void *buffer, size_t size)
{
    struct link *link = find_broker_link(fd);
    ssize_t n;

    init_library();
    n = real_write(fd, buffer, size);
    if (link != NULL && n > 0) {
        link->unanswered += follow_stream(&link->sent, buffer, (size_t)n);
    }
    return n;
}

/* Whether a descriptor is a connection with the broker on which the program has nothing to send,
 * and waits for no acknowledgement. */
static int is_quiet(const struct pollfd *descriptor)
{
    const struct link *link = find_broker_link(descriptor->fd);

    return link != NULL && link->unanswered == 0 && (descriptor->events & POLLOUT) == 0;
}

/* ---- poll ---- */

/* Whether the program waits for one of its child processes, or for the peer of a socket. */
static int is_waiting(const struct pollfd *descriptors, nfds_t count)
{
    siginfo_t child;
    nfds_t i;

    if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0) {
        return 1;
    }
    for (i = 0; i < count; i++) {
        int is_listening = 0;
        socklen_t size = sizeof(is_listening);

        if (getsockopt(descriptors[i].fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) == 0 &&
            !is_listening && !is_quiet(&descriptors[i])) {
            return 1;
        }
    }
    return 0;
}

/* Whether this program may make the clocks leap. The first call removes OSFT_LEAP_UNTIL from the
 * environment, so that child processes do not make them leap. */
static int may_leap(void)
{
    static char path[4096];
    const char *value = getenv("OSFT_LEAP_UNTIL");

    if (value != NULL) {
        (void)snprintf(path, sizeof(path), "%s", value);
        (void)unsetenv("OSFT_LEAP_UNTIL");
        until_path = path;
    }
    return until_path != NULL;
}

/* Return by how many ms the clocks may leap now. */
static int64_t get_room_ms(void)
{
    struct timespec now = { 0, 0 };
    char text[32];
    int fd = open(until_path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? real_read(fd, text, sizeof(text) - 1) : 0;

    if (fd >= 0) {
        (void)close(fd);
    }
    text[n > 0 ? n : 0] = 0;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return strtoll(text, NULL, 10) - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

int poll(struct pollfd *descriptors, nfds_t count, int timeout_ms)
{
    init_library();
    if (!may_leap()) {
        return real_poll(descriptors, count, timeout_ms);
    }
    for (;;) {
        int ready = real_poll(descriptors, count, 0);
        int64_t room_ms, ms;

        if (ready != 0 || timeout_ms == 0) {
            return ready;
        }
        if (is_waiting(descriptors, count)) {
            return real_poll(descriptors, count, timeout_ms);
        }
        room_ms = get_room_ms();
        ms = room_ms > 0 ? room_ms : SLICE_MS;
        ms = timeout_ms > 0 && timeout_ms < ms ? timeout_ms : ms;
        if (room_ms > 0) {
            *ahead_ms += ms;
        } else if ((ready = real_poll(descriptors, count, (int)ms)) != 0) {
            return ready;
        }
        timeout_ms -= timeout_ms > 0 ? (int)ms : 0;
    }
}

/* ---- functions that a compiler with _FORTIFY_SOURCE calls instead of poll() and read() ---- */

int __poll_chk(struct pollfd *descriptors, nfds_t count, int timeout_ms, size_t size)
{
    if (size / sizeof(*descriptors) < count) {
        abort();
    }
    return poll(descriptors, count, timeout_ms);
}

ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
    if (room < size) {
        abort();
    }
    return read(fd, buffer, size);
}
