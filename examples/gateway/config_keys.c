/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of the reporter itself and of instances. Each channel defines its keys in its own
 * file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../common/values.h"
#include "channel.h"
#include "config_load.h"
#include "credentials.h"
#include "osft_hosted_proxy.h"

/* The soak test is built with a smaller value, so that it does not take hours. */
#ifndef INTERVAL_MIN_MS
#define INTERVAL_MIN_MS 1000
#endif

static const struct config_key reporter_keys[] = {
    { "state", VALUE_FILE, "the absolute path of a folder of its own", NULL, 1, 200, NULL, 0, 0 },
    { "run_series", VALUE_INTEGER, "how many runs have series of their own, from 0 to 20", "0", 0,
      RECENT_RUNS, NULL, 0, 0 },
    { NULL, VALUE_TEXT, NULL, NULL, 0, 0, NULL, 0, 0 }
};

static const struct config_key instance_keys[] = {
    { "app", VALUE_TEXT, "the application's name, of 1 to 200 bytes", NULL, 1, 200, NULL, 1, 0 },
    { "function", VALUE_TEXT, "the function's name, such as ctr", NULL, 1, 200, NULL, 1, 0 },
    { "instance", VALUE_TEXT, "the name of the function's instance, such as ctr_test", NULL, 1, 200,
      NULL, 1, 0 },
    { "region", VALUE_TEXT, "a region, such as cn-hangzhou", NULL, 1, 63, NULL, 0, 0 },
    { "endpoint", VALUE_TEXT, "HOST or HOST:PORT, such as opensearch.cn-hangzhou.aliyuncs.com",
      NULL, 1, 255, NULL, 0, 0 },
    { "plain_http", VALUE_SWITCH, "yes or no", "no", 0, 0, NULL, 0, 0 },
    { "ca", VALUE_FILE, "the absolute path of a file or folder of root certificates", NULL, 1, 1000,
      NULL, 0, 0 },
    { "credentials", VALUE_FILE, "the absolute path of a file with an AccessKey", NULL, 1, 1000,
      NULL, 0, 0 },
    { "profile", VALUE_TEXT, "the name of a profile in the file of credentials", NULL, 1, 63, NULL,
      0, 0 },
    { "proxy", VALUE_TEXT, "http://HOST:PORT, http://USER:PASSWORD@HOST:PORT, or none", NULL, 1,
      600, NULL, 0, SECRET_WITH_LOGIN },
    { "interval", VALUE_DURATION, "a time from 1s to 24h, such as 60s or 5m", "60s",
      INTERVAL_MIN_MS, 86400000, NULL, 0, 0 },
    { "timeout", VALUE_DURATION, "a time from 1s to 10m, such as 30s", "30s", 1000, 600000, NULL, 0,
      0 },
    { "runs", VALUE_INTEGER, "how many runs are followed, from 1 to 10000", "200", 1, 10000, NULL,
      0, 0 },
    { NULL, VALUE_TEXT, NULL, NULL, 0, 0, NULL, 0, 0 }
};

/* The name becomes part of a file's name, a topic and a label. */
const char *find_name_fault(const char *name)
{
    size_t len = strlen(name);

    if (len == 0) {
        return "stands behind a space; write such as [" INSTANCE_PREFIX "ctr]";
    }
    if (len >= NAME_SIZE) {
        return "has at most 40 characters; write a shorter one";
    }
    if (name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")] !=
            0 ||
        name[0] == '.' || name[0] == '-') {
        return "has letters, digits, dots, - and _ only, and begins with a letter, a digit or "
               "_; write another";
    }
    return NULL;
}

const struct config_key *find_section_keys(const char *section)
{
    size_t i;

    if (strcmp(section, "reporter") == 0) {
        return reporter_keys;
    }
    if (strcmp(section, DEFAULTS) == 0) {
        return instance_keys;
    }
    if (is_instance_section(section)) {
        return find_name_fault(section + strlen(INSTANCE_PREFIX)) == NULL ? instance_keys : NULL;
    }
    for (i = 0; channels[i] != NULL; i++) {
        if (strcmp(channels[i]->name, section) == 0) {
            return channels[i]->keys;
        }
    }
    return NULL;
}

