/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: grammars as tables, which take less flash than code. A state is an index into a table
 * of ranges of bytes. The ranges of a state follow one another. The first range that contains the
 * next byte gives the next state. A state whose last range is marked OSFT_MORE continues with the
 * ranges of the state behind it.
 *
 * Tables are written with designated initialisers, so the compiler refuses states that overlap. A
 * hole in a table contains no byte and ends its state, so the hole refuses every byte.
 */
#ifndef OSFT_GRAMMAR_H
#define OSFT_GRAMMAR_H

#include <stdint.h>

struct osft_range {
    uint8_t first, count; /* the first byte of the range, and the number of bytes */
    uint8_t next;         /* the next state, and OSFT_MORE */
};

#define OSFT_MORE 0x80 /* another range of this state follows */

#define OSFT_RANGE(low, high, next)                   \
    {                                                 \
        (low), (high) - (low) + 1, (next) | OSFT_MORE \
    }
#define OSFT_LAST_RANGE(low, high, next)  \
    {                                     \
        (low), (high) - (low) + 1, (next) \
    }
#define OSFT_BYTE(byte, next)         \
    {                                 \
        (byte), 1, (next) | OSFT_MORE \
    }
#define OSFT_LAST_BYTE(byte, next) \
    {                              \
        (byte), 1, (next)          \
    }

/* Return the state after a byte; -1 when the byte is not allowed here. */
static inline int osft_next_state(const struct osft_range *range, uint8_t byte)
{
    while ((uint8_t)(byte - range->first) >= range->count) {
        if ((range->next & OSFT_MORE) == 0) {
            return -1;
        }
        range++;
    }
    return range->next & (OSFT_MORE - 1);
}

#endif
