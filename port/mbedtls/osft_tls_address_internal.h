/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: reads IP addresses. */
#ifndef OSFT_TLS_ADDRESS_INTERNAL_H
#define OSFT_TLS_ADDRESS_INTERNAL_H

#include <stdint.h>

/* Read a host that is an IP address, after osft_bare_host() has removed its brackets. is_bracketed:
 * 1: the host had brackets, as an IPv6 address has. Returns the address's length: 4 or 16; 0 when
 * the host is a name. */
uint8_t osft_tls_address(const char *bare, int is_bracketed, uint8_t ip[16]);

#endif
