/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "sign.h"

int osft_sign(const struct osft_sha256 *sha256, const struct osft_span *secret,
              const uint8_t digest[32], char signature[OSFT_SIGNATURE_LENGTH])
{
    static const char start[] = OSFT_ALGORITHM "\n";
    enum { START_LENGTH = sizeof(start) - 1 };
    char string_to_sign[START_LENGTH + 64];
    uint8_t *mac = (uint8_t *)signature;

    memcpy(string_to_sign, start, START_LENGTH);
    osft_write_hex(string_to_sign + START_LENGTH, digest, 32);
    if (sha256->hmac(sha256->ctx, secret->ptr, secret->len, string_to_sign, sizeof(string_to_sign),
                     mac) != 0) {
        return OSFT_E_HASH;
    }
    osft_write_hex(signature, mac, 32);
    return OSFT_OK;
}

void osft_write_hex(char *hex, const uint8_t *bytes, size_t count)
{
    size_t i = 2 * count;

    while (i-- > 0) { /* from the back, so that no byte is overwritten before it is read */
        unsigned digit = i % 2 != 0 ? bytes[i / 2] & 15U : bytes[i / 2] >> 4;
        hex[i] = (char)(digit + (digit < 10 ? '0' : 'a' - 10));
    }
}
