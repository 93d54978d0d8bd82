/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and checks the section [mqtt] of the configuration. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/credentials.h"
#include "../common/values.h"
#include "../common/wholefile.h"
#include "mqtt.h"

#define SECTION "mqtt"

const struct config_key mqtt_keys[] = {
    { .name = "host",
      .kind = VALUE_TEXT,
      .is_required = 1,
      .min = 1,
      .max = 255,
      .expected = "the broker's name or address, such as broker.example or 192.0.2.7" },
    { .name = "port",
      .kind = VALUE_INTEGER,
      .preset = "1883",
      .min = 1,
      .max = 65535,
      .expected = "a TCP port, from 1 to 65535; left out: 1883, or 8883 with tls = yes" },
    { .name = "client_id",
      .kind = VALUE_TEXT,
      .min = 1,
      .max = MQTT_CLIENT_ID - 1,
      .expected = "a name that no other client of the broker has; left out: osft-reporter- and the "
                  "host's name" },
    { .name = "topic",
      .kind = VALUE_TEXT,
      .preset = "osft",
      .min = 1,
      .max = MQTT_PREFIX_MAX,
      .expected = "what this reporter's topics begin with, such as osft or site7/osft" },
    { .name = "keep_alive",
      .kind = VALUE_DURATION,
      .preset = "60s",
      .min = 5000,
      .max = 3600000,
      .expected = "a duration from 5s to 1h" },
    { .name = "reconnect_max",
      .kind = VALUE_DURATION,
      .preset = "2m",
      .min = 1000,
      .max = 3600000,
      .expected = "the longest wait before another attempt to connect, from 1s to 1h" },
    { .name = "user",
      .kind = VALUE_TEXT,
      .min = 1,
      .max = 255,
      .expected = "a user of the broker" },
    { .name = "password_file",
      .kind = VALUE_FILE,
      .min = 1,
      .max = 4095,
      .expected = "the path of a file that holds the password, and that only its owner can read" },
    { .name = "plain_password",
      .kind = VALUE_SWITCH,
      .preset = "no",
      .expected = "yes, to send the password without TLS; or no" },
    { .name = "tls", .kind = VALUE_SWITCH, .preset = "no", .expected = "yes or no" },
    { .name = "ca_file",
      .kind = VALUE_FILE,
      .min = 1,
      .max = 4095,
      .expected = "the path of certificates to trust, in PEM; left out: those of the system" },
    { .name = "certificate",
      .kind = VALUE_FILE,
      .min = 1,
      .max = 4095,
      .expected = "the path of this client's certificate, in PEM" },
    { .name = "key",
      .kind = VALUE_FILE,
      .min = 1,
      .max = 4095,
      .expected = "the path of its key, in PEM and without a pass phrase" },
    { .name = "queue_file",
      .kind = VALUE_FILE,
      .min = 1,
      .max = 4000,
      .expected = "the path of a file where events wait for the broker" },
    { .name = "queue_size",
      .kind = VALUE_INTEGER,
      .preset = "256",
      .min = 64,
      .max = 65536,
      .expected = "a number of KiB, from 64 to 65536, such as 256" },
    { .name = "discovery",
      .kind = VALUE_SWITCH,
      .preset = "no",
      .expected = "yes, to describe the instances to Home Assistant; or no" },
    { .name = "discovery_topic",
      .kind = VALUE_TEXT,
      .preset = "homeassistant",
      .min = 1,
      .max = MQTT_PREFIX_MAX,
      .expected = "what Home Assistant's topics of discovery begin with" },
    { .name = NULL }
};

static int get_port(const struct config *config, int has_tls)
{
    return has_tls && !config_is_set(config, SECTION, "port")
               ? 8883
               : (int)config_integer(config, SECTION, "port");
}

