/* SPDX-License-Identifier: Apache-2.0 */
/* The HMAC is built from the port's plain SHA-256, so that a port needs one primitive only and no
 * second context. */
#include <string.h>
#include "request.h"

#define BLOCK 64
#define DIGEST 32

void osft_wipe(void *mem, size_t n)
{
    volatile uint8_t *p = mem;
    while (n-- > 0) {
        *p++ = 0;
    }
}

void osft_to_hex(char *hex, size_t bytes)
{
    size_t i;
    for (i = 2 * bytes; i-- > 0;) { /* from the back, as the bytes lie in the first half */
        hex[i] = "0123456789abcdef"[(uint8_t)hex[i >> 1] >> (i & 1 ? 0 : 4) & 15];
    }
}

/* One pass of HMAC: the key, padded and flipped, before the text. */
static int pass(const struct osft_sha256 *sha, uint8_t pad[BLOCK], uint8_t flip, const void *src,
                size_t len, void *out)
{
    size_t i;
    for (i = 0; i < BLOCK; i++) {
        pad[i] ^= flip;
    }
    return sha->start(sha->ctx) | sha->update(sha->ctx, pad, BLOCK) |
           sha->update(sha->ctx, src, len) | sha->finish(sha->ctx, out);
}

int osft_sign(const struct osft_sha256 *sha, const struct osft_span *secret,
              char text[OSFT_STRING_TO_SIGN_SIZE], char *hex)
{
    uint8_t pad[BLOCK];
    int err = 0;

    osft_to_hex(text + OSFT_STRING_TO_SIGN_SIZE - 2 * DIGEST, DIGEST);
    memset(pad, 0, BLOCK);
    if (secret->len > BLOCK) {
        err = sha->start(sha->ctx) | sha->update(sha->ctx, secret->ptr, secret->len) |
              sha->finish(sha->ctx, pad);
    } else if (secret->len > 0) {
        memcpy(pad, secret->ptr, secret->len);
    }
    err |= pass(sha, pad, 0x36, text, OSFT_STRING_TO_SIGN_SIZE, text);
    err |= pass(sha, pad, 0x36 ^ 0x5c, text, DIGEST, hex);
    osft_wipe(pad, sizeof(pad));
    osft_to_hex(hex, DIGEST);
    return err;
}
