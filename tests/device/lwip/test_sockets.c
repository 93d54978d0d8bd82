/* SPDX-License-Identifier: Apache-2.0 */
/* The port over lwIP's sockets, with lwIP's threads: one client, and several at a time. No test
 * depends on the speed of this machine: where nothing else ends a wait, the time limit of run.sh
 * does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>

#include "list_client.h"
#include "osft_lwip.h"
#include "service.h"

#include "lwip/api.h"
#include "lwip/errno.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/stats.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"

enum { NO_LIMIT = 0 }; /* as the limit of a call */

/* Attempts have no time limit, so that their number does not depend on the clock. */
static const struct osft_retry retry = OSFT_RETRY(4, UINT32_MAX, 100, 1000);

static int fill_random(void *ctx, void *buffer, size_t len)
{
    uint8_t *bytes = buffer;
    (void)ctx;
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)rand();
    }
    return 0;
}

static struct osft_lwip lwip;
static struct list_client list;

static void init_port(struct osft_lwip *port)
{
    osft_lwip_init(port, fill_random);
    port->connect_ms = UINT32_MAX;
}

static void set_up(const char *host, uint16_t tcp_port)
{
    init_port(&lwip);
    lwip.port.learn_utc(&lwip, REFUSAL_UTC);
    list_client_init(&list, &lwip.port, host, tcp_port);
}

static int list_tasks(uint32_t limit_ms)
{
    return osft_list(&list.client, &list.query, &list.page, limit_ms);
}

static int open_connection(const char *host, uint16_t tcp_port)
{
    int result;
    while ((result = lwip.port.open(&lwip, host, tcp_port)) == 0) {
        (void)lwip.port.wait(&lwip, OSFT_WRITABLE, UINT32_MAX);
    }
    return result;
}

static void a_client_lists_by_name_and_by_address(void **state)
{
    static const char *const hosts[] = { "service.test", "service.test.", "127.0.0.1", "[::1]" };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        set_up(hosts[i], RESPONDS);
        assert_int_equal(list_tasks(NO_LIMIT), OSFT_OK);
        assert_true(has_all_tasks(&list));
        lwip.port.close(&lwip);
        lwip.port.close(&lwip);
    }
}

static void a_response_in_pieces_or_before_the_end_of_the_stream_is_whole(void **state)
{
    (void)state;
    set_up("service.test", TRICKLES);
    assert_int_equal(list_tasks(NO_LIMIT), OSFT_OK);
    assert_true(has_all_tasks(&list));
    lwip.port.close(&lwip);
    set_up("service.test", CLOSES);
    assert_int_equal(list_tasks(NO_LIMIT), OSFT_OK);
    assert_true(has_all_tasks(&list));
    lwip.port.close(&lwip);
}

static void half_a_response_is_an_error(void **state)
{
    (void)state;
    set_up("service.test", CUTS);
    assert_int_equal(list_tasks(NO_LIMIT), OSFT_E_CUT);
    assert_true(list.page.count < TASK_COUNT);
    set_up("service.test", RESETS);
    assert_int_equal(list_tasks(NO_LIMIT), OSFT_E_IO);
    assert_int_equal(list.client.reply.port_code, ECONNRESET);
    lwip.port.close(&lwip);
}

static void a_closed_port_refuses(void **state)
{
    (void)state;
    set_up("127.0.0.1", NOT_SERVED);
    assert_int_equal(open_connection("127.0.0.1", NOT_SERVED), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ECONNRESET);
    assert_int_equal(list_tasks(NO_LIMIT), OSFT_E_IO);
    assert_int_equal(list.client.reply.port_code, ECONNRESET);
    assert_int_equal(open_connection("127.0.0.1", RESPONDS), 1); /* the struct can be used again */
    assert_int_equal(*lwip.port.code, 0);
    lwip.port.close(&lwip);
}

/* Only the limit that is tested can end these calls: lwIP gives up later, with another code. */
static void connect_ms_or_the_calls_limit_end_a_silent_connection(void **state)
{
    uint32_t start_ms;
    (void)state;
    set_up("10.0.0.9", RESPONDS);
    lwip.connect_ms = 300;
    start_ms = sys_now();
    assert_int_equal(list_tasks(NO_LIMIT), OSFT_E_IO);
    assert_int_equal(list.client.reply.port_code, ETIMEDOUT);
    assert_true(sys_now() - start_ms >= 300);
    lwip.connect_ms = UINT32_MAX;
    start_ms = sys_now();
    assert_int_equal(list_tasks(300), OSFT_E_TIMEOUT);
    assert_true(sys_now() - start_ms >= 300);
}

