/* SPDX-License-Identifier: Apache-2.0 */
/* The published examples of SHA-256 (FIPS 180-4) and of its HMAC (RFC 4231), for every port of a
 * hash. */
#ifndef SUPPORT_SHA256_EXAMPLES_H
#define SUPPORT_SHA256_EXAMPLES_H

#include <stddef.h>

#include "osft_port.h"

/* The code must be this, in hex. */
void assert_hmac(const struct osft_sha256 *hash, const void *key, size_t key_len, const char *text,
                 const char *hex);

void assert_digest_examples(const struct osft_sha256 *hash);
void assert_hmac_examples(const struct osft_sha256 *hash);
/* What was hashed before the start does not count. */
void assert_start_forgets(const struct osft_sha256 *hash);

#endif
