/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of a system that mbedTLS needs. Compiled only when mbedTLS is built with
 * osft_mbedtls_config.h. */
#include "mbedtls/version.h"

#ifdef OSFT_MBEDTLS_CONFIG_H
#include "mbedtls/error.h"
#include "mbedtls/platform.h"
#include "mbedtls/platform_time.h"
#include "mbedtls/platform_util.h"

#include <string.h>

/* mbedTLS's own clock. It always shows the year 1900, when no certificate was valid, so that a
 * program that does not check dates by a real clock, as osft_tls.h does, fails at once. */
time_t osft_mbedtls_time(time_t *time)
{
    if (time != NULL) {
        *time = 0;
    }
    return 0;
}

struct tm *mbedtls_platform_gmtime_r(const mbedtls_time_t *time, struct tm *date)
{
    (void)time;
    memset(date, 0, sizeof *date);
    date->tm_mday = 1;
    return date;
}

/* The linker puts this (--wrap and --defsym) in the place of functions that a client without a key
 * of its own never calls, but which mbedTLS's tables of functions would link. */
int osft_mbedtls_never(void);
int osft_mbedtls_never(void)
{
    return MBEDTLS_ERR_ERROR_CORRUPTION_DETECTED;
}
#else
extern int osft_mbedtls_system_is_not_used; /* ISO C requires a declaration */
#endif
