/* SPDX-License-Identifier: Apache-2.0 */
#include "net.h"

#include <string.h>

#include "lwip/apps/sntp.h"
#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/ip4_addr.h"
#include "lwip/netif.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

#include "board.h"
#include "log.h"
#include "nic.h"
#include "settings.h"

#define HELD_MS 30

static struct netif eth;
#if LWIP_DNS
uint16_t net_dns_port = 53;
#endif
#if FIRMWARE_SNTP
uint16_t net_sntp_port = 123;
#endif

/* How a test spoils the network. */
static struct {
    uint32_t drop, delay; /* per cent */
    uint32_t random;      /* repeatable, unlike net_random() */
    uint32_t dropped, delayed;
    struct pbuf *held;
    uint32_t held_since;
} spoil;

uint32_t sys_now(void)
{
    return clock_ms();
}

uint32_t net_random(void)
{
    uint32_t n = 0;
    if (board_entropy(NULL, (unsigned char *)&n, sizeof(n)) != 0) {
        log_say("no entropy");
        board_end(104);
    }
    return n;
}

static int port_random(void *ctx, void *dst, size_t len)
{
    (void)ctx;
    return board_entropy(NULL, dst, len) == 0 ? 0 : OSFT_E_RANDOM;
}

static int lot(uint32_t percent)
{
    if (percent == 0) {
        return 0;
    }
    spoil.random = spoil.random * 1664525u + 1013904223u;
    return (spoil.random >> 16) % 100 < percent;
}

static err_t eth_output(struct netif *netif, struct pbuf *p)
{
    (void)netif;
    if (lot(spoil.drop)) {
        spoil.dropped++;
        return ERR_OK;
    }
    return nic_send(p) == 0 ? ERR_OK : ERR_MEM; /* TCP sends it again */
}

static err_t eth_init(struct netif *netif)
{
    static const uint8_t fallback[6] = {
        0x02, 0x00, 0x00, 0x6F, 0x73, 0x66
    }; /* of one's own making */

    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->output = etharp_output;
    netif->linkoutput = eth_output;
    netif->mtu = 1500;
    netif->hwaddr_len = 6;
    if (settings_hex(settings_get("mac"), netif->hwaddr, 6) != 0) {
        memcpy(netif->hwaddr, fallback, 6);
    }
    netif->flags =
        NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    return nic_init(netif->hwaddr) == 0 ? ERR_OK : ERR_IF;
}

static int get_address(const char *name, ip4_addr_t *address)
{
    char text[16];
    return settings_copy(settings_get(name), text, sizeof(text)) == 0 &&
           ip4addr_aton(text, address);
}

#if LWIP_DNS
/* ADDRESS[:PORT]; port stays as it is where there is none. 1: server is set. */
static int get_server(const char *name, ip_addr_t *server, uint16_t *port)
{
    struct osft_span value = settings_get(name);
    const char *colon = value.ptr != NULL ? memchr(value.ptr, ':', value.len) : NULL;
    char text[16];

    if (colon != NULL) {
        struct osft_span digits = { colon + 1, value.len - (size_t)(colon + 1 - value.ptr) };
        *port = (uint16_t)settings_number(digits, *port);
        value.len = (size_t)(colon - value.ptr);
    }
    return settings_copy(value, text, sizeof(text)) == 0 && ip4addr_aton(text, ip_2_ip4(server));
}

/* The settings' name server instead of DHCP's, where there is one. */
static void set_dns(void)
{
    ip_addr_t server;

    if (get_server("dns", &server, &net_dns_port)) {
        dns_setserver(0, &server);
    }
}
#endif

#if FIRMWARE_SNTP
int net_sntp(void)
{
    ip_addr_t server;

    if (!get_server("sntp", &server, &net_sntp_port)) {
        return 0;
    }
    sntp_setserver(0, &server);
    sntp_init();
    return 1;
}

void net_sntp_end(void)
{
    sntp_stop();
}
#endif

int net_init(const char *args)
{
    ip4_addr_t ip = { 0 }, mask = { 0 }, gateway = { 0 };

    spoil.drop = settings_number(settings_find(args, "drop"), 0);
    spoil.delay = settings_number(settings_find(args, "delay"), 0);
    spoil.random = settings_number(settings_find(args, "seed"), 1);
    lwip_init();
    int fixed = get_address("ip", &ip) && get_address("mask", &mask);
    (void)get_address("gateway", &gateway);
    if (netif_add(&eth, &ip, &mask, &gateway, NULL, eth_init, ethernet_input) == NULL) {
        return -1;
    }
    netif_set_default(&eth);
    netif_set_up(&eth);
#if LWIP_DHCP
    if (!fixed && dhcp_start(&eth) != ERR_OK) {
        return -1;
    }
#else
    (void)fixed;
#endif
    return 0;
}

static void input(struct pbuf *p)
{
    if (eth.input(p, &eth) != ERR_OK) {
        pbuf_free(p);
    }
}

/* What was held comes after the frame that follows, or alone after a while. */
static void spoiled_input(struct pbuf *p)
{
    if (lot(spoil.drop)) {
        spoil.dropped++;
        pbuf_free(p);
        return;
    }
    if (spoil.held == NULL && lot(spoil.delay)) {
        spoil.delayed++;
        spoil.held = p;
        spoil.held_since = clock_ms();
        return;
    }
    input(p);
    if (spoil.held != NULL) {
        p = spoil.held;
        spoil.held = NULL;
        input(p);
    }
}

int net_poll(void)
{
    struct pbuf *p = nic_recv();

    if (p != NULL) {
        spoiled_input(p);
    }
    if (spoil.held != NULL && clock_ms() - spoil.held_since > HELD_MS) {
        struct pbuf *held = spoil.held;
        spoil.held = NULL;
        input(held);
    }
    sys_check_timeouts();
    return p != NULL;
}

int net_is_up(void)
{
    return !ip4_addr_isany_val(*netif_ip4_addr(&eth));
}

void net_log(void)
{
    log_text("net: address ");
    log_hex(lwip_ntohl(netif_ip4_addr(&eth)->addr));
    if (spoil.drop != 0 || spoil.delay != 0) {
        log_line(" dropped ", (int32_t)spoil.dropped);
        log_line("net: delayed ", (int32_t)spoil.delayed);
        return;
    }
    log_end();
}

/* Where the settings name the service's address, the name is only TLS's. */
static int (*open_lower)(void *ctx, const char *host, uint16_t tcp_port);

static int open_address(void *ctx, const char *host, uint16_t tcp_port)
{
    char text[16];
#if LWIP_DNS
    set_dns(); /* each time, as DHCP may have told its own again */
#endif
    if (settings_copy(settings_get("address"), text, sizeof(text)) == 0) {
        host = text;
    }
    return open_lower(ctx, host, tcp_port);
}

void net_port(struct osft_lwip *p)
{
    osft_lwip_init(p, port_random);
    open_lower = p->port.open;
    p->port.open = open_address;
}
