/* SPDX-License-Identifier: Apache-2.0 */
/* The POSIX port against real sockets on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "osft_posix.h"

static struct osft_posix net;
static int listener = -1, peer = -1;

/* Listens on a free loopback port of this family; returns its number. */
static uint16_t listen_on(int family)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    int is_v4 = family == AF_INET;
    struct sockaddr *a = is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    socklen_t size = is_v4 ? sizeof v4 : sizeof v6;

    memset(&v4, 0, sizeof v4);
    memset(&v6, 0, sizeof v6);
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    listener = socket(family, SOCK_STREAM, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, a, size), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, a, &size), 0);
    return ntohs(is_v4 ? v4.sin_port : v6.sin6_port);
}

/* Some containers have no IPv6, not even on loopback. */
static int has_ipv6(void)
{
    struct sockaddr_in6 v6;
    memset(&v6, 0, sizeof v6);
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    int has = fd >= 0 && bind(fd, (struct sockaddr *)&v6, sizeof v6) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return has;
}

static int begin(void **state)
{
    (void)state;
    osft_posix_init(&net);
    return 0;
}

static int end(void **state)
{
    (void)state;
    net.port.close(net.port.ctx);
    if (listener >= 0) {
        close(listener);
    }
    if (peer >= 0) {
        close(peer);
    }
    listener = peer = -1;
    return 0;
}

static int open_to(const char *host, uint16_t tcp_port)
{
    for (int i = 0; i < 100; i++) {
        int r = net.port.open(net.port.ctx, host, tcp_port);
        if (r != 0) {
            return r;
        }
        assert_true(net.port.wait(net.port.ctx, OSFT_WRITABLE, 10000) >= 0);
    }
    return 0;
}

static void connect_both(int family, const char *host)
{
    uint16_t tcp_port = listen_on(family);
    assert_int_equal(open_to(host, tcp_port), 1);
    peer = accept(listener, NULL, NULL);
    assert_true(peer >= 0);
}

static int recv_some(char *dst, size_t cap)
{
    int r = 0;
    for (int i = 0; i < 100 && r == 0; i++) {
        r = net.port.recv(net.port.ctx, dst, cap);
        if (r == 0) {
            assert_true(net.port.wait(net.port.ctx, OSFT_READABLE, 10000) >= 0);
        }
    }
    return r;
}

static void talk(int family, const char *host)
{
    char got[16] = { 0 };
    connect_both(family, host);
    assert_int_equal(net.port.open(net.port.ctx, host, 1), 1); /* it stands already */
    assert_int_equal(net.port.send(net.port.ctx, "hello", 5), 5);
    assert_int_equal(read(peer, got, sizeof got), 5);
    assert_string_equal(got, "hello");
    assert_int_equal(write(peer, "answer", 6), 6);
    assert_int_equal(recv_some(got, 2), 2);
    assert_int_equal(recv_some(got + 2, sizeof got - 2), 4);
    assert_string_equal(got, "answer");
}

static void ipv4_carries_data_both_ways(void **state)
{
    (void)state;
    talk(AF_INET, "127.0.0.1");
}

static void ipv6_carries_data_both_ways(void **state)
{
    (void)state;
    talk(AF_INET6, "[::1]");
}

static void a_refused_connection_says_so(void **state)
{
    (void)state;
    uint16_t tcp_port = listen_on(AF_INET);
    close(listener);
    listener = -1;
    assert_int_equal(open_to("127.0.0.1", tcp_port), OSFT_E_IO);
    assert_int_equal(*net.port.code, ECONNREFUSED);
}

static void a_name_without_an_address_says_so(void **state)
{
    /* such names cannot be put into a question, so nobody is asked */
    static const char *const names[] = {
        "a..b", ".a", "a123456789b123456789c123456789d123456789e123456789f123456789g123456789.x"
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(open_to(names[i], 443), OSFT_E_RESOLVE);
        assert_int_not_equal(*net.port.code, 0);
    }
}

