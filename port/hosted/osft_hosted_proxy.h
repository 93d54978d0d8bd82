/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses the proxy for a host: from a URL, or from the environment variables that other programs
 * also use.
 *
 *     struct osft_hosted_proxy choice;
 *     if (osft_hosted_choose_proxy(&choice, NULL, host) == OSFT_OK && choice.host[0] != 0)
 *         ... osft_proxy_init(&proxy, &sockets.port, choice.host, choice.tcp_port);
 *             proxy.user = choice.user, proxy.password = choice.password;
 *
 * environment: https_proxy or, where that is not set, HTTPS_PROXY: a URL as below; no_proxy or
 *              NO_PROXY: hosts that are reached without a proxy, also where the URL was passed in.
 *              These variables are read as curl reads them; an empty variable counts as not set.
 * memory:      the struct, which holds the password: osft_hosted_forget_proxy() wipes it. The
 *              environment keeps its own copy.
 * threads:     as getenv(): no thread may change the environment meanwhile.
 */
#ifndef OSFT_HOSTED_PROXY_H
#define OSFT_HOSTED_PROXY_H

#include "osft.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Room for a user and a password, with the final NUL of each; bytes. */
enum { OSFT_HOSTED_PROXY_LOGIN = 512 };

struct osft_hosted_proxy {
    char host[256];       /* an IPv6 address in brackets; empty: no proxy */
    uint16_t tcp_port;    /* 1 to 65535 */
    const char *user;     /* NULL: no login */
    const char *password; /* NULL: no password */

    const char *source; /* the variable that holds the URL; NULL: the URL was passed in */
    const char *fault;  /* with OSFT_E_ARG: what is wrong with the URL; static text */

    char login[OSFT_HOSTED_PROXY_LOGIN]; /* private: user and password */
};

/* Choose the proxy for a host.
 * url:     http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, where USER and PASSWORD may have
 *          percent-encoded characters (a colon, a slash, an at sign, a per cent sign and white
 *          space must be encoded); http:// may be left out. NULL: the environment's URL. Empty: no
 *          proxy
 * host:    as in settings.host
 * returns: OSFT_OK, and proxy->host is empty when no proxy is to be used; OSFT_E_ARG: the URL is
 *          not of that form, and proxy->fault says why. The URL may hold a password: do not print
 *          it */
int osft_hosted_choose_proxy(struct osft_hosted_proxy *proxy, const char *url, const char *host);

/* Whether a NO_PROXY list such as "localhost,example.com,10.0.0.0/8,::1" contains the host, by
 * curl's rules. A name stands for itself and all names below it; a leading dot is ignored. An
 * address stands for itself, or, with a slash and a number of bits, for a network. A list that is
 * only * contains every host. The case of letters is ignored. */
int osft_hosted_is_in_no_proxy(const char *list, const char *host);

/* Wipe the struct, which holds the password. */
void osft_hosted_forget_proxy(struct osft_hosted_proxy *proxy);

#ifdef __cplusplus
}
#endif
#endif
