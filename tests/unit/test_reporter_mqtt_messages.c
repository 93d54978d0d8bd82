/* SPDX-License-Identifier: Apache-2.0 */
/* Tests topics and payloads of the MQTT channel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../../examples/gateway/mqtt.h"
#include "capture.h"
#include "osft_metrics.h"

static struct mqtt_settings settings;
static struct instance *instance;

static int set_up(void **state)
{
    (void)state;
    memset(&settings, 0, sizeof(settings));
    strcpy(settings.client_id, "gateway-7");
    settings.topic = "site7/osft";
    settings.discovery = "homeassistant";
    instance = calloc(1, sizeof(*instance));
    strcpy(instance->name, "ctr");
    instance->query.app_group = osft_span_from("app");
    instance->query.function = osft_span_from("ctr");
    instance->query.instance = osft_span_from("ctr_test");
    instance->has_polled = instance->is_up = 1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(instance);
    return 0;
}

static char buffer[OUTPUT_BYTES];

static struct output begin_output(void)
{
    struct output out = { .fd = -1, .buffer = buffer };

    start_capture(&out);
    return out;
}

/* Check that the text is one JSON object, with nothing behind the object. The parser gets a copy of
 * the text, because it changes the text. */
static void assert_is_json(const char *json)
{
    char *copy = strdup(json);
    struct osft_span span = osft_span_from(copy);
    struct osft_metrics walk;
    int error;

    osft_metrics_init(&walk, &span);
    do {
        error = osft_metrics_next(&walk);
    } while (error == OSFT_OK && walk.kind != OSFT_METRIC_END);
    free(copy);
    assert_int_equal(error, OSFT_OK);
}

static const char *get_status_text(int is_whole)
{
    struct output out = begin_output();

    put_status_json(&out, &settings, instance, is_whole);
    return end_capture(&out);
}

static const char *get_whole_status(void)
{
    return get_status_text(1);
}

static const char *get_discovery_text(size_t sensor)
{
    struct output out = begin_output();

    put_discovery(&out, &settings, instance, sensor);
    return end_capture(&out);
}

static void set_run(const char *state, const char *extend_info)
{
    struct kept_run *run = &instance->newest;

    run->is_known = 1;
    run->id = 0x1234;
    run->task.start_ms = 1700000000000;
    run->task.end_ms = 0;
    run->task.progress = 40;
    run->task.status = osft_span_from(state);
    run->task.run_id = osft_span_from("run-1");
    run->task.extend_info = osft_span_from(extend_info);
}

static void an_instance_without_runs_has_nulls(void **state)
{
    (void)state;
    assert_string_equal(get_whole_status(),
                        "{\"reporter\":\"gateway-7\",\"watch\":\"ctr\",\"app\":\"app\","
                        "\"function\":\"ctr\",\"functionInstance\":\"ctr_test\",\"up\":true,"
                        "\"state\":\"none\",\"progress\":null,\"lastRunSuccess\":null,"
                        "\"lastRunFailure\":null,\"lastPollSuccess\":null}");
}

static void a_run_is_included_with_extend_info_as_an_object(void **state)
{
    (void)state;
    set_run("running", "{\"auc\": 0.75}");
    instance->last_success_ms = 1699999999999;
    instance->last_good_ms = 1700000060000;
    assert_string_equal(get_whole_status(),
                        "{\"reporter\":\"gateway-7\",\"watch\":\"ctr\",\"app\":\"app\","
                        "\"function\":\"ctr\",\"functionInstance\":\"ctr_test\",\"up\":true,"
                        "\"state\":\"running\",\"progress\":40,\"lastRunSuccess\":1699999999999,"
                        "\"lastRunFailure\":null,\"lastPollSuccess\":1700000060000,\"run\":{\"id\":"
                        "\"0000000000001234\","
                        "\"progress\":40,\"status\":\"running\",\"startTime\":1700000000000,"
                        "\"endTime\":0,\"extendInfo\":{\"auc\": 0.75},\"runId\":\"run-1\"}}");
}

static void the_state_is_one_of_five_words(void **state)
{
    static const char *const statuses[] = { "success", "failed", "running", "resting" };
    static const char *const words[] = { "success", "failed", "running", "other" };
    char expected[40];
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        set_run(statuses[i], NULL);
        snprintf(expected, sizeof(expected), "\"state\":\"%s\"", words[i]);
        assert_non_null(strstr(get_whole_status(), expected));
    }
}

