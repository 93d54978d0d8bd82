/* SPDX-License-Identifier: Apache-2.0 */
/* The transport of openssl_port.c: five functions of a struct osft_port, whose ctx they ignore.
 * There is one connection. */
#ifndef SMALL_OPENSSL_PORT_H
#define SMALL_OPENSSL_PORT_H

#include <openssl/ssl.h>
#include "osft_port.h"

extern SSL_CTX *context; /* has the roots to trust; set it before the first call */
int open_bio(void *ctx, const char *host, uint16_t tcp_port);
int send_by_bio(void *ctx, const void *bytes, size_t len);
int receive_by_bio(void *ctx, void *buffer, size_t room);
int wait_for_bio(void *ctx, unsigned events, uint32_t ms);
void close_bio(void *ctx);

#endif
