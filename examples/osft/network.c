/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows which ports the command uses: POSIX sockets, and mbedTLS over them. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "command.h"
#include "osft_mbedtls_sha256.h"
#include "osft_posix.h"
#include "osft_tls.h"
#include "mbedtls/error.h"

static struct osft_posix sockets;
static struct osft_tls tls;
static struct osft_mbedtls_sha256 sha256;
static int has_tls;

const struct osft_sha256 *get_sha256(void)
{
    osft_mbedtls_sha256_init(&sha256);
    return &sha256.hash;
}

int get_random_bytes(void *buffer, size_t len)
{
    osft_posix_init(&sockets);
    return sockets.port.random(sockets.port.ctx, buffer, len) == 0 ? 0 : -1;
}

static int report_tls_failure(const char *what, const char *path, const char *reason)
{
    put_text(&standard_error, "osft: ");
    put_text(&standard_error, what);
    if (path != NULL) {
        put_text(&standard_error, " ");
        put_safe_text(&standard_error, path, strlen(path), 0);
    }
    put_text(&standard_error, ": ");
    put_text(&standard_error, reason);
    put_text(&standard_error, "\n");
    return EXIT_TLS;
}

static int trust_roots(const char *path)
{
    static const char what[] = "no root certificates to trust from";
    char reason[128];
    struct stat s;
    int error;

    if (stat(path, &s) != 0) {
        return report_tls_failure(what, path, strerror(errno));
    }
    error = S_ISDIR(s.st_mode) ? osft_tls_ca_dir(&tls, path) : osft_tls_ca_file(&tls, path);
    if (error != OSFT_OK && S_ISDIR(s.st_mode)) {
        return report_tls_failure(what, path, "no file in that folder is a PEM certificate");
    }
    if (error != OSFT_OK) {
        describe_port_code(OSFT_E_TLS, *tls.port.code, reason, sizeof(reason));
        return report_tls_failure(what, path, reason[0] != 0 ? reason : osft_strerror(error));
    }
    return EXIT_DONE;
}

/* Where systems keep the certificates that they trust. */
static const char *find_system_roots(void)
{
    static const char *const places[] = { "/etc/ssl/certs/ca-certificates.crt",
                                          "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
                                          "/etc/ssl/certs" };
    const char *named = getenv("SSL_CERT_FILE");
    struct stat s;
    size_t i;
    if (named != NULL && *named != 0) {
        return named;
    }
    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (stat(places[i], &s) == 0) {
            return places[i];
        }
    }
    return places[0];
}

static void print_roots_advice(void)
{
    put_text(&standard_error,
             "  what to do: give a file or directory of PEM certificates with --ca, or "
             "install the system's (ca-certificates)\n");
}

int start_network(const struct plan *plan, const struct osft_port **port)
{
    int error, status;

    osft_posix_init(&sockets);
    *port = &sockets.port;
    if (plan->plain_http) {
        return EXIT_DONE;
    }
    has_tls = 1;
    *port = &tls.port;
    error = osft_tls_init(&tls, &sockets.port, NULL, NULL);
    if (error != OSFT_OK) {
        return report_tls_failure("TLS cannot start", NULL, osft_strerror(error));
    }
    status = trust_roots(plan->ca != NULL ? plan->ca : find_system_roots());
    if (status != EXIT_DONE) {
        print_roots_advice();
    }
    return status;
}

int get_socket(void)
{
    return osft_posix_fd(&sockets);
}

int is_tls_session_resumed(void)
{
    return has_tls && tls.resumed;
}

void stop_network(void)
{
    if (has_tls) {
        osft_tls_free(&tls);
    }
    has_tls = 0;
}

static void describe_certificate(char *text, size_t size)
{
#if MBEDTLS_VERSION_NUMBER < 0x03000000 || !defined(MBEDTLS_X509_REMOVE_INFO)
    size_t i;
    int n = mbedtls_x509_crt_verify_info(text, size, "", tls.verify_flags);
    if (n < 0) {
        text[0] = 0;
    }
    for (i = strlen(text); i > 0 && text[i - 1] == '\n'; i--) {
        text[i - 1] = 0;
    }
    for (i = 0; text[i] != 0; i++) {
        text[i] = text[i] == '\n' ? ' ' : text[i];
    }
#else
    snprintf(text, size, "flags %lx", (unsigned long)tls.verify_flags);
#endif
}

int speaks_no_tls(int error, int32_t code)
{
    return error == OSFT_E_TLS && code == MBEDTLS_ERR_SSL_INVALID_RECORD;
}

void describe_port_code(int error, int32_t code, char *text, size_t size)
{
    text[0] = 0;
    if (error == OSFT_E_CERT || error == OSFT_E_CERT_TIME) {
        describe_certificate(text, size);
    } else if (error == OSFT_E_RESOLVE && code <= 0) {
        snprintf(text, size, "%s", gai_strerror((int)code));
    } else if (code < 0) { /* mbedTLS's numbers are negative */
#ifdef MBEDTLS_ERROR_C
        mbedtls_strerror((int)code, text, size);
#endif
    } else if (code > 0) {
        snprintf(text, size, "%s", strerror((int)code));
    }
}
