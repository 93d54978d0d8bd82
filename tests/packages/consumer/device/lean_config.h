/* SPDX-License-Identifier: Apache-2.0 */
/* The program's own configuration of mbedTLS: the one of osft's port, without RSA. */
#ifndef LEAN_CONFIG_H
#define LEAN_CONFIG_H

#define OSFT_MBEDTLS_LEAN
#include "osft_mbedtls_config.h"

#endif
