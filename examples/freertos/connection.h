/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of one client. Each task that calls the service has a struct of its own. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "../firmware/account.h"
#include "osft_lwip.h"
#include "osft_mbedtls_sha256.h"

struct connection {
    struct osft_lwip lwip; /* the port over lwIP's sockets */
    struct osft_tls tls;   /* the port over TLS, which uses lwip */
    struct osft_mbedtls_sha256 sha256;
    struct account account;
    struct osft_settings settings;
    struct osft_client client; /* the client, which uses tls */
    char work[2048];
};

/* Initialise all parts as the settings of the device say. Returns OSFT_OK, or an osft_error. */
int connection_init(struct connection *connection);

#endif
