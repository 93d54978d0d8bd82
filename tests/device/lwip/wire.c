/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"
#include "names.h"

#include "lwip/init.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"
#if LWIP_IPV6
#include "lwip/ip6.h"
#endif

enum { STEP_MS = 10 };

struct packet {
    struct packet *next;
    uint32_t due;
    size_t len;
    uint8_t data[];
};

struct wire wire = { .random = 1 };
static struct packet *on_the_way;
static mem_size_t used_at_rest;

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

/* Of IPv4, without options, as lwIP sends it. */
static int is_dead(struct pbuf *p)
{
    uint8_t head[24];
    size_t i;

    if (pbuf_copy_partial(p, head, sizeof head, 0) != sizeof head || head[9] != IP_PROTO_TCP) {
        return 0;
    }
    for (i = 0; i < sizeof wire.dead / sizeof wire.dead[0] && wire.dead[i] != 0; i++) {
        if (wire.dead[i] == head[20] * 256 + head[21] ||
            wire.dead[i] == head[22] * 256 + head[23]) {
            return 1;
        }
    }
    return 0;
}

static err_t send_packet(struct pbuf *p)
{
    struct packet *new, **at = &on_the_way;

    wire.packets++;
    if (wire.lose_next > 0 || wire_random() % 1000 < wire.lose || is_dead(p)) {
        wire.lose_next -= wire.lose_next > 0;
        wire.lost++;
        return ERR_OK;
    }
    new = malloc(sizeof *new + p->tot_len);
    assert_non_null(new);
    new->next = NULL;
    new->len = p->tot_len;
    new->due = wire.now + (wire.delay != 0 ? wire_random() % wire.delay : 0);
    pbuf_copy_partial(p, new->data, p->tot_len, 0);
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = new;
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

static void on_question(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                        u16_t port)
{
    static const uint8_t service[4] = { 10, 0, 0, 1 }, other[4] = { 10, 0, 0, 9 };
    uint8_t message[512];
    size_t len = pbuf_copy_partial(p, message, sizeof message, 0);
    struct pbuf *answer;

    (void)arg;
    pbuf_free(p);
    wire.questions++;
    len = wire.no_dns ? 0 : names_answer(message, len, sizeof message, service, other);
    if (len == 0) {
        return;
    }
    answer = pbuf_alloc(PBUF_TRANSPORT, (u16_t)len, PBUF_RAM);
    assert_non_null(answer);
    pbuf_take(answer, message, (u16_t)len);
    (void)udp_sendto(pcb, answer, from, port);
    pbuf_free(answer);
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
    udp_recv(dns, on_question, NULL);
    wire_run(300000);
    used_at_rest = lwip_stats.mem.used;
}

/* Takes the first packet that is due off the wire. */
static struct packet *arrived(void)
{
    struct packet **at = &on_the_way, *p;

    while (*at != NULL && (int32_t)(wire.now - (*at)->due) < 0) {
        at = &(*at)->next;
    }
    p = *at;
    if (p != NULL) {
        *at = p->next;
    }
    return p;
}

/* As a driver does: a buffer from the pool, or the packet is lost. */
static void deliver(struct packet *packet)
{
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)packet->len, PBUF_POOL);

    wire.arrived++;
    if (p == NULL) {
        wire.lost++;
    } else {
        pbuf_take(p, packet->data, (u16_t)packet->len);
        if (wire.netif.input(p, &wire.netif) != ERR_OK) {
            pbuf_free(p);
        }
    }
    free(packet);
}

void wire_step(void)
{
    struct packet *p;

    wire.now += STEP_MS;
    while ((p = arrived()) != NULL) {
        deliver(p);
    }
    sys_check_timeouts();
}

void wire_run(uint32_t ms)
{
    uint32_t began = wire.now;
    while (wire.now - began < ms) {
        wire_step();
    }
}

void wire_reset(void)
{
    struct packet *p;

    while ((p = on_the_way) != NULL) {
        on_the_way = p->next;
        free(p);
    }
    wire.lose = 0;
    wire.lose_next = 0;
    wire.delay = 0;
    wire.no_dns = 0;
    memset(wire.dead, 0, sizeof wire.dead);
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
    size_t i;

    wire_reset();
    wire_run(300000); /* twice the longest segment's life, and every retransmission */
    for (i = 0; i < sizeof pools / sizeof pools[0]; i++) {
        if (lwip_stats.memp[pools[i].pool]->used != 0) {
            fail_msg("%d %s left", (int)lwip_stats.memp[pools[i].pool]->used, pools[i].name);
        }
    }
    assert_null(tcp_active_pcbs);
    assert_null(tcp_tw_pcbs);
    if (lwip_stats.mem.used != used_at_rest)
        for (i = 0; i < MEMP_MAX; i++)
            fprintf(stderr, "%d %d\n", (int)i, (int)lwip_stats.memp[i]->used);
    assert_int_equal(lwip_stats.mem.used, used_at_rest);
}
