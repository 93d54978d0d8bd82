/* SPDX-License-Identifier: Apache-2.0 */
/* Exits with 0 when a proxy over a port without the optional functions has none of them. */
#include "osft_proxy.h"

int main(void)
{
    static struct osft_proxy proxy;
    static struct osft_port lower;
    osft_proxy_init(&proxy, &lower, "proxy.example", 3128);
    return proxy.port.open != NULL && proxy.port.ticks_ms == NULL ? 0 : 1;
}
