/* SPDX-License-Identifier: Apache-2.0 */
/* What the firmware needs from a board. To move it to yours, write one file with these functions
 * (board_*.c are the examples), a linker script with your part's sizes, and, unless your Ethernet
 * is one of the two here, a driver (nic.h).
 */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

#define BOARD_NORETURN __attribute__((noreturn))

/* Start the clocks, the UART and the LED. SysTick, a millisecond, is started by
 * start.c. */
void board_init(void);
extern const uint32_t board_hz;
extern const char board_name[];

void board_putc(char c); /* writes to the log; may wait for the UART */
void board_led(int is_on);
void board_feed_watchdog(void); /* the first call starts it; then called in each turn of a loop */
/* There is nothing to do for ms, unless a frame comes: sleep until the next interrupt, which
 * SysTick is within a millisecond. ms 0: return at once. */
void board_idle(uint32_t ms);

/* Fill buffer with bytes that nobody can guess, for the keys of TLS. 0, or < 0. */
int board_entropy(void *ctx, unsigned char *buffer, size_t len);
/* What is wrong with that entropy, for the log; NULL in a product. */
extern const char *const board_entropy_note;

/* The sector of flash that differs from device to device, at the end of flash (linker script):
 * lines of name=value (settings.h has the names), a NUL, and the root certificates as DER, one
 * after the other. */
extern const char board_sector[];
extern char link_sector_size[]; /* for LINK_SIZE */

/* A size that the linker script gives, as the address of a symbol. */
#define LINK_SIZE(symbol) ((uint32_t)(uintptr_t)(symbol))

/* The arguments of a test (jobs.h, net.h); NULL: none. */
const char *board_args(void);
/* Sleep deeply for ms: only RAM in .retained keeps its contents. The end is a reset. */
BOARD_NORETURN void board_sleep(uint32_t ms);
/* The firmware cannot go on (status not 0), or a test is over: a product resets itself. */
BOARD_NORETURN void board_end(int status);

/* start.c: for every board with a Cortex-M. */
uint32_t clock_ms(void);
uint32_t clock_us(void);     /* wraps after 71 minutes */
uint32_t stack_unused(void); /* bytes that the stack has never reached */
uint32_t stack_size(void);

#endif
