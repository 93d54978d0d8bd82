/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of a device: name=value, a line each, in its sector of flash (board.h).
 *
 *     host, port          the service; port is 443 when there is none
 *     id, secret, token   the AccessKey; token only with STS
 *     app, function, instance   what to watch
 *     interval            seconds between two polls, at least 1 (60)
 *     spread              the first poll after power-on waits a random time of up to so many
 *                         seconds (0)
 *     awake               1: stay awake between two polls, which a blinking LED needs; none: sleep
 *                         deeply
 *     pin                 SHA-256 of the server's public key, 64 hexadecimal digits; none:
 *                         any key is accepted
 *     mac                 12 hexadecimal digits
 *     address             the service's address; none: DNS
 *     dns                 the name server, ADDRESS[:PORT]; none: DHCP's
 *     sntp                a time server, ADDRESS[:PORT]; none: only the service tells the time
 *     sntp_wait           seconds that the first call waits for the time server (2)
 *     ip, mask, gateway   the device's own address, its network mask and router; none: DHCP
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "osft.h"

/* Find the value of a name in a text in which values end at white space. ptr NULL: there is no such
 * name. */
struct osft_span settings_find(const char *text, const char *name);
/* Find the value of a name in the sector of the device. */
struct osft_span settings_get(const char *name);
/* Return a value as a number, or `otherwise` when it is absent or not a number. */
uint32_t settings_number(struct osft_span value, uint32_t otherwise);
/* Convert the value of a name, a time in seconds, to ms. otherwise_s: the time in seconds when the
 * value is absent or not a number. Returns at most 20 days, so that sums of times fit into 32 bits.
 */
uint32_t settings_ms(const char *name, uint32_t otherwise_s);
/* Return the time between two polls; ms. At least a second, so that a device does not poll without
 * a pause after errors. */
uint32_t settings_interval_ms(void);
/* Convert a value of hexadecimal digits to bytes. Returns 0, or -1 when it is absent or does not
 * have 2 * len such digits. */
int settings_hex(struct osft_span value, uint8_t *bytes, size_t len);
/* Copy a value as a C string. Returns 0, or -1 when it is absent, empty, or too long. */
int settings_copy(struct osft_span value, char *text, size_t room);
/* Return the root certificate (DER) that follows root in the sector. root NULL: the first
 * certificate. The result has ptr NULL when there is no further certificate. */
struct osft_span settings_next_root(const struct osft_span *root);

#endif
