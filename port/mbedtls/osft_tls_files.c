/* SPDX-License-Identifier: Apache-2.0 */
/* Roots from a file system: apart, so that firmware without one does not link it. */
#include "osft_tls_internal.h"

#ifdef MBEDTLS_FS_IO
int osft_tls_ca_file(struct osft_tls *t, const char *path)
{
    size_t before = osft_tls_ca_count(t);
    return osft_tls_ca_result(t, before, mbedtls_x509_crt_parse_file(&t->ca, path));
}

int osft_tls_ca_dir(struct osft_tls *t, const char *path)
{
    size_t before = osft_tls_ca_count(t);
    return osft_tls_ca_result(t, before, mbedtls_x509_crt_parse_path(&t->ca, path));
}
#endif
