/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: IP addresses as texts. */
#ifndef OSFT_TLS_ADDRESS_INTERNAL_H
#define OSFT_TLS_ADDRESS_INTERNAL_H

#include <stdint.h>

/* Read the IP address that a host is, after osft_bare_host() has taken its brackets away.
 * is_bracketed: 1 when it had some, as an IPv6 address has. Returns the address's length: 4 or 16;
 * 0 when the host is a name. */
uint8_t osft_tls_address(const char *bare, int is_bracketed, uint8_t ip[16]);

#endif
