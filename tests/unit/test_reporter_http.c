/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the HTTP channel with requests over loopback. The test turns the loop. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/channel.h"
#include "../../examples/gateway/config_load.h"
#include "../../examples/gateway/listen.h"
#include "../../examples/gateway/page.h"

#ifdef HAVE_MICROHTTPD
extern const struct channel http_channel;

static struct instance instance;
static struct reporter reporter;
static uint16_t port; /* of the channel */
static char response[16 << 20];

/* ---- the loop ---- */

/* Return a port that was just free. */
static uint16_t find_port(void)
{
    struct listen_problem problem;
    char url[URL_SIZE];
    int fd = open_listener("127.0.0.1", 0, url, &problem);
    assert_true(fd >= 0);
    close(fd);
    return (uint16_t)atoi(strrchr(url, ':') + 1);
}

static void add_setting_text(const char *text)
{
    assert_int_equal(add_argument((struct config *)(uintptr_t)reporter.config, text), 0);
}

static int set_up(void **state)
{
    char setting[32];
    (void)state;
    port = find_port();
    snprintf(setting, sizeof(setting), "http.port=%u", (unsigned)port);
    memset(&reporter, 0, sizeof(reporter));
    memset(&instance, 0, sizeof(instance));
    snprintf(instance.name, sizeof(instance.name), "ctr-a");
    instance.interval_ms = 60000;
    instance.has_polled = instance.is_up = 1;
    reporter.config = make_config();
    reporter.count = 1;
    reporter.instances[0] = &instance;
    add_setting_text(setting);
    assert_int_equal(http_channel.check(reporter.config), 0);
    assert_int_equal(http_channel.start(&reporter), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_channel.stop();
    free_config((struct config *)(uintptr_t)reporter.config);
    return 0;
}

#define WAIT_MS 10000

/* Turn the loop once, with a client's socket (or -1) besides the channel's descriptors. Returns the
 * client's events. */
static short turn(int client, short events)
{
    struct pollfd p[1 + CHANNEL_DESCRIPTORS];
    int64_t timeout_ms = WAIT_MS;
    size_t n = http_channel.prepare(p + 1, CHANNEL_DESCRIPTORS, &timeout_ms);
    p[0].fd = client;
    p[0].events = events;
    p[0].revents = 0;
    /* The test fails when nothing has happened for WAIT_MS. */
    assert_true(poll(p, 1 + n, (int)timeout_ms) > 0 || timeout_ms < WAIT_MS);
    http_channel.run(p + 1, n);
    return p[0].revents;
}

static int open_client(void)
{
    struct sockaddr_in to;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

/* Whether the response is complete, as its header says. */
static int is_whole(const char *text, int has_body)
{
    const char *head_end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
    return head_end != NULL &&
           (!has_body || (length != NULL && strlen(head_end + 4) >= (size_t)atoi(length + 16)));
}

/* Send a request, and turn the loop until the response is complete or the connection ends. Returns
 * 1 when the connection has ended. */
static int exchange(int fd, const char *request, int has_body)
{
    size_t len = 0;
    ssize_t n = 1;
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (int)strlen(request));
    response[0] = 0;
    while (!is_whole(response, has_body) && n != 0) {
        if ((turn(fd, POLLIN) & (POLLIN | POLLHUP)) != 0) {
            n = recv(fd, response + len, sizeof(response) - 1 - len, 0);
            assert_true(n >= 0 || errno == EAGAIN || errno == ECONNRESET);
            len += n > 0 ? (size_t)n : 0;
            n = n < 0 && errno == ECONNRESET ? 0 : n;
            response[len] = 0;
        }
    }
    return n == 0;
}

/* Send a request on a new connection. Returns the status. */
static int send_request(const char *method, const char *target, const char *headers)
{
    char request[512];
    int fd = open_client();
    snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", method,
             target, headers);
    exchange(fd, request, strcmp(method, "HEAD") != 0);
    close(fd);
    return strncmp(response, "HTTP/1.1 ", 9) == 0 ? atoi(response + 9) : 0;
}

static const char *get_body(void)
{
    const char *end = strstr(response, "\r\n\r\n");
    return end != NULL ? end + 4 : "";
}

static int has_text(const char *text)
{
    return strstr(response, text) != NULL;
}

/* ---- paths ---- */

static void the_page_and_its_style_sheet_are_served(void **state)
{
    (void)state;
    assert_int_equal(send_request("GET", "/", ""), 200);
    assert_true(has_text("Content-Type: text/html; charset=utf-8\r\n"));
    assert_true(has_text("<h2 id=\"name-1\"><bdi>ctr-a</bdi>"));
    assert_int_equal(send_request("GET", PAGE_STYLE_PATH, ""), 200);
    assert_true(has_text("Content-Type: text/css; charset=utf-8\r\n"));
    assert_string_equal(get_body(), page_style);
}

