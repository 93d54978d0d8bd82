/* SPDX-License-Identifier: Apache-2.0 */
/* mbedTLS 3.6 for a device without an OS: a TLS 1.2 client that verifies RSA and ECDSA chains,
 * keeps sessions, accepts records of any size, and has no heap, no files, no clock of its own.
 *
 *     -DMBEDTLS_CONFIG_FILE='"osft_mbedtls_config.h"'                   full
 *     -DMBEDTLS_CONFIG_FILE='"osft_mbedtls_config.h"' -DOSFT_MBEDTLS_LEAN   ECDSA on P-256 only
 *
 * examples/firmware/README.md has a table of what each option costs in flash and RAM. `make
 * size-options` measures it: it removes one option at a time, builds the firmware again, and runs
 * it.
 */
#ifndef OSFT_MBEDTLS_CONFIG_H
#define OSFT_MBEDTLS_CONFIG_H

#include <stddef.h>
#include <time.h>

time_t osft_mbedtls_time(time_t *out);
int osft_mbedtls_snprintf(char *buffer, size_t room, const char *format, ...);

/* --- Memory ----------------------------------------------------------------------------------- */
/* A static arena: osft_tls_arena.h. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO osft_tls_arena_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO   osft_tls_arena_free
#define MBEDTLS_PLATFORM_STD_MEM_HDR  "osft_tls_arena.h"
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
/* osft_mbedtls_snprintf() is declared, but not defined: no code that is linked calls it. */
#define MBEDTLS_PLATFORM_SNPRINTF_MACRO osft_mbedtls_snprintf

/* The largest record that can arrive has 16,384 bytes, unless the server agrees to less, which not
 * every server does. RAM: this many bytes, and about 330 more. */
#ifndef MBEDTLS_SSL_IN_CONTENT_LEN
#define MBEDTLS_SSL_IN_CONTENT_LEN 16384
#endif
/* The client sends one request and a few messages of the handshake; a longer request is sent in
 * several records. RAM: this many bytes, and about 330 more. */
#ifndef MBEDTLS_SSL_OUT_CONTENT_LEN
#define MBEDTLS_SSL_OUT_CONTENT_LEN 1024
#endif
/* Two options are left out: MBEDTLS_SSL_KEEP_PEER_CERTIFICATE, which keeps a chain in RAM after it
 * was verified, and MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH, with which reading fails when no fragment
 * length was agreed. */

/* --- Time ------------------------------------------------------------------------------------- */
/* Without HAVE_TIME_DATE, mbedTLS accepts expired certificates. osft_tls.h checks dates by the
 * port's clock. By the clock that mbedTLS is given (osft_mbedtls_system.c), no certificate would
 * ever be valid. */
#define MBEDTLS_HAVE_TIME
#define MBEDTLS_HAVE_TIME_DATE
#define MBEDTLS_PLATFORM_TIME_MACRO osft_mbedtls_time
#define MBEDTLS_PLATFORM_GMTIME_R_ALT
#define MBEDTLS_PLATFORM_MS_TIME_ALT

/* --- Randomness: the caller's entropy source feeds CTR_DRBG ----------------------------------- */
#define MBEDTLS_CTR_DRBG_C /* the generator that osft_tls.h uses */
#define MBEDTLS_CTR_DRBG_USE_128_BIT_KEY
#define MBEDTLS_CTR_DRBG_ENTROPY_LEN 32
#define MBEDTLS_NO_PLATFORM_ENTROPY

/* --- TLS -------------------------------------------------------------------------------------- */
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_SERVER_NAME_INDICATION
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_SESSION_TICKETS
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#ifndef OSFT_MBEDTLS_LEAN
#define MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED
#endif

/* --- Ciphers: AES-128-GCM alone, which every server of today speaks --------------------------- */
/* osft_tls_offer.c offers the same cipher suites. The list here shortens mbedTLS's own table. */
#ifndef OSFT_MBEDTLS_LEAN
#define MBEDTLS_SSL_CIPHERSUITES \
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
#else
#define MBEDTLS_SSL_CIPHERSUITES MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
#endif
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ONLY_128_BIT_KEY_LENGTH
#define MBEDTLS_AES_ROM_TABLES          /* in flash, not in RAM */
#define MBEDTLS_AES_FEWER_TABLES        /* AES is some tens of per cent slower */
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT /* GCM and CTR only encrypt */
#define MBEDTLS_GCM_C
#define MBEDTLS_CIPHER_C

/* --- Hashes ----------------------------------------------------------------------------------- */
#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER /* a third slower; hashing is 1 % of a handshake */
#ifndef OSFT_MBEDTLS_LEAN
#define MBEDTLS_SHA384_C /* many certificates are signed with it */
#define MBEDTLS_SHA512_SMALLER
#endif

/* --- Public keys ------------------------------------------------------------------------------ */
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_NO_UDBL_DIVISION /* such a division would link the compiler's routine */
/* p256-m computes with the curve, by osft_mbedtls_p256.c, instead of mbedTLS. There is no P-384. */
#define OSFT_MBEDTLS_P256M
#define MBEDTLS_ECDSA_VERIFY_ALT
#define MBEDTLS_ECDH_GEN_PUBLIC_ALT
#define MBEDTLS_ECDH_COMPUTE_SHARED_ALT
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#ifndef OSFT_MBEDTLS_LEAN
#define MBEDTLS_RSA_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PKCS1_V21
#define MBEDTLS_X509_RSASSA_PSS_SUPPORT
#define OSFT_MBEDTLS_PSS             /* also in handshakes: osft_mbedtls_pss_internal.h */
#define OSFT_MBEDTLS_VERIFY_ONLY     /* no private keys, no division: osft_mbedtls_rsa.c */
#define MBEDTLS_MPI_MAX_SIZE     512 /* RSA 4096 */
#else
#define MBEDTLS_MPI_MAX_SIZE 32
#endif
#define MBEDTLS_MPI_WINDOW_SIZE 1 /* RSA is used with public exponents only, which are small */

/* --- Certificates ----------------------------------------------------------------------------- */
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_REMOVE_INFO /* nothing prints a certificate */
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_OID_C

#endif
