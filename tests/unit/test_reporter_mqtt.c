/* SPDX-License-Identifier: Apache-2.0 */
/* The MQTT channel with a real broker, which is stopped and started. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "broker.h"
#include "../../examples/gateway/channel.h"
#include "../../examples/gateway/config_load.h"
#include "../../examples/gateway/log.h"
#include "../../examples/osft-endpoint/pki.h"

#define LIMIT_MS 60000 /* for what must happen; only a broken channel takes that long */
#define PASSWORD "sEcReT-of-the-test"

extern const struct channel mqtt_channel;

static struct broker broker;
static struct peer peer;
static struct reporter reporter;
static struct config *config;
static int is_started;
static char log_text[65536];

/* ---- the reporter, as far as the channel sees it ---- */

static void set(const char *key, const char *value)
{
    static const struct origin origin = { NULL, 0, 1 };

    assert_int_equal(begin_section(config, &origin, "mqtt"), 0);
    assert_int_equal(add_setting(config, &origin, key, value), 0);
}

static void set_file(const char *key, const char *name, const char *text)
{
    set(key, broker_file(&broker, name, text));
}

static void begin_config(void)
{
    char port[16];

    config = make_config();
    snprintf(port, sizeof(port), "%d", broker.port);
    set("host", "127.0.0.1");
    set("port", port);
    set("client_id", "test-7");
    set("reconnect_max", "1s");
}

static struct instance *add_instance(const char *name)
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

static void remove_instances(void)
{
    while (reporter.count > 0) {
        free(reporter.instances[--reporter.count]);
    }
}

static void start_channel(void)
{
    reporter.config = config;
    assert_int_equal(mqtt_channel.start(&reporter), 0);
    is_started = 1;
}

static void stop_channel(void)
{
    if (is_started) {
        mqtt_channel.stop();
        is_started = 0;
    }
}

/* A turn of the loop. */
static void turn(int64_t timeout_ms)
{
    struct pollfd descriptors[CHANNEL_DESCRIPTORS];
    size_t count = mqtt_channel.prepare(descriptors, CHANNEL_DESCRIPTORS, &timeout_ms);

    (void)poll(descriptors, (nfds_t)count, (int)timeout_ms);
    mqtt_channel.run(descriptors, count);
}

static void tell_event(struct instance *instance, const char *run_id, const char *extend_info)
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

static void tell_poll(struct instance *instance)
{
    struct poll_result result = { OSFT_OK, 1 };

    mqtt_channel.on_poll(instance, &result);
}

static const char *get_metrics(void)
{
    static struct memory memory;
    static char buffer[OUTPUT_BYTES];
    struct output out = { .fd = -1, .memory = &memory, .buffer = buffer };

    memory.len = 0;
    mqtt_channel.put_metrics(&out);
    put_bytes(&out, "", 1);
    flush_output(&out);
    return memory.bytes;
}

/* ---- what is waited for ---- */

/* As comments of TAP. */
static void show_text(const char *title, const char *text)
{
    print_message("# %s:\n", title);
    for (; *text != 0; text += *text != 0) {
        int len = (int)strcspn(text, "\n");

        print_message("# %.*s\n", len < 300 ? len : 300, text);
        text += len;
    }
}

static void show(const char *what)
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

/* Turns until the peer has the text so often. */
static void expect(const char *text, size_t times)
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
        show(text);
    }
    assert_int_equal(peer_count(&peer, text), times);
}

static void expect_metric(const char *line)
{
    int64_t until_ms = get_monotonic_ms() + LIMIT_MS;

    while (strstr(get_metrics(), line) == NULL && get_monotonic_ms() < until_ms) {
        turn(20);
    }
    if (strstr(get_metrics(), line) == NULL) {
        (void)read_log();
        show(line);
    }
    assert_non_null(strstr(get_metrics(), line));
}

static void expect_report(const char *text)
{
    int64_t until_ms = get_monotonic_ms() + LIMIT_MS;

    while (strstr(read_log(), text) == NULL && get_monotonic_ms() < until_ms) {
        turn(20);
    }
    if (strstr(log_text, text) == NULL) {
        show(text);
    }
    assert_non_null(strstr(log_text, text));
}

