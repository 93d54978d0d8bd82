/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_hosted_proxy.h"
#include "osft_port_tools.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* ---- hosts that need no proxy ---- */

/* Read an IPv4 address, or an IPv6 address without brackets. Returns its length in bytes: 4 or 16;
 * 0 for a name. */
static unsigned osft_hosted_read_address(const char *text, unsigned char address[16])
{
    if (inet_pton(AF_INET, text, address) == 1) {
        return 4;
    }
    return inet_pton(AF_INET6, text, address) == 1 ? 16 : 0;
}

static int osft_hosted_has_equal_prefix(const unsigned char *a, const unsigned char *b,
                                        unsigned bits)
{
    unsigned rest = bits % 8;

    return memcmp(a, b, bits / 8) == 0 &&
           (rest == 0 || ((a[bits / 8] ^ b[bits / 8]) & 0xff << (8 - rest) & 0xff) == 0);
}

/* Read the number of bits behind a slash. Returns more than 128 when the text is no number. */
static unsigned osft_hosted_read_bits(const char *digits)
{
    unsigned bits = 0, count = 0;

    while (digits[count] >= '0' && digits[count] <= '9' && count < 3) {
        bits = bits * 10 + (unsigned)(digits[count++] - '0');
    }
    return count > 0 && digits[count] == 0 ? bits : 1000;
}

/* Whether an address is in an entry of the list. entry: an address, perhaps in brackets, or a
 * network; it is changed */
static int osft_hosted_is_in_network(char *entry, const unsigned char *address,
                                     unsigned address_len)
{
    unsigned char network[16];
    unsigned bits = address_len * 8;
    char *slash = strchr(entry, '/');
    size_t len;

    if (slash != NULL) {
        *slash = 0;
        bits = osft_hosted_read_bits(slash + 1);
        bits = bits != 0 ? bits : address_len * 8; /* as in curl, /0 is no network */
    }
    len = strlen(entry);
    if (len > 0 && entry[0] == '[' && entry[len - 1] == ']') {
        entry[len - 1] = 0;
        entry++;
    }
    return bits <= address_len * 8 && osft_hosted_read_address(entry, network) == address_len &&
           osft_hosted_has_equal_prefix(network, address, bits);
}

/* Whether a name is the entry or lies below it. entry: a name without a dot at either end */
static int osft_hosted_is_in_domain(const char *entry, const char *name)
{
    size_t entry_len = strlen(entry), len = strlen(name);

    if (entry_len == 0 || entry_len > len || strcasecmp(name + len - entry_len, entry) != 0) {
        return 0;
    }
    return entry_len == len || name[len - entry_len - 1] == '.';
}

int osft_hosted_is_in_no_proxy(const char *list, const char *host)
{
    static const char separators[] = ", \t";
    char bare[OSFT_NAME_ROOM], entry[OSFT_NAME_ROOM];
    unsigned char address[16];
    unsigned address_len;

    if (strcmp(list, "*") == 0) {
        return 1;
    }
    if (osft_bare_host(host, OSFT_DROP_ZONE, bare, sizeof bare) == 0) {
        return 0;
    }
    address_len = osft_hosted_read_address(bare, address);
    for (list += strspn(list, separators); *list != 0; list += strspn(list, separators)) {
        const char *start = list;
        size_t len = strcspn(list, separators);

        list += len;
        if (address_len == 0 && len > 0 && start[len - 1] == '.') {
            len--;
        }
        if (address_len == 0 && len > 0 && start[0] == '.') {
            start++;
            len--;
        }
        if (len >= sizeof entry) {
            continue; /* the entry is longer than any host */
        }
        memcpy(entry, start, len);
        entry[len] = 0;
        if (address_len != 0 ? osft_hosted_is_in_network(entry, address, address_len)
                             : osft_hosted_is_in_domain(entry, bare)) {
            return 1;
        }
    }
    return 0;
}

/* ---- the URL ---- */

static int osft_hosted_read_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);

    return c != 0 && digit != NULL ? (int)(digit - digits) : -1;
}

/* Decode a percent-encoded text, and append it to the *used bytes of proxy->login. Returns NULL, or
 * a text that says what is wrong. */
static const char *osft_hosted_decode_login_part(struct osft_hosted_proxy *proxy, size_t *used,
                                                 const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int byte = (unsigned char)text[i];

        if (byte == '%') {
            int high = len - i > 2 ? osft_hosted_read_digit(text[i + 1]) : -1;
            int low = high >= 0 ? osft_hosted_read_digit(text[i + 2]) : -1;

            if (low < 0) {
                return "a % in its user or password needs two hexadecimal digits behind it (a "
                       "per cent sign itself is %25)";
            }
            byte = high * 16 + low;
            i += 2;
        }
        if (byte < ' ' || byte == 0x7f) {
            return "its user or password has a control character";
        }
        if (*used + 1 >= sizeof proxy->login) {
            return "its user and password are too long";
        }
        proxy->login[(*used)++] = (char)byte;
    }
    proxy->login[(*used)++] = 0;
    return NULL;
}

/* Read USER or USER:PASSWORD. Returns as osft_hosted_decode_login_part() does. */
static const char *osft_hosted_read_login(struct osft_hosted_proxy *proxy, const char *text,
                                          size_t len)
{
    const char *colon = memchr(text, ':', len);
    size_t user_len = colon != NULL ? (size_t)(colon - text) : len, used = 0;
    const char *fault = osft_hosted_decode_login_part(proxy, &used, text, user_len);

    proxy->user = proxy->login;
    if (fault == NULL && strchr(proxy->login, ':') != NULL) {
        return "its user has a colon, which HTTP cannot send";
    }
    if (fault == NULL && colon != NULL) {
        proxy->password = proxy->login + used;
        fault = used < sizeof proxy->login
                    ? osft_hosted_decode_login_part(proxy, &used, colon + 1, len - user_len - 1)
                    : "its user and password are too long";
    }
    return fault;
}

