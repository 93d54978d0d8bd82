/* SPDX-License-Identifier: Apache-2.0 */
/* Without an OS: TCP over lwIP's raw interface. Callbacks only note what happened. */
#include "osft_lwip_internal.h"

#if NO_SYS
#include "lwip/dns.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"
#include "lwip/tcp.h"

/* Up to NAMELESS it is the name that is being sought. */
enum { IDLE, WAITING, ASKING, NAMELESS, NAMED, CONNECTING, CONNECTED, DEAD };

/* The pcb, if there still is one, is freed by close. */
static void die(struct osft_lwip *p, uint8_t state, err_t err)
{
    p->state = state;
    p->code = err;
}

static void raw_close(void *ctx)
{
    struct osft_lwip *p = ctx;
    struct tcp_pcb *pcb = p->pcb;

    if (p->queue != NULL) {
        pbuf_free(p->queue);
    }
    p->queue = NULL;
    p->pcb = NULL;
    p->ended = 0;
    p->state = IDLE;
    if (pcb != NULL) {
        tcp_recv(pcb, NULL);
        tcp_err(pcb, NULL);
        /* Retries over a dead network must not use up all pcbs: the next tcp_new() may take this one. */
        tcp_setprio(pcb, TCP_PRIO_MIN);
        if (tcp_close(pcb) != ERR_OK) {
            tcp_abort(pcb);
        }
    }
}

static void on_error(void *arg, err_t err)
{
    struct osft_lwip *p = arg;
    p->pcb = NULL; /* lwIP has freed it */
    die(p, DEAD, err);
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct osft_lwip *p = arg;
    (void)pcb, (void)err; /* always ERR_OK */
    p->state = CONNECTED;
    return ERR_OK;
}

static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *data, err_t err)
{
    struct osft_lwip *p = arg;
    (void)pcb, (void)err; /* always ERR_OK */
    if (data == NULL) {
        p->ended = 1;
    } else if (p->queue == NULL) {
        p->queue = data;
    } else {
#if LWIP_WND_SCALE
        if (p->queue->tot_len > 0xffff - data->tot_len) {
            return ERR_MEM; /* more than a chain can count: lwIP keeps it, and offers it again */
        }
#endif
        pbuf_cat(p->queue, data);
    }
    return ERR_OK;
}

#if LWIP_DNS
static void on_found(const char *name, const ip_addr_t *addr, void *arg)
{
    struct osft_lwip *p = arg;
    (void)name;
    p->asking = 0;
    if (p->state != ASKING) {
        return; /* closed since; open may be waiting to look up another name */
    }
    if (addr == NULL) {
        die(p, NAMELESS, ERR_VAL);
    } else {
        p->addr = *addr;
        p->state = NAMED;
    }
}

static err_t look_up(struct osft_lwip *p, const char *host)
{
    err_t err;

    p->asking = 1; /* before, as on_found may be called within */
    err = dns_gethostbyname(host, &p->addr, on_found, p);
    if (err != ERR_INPROGRESS) {
        p->asking = 0;
    }
    return err;
}
#else
static err_t look_up(struct osft_lwip *p, const char *host)
{
    return ipaddr_aton(host, &p->addr) ? ERR_OK : ERR_VAL;
}
#endif

static void ask(struct osft_lwip *p, const char *host)
{
    err_t err;
#if LWIP_IPV6
    char address[OSFT_LWIP_ADDRESS];
    host = osft_lwip_bare(host, address);
#endif

    p->state = ASKING;
    err = look_up(p, host);
    if (err == ERR_OK) {
        p->state = NAMED;
    } else if (err != ERR_INPROGRESS) {
        die(p, NAMELESS, err);
    }
}

static void start(struct osft_lwip *p, uint16_t tcp_port)
{
    err_t err = ERR_MEM;

    p->state = CONNECTING;
    p->pcb = tcp_new_ip_type(IP_GET_TYPE(&p->addr));
    if (p->pcb != NULL) {
        tcp_nagle_disable(p->pcb); /* a request is one small write, and TLS sends whole records */
        tcp_arg(p->pcb, p);
        tcp_recv(p->pcb, on_received);
        tcp_err(p->pcb, on_error);
        err = tcp_connect(p->pcb, &p->addr, tcp_port, on_connected);
    }
    if (err != ERR_OK) {
        die(p, DEAD, err);
    }
}

static int raw_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_lwip *p = ctx;
    int is_name;

    if (p->state == IDLE) {
        p->state = WAITING;
        p->began = sys_now();
        p->code = 0;
    }
    if (p->state == WAITING && !p->asking) {
        ask(p, host);
    }
    if (p->state == NAMED) {
        start(p, tcp_port);
    }
    if (p->state == CONNECTED) {
        return 1;
    }
    if (p->state != NAMELESS && p->state != DEAD) {
        if (sys_now() - p->began < p->connect_ms) {
            return 0;
        }
        p->code = ERR_TIMEOUT;
    }
    is_name = p->state <= NAMELESS;
    raw_close(p);
    return is_name ? OSFT_E_RESOLVE : OSFT_E_IO;
}

static int dead(struct osft_lwip *p)
{
    if (p->state != DEAD) {
        p->code = ERR_CONN;
    }
    return OSFT_E_IO;
}

/* Copies, as src is the caller's again when this returns. */
static int raw_send(void *ctx, const void *src, size_t len)
{
    struct osft_lwip *p = ctx;
    size_t n;
    err_t err = ERR_MEM;

    if (p->state != CONNECTED) {
        return dead(p);
    }
    n = LWIP_MIN(len, tcp_sndbuf(p->pcb));
    while (n != 0 && (err = tcp_write(p->pcb, src, (u16_t)n, TCP_WRITE_FLAG_COPY)) == ERR_MEM) {
        n /= 2; /* there may be memory for less */
    }
    if (err == ERR_MEM) {
        return 0;
    }
    if (err != ERR_OK) {
        die(p, DEAD, err);
        return OSFT_E_IO;
    }
    (void)tcp_output(p->pcb); /* what cannot go now, lwIP's timers send */
    return (int)n;
}

static int raw_recv(void *ctx, void *dst, size_t cap)
{
    struct osft_lwip *p = ctx;
    u16_t n;

    if (p->queue != NULL) { /* also what came before the connection died */
        n = pbuf_copy_partial(p->queue, dst, (u16_t)LWIP_MIN(cap, 0xffff), 0);
        p->queue = pbuf_free_header(p->queue, n);
        if (p->pcb != NULL) {
            tcp_recved(p->pcb, n);
        }
        return n;
    }
    if (p->ended) {
        return OSFT_EOF;
    }
    return p->state == CONNECTED ? 0 : dead(p);
}

void osft_lwip_init(struct osft_lwip *p, int (*random)(void *ctx, void *dst, size_t len))
{
    osft_lwip_begin(p, random);
    p->port.open = raw_open;
    p->port.send = raw_send;
    p->port.recv = raw_recv;
    p->port.close = raw_close;
}
#endif
