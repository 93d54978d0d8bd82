/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the connection to the broker, with no broker and with one that sends nothing. The tests
 * change the times at which something is due, instead of waiting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/mqtt.h"

static struct mqtt_settings settings;
static struct mqtt_link broker;
static int listener, connection, reports;

static uint64_t last_acknowledged;

static void keep_acknowledgement(enum message_kind kind, uint64_t sequence)
{
    assert_int_equal(kind, MESSAGE_EVENT);
    assert_int_equal(sequence, last_acknowledged + 1);
    last_acknowledged = sequence;
}

static void ignore_message(const char *topic, const char *payload, size_t len)
{
    (void)topic, (void)payload, (void)len;
}

static int set_up(void **state)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    int pipe_ends[2];

    (void)state;
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    connection = -1;
    last_acknowledged = 0;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, len) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0 || pipe(pipe_ends) != 0) {
        return -1;
    }
    reports = pipe_ends[0];
    (void)fcntl(reports, F_SETFL, O_NONBLOCK);
    standard_error.fd = pipe_ends[1];
    memset(&settings, 0, sizeof(settings));
    settings.host = "127.0.0.1";
    settings.tcp_port = ntohs(address.sin_port);
    settings.topic = "osft";
    settings.keepalive_s = 60;
    settings.reconnect_max_ms = 60000;
    strcpy(settings.client_id, "test-7");
    memset(&broker, 0, sizeof(broker));
    broker.on_acknowledged = keep_acknowledgement;
    broker.on_retained = ignore_message;
    link_open(&broker, &settings);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    link_close(&broker, 0);
    close(listener);
    close(reports);
    close(standard_error.fd);
    if (connection >= 0) {
        close(connection);
    }
    return 0;
}

static void turn(int64_t timeout_ms)
{
    struct pollfd descriptor;
    size_t count = link_prepare(&broker, &descriptor, &timeout_ms);

    (void)poll(&descriptor, (nfds_t)count, (int)timeout_ms);
    link_run(&broker, &descriptor, count);
}

/* Make the next attempt now, which fails as nobody listens. */
static void fail_once(void)
{
    broker.due_ms = get_monotonic_ms();
    do {
        turn(10);
    } while (broker.state != LINK_WAITING);
}

static const char *read_reports(void)
{
    static char text[4096];
    ssize_t n = read(reports, text, sizeof(text) - 1);

    text[n > 0 ? n : 0] = 0;
    return text;
}

static void delays_between_attempts_grow_up_to_the_limit(void **state)
{
    int64_t most = LINK_FIRST_MS, before_ms, after_ms, shortest;
    unsigned i;

    (void)state;
    for (i = 0; i < 12; i++) {
        before_ms = get_monotonic_ms();
        fail_once();
        after_ms = get_monotonic_ms();
        assert_in_range(broker.due_ms, before_ms + most / 2, after_ms + most);
        most = 2 * most < settings.reconnect_max_ms ? 2 * most : settings.reconnect_max_ms;
    }
    for (shortest = most, i = 0; i < 64; i++) {
        fail_once();
        if (broker.due_ms - get_monotonic_ms() < shortest) {
            shortest = broker.due_ms - get_monotonic_ms();
        }
    }
    assert_true(shortest < most * 3 / 4); /* the delays are spread over half of the longest one */
}

static void a_broker_that_stays_unreachable_is_reported_once(void **state)
{
    (void)state;
    fail_once();
    assert_non_null(strstr(read_reports(), "no connection with the broker 127.0.0.1, port "));
    fail_once();
    fail_once();
    assert_string_equal(read_reports(), "");
}

/* Accept the connection and send nothing, and turn the loop until the attempt is given up. */
static void connect_to_silent_broker(void)
{
    int i;

    assert_int_equal(listen(listener, 5), 0);
    broker.due_ms = get_monotonic_ms();
    turn(0);
    assert_int_equal(broker.state, LINK_CONNECTING);
    connection = accept(listener, NULL, NULL);
    for (i = 0; i < 100; i++) {
        turn(0);
    }
    assert_int_equal(broker.state, LINK_CONNECTING);
    broker.due_ms = get_monotonic_ms();
    turn(0);
    assert_int_equal(broker.state, LINK_WAITING);
    assert_non_null(strstr(read_reports(), "it has not accepted the connection in time"));
}

static void a_silent_broker_is_given_up(void **state)
{
    (void)state;
    connect_to_silent_broker();
}

