/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing numbers, lengths of time and hosts that a user types. */
#include "values.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "osft_port_tools.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* strtoll() is not used, as it accepts spaces, plus signs and prefixes. */
int parse_integer(const char *text, int64_t min, int64_t max, int64_t *value)
{
    int is_negative = *text == '-';
    int64_t negated = 0; /* minus the absolute value, as the negative range is larger by one */

    text += is_negative;
    if (*text == 0) {
        return -1;
    }
    for (; *text >= '0' && *text <= '9'; text++) {
        int digit = *text - '0';
        if (negated < (INT64_MIN + digit) / 10) {
            return -1;
        }
        negated = negated * 10 - digit;
    }
    if (*text != 0 || (!is_negative && negated == INT64_MIN)) {
        return -1;
    }
    *value = is_negative ? negated : -negated;
    return *value < min || *value > max ? -1 : 0;
}

int64_t read_amount(const char *text, int64_t *count)
{
    static const struct {
        char name[3];
        int64_t ms;
    } units[] = { { "ms", 1 },   { "s", SECOND }, { "m", MINUTE },
                  { "h", HOUR }, { "d", DAY },    { "w", 7 * DAY } };
    char digits[20];
    size_t n = strspn(text, "0123456789"), i;

    if (n == 0 || n >= sizeof(digits)) {
        return 0;
    }
    memcpy(digits, text, n);
    digits[n] = 0;
    if (parse_integer(digits, 0, INT64_MAX, count) != 0) {
        return 0;
    }
    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(text + n, units[i].name) == 0) {
            return *count <= INT64_MAX / units[i].ms ? units[i].ms : 0;
        }
    }
    return 0;
}

int parse_duration(const char *text, uint32_t *ms)
{
    int64_t count = 0, unit = SECOND;

    if (parse_integer(text, 1, UINT32_MAX, &count) != 0) {
        unit = read_amount(text, &count);
    }
    if (unit == 0 || count == 0 || count * unit > INT32_MAX) {
        return -1;
    }
    *ms = (uint32_t)(count * unit);
    return 0;
}

static int set_host(struct endpoint *endpoint, const char *text, size_t len)
{
    if (len == 0 || len >= HOST_SIZE) {
        return -1;
    }
    memcpy(endpoint->host, text, len);
    endpoint->host[len] = 0;
    return 0;
}

static int is_host_name(const char *text)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
    return text[0] != '.' && text[0] != '-' && text[strspn(text, allowed)] == 0;
}

/* Read the text behind the host: nothing, or a colon and a port. Returns NULL, or what is wrong. */
static const char *read_port(const char *text, struct endpoint *endpoint)
{
    int64_t port = 0;

    if (*text == 0) {
        return NULL;
    }
    if (*text != ':' || text[1] == '-' || parse_integer(text + 1, 1, 65535, &port) != 0) {
        return "needs a port from 1 to 65535 after the colon, not";
    }
    endpoint->tcp_port = (uint16_t)port;
    return NULL;
}

/* Whether the host is an IPv6 address in brackets. */
static int is_bracketed_ipv6(const char *host, struct in6_addr *address)
{
    char text[INET6_ADDRSTRLEN];

    return host[0] == '[' && osft_bare_host(host, OSFT_KEEP_ZONE, text, sizeof(text)) != 0 &&
           inet_pton(AF_INET6, text, address) == 1;
}

static const char *read_bracketed_host(const char *text, struct endpoint *endpoint)
{
    struct in6_addr address;
    const char *end = strchr(text, ']');

    if (end == NULL || set_host(endpoint, text, (size_t)(end + 1 - text)) != 0 ||
        !is_bracketed_ipv6(endpoint->host, &address)) {
        return "needs an IPv6 address between [ and ], not";
    }
    return read_port(end + 1, endpoint);
}

int parse_endpoint(const char *text, struct endpoint *endpoint, const char **reason)
{
    const char *colon = strchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : strlen(text);

    endpoint->tcp_port = 0;
    *reason = NULL;
    if (strchr(text, '/') != NULL) {
        *reason = "needs HOST or HOST:PORT, without scheme and path, not";
    } else if (*text == '[') {
        *reason = read_bracketed_host(text, endpoint);
    } else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
        *reason = "needs an IPv6 address in brackets, such as [::1]:8443, not";
    } else if (set_host(endpoint, text, len) != 0 || !is_host_name(endpoint->host)) {
        *reason = "needs HOST or HOST:PORT, not";
    } else {
        *reason = read_port(text + len, endpoint);
    }
    return *reason == NULL ? 0 : -1;
}

int parse_region(const char *text, struct endpoint *endpoint)
{
    size_t len = strlen(text);

    if (len == 0 || len > 63 || text[0] == '-' || text[len - 1] == '-' ||
        text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] != 0) {
        return -1;
    }
    snprintf(endpoint->host, HOST_SIZE, "opensearch.%s.aliyuncs.com", text);
    endpoint->tcp_port = 0;
    return 0;
}

int is_loopback_host(const char *host)
{
    unsigned char ipv4[4];
    struct in6_addr ipv6;

    if (inet_pton(AF_INET, host, ipv4) == 1) {
        return ipv4[0] == 127;
    }
    if (is_bracketed_ipv6(host, &ipv6)) {
        return IN6_IS_ADDR_LOOPBACK(&ipv6) != 0;
    }
    return strcasecmp(host, "localhost") == 0;
}
