/* SPDX-License-Identifier: Apache-2.0 */
/* The POSIX port with names of several addresses, and with signals. The resolver, send, recv, poll
 * and the clock are defined here; the linker takes these before the C library's. */
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
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "osft_posix.h"

#define MAX 20

/* The resolver's response: addresses of loopback, each with a TCP port of its own. */
static struct sockaddr_storage address[MAX];
static struct addrinfo info[MAX];
static int answers, lists_out;

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    assert_int_equal(hints->ai_socktype, SOCK_STREAM);
    assert_int_equal(hints->ai_family, AF_UNSPEC);
    assert_string_equal(host, "service.example");
    assert_string_equal(service, "443");
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

static size_t asked_len; /* bytes asked for by the last send or recv; each moves 100 at most */

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

static int64_t now_ms; /* what the clocks return; only poll moves it */

int clock_gettime(clockid_t id, struct timespec *time)
{
    (void)id;
    time->tv_sec = now_ms / 1000;
    time->tv_nsec = now_ms % 1000 * 1000000;
    return 0;
}

/* poll() by select(); it notes the longest sleep. On loopback, an address responds within connect()
 * or not at all, so that the time can pass at once where nothing has happened. */
static int longest_sleep;

int poll(struct pollfd *fds, nfds_t count, int ms)
{
    struct timeval at_once = { 0, 0 };
    fd_set in, out;
    int top = 0, events = 0;

    assert_in_range(count, 1, OSFT_POSIX_ATTEMPTS);
    longest_sleep = ms > longest_sleep ? ms : longest_sleep;
    FD_ZERO(&in);
    FD_ZERO(&out);
    for (nfds_t i = 0; i < count; i++) {
        assert_true(ms >= 0 && fds[i].fd >= 0);
        top = fds[i].fd > top ? fds[i].fd : top;
        if (fds[i].events & POLLIN) {
            FD_SET((unsigned)fds[i].fd, &in);
        }
        if (fds[i].events & POLLOUT) {
            FD_SET((unsigned)fds[i].fd, &out);
        }
    }
    assert_true(select(top + 1, &in, &out, NULL, &at_once) >= 0);
    for (nfds_t i = 0; i < count; i++) {
        fds[i].revents = (short)((FD_ISSET((unsigned)fds[i].fd, &in) ? POLLIN : 0) |
                                 (FD_ISSET((unsigned)fds[i].fd, &out) ? POLLOUT : 0));
        events += fds[i].revents != 0;
    }
    now_ms += events == 0 ? ms : 0;
    return events;
}

static struct osft_posix net;
static int listeners[MAX], fillers[4 * MAX], filler_count;

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
        /* Without IPv6, as in some containers, the order of addresses can still be tested. */
        close(fd);
        return loopback_socket(AF_INET, a, size);
    }
    assert_true(fd >= 0);
    assert_true(family == AF_INET6 || bind(fd, (struct sockaddr *)a, *size) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)a, size), 0);
    return fd;
}

/* Fill the queue of a listener; the system leaves further connections without a response. */
static void fill_queue(const struct sockaddr_storage *a, socklen_t size)
{
    for (int i = 0; i < 4; i++) { /* more connections than the queue holds */
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
    answers = lists_out = filler_count = interruptions = 0;
    now_ms = 0;
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
    return lists_out; /* 0 when each list of addresses was freed exactly once */
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
    assert_int_equal(open_it(), OSFT_E_IO); /* a new attempt begins at the first address */
}

/* Return the index of the address that was tried last. */
static int last_tried(void)
{
    int i = 0;

    while (i < answers && (net.failed_len != info[i].ai_addrlen ||
                           memcmp(net.failed, &address[i], net.failed_len) != 0)) {
        i++;
    }
    return i;
}

static void the_next_address_is_tried_after_250_ms_while_the_first_goes_on(void **state)
{
    uint32_t ms = UINT32_MAX, less = 1;
    (void)state;
    add(AF_INET, SILENT);
    add(AF_INET, SILENT);
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    int first = osft_posix_fd(&net);
    /* awaits says so to the owner of a loop, too, for any events. */
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_READABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, 250);
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_READABLE, &less), OSFT_WRITABLE);
    assert_int_equal(less, 1); /* awaits only lowers the limit */
    now_ms = 249;
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    assert_int_equal(osft_posix_fd(&net), first);
    /* A socket that connects is not watched for reading. */
    longest_sleep = 0;
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_READABLE, UINT32_MAX), 0);
    assert_int_equal(longest_sleep, 1);
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    assert_int_equal(last_tried(), 1);
    assert_int_not_equal(osft_posix_fd(&net), first);
    assert_true(fcntl(first, F_GETFD) >= 0);
    net.port.close(net.port.ctx);
    assert_int_equal(fcntl(first, F_GETFD), -1);
    assert_int_equal(osft_posix_fd(&net), -1);
}

