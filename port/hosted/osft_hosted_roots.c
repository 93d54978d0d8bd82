/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_hosted.h"

#include <stdlib.h>
#include <sys/stat.h>

const char *osft_hosted_find_roots(void)
{
    static const char *const places[] = { "/etc/ssl/certs/ca-certificates.crt",
                                          "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
                                          "/etc/ssl/certs" };
    const char *named = getenv("SSL_CERT_FILE");
    struct stat status;

    if (named != NULL && named[0] != '\0') {
        return named;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (stat(places[i], &status) == 0) {
            return places[i];
        }
    }
    return places[0];
}
