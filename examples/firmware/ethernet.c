/* SPDX-License-Identifier: Apache-2.0 */
#include "ethernet.h"

#include <string.h>

#include "lwip/etharp.h"
#include "lwip/ip4_addr.h"

#include "board.h"
#include "log.h"
#include "nic.h"
#include "settings.h"

/* The disturbances that a test asks for. */
static struct {
    uint8_t drop, delay;       /* per cent of the frames */
    uint32_t random;           /* repeatable, unlike numbers of the random source */
    uint32_t dropped, delayed; /* frames */
    struct pbuf *held;         /* a frame that is delayed */
    uint32_t held_since_ms;
} faults;

void ethernet_set_faults(const char *args)
{
    faults.drop = (uint8_t)settings_number(settings_find(args, "drop"), 0);
    faults.delay = (uint8_t)settings_number(settings_find(args, "delay"), 0);
    faults.random = settings_number(settings_find(args, "seed"), 1);
}

/* Return 1 for a random choice of percent of the calls, and 0 for the others. */
static int draw_chance(uint32_t percent)
{
    if (percent == 0) {
        return 0;
    }
    faults.random = faults.random * 1664525u + 1013904223u;
    return (faults.random >> 16) % 100 < percent;
}

static err_t send_frame(struct netif *netif, struct pbuf *frame)
{
    (void)netif;
    if (draw_chance(faults.drop)) {
        faults.dropped++;
        return ERR_OK;
    }
    return nic_send(frame) == 0 ? ERR_OK : ERR_MEM; /* TCP sends the segment again */
}

err_t ethernet_init(struct netif *netif)
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

int ethernet_get_server(const char *name, ip_addr_t *server, uint16_t *port)
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

static void handle_frame(struct netif *netif, struct pbuf *frame)
{
    if (netif->input(frame, netif) != ERR_OK) {
        pbuf_free(frame);
    }
}

static void handle_held_frame(struct netif *netif)
{
    struct pbuf *frame = faults.held;

    faults.held = NULL;
    handle_frame(netif, frame);
}

/* Drop or delay a received frame as the test asks. A delayed frame is handled after the next frame,
 * or after ETHERNET_HELD_MS. */
static void disturb_frame(struct netif *netif, struct pbuf *frame)
{
    if (draw_chance(faults.drop)) {
        faults.dropped++;
        pbuf_free(frame);
        return;
    }
    if (faults.held == NULL && draw_chance(faults.delay)) {
        faults.delayed++;
        faults.held = frame;
        faults.held_since_ms = clock_ms();
        return;
    }
    handle_frame(netif, frame);
    if (faults.held != NULL) {
        handle_held_frame(netif);
    }
}

int ethernet_poll(struct netif *netif)
{
    struct pbuf *frame = nic_recv();

    if (frame != NULL) {
        disturb_frame(netif, frame);
    }
    if (faults.held != NULL && clock_ms() - faults.held_since_ms >= ETHERNET_HELD_MS) {
        handle_held_frame(netif);
    }
    return frame != NULL;
}

int ethernet_holds_frame(void)
{
    return faults.held != NULL;
}

void ethernet_log(const struct netif *netif)
{
    log_text("net: address ");
    log_hex(lwip_ntohl(netif_ip4_addr(netif)->addr));
    if (faults.drop != 0 || faults.delay != 0) {
        log_line(" dropped ", (int32_t)faults.dropped);
        log_line("net: delayed ", (int32_t)faults.delayed);
        return;
    }
    log_end();
}