static void choose_client_id(struct mqtt_settings *settings, const char *configured)
{
    char host[64] = "";

    if (configured == NULL && (gethostname(host, sizeof(host) - 1) != 0 || host[0] == 0)) {
        strcpy(host, "gateway");
    }
    snprintf(settings->client_id, sizeof(settings->client_id), "%s%s",
             configured != NULL ? configured : "osft-reporter-", configured != NULL ? "" : host);
}

void read_mqtt_settings(struct mqtt_settings *settings, const struct config *config)
{
    memset(settings, 0, sizeof(*settings));
    settings->host = config_text(config, SECTION, "host");
    settings->has_tls = config_integer(config, SECTION, "tls") != 0;
    settings->tcp_port = get_port(config, settings->has_tls);
    settings->keepalive_s = (int)(config_integer(config, SECTION, "keep_alive") / 1000);
    settings->reconnect_max_ms = config_integer(config, SECTION, "reconnect_max");
    choose_client_id(settings, config_text(config, SECTION, "client_id"));
    settings->topic = config_text(config, SECTION, "topic");
    settings->discovery = config_text(config, SECTION, "discovery_topic");
    settings->has_discovery = config_integer(config, SECTION, "discovery") != 0;
    settings->user = config_text(config, SECTION, "user");
    settings->password_file = config_text(config, SECTION, "password_file");
    settings->ca_file = config_text(config, SECTION, "ca_file");
    settings->certificate = config_text(config, SECTION, "certificate");
    settings->key = config_text(config, SECTION, "key");
    settings->queue_file = config_text(config, SECTION, "queue_file");
    settings->queue_bytes = (size_t)config_integer(config, SECTION, "queue_size") * 1024;
}

/* ---- checks of several keys together, and of files ---- */

int is_topic_text(const char *text, int may_have_levels)
{
    size_t len = strlen(text), i;

    if (len == 0 || mosquitto_validate_utf8(text, (int)len) != MOSQ_ERR_SUCCESS) {
        return 0;
    }
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < ' ' || c == 0x7f || c == '+' || c == '#') {
            return 0;
        }
        if (c == '/' && (!may_have_levels || i == 0 || i + 1 == len)) {
            return 0;
        }
    }
    return text[0] != '$' || !may_have_levels; /* topics that begin with $ are the broker's own */
}

/* Check the beginnings of topics. Names of instances need no check, although they are parts of
 * topics: the configuration allows only letters, digits, dots, - and _ in them. */
static int check_topics(const struct config *config)
{
    static const char *const keys[] = { "topic", "discovery_topic" };
    int result = 0;
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *text = config_text(config, SECTION, keys[i]);
        char what[MQTT_PREFIX_MAX + 80];

        if (!is_topic_text(text, 1)) {
            snprintf(what, sizeof(what), "'%s' cannot be the beginning of topics", text);
            result = config_report(config, SECTION, keys[i], what,
                                   "a text without + and #, that does not begin with $, nor begin "
                                   "or end with a slash");
        }
    }
    return result;
}

/* Whether the text is an IPv6 address, which is the only host that has colons. */
static int is_ipv6_address(const char *text)
{
    struct in6_addr address;
    char digits[INET6_ADDRSTRLEN];

    snprintf(digits, sizeof(digits), "%.*s", (int)strcspn(text, "%"), text); /* without zone */
    return inet_pton(AF_INET6, digits, &address) == 1;
}

static int check_host(const struct config *config)
{
    const char *host = config_text(config, SECTION, "host");

    if (strpbrk(host, "/@[], \t") == NULL && (strchr(host, ':') == NULL || is_ipv6_address(host))) {
        return 0;
    }
    return config_report(config, SECTION, "host", "this is no name and no address",
                         "the name or address only, without scheme and port; the port has a line "
                         "of its own, such as port = 1883");
}

/* Check that a key is set only together with the key that it needs. */
static int check_pair(const struct config *config, const char *key, const char *needed)
{
    char advice[80];

    if (config_text(config, SECTION, key) == NULL || config_text(config, SECTION, needed) != NULL) {
        return 0;
    }
    snprintf(advice, sizeof(advice), "%s as well, or leave %s out", needed, key);
    return config_report(config, SECTION, key, "it is not enough by itself", advice);
}

