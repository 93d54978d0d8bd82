/* SPDX-License-Identifier: Apache-2.0 */
/* What the firmware asks of a board. To move it to yours, write one file with these functions (board_*.c
 * are the examples), a linker script with your part's sizes, and, unless yours is one of the two here,
 * an Ethernet driver (nic.h).
 */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

#define BOARD_NORETURN __attribute__((noreturn))

/* Clocks, UART, LED, watchdog. SysTick is started by start.c, at board_hz / 1000. */
void board_init(void);
extern const uint32_t board_hz;
extern const char board_name[];

void board_putc(char c); /* to the log; may wait for the UART */
void board_led(int on);
void board_feed_watchdog(void); /* called in each turn of the super-loop */
void board_idle(void);          /* nothing to do until the next interrupt, a millisecond at most */

/* Bytes that nobody can guess, for the keys of TLS. 0, or < 0. */
int board_entropy(void *ctx, unsigned char *dst, size_t len);
/* Not NULL: what is wrong with that entropy, for the log. A product has NULL here. */
extern const char *const board_entropy_note;

/* The sector of flash that each device is given for itself, at the end of flash (linker script): text,
 * a `name=value` a line, ended by a NUL, and behind it the roots to trust, DER, one after the other.
 * settings.h has the names. */
extern const char board_sector[];
extern char link_sector_size[]; /* for LINK_SIZE */

/* A size that the linker script gives, as the address of a symbol. */
#define LINK_SIZE(symbol) ((uint32_t)(uintptr_t)(symbol))

/* What to do instead of watching forever, for a test; NULL: nothing. */
const char *board_args(void);
/* Sleep deeply, so that only RAM in .retained survives, and start anew after ms. */
BOARD_NORETURN void board_sleep(uint32_t ms);
/* The firmware cannot go on (code not 0), or a test is over: a product resets itself. */
BOARD_NORETURN void board_end(int code);

/* start.c, for all boards with a Cortex-M. */
uint32_t clock_ms(void);
uint32_t clock_us(void);     /* wraps after 71 minutes */
uint32_t stack_unused(void); /* bytes that the stack never reached */
uint32_t stack_size(void);

#endif
