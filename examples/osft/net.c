/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows which port the command stands on: POSIX sockets, and mbedTLS over them. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "cmd.h"
#include "osft_mbedtls_sha256.h"
#include "osft_posix.h"
#include "osft_tls.h"
#include "mbedtls/error.h"

static struct osft_posix net;
static struct osft_tls tls;
static struct osft_mbedtls_sha256 sha;
static int has_tls;

const struct osft_sha256 *net_sha256(void)
{
    osft_mbedtls_sha256_init(&sha);
    return &sha.hash;
}

int net_random(void *dst, size_t len)
{
    osft_posix_init(&net);
    return net.port.random(net.port.ctx, dst, len) == 0 ? 0 : -1;
}

static int say(const char *what, const char *path, const char *why)
{
    out_str(&cmd_err, "osft: ");
    out_str(&cmd_err, what);
    if (path != NULL) {
        out_str(&cmd_err, " ");
        text_safe(&cmd_err, path, strlen(path), 0);
    }
    out_str(&cmd_err, ": ");
    out_str(&cmd_err, why);
    out_str(&cmd_err, "\n");
    return EXIT_TLS;
}

static int trust(const char *path)
{
    static const char what[] = "no root certificates to trust from";
    char why[128];
    struct stat s;
    int err;

    if (stat(path, &s) != 0) {
        return say(what, path, strerror(errno));
    }
    err = S_ISDIR(s.st_mode) ? osft_tls_ca_dir(&tls, path) : osft_tls_ca_file(&tls, path);
    if (err != OSFT_OK) {
        net_code_text(OSFT_E_TLS, *tls.port.code, why, sizeof(why));
        return say(what, path, why[0] != 0 ? why : osft_strerror(err));
    }
    return EXIT_DONE;
}

/* Where the systems of the day keep their bundle. */
static const char *system_roots(void)
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

static void advise_on_roots(void)
{
    out_str(&cmd_err, "  what to do: give a file or directory of PEM certificates with --ca, or "
                      "install the system's (ca-certificates)\n");
}

int net_start(const struct plan *p, const struct osft_port **port)
{
    int err, status;

    osft_posix_init(&net);
    *port = &net.port;
    if (p->plain_http) {
        return EXIT_DONE;
    }
    has_tls = 1;
    *port = &tls.port;
    err = osft_tls_init(&tls, &net.port, NULL, NULL);
    if (err != OSFT_OK) {
        return say("TLS cannot start", NULL, osft_strerror(err));
    }
    status = trust(p->ca != NULL ? p->ca : system_roots());
    if (status != EXIT_DONE) {
        advise_on_roots();
    }
    return status;
}

int net_is_resumed(void)
{
    return has_tls && tls.resumed;
}

void net_stop(void)
{
    if (has_tls) {
        osft_tls_free(&tls);
    }
    has_tls = 0;
}

static void certificate_text(char *text, size_t size)
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

void net_code_text(int err, int32_t code, char *text, size_t size)
{
    text[0] = 0;
    if (err == OSFT_E_CERT || err == OSFT_E_CERT_TIME) {
        certificate_text(text, size);
    } else if (err == OSFT_E_RESOLVE && code <= 0) {
        snprintf(text, size, "%s", gai_strerror((int)code));
    } else if (code < 0) { /* mbedTLS's numbers are, whatever came of them */
#ifdef MBEDTLS_ERROR_C
        mbedtls_strerror((int)code, text, size);
#endif
    } else if (code > 0) {
        snprintf(text, size, "%s", strerror((int)code));
    }
}