static int check_tls(const struct config *config)
{
    static const char *const keys[] = { "ca_file", "certificate", "key" };
    int has_tls = config_integer(config, SECTION, "tls") != 0, result = 0;
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *path = config_text(config, SECTION, keys[i]);

        if (path != NULL && !has_tls) {
            result = config_report(config, SECTION, keys[i], "it is for TLS, which is off",
                                   "tls = yes, or leave it out");
        } else if (path != NULL && access(path, R_OK) != 0) {
            result = config_report(config, SECTION, keys[i], strerror(errno),
                                   "the path of a file that the reporter can read");
        }
    }
    return !has_tls ? result
                    : result | check_pair(config, "certificate", "key") |
                          check_pair(config, "key", "certificate");
}

static int check_login(const struct config *config)
{
    static char password[MQTT_PASSWORD_MAX];
    const char *path = config_text(config, SECTION, "password_file");
    char what[400];
    int result;

    if (path == NULL) {
        return 0; /* some brokers know their users by a name alone, such as an access token */
    }
    if (check_pair(config, "password_file", "user") != 0) {
        return -1;
    }
    if (config_integer(config, SECTION, "tls") == 0 &&
        config_integer(config, SECTION, "plain_password") == 0 &&
        !is_loopback_host(config_text(config, SECTION, "host"))) {
        return config_report(config, SECTION, "password_file",
                             "everybody on the way could read the password",
                             "tls = yes, or plain_password = yes where the network is trusted");
    }
    result = read_mqtt_password(path, password, what, sizeof(what));
    memset(password, 0, sizeof(password));
    return result == 0 ? 0
                       : config_report(config, SECTION, "password_file", what,
                                       "the path of a file whose only line is the password, with "
                                       "mode 0600");
}

static int check_queue(const struct config *config)
{
    const char *path = config_text(config, SECTION, "queue_file");

    return path == NULL || has_folder(path)
               ? 0
               : config_report(config, SECTION, "queue_file", "its folder is not there",
                               "the path of a file in a folder that the reporter can write to");
}

int check_mqtt_settings(const struct config *config)
{
    const char *client_id = config_text(config, SECTION, "client_id");
    int result = check_host(config);

    if (client_id != NULL && !is_topic_text(client_id, 0)) {
        result = config_report(config, SECTION, "client_id", "brokers do not take it",
                               "a name without +, #, / and control characters");
    }
    /* All checks are made, so that all errors are reported. */
    result |= check_topics(config);
    result |= check_tls(config);
    result |= check_login(config);
    return result | check_queue(config);
}

/* ---- the password ---- */

/* Copy the password, which must be the only line of the text. Returns 0, or -1. */
static int copy_password_line(char *text, size_t len, char *password)
{
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r')) {
        len--;
    }
    if (len == 0 || len >= MQTT_PASSWORD_MAX || memchr(text, '\n', len) != NULL ||
        memchr(text, 0, len) != NULL) {
        return -1;
    }
    memcpy(password, text, len);
    password[len] = 0;
    return 0;
}

int read_mqtt_password(const char *path, char *password, char *what, size_t size)
{
    static char text[CREDENTIALS_FILE_MAX];
    struct credentials_problem problem = { "", "" };
    struct file_identity identity;
    size_t len = 0;
    int result = -1;

    switch (read_private_file(path, text, &len, &identity, &problem)) {
    case SEARCH_FOUND:
        result = copy_password_line(text, len, password);
        snprintf(what, size, "the file holds no password of one line");
        break;
    case SEARCH_ABSENT: snprintf(what, size, "there is no file %.300s", path); break;
    case SEARCH_FAILED: snprintf(what, size, "%.390s", problem.what); break;
    }
    memset(text, 0, sizeof(text));
    return result;
}
