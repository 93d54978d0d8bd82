/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of mbedTLS for the core's unit tests. */
#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
