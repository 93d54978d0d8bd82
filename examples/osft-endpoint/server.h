/* SPDX-License-Identifier: Apache-2.0 */
/* The server loop: many connections in one thread. */
#ifndef EP_SERVER_H
#define EP_SERVER_H

#include "service.h"
#include "tls.h"

/* Open a listening socket on 127.0.0.1 or ::1. *port 0: any free port; *port is set to it. Returns
 * the socket, or -1 with errno. */
int ep_listen(const char *address, int *port);

/* Serve until stop_fd becomes readable, then close all connections. tls NULL: without TLS. Returns
 * 0, or -1 with errno. */
int ep_serve(struct ep_service *service, struct ep_tls *tls, int listener, int stop_fd);

#endif
