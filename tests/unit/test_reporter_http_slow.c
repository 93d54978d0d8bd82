/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that clients of the HTTP channel that are slow, are many, or never stop requesting cannot
 * keep other clients from /metrics for longer than the channel's time limits. The tests run the
 * event loop turn by turn. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/http_clients.h"
#include "reporter_http.h"

#ifdef HAVE_MICROHTTPD
static const char health_request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
static int fds[HTTP_CLIENTS_MAX]; /* sockets of the clients that take all connections */

static void open_clients(void)
{
    size_t i;
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        fds[i] = connect_http();
        turn_http(-1, 0);
    }
}

static void close_clients(void)
{
    size_t i;
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

/* Run one turn of the event loop, which waits for at most half a second. */
static void turn_briefly(void)
{
    struct pollfd p[CHANNEL_DESCRIPTORS];
    int64_t timeout_ms = 500;
    size_t count = http_channel.prepare(p, CHANNEL_DESCRIPTORS, &timeout_ms);
    (void)poll(p, count, (int)timeout_ms);
    http_channel.run(p, count);
}

static int connect_late_client(void)
{
    int late = connect_http();
    assert_int_equal(send(late, health_request, strlen(health_request), 0),
                     (int)strlen(health_request));
    return late;
}

/* Whether the response to connect_late_client() has come. */
static int is_served(int late)
{
    ssize_t n = recv(late, http_response, HTTP_RESPONSE_SIZE - 1, 0);
    assert_true(n > 0 || (n < 0 && errno == EAGAIN));
    http_response[n > 0 ? n : 0] = 0;
    return http_has("HTTP/1.1 200 OK\r\n");
}

/* Connect a late client while all connections are in use, and call act() for the socket of each
 * connection every second. Returns whether the late client is served. */
static int is_late_client_served(void (*act)(int fd))
{
    int64_t end_ms = get_monotonic_ms() + 2 * HTTP_SCARCE_MS, next_ms = 0;
    int late = connect_late_client(), is_done = 0;
    size_t i;
    while (!is_done && get_monotonic_ms() < end_ms) {
        turn_briefly();
        if (get_monotonic_ms() >= next_ms) {
            for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
                act(fds[i]);
            }
            next_ms = get_monotonic_ms() + 1000;
        }
        is_done = is_served(late);
    }
    close(late);
    return is_done;
}

static void send_byte(int fd)
{
    (void)send(fd, "x", 1, MSG_NOSIGNAL);
}

/* Receive enough bytes for libmicrohttpd to send more, so that the connection is not silent. */
static void receive_some(int fd)
{
    static char bytes[300 * 1024];
    (void)recv(fd, bytes, sizeof(bytes), 0);
}

static void send_health_request(int fd)
{
    (void)send(fd, health_request, strlen(health_request), MSG_NOSIGNAL);
}

/* ---- connections ---- */

static void more_connections_than_allowed_wait_and_are_served_when_others_end(void **state)
{
    int late, i;
    (void)state;
    open_clients();
    late = connect_late_client();
    for (i = 0; i < 5; i++) { /* more turns than the late client would need */
        turn_briefly();
        assert_false(is_served(late));
    }
    close(fds[0]);
    fds[0] = -1;
    while (!is_served(late)) {
        turn_briefly();
    }
    close(late);
    close_clients();
}

/* A connection on which bytes of a request arrive all the time is never silent. The channel ends
 * such a connection because the request takes too long. */
static void requests_that_do_not_end_do_not_keep_others_out(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        fds[i] = connect_http();
        assert_true(send(fds[i], "GET /", 5, 0) == 5);
        turn_http(-1, 0);
    }
    assert_true(is_late_client_served(send_byte));
    close_clients();
}

/* The time limit of a request begins anew for each request of a kept connection. */
static void a_kept_connection_may_last_longer_than_a_request(void **state)
{
    struct timespec pause = { 3, 600 * 1000 * 1000 };
    int fd = connect_http(), i;
    (void)state;
    for (i = 0; i < 4; i++) {
        assert_int_equal(exchange_http(fd, health_request, 1), 0);
        assert_true(http_has("HTTP/1.1 200 OK\r\n"));
        nanosleep(&pause, NULL);
    }
    close(fd);
}

static void responses_that_are_read_slowly_do_not_keep_others_out(void **state)
{
    size_t i;
    (void)state;
    make_http_page_large();
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        fds[i] = open_slow_reader("/");
    }
    assert_true(is_late_client_served(receive_some));
    close_clients();
}

static void clients_that_request_again_and_again_do_not_keep_others_out(void **state)
{
    (void)state;
    open_clients();
    assert_true(is_late_client_served(send_health_request));
    close_clients();
}

/* After a response, the next request of a pipeline is already in the memory of libmicrohttpd. */
static void pipelined_requests_do_not_keep_others_out(void **state)
{
    static char requests[100 * sizeof(health_request)];
    int late, turns = 0;
    size_t i, len = 0;
    (void)state;
    for (i = 0; i < 100; i++) {
        memcpy(requests + len, health_request, strlen(health_request));
        len += strlen(health_request);
    }
    open_clients();
    late = connect_late_client();
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        assert_true(send(fds[i], requests, len, MSG_NOSIGNAL) > 0);
    }
    /* Each turn answers at most one request of each connection. */
    while (!is_served(late) && turns < 20) {
        turn_briefly();
        turns++;
    }
    assert_true(turns < 20);
    close(late);
    close_clients();
}

