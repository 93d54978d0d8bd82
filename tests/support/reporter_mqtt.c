/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <cmocka.h>
#include "reporter_mqtt.h"
#include "../../examples/gateway/config_load.h"
#include "../../examples/gateway/log.h"
#include "capture.h"

#define LIMIT_MS 60000 /* longest wait of expect(); reached only when something is broken */

struct broker broker;
struct peer peer;
struct reporter reporter;
struct config *config;
static int is_started;
static char log_text[65536];

/* ---- the reporter that the channel gets ---- */

void set(const char *key, const char *value)
{
    static const struct origin origin = { NULL, 0, 1 };

    assert_int_equal(begin_section(config, &origin, "mqtt"), 0);
    assert_int_equal(add_setting(config, &origin, key, value), 0);
}

void set_file(const char *key, const char *name, const char *text)
{
    set(key, broker_file(&broker, name, text));
}

void begin_config(void)
{
    char port[16];

    config = make_config();
    snprintf(port, sizeof(port), "%d", broker.port);
    set("host", "127.0.0.1");
    set("port", port);
    set("client_id", "test-7");
    set("reconnect_max", "1s");
}

struct instance *add_instance(const char *name)
{
    struct instance *instance = calloc(1, sizeof(*instance));

    assert_non_null(instance);
    strcpy(instance->name, name);
    instance->query.app_group = osft_span_from("app");
    instance->query.function = osft_span_from("ctr");
    instance->query.instance = osft_span_from(name);
    instance->has_polled = instance->is_up = 1;
    reporter.instances[reporter.count++] = instance;
    return instance;
}

void remove_instances(void)
{
    while (reporter.count > 0) {
        free(reporter.instances[--reporter.count]);
    }
}

void start_channel(void)
{
    reporter.config = config;
    assert_int_equal(mqtt_channel.start(&reporter), 0);
    is_started = 1;
}

void stop_channel(void)
{
    if (is_started) {
        mqtt_channel.stop();
        is_started = 0;
    }
}

void turn(int64_t timeout_ms)
{
    struct pollfd descriptors[CHANNEL_DESCRIPTORS];
    size_t count = mqtt_channel.prepare(descriptors, CHANNEL_DESCRIPTORS, &timeout_ms);

    (void)poll(descriptors, (nfds_t)count, (int)timeout_ms);
    mqtt_channel.run(descriptors, count);
}

void announce_event(struct instance *instance, const char *run_id, const char *extend_info)
{
    struct event event;

    memset(&event, 0, sizeof(event));
    event.name = "started";
    event.time_ms = 1700000000000;
    event.id = 0x42;
    event.progress_before = OSFT_UNKNOWN;
    event.task.progress = 0;
    event.task.run_id = osft_span_from(run_id);
    event.task.extend_info = osft_span_from(extend_info);
    mqtt_channel.on_event(instance, &event);
}

void announce_poll(struct instance *instance)
{
    struct poll_result result = { OSFT_OK, 1 };

    mqtt_channel.on_poll(instance, &result);
}

const char *get_metrics(void)
{
    static char buffer[OUTPUT_BYTES];
    struct output out = { .fd = -1, .buffer = buffer };

    start_capture(&out);
    mqtt_channel.put_metrics(&out);
    return end_capture(&out);
}

/* ---- waiting ---- */

/* Print a text as comments of TAP. */
static void show_text(const char *title, const char *text)
{
    print_message("# %s:\n", title);
    for (; *text != 0; text += *text != 0) {
        int len = (int)strcspn(text, "\n");

        print_message("# %.*s\n", len < 300 ? len : 300, text);
        text += len;
    }
}

static void show_what_is_missing(const char *what)
{
    char path[128], broker_log[4096] = "";
    int fd;

    snprintf(path, sizeof(path), "%s/broker.log", broker.folder);
    fd = open(path, O_RDONLY);
    if (fd >= 0) {
        (void)!read(fd, broker_log, sizeof(broker_log) - 1);
        close(fd);
    }
    show_text("this did not happen", what);
    show_text("the peer has", peer.text);
    show_text("reported was", log_text);
    show_text("the broker says", broker_log);
}

static const char *read_log(void)
{
    ssize_t n = pread(standard_error.fd, log_text, sizeof(log_text) - 1, 0);

    log_text[n > 0 ? n : 0] = 0;
    return log_text;
}

void expect(const char *text, size_t times)
{
    int64_t until_ms = get_monotonic_ms() + LIMIT_MS;

    while (peer_count(&peer, text) < times && get_monotonic_ms() < until_ms) {
        if (is_started) {
            turn(20);
        }
        peer_read(&peer, is_started ? 0 : 20);
    }
    if (peer_count(&peer, text) != times) {
        (void)read_log();
        show_what_is_missing(text);
    }
    assert_int_equal(peer_count(&peer, text), times);
}

void expect_metric(const char *line)
{
    int64_t until_ms = get_monotonic_ms() + LIMIT_MS;

    while (strstr(get_metrics(), line) == NULL && get_monotonic_ms() < until_ms) {
        turn(20);
    }
    if (strstr(get_metrics(), line) == NULL) {
        (void)read_log();
        show_what_is_missing(line);
    }
    assert_non_null(strstr(get_metrics(), line));
}

void expect_report(const char *text)
{
    int64_t until_ms = get_monotonic_ms() + LIMIT_MS;

    while (strstr(read_log(), text) == NULL && get_monotonic_ms() < until_ms) {
        turn(20);
    }
    if (strstr(log_text, text) == NULL) {
        show_what_is_missing(text);
    }
    assert_non_null(strstr(log_text, text));
}

size_t count_reports(const char *text)
{
    const char *at = read_log();
    size_t count = 0;

    while ((at = strstr(at, text)) != NULL) {
        at++;
        count++;
    }
    return count;
}

void start_broker(const char *more)
{
    assert_int_equal(broker_start(&broker, more), 0);
}

void start_peer(void)
{
    assert_int_equal(peer_start(&peer, &broker, NULL), 0);
}

int set_up(void **state)
{
    char path[128];

    (void)state;
    if (broker_make(&broker) != 0) {
        return -1;
    }
    snprintf(path, sizeof(path), "%s/log", broker.folder);
    standard_error.fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    log_text[0] = 0;
    begin_config();
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    broker_stop(&broker);
    stop_channel();
    peer_stop(&peer);
    free_config(config);
    remove_instances();
    close(standard_error.fd);
    broker_remove(&broker);
    return 0;
}

/* Prepare for the tests. Returns 0 when the tests are skipped, as the broker is not installed. */
int prepare_mqtt_tests(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN); /* as the program does */
    cmocka_set_message_output(CM_OUTPUT_TAP);
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    if (!broker_is_there()) {
        puts("1..0 # SKIP mosquitto, mosquitto_sub or stdbuf is not installed");
        return 0;
    }
    return 1;
}
