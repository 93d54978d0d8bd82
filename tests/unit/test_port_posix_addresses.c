/* SPDX-License-Identifier: Apache-2.0 */
/* The POSIX port when a name has several addresses, and when signals interrupt it. The resolver,
 * send, recv and poll are this file's own: the linker takes these before the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "osft_posix.h"

#define MAX 4

/* What the resolver answers: loopback addresses with TCP ports of their own. */
static struct sockaddr_storage address[MAX];
static struct addrinfo info[MAX];
static int answers, refuse_with, lists_out;
static char asked_port[8], asked_host[80];
static int asked_family;

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    assert_int_equal(hints->ai_socktype, SOCK_STREAM);
    assert_int_equal((hints->ai_flags & AI_NUMERICHOST) != 0, hints->ai_family == AF_INET6);
    asked_family = hints->ai_family;
    snprintf(asked_host, sizeof asked_host, "%s", host);
    snprintf(asked_port, sizeof asked_port, "%s", service);
    if (refuse_with != 0) {
        errno = ENOMEM;
        return refuse_with;
    }
    for (int i = 0; i < answers; i++) {
        info[i].ai_next = i + 1 < answers ? &info[i + 1] : NULL;
    }
    *out = info;
    lists_out++;
    return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    assert_ptr_equal(list, info);
    lists_out--;
}

static int interruptions;

static int interrupted(void)
{
    if (interruptions == 0) {
        return 0;
    }
    interruptions--;
    errno = EINTR;
    return 1;
}

static size_t asked_len; /* of the last send or recv, which move 100 bytes at most */

ssize_t send(int fd, const void *src, size_t len, int flags)
{
    (void)flags;
    asked_len = len;
    return interrupted() ? -1 : write(fd, src, len < 100 ? len : 100);
}

ssize_t recv(int fd, void *dst, size_t cap, int flags)
{
    (void)flags;
    asked_len = cap;
    return interrupted() ? -1 : read(fd, dst, cap < 100 ? cap : 100);
}

/* poll by select, to see how long it may sleep. */
static int longest_sleep;

int poll(struct pollfd *fds, nfds_t count, int ms)
{
    struct timeval limit = { ms / 1000, ms % 1000 * 1000 };
    fd_set in, out;

    assert_int_equal(count, 1);
    assert_true(ms >= 0 && fds->fd >= 0);
    longest_sleep = ms > longest_sleep ? ms : longest_sleep;
    FD_ZERO(&in);
    FD_ZERO(&out);
    if (fds->events & POLLIN) {
        FD_SET((unsigned)fds->fd, &in);
    }
    if (fds->events & POLLOUT) {
        FD_SET((unsigned)fds->fd, &out);
    }
    int r = select(fds->fd + 1, &in, &out, NULL, &limit);
    fds->revents = r > 0 ? fds->events : 0;
    return r;
}

static struct osft_posix net;
static int listeners[MAX], fillers[8], filler_count;

enum kind { ALIVE, REFUSING, SILENT, UNSUPPORTED };

static int loopback_socket(int family, struct sockaddr_storage *a, socklen_t *size)
{
    memset(a, 0, sizeof *a);
    if (family == AF_INET) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)a;
        v4->sin_family = AF_INET;
        v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        *size = sizeof *v4;
    } else {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)a;
        v6->sin6_family = AF_INET6;
        v6->sin6_addr = in6addr_loopback;
        *size = sizeof *v6;
    }
    int fd = socket(family, SOCK_STREAM, 0);
    if (family == AF_INET6 && (fd < 0 || bind(fd, (struct sockaddr *)a, *size) != 0)) {
        /* Some containers have no IPv6; the order of addresses can be tested all the same. */
        close(fd);
        return loopback_socket(AF_INET, a, size);
    }
    assert_true(fd >= 0);
    assert_true(family == AF_INET6 || bind(fd, (struct sockaddr *)a, *size) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)a, size), 0);
    return fd;
}

/* A full queue of connections that nobody accepts: the system leaves further ones unanswered. */
static void fill_queue(const struct sockaddr_storage *a, socklen_t size)
{
    for (int i = 0; i < 4; i++) {
        int fd = socket(a->ss_family, SOCK_STREAM, 0);
        assert_true(fd >= 0);
        assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
        (void)connect(fd, (const struct sockaddr *)a, size);
        fillers[filler_count++] = fd;
    }
}