/* Return which key names the host, "region" or "endpoint". A key of the instance itself takes
 * precedence over one of [defaults]. Returns "" when neither or both are set. */
static const char *choose_host_key(const struct config *config, const char *section)
{
    int has_region = config_is_own(config, section, "region");
    int has_endpoint = config_is_own(config, section, "endpoint");

    if (!has_region && !has_endpoint) {
        has_region = config_is_set(config, section, "region");
        has_endpoint = config_is_set(config, section, "endpoint");
    }
    return has_region == has_endpoint ? "" : has_region ? "region" : "endpoint";
}

int read_endpoint(const struct config *config, const char *section, struct endpoint *endpoint)
{
    const char *key = choose_host_key(config, section), *reason = NULL;
    int has_key = *key != 0;

    if (!has_key) {
        return config_report(config, section, NULL,
                             config_is_set(config, section, "region")
                                 ? "region and endpoint both name a host"
                                 : "neither region nor endpoint names a host",
                             "one of the two");
    }
    if (strcmp(key, "region") == 0 &&
        parse_region(config_text(config, section, key), endpoint) != 0) {
        return config_report(config, section, key, "this is no region",
                             "the ID of a region, such as cn-hangzhou");
    }
    if (strcmp(key, "endpoint") == 0 &&
        parse_endpoint(config_text(config, section, key), endpoint, &reason) != 0) {
        return config_report(config, section, key, "this is no host",
                             "HOST or HOST:PORT, without scheme and path, and an IPv6 address in "
                             "brackets");
    }
    if (config_integer(config, section, "plain_http") && !is_loopback_host(endpoint->host)) {
        return config_report(config, section, "plain_http",
                             "without TLS others could read along, so this is for hosts of this "
                             "machine only, such as 127.0.0.1",
                             "no");
    }
    return 0;
}

static int check_proxy(const struct config *config, const char *section, const char *host)
{
    static struct osft_hosted_proxy proxy;
    const char *url = read_proxy(config, section), *fault = NULL;

    if (osft_hosted_choose_proxy(&proxy, url, host) != OSFT_OK) {
        fault = proxy.fault;
    }
    osft_hosted_forget_proxy(&proxy);
    if (fault == NULL) {
        return 0;
    }
    return config_report(config, section, url != NULL ? "proxy" : NULL, fault,
                         url != NULL ? "http://HOST:PORT, or none"
                                     : "proxy = none, or mend the variable https_proxy");
}

const char *read_proxy(const struct config *config, const char *section)
{
    const char *url = config_text(config, section, "proxy");

    return url != NULL && strcmp(url, "none") == 0 ? "" : url;
}

/* Return the advice about a file of credentials. Advice that names the option --profile of osft is
 * replaced by advice that names the key profile. */
static const char *get_credentials_advice(const struct credentials_problem *problem)
{
    return strstr(problem->advice, "--profile") != NULL ? "name one that it has by the key profile"
                                                        : problem->advice;
}

static int check_credentials(const struct config *config, const char *section)
{
    static struct key_source source;
    int result;

    open_key_source(&source, config_text(config, section, "credentials"),
                    config_text(config, section, "profile"));
    result = read_key(&source);
    if (result != 0) {
        result = config_report_problem(
            config, section, config_is_set(config, section, "credentials") ? "credentials" : NULL,
            source.problem.what, get_credentials_advice(&source.problem));
    }
    close_key_source(&source);
    return result;
}

int check_instance(const struct config *config, const char *section)
{
    const char *ca = config_text(config, section, "ca");
    struct endpoint endpoint;
    int result = read_endpoint(config, section, &endpoint);

    if (result == 0) {
        result = check_proxy(config, section, endpoint.host);
    }
    if (ca != NULL && access(ca, R_OK) != 0) {
        result = config_report(config, section, "ca", "this cannot be read",
                               "a file or folder of root certificates, as an absolute path");
    }
    if (config_is_set(config, section, "profile") &&
        !config_is_set(config, section, "credentials")) {
        return config_report(config, section, "profile", "there is no file that has profiles",
                             "its path with the key credentials");
    }
    return check_credentials(config, section) | result;
}
