/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and HMAC by the PSA Crypto API, which mbedTLS 2.28 and 3.6 have, and which is the only
 * API from 4.0 on. With the id of a key, the secret stays where PSA keeps it, such as in a secure
 * element: this program never sees the secret.
 *
 *     struct osft_psa_sha256 sha256;
 *     result = osft_psa_sha256_init(&sha256, 0);      the secret is in the credentials
 *     result = osft_psa_sha256_init(&sha256, KEY_ID); the secret is the key of this id
 *     ... settings.sha256 = &sha256.hash ...
 *
 * key:     the bytes of the AccessKey's secret are the key of the HMAC; no key is derived from
 *          them. Import the key once, with psa_import_key() or with the element's own tool, as
 *          PSA_KEY_TYPE_HMAC, with PSA_KEY_USAGE_SIGN_MESSAGE, for PSA_ALG_HMAC(PSA_ALG_SHA_256),
 *          and best without PSA_KEY_USAGE_EXPORT. The secret in the credentials is then ignored,
 *          and may be empty; their id and STS token are used as usual.
 * memory:  PSA takes a few hundred bytes of heap for a digest or an HMAC, and frees them.
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
    psa_key_id_t key;           /* 0: hmac uses the key that it is given */
};

/* Fill in *sha256 and its hash. Calls psa_crypto_init(), which is harmless when it was called
 * before.
 * key:      the id of a persistent or a volatile key; 0: none
 * lifetime: *sha256 must not move while the hash is in use
 * threads:  one at a time for each struct, and for all of them where mbedTLS is built without
 *           MBEDTLS_THREADING_C
 * blocks:   the hash's functions block for as long as a secure element takes
 * returns:  0, or OSFT_E_HASH: PSA cannot start. When the key does not exist, the first signature
 *           gives OSFT_E_HASH, and nothing is sent */
int osft_psa_sha256_init(struct osft_psa_sha256 *sha256, psa_key_id_t key);

#ifdef __cplusplus
}
#endif
#endif
