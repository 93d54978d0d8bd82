/* SPDX-License-Identifier: Apache-2.0 */
#include "osft.h"

void osft_wipe(void *memory, size_t len)
{
    volatile uint8_t *byte = (volatile uint8_t *)memory;
    while (len-- > 0) {
        *byte++ = 0;
    }
}