static size_t count_reports(const char *text)
{
    const char *at = read_log();
    size_t count = 0;

    while ((at = strstr(at, text)) != NULL) {
        at++;
        count++;
    }
    return count;
}

static void start_broker(const char *more)
{
    assert_int_equal(broker_start(&broker, more), 0);
}

static void start_peer(void)
{
    assert_int_equal(peer_start(&peer, &broker, NULL), 0);
}

static int set_up(void **state)
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

static int tear_down(void **state)
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
        tell_event(instance, run, "{\"auc\":0.5}");
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
    tell_poll(instance);
    expect("MESSAGE 0 osft/ctr/status {\"reporter\":\"test-7\",\"instance\":\"ctr\"", 1);
    tell_poll(instance);
    tell_event(instance, "run-1", NULL);
    expect("/event ", 1); /* published behind the status, which had not changed */
    expect("/status ", 1);
    instance->is_up = 0;
    tell_poll(instance);
    expect("\"up\":false", 1);
    peer_stop(&peer);
    start_peer();
    expect("MESSAGE 1 osft/ctr/status {\"reporter\":\"test-7\"", 1);
    expect("MESSAGE 1 osft/availability online\n", 1);
}

/* It keeps nothing on disk: whatever it has afterwards was published again. */
static void what_waited_for_the_broker_arrives_once_it_is_back(void **state)
{
    struct instance *instance = add_instance("ctr");

    (void)state;
    start_broker(NULL);
    start_peer();
    start_channel();
    tell_event(instance, "run-1", NULL);
    expect("\"runId\":\"run-1\"", 1);
    expect_metric("\nosft_mqtt_events_published_total ");
    expect_metric("\nosft_mqtt_events_waiting 0\n");
    broker_stop(&broker);
    peer_stop(&peer);
    expect_report("no connection with the broker 127.0.0.1");
    tell_event(instance, "run-2", NULL);
    tell_event(instance, "run-3", NULL);
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
    if (child == 0) { /* without a broker */
        start_channel();
        tell_event(instance, "run-1", NULL);
        tell_event(instance, "run-2", NULL);
        _exit(mqtt_channel.is_holding(instance));
    }
    {
        int status;

        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0); /* nothing is only in the process */
    }
    start_broker(NULL);
    start_peer();
    start_channel();
    tell_event(instance, "run-3", NULL);
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
    tell_event(instance, "run-1", NULL);
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
        tell_event(instance, text, NULL);
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

/* With all of its extendInfo it would not fit even into an empty queue. */
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
    tell_event(instance, "run-0", NULL);
    tell_event(instance, "run-1", text);
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
    tell_event(instance, "\n\"}\x1b[2J\xff/#+", "{\"a\":\n1}");
    expect("\"extendInfo\":{\"a\": 1},\"runId\":\"\\n\\\"}\\u001b[2J\\ufffd/#+\"}\n", 1);
}

/* ---- availability ---- */

static void a_reporter_that_is_killed_is_offline(void **state)
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

static void a_reporter_that_ends_says_so(void **state)
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
    tell_event(reporter.instances[0], "run-1", NULL);
    stop_channel();
    assert_int_equal(kill(broker.process, SIGCONT), 0);
}

/* ---- login and TLS ---- */

static void make_password_file(void)
{
    char command[512];

    (void)broker_file(&broker, "passwords", "");
    snprintf(command, sizeof(command), "mosquitto_passwd -b %s/passwords gateway %s 2>/dev/null",
             broker.folder, PASSWORD);
    assert_int_equal(system(command), 0);
}

static void start_broker_with_login(void)
{
    char more[256];

    make_password_file();
    snprintf(more, sizeof(more), "allow_anonymous false\npassword_file %s/passwords\n",
             broker.folder);
    start_broker(more);
}

static void the_password_comes_from_a_file(void **state)
{
    (void)state;
    add_instance("ctr");
    set("user", "gateway");
    set_file("password_file", "password", PASSWORD "\n");
    assert_int_equal(mqtt_channel.check(config), 0);
    start_broker_with_login();
    start_channel();
    expect_metric("\nosft_mqtt_connected 1\n");
}