static void metrics_are_the_exposition(void **state)
{
    (void)state;
    assert_int_equal(send_request("GET", "/metrics", ""), 200);
    assert_true(has_text("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    assert_true(has_text("# TYPE osft_up gauge\n"));
}

static void each_response_forbids_loading_and_running_anything_else(void **state)
{
    static const char *const targets[] = { "/", PAGE_STYLE_PATH, "/metrics", "/healthz", "/none" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        send_request("GET", targets[i], "");
        assert_true(
            has_text("Content-Security-Policy: default-src 'none'; style-src 'self'; base-uri "
                     "'none'; form-action 'none'; frame-ancestors 'none'\r\n"));
        assert_true(has_text("X-Content-Type-Options: nosniff\r\n"));
        assert_true(has_text("Cache-Control: no-store\r\n"));
    }
}

static void health_is_200_when_all_instances_are_well(void **state)
{
    (void)state;
    assert_int_equal(send_request("GET", "/healthz", ""), 200);
    assert_string_equal(get_body(), "All instances are polled well: 1\n");
}

static void health_is_503_and_names_the_instance_that_is_ill(void **state)
{
    struct timespec pause = { 0, 5 * 1000 * 1000 };
    (void)state;
    http_channel.stop();
    add_setting_text("http.unhealthy_after=1ms");
    assert_int_equal(http_channel.start(&reporter), 0);
    nanosleep(&pause, NULL);
    assert_int_equal(send_request("GET", "/healthz", ""), 503);
    assert_true(has_text("0 of 1 instance up\nctr-a: no poll has gone well for 0 s\n"));
    /* The page is served with 200 also while an instance is ill. */
    assert_int_equal(send_request("GET", "/", ""), 200);
}

static void other_targets_are_404(void **state)
{
    static const char *const targets[] = { "/x",       "//",       "/metrics/",  "/../etc/passwd",
                                           "/%2e%2e/", "/Metrics", "/index.html" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        assert_int_equal(send_request("GET", targets[i], ""), 404);
        assert_true(has_text("Ask for /, /metrics or /healthz."));
    }
}

static void the_query_of_a_target_is_ignored(void **state)
{
    (void)state;
    assert_int_equal(send_request("GET", "/healthz?a=<b>&c", ""), 200);
    assert_string_equal(get_body(), "All instances are polled well: 1\n");
}

/* ---- names ---- */

static void a_request_to_another_name_is_refused_on_loopback(void **state)
{
    int fd = open_client();
    (void)state;
    exchange(fd, "GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n", 1);
    assert_true(has_text("HTTP/1.1 421 ") && has_text("add the name to names in [http]"));
    assert_false(has_text("ctr-a"));
    close(fd);
    http_channel.stop();
    add_setting_text("http.names=gateway gateway.example");
    assert_int_equal(http_channel.start(&reporter), 0);
    fd = open_client();
    exchange(fd, "GET / HTTP/1.1\r\nHost: gateway.example:9473\r\n\r\n", 1);
    assert_true(has_text("HTTP/1.1 200 "));
    close(fd);
}

/* ---- methods ---- */

static void other_methods_are_405_with_the_allowed_methods(void **state)
{
    static const char *const methods[] = { "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        assert_int_equal(send_request(methods[i], "/", "Content-Length: 0\r\n"), 405);
        assert_true(has_text("Allow: GET, HEAD\r\n"));
    }
}

static void head_has_the_header_of_get_and_no_body(void **state)
{
    char length[64];
    (void)state;
    send_request("GET", PAGE_STYLE_PATH, "");
    snprintf(length, sizeof(length), "Content-Length: %u\r\n", (unsigned)strlen(page_style));
    assert_true(has_text(length));
    assert_int_equal(send_request("HEAD", PAGE_STYLE_PATH, "Connection: close\r\n"), 200);
    assert_true(has_text(length));
    assert_string_equal(get_body(), "");
}

static void a_request_with_a_body_is_refused(void **state)
{
    (void)state;
    assert_int_equal(send_request("GET", "/", "Content-Length: 5\r\n"), 400);
    assert_int_equal(send_request("GET", "/", "Transfer-Encoding: chunked\r\n"), 400);
}

/* ---- connections ---- */

static void a_connection_is_kept_for_the_next_request(void **state)
{
    int fd = open_client(), i;
    (void)state;
    for (i = 0; i < 3; i++) {
        assert_int_equal(exchange(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 1), 0);
        assert_true(has_text("HTTP/1.1 200 OK\r\n"));
    }
    close(fd);
}

static void a_request_may_come_byte_by_byte(void **state)
{
    static const char request[] =
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    int fd = open_client();
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(request) - 2; i++) {
        assert_int_equal(send(fd, request + i, 1, 0), 1);
        turn(-1, 0);
    }
    exchange(fd, "\n", 1);
    assert_true(has_text("HTTP/1.1 200 OK\r\n"));
    close(fd);
}

static void a_header_that_is_too_long_is_refused_and_its_connection_closed(void **state)
{
    static char request[64 * 1024];
    int fd = open_client();
    (void)state;
    memset(request, 'a', sizeof(request) - 1);
    memcpy(request, "GET / HTTP/1.1\r\nX: ", 19);
    assert_int_equal(exchange(fd, request, 0), 0);
    assert_true(has_text("HTTP/1.1 4"));
    close(fd);
    assert_int_equal(send_request("GET", "/healthz", ""), 200);
}

static void invalid_requests_end_only_their_own_connection(void **state)
{
    static const char *const rubbish[] = { "\r\n\r\n\r\n", "\x16\x03\x01\x02\x01\r\n\r\n",
                                           "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                                           "GET / HTTP/1.1\r\n: x\r\n\r\n" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
        int fd = open_client();
        assert_true(send(fd, rubbish[i], strlen(rubbish[i]), MSG_NOSIGNAL) > 0);
        turn(-1, 0);
        close(fd);
        assert_int_equal(send_request("GET", "/healthz", ""), 200);
    }
}

static void the_loop_wakes_to_close_a_silent_connection(void **state)
{
    struct pollfd p[CHANNEL_DESCRIPTORS];
    int64_t timeout_ms = 3600000;
    int fd;
    (void)state;
    http_channel.prepare(p, CHANNEL_DESCRIPTORS, &timeout_ms);
    assert_int_equal(timeout_ms, 3600000); /* without connections nothing is due */
    fd = open_client();
    turn(-1, 0);
    timeout_ms = 3600000;
    http_channel.prepare(p, CHANNEL_DESCRIPTORS, &timeout_ms);
    assert_in_range(timeout_ms, 0, 15000);
    close(fd);
}

static void more_connections_than_allowed_wait_and_are_served_when_others_end(void **state)
{
    static const char request[] =
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    int fds[16], late;
    size_t i;
    (void)state;
    for (i = 0; i < 16; i++) {
        fds[i] = open_client();
    }
    late = open_client();
    assert_true(send(late, request, strlen(request), 0) > 0);
    /* The first connections are served. That takes more turns than the late connection would
     * need. */
    for (i = 0; i < 16; i++) {
        exchange(fds[i], "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 1);
        assert_true(has_text("HTTP/1.1 200 OK\r\n"));
    }
    assert_true(recv(late, response, 1, 0) < 0 && errno == EAGAIN);
    for (i = 0; i < 16; i++) {
        close(fds[i]);
    }
    exchange(late, "", 1);
    assert_true(has_text("HTTP/1.1 200 OK\r\n"));
    close(late);
}

/* Connections on which bytes of a request come all the time are not silent, but take the places of
 * others. */
static void requests_that_do_not_end_do_not_keep_others_out(void **state)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    int64_t end_ms = get_monotonic_ms() + 20000, next_ms = 0;
    int fds[16], late;
    ssize_t n = -1;
    size_t i;
    (void)state;
    for (i = 0; i < 16; i++) {
        fds[i] = open_client();
        assert_true(send(fds[i], "GET /", 5, 0) == 5);
        turn(-1, 0);
    }
    late = open_client();
    assert_true(send(late, request, strlen(request), 0) > 0);
    while (n < 0 && get_monotonic_ms() < end_ms) {
        struct pollfd p[CHANNEL_DESCRIPTORS];
        int64_t timeout_ms = 500;
        size_t count = http_channel.prepare(p, CHANNEL_DESCRIPTORS, &timeout_ms);
        (void)poll(p, count, (int)timeout_ms);
        http_channel.run(p, count);
        for (i = 0; i < 16 && get_monotonic_ms() >= next_ms; i++) {
            (void)send(fds[i], "x", 1, MSG_NOSIGNAL);
        }
        next_ms = i == 16 ? get_monotonic_ms() + 1000 : next_ms;
        n = recv(late, response, sizeof(response) - 1, 0);
    }
    assert_true(n > 0);
    response[n] = 0;
    assert_true(has_text("HTTP/1.1 200 OK\r\n"));
    for (i = 0; i < 16; i++) {
        close(fds[i]);
    }
    close(late);
}

/* A kept connection has the time for each of its requests. */
static void a_kept_connection_may_last_longer_than_a_request(void **state)
{
    struct timespec pause = { 3, 600 * 1000 * 1000 };
    int fd = open_client(), i;
    (void)state;
    for (i = 0; i < 4; i++) {
        assert_int_equal(exchange(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 1), 0);
        assert_true(has_text("HTTP/1.1 200 OK\r\n"));
        nanosleep(&pause, NULL);
    }
    close(fd);
}

/* Make the page about 10 MB long, which is more than a socket buffers. */
static void make_page_large(void)
{
    static char status[RUN_TEXT_BYTES];
    size_t i;
    memset(status, '"', sizeof(status));
    instance.newest.is_known = 1;
    instance.newest.task.status.ptr = status;
    instance.newest.task.status.len = sizeof(status);
    reporter.count = INSTANCES_MAX;
    for (i = 0; i < INSTANCES_MAX; i++) {
        reporter.instances[i] = &instance;
    }
}

/* Request the page on a new connection, and read only the first byte of the response. Returns the
 * connection. */
static int open_slow_reader(void)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    int fd = open_client();
    char byte;
    assert_true(send(fd, request, strlen(request), 0) > 0);
    while (recv(fd, &byte, 1, 0) != 1) {
        turn(fd, POLLIN);
    }
    return fd;
}

