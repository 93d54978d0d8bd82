/* SPDX-License-Identifier: Apache-2.0 */
/* Checks the Host field of requests. */
#include "http_host.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "listen.h"

#define HOST_SIZE 256

/* Copy the host without its port and brackets. Returns 0, or -1 when the field has no valid
 * host. */
static int read_host(const char *field, char host[HOST_SIZE])
{
    int is_bracketed = field[0] == '[';
    const char *begin = field + is_bracketed;
    size_t len = strcspn(begin, is_bracketed ? "]" : ":");
    const char *rest = begin + len;

    if (is_bracketed && *rest++ != ']') {
        return -1;
    }
    if (len == 0 || len >= HOST_SIZE || (*rest != 0 && *rest != ':') ||
        rest[strspn(rest, ":0123456789")] != 0) {
        return -1;
    }
    (void)snprintf(host, HOST_SIZE, "%.*s", (int)len, begin);
    return 0;
}

int is_name_list(const char *names)
{
    return strpbrk(names, ",;:/@") == NULL && names[strspn(names, " ")] != 0;
}

static int is_listed(const char *host, const char *names)
{
    size_t len = strlen(host);

    while (*names != 0) {
        size_t n = strcspn(names, " ");

        if (n == len && strncasecmp(names, host, len) == 0) {
            return 1;
        }
        names += n + strspn(names + n, " ");
    }
    return 0;
}

int is_expected_host(const char *field, const char *names)
{
    char host[HOST_SIZE];

    return field == NULL || (read_host(field, host) == 0 &&
                             (is_numeric_address(host) || strcasecmp(host, "localhost") == 0 ||
                              (names != NULL && is_listed(host, names))));
}
