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

#define HELD_MS    30
#define NO_ENTROPY 104 /* exit status */

static struct netif ethernet;
#if LWIP_DNS
uint16_t net_dns_port = 53;
#endif
#if FIRMWARE_SNTP
uint16_t net_sntp_port = 123;
#endif

/* The disturbances that a test asks for. */
static struct {
    uint32_t drop, delay;      /* per cent of the frames */
    uint32_t random;           /* repeatable, unlike net_random() */
    uint32_t dropped, delayed; /* frames */
    struct pbuf *held;         /* a frame that is delayed */
    uint32_t held_since_ms;
} spoil;

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

/* Draw at random: return 1 for so many per cent of the calls, or else 0. */
static int draw(uint32_t percent)
{
    if (percent == 0) {
        return 0;
    }
    spoil.random = spoil.random * 1664525u + 1013904223u;
    return (spoil.random >> 16) % 100 < percent;
}

static err_t send_frame(struct netif *netif, struct pbuf *frame)
{
    (void)netif;
    if (draw(spoil.drop)) {
        spoil.dropped++;
        return ERR_OK;
    }
    return nic_send(frame) == 0 ? ERR_OK : ERR_MEM; /* TCP sends the segment again */
}

static err_t init_ethernet(struct netif *netif)
{
    /* The MAC address when the settings have none. It belongs to no manufacturer. */
    static const uint8_t local_address[6] = { 0x02, 0x00, 0x00, 0x6F, 0x73, 0x66 };

    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->output = etharp_output;
    netif->linkoutput = send_frame;
    netif->mtu = 1500;
    netif->hwaddr_len = 6;
    if (settings_hex(settings_get("mac"), netif->hwaddr, 6) != 0) {
        memcpy(netif->hwaddr, local_address, 6);
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
/* Read a setting ADDRESS[:PORT]. Without a port, *port is not changed. Returns 1 when there is such
 * a setting, or else 0. */
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

/* Use the name server in the settings, if there is one, instead of that of DHCP. */
static void set_dns(void)
{
    ip_addr_t server;

    if (get_server("dns", &server, &net_dns_port)) {
        dns_setserver(0, &server);
    }
}
#endif

#if FIRMWARE_SNTP
int net_start_sntp(void)
{
    ip_addr_t server;

    if (!get_server("sntp", &server, &net_sntp_port)) {
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

    spoil.drop = settings_number(settings_find(args, "drop"), 0);
    spoil.delay = settings_number(settings_find(args, "delay"), 0);
    spoil.random = settings_number(settings_find(args, "seed"), 1);
    lwip_init();
    int is_static = get_address("ip", &ip) && get_address("mask", &mask);
    (void)get_address("gateway", &gateway);
    if (netif_add(&ethernet, &ip, &mask, &gateway, NULL, init_ethernet, ethernet_input) == NULL) {
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

static void handle_frame(struct pbuf *frame)
{
    if (ethernet.input(frame, &ethernet) != ERR_OK) {
        pbuf_free(frame);
    }
}

static void handle_held_frame(void)
{
    struct pbuf *frame = spoil.held;

    spoil.held = NULL;
    handle_frame(frame);
}

/* Drop or delay a received frame as the test asks. A delayed frame is handled after the next one,
 * or when it was held long enough. */
static void spoil_frame(struct pbuf *frame)
{
    if (draw(spoil.drop)) {
        spoil.dropped++;
        pbuf_free(frame);
        return;
    }
    if (spoil.held == NULL && draw(spoil.delay)) {
        spoil.delayed++;
        spoil.held = frame;
        spoil.held_since_ms = clock_ms();
        return;
    }
    handle_frame(frame);
    if (spoil.held != NULL) {
        handle_held_frame();
    }
}

int net_poll(void)
{
    struct pbuf *frame = nic_recv();

    if (frame != NULL) {
        spoil_frame(frame);
    }
    if (spoil.held != NULL && clock_ms() - spoil.held_since_ms > HELD_MS) {
        handle_held_frame();
    }
    sys_check_timeouts();
    return frame != NULL;
}

int net_is_up(void)
{
    return !ip4_addr_isany_val(*netif_ip4_addr(&ethernet));
}

void net_log(void)
{
    log_text("net: address ");
    log_hex(lwip_ntohl(netif_ip4_addr(&ethernet)->addr));
    if (spoil.drop != 0 || spoil.delay != 0) {
        log_line(" dropped ", (int32_t)spoil.dropped);
        log_line("net: delayed ", (int32_t)spoil.delayed);
        return;
    }
    log_end();
}

/* The function open of the port over lwIP. */
static int (*open_lwip)(void *ctx, const char *host, uint16_t tcp_port);

/* Open the connection. When the settings have the address of the service, only TLS uses the name of
 * the host. */
static int open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    char address[16];
#if LWIP_DNS
    set_dns(); /* before each connection, as DHCP may have changed it */
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
