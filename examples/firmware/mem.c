/* SPDX-License-Identifier: Apache-2.0 */
/* memcpy() and memset(), a word at a time. Small C libraries move a byte at a time, which makes a
 * TLS handshake a tenth slower. These functions need a processor that reads a word at any address,
 * such as a Cortex-M3. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A word at any address, in memory of any type. */
struct word {
    uint32_t value;
} __attribute__((packed, may_alias));

__attribute__((optimize("O2", "no-tree-loop-distribute-patterns"))) void *
memcpy(void *restrict dst, const void *restrict src, size_t len)
{
    uint8_t *d = dst;
    const uint8_t *s = src;

    for (; len >= 4; len -= 4, d += 4, s += 4) {
        ((struct word *)d)->value = ((const struct word *)s)->value;
    }
    for (; len != 0; len--) {
        *d++ = *s++;
    }
    return dst;
}

__attribute__((optimize("O2", "no-tree-loop-distribute-patterns"))) void *
memset(void *dst, int byte, size_t len)
{
    uint8_t *d = dst;
    uint32_t value = (uint8_t)byte * 0x01010101u;

    for (; len >= 4; len -= 4, d += 4) {
        ((struct word *)d)->value = value;
    }
    for (; len != 0; len--) {
        *d++ = (uint8_t)value;
    }
    return dst;
}
