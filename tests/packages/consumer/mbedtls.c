/* SPDX-License-Identifier: Apache-2.0 */
/* Exits with 0 when TLS is set up over a lower port, and SHA-256 of "abc" is what FIPS 180-4 says.
 */
#include <string.h>
#include "osft_mbedtls_sha256.h"
#include "osft_tls.h"

static void close_nothing(void *ctx)
{
    (void)ctx;
}

int main(void)
{
    static const uint8_t begin[4] = { 0xba, 0x78, 0x16, 0xbf };
    static struct osft_mbedtls_sha256 sha256;
    static const struct osft_port lower = { .close = close_nothing };
    static struct osft_tls tls;
    uint8_t digest[32] = { 0 };
    int result = osft_tls_init(&tls, &lower, NULL, NULL);

    osft_mbedtls_sha256_init(&sha256);
    sha256.hash.start(sha256.hash.ctx);
    sha256.hash.update(sha256.hash.ctx, "abc", 3);
    sha256.hash.finish(sha256.hash.ctx, digest);
    osft_tls_free(&tls);
    return result == OSFT_OK && memcmp(digest, begin, sizeof(begin)) == 0 ? 0 : 1;
}
