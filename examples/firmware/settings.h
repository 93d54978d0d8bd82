/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of a device: name=value, a line each, in its sector of flash (board.h).
 *
 *     host, port          the service; port is 443 when there is none
 *     id, secret, token   the AccessKey; token only with STS
 *     app, function, instance   what to watch
 *     interval            seconds between two polls (60)
 *     awake               1: stay awake between two polls, which a blinking LED needs; none: sleep
 *                         deeply
 *     pin                 SHA-256 of the server's public key, 64 hexadecimal digits; none:
 *                         any key is accepted
 *     mac                 12 hexadecimal digits
 *     address             the service's address; none: DNS
 *     dns                 the name server, ADDRESS[:PORT]; none: DHCP's
 *     sntp                a time server, ADDRESS[:PORT]; none: only the service tells the time
 *     sntp_wait           seconds that the first call waits for it (2)
 *     ip, mask, gateway   the device's own; none: DHCP
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "osft.h"

/* The value of a name in a text where values end at white space; absent: ptr is NULL. */
struct osft_span settings_find(const char *text, const char *name);
/* The same in the device's sector. */
struct osft_span settings_get(const char *name);
/* A value as a number; `otherwise` when it is absent or no number. */
uint32_t settings_number(struct osft_span value, uint32_t otherwise);
/* A value of hexadecimal digits as bytes. 0, or -1: absent, or not 2 * len such digits. */
int settings_hex(struct osft_span value, uint8_t *bytes, size_t len);
/* A value as a C string. 0, or -1: absent, empty, or too long. */
int settings_copy(struct osft_span value, char *text, size_t room);
/* The root certificate (DER) behind this one in the sector; NULL: the first. ptr NULL: there is no
 * other. */
struct osft_span settings_next_root(const struct osft_span *root);

#endif
