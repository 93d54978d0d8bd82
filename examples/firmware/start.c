/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the program after a reset, and tells how much of the stack was used. This file is the same
 * for all processors. */
#include "board.h"

#include <string.h>

/* Symbols of the linker script. */
extern uint32_t link_stack[], link_data[], link_bss[];
extern const uint32_t link_data_load[];
extern char link_stack_size[], link_data_size[], link_bss_size[]; /* see LINK_SIZE */

extern int main(void);

#define PAINT 0x5AC35AC3u

BOARD_NORETURN void start_program(void)
{
    uint32_t *here = __builtin_frame_address(0);

    for (uint32_t *p = link_stack; p != here - 16; p++) {
        *p = PAINT;
    }
    memcpy(link_data, link_data_load, LINK_SIZE(link_data_size));
    memset(link_bss, 0, LINK_SIZE(link_bss_size));
    board_init();
    clock_start();
    board_end(main());
}

uint32_t stack_size(void)
{
    return LINK_SIZE(link_stack_size);
}

uint32_t stack_unused(void)
{
    uint32_t i = 0;
    while (i < stack_size() / sizeof(link_stack[0]) && link_stack[i] == PAINT) {
        i++;
    }
    return i * sizeof(link_stack[0]);
}
