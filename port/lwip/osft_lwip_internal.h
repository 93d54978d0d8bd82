/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: functions that the port over raw TCP and the port over sockets share. */
#ifndef OSFT_LWIP_INTERNAL_H
#define OSFT_LWIP_INTERNAL_H

#include "osft_lwip.h"

#include "lwip/err.h"

/* Set the members of *lwip that need no connection. */
void osft_lwip_set_common(struct osft_lwip *lwip,
                          int (*random)(void *ctx, void *buffer, size_t len));
/* Read a host: an IPv6 address in brackets into *address, or a name (or IPv4 address) into name,
 * without a final dot, which lwIP would send as an empty label. Returns ERR_OK: *address is set;
 * ERR_INPROGRESS: name must be looked up; any other error: the text is no host. */
err_t osft_lwip_read_host(const char *host, char name[OSFT_NAME_ROOM], ip_addr_t *address);
/* Return how much of connect_ms is left; 0: nothing. */
uint32_t osft_lwip_connect_ms_left(const struct osft_lwip *lwip);

#endif