static void add(int family, enum kind kind)
{
    int i = answers++;
    socklen_t size;
    listeners[i] = loopback_socket(family, &address[i], &size);
    if (kind == ALIVE || kind == SILENT) {
        assert_int_equal(listen(listeners[i], kind == SILENT ? 0 : 4), 0);
    }
    if (kind == SILENT) {
        fill_queue(&address[i], size);
    }
    memset(&info[i], 0, sizeof info[i]);
    info[i].ai_family = kind == UNSUPPORTED ? 12345 : address[i].ss_family;
    info[i].ai_socktype = SOCK_STREAM;
    info[i].ai_addr = (struct sockaddr *)&address[i];
    info[i].ai_addrlen = size;
}

static int begin(void **state)
{
    (void)state;
    osft_posix_init(&net);
    answers = refuse_with = lists_out = filler_count = interruptions = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    net.port.close(net.port.ctx);
    for (int i = 0; i < answers; i++) {
        close(listeners[i]);
    }
    for (int i = 0; i < filler_count; i++) {
        close(fillers[i]);
    }
    return lists_out; /* each list of addresses went back, and once */
}

static int open_it(void)
{
    for (int i = 0; i < 1000; i++) {
        int r = net.port.open(net.port.ctx, "service.example", 443);
        if (r != 0) {
            return r;
        }
        assert_true(net.port.wait(net.port.ctx, OSFT_WRITABLE, 10000) >= 0);
    }
    return 0;
}

static void assert_connected_to(int i)
{
    struct sockaddr_storage a;
    socklen_t size = sizeof a;
    assert_int_equal(open_it(), 1);
    assert_int_equal(lists_out, 0);
    memset(&a, 0, sizeof a);
    assert_int_equal(getpeername(osft_posix_fd(&net), (struct sockaddr *)&a, &size), 0);
    assert_int_equal(size, info[i].ai_addrlen);
    assert_memory_equal(&a, &address[i], size);
}

static void the_first_address_that_answers_is_taken(void **state)
{
    (void)state;
    add(AF_INET, ALIVE);
    add(AF_INET, ALIVE);
    assert_connected_to(0);
    assert_string_equal(asked_port, "443");
}

static void the_second_address_is_tried_when_the_first_refuses(void **state)
{
    (void)state;
    add(AF_INET6, REFUSING);
    add(AF_INET, ALIVE);
    assert_connected_to(1);
}

static void every_address_is_tried(void **state)
{
    (void)state;
    add(AF_INET, REFUSING);
    add(AF_INET, UNSUPPORTED);
    add(AF_INET6, REFUSING);
    add(AF_INET6, ALIVE);
    assert_connected_to(3);
}

static void when_all_refuse_the_connection_fails(void **state)
{
    (void)state;
    add(AF_INET6, REFUSING);
    add(AF_INET, REFUSING);
    assert_int_equal(open_it(), OSFT_E_IO);
    assert_int_equal(*net.port.code, ECONNREFUSED);
    assert_int_equal(lists_out, 0);
    assert_int_equal(osft_posix_fd(&net), -1);
    assert_int_equal(open_it(), OSFT_E_IO); /* a new attempt, from the first */
}

static void an_address_that_stays_silent_is_left_after_its_share(void **state)
{
    (void)state;
    add(AF_INET, SILENT);
    add(AF_INET, ALIVE);
    net.connect_ms = 50;
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    longest_sleep = 0;
    /* The owner of a loop is told so, too, whatever it waits for. */
    uint32_t ms = UINT32_MAX, less = 1;
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_READABLE, &ms), OSFT_WRITABLE);
    assert_in_range(ms, 0, 50);
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_READABLE, &less), OSFT_WRITABLE);
    assert_in_range(less, 0, 1); /* it is only lowered */
    assert_true(osft_posix_fd(&net) >= 0);
    /* Reading events are not what a connecting socket has. */
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_READABLE, UINT32_MAX), 0);
    assert_true(longest_sleep <= 50); /* although it might have been more */
    assert_connected_to(1);
}

static void a_time_that_is_over_is_no_long_one(void **state)
{
    uint32_t ms = UINT32_MAX;
    (void)state;
    add(AF_INET, SILENT);
    add(AF_INET, ALIVE);
    net.connect_ms = 1;
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    const struct timespec pause = { 0, 5000000 };
    assert_int_equal(nanosleep(&pause, NULL), 0);
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, 0);
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_WRITABLE, 10000), 0);
    net.connect_ms = UINT32_MAX;
    ms = UINT32_MAX;
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_true(ms > 3600000);
    net.connect_ms = 1;
    assert_connected_to(1);
}

