/* SPDX-License-Identifier: Apache-2.0 */
/* What both boards have in common, because both are emulated. TEST-ONLY, all of it: a product has its own
 * random source, a real sleep, and ends in a reset.
 */
#include "board.h"
#include "semihost.h"

/* Neither part has a source of entropy. Here the emulator's host lends its own; where there is no such
 * host the call stops the processor, and so no key can ever be made from bytes that are not random. */
const char *const board_entropy_note = "lent by the host: test-only";

int board_entropy(void *ctx, unsigned char *dst, size_t len)
{
    (void)ctx;
    return semihost_read("/dev/urandom", dst, len);
}

const char *board_args(void)
{
    static char args[128];
    return semihost_args(args, sizeof(args)) == 0 ? args : NULL;
}

/* Deep sleep with RAM retained ends in a reset, and so does this; only the time does not pass. */
BOARD_NORETURN void board_sleep(uint32_t ms)
{
    (void)ms;
    *(volatile uint32_t *)0xE000ED0Cu = 0x05FA0004u; /* AIRCR: SYSRESETREQ */
    for (;;) {
    }
}

BOARD_NORETURN void board_end(int code)
{
    semihost_exit(code);
}

void board_idle(void)
{
    __asm__ volatile("wfi");
}
