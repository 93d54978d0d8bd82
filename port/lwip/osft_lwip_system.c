/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, and what else needs no connection. */
#include "osft_lwip_internal.h"

#include <string.h>
#include "lwip/sys.h"

static uint32_t ticks_ms(void *ctx)
{
    (void)ctx;
    return sys_now();
}

static int64_t utc_s(void *ctx)
{
    struct osft_lwip *p = ctx;
    uint32_t seconds;

    if (!p->knows_utc) {
        return -1;
    }
    seconds = (sys_now() - p->at) / 1000; /* right across a wrap, too */
    p->at += seconds * 1000;
    p->utc += seconds;
    return p->utc;
}

static void learn_utc(void *ctx, int64_t utc)
{
    struct osft_lwip *p = ctx;
    p->at = sys_now();
    p->utc = utc;
    p->knows_utc = 1;
}

#if LWIP_IPV6
const char *osft_lwip_bare(const char *host, char address[OSFT_LWIP_ADDRESS])
{
    size_t len = strlen(host);

    if (host[0] != '[' || host[len - 1] != ']' || len - 2 >= OSFT_LWIP_ADDRESS) {
        return host;
    }
    memcpy(address, host + 1, len - 2);
    address[len - 2] = '\0';
    return address;
}
#endif

void osft_lwip_begin(struct osft_lwip *p, int (*random)(void *ctx, void *dst, size_t len))
{
    memset(p, 0, sizeof *p);
    p->connect_ms = OSFT_LWIP_CONNECT_MS;
    p->port.ctx = p;
    p->port.utc_s = utc_s;
    p->port.ticks_ms = ticks_ms;
    p->port.random = random;
    p->port.code = &p->code;
    p->port.learn_utc = learn_utc;
}
