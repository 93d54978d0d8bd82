/* SPDX-License-Identifier: Apache-2.0 */
/* Changes osft_mbedtls_config.h for tasks of FreeRTOS, which share the arena. Build mbedTLS with
 *
 *     -DMBEDTLS_CONFIG_FILE='"osft_mbedtls_config.h"'
 *     -DMBEDTLS_USER_CONFIG_FILE='"osft_freertos_mbedtls.h"'
 *
 * MBEDTLS_THREADING_C is not needed: with that configuration, the tasks share no other variable of
 * mbedTLS.
 */
#ifndef OSFT_FREERTOS_MBEDTLS_H
#define OSFT_FREERTOS_MBEDTLS_H

#undef MBEDTLS_PLATFORM_CALLOC_MACRO
#undef MBEDTLS_PLATFORM_FREE_MACRO
#undef MBEDTLS_PLATFORM_STD_MEM_HDR
#define MBEDTLS_PLATFORM_CALLOC_MACRO osft_freertos_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO   osft_freertos_free
#define MBEDTLS_PLATFORM_STD_MEM_HDR  "osft_freertos_memory.h"

#endif
