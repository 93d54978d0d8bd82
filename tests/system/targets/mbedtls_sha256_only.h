/* SPDX-License-Identifier: Apache-2.0 */
/* What the core's unit tests need of mbedTLS. */
#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
