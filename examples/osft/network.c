/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows which ports carry a call: POSIX sockets, over them a proxy if one is
 * used, and over that mbedTLS. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"
#include "osft_hosted.h"
#include "osft_mbedtls_sha256.h"
#include "osft_posix.h"
#include "osft_proxy.h"
#include "osft_tls.h"

static struct osft_posix sockets;
static struct osft_proxy proxy;
static struct osft_hosted_proxy chosen_proxy; /* set by choose_proxy(); host "": no proxy */
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

int choose_proxy(const struct plan *plan)
{
    char what[256];
    const char *source;

    if (osft_hosted_choose_proxy(&chosen_proxy, plan->proxy_url, plan->endpoint.host) == OSFT_OK) {
        return 0;
    }
    /* The URL is not repeated: it may hold a password. */
    source = chosen_proxy.source != NULL ? chosen_proxy.source : "--proxy";
    snprintf(what, sizeof(what), "%s needs http://HOST:PORT or http://USER:PASSWORD@HOST:PORT; %s",
             source, chosen_proxy.fault);
    return report_usage_error(plan->command, what, NULL);
}

const struct osft_hosted_proxy *get_proxy(void)
{
    return chosen_proxy.host[0] != 0 ? &chosen_proxy : NULL;
}

int has_proxy_failed(void)
{
    return get_proxy() != NULL && !proxy.is_through;
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

/* Describe why a file of root certificates cannot be read. mbedtls_strerror() is not used: its
 * texts take 13 KB and tell a user little. */
static void describe_mbedtls_error(int32_t code, char *text, size_t size)
{
    snprintf(text, size, "no certificate in it can be read (error -0x%04x of mbedTLS)",
             (unsigned)-code);
}

/* Check that root certificates can be read from path. Returns NULL, or why they cannot. A pipe is
 * refused before it is opened: opening it could block for ever, and mbedTLS needs the length of a
 * file, which a pipe does not have. */
static const char *check_roots(const char *path, struct stat *s)
{
    if (stat(path, s) != 0 || access(path, S_ISDIR(s->st_mode) ? R_OK | X_OK : R_OK) != 0) {
        return strerror(errno);
    }
    return S_ISREG(s->st_mode) || S_ISDIR(s->st_mode) ? NULL : "it is no file and no directory";
}

static int trust_roots(const char *path)
{
    static const char what[] = "no root certificates to trust from";
    char reason[128];
    struct stat s;
    const char *fault = check_roots(path, &s);
    int error;

    if (fault != NULL) {
        return report_tls_failure(what, path, fault);
    }
    error = S_ISDIR(s.st_mode) ? osft_tls_ca_dir(&tls, path) : osft_tls_ca_file(&tls, path);
    if (error == OSFT_OK) {
        return EXIT_DONE;
    }
    if (S_ISDIR(s.st_mode)) {
        return report_tls_failure(what, path,
                                  *tls.port.code == MBEDTLS_ERR_X509_FILE_IO_ERROR
                                      ? "something in that folder cannot be looked at, such as a "
                                        "link to itself"
                                      : "no file in that folder is a PEM certificate that can be "
                                        "read");
    }
    describe_mbedtls_error(*tls.port.code, reason, sizeof(reason));
    return report_tls_failure(what, path, reason[0] != 0 ? reason : osft_strerror(error));
}

static void print_roots_advice(void)
{
    put_text(&standard_error,
             "  what to do: give a file or directory of PEM certificates with --ca or "
             "SSL_CERT_FILE, or install the system's (ca-certificates)\n");
}

/* Return the port that carries TLS: the sockets, or a proxy over them. */
static const struct osft_port *start_proxy(void)
{
    if (get_proxy() == NULL) {
        return &sockets.port;
    }
    osft_proxy_init(&proxy, &sockets.port, chosen_proxy.host, chosen_proxy.tcp_port);
    proxy.user = chosen_proxy.user;
    proxy.password = chosen_proxy.password;
    return &proxy.port;
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
    error = osft_tls_init(&tls, start_proxy(), NULL, NULL);
    if (error != OSFT_OK) {
        return report_tls_failure("TLS cannot start", NULL, osft_strerror(error));
    }
    status = trust_roots(plan->ca != NULL ? plan->ca : osft_hosted_find_roots());
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
    osft_hosted_forget_proxy(&chosen_proxy);
}

void describe_validity(char *text, size_t size)
{
    struct osft_tls_validity validity;
    char from[TIME_SIZE], until[TIME_SIZE], now[TIME_SIZE];

    text[0] = 0;
    if (has_tls && osft_tls_get_validity(&tls, &validity)) {
        format_time(validity.from_s * 1000, from);
        format_time(validity.until_s * 1000, until);
        format_time(validity.now_s * 1000, now);
        snprintf(text, size, "valid from %s to %s, and this machine's time is %s", from, until,
                 validity.now_s >= 0 ? now : "not known");
    }
}

int is_server_without_tls(int error, int32_t code)
{
    return error == OSFT_E_TLS && code == MBEDTLS_ERR_SSL_INVALID_RECORD;
}

void describe_port_code(int error, int32_t code, char *text, size_t size)
{
    const char *words = has_tls ? osft_tls_cause(&tls, error) : NULL;

    text[0] = 0;
    if (error == OSFT_E_PROXY && code != 0) {
        snprintf(text, size, "the proxy's HTTP status is %d", (int)code);
    } else if (error == OSFT_E_PROXY) {
        snprintf(text, size, "the proxy sent no response of HTTP/1.1, or one without an end");
    } else if (words != NULL) {
        snprintf(text, size, "%s", words);
    } else if (error == OSFT_E_RESOLVE && code <= 0) {
        snprintf(text, size, "%s", gai_strerror((int)code));
    } else if (code > 0) { /* errno; mbedTLS's numbers are negative */
        snprintf(text, size, "%s", strerror((int)code));
    }
}
