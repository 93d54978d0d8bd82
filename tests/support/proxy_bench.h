/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy port over the port made of memory (below.h), opened as a client opens it; for the test
 * programs of the proxy, each of which has its own. */
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

/* Opens as a client does. */
static int open_to(const char *host, uint16_t tcp_port)
{
    int result = 0;

    for (int i = 0; i < 20000 && result == 0; i++) {
        result = proxy.port.open(proxy.port.ctx, host, tcp_port);
    }
    return result;
}

#endif