static void the_failure_of_a_poll_is_included_until_a_poll_succeeds(void **state)
{
    struct failure *failure = &instance->failures[2];

    (void)state;
    instance->newest_failure = 2;
    failure->error = OSFT_E_REFUSED;
    failure->http_status = 403;
    strcpy(failure->code, "Forbidden");
    strcpy(failure->request_id, "one-of-many");
    strcpy(failure->text, "the \"service\" refused");
    assert_null(strstr(get_whole_status(), "error"));
    instance->is_up = 0;
    assert_non_null(strstr(get_whole_status(), "\"up\":false"));
    assert_non_null(strstr(get_whole_status(), ",\"error\":{\"kind\":\""));
    assert_non_null(strstr(get_whole_status(), "\",\"httpStatus\":403,\"code\":\"Forbidden\","
                                               "\"requestId\":\"one-of-many\","
                                               "\"message\":\"the \\\"service\\\" refused\"}"));
}

/* A status that differed after each failed poll would be published after each failed poll. */
static void the_next_failure_of_the_same_kind_is_no_change(void **state)
{
    char first[512];
    struct failure *failure = &instance->failures[0];

    (void)state;
    instance->is_up = 0;
    failure->error = OSFT_E_REFUSED;
    failure->http_status = 404;
    strcpy(failure->request_id, "1");
    strcpy(failure->text, "refused, request 1");
    snprintf(first, sizeof(first), "%s", get_status_text(0));
    strcpy(failure->request_id, "2");
    strcpy(failure->text, "refused, request 2");
    instance->last_good_ms = 1700000060000;
    assert_string_equal(get_status_text(0), first);
    failure->http_status = 403;
    assert_string_not_equal(get_status_text(0), first);
}

/* A text of the service stays within its JSON string, on one line and in UTF-8. */
static void hostile_texts_stay_within_their_strings(void **state)
{
    const char *payload;
    size_t i;

    (void)state;
    set_run("\",\"up\":false,\"x\":\"", "{\"a\":1}\r\n{\"b\":2}");
    instance->newest.task.run_id = osft_span_from("a\nb\x1b[31m\xff\xc0\xaf\x7f</script>");
    payload = get_whole_status();
    assert_non_null(strstr(payload, "\"status\":\"\\\",\\\"up\\\":false,\\\"x\\\":\\\"\""));
    assert_non_null(strstr(payload, "\"extendInfo\":\"{\\\"a\\\":1}\\r\\n{\\\"b\\\":2}\""));
    assert_int_equal(mosquitto_validate_utf8(payload, (int)strlen(payload)), MOSQ_ERR_SUCCESS);
    for (i = 0; payload[i] != 0; i++) {
        assert_true((unsigned char)payload[i] >= ' ' && payload[i] != 0x7f);
    }
}

static void payloads_are_json_objects(void **state)
{
    size_t i;

    (void)state;
    strcpy(instance->name, "a\"b\\c");
    settings.topic = "site \"7\"";
    assert_is_json(get_whole_status());
    set_run("\"}", "{\"auc\": [1, {\"b\": null}]}");
    instance->is_up = 0;
    instance->failures[0].error = OSFT_E_REFUSED;
    strcpy(instance->failures[0].text, "\"}\\");
    assert_is_json(get_whole_status());
    assert_is_json(get_status_text(0));
    for (i = 0; i < DISCOVERED; i++) {
        assert_is_json(get_discovery_text(i));
    }
}

static void a_topic_has_the_prefix_the_instance_and_a_leaf(void **state)
{
    char topic[MQTT_TOPIC_SIZE];

    (void)state;
    make_topic(topic, "site7/osft", "ctr", "status");
    assert_string_equal(topic, "site7/osft/ctr/status");
    make_topic(topic, "osft", NULL, "availability");
    assert_string_equal(topic, "osft/availability");
}

static void the_longest_topics_fit(void **state)
{
    char prefix[MQTT_PREFIX_MAX + 1], name[NAME_SIZE], topic[MQTT_TOPIC_SIZE];
    size_t sensor;

    (void)state;
    memset(prefix, 'p', sizeof(prefix) - 1);
    memset(name, 'n', sizeof(name) - 1);
    prefix[sizeof(prefix) - 1] = name[sizeof(name) - 1] = 0;
    settings.topic = settings.discovery = prefix;
    make_topic(topic, prefix, name, "status");
    assert_string_equal(topic + strlen(topic) - strlen("n/status"), "n/status");
    for (sensor = 0; sensor < DISCOVERED; sensor++) {
        make_discovery_topic(topic, &settings, name, sensor);
        assert_string_equal(topic + strlen(topic) - strlen("/config"), "/config");
    }
}

static void a_topic_has_no_wildcards_and_no_controls(void **state)
{
    static const char *const good[] = { "osft", "a/b", "a b", "h\xc3\xa4us", "a/$b" };
    static const char *const bad[] = { "",  "+",    "a/#",  "a/+/b", "/a",   "a/",
                                       "/", "$SYS", "a\nb", "a\x7f", "\xff", "\xed\xa0\x80" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(is_topic_text(good[i], 1), 1);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(is_topic_text(bad[i], 1), 0);
    }
    assert_int_equal(is_topic_text("a/b", 0), 0);
    assert_int_equal(is_topic_text("$a", 0), 1);
}