static void brackets_are_taken_off_an_address_and_its_zone_is_kept(void **state)
{
    (void)state;
    refuse_with = EAI_NONAME;
    assert_int_equal(net.port.open(net.port.ctx, "[fe80::1%lo]", 443), OSFT_E_RESOLVE);
    assert_string_equal(asked_host, "fe80::1%lo");
    assert_int_equal(asked_family, AF_INET6);
    /* a name keeps its dot, which tells a resolver not to look in other domains */
    assert_int_equal(net.port.open(net.port.ctx, "a.example.", 443), OSFT_E_RESOLVE);
    assert_string_equal(asked_host, "a.example.");
    assert_int_equal(asked_family, AF_UNSPEC);
}

static void more_than_an_int_is_never_asked_for(void **state)
{
    static char bytes[200];
    (void)state;
    add(AF_INET, ALIVE);
    assert_connected_to(0);
    int peer = accept(listeners[0], NULL, NULL);
    assert_true(peer >= 0);
    assert_int_equal(net.port.send(net.port.ctx, bytes, SIZE_MAX), 100);
    assert_int_equal(asked_len, INT_MAX);
    assert_int_equal(write(peer, bytes, 100), 100);
    assert_true(net.port.wait(net.port.ctx, OSFT_READABLE, 10000) > 0);
    assert_int_equal(net.port.recv(net.port.ctx, bytes, SIZE_MAX), 100);
    assert_int_equal(asked_len, INT_MAX);
    close(peer);
}

static void the_last_address_may_take_all_the_time_there_is(void **state)
{
    (void)state;
    add(AF_INET, SILENT);
    net.connect_ms = 1;
    longest_sleep = 0;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
        assert_int_equal(net.port.wait(net.port.ctx, OSFT_WRITABLE, 5), 0);
    }
    assert_int_equal(longest_sleep, 5);
}

static void a_resolver_that_fails_is_told_with_its_number(void **state)
{
    (void)state;
    refuse_with = EAI_AGAIN;
    assert_int_equal(open_it(), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, EAI_AGAIN);
    refuse_with = EAI_SYSTEM;
    assert_int_equal(open_it(), OSFT_E_RESOLVE);
    assert_int_equal(*net.port.code, ENOMEM);
    refuse_with = 0;
    add(AF_INET, ALIVE);
    assert_connected_to(0);
}

static void an_empty_answer_of_the_resolver_is_no_connection(void **state)
{
    (void)state;
    add(AF_INET, UNSUPPORTED);
    assert_int_equal(open_it(), OSFT_E_IO);
    assert_int_not_equal(*net.port.code, 0);
}

static void tcp_ports_of_any_length_are_asked_for(void **state)
{
    static const uint16_t ports[] = { 0, 9, 80, 65535 };
    static const char *const texts[] = { "0", "9", "80", "65535" };
    (void)state;
    refuse_with = EAI_NONAME;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(net.port.open(net.port.ctx, "x", ports[i]), OSFT_E_RESOLVE);
        assert_string_equal(asked_port, texts[i]);
    }
}

static void signals_do_not_break_send_and_recv(void **state)
{
    char got[8] = { 0 };
    (void)state;
    add(AF_INET, ALIVE);
    assert_connected_to(0);
    int peer = accept(listeners[0], NULL, NULL);
    assert_true(peer >= 0);
    interruptions = 3;
    assert_int_equal(net.port.send(net.port.ctx, "abc", 3), 3);
    assert_int_equal(read(peer, got, sizeof got), 3);
    assert_int_equal(write(peer, "def", 3), 3);
    interruptions = 3;
    int r = 0;
    for (int i = 0; i < 100 && r == 0; i++) {
        assert_true(net.port.wait(net.port.ctx, OSFT_READABLE, 10000) >= 0);
        r = net.port.recv(net.port.ctx, got, sizeof got);
    }
    close(peer);
    assert_int_equal(r, 3);
    assert_string_equal(got, "def");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_address_that_answers_is_taken),
        TEST(the_second_address_is_tried_when_the_first_refuses),
        TEST(every_address_is_tried),
        TEST(when_all_refuse_the_connection_fails),
        TEST(an_address_that_stays_silent_is_left_after_its_share),
        TEST(a_time_that_is_over_is_no_long_one),
        TEST(brackets_are_taken_off_an_address_and_its_zone_is_kept),
        TEST(more_than_an_int_is_never_asked_for),
        TEST(the_last_address_may_take_all_the_time_there_is),
        TEST(a_resolver_that_fails_is_told_with_its_number),
        TEST(an_empty_answer_of_the_resolver_is_no_connection),
        TEST(tcp_ports_of_any_length_are_asked_for),
        TEST(signals_do_not_break_send_and_recv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
