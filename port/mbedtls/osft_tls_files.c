/* SPDX-License-Identifier: Apache-2.0 */
/* Loads roots from files. These functions are in a separate file, so that firmware without a file
 * system does not link them. */
#include "osft_tls_internal.h"

#ifdef MBEDTLS_FS_IO
int osft_tls_ca_file(struct osft_tls *tls, const char *path)
{
    size_t before = osft_tls_ca_count(tls);
    return osft_tls_ca_result(tls, before, mbedtls_x509_crt_parse_file(&tls->ca, path));
}

int osft_tls_ca_dir(struct osft_tls *tls, const char *path)
{
    size_t before = osft_tls_ca_count(tls);
    return osft_tls_ca_result(tls, before, mbedtls_x509_crt_parse_path(&tls->ca, path));
}
#endif