/* It is read again for each attempt. */
static void a_wrong_password_is_reported_once_and_heals(void **state)
{
    (void)state;
    add_instance("ctr");
    set("user", "gateway");
    set_file("password_file", "password", PASSWORD "x");
    start_broker_with_login();
    start_channel();
    expect_report("no connection with the broker 127.0.0.1");
    expect_report("Connection Refused: not authorised.");
    (void)broker_file(&broker, "password", PASSWORD);
    expect_metric("\nosft_mqtt_connected 1\n");
    assert_int_equal(count_reports("no connection"), 1);
    assert_int_equal(count_reports("sEcReT"), 0);
}

static void write_pki(const char *name, const struct pki *pki)
{
    char file[32];

    snprintf(file, sizeof(file), "%s-ca", name);
    (void)broker_file(&broker, file, pki->ca_pem);
    snprintf(file, sizeof(file), "%s-cert", name);
    (void)broker_file(&broker, file, pki->cert_pem);
    snprintf(file, sizeof(file), "%s-key", name);
    (void)broker_file(&broker, file, pki->key_pem);
}

static void set_path(const char *key, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", broker.folder, name);
    set(key, path);
}

/* ca: whom the broker asks for a certificate of; NULL: it asks for none. */
static void start_broker_with_tls(const char *names, const char *ca)
{
    static struct pki pki;
    struct pki_options options;
    char more[512], asks[160] = "";

    pki_defaults(&options);
    options.names = names;
    assert_int_equal(pki_make(&pki, &options), 0);
    write_pki("server", &pki);
    if (ca != NULL) {
        snprintf(asks, sizeof(asks), "cafile %s/%s\nrequire_certificate true\n", broker.folder, ca);
    }
    snprintf(more, sizeof(more),
             "allow_anonymous true\ncertfile %s/server-cert\nkeyfile "
             "%s/server-key\n%s",
             broker.folder, broker.folder, asks);
    start_broker(more);
}

static void tls_works_with_an_authority_of_its_own(void **state)
{
    struct instance *instance = add_instance("ctr");

    (void)state;
    start_broker_with_tls("127.0.0.1", NULL);
    set("tls", "yes");
    set_path("ca_file", "server-ca");
    assert_int_equal(mqtt_channel.check(config), 0);
    start_channel();
    tell_event(instance, "run-1", NULL);
    expect_metric("\nosft_mqtt_events_published_total ");
    expect_metric("\nosft_mqtt_connected 1\n");
    expect_metric("\nosft_mqtt_events_waiting 0\n");
}

static void another_authority_is_refused(void **state)
{
    static struct pki other;
    struct pki_options options;

    (void)state;
    add_instance("ctr");
    pki_defaults(&options);
    assert_int_equal(pki_make(&other, &options), 0);
    write_pki("other", &other);
    start_broker_with_tls("127.0.0.1", NULL);
    set("tls", "yes");
    set_path("ca_file", "other-ca");
    start_channel();
    expect_report("certificate verify failed");
    assert_non_null(strstr(get_metrics(), "\nosft_mqtt_connected 0\n"));
}

static void a_certificate_for_another_host_is_refused(void **state)
{
    (void)state;
    add_instance("ctr");
    start_broker_with_tls("127.0.0.2", NULL);
    set("tls", "yes");
    set_path("ca_file", "server-ca");
    start_channel();
    expect_report("no connection with the broker");
    assert_non_null(strstr(get_metrics(), "\nosft_mqtt_connected 0\n"));
}

static void a_client_certificate_is_shown(void **state)
{
    static struct pki client;
    struct pki_options options;

    (void)state;
    add_instance("ctr");
    pki_defaults(&options);
    options.is_client = 1;
    assert_int_equal(pki_make(&client, &options), 0);
    write_pki("client", &client);
    start_broker_with_tls("127.0.0.1", "client-ca");
    set("tls", "yes");
    set_path("ca_file", "server-ca");
    start_channel();
    expect_report("no connection with the broker"); /* without one */
    stop_channel();
    set_path("certificate", "client-cert");
    set_path("key", "client-key");
    assert_int_equal(mqtt_channel.check(config), 0);
    start_channel();
    expect_metric("\nosft_mqtt_connected 1\n");
}

