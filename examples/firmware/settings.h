/* SPDX-License-Identifier: Apache-2.0 */
/* What a device is told: name=value, from its sector of flash (board.h), each on a line:
 *     host, port          the service; port is 443 when there is none
 *     id, secret, token   the AccessKey; token only with STS
 *     app, function, instance   what to watch
 *     interval            seconds between two looks (60)
 *     pin                 SHA-256 of the server's public key, 64 hexadecimal digits; none: any key will do
 *     mac                 12 hexadecimal digits
 *     address             the service's address; none: DNS
 *     dns                 the name server, ADDRESS[:PORT]; none: DHCP's
 *     sntp                a time server, ADDRESS[:PORT]; none: the time comes from the service alone
 *     ip, mask, gateway   the device's own; none: DHCP
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "osft.h"

/* name's value in text, where values end at white space. Absent: ptr is NULL. */
struct osft_span settings_find(const char *text, const char *name);
/* The same in the device's sector. */
struct osft_span settings_get(const char *name);
/* As a number; otherwise, when it is absent or none. */
uint32_t settings_number(struct osft_span value, uint32_t otherwise);
/* Hexadecimal digits to bytes. 0, or -1: absent, or not 2 * len such digits. */
int settings_hex(struct osft_span value, uint8_t *dst, size_t len);
/* Copied, with a NUL. 0, or -1: absent, empty, or too long. */
int settings_copy(struct osft_span value, char *dst, size_t cap);
/* The next root behind the text: DER; ptr NULL: there is none. Begin with { NULL, 0 }. */
struct osft_span settings_root(struct osft_span before);

#endif
