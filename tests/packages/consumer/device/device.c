/* SPDX-License-Identifier: Apache-2.0 */
/* A device's program, which is linked and not run: a list over TLS over a proxy over lwIP. */
#include <stddef.h>
#include "osft.h"
#include "osft_lwip.h"
#include "osft_mbedtls_sha256.h"
#include "osft_proxy.h"
#include "osft_tls.h"
#include "lwip/timeouts.h"

static uint8_t work[2048];
static struct osft_lwip lwip;
static struct osft_proxy proxy;
static struct osft_tls tls;
static struct osft_mbedtls_sha256 sha256;
static const struct osft_credentials credentials = { OSFT_LIT("id"),
                                                     OSFT_LIT("secret"),
                                                     { NULL, 0 } };
static const struct osft_settings settings = {
    .port = &tls.port,
    .sha256 = &sha256.hash,
    .credentials = &credentials,
    .retry = &osft_retry_default,
    .host = "opensearch.cn-hangzhou.aliyuncs.com",
    .work = work,
    .work_size = sizeof(work),
};

/* A board has a timer, which lwIP asks for, and a source of random bytes. Here they are registers.
 */
#define TIMER  (*(volatile uint32_t *)0x40000000)
#define RANDOM (*(volatile uint8_t *)0x40000004)

uint32_t sys_now(void);
uint32_t sys_now(void)
{
    return TIMER;
}

/* The firmware's options of lwIP name these two. */
uint32_t net_random(void)
{
    return RANDOM;
}
uint16_t net_dns_port = 53;

static int board_random(void *ctx, void *buffer, size_t len)
{
    uint8_t *bytes = (uint8_t *)buffer;
    (void)ctx;
    for (size_t i = 0; i < len; i++) {
        bytes[i] = RANDOM;
    }
    return 0;
}

static int board_entropy(void *ctx, unsigned char *buffer, size_t len)
{
    return board_random(ctx, buffer, len);
}

int main(void)
{
    static struct osft_client client;
    static struct osft_task tasks[4];
    static struct osft_page page = { .tasks = tasks, .max = 4 };
    static const struct osft_query query = { .app_group = OSFT_LIT("my-app"),
                                             .function = OSFT_LIT("ctr"),
                                             .instance = OSFT_LIT("ctr_test") };

    osft_lwip_init(&lwip, board_random);
    osft_proxy_init(&proxy, &lwip.port, "proxy.example", 3128);
    osft_mbedtls_sha256_init(&sha256);
    osft_tls_init(&tls, &proxy.port, board_entropy, NULL);
    osft_init(&client, &settings);
    osft_list_start(&client, &query, &page, 10000);
    while (osft_step(&client) == OSFT_PENDING) {
        sys_check_timeouts();
    }
    return (int)page.count;
}
