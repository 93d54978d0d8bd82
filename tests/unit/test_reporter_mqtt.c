/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the MQTT channel with a real broker, which is stopped and started. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "reporter_mqtt.h"
#include "../../examples/gateway/config_load.h"

/* ---- events and status ---- */

static void events_arrive_once_and_in_order(void **state)
{
    struct instance *instance = add_instance("ctr");
    char run[16], line[80];
    const char *before = NULL, *at;
    int i;

    (void)state;
    start_broker(NULL);
    start_peer();
    start_channel();
    for (i = 0; i < 50; i++) {
        snprintf(run, sizeof(run), "run-%02d", i);
        announce_event(instance, run, "{\"auc\":0.5}");
    }
    expect_metric("\nosft_mqtt_events_published_total 50\n");
    expect("MESSAGE 0 osft/ctr/event {", 50);
    for (i = 0; i < 50; i++) {
        snprintf(line, sizeof(line), "\"extendInfo\":{\"auc\":0.5},\"runId\":\"run-%02d\"}\n", i);
        expect(line, 1);
        at = strstr(peer.text, line);
        assert_true(before == NULL || at > before);
        before = at;
    }
    assert_non_null(strstr(get_metrics(), "\nosft_mqtt_events_waiting 0\n"));
    assert_int_equal(mqtt_channel.is_holding(instance), 0);
}

static void a_status_is_retained_and_published_when_it_changes(void **state)
{
    struct instance *instance = add_instance("ctr");

    (void)state;
    instance->has_polled = 0;
    start_broker(NULL);
    start_peer();
    start_channel();
    expect("MESSAGE 0 osft/availability online\n", 1);
    instance->has_polled = 1;
    announce_poll(instance);
    expect("MESSAGE 0 osft/ctr/status {\"reporter\":\"test-7\",\"watch\":\"ctr\"", 1);
    announce_poll(instance);
    announce_event(instance, "run-1", NULL);
    expect("/event ", 1); /* published after the status, which has not changed */
    expect("/status ", 1);
    instance->is_up = 0;
    instance->failures[0].error = OSFT_E_IO;
    strcpy(instance->failures[0].text, "request 1");
    announce_poll(instance);
    expect("\"up\":false", 1);
    strcpy(instance->failures[0].text, "request 2");
    announce_poll(instance);
    announce_event(instance, "run-2", NULL);
    expect("/event ", 2);
    expect("/status ", 2);
    peer_stop(&peer);
    start_peer();
    expect("MESSAGE 1 osft/ctr/status {\"reporter\":\"test-7\"", 1);
    expect("MESSAGE 1 osft/availability online\n", 1);
}

/* The broker stores nothing on disk, so a message that it has after its restart was published
 * again. */
static void events_that_waited_for_the_broker_arrive_after_its_return(void **state)
{
    struct instance *instance = add_instance("ctr");

    (void)state;
    start_broker(NULL);
    start_peer();
    start_channel();
    announce_event(instance, "run-1", NULL);
    expect("\"runId\":\"run-1\"", 1);
    expect_metric("\nosft_mqtt_events_published_total ");
    expect_metric("\nosft_mqtt_events_waiting 0\n");
    broker_stop(&broker);
    peer_stop(&peer);
    expect_report("no connection with the broker 127.0.0.1");
    announce_event(instance, "run-2", NULL);
    announce_event(instance, "run-3", NULL);
    assert_int_equal(mqtt_channel.is_holding(instance), 1);
    start_broker(NULL);
    start_peer();
    expect("\"runId\":\"run-2\"", 1);
    expect("\"runId\":\"run-3\"", 1);
    expect("osft/ctr/status {", 1);
    expect("osft/availability online", 1);
    expect("\"runId\":\"run-1\"", 0);
    expect_report("connected with the broker");
    expect_metric("\nosft_mqtt_events_waiting 0\n");
    assert_int_equal(mqtt_channel.is_holding(instance), 0);
}

static void events_in_the_file_survive_the_process(void **state)
{
    struct instance *instance = add_instance("ctr");
    pid_t child;

    (void)state;
    set_file("queue_file", "queue", "");
    child = fork();
    if (child == 0) { /* there is no broker */
        start_channel();
        announce_event(instance, "run-1", NULL);
        announce_event(instance, "run-2", NULL);
        _exit(mqtt_channel.is_holding(instance));
    }
    {
        int status;

        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0); /* every event is saved in the file */
    }
    start_broker(NULL);
    start_peer();
    start_channel();
    announce_event(instance, "run-3", NULL);
    expect("\"runId\":\"run-1\"", 1);
    expect("\"runId\":\"run-2\"", 1);
    expect("\"runId\":\"run-3\"", 1);
    expect_metric("\nosft_mqtt_events_waiting 0\n");
    stop_channel();
    start_channel();
    expect("availability online", 2);
    expect_metric("\nosft_mqtt_events_waiting 0\n");
}

static void events_in_memory_survive_another_configuration(void **state)
{
    struct instance *instance = add_instance("ctr");

    (void)state;
    start_channel();
    announce_event(instance, "run-1", NULL);
    stop_channel();
    start_channel();
    assert_int_equal(mqtt_channel.is_holding(instance), 1);
    start_broker(NULL);
    start_peer();
    expect("\"runId\":\"run-1\"", 1);
}

