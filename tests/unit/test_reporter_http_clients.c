/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how long the HTTP channel lets connections last. The tests pass the current time to each
 * function, so they need not wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/http_clients.h"

#define NOW INT64_C(1000000)

/* An open connection: the channel's client, and the socket of its peer. */
struct pair {
    int peer;
    struct http_client *client;
};
static struct pair pairs[HTTP_CLIENTS_MAX];

static void open_pair(struct pair *pair, int64_t now_ms)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    pair->peer = fds[0];
    pair->client = add_http_client(fds[1], now_ms);
    assert_non_null(pair->client);
}

static void close_pair(struct pair *pair)
{
    close(pair->peer);
    close(pair->client->fd);
    remove_http_client(pair->client);
}

/* Whether the channel has shut the connection down. */
static int has_ended(const struct pair *pair)
{
    char byte;
    return recv(pair->peer, &byte, 1, MSG_DONTWAIT) == 0;
}

static void without_connections_nothing_is_due(void **state)
{
    (void)state;
    assert_true(end_slow_http_clients(NOW, 0) == INT64_MAX);
    assert_true(end_slow_http_clients(NOW, 1) == INT64_MAX);
}

static void a_request_has_its_time_and_no_more(void **state)
{
    (void)state;
    open_pair(&pairs[0], NOW);
    assert_true(end_slow_http_clients(NOW, 0) == HTTP_REQUEST_MS);
    assert_true(end_slow_http_clients(NOW + HTTP_REQUEST_MS - 1, 1) == 1);
    assert_false(has_ended(&pairs[0]));
    assert_true(end_slow_http_clients(NOW + HTTP_REQUEST_MS, 0) == INT64_MAX);
    assert_true(has_ended(&pairs[0]));
    close_pair(&pairs[0]);
}

static void a_response_has_its_time_and_no_more(void **state)
{
    (void)state;
    open_pair(&pairs[0], NOW);
    note_http_response(pairs[0].client, NOW + 5);
    assert_true(end_slow_http_clients(NOW + 5, 0) == HTTP_RESPONSE_MS);
    assert_true(end_slow_http_clients(NOW + 5 + HTTP_RESPONSE_MS - 1, 0) == 1);
    assert_false(has_ended(&pairs[0]));
    assert_true(end_slow_http_clients(NOW + 5 + HTTP_RESPONSE_MS, 0) == INT64_MAX);
    assert_true(has_ended(&pairs[0]));
    close_pair(&pairs[0]);
}

static void a_response_has_less_time_while_memory_is_scarce(void **state)
{
    (void)state;
    open_pair(&pairs[0], NOW);
    note_http_response(pairs[0].client, NOW);
    assert_true(end_slow_http_clients(NOW, 1) == HTTP_SCARCE_MS);
    (void)end_slow_http_clients(NOW + HTTP_SCARCE_MS, 0);
    assert_false(has_ended(&pairs[0]));
    (void)end_slow_http_clients(NOW + HTTP_SCARCE_MS, 1);
    assert_true(has_ended(&pairs[0]));
    close_pair(&pairs[0]);
}

static void a_response_has_less_time_while_all_connections_are_in_use(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        open_pair(&pairs[i], NOW);
        note_http_response(pairs[i].client, NOW);
    }
    assert_null(add_http_client(0, NOW));
    assert_true(end_slow_http_clients(NOW + 1, 0) == HTTP_SCARCE_MS - 1);
    close_pair(&pairs[0]);
    assert_true(end_slow_http_clients(NOW + 1, 0) == HTTP_RESPONSE_MS - 1);
    open_pair(&pairs[0], NOW + 2);
    (void)end_slow_http_clients(NOW + HTTP_SCARCE_MS, 0);
    assert_false(has_ended(&pairs[0]));
    for (i = 1; i < HTTP_CLIENTS_MAX; i++) {
        assert_true(has_ended(&pairs[i]));
    }
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        close_pair(&pairs[i]);
    }
}

static void
a_connection_is_kept_after_its_response_and_has_the_time_of_a_request_again(void **state)
{
    (void)state;
    open_pair(&pairs[0], NOW);
    note_http_response(pairs[0].client, NOW + 9000);
    note_http_response_end(pairs[0].client, NOW + 20000);
    assert_false(has_ended(&pairs[0]));
    assert_true(end_slow_http_clients(NOW + 20000, 0) == HTTP_REQUEST_MS);
    (void)end_slow_http_clients(NOW + 20000 + HTTP_REQUEST_MS, 0);
    assert_true(has_ended(&pairs[0]));
    close_pair(&pairs[0]);
}

static void no_connection_is_kept_while_all_are_in_use(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        open_pair(&pairs[i], NOW);
    }
    note_http_response(pairs[3].client, NOW);
    note_http_response_end(pairs[3].client, NOW);
    note_http_response_end(pairs[4].client, NOW); /* the request failed, so there is no response */
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        assert_int_equal(has_ended(&pairs[i]), i == 3);
    }
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        close_pair(&pairs[i]);
    }
}

static void a_connection_that_was_shut_down_stays_so(void **state)
{
    (void)state;
    open_pair(&pairs[0], NOW);
    (void)end_slow_http_clients(NOW + HTTP_REQUEST_MS, 0);
    note_http_response(pairs[0].client, NOW + HTTP_REQUEST_MS);
    note_http_response_end(pairs[0].client, NOW + HTTP_REQUEST_MS);
    assert_true(end_slow_http_clients(NOW + HTTP_REQUEST_MS, 0) == INT64_MAX);
    close_pair(&pairs[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_connections_nothing_is_due),
        cmocka_unit_test(a_request_has_its_time_and_no_more),
        cmocka_unit_test(a_response_has_its_time_and_no_more),
        cmocka_unit_test(a_response_has_less_time_while_memory_is_scarce),
        cmocka_unit_test(a_response_has_less_time_while_all_connections_are_in_use),
        cmocka_unit_test(
            a_connection_is_kept_after_its_response_and_has_the_time_of_a_request_again),
        cmocka_unit_test(no_connection_is_kept_while_all_are_in_use),
        cmocka_unit_test(a_connection_that_was_shut_down_stays_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
