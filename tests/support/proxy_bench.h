/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that the test programs of the proxy port share: the proxy port over the lower port of
 * below.h. Each program has its own copy of these functions. */
#ifndef SUPPORT_PROXY_BENCH_H
#define SUPPORT_PROXY_BENCH_H

#include "below.h"
#include "osft_proxy.h"

#define HOST        "service.example"
#define ESTABLISHED "HTTP/1.1 200 Connection established\r\n\r\n"

static struct osft_proxy proxy;

static int begin(void **state)
{
    (void)state;
    below_reset();
    below_respond(ESTABLISHED);
    osft_proxy_init(&proxy, &below.port, "proxy.example", 3128);
    return 0;
}

/* Call open until it no longer returns 0, as a client does. Returns the last result. */
static int open_to(const char *host, uint16_t tcp_port)
{
    int result = 0;

    for (int i = 0; i < 20000 && result == 0; i++) {
        result = proxy.port.open(proxy.port.ctx, host, tcp_port);
    }
    return result;
}

#endif