static void the_end_of_the_stream_is_told(void **state)
{
    char got[8];
    (void)state;
    connect_both(AF_INET, "127.0.0.1");
    assert_int_equal(write(peer, "last", 4), 4);
    close(peer);
    peer = -1;
    assert_int_equal(recv_some(got, sizeof got), 4);
    assert_int_equal(recv_some(got, sizeof got), OSFT_EOF);
    assert_int_equal(recv_some(got, sizeof got), OSFT_EOF);
}

static void nothing_to_read_would_block(void **state)
{
    char got[8] = "as it is";
    (void)state;
    connect_both(AF_INET, "127.0.0.1");
    assert_int_equal(net.port.recv(net.port.ctx, got, sizeof got), 0);
    assert_int_equal(net.port.recv(net.port.ctx, got, 0), 0);
    assert_memory_equal(got, "as it is", 8);
    assert_int_equal(net.port.send(net.port.ctx, got, 0), 0);
    assert_true(net.port.wait(net.port.ctx, OSFT_READABLE, 20) >= 0); /* times out */
    assert_int_equal(net.port.recv(net.port.ctx, got, sizeof got), 0);
}

static void an_empty_read_at_the_end_is_not_the_end(void **state)
{
    char got[8];
    (void)state;
    connect_both(AF_INET, "127.0.0.1");
    close(peer);
    peer = -1;
    assert_int_equal(recv_some(got, sizeof got), OSFT_EOF);
    assert_int_equal(net.port.recv(net.port.ctx, got, 0), 0);
}

static void a_peer_that_does_not_read_makes_send_block(void **state)
{
    static char block[65536];
    size_t sent = 0, got = 0;
    (void)state;
    connect_both(AF_INET, "127.0.0.1");
    int r = 1;
    while (r > 0 && sent < (size_t)256 * 1024 * 1024) {
        r = net.port.send(net.port.ctx, block, sizeof block);
        sent += r > 0 ? (size_t)r : 0;
    }
    assert_int_equal(r, 0);
    assert_true(net.port.wait(net.port.ctx, OSFT_WRITABLE, 1) >= 0);
    while (got < sent) {
        ssize_t n = read(peer, block, sizeof block);
        assert_true(n > 0);
        got += (size_t)n;
    }
    for (int i = 0; i < 100 && r == 0; i++) {
        assert_true(net.port.wait(net.port.ctx, OSFT_WRITABLE, 10000) >= 0);
        r = net.port.send(net.port.ctx, block, 1);
    }
    assert_int_equal(r, 1);
}

static void a_reset_connection_is_dead_and_kills_nobody(void **state)
{
    struct linger hard = { 1, 0 };
    char got[8];
    (void)state;
    signal(SIGPIPE, SIG_DFL);
    connect_both(AF_INET, "127.0.0.1");
    assert_int_equal(setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
    close(peer);
    peer = -1;
    assert_int_equal(recv_some(got, sizeof got), OSFT_E_IO);
    assert_int_equal(*net.port.code, ECONNRESET);
    assert_int_equal(net.port.send(net.port.ctx, "x", 1), OSFT_E_IO); /* SIGPIPE, but for us */
    assert_int_equal(*net.port.code, EPIPE);
}

static void closing_twice_and_opening_again_is_fine(void **state)
{
    char got[8];
    (void)state;
    net.port.close(net.port.ctx);
    for (int i = 0; i < 3; i++) {
        talk(AF_INET, "127.0.0.1");
        int fd = osft_posix_fd(&net);
        net.port.close(net.port.ctx);
        net.port.close(net.port.ctx);
        assert_int_equal(fcntl(fd, F_GETFD), -1); /* the socket is gone */
        assert_int_equal(net.port.send(net.port.ctx, "x", 1), OSFT_E_IO);
        assert_int_equal(net.port.recv(net.port.ctx, got, 1), OSFT_E_IO);
        assert_int_equal(*net.port.code, ENOTCONN);
        close(listener);
        close(peer);
    }
    listener = peer = -1;
}

static void closing_amid_connecting_gives_all_back(void **state)
{
    (void)state;
    uint16_t tcp_port = listen_on(AF_INET);
    for (int i = 0; i < 50; i++) {
        assert_true(net.port.open(net.port.ctx, "127.0.0.1", tcp_port) >= 0);
        net.port.close(net.port.ctx);
        assert_int_equal(osft_posix_fd(&net), -1);
        assert_null(net.addresses);
        assert_int_equal(osft_posix_fd(&net), -1);
    }
}

static void the_socket_is_set_up_as_promised(void **state)
{
    int on = 0;
    socklen_t size = sizeof on;
    (void)state;
    connect_both(AF_INET, "127.0.0.1");
    assert_true(fcntl(osft_posix_fd(&net), F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(osft_posix_fd(&net), F_GETFL) & O_NONBLOCK);
    assert_int_equal(getsockopt(osft_posix_fd(&net), IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    assert_int_not_equal(on, 0);
}

static void wait_without_a_connection_only_sleeps(void **state)
{
    (void)state;
    uint32_t before = net.port.ticks_ms(net.port.ctx);
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_READABLE | OSFT_WRITABLE, 30), 0);
    assert_true(net.port.ticks_ms(net.port.ctx) - before >= 29);
}

static void clocks_agree_with_the_system(void **state)
{
    (void)state;
    struct timespec before, after; /* not time(): it may lag behind at the turn of a second */
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &before), 0);
    int64_t now = net.port.utc_s(net.port.ctx);
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &after), 0);
    assert_true(now >= (int64_t)before.tv_sec && now <= (int64_t)after.tv_sec);
    uint32_t t1 = net.port.ticks_ms(net.port.ctx), t2 = net.port.ticks_ms(net.port.ctx);
    assert_true(t2 - t1 < 60000);
}