static void a_silent_broker_is_given_up_with_tls(void **state)
{
    (void)state;
    settings.has_tls = 1;
    connect_to_silent_broker();
}

/* Connect the link. The test plays the broker, and sends the acknowledgement of the connection. */
static void connect_as_broker(void)
{
    static const unsigned char accepted[] = { 0x20, 2, 0, 0 };
    unsigned char byte;

    assert_int_equal(listen(listener, 5), 0);
    turn(0);
    connection = accept(listener, NULL, NULL);
    assert_int_equal(read(connection, &byte, 1), 1); /* the first byte of CONNECT */
    assert_int_equal(write(connection, accepted, sizeof(accepted)), sizeof(accepted));
    while (broker.state != LINK_UP) {
        assert_int_equal(broker.state, LINK_CONNECTING);
        turn(10);
    }
}

static void publish(uint64_t sequence)
{
    struct mqtt_message message = { MESSAGE_EVENT, sequence, "osft/ctr/event", "{}", 2 };

    assert_int_equal(link_publish(&broker, &message, 0), 0);
}

static void a_message_that_is_not_acknowledged_ends_the_connection(void **state)
{
    (void)state;
    connect_as_broker();
    publish(1);
    turn(0);
    assert_int_equal(broker.state, LINK_UP);
    broker.flights[broker.first].since_ms -= LINK_LIMIT_MS;
    turn(0);
    assert_int_equal(broker.state, LINK_WAITING);
    assert_int_equal(broker.count, 0);
    assert_non_null(strstr(read_reports(), "it has not acknowledged a message in time"));
}

static void acknowledge(int id)
{
    unsigned char acknowledgement[] = { 0x40, 2, 0, 0 };

    acknowledgement[2] = (unsigned char)(id >> 8);
    acknowledgement[3] = (unsigned char)id;
    assert_int_equal(write(connection, acknowledgement, sizeof(acknowledgement)),
                     sizeof(acknowledgement));
}

/* When a message is acknowledged, the queue drops it with all older events. So the link must report
 * it only when all older messages have been acknowledged. */
static void a_message_waits_for_the_acknowledgement_of_older_ones(void **state)
{
    int first, second;

    (void)state;
    connect_as_broker();
    publish(1);
    publish(2);
    first = broker.flights[0].id;
    second = broker.flights[1].id;
    acknowledge(second);
    while (!broker.flights[1].is_acknowledged) {
        turn(10);
    }
    assert_int_equal(last_acknowledged, 0);
    assert_int_equal(broker.count, 2);
    acknowledge(first);
    while (broker.count > 0) {
        turn(10);
    }
    assert_int_equal(last_acknowledged, 2);
}

static void messages_without_acknowledgement_are_limited(void **state)
{
    struct mqtt_message message = { MESSAGE_EVENT, 1, "osft/ctr/event", "{}", 2 };
    uint64_t n;

    (void)state;
    connect_as_broker();
    for (n = 1; n <= LINK_FLIGHTS; n++) {
        publish(n);
    }
    assert_int_equal(link_has_room(&broker), 0);
    assert_int_equal(link_publish(&broker, &message, 0), -1);
    acknowledge(broker.flights[0].id);
    while (broker.count == LINK_FLIGHTS) {
        turn(10);
    }
    assert_int_equal(last_acknowledged, 1);
    assert_int_equal(link_has_room(&broker), 1);
}

/* The child process that looks the name up ends when the link is closed. */
static void a_lookup_can_be_given_up(void **state)
{
    pid_t child;

    (void)state;
    settings.host = "no-such-broker.invalid";
    turn(0);
    assert_int_equal(broker.state, LINK_RESOLVING);
    child = (pid_t)broker.resolver;
    broker.due_ms = get_monotonic_ms();
    turn(0);
    assert_int_equal(broker.state, LINK_WAITING);
    assert_int_equal(kill(child, 0), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(delays_between_attempts_grow_up_to_the_limit),
        TEST(a_broker_that_stays_unreachable_is_reported_once),
        TEST(a_silent_broker_is_given_up),
        TEST(a_silent_broker_is_given_up_with_tls),
        TEST(a_message_that_is_not_acknowledged_ends_the_connection),
        TEST(a_message_waits_for_the_acknowledgement_of_older_ones),
        TEST(messages_without_acknowledgement_are_limited),
        TEST(a_lookup_can_be_given_up),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* as the program does */
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
