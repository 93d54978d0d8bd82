/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that the firmware needs from a board. To move the firmware to your board, write one
 * file with these functions (board_*.c are examples), a linker script with the sizes of your part,
 * and, unless your Ethernet is one of the three here, a driver (nic.h). On a Cortex-M, cortex_m.c
 * has some of these functions; on another processor your file has all of them. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

#define BOARD_NORETURN __attribute__((noreturn))

/* Start the processor's clocks, the UART and the LED. */
void board_init(void);
extern const char board_name[];

void board_putc(char c); /* write to the log; this may wait for the UART */
void board_led(int is_on);
void board_feed_watchdog(void); /* the first call starts the watchdog; call it in each turn */

/* Fill buffer with bytes that nobody can guess, for the keys of TLS. Returns 0, or < 0. */
int board_entropy(void *ctx, unsigned char *buffer, size_t len);
/* A warning about the source of board_entropy(), for the log; NULL in a product. */
extern const char *const board_entropy_note;

/* The sector of flash that differs from device to device, at the end of flash (linker script):
 * lines of name=value (settings.h has the names), a NUL, and the root certificates as DER, one
 * after the other. */
extern const char board_sector[];
extern char link_sector_size[]; /* use it with LINK_SIZE */

/* A size from the linker script, which gives it as the address of a symbol. */
#define LINK_SIZE(symbol) ((uint32_t)(uintptr_t)(symbol))

/* Return the arguments of a test (jobs.h, ethernet.h); NULL: none. */
const char *board_args(void);
/* Sleep deeply for ms. Only RAM in .retained keeps its contents. The sleep ends with a reset. */
BOARD_NORETURN void board_sleep(uint32_t ms);
/* End the firmware, because it cannot go on (status not 0) or a test has ended. A product resets
 * itself. */
BOARD_NORETURN void board_end(int status);

/* --- Functions of the processor: in cortex_m.c, or else in the board's file ------------------- */

#ifdef __ARM_ARCH
extern const uint32_t
    board_hz; /* the processor's clock, which SysTick counts; in the board's file */
#endif
/* Start the time at 0. */
void clock_start(void);
uint32_t clock_ms(void);
uint32_t clock_us(void); /* wraps after 71 minutes */
/* Sleep for ms, but no longer than until the next interrupt, which comes within a millisecond. ms
 * 0: return at once. */
void board_idle(uint32_t ms);
BOARD_NORETURN void board_reset(void);

/* --- Functions of start.c --------------------------------------------------------------------- */

/* Start the program after a reset, when the stack is set: initialise variables and the board, and
 * call main(). */
BOARD_NORETURN void start_program(void);
uint32_t stack_unused(void); /* bytes that the stack has never reached */
uint32_t stack_size(void);

#endif
