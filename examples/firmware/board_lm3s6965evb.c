/* SPDX-License-Identifier: Apache-2.0 */
/* TI's Stellaris LM3S6965 evaluation board: 64 KB of RAM, 256 KB of flash, Ethernet on the chip.
 * With nic_stellaris.c and lm3s6965evb.ld. As emulated by qemu-system-arm -M lm3s6965evb.
 */
#include "board.h"

#define REG(address) (*(volatile uint32_t *)(address))

#define SYSCTL         0x400FE000u
#define RIS            REG(SYSCTL + 0x050)
#define RCC            REG(SYSCTL + 0x060)
#define RCGC0          REG(SYSCTL + 0x100)
#define RCGC1          REG(SYSCTL + 0x104)
#define RCGC2          REG(SYSCTL + 0x108)
#define RCC_BYPASS     (1u << 11)
#define RCC_PWRDN      (1u << 13)
#define RCC_USESYSDIV  (1u << 22)
#define RIS_PLL_LOCKED (1u << 6)

#define WATCHDOG 0x40000000u

#define UART0        0x4000C000u
#define UART_DR      REG(UART0 + 0x000)
#define UART_FR      REG(UART0 + 0x018)
#define UART_IBRD    REG(UART0 + 0x024)
#define UART_FBRD    REG(UART0 + 0x028)
#define UART_LCRH    REG(UART0 + 0x02C)
#define UART_CTL     REG(UART0 + 0x030)
#define UART_TX_FULL (1u << 5)

#define PORT_A         0x40004000u /* PA0, PA1: UART */
#define PORT_F         0x40025000u /* PF0: the status LED; PF2, PF3: LEDs of the Ethernet jack */
#define GPIO_DIR       0x400u
#define GPIO_AFSEL     0x420u
#define GPIO_DEN       0x51Cu
#define GPIO_ONLY(bit) (4u << (bit)) /* the address that changes this bit alone */

const uint32_t board_hz = 50000000;
const char board_name[] = "lm3s6965evb";

/* Run the processor at 50 MHz, by the PLL from the 8 MHz crystal. The steps are those of the
 * datasheet: bypass the PLL, set it up, wait. */
static void start_clock(void)
{
    uint32_t rcc = (RCC & ~(RCC_USESYSDIV | 1u)) | RCC_BYPASS; /* main oscillator on */
    RCC = rcc;
    rcc = (rcc & ~(0xFu << 6 | 3u << 4)) | 0xEu << 6; /* 8 MHz, which feeds the PLL */
    RCC = rcc;
    rcc &= ~RCC_PWRDN;
    RCC = rcc;
    rcc = (rcc & ~(0xFu << 23)) | 3u << 23 | RCC_USESYSDIV; /* 200 MHz / 4 */
    RCC = rcc;
    for (unsigned i = 0; i < 100000 && (RIS & RIS_PLL_LOCKED) == 0; i++) {
    }
    RCC = rcc & ~RCC_BYPASS;
}

void board_init(void)
{
    start_clock();
    RCGC0 |= 1u << 3;                            /* watchdog */
    RCGC1 |= 1u;                                 /* UART 0 */
    RCGC2 |= 1u | 1u << 5 | 1u << 28 | 1u << 30; /* ports A and F, Ethernet and its PHY */
    (void)RCGC2;
    REG(PORT_A + GPIO_AFSEL) |= 3;
    REG(PORT_A + GPIO_DEN) |= 3;
    REG(PORT_F + GPIO_AFSEL) |= 3u << 2;
    REG(PORT_F + GPIO_DIR) |= 1;
    REG(PORT_F + GPIO_DEN) |= 1 | 3u << 2;
    UART_IBRD = 27; /* 115200 baud: 50 MHz / 16 / 115200 = 27 + 8/64 */
    UART_FBRD = 8;
    UART_LCRH = 3u << 5 | 1u << 4; /* 8 bits, FIFO */
    UART_CTL = 1u | 1u << 8;
}

void board_putc(char c)
{
    while ((UART_FR & UART_TX_FULL) != 0) {
    }
    UART_DR = (uint8_t)c;
}

void board_led(int is_on)
{
    REG(PORT_F + GPIO_ONLY(0)) = is_on ? 1 : 0;
}

/* The watchdog resets the part ten seconds after the last call. A handshake takes about one
 * second. */
void board_feed_watchdog(void)
{
    REG(WATCHDOG + 0xC00) = 0x1ACCE551;   /* unlock */
    REG(WATCHDOG + 0x000) = board_hz * 5; /* the part is reset after two such times */
    REG(WATCHDOG + 0x00C) = 1;
    REG(WATCHDOG + 0x008) = 3;
    REG(WATCHDOG + 0xC00) = 0;
}
