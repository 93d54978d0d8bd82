/* SPDX-License-Identifier: Apache-2.0 */
/* Decides what is published, and when. The first message of a connection is "online". Until the
 * broker acknowledges that message, the broker also sends the retained messages of this reporter.
 * Those of instances that have left the configuration are removed. Then the reporter publishes the
 * descriptions for Home Assistant, the status of each instance, and the events in the queue. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/json.h"
#include "channel.h"
#include "mqtt.h"

#define STALE_MAX 64 /* the most retained messages that are removed in one connection */

enum phase { PHASE_DOWN, PHASE_ONLINE_SENT, PHASE_ONLINE_ACKNOWLEDGED, PHASE_READY };

static const struct reporter *reporter;
static struct mqtt_settings settings;
static struct mqtt_queue queue;
static struct mqtt_journal journal;
static struct mqtt_link broker;
static struct problem drop_problem;

/* The state of the present connection. */
static enum phase phase;
static size_t next_description; /* index among the sensors of all instances */
static uint64_t next_event;     /* sequence number of the event that is published next */
static char stale_topics[STALE_MAX][MQTT_TOPIC_SIZE];
static size_t stale_count;

/* The status of each instance. */
static uint8_t is_status_due[INSTANCES_MAX]; /* 1: the status may differ from the published one */
static uint8_t is_status_published[INSTANCES_MAX];
static uint32_t published_crc[INSTANCES_MAX]; /* CRC-32 of the compared part of the status */

static uint64_t reported_drops;     /* the value of queue.dropped that was reported last */
static uint64_t acknowledged_count; /* events that the broker has acknowledged since the start */
static uint64_t earlier_dropped, earlier_connections; /* counted before the last start() */

/* ---- a text in memory, used for one message at a time ---- */

static char text_buffer[OUTPUT_BYTES];
static struct memory text_memory;

static struct output *begin_text(void)
{
    static struct output text;

    memset(&text, 0, sizeof(text));
    text.fd = -1;
    text.memory = &text_memory;
    text.buffer = text_buffer;
    text_memory.len = 0;
    return &text;
}

/* End the text. Returns 0, or -1 when there is no memory. */
static int end_text(struct output *text)
{
    flush_output(text);
    return text->error == 0 ? 0 : -1;
}

/* ---- callbacks of the link ---- */

static void on_acknowledged(enum message_kind kind, uint64_t sequence)
{
    if (kind == MESSAGE_ONLINE) {
        phase = PHASE_ONLINE_ACKNOWLEDGED;
    } else if (kind == MESSAGE_EVENT) {
        acknowledged_count++;
        queue_remove(&queue, sequence);
        journal_remove(&journal, &queue);
        if (queue.count == 0 && problem_is_set(&drop_problem)) {
            char over[120];

            snprintf(over, sizeof(over), "mqtt: no event waits any more; %llu were dropped",
                     (unsigned long long)(queue.dropped - reported_drops));
            problem_clear(&drop_problem, over);
            reported_drops = queue.dropped;
        }
    }
}

/* Whether the payload is a status that this reporter has published. */
static int is_own_status(const char *payload, size_t len)
{
    struct output *text = begin_text();

    put_status_beginning(text, &settings);
    return end_text(text) == 0 && len >= text_memory.len &&
           memcmp(payload, text_memory.bytes, text_memory.len) == 0;
}

/* Whether the topic belongs to an instance of the present configuration. */
static int is_current_topic(const char *topic)
{
    char current[MQTT_TOPIC_SIZE];
    size_t i, sensor;

    for (i = 0; i < reporter->count; i++) {
        make_topic(current, settings.topic, reporter->instances[i]->name, "status");
        if (strcmp(topic, current) == 0) {
            return 1;
        }
        for (sensor = 0; settings.has_discovery && sensor < DISCOVERED; sensor++) {
            make_discovery_topic(current, &settings, reporter->instances[i]->name, sensor);
            if (strcmp(topic, current) == 0) {
                return 1;
            }
        }
    }
    return 0;
}

