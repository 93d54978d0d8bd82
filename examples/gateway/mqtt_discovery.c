/* SPDX-License-Identifier: Apache-2.0 */
/* Describes each instance to Home Assistant as a device with four sensors. The descriptions are
 * retained messages with the topic DISCOVERY/COMPONENT/NODE/HASH_SENSOR/config. NODE stands for
 * this reporter and HASH for an instance: both are hashes, as names can have characters that are
 * not allowed in such a topic. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "../common/text.h"
#include "mqtt.h"

static const struct sensor {
    const char *component; /* the component of Home Assistant */
    const char *id, *name, *template;
    const char *members;    /* further members as JSON, with a leading comma */
    const char *attributes; /* the member of the status that has the attributes; NULL: there are
                             * none */
} sensors[DISCOVERED] = {
    { "sensor", "status", "Status", "{{ value_json.state }}",
      ",\"device_class\":\"enum\",\"options\":[\"running\",\"success\",\"failed\",\"other\","
      "\"none\"],\"icon\":\"mdi:brain\"",
      "run" },
    { "sensor", "progress", "Progress", "{{ value_json.progress }}",
      ",\"unit_of_measurement\":\"%\",\"state_class\":\"measurement\",\"icon\":\"mdi:progress-"
      "clock\"",
      "run" },
    { "sensor", "last_failure", "Last failure",
      "{% if value_json.lastRunFailure %}{{ (value_json.lastRunFailure / 1000) | timestamp_utc }}"
      "{% else %}None{% endif %}",
      ",\"device_class\":\"timestamp\"", NULL },
    { "binary_sensor", "connection", "Connection", "{{ 'ON' if value_json.up else 'OFF' }}",
      ",\"device_class\":\"connectivity\"", "error" }
};

/* Return the FNV-1a hash of both names, with a NUL behind each. */
static uint64_t get_hash(const char *client_id, const char *instance)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    const char *text = client_id;
    int parts = 2;

    while (parts > 0) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
        if (*text++ == 0) {
            text = instance;
            parts--;
        }
    }
    return hash;
}

static void make_node_topic(char topic[MQTT_TOPIC_SIZE], const struct mqtt_settings *settings,
                            const char *component, const char *object)
{
    snprintf(topic, MQTT_TOPIC_SIZE, "%s/%s/osft_%016" PRIx64 "/%s/config", settings->discovery,
             component, get_hash(settings->client_id, ""), object);
}

void make_discovery_pattern(char topic[MQTT_TOPIC_SIZE], const struct mqtt_settings *settings)
{
    make_node_topic(topic, settings, "+", "+");
}

void make_discovery_topic(char topic[MQTT_TOPIC_SIZE], const struct mqtt_settings *settings,
                          const char *instance, size_t sensor)
{
    char object[48];

    snprintf(object, sizeof(object), "%016" PRIx64 "_%s", get_hash(settings->client_id, instance),
             sensors[sensor].id);
    make_node_topic(topic, settings, sensors[sensor].component, object);
}

static void put_member(struct output *out, const char *name, const char *text)
{
    put_text(out, ",\"");
    put_text(out, name);
    put_text(out, "\":\"");
    put_escaped(out, SINK_JSON, text, strlen(text));
    put_text(out, "\"");
}

static void put_device(struct output *out, const struct instance *instance, const char *id)
{
    put_text(out, ",\"device\":{\"identifiers\":[\"");
    put_text(out, id);
    put_text(out, "\"]");
    put_member(out, "name", instance->name);
    put_member(out, "manufacturer", "osft");
    put_member(out, "model", "osft-reporter");
    put_member(out, "sw_version", OSFT_VERSION);
    put_text(out, "},\"origin\":{\"name\":\"osft-reporter\"");
    put_member(out, "sw_version", OSFT_VERSION);
    put_text(out, "}");
}

void put_discovery(struct output *out, const struct mqtt_settings *settings,
                   const struct instance *instance, size_t sensor)
{
    const struct sensor *described = &sensors[sensor];
    char id[64], unique[96], attributes[64], topic[MQTT_TOPIC_SIZE];

    snprintf(id, sizeof(id), "osft_%016" PRIx64, get_hash(settings->client_id, instance->name));
    snprintf(unique, sizeof(unique), "%s_%s", id, described->id);
    put_text(out, "{\"name\":\"");
    put_text(out, described->name);
    put_text(out, "\"");
    put_member(out, "unique_id", unique);
    make_topic(topic, settings->topic, instance->name, "status");
    put_member(out, "state_topic", topic);
    put_member(out, "value_template", described->template);
    put_text(out, described->members);
    if (described->attributes != NULL) {
        snprintf(attributes, sizeof(attributes), "{{ value_json.%s | default({}) | tojson }}",
                 described->attributes);
        put_member(out, "json_attributes_topic", topic);
        put_member(out, "json_attributes_template", attributes);
    }
    make_topic(topic, settings->topic, NULL, "availability");
    put_member(out, "availability_topic", topic);
    put_text(out, ",\"qos\":1");
    put_device(out, instance, id);
    put_text(out, "}");
}
