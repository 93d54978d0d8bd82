/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and names that a user types, checked before anything else sees them. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "cmd.h"

/* strtoll would take spaces, plus signs and prefixes. */
int value_int(const char *s, int64_t min, int64_t max, int64_t *value)
{
    int negative = *s == '-';
    int64_t v = 0;

    s += negative;
    if (*s == 0) {
        return -1;
    }
    for (; *s >= '0' && *s <= '9'; s++) {
        int digit = *s - '0';
        if (v < (INT64_MIN + digit) / 10) {
            return -1;
        }
        v = v * 10 - digit; /* the negative range is the larger one */
    }
    if (*s != 0 || (!negative && v == INT64_MIN)) {
        return -1;
    }
    *value = negative ? v : -v;
    return *value < min || *value > max ? -1 : 0;
}

static int copy_host(struct endpoint *e, const char *s, size_t len)
{
    if (len == 0 || len >= HOST_SIZE) {
        return -1;
    }
    memcpy(e->host, s, len);
    e->host[len] = 0;
    return 0;
}

static int is_host_name(const char *s)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
    return s[0] != '.' && s[0] != '-' && s[strspn(s, allowed)] == 0;
}

static const char *read_port(const char *s, struct endpoint *e)
{
    int64_t port = 0;
    if (*s == 0) {
        return NULL;
    }
    if (*s != ':' || s[1] == '-' || value_int(s + 1, 1, 65535, &port) != 0) {
        return "--endpoint wants a port from 1 to 65535 after the colon, not";
    }
    e->tcp_port = (uint16_t)port;
    return NULL;
}

/* An IPv6 address in brackets. */
static int is_v6(const char *host, struct in6_addr *address)
{
    char text[INET6_ADDRSTRLEN];
    size_t len = strlen(host);
    if (len < 2 || len - 2 >= sizeof(text) || host[0] != '[' || host[len - 1] != ']') {
        return 0;
    }
    memcpy(text, host + 1, len - 2);
    text[len - 2] = 0;
    return inet_pton(AF_INET6, text, address) == 1;
}

static const char *read_bracketed(const char *s, struct endpoint *e)
{
    struct in6_addr address;
    const char *end = strchr(s, ']');
    if (end == NULL || copy_host(e, s, (size_t)(end + 1 - s)) != 0 || !is_v6(e->host, &address)) {
        return "--endpoint wants an IPv6 address between [ and ], not";
    }
    return read_port(end + 1, e);
}

int value_endpoint(const char *s, struct endpoint *e, const char **why)
{
    const char *colon = strchr(s, ':');
    size_t len = colon != NULL ? (size_t)(colon - s) : strlen(s);

    e->tcp_port = 0;
    *why = NULL;
    if (strchr(s, '/') != NULL) {
        *why = "--endpoint wants HOST or HOST:PORT, without scheme and path, not";
    } else if (*s == '[') {
        *why = read_bracketed(s, e);
    } else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
        *why = "--endpoint wants an IPv6 address in brackets, such as [::1]:8443, not";
    } else if (copy_host(e, s, len) != 0 || !is_host_name(e->host)) {
        *why = "--endpoint wants HOST or HOST:PORT, not";
    } else {
        *why = read_port(s + len, e);
    }
    return *why == NULL ? 0 : -1;
}

int value_region(const char *s, struct endpoint *e)
{
    size_t len = strlen(s);
    if (len == 0 || len > 63 || s[0] == '-' || s[len - 1] == '-' ||
        s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] != 0) {
        return -1;
    }
    snprintf(e->host, HOST_SIZE, "opensearch.%s.aliyuncs.com", s);
    e->tcp_port = 0;
    return 0;
}

int value_is_loopback(const char *host)
{
    unsigned char v4[4];
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, v4) == 1) {
        return v4[0] == 127;
    }
    if (is_v6(host, &v6)) {
        return IN6_IS_ADDR_LOOPBACK(&v6) != 0;
    }
    return strcasecmp(host, "localhost") == 0;
}
