/* SPDX-License-Identifier: Apache-2.0 */
/* ACS3-HMAC-SHA256. The canonical request goes straight into the hash; the HMAC is built from the
 * port's plain SHA-256, so that a port needs one primitive only and no second context. */
#include <string.h>
#include "request.h"

#define BLOCK 64
#define DIGEST 32
#define ALGORITHM "ACS3-HMAC-SHA256\n"

void osft_wipe(void *mem, size_t n)
{
    volatile uint8_t *p = mem;
    while (n-- > 0) {
        *p++ = 0;
    }
}

void osft_to_hex(char *hex, size_t bytes, char a)
{
    size_t i;
    for (i = 2 * bytes; i-- > 0;) { /* from the back, as the bytes lie in the first half */
        unsigned digit = (uint8_t)hex[i >> 1] >> (i & 1 ? 0 : 4) & 15;
        hex[i] = (char)(digit < 10 ? '0' + digit : (unsigned)a - 10 + digit);
    }
}

int osft_string_to_sign(const struct osft_request *r, char text[OSFT_STRING_TO_SIGN_SIZE])
{
    const struct osft_sha256 *sha = r->set->sha256;
    struct osft_text t = { NULL, 0, 0, NULL, 0, 0 };
    char *hex = text + sizeof(ALGORITHM) - 1;

    t.sha256 = sha;
    memcpy(text, ALGORITHM, sizeof(ALGORITHM) - 1);
    if (sha->start(sha->ctx) != 0) {
        return OSFT_E_HASH;
    }
    osft_canonical(r, &t);
    if (t.error != 0 || sha->finish(sha->ctx, (uint8_t *)hex) != 0) {
        return OSFT_E_HASH;
    }
    osft_to_hex(hex, DIGEST, 'a');
    return OSFT_OK;
}

static int digest(const struct osft_sha256 *sha, const uint8_t *pad, const void *src, size_t len,
                  uint8_t out[DIGEST])
{
    if (sha->start(sha->ctx) != 0 || (pad != NULL && sha->update(sha->ctx, pad, BLOCK) != 0) ||
        sha->update(sha->ctx, src, len) != 0 || sha->finish(sha->ctx, out) != 0) {
        return OSFT_E_HASH;
    }
    return OSFT_OK;
}

static void flip(uint8_t pad[BLOCK], uint8_t with)
{
    size_t i;
    for (i = 0; i < BLOCK; i++) {
        pad[i] ^= with;
    }
}

int osft_sign(const struct osft_request *r, char hex[2 * DIGEST])
{
    const struct osft_sha256 *sha = r->set->sha256;
    const struct osft_span *key = &r->set->credentials->secret;
    char text[OSFT_STRING_TO_SIGN_SIZE];
    uint8_t pad[BLOCK];
    int err = osft_string_to_sign(r, text);

    memset(pad, 0, BLOCK);
    if (err == OSFT_OK && key->len > BLOCK) {
        err = digest(sha, NULL, key->ptr, key->len, pad);
    } else if (key->len > 0 && key->len <= BLOCK) {
        memcpy(pad, key->ptr, key->len);
    }
    flip(pad, 0x36);
    if (err == OSFT_OK) {
        err = digest(sha, pad, text, sizeof(text), (uint8_t *)text);
    }
    flip(pad, 0x36 ^ 0x5c);
    if (err == OSFT_OK) {
        err = digest(sha, pad, text, DIGEST, (uint8_t *)hex);
    }
    osft_wipe(pad, sizeof(pad));
    osft_to_hex(hex, DIGEST, 'a');
    return err;
}