static void on_retained(const char *topic, const char *payload, size_t len)
{
    char pattern[MQTT_TOPIC_SIZE];
    bool is_description = false;

    make_discovery_pattern(pattern, &settings);
    (void)mosquitto_topic_matches_sub(pattern, topic, &is_description);
    if (stale_count < STALE_MAX && strlen(topic) < MQTT_TOPIC_SIZE &&
        (is_description || is_own_status(payload, len)) && !is_current_topic(topic)) {
        strcpy(stale_topics[stale_count++], topic);
    }
}

/* ---- publishing; each function returns 1 when it has published a message ---- */

static int publish(enum message_kind kind, uint64_t sequence, const char *topic,
                   const char *payload, size_t len)
{
    struct mqtt_message message = {
        .kind = kind, .sequence = sequence, .topic = topic, .payload = payload, .len = len
    };

    return link_publish(&broker, &message, kind != MESSAGE_EVENT) == 0;
}

static void make_patterns(char status[MQTT_TOPIC_SIZE], char discovery[MQTT_TOPIC_SIZE])
{
    make_topic(status, settings.topic, "+", "status");
    make_discovery_pattern(discovery, &settings);
}

static int publish_online(void)
{
    char status[MQTT_TOPIC_SIZE], discovery[MQTT_TOPIC_SIZE];

    make_patterns(status, discovery);
    link_subscribe(&broker, status);
    link_subscribe(&broker, discovery);
    phase = PHASE_ONLINE_SENT;
    stale_count = next_description = 0;
    next_event = 0;
    memset(is_status_published, 0, sizeof(is_status_published));
    memset(is_status_due, 1, sizeof(is_status_due));
    return publish(MESSAGE_ONLINE, 0, broker.availability, "online", strlen("online"));
}

static void end_search_for_stale_topics(void)
{
    char status[MQTT_TOPIC_SIZE], discovery[MQTT_TOPIC_SIZE];

    make_patterns(status, discovery);
    link_unsubscribe(&broker, status);
    link_unsubscribe(&broker, discovery);
    phase = PHASE_READY;
}

static int publish_removal(void)
{
    if (stale_count == 0) {
        return 0;
    }
    stale_count--;
    return publish(MESSAGE_RETAINED, 0, stale_topics[stale_count], NULL, 0);
}

static int publish_description(void)
{
    char topic[MQTT_TOPIC_SIZE];
    struct output *text;
    const struct instance *instance;
    size_t sensor = next_description % DISCOVERED;

    if (!settings.has_discovery || next_description / DISCOVERED >= reporter->count) {
        return 0;
    }
    instance = reporter->instances[next_description / DISCOVERED];
    next_description++;
    make_discovery_topic(topic, &settings, instance->name, sensor);
    text = begin_text();
    put_discovery(text, &settings, instance, sensor);
    return end_text(text) == 0 &&
           publish(MESSAGE_RETAINED, 0, topic, text_memory.bytes, text_memory.len);
}

/* Write a status into the text. Returns 0, or -1 when there is no memory. */
static int write_status(const struct instance *instance, int is_whole)
{
    struct output *text = begin_text();

    put_status_json(text, &settings, instance, is_whole);
    return end_text(text);
}

/* Publish the status of an instance if it has changed. Until the first poll has ended, the status
 * of an earlier process is left on the broker. */
static int publish_status(size_t i)
{
    const struct instance *instance = reporter->instances[i];
    char topic[MQTT_TOPIC_SIZE];
    uint32_t crc;

    is_status_due[i] = 0;
    if (!instance->has_polled || write_status(instance, 0) != 0) {
        return 0;
    }
    crc = get_crc32(text_memory.bytes, text_memory.len);
    if ((is_status_published[i] && published_crc[i] == crc) || write_status(instance, 1) != 0) {
        return 0;
    }
    make_topic(topic, settings.topic, instance->name, "status");
    is_status_published[i] = 1;
    published_crc[i] = crc;
    return publish(MESSAGE_RETAINED, 0, topic, text_memory.bytes, text_memory.len);
}