static void random_bytes_differ_and_fill_any_length(void **state)
{
    static unsigned char a[5000], b[5000];
    size_t same = 0, zero = 0;
    (void)state;
    assert_int_equal(net.port.random(net.port.ctx, a, sizeof a), 0);
    assert_int_equal(net.port.random(net.port.ctx, b, sizeof b), 0);
    for (size_t i = 0; i < sizeof a; i++) {
        same += a[i] == b[i];
        zero += a[i] == 0;
    }
    assert_true(same < 200 && zero < 200); /* 20 each are to be expected */
    assert_memory_not_equal(a + sizeof a - 16, b + sizeof b - 16, 16);
    b[0] = 7;
    assert_int_equal(net.port.random(net.port.ctx, b, 0), 0);
    assert_int_equal(b[0], 7);
}

static void awaits_says_what_it_is_asked_but_while_connecting(void **state)
{
    uint32_t ms = UINT32_MAX;
    (void)state;
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_READABLE, &ms), OSFT_READABLE);
    uint16_t tcp_port = listen_on(AF_INET);
    int r = net.port.open(net.port.ctx, "127.0.0.1", tcp_port);
    if (r == 0) { /* which loopback may, or may not, say */
        assert_int_equal(net.port.awaits(net.port.ctx, OSFT_READABLE, &ms), OSFT_WRITABLE);
    }
    assert_int_equal(ms, UINT32_MAX); /* there is one address, and it may take all the time */
    assert_int_equal(open_to("127.0.0.1", tcp_port), 1);
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(net.port.awaits(net.port.ctx, OSFT_READABLE | OSFT_WRITABLE, &ms),
                     OSFT_READABLE | OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX);
}

static void the_descriptor_can_be_polled_by_its_owner(void **state)
{
    char got[8];
    (void)state;
    assert_int_equal(osft_posix_fd(&net), -1);
    connect_both(AF_INET, "127.0.0.1");
    struct pollfd poller = { osft_posix_fd(&net), POLLIN | POLLOUT, 0 };
    assert_int_equal(poll(&poller, 1, 10000), 1);
    assert_int_equal(poller.revents, POLLOUT);
    assert_int_equal(write(peer, "hello", 5), 5);
    poller.events = POLLIN;
    assert_int_equal(poll(&poller, 1, 10000), 1);
    assert_int_equal(net.port.recv(net.port.ctx, got, sizeof got), 5);
    net.port.close(net.port.ctx);
    assert_int_equal(osft_posix_fd(&net), -1);
}

