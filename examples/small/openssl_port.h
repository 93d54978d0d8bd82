/* SPDX-License-Identifier: Apache-2.0 */
/* The transport of openssl_port.c. It is for blocking calls only, such as osft_list(): it has no
 * awaits, so a loop of your own would not learn what TLS waits for. There is one connection. */
#ifndef SMALL_OPENSSL_PORT_H
#define SMALL_OPENSSL_PORT_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include "osft_port.h"

/* Replace the transport of a port that has clocks and random bytes.
 * context: has the roots to trust, and must outlive the port
 * needs:   the program ignores SIGPIPE, as openssl.c does */
void openssl_port_init(struct osft_port *port, SSL_CTX *context);

#endif