static void
a_client_that_is_served_while_all_connections_are_in_use_gets_its_whole_response(void **state)
{
    (void)state;
    make_http_page_large();
    open_clients();
    exchange_http(fds[0], "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 1);
    assert_true(http_has("HTTP/1.1 200 OK\r\n") && http_has("</html>"));
    close_clients();
}

/* ---- memory ---- */

/* A body is shared for less time than this. */
static const struct timespec longer_than_shared = { 1, 10 * 1000 * 1000 };

/* Open a slow reader of a large page, and change the page once a new one is made if there is room.
 * Returns the reader. */
static int outdate_page(void)
{
    int reader;
    make_http_page_large();
    reader = open_slow_reader("/");
    nanosleep(&longer_than_shared, NULL);
    snprintf(http_instance.name, sizeof(http_instance.name), "ctr-b");
    return reader;
}

static void slow_readers_share_a_page_and_take_only_bounded_memory(void **state)
{
    int first, also;
    (void)state;
    make_http_page_large();
    first = open_slow_reader("/");
    also = open_slow_reader("/");
    nanosleep(&longer_than_shared, NULL); /* a new page is made now, if there is room */
    snprintf(http_instance.name, sizeof(http_instance.name), "ctr-b");
    assert_int_equal(request_http("GET", "/", ""), 200);
    assert_true(http_has("ctr-a") && !http_has("ctr-b"));
    assert_int_equal(request_http("GET", "/healthz", ""), 200); /* small bodies have room */
    http_reporter.reloads++; /* the page with the old configuration is not sent any more */
    assert_int_equal(request_http("GET", "/", ""), 503);
    assert_true(http_has("Retry-After: 5\r\n") && http_has("Try again"));
    close(first);
    assert_int_equal(request_http("GET", "/", ""), 503);
    close(also);
    /* The server may not have noticed yet that a reader has ended. */
    while (request_http("GET", "/", "Connection: close\r\n") == 503) {
    }
    assert_true(http_has("HTTP/1.1 200 OK\r\n") && http_has("ctr-b"));
}

static void slow_readers_of_the_page_do_not_take_the_room_of_metrics(void **state)
{
    int reader = outdate_page();
    (void)state;
    assert_int_equal(request_http("GET", "/metrics", ""), 200);
    assert_true(strlen(http_response) > 4096 && http_has("ctr-b"));
    close(reader);
}

/* While older pages take the room of a new page, the last page is sent again. The connections of
 * slow readers of older pages are ended, so that a new page gets room. */
static void slow_readers_are_ended_when_a_body_has_no_room(void **state)
{
    int64_t end_ms = get_monotonic_ms() + 2 * HTTP_SCARCE_MS;
    int reader = outdate_page();
    (void)state;
    do {
        assert_int_equal(request_http("GET", "/", "Connection: close\r\n"), 200);
        receive_some(reader);
        nanosleep(&longer_than_shared, NULL);
    } while (!http_has("ctr-b") && get_monotonic_ms() < end_ms);
    assert_true(http_has("ctr-b"));
    close(reader);
}

static void readers_that_reset_their_connections_leave_no_body(void **state)
{
    const struct linger reset = { 1, 0 };
    int i;
    (void)state;
    make_http_page_large();
    for (i = 0; i < 50; i++) {
        int fd = open_slow_reader("/");
        assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
        close(fd);
        turn_briefly();
    }
    http_reporter.reloads++; /* bodies that were made before are not shared any more */
    assert_int_equal(request_http("GET", "/", ""), 200);
}

/* ---- requests that are not usual ---- */

static void thousands_of_requests_may_come_on_a_connection(void **state)
{
    int fd = connect_http(), i;
    (void)state;
    for (i = 0; i < 3000; i++) {
        assert_int_equal(exchange_http(fd, "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 0),
                         0);
        assert_true(http_has("HTTP/1.1 200 OK\r\n"));
    }
    close(fd);
}

static void a_request_that_expects_100_continue_is_answered(void **state)
{
    (void)state;
    request_http("GET", "/healthz", "Expect: 100-continue\r\nConnection: close\r\n");
    assert_true(http_has("HTTP/1.1 200 OK\r\n"));
    assert_int_equal(
        request_http("POST", "/healthz", "Expect: 100-continue\r\nContent-Length: 9\r\n"), 405);
}

static void a_client_that_sends_no_more_after_its_request_is_answered(void **state)
{
    int fd = connect_http();
    (void)state;
    assert_true(send(fd, health_request, strlen(health_request), 0) > 0);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    while (!is_served(fd)) {
        turn_briefly();
    }
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_http, tear_down_http)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(more_connections_than_allowed_wait_and_are_served_when_others_end),
        TEST(requests_that_do_not_end_do_not_keep_others_out),
        TEST(a_kept_connection_may_last_longer_than_a_request),
        TEST(responses_that_are_read_slowly_do_not_keep_others_out),
        TEST(clients_that_request_again_and_again_do_not_keep_others_out),
        TEST(pipelined_requests_do_not_keep_others_out),
        TEST(a_client_that_is_served_while_all_connections_are_in_use_gets_its_whole_response),
        TEST(slow_readers_share_a_page_and_take_only_bounded_memory),
        TEST(slow_readers_of_the_page_do_not_take_the_room_of_metrics),
        TEST(slow_readers_are_ended_when_a_body_has_no_room),
        TEST(readers_that_reset_their_connections_leave_no_body),
        TEST(thousands_of_requests_may_come_on_a_connection),
        TEST(a_request_that_expects_100_continue_is_answered),
        TEST(a_client_that_sends_no_more_after_its_request_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
    printf("1..1\nok 1 - slow clients over HTTP # SKIP it was built without libmicrohttpd\n");
    return 0;
}
#endif
