/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's machine `virt` with a RISC-V processor of 32 bits. With nic_virtio.c and virt.ld, for
 * qemu-system-riscv32 -M virt -bios none. This is all that the firmware needs for another
 * processor: reset, faults, time, sleep, UART and watchdog.
 */
#include "board.h"

#include "log.h"

#define REG(address)   (*(volatile uint32_t *)(address))
#define REG_8(address) (*(volatile uint8_t *)(address))

#define UART_DATA    REG_8(0x10000000u)
#define UART_STATUS  REG_8(0x10000005u)
#define UART_TX_FREE 0x20u

/* The timer counts at 10 MHz, and interrupts while its time is later than that of the alarm. */
#define TIME_LOW     REG(0x0200BFF8u)
#define TIME_HIGH    REG(0x0200BFFCu)
#define ALARM_LOW    REG(0x02004000u)
#define ALARM_HIGH   REG(0x02004004u)
#define TICKS_PER_US 10u
#define TICKS_PER_MS 10000u

#define FINISHER 0x00100000u
#define RESET    0x7777u

#define WATCHDOG_MS 10000u

/* Bits of the processor's registers. */
#define MSTATUS_MIE     0x8  /* enables interrupts */
#define MIE_TIMER       0x80 /* enables the interrupt of the timer */
#define CAUSE_INTERRUPT 0x80000000u

/* These two numbers protect the 256 KB from 0x80000000 on until the next reset: they can be read
 * and executed, but not written. */
#define PROTECTED_RANGE (0x80000000u >> 2 | (0x40000u / 8 - 1))
#define PROTECTED_HOW   0x9Du

#define CSR(instruction) ".option push\n.option arch, +zicsr\n" instruction "\n.option pop"

const char board_name[] = "virt";

static uint64_t watchdog_end; /* in ticks of the timer */

BOARD_NORETURN void start_reset(void);
BOARD_NORETURN void on_trap(uint32_t cause, uint32_t address);

/* Set the stack to its top, as the stack may have grown too far. No trap returns, so the contents
 * of the stack are not needed. */
__attribute__((naked, aligned(4), used)) static void enter_trap(void)
{
    __asm__ volatile(CSR("la sp, link_stack_top\n"
                         "csrr a0, mcause\n"
                         "csrr a1, mtval\n"
                         "j on_trap"));
}

__attribute__((section(".vectors"), naked, used)) BOARD_NORETURN void start_reset(void)
{
    __asm__ volatile(CSR("la sp, link_stack_top\n"
                         "la t0, enter_trap\n"
                         "csrw mtvec, t0\n"
                         "j start_program"));
}

/* Log a fault, and end the firmware. The stack lies at the bottom of RAM, above the protected
 * range, so a stack that grows too far faults. */
BOARD_NORETURN void on_trap(uint32_t cause, uint32_t address)
{
    if ((cause & CAUSE_INTERRUPT) != 0) { /* of the timer: nobody has fed the watchdog */
        log_say("watchdog");
        board_end(254);
    }
    log_text("fault: status ");
    log_hex(cause);
    log_text(" address ");
    log_hex(address);
    log_end();
    board_end(255);
}

static uint64_t get_time(void)
{
    uint32_t high, low;

    do {
        high = TIME_HIGH;
        low = TIME_LOW;
    } while (high != TIME_HIGH);
    return (uint64_t)high << 32 | low;
}

static void set_alarm(uint64_t time)
{
    ALARM_LOW = UINT32_MAX; /* no alarm between the writes of the two halves */
    ALARM_HIGH = (uint32_t)(time >> 32);
    ALARM_LOW = (uint32_t)time;
}

void board_init(void)
{
    __asm__ volatile(CSR("csrw pmpaddr0, %0\ncsrw pmpcfg0, %1")
                     :
                     : "r"(PROTECTED_RANGE), "r"(PROTECTED_HOW));
}

void board_putc(char c)
{
    while ((UART_STATUS & UART_TX_FREE) == 0) {
    }
    UART_DATA = (uint8_t)c;
}

/* The machine has no LED. */
void board_led(int is_on)
{
    (void)is_on;
}

/* The machine has no watchdog, so the timer stands for one: it interrupts ten seconds after the
 * last call. */
void board_feed_watchdog(void)
{
    watchdog_end = get_time() + (uint64_t)WATCHDOG_MS * TICKS_PER_MS;
    set_alarm(watchdog_end);
    __asm__ volatile(CSR("csrw mie, %0\ncsrsi mstatus, %1") : : "r"(MIE_TIMER), "i"(MSTATUS_MIE));
}

/* There is nothing to start, because the timer has counted since the reset. */
void clock_start(void)
{
}

uint32_t clock_ms(void)
{
    return (uint32_t)(get_time() / TICKS_PER_MS);
}

uint32_t clock_us(void)
{
    return (uint32_t)(get_time() / TICKS_PER_US);
}

/* Sleep for a millisecond at most. While interrupts are disabled in mstatus, the timer wakes the
 * processor without a trap. */
void board_idle(uint32_t ms)
{
    if (ms != 0) {
        __asm__ volatile(CSR("csrci mstatus, %0") : : "i"(MSTATUS_MIE));
        set_alarm(get_time() + TICKS_PER_MS);
        __asm__ volatile("wfi");
        set_alarm(watchdog_end);
        __asm__ volatile(CSR("csrsi mstatus, %0") : : "i"(MSTATUS_MIE));
    }
}

BOARD_NORETURN void board_reset(void)
{
    REG(FINISHER) = RESET;
    for (;;) {
    }
}
