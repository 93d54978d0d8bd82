/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, and other functions that need no connection. */
#include "osft_lwip_internal.h"

#include <string.h>
#include "lwip/sys.h"

static uint32_t osft_lwip_ticks_ms(void *ctx)
{
    (void)ctx;
    return sys_now();
}

static int64_t osft_lwip_utc_s(void *ctx)
{
    struct osft_lwip *lwip = ctx;
    return osft_learned_utc_s(&lwip->clock, sys_now());
}

static void osft_lwip_learn_utc(void *ctx, int64_t utc)
{
    struct osft_lwip *lwip = ctx;
    osft_learn_utc(&lwip->clock, utc, sys_now());
}

err_t osft_lwip_read_host(const char *host, char name[OSFT_NAME_ROOM], ip_addr_t *address)
{
    if (osft_bare_host(host, OSFT_KEEP_ZONE, name, OSFT_NAME_ROOM) == 0) {
        return ERR_ARG;
    }
    if (host[0] != '[') {
        return ERR_INPROGRESS;
    }
    return ipaddr_aton(name, address) && IP_IS_V6(address) ? ERR_OK : ERR_VAL;
}

uint32_t osft_lwip_connect_ms_left(const struct osft_lwip *lwip)
{
    uint32_t passed = sys_now() - lwip->open_start_ms;
    return passed < lwip->connect_ms ? lwip->connect_ms - passed : 0;
}

void osft_lwip_set_common(struct osft_lwip *lwip,
                          int (*random)(void *ctx, void *buffer, size_t len))
{
    memset(lwip, 0, sizeof *lwip);
    lwip->connect_ms = OSFT_LWIP_CONNECT_MS;
    lwip->port.ctx = lwip;
    lwip->port.utc_s = osft_lwip_utc_s;
    lwip->port.ticks_ms = osft_lwip_ticks_ms;
    lwip->port.random = random;
    lwip->port.code = &lwip->code;
    lwip->port.learn_utc = osft_lwip_learn_utc;
}
