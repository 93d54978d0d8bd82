/* SPDX-License-Identifier: Apache-2.0 */
#include "reporter_http.h"

#ifdef HAVE_MICROHTTPD
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/config_load.h"
#include "../../examples/gateway/listen.h"

struct instance http_instance;
struct reporter http_reporter;
uint16_t http_port;
char http_response[HTTP_RESPONSE_SIZE];

/* Return a free TCP port: one that was opened and closed again. */
static uint16_t find_free_port(void)
{
    struct listen_problem problem;
    char url[URL_SIZE];
    int fd = open_listener("127.0.0.1", 0, url, &problem);
    assert_true(fd >= 0);
    close(fd);
    return (uint16_t)atoi(strrchr(url, ':') + 1);
}

void add_http_setting(const char *text)
{
    assert_int_equal(add_argument((struct config *)(uintptr_t)http_reporter.config, text), 0);
}

int set_up_http(void **state)
{
    char setting[32];
    (void)state;
    http_port = find_free_port();
    snprintf(setting, sizeof(setting), "http.port=%u", (unsigned)http_port);
    memset(&http_reporter, 0, sizeof(http_reporter));
    memset(&http_instance, 0, sizeof(http_instance));
    snprintf(http_instance.name, sizeof(http_instance.name), "ctr-a");
    http_instance.interval_ms = 60000;
    http_instance.has_polled = http_instance.is_up = 1;
    http_reporter.config = make_config();
    http_reporter.count = 1;
    http_reporter.instances[0] = &http_instance;
    add_http_setting(setting);
    assert_int_equal(http_channel.check(http_reporter.config), 0);
    assert_int_equal(http_channel.start(&http_reporter), 0);
    return 0;
}

int tear_down_http(void **state)
{
    (void)state;
    http_channel.stop();
    free_config((struct config *)(uintptr_t)http_reporter.config);
    return 0;
}

#define WAIT_MS 10000

short turn_http(int client, short events)
{
    struct pollfd p[1 + CHANNEL_DESCRIPTORS];
    int64_t timeout_ms = WAIT_MS;
    size_t n = http_channel.prepare(p + 1, CHANNEL_DESCRIPTORS, &timeout_ms);
    p[0].fd = client;
    p[0].events = events;
    p[0].revents = 0;
    /* The test fails when no descriptor has an event within WAIT_MS. */
    assert_true(poll(p, 1 + n, (int)timeout_ms) > 0 || timeout_ms < WAIT_MS);
    http_channel.run(p + 1, n);
    return p[0].revents;
}

int connect_http(void)
{
    struct sockaddr_in to;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(http_port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

/* Whether the response is complete by its Content-Length. */
static int is_whole(const char *text, int has_body)
{
    const char *head_end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
    return head_end != NULL &&
           (!has_body || (length != NULL && strlen(head_end + 4) >= (size_t)atoi(length + 16)));
}

int exchange_http(int fd, const char *request, int has_body)
{
    size_t len = 0;
    ssize_t n = 1;
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (int)strlen(request));
    http_response[0] = 0;
    while (!is_whole(http_response, has_body) && n != 0) {
        if ((turn_http(fd, POLLIN) & (POLLIN | POLLHUP)) != 0) {
            n = recv(fd, http_response + len, sizeof(http_response) - 1 - len, 0);
            assert_true(n >= 0 || errno == EAGAIN || errno == ECONNRESET);
            len += n > 0 ? (size_t)n : 0;
            n = n < 0 && errno == ECONNRESET ? 0 : n;
            http_response[len] = 0;
        }
    }
    return n == 0;
}

int request_http(const char *method, const char *target, const char *headers)
{
    char request[512];
    int fd = connect_http();
    snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", method,
             target, headers);
    exchange_http(fd, request, strcmp(method, "HEAD") != 0);
    close(fd);
    return strncmp(http_response, "HTTP/1.1 ", 9) == 0 ? atoi(http_response + 9) : 0;
}

const char *get_http_body(void)
{
    const char *end = strstr(http_response, "\r\n\r\n");
    return end != NULL ? end + 4 : "";
}

int http_has(const char *text)
{
    return strstr(http_response, text) != NULL;
}

void make_http_page_large(void)
{
    static char status[RUN_TEXT_BYTES];
    size_t i;
    memset(status, '"', sizeof(status));
    http_instance.newest.is_known = 1;
    http_instance.newest.task.status.ptr = status;
    http_instance.newest.task.status.len = sizeof(status);
    http_reporter.count = INSTANCES_MAX;
    for (i = 0; i < INSTANCES_MAX; i++) {
        http_reporter.instances[i] = &http_instance;
    }
}

int open_slow_reader(const char *target)
{
    char request[128];
    const int room = 64 * 1024; /* a fixed size, so that Linux does not enlarge the buffer */
    int fd = connect_http();
    char byte;
    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)), 0);
    assert_true(send(fd, request, strlen(request), 0) > 0);
    while (recv(fd, &byte, 1, 0) != 1) {
        turn_http(fd, POLLIN);
    }
    return fd;
}
#endif