/* Empty the queue of a silent address, so that it responds. */
static void wake(int i)
{
    int fd;

    assert_int_equal(fcntl(listeners[i], F_SETFL, O_NONBLOCK), 0);
    while ((fd = accept(listeners[i], NULL, NULL)) >= 0) {
        close(fd);
    }
    assert_int_equal(listen(listeners[i], 8), 0);
}

static void an_owner_of_a_loop_looks_at_all_sockets_often(void **state)
{
    uint32_t ms = UINT32_MAX;
    (void)state;
    add(AF_INET, SILENT);
    add(AF_INET, SILENT);
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    now_ms = 250;
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, 100);
    /* The port's own wait watches all sockets; no address is left to begin with. */
    longest_sleep = 0;
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_WRITABLE, 60000), 0);
    assert_int_equal(longest_sleep, 60000);
}

/* The system sends the SYN again after about a second: the only real wait of this file. */
static void the_first_address_may_still_win_when_it_answers_late(void **state)
{
    const struct timespec pause = { 0, 20000000 };
    struct sockaddr_storage a;
    socklen_t size = sizeof a;
    int result = 0;

    (void)state;
    add(AF_INET, SILENT);
    add(AF_INET, SILENT);
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    now_ms = 250;
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    assert_int_equal(last_tried(), 1);
    int second = osft_posix_fd(&net);
    wake(0);
    for (int i = 0; i < 1500 && result == 0; i++) {
        assert_int_equal(nanosleep(&pause, NULL), 0);
        result = net.port.open(net.port.ctx, "service.example", 443);
    }
    assert_int_equal(result, 1);
    assert_int_equal(getpeername(osft_posix_fd(&net), (struct sockaddr *)&a, &size), 0);
    assert_memory_equal(&a, &address[0], size);
    assert_int_equal(last_tried(), 0); /* the address counts as failed until a byte comes from it */
    assert_int_equal(fcntl(second, F_GETFD), -1); /* the socket of the other attempt is closed */
}

static void silent_addresses_hide_no_other_however_many_they_are(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        add(AF_INET, SILENT);
    }
    add(AF_INET, ALIVE);
    assert_connected_to(12);
    assert_int_equal(now_ms, 12 * 250);
}

/* A new descriptor is the lowest free one. */
static void every_socket_but_the_one_that_connected_is_closed(void **state)
{
    int before;
    (void)state;
    for (int i = 0; i < 9; i++) {
        add(i % 2 == 0 ? AF_INET : AF_INET6, i % 3 == 1 ? REFUSING : SILENT);
    }
    add(AF_INET, ALIVE);
    before = dup(0);
    assert_int_equal(close(before), 0);
    assert_int_equal(open_it(), 1);
    net.port.close(net.port.ctx);
    for (int i = before; i < before + 12; i++) {
        assert_int_equal(fcntl(i, F_GETFD), -1);
    }
}

static void an_address_that_refuses_is_followed_by_the_next_at_once(void **state)
{
    (void)state;
    add(AF_INET, SILENT);
    add(AF_INET, REFUSING);
    add(AF_INET, REFUSING);
    add(AF_INET, ALIVE);
    assert_connected_to(3);
    assert_int_equal(now_ms, 250);
}

static void assert_tried(const int *order, int count)
{
    for (int i = 0; i < count; i++) {
        assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
        assert_int_equal(last_tried(), order[i]);
        assert_true(net.port.wait(net.port.ctx, OSFT_WRITABLE, 10000) >= 0);
    }
}

