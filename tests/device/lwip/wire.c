/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"
#include "name_server.h"

#include "lwip/init.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"
#if LWIP_IPV6
#include "lwip/ip6.h"
#endif

enum { STEP_MS = 10 };

struct packet {
    struct packet *next;
    uint32_t arrival; /* when the packet arrives, by wire.now */
    size_t len;
    uint8_t data[];
};

struct wire wire = { .random = 1 };
static struct packet *under_way;
static mem_size_t memory_at_rest; /* bytes of lwIP's heap in use while there is no connection */

u32_t sys_now(void)
{
    return wire.now;
}

uint32_t wire_random(void)
{
    wire.random ^= wire.random << 13;
    wire.random ^= wire.random >> 17;
    wire.random ^= wire.random << 5;
    return wire.random;
}

unsigned int lwip_port_rand(void);
unsigned int lwip_port_rand(void)
{
    return wire_random();
}

/* Whether a packet is from or to a dead port. Understands TCP over IPv4 without options, as lwIP
 * sends it. */
static int is_dead(struct pbuf *packet)
{
    const size_t count = sizeof wire.dead_ports / sizeof wire.dead_ports[0];
    uint8_t head[24];

    if (pbuf_copy_partial(packet, head, sizeof head, 0) != sizeof head || head[9] != IP_PROTO_TCP) {
        return 0;
    }
    for (size_t i = 0; i < count && wire.dead_ports[i] != 0; i++) {
        if (wire.dead_ports[i] == head[20] * 256 + head[21] ||
            wire.dead_ports[i] == head[22] * 256 + head[23]) {
            return 1;
        }
    }
    return 0;
}

static int is_lost(struct pbuf *packet)
{
    if (wire.lose_next > 0) {
        wire.lose_next--;
        return 1;
    }
    return wire_random() % 1000 < wire.loss || is_dead(packet);
}

static err_t send_packet(struct pbuf *data)
{
    struct packet *packet, **end = &under_way;

    wire.packets++;
    if (is_lost(data)) {
        wire.lost++;
        return ERR_OK;
    }
    packet = malloc(sizeof *packet + data->tot_len);
    assert_non_null(packet);
    packet->next = NULL;
    packet->len = data->tot_len;
    packet->arrival = wire.now + (wire.delay_ms != 0 ? wire_random() % wire.delay_ms : 0);
    pbuf_copy_partial(data, packet->data, data->tot_len, 0);
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = packet;
    return ERR_OK;
}

static err_t output_4(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
    (void)netif, (void)to;
    return send_packet(p);
}

#if LWIP_IPV6
static err_t output_6(struct netif *netif, struct pbuf *p, const ip6_addr_t *to)
{
    (void)netif, (void)to;
    return send_packet(p);
}
#endif

static err_t netif_up(struct netif *netif)
{
    netif->name[0] = 'w';
    netif->name[1] = 'i';
    netif->mtu = 1500;
    netif->output = output_4;
#if LWIP_IPV6
    netif->output_ip6 = output_6;
#endif
    return ERR_OK;
}

static void on_query(void *arg, struct udp_pcb *pcb, struct pbuf *query, const ip_addr_t *from,
                     u16_t port)
{
    static const uint8_t service[4] = { 10, 0, 0, 1 }, other[4] = { 10, 0, 0, 9 };
    uint8_t message[512];
    size_t len = pbuf_copy_partial(query, message, sizeof message, 0);
    struct pbuf *response;

    (void)arg;
    pbuf_free(query);
    wire.queries++;
    len = wire.has_no_dns ? 0 : answer_query(message, len, sizeof message, service, other);
    if (len == 0) {
        return;
    }
    response = pbuf_alloc(PBUF_TRANSPORT, (u16_t)len, PBUF_RAM);
    assert_non_null(response);
    pbuf_take(response, message, (u16_t)len);
    (void)udp_sendto(pcb, response, from, port);
    pbuf_free(response);
}

