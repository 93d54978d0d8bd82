/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and HMAC by the PSA Crypto API: mbedTLS 2.28 and 3.6 have it, and from 4.0 on it is the
 * only one. With the id of a key the secret stays where it is kept, such as in a secure element:
 * this program never sees it.
 *
 *     struct osft_psa_sha256 sha256;
 *     result = osft_psa_sha256_init(&sha256, 0);      the secret is in the credentials
 *     result = osft_psa_sha256_init(&sha256, KEY_ID); the secret is the key of this id
 *     ... settings.sha256 = &sha256.hash ...
 *
 * key:     the AccessKey's secret, byte by byte, is the key of the HMAC; nothing is derived from
 *          it. So the key is put in once, with psa_import_key() or by the element's own tool, as
 *          PSA_KEY_TYPE_HMAC, with PSA_KEY_USAGE_SIGN_MESSAGE, for PSA_ALG_HMAC(PSA_ALG_SHA_256),
 *          and best without PSA_KEY_USAGE_EXPORT. The secret in the credentials is then not looked
 *          at, and may be empty; their id, and an STS token, are used as ever.
 * memory:  PSA keeps a few hundred bytes of heap for a digest or an HMAC, and gives them back.
 */
#ifndef OSFT_PSA_SHA256_H
#define OSFT_PSA_SHA256_H

#include "osft_port.h"
#include "psa/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

struct osft_psa_sha256 {
    struct osft_sha256 hash;
    psa_hash_operation_t state; /* private; wiped by start and finish */
    psa_key_id_t key;           /* 0: the key is what hmac is given */
};

/* Fill in *sha256 and its hash. Calls psa_crypto_init(), which is harmless when it was called
 * before.
 * key:      the id of a persistent or a volatile key; 0: none
 * lifetime: *sha256 must not move while the hash is in use
 * threads:  one at a time for each struct, and for all of them where mbedTLS is built without
 *           MBEDTLS_THREADING_C
 * blocks:   its functions, for as long as a secure element takes
 * returns:  0, or OSFT_E_HASH: PSA cannot start. Whether there is such a key shows with the first
 *           signature, which is OSFT_E_HASH without it; nothing is sent then */
int osft_psa_sha256_init(struct osft_psa_sha256 *sha256, psa_key_id_t key);

#ifdef __cplusplus
}
#endif
#endif
