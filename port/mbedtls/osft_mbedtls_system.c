/* SPDX-License-Identifier: Apache-2.0 */
/* The system that mbedTLS asks for when it is built with osft_mbedtls_config.h; else nothing. */
#include "mbedtls/version.h"

#ifdef OSFT_MBEDTLS_CONFIG_H
#include "mbedtls/error.h"
#include "mbedtls/platform.h"
#include "mbedtls/platform_time.h"
#include "mbedtls/platform_util.h"

#include <string.h>

/* mbedTLS's own look at the time. It always finds the year 1900, in which no certificate was valid: who
 * forgot to judge by a real clock, as osft_tls.h does, finds out at once. */
time_t osft_mbedtls_time(time_t *out)
{
    if (out != NULL) {
        *out = 0;
    }
    return 0;
}

struct tm *mbedtls_platform_gmtime_r(const mbedtls_time_t *at, struct tm *tm)
{
    (void)at;
    memset(tm, 0, sizeof *tm);
    tm->tm_mday = 1;
    return tm;
}
/* For a linker that is told (--wrap and --defsym) to put this in the place of functions that a client
 * without a key of its own never calls, and which mbedTLS's tables of functions would bring in. */
int osft_mbedtls_never(void);
int osft_mbedtls_never(void)
{
    return MBEDTLS_ERR_ERROR_CORRUPTION_DETECTED;
}
#else
extern int osft_mbedtls_system_is_elsewhere; /* ISO C wants a declaration */
#endif