static int publish_next_status(void)
{
    size_t i;

    for (i = 0; i < reporter->count; i++) {
        if (is_status_due[i] && publish_status(i)) {
            return 1;
        }
    }
    return 0;
}

static int publish_next_event(void)
{
    char topic[MQTT_TOPIC_SIZE];
    struct mqtt_event event;

    if (queue_find(&queue, next_event, &event) != 0) {
        return 0;
    }
    next_event = event.sequence + 1;
    make_topic(topic, settings.topic, event.instance, "event");
    return publish(MESSAGE_EVENT, event.sequence, topic, event.json, event.json_len);
}

static void publish_all(void)
{
    if (broker.state != LINK_UP) {
        phase = PHASE_DOWN;
        return;
    }
    if (phase == PHASE_DOWN) {
        (void)publish_online();
    }
    if (phase == PHASE_ONLINE_ACKNOWLEDGED) {
        end_search_for_stale_topics();
    }
    while (phase == PHASE_READY && link_has_room(&broker) &&
           (publish_removal() || publish_description() || publish_next_status() ||
            publish_next_event())) {
    }
}

/* ---- the channel ---- */

/* Publish waiting events, and wait for acknowledgements, for at most limit_ms. */
static void drain_queue(int64_t limit_ms)
{
    int64_t until_ms = get_monotonic_ms() + limit_ms, now;

    while ((now = get_monotonic_ms()) < until_ms && broker.state == LINK_UP &&
           (queue.count > 0 || broker.count > 0)) {
        struct pollfd descriptor;
        int64_t timeout_ms = until_ms - now;
        size_t count;

        publish_all();
        count = link_prepare(&broker, &descriptor, &timeout_ms);
        (void)poll(&descriptor, (nfds_t)count, (int)timeout_ms);
        link_run(&broker, &descriptor, count);
    }
}

/* Stop the channel. Events that are in no file are kept for the next start(), which follows when a
 * new configuration is put in force. */
static void stop(void)
{
    drain_queue(CHANNEL_STOP_MS / 4);
    earlier_connections += broker.connections;
    link_close(&broker, CHANNEL_STOP_MS / 4);
    if (queue.count == 0 || journal_is_whole(&journal)) {
        earlier_dropped += queue.dropped;
        queue_close(&queue);
    }
    journal_close(&journal);
    free(text_memory.bytes);
    memset(&text_memory, 0, sizeof(text_memory));
    memset(&drop_problem, 0, sizeof(drop_problem));
    phase = PHASE_DOWN;
}

/* Move events that waited while the channel was stopped into the new queue, except events that the
 * new queue has from the file. */
static void take_over_events(struct mqtt_queue *old)
{
    uint64_t sequence = queue.next_sequence;
    struct mqtt_event event;

    while (queue_find(old, sequence, &event) == 0) {
        (void)queue_add(&queue, event.instance, event.json, event.json_len, 1);
        journal_add(&journal, &queue);
        sequence = event.sequence + 1;
    }
    earlier_dropped += old->dropped;
    queue_close(old);
}

static int open_queue(void)
{
    struct mqtt_queue old = queue;

    if (queue_open(&queue, settings.queue_bytes) != 0) {
        log_line("mqtt: no memory for queue_size");
        queue = old;
        return -1;
    }
    memset(&journal, 0, sizeof(journal));
    journal.fd = -1;
    if (settings.queue_file != NULL && journal_open(&journal, settings.queue_file, &queue) != 0) {
        queue_close(&queue);
        queue = old;
        return -1;
    }
    take_over_events(&old);
    reported_drops = 0;
    return 0;
}

static int start(const struct reporter *started)
{
    reporter = started;
    read_mqtt_settings(&settings, started->config);
    if (open_queue() != 0) {
        return -1;
    }
    memset(&broker, 0, sizeof(broker));
    broker.on_acknowledged = on_acknowledged;
    broker.on_retained = on_retained;
    link_open(&broker, &settings);
    return 0;
}

