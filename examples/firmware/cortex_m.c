/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of a Cortex-M, which are the same on all its boards: reset, faults, the clock by
 * SysTick, sleep. */
#include "board.h"

#include "log.h"

extern uint32_t link_stack_top[]; /* a symbol of the linker script */
BOARD_NORETURN void start_reset(void);

#define SYST_CSR    (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR    (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR    (*(volatile uint32_t *)0xE000E018u)
#define ICSR        (*(volatile uint32_t *)0xE000ED04u)
#define AIRCR       (*(volatile uint32_t *)0xE000ED0Cu)
#define CFSR        (*(volatile uint32_t *)0xE000ED28u)
#define BFAR        (*(volatile uint32_t *)0xE000ED38u)
#define SYST_ON     7u /* counts the core's clock, and interrupts each time it reaches 0 */
#define PENDST      (1u << 26)
#define SYSRESETREQ 0x05FA0004u /* with the key that AIRCR needs */

static volatile uint32_t ticks;

static void on_tick(void)
{
    ticks++;
}

/* Log a fault, and end the firmware. The stack lies at the bottom of RAM, so a stack that grows too
 * far leaves RAM, which is a fault on many parts, and overwrites no variables. */
static BOARD_NORETURN void on_fault(void)
{
    log_text("fault: status ");
    log_hex(CFSR);
    log_text(" address ");
    log_hex(BFAR);
    log_end();
    board_end(255);
}

/* End the firmware: on some boards, such as the MPS2, the watchdog raises this interrupt first. */
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
    start_program();
}

void clock_start(void)
{
    SYST_RVR = board_hz / 1000 - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_ON;
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

/* Sleep until the next interrupt, which SysTick raises within a millisecond. */
void board_idle(uint32_t ms)
{
    if (ms != 0) {
        __asm__ volatile("wfi");
    }
}

BOARD_NORETURN void board_reset(void)
{
    AIRCR = SYSRESETREQ;
    for (;;) {
    }
}
