/* SPDX-License-Identifier: Apache-2.0 */
/* A client of the service with all its parts. Each task that calls the service has a struct of its
 * own. */
#ifndef SERVICE_CLIENT_H
#define SERVICE_CLIENT_H

#include "osft_lwip.h"
#include "osft_mbedtls_sha256.h"
#include "osft_tls.h"
#include "product.h"

/* The stack, in words, of a task that verifies chains with RSA or ECDSA. */
#define CLIENT_STACK_WORDS 1024

struct service_client {
    struct osft_lwip lwip; /* the port over lwIP's sockets */
    struct osft_tls tls;   /* the port over TLS, which uses lwip */
    struct osft_mbedtls_sha256 sha256;
    struct product_settings product;
    struct osft_settings settings;
    struct osft_client client; /* the client, which uses tls */
    char work[2048];
};

/* Initialise all parts as the settings of the product say. Returns OSFT_OK, or an osft_error. */
int service_client_init(struct service_client *service);

#endif