/* Add an event to the queue. Returns 0, or -1 when the event is too large for the queue. */
static int add_event(const struct instance *instance, const struct event *event, int is_last_try)
{
    const struct event_source source = { instance->name, &instance->query };
    struct output *text = begin_text();

    put_event_json(text, event, &source, 1);
    if (end_text(text) != 0 || text_memory.len == 0) {
        queue.dropped++;
        return 0;
    }
    /* The payload is the JSON without the line feed at its end. */
    return queue_add(&queue, instance->name, text_memory.bytes, text_memory.len - 1, is_last_try);
}

/* Queue an event. An event that does not fit even into an empty queue is queued without
 * extendInfo. */
static void on_event(const struct instance *instance, const struct event *event)
{
    uint64_t before = queue.dropped;

    if (add_event(instance, event, 0) != 0) {
        struct event smaller = *event;

        memset(&smaller.task.extend_info, 0, sizeof(smaller.task.extend_info));
        (void)add_event(instance, &smaller, 1);
    }
    journal_add(&journal, &queue);
    if (queue.dropped > before) {
        problem_set(&drop_problem,
                    "mqtt: more than %zu KiB of events wait for the broker: the oldest are dropped "
                    "and counted; a larger queue_size keeps more",
                    settings.queue_bytes / 1024);
    }
}

static void on_poll(const struct instance *instance, const struct poll_result *result)
{
    size_t i;

    (void)result; /* publish_status() finds out what has changed */
    for (i = 0; i < reporter->count; i++) {
        if (reporter->instances[i] == instance) {
            is_status_due[i] = 1;
        }
    }
}

static size_t prepare(struct pollfd *descriptors, size_t room, int64_t *timeout_ms)
{
    (void)room; /* room is never less than CHANNEL_DESCRIPTORS */
    publish_all();
    journal_prepare(&journal, timeout_ms);
    return link_prepare(&broker, descriptors, timeout_ms);
}

static void run(const struct pollfd *descriptors, size_t count)
{
    journal_run(&journal, &queue);
    link_run(&broker, descriptors, count);
    publish_all();
}

static int is_holding(const struct instance *instance)
{
    return queue_has(&queue, instance->name) && !journal_is_whole(&journal);
}

static const char *describe(void)
{
    static char text[48];
    int major, minor, revision;

    (void)mosquitto_lib_version(&major, &minor, &revision);
    snprintf(text, sizeof(text), "libmosquitto %d.%d.%d", major, minor, revision);
    return text;
}

static void put_metric(struct output *out, const char *name, const char *type, const char *help,
                       uint64_t value)
{
    char line[512];

    snprintf(line, sizeof(line), "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type,
             name, (unsigned long long)value);
    put_text(out, line);
}

static void put_metrics(struct output *out)
{
    put_metric(out, "osft_mqtt_connected", "gauge", "1 while the broker is connected.",
               broker.state == LINK_UP);
    put_metric(out, "osft_mqtt_connections_total", "counter",
               "Connections that the broker has accepted.",
               earlier_connections + broker.connections);
    put_metric(out, "osft_mqtt_events_published_total", "counter",
               "Events that the broker has acknowledged.", acknowledged_count);
    put_metric(out, "osft_mqtt_events_dropped_total", "counter",
               "Events that were dropped because more than queue_size waited.",
               earlier_dropped + queue.dropped);
    put_metric(out, "osft_mqtt_events_waiting", "gauge",
               "Events that the broker has not acknowledged yet.", queue.count);
}

const struct channel mqtt_channel = { .name = "mqtt",
                                      .keys = mqtt_keys,
                                      .check = check_mqtt_settings,
                                      .start = start,
                                      .on_event = on_event,
                                      .on_poll = on_poll,
                                      .prepare = prepare,
                                      .run = run,
                                      .is_holding = is_holding,
                                      .stop = stop,
                                      .describe = describe,
                                      .put_metrics = put_metrics };
