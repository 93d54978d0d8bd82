/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar.h"

int osft_next(const struct osft_range *from, uint8_t b)
{
    for (;; from++) {
        if (b >= from->low && b <= from->high) {
            return from->next & (OSFT_LAST - 1);
        }
        if (from->next & OSFT_LAST) {
            return -1;
        }
    }
}