/* ---- discovery ---- */

static void discovery_describes_instances_and_forgets_those_that_left(void **state)
{
    (void)state;
    add_instance("ctr");
    add_instance("cvr");
    set("discovery", "yes");
    start_broker(NULL);
    start_peer();
    start_channel();
    expect("MESSAGE 0 homeassistant/sensor/osft_", 6);
    expect("/config {\"name\":\"Last failure\",\"unique_id\":\"osft_", 2);
    expect("osft/cvr/status {", 1);
    stop_channel();
    remove_instances();
    add_instance("ctr");
    start_channel();
    expect("osft/cvr/status \n", 1); /* removed */
    expect("/config \n", 3);
    peer_stop(&peer);
    start_peer();
    expect("MESSAGE 1 osft/ctr/status {", 1);
    expect("MESSAGE 1 homeassistant/sensor/osft_", 3);
    expect("osft/cvr", 0);
}

static void turned_off_discovery_is_removed(void **state)
{
    (void)state;
    add_instance("ctr");
    set("discovery", "yes");
    start_broker(NULL);
    start_peer();
    start_channel();
    expect("/config {", 3);
    expect("osft/ctr/status {", 1);
    stop_channel();
    free_config(config);
    begin_config();
    start_channel();
    expect("/config \n", 3);
    expect("osft/ctr/status {", 2);
}

static void what_another_reporter_retains_is_left_alone(void **state)
{
    (void)state;
    add_instance("ctr");
    set("discovery", "yes");
    start_broker(NULL);
    start_channel();
    expect_metric("\nosft_mqtt_connected 1\n");
    start_peer();
    expect(" osft/ctr/status {\"reporter\":\"test-7\"", 1);
    expect("/config {", 3);
    stop_channel();
    free_config(config);
    begin_config();
    set("discovery", "yes");
    remove_instances();
    add_instance("cvr");
    /* --set goes before what follows, so that the name is another one */
    free_config(config);
    config = make_config();
    {
        char port[16];

        snprintf(port, sizeof(port), "%d", broker.port);
        set("host", "127.0.0.1");
        set("port", port);
        set("client_id", "test-8");
    }
    start_channel();
    expect(" osft/cvr/status {\"reporter\":\"test-8\"", 1);
    expect("osft/ctr/status \n", 0);
    expect("/config \n", 0);
}

/* ---- names ---- */

static void a_name_is_looked_up(void **state)
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* An argument: only the tests of that name, in which * stands for anything. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(events_arrive_once_and_in_order),
        TEST(a_status_is_retained_and_published_when_it_changes),
        TEST(what_waited_for_the_broker_arrives_once_it_is_back),
        TEST(events_in_the_file_survive_the_process),
        TEST(events_in_memory_survive_another_configuration),
        TEST(dropped_events_are_counted_and_reported_once),
        TEST(an_event_that_is_too_large_goes_without_extend_info),
        TEST(hostile_texts_arrive_as_texts),
        TEST(a_reporter_that_is_killed_is_offline),
        TEST(a_reporter_that_ends_says_so),
        TEST(stop_returns_although_the_broker_hangs),
        TEST(the_password_comes_from_a_file),
        TEST(a_wrong_password_is_reported_once_and_heals),
        TEST(tls_works_with_an_authority_of_its_own),
        TEST(another_authority_is_refused),
        TEST(a_certificate_for_another_host_is_refused),
        TEST(a_client_certificate_is_shown),
        TEST(discovery_describes_instances_and_forgets_those_that_left),
        TEST(turned_off_discovery_is_removed),
        TEST(what_another_reporter_retains_is_left_alone),
        TEST(a_name_is_looked_up),
        TEST(localhost_is_looked_up),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* as the program does */
    cmocka_set_message_output(CM_OUTPUT_TAP);
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    if (!broker_is_there()) {
        puts("1..0 # SKIP mosquitto and mosquitto_sub are not installed");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
