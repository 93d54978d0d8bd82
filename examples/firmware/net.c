/* SPDX-License-Identifier: Apache-2.0 */
#include "net.h"

#include <string.h>

#include "lwip/apps/sntp.h"
#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/init.h"
#include "lwip/ip4_addr.h"
#include "lwip/netif.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

#include "board.h"
#include "ethernet.h"
#include "log.h"
#include "settings.h"

#define NO_ENTROPY 104 /* exit status */

static struct netif ethernet;
#if LWIP_DNS
uint16_t net_dns_port = 53;
#endif
#if FIRMWARE_SNTP
uint16_t net_sntp_port = 123;
#endif

uint32_t sys_now(void)
{
    return clock_ms();
}

uint32_t net_random(void)
{
    uint32_t number = 0;
    if (board_entropy(NULL, (unsigned char *)&number, sizeof(number)) != 0) {
        log_say("no entropy");
        board_end(NO_ENTROPY);
    }
    return number;
}

static int port_random(void *ctx, void *buffer, size_t len)
{
    (void)ctx;
    return board_entropy(NULL, buffer, len);
}

static int get_address(const char *name, ip4_addr_t *address)
{
    char text[16];
    return settings_copy(settings_get(name), text, sizeof(text)) == 0 &&
           ip4addr_aton(text, address);
}

#if LWIP_DNS
/* Use the name server in the settings, if there is one, instead of the name server of DHCP. */
static void set_dns(void)
{
    ip_addr_t server;

    if (ethernet_get_server("dns", &server, &net_dns_port)) {
        dns_setserver(0, &server);
    }
}
#endif

#if FIRMWARE_SNTP
int net_start_sntp(void)
{
    ip_addr_t server;

    if (!ethernet_get_server("sntp", &server, &net_sntp_port)) {
        return 0;
    }
    sntp_setserver(0, &server);
    sntp_init();
    return 1;
}

void net_stop_sntp(void)
{
    sntp_stop();
}
#endif

int net_init(const char *args)
{
    ip4_addr_t ip = { 0 }, mask = { 0 }, gateway = { 0 };

    ethernet_set_faults(args);
    lwip_init();
    int is_static = get_address("ip", &ip) && get_address("mask", &mask);
    (void)get_address("gateway", &gateway);
    if (netif_add(&ethernet, &ip, &mask, &gateway, NULL, ethernet_init, ethernet_input) == NULL) {
        return -1;
    }
    netif_set_default(&ethernet);
    netif_set_up(&ethernet);
#if LWIP_DHCP
    if (!is_static && dhcp_start(&ethernet) != ERR_OK) {
        return -1;
    }
#else
    (void)is_static;
#endif
    return 0;
}

int net_poll(void)
{
    int frame_came = ethernet_poll(&ethernet);

    sys_check_timeouts();
    return frame_came;
}

int net_is_up(void)
{
    return !ip4_addr_isany_val(*netif_ip4_addr(&ethernet));
}

void net_log(void)
{
    ethernet_log(&ethernet);
}

/* The function open of the port over lwIP. */
static int (*open_lwip)(void *ctx, const char *host, uint16_t tcp_port);

/* Open the connection. When the settings have the address of the service, only TLS uses the name of
 * the host. */
static int open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    char address[16];
#if LWIP_DNS
    set_dns(); /* before each connection, as DHCP may have changed the server */
#endif
    if (settings_copy(settings_get("address"), address, sizeof(address)) == 0) {
        host = address;
    }
    return open_lwip(ctx, host, tcp_port);
}

void net_init_port(struct osft_lwip *lwip)
{
    osft_lwip_init(lwip, port_random);
    open_lwip = lwip->port.open;
    lwip->port.open = open_connection;
}
