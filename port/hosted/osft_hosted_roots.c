/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_hosted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Returns NULL, or why roots cannot be read from there. A pipe is refused before it is opened,
 * which could take for ever: mbedTLS looks for the length of a file first, and a pipe has none. */
static const char *osft_hosted_check_roots(const char *path, struct stat *status)
{
    if (stat(path, status) != 0 ||
        access(path, S_ISDIR(status->st_mode) ? R_OK | X_OK : R_OK) != 0) {
        return strerror(errno);
    }
    return S_ISREG(status->st_mode) || S_ISDIR(status->st_mode) ? NULL
                                                                : "it is no file and no directory";
}

int osft_hosted_load_roots(struct osft_tls *tls, const char *path, const char **reason)
{
    struct stat status;
    int result;

    *reason = osft_hosted_check_roots(path, &status);
    if (*reason != NULL) {
        return OSFT_E_CERT;
    }
    result = S_ISDIR(status.st_mode) ? osft_tls_ca_dir(tls, path) : osft_tls_ca_file(tls, path);
    if (result != OSFT_OK) {
        *reason = osft_tls_ca_cause(tls);
    }
    return result;
}
