/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_hosted.h"

#include <errno.h>
#include <stdio.h>
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

int osft_hosted_load_roots(struct osft_tls *tls, const char *path, char *reason, size_t size)
{
    struct stat status;
    const char *fault = osft_hosted_check_roots(path, &status);
    int result = OSFT_E_CERT;

    if (fault == NULL) {
        result = S_ISDIR(status.st_mode) ? osft_tls_ca_dir(tls, path) : osft_tls_ca_file(tls, path);
        if (result == OSFT_OK) {
            return result;
        }
        if (!S_ISDIR(status.st_mode)) {
            /* Not by mbedtls_strerror(), whose texts take 13 KB and tell a user little. */
            snprintf(reason, size, "no certificate in it can be read (error -0x%04x of mbedTLS)",
                     (unsigned)-*tls->port.code);
            return result;
        }
        fault = *tls->port.code == MBEDTLS_ERR_X509_FILE_IO_ERROR
                    ? "something in that folder cannot be looked at, such as a link to itself"
                    : "no file in that folder is a PEM certificate that can be read";
    }
    snprintf(reason, size, "%s", fault);
    return result;
}
