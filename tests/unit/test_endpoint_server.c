/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint's connections over sockets on loopback: how many requests they serve, and how they
 * end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../examples/osft-endpoint/server.h"

#define GUARD_S 60 /* time limit that ends the test when the endpoint is broken */

struct host {
    struct ep_service service;
    int listener, port, stop[2], served;
    pthread_t thread;
};

static void *serve(void *ctx)
{
    struct host *h = ctx;

    h->served = ep_serve(&h->service, NULL, h->listener, h->stop[0]);
    return NULL;
}

static struct host *host_new(const char *fault)
{
    struct host *h = calloc(1, sizeof(*h));

    assert_non_null(h);
    h->service.gate.id = "testid";
    h->service.gate.secret = "testsecret";
    h->service.log = tmpfile();
    assert_non_null(h->service.log);
    if (fault)
        assert_null(ep_fault_add(&h->service.faults, fault));
    h->listener = ep_listen("127.0.0.1", &h->port);
    assert_true(h->listener >= 0);
    assert_int_equal(pipe(h->stop), 0);
    assert_int_equal(pthread_create(&h->thread, NULL, serve, h), 0);
    return h;
}

/* Stop the endpoint and free it. *log gets the log that it wrote. */
static void host_free(struct host *h, struct ep_text *log)
{
    char piece[256];
    size_t len;

    assert_int_equal(write(h->stop[1], "", 1), 1);
    assert_int_equal(pthread_join(h->thread, NULL), 0);
    assert_int_equal(h->served, 0);
    rewind(h->service.log);
    ep_puts(log, "");
    while ((len = fread(piece, 1, sizeof(piece), h->service.log)) > 0)
        ep_put(log, piece, len);
    fclose(h->service.log);
    close(h->listener);
    close(h->stop[0]);
    close(h->stop[1]);
    ep_store_free(&h->service.store);
    ep_nonces_free(&h->service.gate.nonces);
    free(h);
}

static int connect_to(const struct host *h)
{
    struct timeval guard = { GUARD_S, 0 };
    struct sockaddr_in a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    memset(&a, 0, sizeof(a));
    a.sin_family = AF_INET;
    a.sin_port = htons((uint16_t)h->port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &guard, sizeof(guard)), 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
    return fd;
}

static void send_request(int fd)
{
    static const char request[] = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

    assert_int_equal(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL), sizeof(request) - 1);
}

/* Receive one response, head and body, into *out. Returns its length, or the number of bytes before
 * the connection ended. */
static size_t receive_response(int fd, struct ep_text *out)
{
    size_t want = SIZE_MAX;
    const char *length;

    out->len = 0;
    ep_puts(out, "");
    while (out->len < want) {
        char c;
        ssize_t n = recv(fd, &c, 1, 0);

        assert_true(n >= 0); /* the connection was neither reset nor too slow */
        if (n == 0)
            break;
        ep_put(out, &c, 1);
        if (want != SIZE_MAX || out->len < 4 || memcmp(out->mem + out->len - 4, "\r\n\r\n", 4) != 0)
            continue;
        length = strstr(out->mem, "Content-Length: ");
        assert_non_null(length);
        want = out->len + strtoul(length + 16, NULL, 10);
    }
    return out->len;
}

static void expect_end(int fd)
{
    char c;

    assert_int_equal(recv(fd, &c, 1, 0), 0);
}

static void a_connection_that_is_kept_has_a_number_and_counts_its_requests(void **state)
{
    struct ep_text answer = { NULL, 0, 0 }, log = { NULL, 0, 0 };
    struct host *h = host_new(NULL);
    int first, second;

    (void)state;
    first = connect_to(h);
    send_request(first);
    receive_response(first, &answer);
    second = connect_to(h);
    send_request(second);
    receive_response(second, &answer);
    send_request(first);
    receive_response(first, &answer);
    assert_non_null(strstr(answer.mem, "\r\nConnection: keep-alive\r\n"));
    close(first);
    close(second);
    host_free(h, &log);
    assert_non_null(strstr(log.mem, " plain conn=1 nth=1 "));
    assert_non_null(strstr(log.mem, " plain conn=2 nth=1 "));
    assert_non_null(strstr(log.mem, " plain conn=1 nth=2 "));
    ep_free(&answer);
    ep_free(&log);
}

static void close_idle_ends_a_connection_that_was_to_be_kept(void **state)
{
    struct ep_text answer = { NULL, 0, 0 }, log = { NULL, 0, 0 };
    struct host *h = host_new("close-idle:1");
    int fd = connect_to(h);
    char c;

    (void)state;
    send_request(fd);
    assert_true(receive_response(fd, &answer) > 0);
    assert_non_null(strstr(answer.mem, "\r\nConnection: keep-alive\r\n"));
    expect_end(fd); /* the connection ends at once, before a further request */
    send_request(fd);
    /* the connection is reset when the request came after its end */
    assert_true(recv(fd, &c, 1, 0) <= 0);
    close(fd);
    host_free(h, &log);
    assert_null(strstr(log.mem, "nth=2")); /* a request that came after the end was not served */
    ep_free(&answer);
    ep_free(&log);
}

