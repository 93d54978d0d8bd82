/* SPDX-License-Identifier: Apache-2.0 */
/* Exits with 0 when the port of POSIX tells the time. */
#include "osft_posix.h"

int main(void)
{
    static struct osft_posix sockets;
    osft_posix_init(&sockets);
    return sockets.port.utc_s(sockets.port.ctx) > 0 ? 0 : 1;
}
