/* SPDX-License-Identifier: Apache-2.0 */
/* The published examples of SHA-256 (FIPS 180-4) and of HMAC-SHA-256 (RFC 4231), for each
 * implementation of struct osft_sha256. */
#ifndef SUPPORT_SHA256_EXAMPLES_H
#define SUPPORT_SHA256_EXAMPLES_H

#include <stddef.h>

#include "osft_port.h"

/* Assert that the HMAC of the text under this key is this one, in hex. */
void assert_hmac(const struct osft_sha256 *hash, const void *key, size_t key_len, const char *text,
                 const char *hex);

void assert_digest_examples(const struct osft_sha256 *hash);
void assert_hmac_examples(const struct osft_sha256 *hash);
/* Assert that a start discards what was hashed before it. */
void assert_start_forgets(const struct osft_sha256 *hash);

#endif