/* awaits returns how long the caller's loop may sleep, and for which events. */
static void awaits_returns_the_events_for_lwip_poll(void **state)
{
    char byte;
    uint32_t ms = UINT32_MAX, little = 1;
    (void)state;
    set_up("10.0.0.9", RESPONDS);
    lwip.connect_ms = 3600000;
    assert_int_equal(lwip.port.awaits(&lwip, OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(ms, UINT32_MAX);
    assert_int_equal(lwip.port.open(&lwip, "10.0.0.9", RESPONDS), 0);
    assert_int_equal(lwip.port.awaits(&lwip, OSFT_READABLE, &ms), OSFT_WRITABLE);
    assert_true(ms <= 3600000);
    assert_int_equal(lwip.port.awaits(&lwip, OSFT_READABLE, &little), OSFT_WRITABLE);
    assert_true(little <= 1); /* awaits only lowers the limit */
    lwip.port.close(&lwip);
    lwip.connect_ms = UINT32_MAX;

    assert_int_equal(open_connection("127.0.0.1", CLOSES), 1);
    ms = UINT32_MAX;
    assert_int_equal(lwip.port.awaits(&lwip, OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(lwip.port.awaits(&lwip, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX);
    assert_int_equal(lwip.port.send(&lwip, "\r\n\r\n", 4), 4);
    while (lwip.port.recv(&lwip, &byte, 1) != OSFT_EOF) {
        (void)lwip.port.wait(&lwip, OSFT_READABLE, UINT32_MAX);
    }
    assert_int_equal(lwip.port.awaits(&lwip, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX);
    assert_int_equal(lwip.port.awaits(&lwip, OSFT_READABLE, &ms), OSFT_READABLE);
    /* lwIP reports the end of the stream only once, so there must be no wait */
    assert_int_equal(ms, 0);
    lwip.port.close(&lwip);
}

/* Cause an event that did not happen, and that lwip_poll() reports from then on. lwip_close() in
 * another task does this to a socket that has got the number of the closed one. */
static void cause_false_event(enum netconn_evt event)
{
    struct netconn *connection = lwip_socket_dbg_get_socket(lwip.fd)->conn;

    LOCK_TCPIP_CORE();
    connection->callback(connection, event, 0);
    UNLOCK_TCPIP_CORE();
}

static void a_false_event_does_not_open_a_connection(void **state)
{
    uint32_t start_ms;
    (void)state;
    set_up("10.0.0.9", RESPONDS);
    assert_int_equal(lwip.port.open(&lwip, "10.0.0.9", RESPONDS), 0);
    cause_false_event(NETCONN_EVT_SENDPLUS);
    assert_int_equal(lwip.port.wait(&lwip, OSFT_WRITABLE, UINT32_MAX), 1);
    assert_int_equal(lwip.port.open(&lwip, "10.0.0.9", RESPONDS), 0);
    start_ms = sys_now();
    /* gives lwIP's thread time to run */
    assert_int_equal(lwip.port.wait(&lwip, OSFT_WRITABLE, UINT32_MAX), 0);
    assert_true(sys_now() - start_ms >= 10);
    assert_int_equal(lwip.port.send(&lwip, "x", 1), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ENOTCONN);
    lwip.port.close(&lwip);
}

static void a_false_event_does_not_keep_lwip_from_running(void **state)
{
    char buffer[4000];
    uint32_t start_ms;
    (void)state;
    set_up("127.0.0.1", RESPONDS);
    assert_int_equal(open_connection("127.0.0.1", RESPONDS), 1);
    cause_false_event(NETCONN_EVT_RCVPLUS);
    assert_int_equal(lwip.port.wait(&lwip, OSFT_READABLE, UINT32_MAX), 1);
    assert_int_equal(lwip.port.recv(&lwip, buffer, sizeof buffer), 0);
    start_ms = sys_now();
    assert_int_equal(lwip.port.wait(&lwip, OSFT_READABLE, UINT32_MAX), 0);
    assert_true(sys_now() - start_ms >= 10);
    assert_int_equal(lwip.port.send(&lwip, "\r\n\r\n", 4), 4);
    while (lwip.port.recv(&lwip, buffer, sizeof buffer) == 0) {
        (void)lwip.port.wait(&lwip, OSFT_READABLE, UINT32_MAX);
    }
    assert_memory_equal(buffer, "HTTP/1.1 200 OK", 15);
    lwip.port.close(&lwip);
}

static void names_that_do_not_exist_have_no_address(void **state)
{
    (void)state;
    set_up("nowhere.test", RESPONDS);
    assert_int_equal(list_tasks(NO_LIMIT), OSFT_E_RESOLVE);
    assert_int_equal(list.client.reply.port_code, ERR_VAL);
    assert_int_equal(open_connection("[nonsense]", RESPONDS), OSFT_E_RESOLVE);
}

static void hosts_that_are_no_names_are_not_looked_up(void **state)
{
    static const char *const hosts[] = { "", "[", "[]", "[::1", "[127.0.0.1]" };
    size_t i;
    (void)state;
    set_up("127.0.0.1", RESPONDS);
    for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_int_equal(lwip.port.open(&lwip, hosts[i], RESPONDS), OSFT_E_RESOLVE);
        assert_int_not_equal(*lwip.port.code, 0);
    }
}

static void the_end_of_the_stream_is_reported_each_time(void **state)
{
    char buffer[4000];
    int result;
    (void)state;
    set_up("127.0.0.1", CLOSES);
    assert_int_equal(lwip.port.send(&lwip, "x", 1), OSFT_E_IO);
    assert_int_equal(*lwip.port.code, ENOTCONN);
    assert_int_equal(lwip.port.recv(&lwip, buffer, 1), OSFT_E_IO);
    assert_int_equal(open_connection("127.0.0.1", CLOSES), 1);
    assert_int_equal(lwip.port.recv(&lwip, buffer, sizeof buffer), 0);
    assert_int_equal(lwip.port.recv(&lwip, buffer, 0), 0);
    assert_int_equal(lwip.port.send(&lwip, "\r\n\r\n", 4), 4);
    while ((result = lwip.port.recv(&lwip, buffer, 100)) >= 0) {
        (void)lwip.port.wait(&lwip, OSFT_READABLE, UINT32_MAX);
        /* a recv without room does not report the end */
        assert_int_equal(lwip.port.recv(&lwip, buffer, 0), 0);
    }
    assert_int_equal(result, OSFT_EOF);
    assert_int_equal(lwip.port.recv(&lwip, buffer, sizeof buffer), OSFT_EOF);
    assert_int_equal(lwip.port.recv(&lwip, buffer, sizeof buffer), OSFT_EOF);
    lwip.port.close(&lwip);
    assert_int_equal(lwip.port.recv(&lwip, buffer, 1), OSFT_E_IO);
}

static void wait_without_events_only_lets_time_pass(void **state)
{
    uint32_t start_ms = sys_now();
    (void)state;
    set_up("127.0.0.1", RESPONDS);
    assert_int_equal(lwip.port.wait(&lwip, 0, 100), 0);
    assert_true(sys_now() - start_ms >= 100);
    assert_int_equal(open_connection("127.0.0.1", CLOSES), 1);
    assert_int_equal(lwip.port.send(&lwip, "\r\n\r\n", 4), 4);
    assert_true(lwip.port.wait(&lwip, OSFT_READABLE, UINT32_MAX) > 0);
    start_ms = sys_now();
    /* the wait ends by time although the socket is ready to send and to receive */
    assert_int_equal(lwip.port.wait(&lwip, 0, 100), 0);
    assert_true(sys_now() - start_ms >= 100);
    assert_true(lwip.port.wait(&lwip, OSFT_READABLE, 0) > 0);
    lwip.port.close(&lwip);
}

/* Send more bytes than all buffers hold, and receive them back. */
static void all_bytes_go_both_ways(void **state)
{
    uint8_t *bytes = malloc(ECHO_SIZE), *echoed = malloc(ECHO_SIZE);
    size_t sent = 0, received = 0;
    int has_blocked = 0;
    (void)state;
    (void)fill_random(NULL, bytes, ECHO_SIZE);
    set_up("127.0.0.1", ECHOES);
    assert_int_equal(open_connection("127.0.0.1", ECHOES), 1);
    while (received < ECHO_SIZE) {
        int sends = sent < ECHO_SIZE;
        int result = sends ? lwip.port.send(&lwip, bytes + sent, ECHO_SIZE - sent)
                           : lwip.port.recv(&lwip, echoed + received, ECHO_SIZE - received);
        assert_true(result >= 0);
        sent += sends ? (size_t)result : 0;
        received += sends ? 0 : (size_t)result;
        if (result == 0) {
            if (!has_blocked) {
                service_echo(); /* the service has read nothing so far, so all buffers are full */
            }
            has_blocked = 1;
            assert_true(lwip.port.wait(&lwip, sends ? OSFT_WRITABLE : OSFT_READABLE, UINT32_MAX) >
                        0);
        }
    }
    assert_memory_equal(echoed, bytes, ECHO_SIZE);
    lwip.port.close(&lwip);
    free(echoed);
    free(bytes);
}

static void a_device_without_a_clock_learns_the_time(void **state)
{
    uint32_t start_ms = sys_now();
    (void)state;
    set_up("service.test", REFUSES);
    init_port(&lwip);
    list.settings.retry = &retry;
    assert_int_equal(lwip.port.utc_s(&lwip), -1);
    assert_int_equal(list_tasks(NO_LIMIT), OSFT_OK);
    assert_true(has_all_tasks(&list));
    assert_true(lwip.port.utc_s(&lwip) >= REFUSAL_UTC);
    assert_true(lwip.port.utc_s(&lwip) - REFUSAL_UTC <= (sys_now() - start_ms) / 1000);
    osft_close(&list.client);
}

enum { WORKERS = 8, CALLS = 30, CALLS_OF_A_CLIENT = 5 };

static int tear_down(void **state)
{
    (void)state;
    lwip.port.close(&lwip); /* also after a failed test, as the last test counts connections */
    return 0;
}

struct worker {
    pthread_t id;
    int number, good_calls, attempts;
    char first_failure[200];
};

/* Make the next call of a worker. Returns 0 when it failed or needed a retry. */
static int call_once(struct worker *worker, struct list_client *client)
{
    const struct osft_reply *reply = &client->client.reply;
    int result = osft_list(&client->client, &client->query, &client->page, NO_LIMIT);

    worker->attempts += reply->attempts;
    if (result == OSFT_OK && has_all_tasks(client) && reply->attempts == 1) {
        worker->good_calls++;
        return 1;
    }
    snprintf(worker->first_failure, sizeof worker->first_failure,
             "client %d, call %d, port %d: %d, %d attempts, reopened %d, last error %d, code %d",
             worker->number, worker->good_calls, client->settings.tcp_port, result, reply->attempts,
             reply->reopened, (int)reply->last_error, (int)reply->port_code);
    return 0;
}

static void *work(void *arg)
{
    static const uint16_t ports[] = { RESPONDS, TRICKLES, CLOSES };
    struct worker *worker = arg;
    struct osft_lwip port;
    struct list_client client;
    int call;

    init_port(&port);
    port.port.learn_utc(&port, REFUSAL_UTC);
    for (call = 0; call < CALLS && worker->first_failure[0] == '\0'; call++) {
        if (call % CALLS_OF_A_CLIENT == 0) {
            list_client_init(&client, &port.port, worker->number % 2 ? "service.test" : "127.0.0.1",
                             ports[(call / CALLS_OF_A_CLIENT + worker->number) % 3]);
            client.settings.retry = &retry;
        }
        if (!call_once(worker, &client) || call % CALLS_OF_A_CLIENT == CALLS_OF_A_CLIENT - 1) {
            osft_close(&client.client);
        }
    }
    return NULL;
}

/* Each call makes one attempt, also where the service has closed the kept connection (CLOSES). */
static void several_clients_at_a_time_each_get_their_own_tasks(void **state)
{
    static struct worker workers[WORKERS];
    int i;
    (void)state;
    for (i = 0; i < WORKERS; i++) {
        workers[i].number = i;
        assert_int_equal(pthread_create(&workers[i].id, NULL, work, &workers[i]), 0);
    }
    for (i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_join(workers[i].id, NULL), 0);
    }
    for (i = 0; i < WORKERS; i++) {
        assert_string_equal(workers[i].first_failure, "");
        assert_int_equal(workers[i].good_calls, CALLS);
        assert_int_equal(workers[i].attempts, CALLS);
    }
}

static void no_connection_of_ours_is_left(void **state)
{
    const struct stats_mem *connections = lwip_stats.memp[MEMP_NETCONN];
    (void)state;
    /* Wait until only the listeners and the name server are left. The service's threads end when
     * they notice that our connections have ended. */
    while (connections->used > SERVICE_END - RESPONDS + 1) {
        sys_msleep(10);
    }
    assert_int_equal(connections->used, SERVICE_END - RESPONDS + 1);
    assert_int_equal(connections->err, 0);
}

#define TEST(test) cmocka_unit_test_teardown(test, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_client_lists_by_name_and_by_address),
        TEST(a_response_in_pieces_or_before_the_end_of_the_stream_is_whole),
        TEST(half_a_response_is_an_error),
        TEST(a_closed_port_refuses),
        TEST(connect_ms_or_the_calls_limit_end_a_silent_connection),
        TEST(awaits_returns_the_events_for_lwip_poll),
        TEST(a_false_event_does_not_open_a_connection),
        TEST(a_false_event_does_not_keep_lwip_from_running),
        TEST(names_that_do_not_exist_have_no_address),
        TEST(hosts_that_are_no_names_are_not_looked_up),
        TEST(the_end_of_the_stream_is_reported_each_time),
        TEST(wait_without_events_only_lets_time_pass),
        TEST(all_bytes_go_both_ways),
        TEST(a_device_without_a_clock_learns_the_time),
        TEST(several_clients_at_a_time_each_get_their_own_tasks),
        TEST(no_connection_of_ours_is_left),
    };
    service_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
