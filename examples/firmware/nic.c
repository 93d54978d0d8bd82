/* SPDX-License-Identifier: Apache-2.0 */
/* Moving words between a chip's FIFO and lwIP's chains of buffers, for the two drivers of such
 * chips. */
#include "nic.h"

#define WORD 4

/* The size of the pool's buffers is a multiple of 4, so no word lies in two of them. */
struct pbuf *nic_read_frame(volatile uint32_t *fifo, uint32_t size, uint32_t extra,
                            const uint32_t *first)
{
    uint32_t left = (size + ETH_PAD_SIZE + WORD - 1) / WORD;
    struct pbuf *frame = NULL;

    if (size <= 1518) {
        frame = pbuf_alloc(PBUF_RAW, (uint16_t)(size + ETH_PAD_SIZE), PBUF_POOL);
    }
    for (struct pbuf *part = frame; part != NULL; part = part->next) {
        uint32_t *words = part->payload;
        for (uint32_t n = (part->len + WORD - 1u) / WORD; n != 0 && left != 0; n--, left--) {
            *words++ = first != NULL ? *first : *fifo;
            first = NULL;
        }
    }
    left += extra;
    if (first != NULL) { /* one word of the dropped frame was read already */
        left--;
    }
    for (; left != 0; left--) {
        (void)*fifo;
    }
    return frame;
}

/* A buffer of the frame can begin and end within a word, so words are put together byte by byte. */
void nic_write_frame(volatile uint32_t *fifo, const struct pbuf *frame)
{
    uint32_t word = 0, count = 0; /* count: bytes in word */

    for (; frame != NULL; frame = frame->next) {
        const uint8_t *bytes = frame->payload;
        for (uint32_t i = 0; i < frame->len; i++) {
            word |= (uint32_t)bytes[i] << (8 * count);
            if (++count == WORD) {
                *fifo = word;
                word = count = 0;
            }
        }
    }
    if (count != 0) {
        *fifo = word;
    }
}
