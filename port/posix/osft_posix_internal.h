/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: functions that the files of the POSIX port use of each other. */
#ifndef OSFT_POSIX_INTERNAL_H
#define OSFT_POSIX_INTERNAL_H

#include "osft_posix.h"

/* osft_posix_system.c: the functions of the port that need no connection. They ignore ctx. */
int64_t osft_posix_utc_s(void *ctx);
uint32_t osft_posix_ticks_ms(void *ctx);
int osft_posix_random(void *ctx, void *buffer, size_t len);

/* osft_posix_addresses.c: Look the host up, and choose the address that is tried first. Returns
 * OSFT_OK, or OSFT_E_RESOLVE with the resolver's number in posix->code. */
int osft_posix_look_up(struct osft_posix *posix, const char *host, uint16_t tcp_port);
void osft_posix_free_addresses(struct osft_posix *posix);
/* Return the address with this index. */
const struct addrinfo *osft_posix_find_address(const struct osft_posix *posix, unsigned index);
/* Note that this address is being tried, until a byte comes from it. */
void osft_posix_note_address(struct osft_posix *posix, const struct addrinfo *address);

#endif