static void families_alternate(void **state)
{
    (void)state;
    add(AF_INET, SILENT);
    add(AF_INET, SILENT);
    add(AF_INET, SILENT);
    add(AF_INET6, SILENT);
    add(AF_INET6, SILENT);
    if (address[3].ss_family != AF_INET6) {
        print_message("families_alternate: there is no IPv6 here\n");
        skip();
    }
    assert_tried((int[]){ 0, 3, 1, 4, 2 }, 5);
}

static void families_alternate_whichever_has_more(void **state)
{
    (void)state;
    add(AF_INET6, SILENT);
    add(AF_INET, SILENT);
    add(AF_INET, SILENT);
    add(AF_INET, SILENT);
    assert_tried((int[]){ 0, 1, 2, 3 }, 4);
}

static void the_next_open_goes_on_behind_the_address_that_failed(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        add(AF_INET, SILENT);
    }
    for (int i = 0; i < 10; i++) { /* the caller's time ends before the next address is due */
        assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
        assert_int_equal(last_tried(), i % 4);
        net.port.close(net.port.ctx);
    }
}

static void an_address_that_is_gone_from_the_list_is_forgotten(void **state)
{
    (void)state;
    add(AF_INET, SILENT);
    add(AF_INET, SILENT);
    add(AF_INET, SILENT);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
        now_ms += 250;
    }
    assert_int_equal(last_tried(), 2);
    net.port.close(net.port.ctx);
    close(listeners[--answers]);
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    assert_int_equal(last_tried(), 0);
}

/* A server that accepts connections, and sends nothing. */
static void an_address_over_which_nothing_comes_has_failed(void **state)
{
    char byte;
    (void)state;
    add(AF_INET, ALIVE);
    add(AF_INET, ALIVE);
    add(AF_INET, ALIVE);
    assert_connected_to(0);
    assert_int_equal(net.port.recv(net.port.ctx, &byte, 1), 0);
    net.port.close(net.port.ctx);
    assert_connected_to(1);
    int peer = accept(listeners[1], NULL, NULL);
    assert_int_equal(write(peer, "x", 1), 1);
    assert_int_equal(net.port.recv(net.port.ctx, &byte, 1), 1);
    net.port.close(net.port.ctx);
    close(peer);
    assert_connected_to(0); /* a byte came from it, so the resolver's order counts again */
}

static void a_time_that_is_over_is_no_long_one(void **state)
{
    uint32_t ms = UINT32_MAX;
    (void)state;
    add(AF_INET, SILENT);
    add(AF_INET, ALIVE);
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    now_ms = 5000;
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, 0);
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_WRITABLE, 10000), 0);
    assert_int_equal(now_ms, 5000);
    net.attempt_delay_ms = UINT32_MAX;
    ms = UINT32_MAX;
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX - 5000);
    net.attempt_delay_ms = 0;
    assert_connected_to(1);
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
    uint32_t ms = UINT32_MAX;
    (void)state;
    add(AF_INET, SILENT);
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX);
    now_ms = 3600000;
    assert_int_equal(net.port.open(net.port.ctx, "service.example", 443), 0);
}

static void an_empty_answer_of_the_resolver_is_no_connection(void **state)
{
    (void)state;
    add(AF_INET, UNSUPPORTED);
    assert_int_equal(open_it(), OSFT_E_IO);
    assert_int_not_equal(*net.port.code, 0);
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
        TEST(the_next_address_is_tried_after_250_ms_while_the_first_goes_on),
        TEST(an_owner_of_a_loop_looks_at_all_sockets_often),
        TEST(the_first_address_may_still_win_when_it_answers_late),
        TEST(silent_addresses_hide_no_other_however_many_they_are),
        TEST(every_socket_but_the_one_that_connected_is_closed),
        TEST(an_address_that_refuses_is_followed_by_the_next_at_once),
        TEST(families_alternate),
        TEST(families_alternate_whichever_has_more),
        TEST(the_next_open_goes_on_behind_the_address_that_failed),
        TEST(an_address_that_is_gone_from_the_list_is_forgotten),
        TEST(an_address_over_which_nothing_comes_has_failed),
        TEST(a_time_that_is_over_is_no_long_one),
        TEST(more_than_an_int_is_never_asked_for),
        TEST(the_last_address_may_take_all_the_time_there_is),
        TEST(an_empty_answer_of_the_resolver_is_no_connection),
        TEST(signals_do_not_break_send_and_recv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