static void close_ends_a_connection_as_it_said(void **state)
{
    struct ep_text answer = { NULL, 0, 0 }, log = { NULL, 0, 0 };
    struct host *h = host_new("close");
    int fd = connect_to(h);

    (void)state;
    send_request(fd);
    assert_true(receive_response(fd, &answer) > 0);
    assert_non_null(strstr(answer.mem, "\r\nConnection: close\r\n"));
    expect_end(fd);
    close(fd);
    host_free(h, &log);
    ep_free(&answer);
    ep_free(&log);
}

static void drop_ends_a_connection_without_a_byte_and_serves_the_next(void **state)
{
    struct ep_text answer = { NULL, 0, 0 }, log = { NULL, 0, 0 };
    struct host *h = host_new("drop:1@2");
    int fd = connect_to(h);

    (void)state;
    send_request(fd);
    assert_true(receive_response(fd, &answer) > 0);
    send_request(fd); /* the fault meets the second request, on a kept connection */
    assert_int_equal(receive_response(fd, &answer), 0);
    close(fd);
    fd = connect_to(h);
    send_request(fd);
    assert_true(receive_response(fd, &answer) > 0);
    close(fd);
    host_free(h, &log);
    assert_non_null(strstr(log.mem, " 0 drop plain conn=1 nth=2 "));
    assert_non_null(strstr(log.mem, " 404 InvalidAction.NotFound plain conn=2 nth=1 "));
    ep_free(&answer);
    ep_free(&log);
}

/* Only the first bytes of the request are sent. So the response must come before the request is
 * complete. */
static void early_refuses_a_request_that_has_only_begun(void **state)
{
    static const char beginning[] = "GET /x HTTP/1.1\r\nHos";
    struct ep_text answer = { NULL, 0, 0 }, log = { NULL, 0, 0 };
    struct host *h = host_new("early=413:1");
    int fd = connect_to(h);

    (void)state;
    assert_int_equal(send(fd, beginning, sizeof(beginning) - 1, MSG_NOSIGNAL),
                     sizeof(beginning) - 1);
    assert_true(receive_response(fd, &answer) > 0);
    assert_memory_equal(answer.mem, "HTTP/1.1 413 ", 13);
    assert_non_null(strstr(answer.mem, "\r\nConnection: close\r\n"));
    expect_end(fd);
    close(fd);
    fd = connect_to(h); /* the fault does not meet the second request, which is read completely */
    send_request(fd);
    assert_true(receive_response(fd, &answer) > 0);
    assert_memory_equal(answer.mem, "HTTP/1.1 404 ", 13);
    close(fd);
    host_free(h, &log);
    assert_non_null(strstr(log.mem, " 413 "));
    assert_non_null(strstr(log.mem, "fault=early"));
    ep_free(&answer);
    ep_free(&log);
}

static void keep_alive_is_announced(void **state)
{
    struct ep_text answer = { NULL, 0, 0 }, log = { NULL, 0, 0 };
    struct host *h = host_new("keep-alive=7:1");
    int fd = connect_to(h);

    (void)state;
    send_request(fd);
    assert_true(receive_response(fd, &answer) > 0);
    assert_non_null(strstr(answer.mem, "\r\nKeep-Alive: timeout=7\r\n"));
    send_request(fd);
    assert_true(receive_response(fd, &answer) > 0);
    assert_null(strstr(answer.mem, "Keep-Alive:"));
    close(fd);
    host_free(h, &log);
    ep_free(&answer);
    ep_free(&log);
}

static void chaos_serves_or_ends_every_connection_and_the_log_tells_which(void **state)
{
    struct ep_text log = { NULL, 0, 0 };
    struct host *h = host_new("chaos=50");
    size_t lines = 0, i;
    const char *at;

    (void)state;
    for (i = 0; i < 200; i++) {
        int fd = connect_to(h);
        char c[512];

        send_request(fd);
        shutdown(fd, SHUT_WR);
        while (recv(fd, c, sizeof(c), 0) > 0)
            ;
        close(fd);
    }
    host_free(h, &log);
    for (at = log.mem; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 200);
    assert_non_null(strstr(log.mem, " fault=chaos\n"));
    assert_non_null(strstr(log.mem, " fault=drop,chaos\n"));
    assert_non_null(strstr(log.mem, " fault=cut,chaos\n"));
    ep_free(&log);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(a_connection_that_is_kept_has_a_number_and_counts_its_requests),
        cmocka_unit_test(close_idle_ends_a_connection_that_was_to_be_kept),
        cmocka_unit_test(close_ends_a_connection_as_it_said),
        cmocka_unit_test(drop_ends_a_connection_without_a_byte_and_serves_the_next),
        cmocka_unit_test(early_refuses_a_request_that_has_only_begun),
        cmocka_unit_test(keep_alive_is_announced),
        cmocka_unit_test(chaos_serves_or_ends_every_connection_and_the_log_tells_which),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}
