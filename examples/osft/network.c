/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows which ports carry a call: mbedTLS over a proxy, if one is used, over
 * POSIX sockets. */
#include <stdio.h>
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
    /* The report does not repeat the URL, as it may hold a password. */
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

/* Return the port below TLS: the sockets, or a proxy over the sockets. */
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
    const char *roots, *reason;
    int error;

    osft_posix_init(&sockets);
    *port = &sockets.port;
    if (plan->plain_http) {
        return EXIT_DONE;
    }
    has_tls = 1;
    *port = &tls.port;
    error = osft_tls_init(&tls, start_proxy(), NULL, NULL);
    if (error != OSFT_OK) {
        print_fault("TLS cannot start", NULL, osft_strerror(error));
        return EXIT_TLS;
    }
    roots = plan->ca != NULL ? plan->ca : osft_hosted_find_roots();
    if (osft_hosted_load_roots(&tls, roots, &reason) != OSFT_OK) {
        print_fault("no root certificates to trust from", roots, reason);
        print_advice("give a file or directory of PEM certificates with --ca or SSL_CERT_FILE, or "
                     "install the system's (ca-certificates)");
        return EXIT_TLS;
    }
    return EXIT_DONE;
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
    const char *words = osft_hosted_cause(has_tls ? &tls : NULL, error, code);

    text[0] = 0;
    if (error == OSFT_E_PROXY && code != 0) {
        snprintf(text, size, "the proxy's HTTP status is %d", (int)code);
    } else if (error == OSFT_E_PROXY) {
        snprintf(text, size, "the proxy sent no response of HTTP/1.1, or one without an end");
    } else if (words != NULL) {
        snprintf(text, size, "%s", words);
    }
}
