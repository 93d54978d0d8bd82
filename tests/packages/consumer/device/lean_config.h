/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration of mbedTLS that replaces the default of osft's CMake project:
 * osft_mbedtls_config.h without RSA. */
#ifndef LEAN_CONFIG_H
#define LEAN_CONFIG_H

#define OSFT_MBEDTLS_LEAN
#include "osft_mbedtls_config.h"

#endif