static void slow_readers_share_a_page_and_take_only_bounded_memory(void **state)
{
    struct timespec second = { 1, 10 * 1000 * 1000 };
    int first, also;
    (void)state;
    make_page_large();
    first = open_slow_reader();
    also = open_slow_reader();
    nanosleep(&second, NULL); /* the response is now too old to be shared */
    assert_int_equal(send_request("GET", "/", ""), 503);
    assert_true(has_text("Retry-After: 5\r\n") && has_text("Try again"));
    assert_int_equal(send_request("GET", "/healthz", ""), 200); /* small bodies always have room */
    close(first);
    assert_int_equal(send_request("GET", "/", ""), 503);
    close(also);
    /* The server may not have noticed yet that a reader has ended. */
    while (send_request("GET", "/", "Connection: close\r\n") == 503) {
    }
    assert_true(has_text("HTTP/1.1 200 OK\r\n"));
}

/* ---- the socket ---- */

static void a_port_in_use_has_advice(void **state)
{
    struct listen_problem problem;
    char url[URL_SIZE];
    (void)state;
    assert_int_equal(open_listener("127.0.0.1", port, url, &problem), -1);
    assert_string_equal(problem.key, "port");
    assert_non_null(strstr(problem.what, "cannot listen at 127.0.0.1, port "));
    assert_string_equal(problem.advice, "another port, or stop the program that uses it");
}

