/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what the port over raw TCP and the one over sockets share. ctx is a struct osft_lwip. */
#ifndef OSFT_LWIP_INTERNAL_H
#define OSFT_LWIP_INTERNAL_H

#include "osft_lwip.h"

/* All of *p that needs no connection. */
void osft_lwip_begin(struct osft_lwip *p, int (*random)(void *ctx, void *dst, size_t len));
#if LWIP_IPV6
enum { OSFT_LWIP_ADDRESS = 64 }; /* room for an IPv6 address with a zone */

/* host, or what stands in its brackets, put into address. */
const char *osft_lwip_bare(const char *host, char address[OSFT_LWIP_ADDRESS]);
#endif

#endif
