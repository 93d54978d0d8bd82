/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the HTTP channel of the reporter with requests over loopback. The tests run the event loop
 * turn by turn. */
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
#include "../../examples/gateway/listen.h"
#include "../../examples/gateway/page.h"
#include "reporter_http.h"

#ifdef HAVE_MICROHTTPD
/* ---- paths ---- */

static void the_page_and_its_style_sheet_are_served(void **state)
{
    (void)state;
    assert_int_equal(request_http("GET", "/", ""), 200);
    assert_true(http_has("Content-Type: text/html; charset=utf-8\r\n"));
    assert_true(http_has("<h2 id=\"name-1\"><bdi>ctr-a</bdi>"));
    assert_int_equal(request_http("GET", PAGE_STYLE_PATH, ""), 200);
    assert_true(http_has("Content-Type: text/css; charset=utf-8\r\n"));
    assert_string_equal(get_http_body(), page_style);
}

static void metrics_are_the_exposition(void **state)
{
    (void)state;
    assert_int_equal(request_http("GET", "/metrics", ""), 200);
    assert_true(http_has("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    assert_true(http_has("# TYPE osft_up gauge\n"));
}

static void each_response_forbids_loading_and_running_anything_else(void **state)
{
    static const char *const targets[] = { "/", PAGE_STYLE_PATH, "/metrics", "/healthz", "/none" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        request_http("GET", targets[i], "");
        assert_true(
            http_has("Content-Security-Policy: default-src 'none'; style-src 'self'; base-uri "
                     "'none'; form-action 'none'; frame-ancestors 'none'\r\n"));
        assert_true(http_has("X-Content-Type-Options: nosniff\r\n"));
        assert_true(http_has("Cache-Control: no-store\r\n"));
    }
}

static void health_is_200_when_all_instances_are_well(void **state)
{
    (void)state;
    assert_int_equal(request_http("GET", "/healthz", ""), 200);
    assert_string_equal(get_http_body(), "All instances are polled well: 1\n");
}

static void health_is_503_and_names_the_instance_that_is_ill(void **state)
{
    struct timespec pause = { 0, 5 * 1000 * 1000 };
    (void)state;
    http_channel.stop();
    add_http_setting("http.unhealthy_after=1ms");
    assert_int_equal(http_channel.start(&http_reporter), 0);
    nanosleep(&pause, NULL);
    assert_int_equal(request_http("GET", "/healthz", ""), 503);
    assert_string_equal(get_http_body(),
                        "0 of 1 instance up\nctr-a: no poll has gone well for 0 s\n");
    /* The page is served with 200 also while an instance is ill. */
    assert_int_equal(request_http("GET", "/", ""), 200);
}

static void other_targets_are_404(void **state)
{
    static const char *const targets[] = { "/x",       "//",       "/metrics/",  "/../etc/passwd",
                                           "/%2e%2e/", "/Metrics", "/index.html" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        assert_int_equal(request_http("GET", targets[i], ""), 404);
        assert_true(http_has("Ask for /, /metrics or /healthz."));
    }
}

static void the_query_of_a_target_is_ignored(void **state)
{
    (void)state;
    assert_int_equal(request_http("GET", "/healthz?a=<b>&c", ""), 200);
    assert_string_equal(get_http_body(), "All instances are polled well: 1\n");
}

/* ---- names ---- */

static void a_request_to_another_name_is_refused_on_loopback(void **state)
{
    int fd = connect_http();
    (void)state;
    exchange_http(fd, "GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n", 1);
    assert_true(http_has("HTTP/1.1 421 ") && http_has("add the name to names in [http]"));
    assert_false(http_has("ctr-a"));
    close(fd);
    http_channel.stop();
    add_http_setting("http.names=gateway gateway.example");
    assert_int_equal(http_channel.start(&http_reporter), 0);
    fd = connect_http();
    exchange_http(fd, "GET / HTTP/1.1\r\nHost: gateway.example:9473\r\n\r\n", 1);
    assert_true(http_has("HTTP/1.1 200 "));
    close(fd);
}

/* ---- methods ---- */

static void other_methods_are_405_with_the_allowed_methods(void **state)
{
    static const char *const methods[] = { "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        assert_int_equal(request_http(methods[i], "/", "Content-Length: 0\r\n"), 405);
        assert_true(http_has("Allow: GET, HEAD\r\n"));
    }
}

static void head_has_the_header_of_get_and_no_body(void **state)
{
    char length[64];
    (void)state;
    request_http("GET", PAGE_STYLE_PATH, "");
    snprintf(length, sizeof(length), "Content-Length: %u\r\n", (unsigned)strlen(page_style));
    assert_true(http_has(length));
    assert_int_equal(request_http("HEAD", PAGE_STYLE_PATH, "Connection: close\r\n"), 200);
    assert_true(http_has(length));
    assert_string_equal(get_http_body(), "");
}

static void a_request_with_a_body_is_refused(void **state)
{
    (void)state;
    assert_int_equal(request_http("GET", "/", "Content-Length: 5\r\n"), 400);
    assert_int_equal(request_http("GET", "/", "Transfer-Encoding: chunked\r\n"), 400);
}

/* ---- connections ---- */

static void a_connection_is_kept_for_the_next_request(void **state)
{
    int fd = connect_http(), i;
    (void)state;
    for (i = 0; i < 3; i++) {
        assert_int_equal(exchange_http(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 1),
                         0);
        assert_true(http_has("HTTP/1.1 200 OK\r\n"));
    }
    close(fd);
}

static void a_request_may_come_byte_by_byte(void **state)
{
    static const char request[] =
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    int fd = connect_http();
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(request) - 2; i++) {
        assert_int_equal(send(fd, request + i, 1, 0), 1);
        turn_http(-1, 0);
    }
    exchange_http(fd, "\n", 1);
    assert_true(http_has("HTTP/1.1 200 OK\r\n"));
    close(fd);
}

static void a_header_that_is_too_long_is_refused_and_its_connection_closed(void **state)
{
    static char request[64 * 1024];
    int fd = connect_http();
    (void)state;
    memset(request, 'a', sizeof(request) - 1);
    memcpy(request, "GET / HTTP/1.1\r\nX: ", 19);
    assert_int_equal(exchange_http(fd, request, 0), 0);
    assert_true(http_has("HTTP/1.1 4"));
    close(fd);
    assert_int_equal(request_http("GET", "/healthz", ""), 200);
}

static void invalid_requests_end_only_their_own_connection(void **state)
{
    static const char *const rubbish[] = { "\r\n\r\n\r\n", "\x16\x03\x01\x02\x01\r\n\r\n",
                                           "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                                           "GET / HTTP/1.1\r\n: x\r\n\r\n" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
        int fd = connect_http();
        assert_true(send(fd, rubbish[i], strlen(rubbish[i]), MSG_NOSIGNAL) > 0);
        turn_http(-1, 0);
        close(fd);
        assert_int_equal(request_http("GET", "/healthz", ""), 200);
    }
}

static void the_loop_wakes_to_close_a_silent_connection(void **state)
{
    struct pollfd p[CHANNEL_DESCRIPTORS];
    int64_t timeout_ms = 3600000;
    int fd;
    (void)state;
    http_channel.prepare(p, CHANNEL_DESCRIPTORS, &timeout_ms);
    assert_int_equal(timeout_ms, 3600000); /* without connections the channel has no time limit */
    fd = connect_http();
    turn_http(-1, 0);
    timeout_ms = 3600000;
    http_channel.prepare(p, CHANNEL_DESCRIPTORS, &timeout_ms);
    assert_in_range(timeout_ms, 0, 15000);
    close(fd);
}

/* ---- the socket ---- */

static void a_port_in_use_has_advice(void **state)
{
    struct listen_problem problem;
    char url[URL_SIZE];
    (void)state;
    assert_int_equal(open_listener("127.0.0.1", http_port, url, &problem), -1);
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
    int fd = connect_http();
    (void)state;
    turn_http(-1, 0);
    http_channel.stop();
    assert_int_equal(http_channel.start(&http_reporter), 0);
    assert_int_equal(request_http("GET", "/healthz", ""), 200);
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_http, tear_down_http)

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
