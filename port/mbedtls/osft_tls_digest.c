/* SPDX-License-Identifier: Apache-2.0 */
#include "osft_tls_internal.h"

#include "mbedtls/md.h"

int osft_tls_sha256(const void *bytes, size_t len, uint8_t digest[32])
{
    return mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), bytes, len, digest);
}