static void dropped_events_are_counted_and_reported_once(void **state)
{
    struct instance *instance = add_instance("ctr");
    static char text[1024];
    char line[80];
    const char *dropped;
    int i, count;

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    set("queue_size", "64");
    start_channel();
    for (i = 0; i < 100; i++) {
        announce_event(instance, text, NULL);
    }
    assert_int_equal(count_reports("the oldest are dropped"), 1);
    dropped = strstr(get_metrics(), "\nosft_mqtt_events_dropped_total ");
    assert_non_null(dropped);
    count = atoi(dropped + strlen("\nosft_mqtt_events_dropped_total "));
    assert_in_range(count, 30, 70);
    start_broker(NULL);
    start_peer();
    snprintf(line, sizeof(line), "no event waits any more; %d were dropped", count);
    expect_report(line);
    expect("/event ", (size_t)(100 - count));
}

/* With its whole extendInfo, this event would be too large even for an empty queue. */
static void an_event_that_is_too_large_goes_without_extend_info(void **state)
{
    struct instance *instance = add_instance("ctr");
    static char text[70000];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    set("queue_size", "64");
    start_broker(NULL);
    start_peer();
    start_channel();
    announce_event(instance, "run-0", NULL);
    announce_event(instance, "run-1", text);
    expect("\"runId\":\"run-0\"}\n", 1);
    expect("\"endTime\":0,\"runId\":\"run-1\"}\n", 1);
}

static void hostile_texts_arrive_as_texts(void **state)
{
    struct instance *instance = add_instance("ctr");

    (void)state;
    start_broker(NULL);
    start_peer();
    start_channel();
    announce_event(instance, "\n\"}\x1b[2J\xff/#+", "{\"a\":\n1}");
    expect("\"extendInfo\":{\"a\": 1},\"runId\":\"\\n\\\"}\\u001b[2J\\ufffd/#+\"}\n", 1);
}

/* ---- availability ---- */

static void a_killed_reporter_is_shown_offline_by_last_will(void **state)
{
    pid_t child;

    (void)state;
    add_instance("ctr");
    start_broker(NULL);
    start_peer();
    child = fork();
    if (child == 0) {
        start_channel();
        for (;;) {
            turn(1000);
        }
    }
    expect("osft/availability online\n", 1);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    expect("osft/availability offline\n", 1);
}

static void a_reporter_that_ends_publishes_offline(void **state)
{
    (void)state;
    add_instance("ctr");
    start_broker(NULL);
    start_peer();
    start_channel();
    expect("MESSAGE 0 osft/availability online\n", 1);
    stop_channel();
    expect("MESSAGE 0 osft/availability offline\n", 1);
    peer_stop(&peer);
    start_peer();
    expect("MESSAGE 1 osft/availability offline\n", 1);
}

static void stop_returns_although_the_broker_hangs(void **state)
{
    (void)state;
    add_instance("ctr");
    start_broker(NULL);
    start_channel();
    expect_metric("\nosft_mqtt_connected 1\n");
    assert_int_equal(kill(broker.process, SIGSTOP), 0);
    announce_event(reporter.instances[0], "run-1", NULL);
    stop_channel();
    assert_int_equal(kill(broker.process, SIGCONT), 0);
}

/* ---- names ---- */

static void a_host_name_is_looked_up(void **state)
{
    (void)state;
    free_config(config);
    config = make_config();
    set("host", "no-such-broker.invalid");
    add_instance("ctr");
    start_channel();
    expect_report("no connection with the broker no-such-broker.invalid, port 1883: ");
}

static void localhost_is_looked_up(void **state)
{
    char port[16];

    (void)state;
    if (system("getent ahostsv4 localhost | grep -q '^127\\.'") != 0) {
        skip();
    }
    free_config(config);
    config = make_config();
    snprintf(port, sizeof(port), "%d", broker.port);
    set("host", "localhost");
    set("port", port);
    add_instance("ctr");
    start_broker(NULL);
    start_channel();
    expect_metric("\nosft_mqtt_connected 1\n");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        MQTT_TEST(events_arrive_once_and_in_order),
        MQTT_TEST(a_status_is_retained_and_published_when_it_changes),
        MQTT_TEST(events_that_waited_for_the_broker_arrive_after_its_return),
        MQTT_TEST(events_in_the_file_survive_the_process),
        MQTT_TEST(events_in_memory_survive_another_configuration),
        MQTT_TEST(dropped_events_are_counted_and_reported_once),
        MQTT_TEST(an_event_that_is_too_large_goes_without_extend_info),
        MQTT_TEST(hostile_texts_arrive_as_texts),
        MQTT_TEST(a_killed_reporter_is_shown_offline_by_last_will),
        MQTT_TEST(a_reporter_that_ends_publishes_offline),
        MQTT_TEST(stop_returns_although_the_broker_hangs),
        MQTT_TEST(a_host_name_is_looked_up),
        MQTT_TEST(localhost_is_looked_up),
    };

    return RUN_MQTT_TESTS(tests, argc, argv);
}
