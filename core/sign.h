/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: signs a request. */
#ifndef OSFT_SIGN_H
#define OSFT_SIGN_H

#include "osft.h"

#define OSFT_ALGORITHM        "ACS3-HMAC-SHA256"
#define OSFT_SIGNATURE_LENGTH 64 /* hex digits */

/* Write the signature of the canonical request whose SHA-256 is digest.
 * returns: OSFT_OK or OSFT_E_HASH */
int osft_sign(const struct osft_sha256 *sha256, const struct osft_span *secret,
              const uint8_t digest[32], char signature[OSFT_SIGNATURE_LENGTH]);

/* Write bytes as lower-case hex digits, two per byte. The bytes may lie in the first half of
 * hex. */
void osft_write_hex(char *hex, const uint8_t *bytes, size_t count);

#endif
