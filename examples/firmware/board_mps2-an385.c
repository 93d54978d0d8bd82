/* SPDX-License-Identifier: Apache-2.0 */
/* Arm's MPS2 FPGA board with image AN385, a Cortex-M3. With nic_lan9118.c and mps2-an385.ld. As
 * emulated by qemu-system-arm -M mps2-an385, where a wild access faults.
 */
#include "board.h"

#define REG(address) (*(volatile uint32_t *)(address))

#define UART0        0x40004000u
#define UART_DATA    REG(UART0 + 0x00)
#define UART_STATE   REG(UART0 + 0x04)
#define UART_CTRL    REG(UART0 + 0x08)
#define UART_BAUDDIV REG(UART0 + 0x10)
#define UART_TX_FULL 1u

#define WATCHDOG 0x40008000u
#define LEDS     REG(0x40028000u)

const uint32_t board_hz = 25000000;
const char board_name[] = "mps2-an385";

void board_init(void)
{
    UART_BAUDDIV = board_hz / 115200;
    UART_CTRL = 1;
}

void board_putc(char c)
{
    while ((UART_STATE & UART_TX_FULL) != 0) {
    }
    UART_DATA = (uint8_t)c;
}

void board_led(int is_on)
{
    LEDS = is_on ? 1 : 0;
}

/* The watchdog resets the part ten seconds after the last call. A handshake takes about two
 * seconds. */
void board_feed_watchdog(void)
{
    REG(WATCHDOG + 0xC00) = 0x1ACCE551;   /* unlock */
    REG(WATCHDOG + 0x000) = board_hz * 5; /* the part is reset after two such times */
    REG(WATCHDOG + 0x00C) = 1;
    REG(WATCHDOG + 0x008) = 3;
    REG(WATCHDOG + 0xC00) = 0;
}
