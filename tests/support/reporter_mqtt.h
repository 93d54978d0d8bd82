/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the MQTT channel of osft-reporter with a real broker and a peer. */
#ifndef REPORTER_MQTT_H
#define REPORTER_MQTT_H

#include "../../examples/gateway/channel.h"
#include "broker.h"

extern const struct channel mqtt_channel;

extern struct broker broker;
extern struct peer peer;
extern struct reporter reporter;
extern struct config *config;

/* Set a key of the section [mqtt]. set_file() sets it to the path of a new file with that text in
 * the broker's folder. */
void set(const char *key, const char *value);
void set_file(const char *key, const char *name, const char *text);
/* Make a configuration with the broker's address and port. */
void begin_config(void);
/* Add an instance that was polled successfully, and has no run. */
struct instance *add_instance(const char *name);
void remove_instances(void);
void start_channel(void);
void stop_channel(void);
/* Turn the loop once. */
void turn(int64_t timeout_ms);
void announce_event(struct instance *instance, const char *run_id, const char *extend_info);
void announce_poll(struct instance *instance);
const char *get_metrics(void);
/* Turn the loop until the peer has printed the text that many times, the metrics have the line, or
 * the reporter has logged the text. The test fails when that does not happen. */
void expect(const char *text, size_t times);
void expect_metric(const char *line);
void expect_report(const char *text);
size_t count_reports(const char *text);
void start_broker(const char *more);
void start_peer(void);
int set_up(void **state);
int tear_down(void **state);

#define MQTT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
/* Run the tests, in main(). An argument of the program is a pattern: only tests whose name matches
 * are run, where * stands for any text. */
#define RUN_MQTT_TESTS(tests, argc, argv) \
    (prepare_mqtt_tests((argc), (argv)) ? cmocka_run_group_tests((tests), NULL, NULL) : 0)
int prepare_mqtt_tests(int argc, char **argv);

#endif