static void a_sensor_names_its_topics_and_its_device(void **state)
{
    const char *payload;

    (void)state;
    payload = get_discovery_text(0);
    assert_non_null(strstr(payload, "{\"name\":\"Status\",\"unique_id\":\"osft_"));
    assert_non_null(strstr(payload, ",\"state_topic\":\"site7/osft/ctr/status\""));
    assert_non_null(strstr(payload, ",\"availability_topic\":\"site7/osft/availability\""));
    assert_non_null(strstr(payload, ",\"device\":{\"identifiers\":[\"osft_"));
    assert_non_null(strstr(payload, "\"],\"name\":\"ctr\""));
    assert_non_null(strstr(payload, ",\"sw_version\":\"" OSFT_VERSION "\""));
}

static int has_in_description(size_t sensor, const char *text)
{
    return strstr(get_discovery_text(sensor), text) != NULL;
}

static void an_endpoint_that_is_gone_is_shown_by_a_sensor_of_its_own(void **state)
{
    char topic[MQTT_TOPIC_SIZE];

    (void)state;
    make_discovery_topic(topic, &settings, "ctr", 3);
    assert_memory_equal(topic, "homeassistant/binary_sensor/osft_", 33);
    assert_true(has_in_description(3, "\"device_class\":\"connectivity\""));
    assert_true(has_in_description(3, "\"{{ 'ON' if value_json.up else 'OFF' }}\""));
    assert_true(has_in_description(3, "\"{{ value_json.error | default({}) | tojson }}\""));
}

static void progress_has_statistics_and_the_last_failure_has_no_other_runs_attributes(void **state)
{
    (void)state;
    assert_true(has_in_description(1, "\"state_class\":\"measurement\""));
    assert_true(has_in_description(1, "json_attributes"));
    assert_true(has_in_description(2, "value_json.lastRunFailure / 1000"));
    assert_false(has_in_description(2, "json_attributes"));
}

/* Compare the sensors of an instance with each other, with the sensors of another instance, and
 * with the sensors of the same instance of another reporter. */
static void sensors_have_topics_and_ids_of_their_own(void **state)
{
    char topics[3 * DISCOVERED][MQTT_TOPIC_SIZE], ids[3 * DISCOVERED][80];
    size_t i, k;

    (void)state;
    for (i = 0; i < 3 * DISCOVERED; i++) {
        strcpy(settings.client_id, i < 2 * DISCOVERED ? "gateway-7" : "gateway-8");
        strcpy(instance->name, i < DISCOVERED || i >= 2 * DISCOVERED ? "ctr" : "cvr");
        make_discovery_topic(topics[i], &settings, instance->name, i % DISCOVERED);
        snprintf(ids[i], sizeof(ids[i]), "%.60s",
                 strstr(get_discovery_text(i % DISCOVERED), "unique_id"));
        for (k = 0; k < i; k++) {
            assert_string_not_equal(topics[k], topics[i]);
            assert_string_not_equal(ids[k], ids[i]);
        }
    }
}

static void all_topics_of_discovery_match_the_pattern(void **state)
{
    char topic[MQTT_TOPIC_SIZE], pattern[MQTT_TOPIC_SIZE];
    bool matches;
    size_t i;

    (void)state;
    for (i = 0; i < DISCOVERED; i++) {
        make_discovery_pattern(pattern, &settings);
        make_discovery_topic(topic, &settings, "ctr", i);
        assert_int_equal(mosquitto_topic_matches_sub(pattern, topic, &matches), MOSQ_ERR_SUCCESS);
        assert_true(matches);
        strcpy(settings.client_id, "gateway-8");
        make_discovery_topic(topic, &settings, "ctr", i);
        assert_int_equal(mosquitto_topic_matches_sub(pattern, topic, &matches), MOSQ_ERR_SUCCESS);
        assert_false(matches);
        strcpy(settings.client_id, "gateway-7");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_instance_without_runs_has_nulls),
        TEST(a_run_is_included_with_extend_info_as_an_object),
        TEST(the_state_is_one_of_five_words),
        TEST(the_failure_of_a_poll_is_included_until_a_poll_succeeds),
        TEST(the_next_failure_of_the_same_kind_is_no_change),
        TEST(hostile_texts_stay_within_their_strings),
        TEST(payloads_are_json_objects),
        TEST(a_topic_has_the_prefix_the_instance_and_a_leaf),
        TEST(the_longest_topics_fit),
        TEST(a_topic_has_no_wildcards_and_no_controls),
        TEST(a_sensor_names_its_topics_and_its_device),
        TEST(an_endpoint_that_is_gone_is_shown_by_a_sensor_of_its_own),
        TEST(progress_has_statistics_and_the_last_failure_has_no_other_runs_attributes),
        TEST(sensors_have_topics_and_ids_of_their_own),
        TEST(all_topics_of_discovery_match_the_pattern),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