void wire_start(void)
{
    ip4_addr_t addr, mask, gateway;
    ip_addr_t server;
    struct udp_pcb *dns;

    lwip_init();
    IP4_ADDR(&addr, 10, 0, 0, 1);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 10, 0, 0, 254);
    assert_non_null(netif_add(&wire.netif, &addr, &mask, &gateway, NULL, netif_up, ip_input));
    netif_set_default(&wire.netif);
    netif_set_up(&wire.netif);
    netif_set_link_up(&wire.netif);
#if LWIP_IPV6
    {
        ip6_addr_t addr_6;
        assert_true(ip6addr_aton("fd00::1", &addr_6));
        netif_ip6_addr_set(&wire.netif, 0, &addr_6);
        netif_ip6_addr_set_state(&wire.netif, 0, IP6_ADDR_PREFERRED);
    }
#endif
    assert_true(ipaddr_aton(HERE, &server));
    dns_setserver(0, &server);
    dns = udp_new();
    assert_non_null(dns);
    assert_int_equal(udp_bind(dns, &server, 53), ERR_OK);
    udp_recv(dns, on_query, NULL);
    wire_run(300000);
    memory_at_rest = lwip_stats.mem.used;
}

/* Take the first packet that has arrived off the wire. Returns NULL when none has. */
static struct packet *take_packet(void)
{
    struct packet **at = &under_way, *packet;

    while (*at != NULL && (int32_t)(wire.now - (*at)->arrival) < 0) {
        at = &(*at)->next;
    }
    packet = *at;
    if (packet != NULL) {
        *at = packet->next;
    }
    return packet;
}

/* Give a packet to lwIP as a driver does. When the pool has no buffer, the packet is lost. */
static void deliver(struct packet *packet)
{
    struct pbuf *data = pbuf_alloc(PBUF_RAW, (u16_t)packet->len, PBUF_POOL);

    if (data == NULL) {
        wire.lost++;
    } else {
        pbuf_take(data, packet->data, (u16_t)packet->len);
        if (wire.netif.input(data, &wire.netif) != ERR_OK) {
            pbuf_free(data);
        }
    }
    free(packet);
}

unsigned wire_step(void)
{
    struct packet *packet;
    unsigned arrived = 0;

    wire.now += STEP_MS;
    while ((packet = take_packet()) != NULL) {
        deliver(packet);
        arrived++;
    }
    sys_check_timeouts();
    return arrived;
}

void wire_run(uint32_t ms)
{
    uint32_t start_ms = wire.now;

    while (wire.now - start_ms < ms) {
        (void)wire_step();
    }
}

void wire_sleep(uint32_t ms)
{
    uint32_t start_ms = wire.now, timer_ms;

    sys_check_timeouts();
    timer_ms = sys_timeouts_sleeptime();
    ms = LWIP_MIN(ms, timer_ms);
    while (wire.now - start_ms < ms && wire_step() == 0) {
    }
}

void wire_reset(void)
{
    struct packet *packet;

    while ((packet = under_way) != NULL) {
        under_way = packet->next;
        free(packet);
    }
    wire.loss = 0;
    wire.lose_next = 0;
    wire.delay_ms = 0;
    wire.has_no_dns = 0;
    memset(wire.dead_ports, 0, sizeof wire.dead_ports);
    netif_set_up(&wire.netif);
}

void wire_assert_nothing_left(void)
{
    static const struct {
        int pool;
        const char *name;
    } pools[] = { { MEMP_TCP_PCB, "pcbs" },
                  { MEMP_TCP_SEG, "segments" },
                  { MEMP_PBUF, "pbufs" },
                  { MEMP_PBUF_POOL, "pbufs of the pool" } };

    wire_reset();
    wire_run(300000); /* twice the longest life of a segment, and all retransmissions */
    for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++) {
        if (lwip_stats.memp[pools[i].pool]->used != 0) {
            fail_msg("%d %s left", (int)lwip_stats.memp[pools[i].pool]->used, pools[i].name);
        }
    }
    assert_null(tcp_active_pcbs);
    assert_null(tcp_tw_pcbs);
    assert_int_equal(lwip_stats.mem.used, memory_at_rest);
}