/* Read the colon and the port behind the host. Returns as osft_hosted_decode_login_part() does. */
static const char *osft_hosted_read_port(struct osft_hosted_proxy *proxy, const char *text,
                                         size_t len)
{
    unsigned long port = 0;
    size_t i;

    if (len == 0 || text[0] != ':') {
        return "it needs a port behind the host, such as :3128";
    }
    for (i = 1; i < len && i < 6 && text[i] >= '0' && text[i] <= '9'; i++) {
        port = port * 10 + (unsigned long)(text[i] - '0');
    }
    if (i < len || port < 1 || port > 65535) {
        return "its port is not a number from 1 to 65535";
    }
    proxy->tcp_port = (uint16_t)port;
    return NULL;
}

static int osft_hosted_is_host(const char *host)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
    char bare[OSFT_ADDRESS_ROOM];
    unsigned char address[16];

    if (host[0] == '[') {
        const char *zone = strchr(host, '%'); /* the name of a network interface, if there is one */

        return osft_bare_host(host, OSFT_DROP_ZONE, bare, sizeof bare) != 0 &&
               osft_hosted_read_address(bare, address) == 16 &&
               (zone == NULL || (zone[1] != ']' && strspn(zone + 1, allowed) == strlen(zone) - 2));
    }
    return host[0] != 0 && host[0] != '.' && host[0] != '-' && host[strspn(host, allowed)] == 0;
}

/* Decode the per cent sign before a zone. Some users write the sign as %25 in a URL (RFC 6874), and
 * others as %. */
static void osft_hosted_decode_zone(char *host)
{
    char *sign = host[0] == '[' ? strstr(host, "%25") : NULL;

    if (sign != NULL && sign[3] != ']') {
        memmove(sign + 1, sign + 3, strlen(sign + 3) + 1);
    }
}

/* Read HOST:PORT. Returns as osft_hosted_decode_login_part() does. */
static const char *osft_hosted_read_authority(struct osft_hosted_proxy *proxy, const char *text,
                                              size_t len)
{
    const char *bracket = text[0] == '[' ? memchr(text, ']', len) : NULL;
    const char *colon = memchr(text, ':', len);
    size_t host_len = colon != NULL ? (size_t)(colon - text) : len;

    if (bracket != NULL) {
        host_len = (size_t)(bracket - text) + 1;
    }
    if (host_len < sizeof proxy->host) {
        memcpy(proxy->host, text, host_len);
        proxy->host[host_len] = 0;
    }
    osft_hosted_decode_zone(proxy->host);
    if (!osft_hosted_is_host(proxy->host)) {
        return "its host is no name and no address; what of the user or password is no letter or "
               "digit must be written as % and two hexadecimal digits";
    }
    return osft_hosted_read_port(proxy, text + host_len, len - host_len);
}

/* Read the URL of a proxy. Returns as osft_hosted_decode_login_part() does. */
static const char *osft_hosted_read_url(struct osft_hosted_proxy *proxy, const char *url)
{
    static const char scheme[] = "http://";
    const char *at, *fault = NULL;
    size_t len;

    if (strncasecmp(url, scheme, sizeof scheme - 1) == 0) {
        url += sizeof scheme - 1;
    } else if (strstr(url, "://") != NULL) {
        return "it is not http://, and no other kind of proxy is supported";
    }
    len = strlen(url);
    len -= len > 0 && url[len - 1] == '/';
    at = memchr(url, '@', len);
    if (at != NULL) {
        fault = osft_hosted_read_login(proxy, url, (size_t)(at - url));
        len -= (size_t)(at + 1 - url);
        url = at + 1;
    }
    return fault != NULL ? fault : osft_hosted_read_authority(proxy, url, len);
}

/* ---- the choice ---- */

/* Return the value of a variable whose name is in lower case, or else of the one in capitals; NULL:
 * neither is set. *name: the name of the variable */
static const char *osft_hosted_read_either_variable(const char *small, const char *capital,
                                                    const char **name)
{
    const char *value = getenv(small);

    *name = small;
    if (value == NULL || value[0] == 0) {
        value = getenv(capital);
        *name = capital;
    }
    return value != NULL && value[0] != 0 ? value : NULL;
}

int osft_hosted_choose_proxy(struct osft_hosted_proxy *proxy, const char *url, const char *host)
{
    const char *name, *list = osft_hosted_read_either_variable("no_proxy", "NO_PROXY", &name);

    memset(proxy, 0, sizeof *proxy);
    if (url == NULL) {
        url = osft_hosted_read_either_variable("https_proxy", "HTTPS_PROXY", &proxy->source);
    }
    if (url == NULL || url[0] == 0 || (list != NULL && osft_hosted_is_in_no_proxy(list, host))) {
        return OSFT_OK;
    }
    proxy->fault = osft_hosted_read_url(proxy, url);
    if (proxy->fault != NULL) {
        proxy->host[0] = 0;
        return OSFT_E_ARG;
    }
    return OSFT_OK;
}

void osft_hosted_forget_proxy(struct osft_hosted_proxy *proxy)
{
    osft_wipe(proxy, sizeof *proxy);
}
