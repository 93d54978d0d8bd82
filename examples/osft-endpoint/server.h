/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: many connections, one thread. */
#ifndef EP_SERVER_H
#define EP_SERVER_H

#include "service.h"
#include "tls.h"

/* A listening socket on 127.0.0.1 or ::1; *port 0: any, and is set to what it became.
 * Returns it, or -1 with errno. */
int ep_listen(const char *address, int *port);

/* Serve until stop_fd becomes readable, then close everything. tls NULL: plain.
 * Returns 0, or -1 with errno. */
int ep_serve(struct ep_service *service, struct ep_tls *tls, int listener, int stop_fd);

#endif
