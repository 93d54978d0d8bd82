/* SPDX-License-Identifier: Apache-2.0 */
/* From reset to main on a Cortex-M, SysTick, and how much of the stack was used: the same on all
 * boards. */
#include "board.h"

#include <string.h>

#include "log.h"

/* Symbols of the linker script. */
extern uint32_t link_stack[], link_stack_top[], link_data[], link_bss[];
extern const uint32_t link_data_load[];
extern char link_stack_size[], link_data_size[], link_bss_size[]; /* see LINK_SIZE */

extern int main(void);
BOARD_NORETURN void start_reset(void);

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)
#define ICSR     (*(volatile uint32_t *)0xE000ED04u)
#define CFSR     (*(volatile uint32_t *)0xE000ED28u)
#define BFAR     (*(volatile uint32_t *)0xE000ED38u)
#define SYST_ON  7u /* counts the core's clock, and interrupts each time it reaches 0 */
#define PENDST   (1u << 26)

#define PAINT 0x5AC35AC3u

static volatile uint32_t ticks;

static void on_tick(void)
{
    ticks++;
}

/* The stack lies at the bottom of RAM. A stack that grows too far leaves RAM and does not overwrite
 * variables. On parts that fault then, this function ends the firmware. */
static BOARD_NORETURN void on_fault(void)
{
    log_text("fault: status ");
    log_hex(CFSR);
    log_text(" address ");
    log_hex(BFAR);
    log_end();
    board_end(255);
}

/* The first stage of the watchdog, on boards where it is this interrupt, as on the MPS2. */
static BOARD_NORETURN void on_nmi(void)
{
    log_say("watchdog");
    board_end(254);
}

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*handler[15])(void);
} vectors = { link_stack_top,
              { start_reset, on_nmi, on_fault, on_fault, on_fault, on_fault, on_fault, on_fault,
                on_fault, on_fault, on_fault, on_fault, on_fault, on_fault, on_tick } };

BOARD_NORETURN void start_reset(void)
{
    uint32_t *here = __builtin_frame_address(0);

    for (uint32_t *p = link_stack; p != here - 16; p++) {
        *p = PAINT;
    }
    memcpy(link_data, link_data_load, LINK_SIZE(link_data_size));
    memset(link_bss, 0, LINK_SIZE(link_bss_size));
    board_init();
    SYST_RVR = board_hz / 1000 - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_ON;
    board_end(main());
}

uint32_t clock_ms(void)
{
    return ticks;
}

/* Read the tick count and SysTick until no tick came between the readings, and add a tick that is
 * pending and not counted yet. */
uint32_t clock_us(void)
{
    uint32_t ms, left, due;

    do {
        ms = ticks;
        left = SYST_CVR;
        due = ICSR & PENDST;
    } while (ms != ticks);
    if (due != 0 && left > board_hz / 2000) {
        ms++;
    }
    return ms * 1000 + (board_hz / 1000 - 1 - left) / (board_hz / 1000000);
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
