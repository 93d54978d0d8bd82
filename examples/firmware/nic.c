/* SPDX-License-Identifier: Apache-2.0 */
/* Moving words between a chip's FIFO and lwIP's chains of buffers, for both drivers. */
#include "nic.h"

#define WORD 4

/* All buffers of the pool have a multiple of 4 bytes, so words never straddle two of them. */
struct pbuf *nic_take(volatile uint32_t *fifo, uint32_t size, uint32_t extra, const uint32_t *first)
{
    uint32_t left = (size + ETH_PAD_SIZE + WORD - 1) / WORD;
    struct pbuf *p = NULL;

    if (size <= 1518) {
        p = pbuf_alloc(PBUF_RAW, (uint16_t)(size + ETH_PAD_SIZE), PBUF_POOL);
    }
    for (struct pbuf *q = p; q != NULL; q = q->next) {
        uint32_t *dst = q->payload;
        for (uint32_t n = (q->len + WORD - 1u) / WORD; n != 0 && left != 0; n--, left--) {
            *dst++ = first != NULL ? *first : *fifo;
            first = NULL;
        }
    }
    left += extra;
    if (first != NULL) { /* no memory, and one word was read already */
        left--;
    }
    for (; left != 0; left--) {
        (void)*fifo;
    }
    return p;
}

/* What is sent may lie anywhere: texts in flash, a record of TLS, headers in a buffer of lwIP's. */
void nic_give(volatile uint32_t *fifo, const struct pbuf *p)
{
    uint32_t word = 0, have = 0;

    for (; p != NULL; p = p->next) {
        const uint8_t *src = p->payload;
        for (uint32_t i = 0; i < p->len; i++) {
            word |= (uint32_t)src[i] << (8 * have);
            if (++have == WORD) {
                *fifo = word;
                word = have = 0;
            }
        }
    }
    if (have != 0) {
        *fifo = word;
    }
}
