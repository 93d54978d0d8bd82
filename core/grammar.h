/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: grammars as tables. A state is an index into a table of ranges; the first range from
 * there on that holds the byte says what comes next, and a range marked LAST ends the state's list.
 * A state may so run on into the next one. A range takes 3 bytes of flash, a test in code 6 to 8.
 */
#ifndef OSFT_GRAMMAR_H
#define OSFT_GRAMMAR_H

#include <stdint.h>

struct osft_range {
    uint8_t low, high, next;
};

#define OSFT_LAST 0x80

/* What follows byte b, without OSFT_LAST; -1 when b may not stand here. */
int osft_next(const struct osft_range *from, uint8_t b);

#endif
