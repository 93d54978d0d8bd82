/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the MQTT channel: the descriptions that it publishes for Home Assistant, and the retained
 * messages that it removes from the broker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "reporter_mqtt.h"
#include "../../examples/gateway/config_load.h"

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
    expect("MESSAGE 0 homeassistant/binary_sensor/osft_", 2);
    expect("/config {\"name\":\"Last failure\",\"unique_id\":\"osft_", 2);
    expect("osft/cvr/status {", 1);
    stop_channel();
    remove_instances();
    add_instance("ctr");
    start_channel();
    expect("osft/cvr/status \n", 1); /* the empty message removes the status */
    expect("/config \n", 4);
    peer_stop(&peer);
    start_peer();
    expect("MESSAGE 1 osft/ctr/status {", 1);
    expect("MESSAGE 1 homeassistant/sensor/osft_", 3);
    expect("osft/cvr", 0);
}

static void descriptions_are_removed_when_discovery_is_turned_off(void **state)
{
    (void)state;
    add_instance("ctr");
    set("discovery", "yes");
    start_broker(NULL);
    start_peer();
    start_channel();
    expect("/config {", 4);
    expect("osft/ctr/status {", 1);
    stop_channel();
    free_config(config);
    begin_config();
    start_channel();
    expect("/config \n", 4);
    expect("osft/ctr/status {", 2);
}

static void retained_messages_of_another_reporter_are_kept(void **state)
{
    (void)state;
    add_instance("ctr");
    set("discovery", "yes");
    start_broker(NULL);
    start_channel();
    expect_metric("\nosft_mqtt_connected 1\n");
    start_peer();
    expect(" osft/ctr/status {\"reporter\":\"test-7\"", 1);
    expect("/config {", 4);
    stop_channel();
    free_config(config);
    begin_config();
    set("discovery", "yes");
    remove_instances();
    add_instance("cvr");
    /* A setting cannot be set twice, so a new configuration is made for the other client id. */
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        MQTT_TEST(discovery_describes_instances_and_forgets_those_that_left),
        MQTT_TEST(descriptions_are_removed_when_discovery_is_turned_off),
        MQTT_TEST(retained_messages_of_another_reporter_are_kept),
    };

    return RUN_MQTT_TESTS(tests, argc, argv);
}
