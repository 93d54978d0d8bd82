/* SPDX-License-Identifier: Apache-2.0 */
/* TEST-ONLY: the functions that are the same on all boards here, because an emulator runs them. A
 * product has a random source of its own, sleeps deeply, and ends with a reset. */
#include "board.h"
#include "semihost.h"

/* No board here has a source of entropy, so the host of the emulator provides it. Without an
 * emulator or debugger, the call stops the processor, so no key is ever made from bytes that are
 * not random. */
const char *const board_entropy_note = "lent by the host: test-only";

int board_entropy(void *ctx, unsigned char *buffer, size_t len)
{
    (void)ctx;
    return semihost_read("/dev/urandom", buffer, len);
}

const char *board_args(void)
{
    static char args[128];
    return semihost_args(args, sizeof(args)) == 0 ? args : NULL;
}

/* A deep sleep that retains RAM ends with a reset. This function resets at once, so no time
 * passes. */
BOARD_NORETURN void board_sleep(uint32_t ms)
{
    (void)ms;
    board_reset();
}

BOARD_NORETURN void board_end(int status)
{
    semihost_exit(status);
}