static void wait_for_time_alone_heeds_no_connection(void **state)
{
    struct linger hard = { 1, 0 };
    (void)state;
    connect_both(AF_INET, "127.0.0.1");
    assert_int_equal(setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
    close(peer); /* a reset, of which poll tells whatever it is asked for */
    peer = -1;
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_READABLE, 10000), 1);
    uint32_t before = net.port.ticks_ms(net.port.ctx);
    assert_int_equal(net.port.wait(net.port.ctx, 0, 30), 0);
    assert_true(net.port.ticks_ms(net.port.ctx) - before >= 29);
}

static void wait_without_limit_ends_with_the_event(void **state)
{
    (void)state;
    connect_both(AF_INET, "127.0.0.1");
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_WRITABLE, UINT32_MAX), 1);
    assert_int_equal(write(peer, "x", 1), 1);
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_READABLE, UINT32_MAX), 1);
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_READABLE, (uint32_t)INT32_MAX + 1), 1);
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_READABLE, 0), 1);
}

static void unknown_events_wake_nobody(void **state)
{
    (void)state;
    connect_both(AF_INET, "127.0.0.1");
    assert_int_equal(write(peer, "x", 1), 1);
    assert_int_equal(net.port.wait(net.port.ctx, OSFT_READABLE, 10000), 1);
    assert_int_equal(net.port.wait(net.port.ctx, ~3u, 1), 0);
    assert_int_equal(net.port.wait(net.port.ctx, ~0u, 10000), 1);
}

static void a_host_that_is_none_fails_at_once(void **state)
{
    static char longest[5000];
    static const char *const hosts[] = { "[",      "[]",          "[::1",      "[name]",
                                         "[::1]x", "[127.0.0.1]", "[::g]",     "[%lo]",
                                         "[::1%]", "[[::1]]",     "[::1]:443", "[1:2]",
                                         "[::1 ]", "[::1%x]",     "[:]",       "" };
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_int_equal(net.port.open(net.port.ctx, hosts[i], 443), OSFT_E_RESOLVE);
        assert_int_not_equal(*net.port.code, 0);
        assert_int_equal(osft_posix_fd(&net), -1);
    }
    memset(longest, 'a', sizeof longest - 1);
    assert_int_equal(net.port.open(net.port.ctx, longest, 443), OSFT_E_RESOLVE);
    longest[0] = '[';
    longest[sizeof longest - 2] = ']';
    assert_int_equal(net.port.open(net.port.ctx, longest, 443), OSFT_E_RESOLVE);
    talk(AF_INET, "127.0.0.1"); /* the struct is as good as new */
}

static void no_tcp_port_is_a_reason_to_crash(void **state)
{
    (void)state;
    assert_int_equal(open_to("127.0.0.1", 0), OSFT_E_IO);
    assert_int_not_equal(*net.port.code, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ipv4_carries_data_both_ways),
        TEST(a_refused_connection_says_so),
        TEST(a_name_without_an_address_says_so),
        TEST(the_end_of_the_stream_is_told),
        TEST(nothing_to_read_would_block),
        TEST(an_empty_read_at_the_end_is_not_the_end),
        TEST(a_peer_that_does_not_read_makes_send_block),
        TEST(a_reset_connection_is_dead_and_kills_nobody),
        TEST(closing_twice_and_opening_again_is_fine),
        TEST(closing_amid_connecting_gives_all_back),
        TEST(the_socket_is_set_up_as_promised),
        TEST(wait_without_a_connection_only_sleeps),
        TEST(awaits_says_what_it_is_asked_but_while_connecting),
        TEST(the_descriptor_can_be_polled_by_its_owner),
        TEST(wait_for_time_alone_heeds_no_connection),
        TEST(wait_without_limit_ends_with_the_event),
        TEST(unknown_events_wake_nobody),
        TEST(a_host_that_is_none_fails_at_once),
        TEST(no_tcp_port_is_a_reason_to_crash),
        TEST(clocks_agree_with_the_system),
        TEST(random_bytes_differ_and_fill_any_length),
    };
    const struct CMUnitTest ipv6[] = {
        TEST(ipv6_carries_data_both_ways),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return has_ipv6() ? failed + cmocka_run_group_tests(ipv6, NULL, NULL) : failed;
}