static void an_address_of_another_machine_has_advice(void **state)
{
    struct listen_problem problem;
    char url[URL_SIZE];
    (void)state;
    assert_int_equal(open_listener("192.0.2.1", 0, url, &problem), -1);
    assert_string_equal(problem.key, "address");
    assert_string_equal(problem.advice, "an address that this machine has, such as 127.0.0.1");
}

static void the_channel_can_be_restarted_while_clients_are_connected(void **state)
{
    int fd = open_client();
    (void)state;
    turn(-1, 0);
    http_channel.stop();
    assert_int_equal(http_channel.start(&reporter), 0);
    assert_int_equal(send_request("GET", "/healthz", ""), 200);
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_page_and_its_style_sheet_are_served),
        TEST(metrics_are_the_exposition),
        TEST(each_response_forbids_loading_and_running_anything_else),
        TEST(health_is_200_when_all_instances_are_well),
        TEST(health_is_503_and_names_the_instance_that_is_ill),
        TEST(other_targets_are_404),
        TEST(the_query_of_a_target_is_ignored),
        TEST(a_request_to_another_name_is_refused_on_loopback),
        TEST(other_methods_are_405_with_the_allowed_methods),
        TEST(head_has_the_header_of_get_and_no_body),
        TEST(a_request_with_a_body_is_refused),
        TEST(a_connection_is_kept_for_the_next_request),
        TEST(a_request_may_come_byte_by_byte),
        TEST(a_header_that_is_too_long_is_refused_and_its_connection_closed),
        TEST(invalid_requests_end_only_their_own_connection),
        TEST(the_loop_wakes_to_close_a_silent_connection),
        TEST(more_connections_than_allowed_wait_and_are_served_when_others_end),
        TEST(requests_that_do_not_end_do_not_keep_others_out),
        TEST(a_kept_connection_may_last_longer_than_a_request),
        TEST(slow_readers_share_a_page_and_take_only_bounded_memory),
        TEST(a_port_in_use_has_advice),
        TEST(an_address_of_another_machine_has_advice),
        TEST(the_channel_can_be_restarted_while_clients_are_connected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
    printf("1..1\nok 1 - HTTP # SKIP it was built without libmicrohttpd\n");
    return 0;
}
#endif
