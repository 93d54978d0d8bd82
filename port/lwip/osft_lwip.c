/* SPDX-License-Identifier: Apache-2.0 */
/* Without an OS: TCP over lwIP's raw interface. The callbacks only note events. */
#include "osft_lwip_internal.h"

#if NO_SYS
#include "lwip/dns.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"
#include "lwip/tcp.h"

/* The values of lwip->state, which open goes through in order. In OSFT_LWIP_LOOKUP_WAITS another
 * host's lookup has not ended yet. A connection that failed ends in OSFT_LWIP_LOOKUP_FAILED or
 * OSFT_LWIP_DEAD. */
enum osft_lwip_state {
    OSFT_LWIP_NOT_OPEN,
    OSFT_LWIP_LOOKUP_WAITS,
    OSFT_LWIP_LOOKING_UP,
    OSFT_LWIP_LOOKUP_FAILED,
    OSFT_LWIP_HAS_ADDRESS,
    OSFT_LWIP_CONNECTING,
    OSFT_LWIP_CONNECTED, /* but open has not returned 1 yet */
    OSFT_LWIP_OPEN,
    OSFT_LWIP_DEAD
};

/* Note a failure. The pcb, if there still is one, is freed by osft_lwip_close_connection(). */
static void osft_lwip_fail(struct osft_lwip *lwip, enum osft_lwip_state state, err_t error)
{
    lwip->state = (uint8_t)state;
    lwip->code = error;
}

static void osft_lwip_close_connection(void *ctx)
{
    struct osft_lwip *lwip = ctx;
    struct tcp_pcb *pcb = lwip->pcb;

    if (lwip->received != NULL) {
        pbuf_free(lwip->received);
    }
    lwip->received = NULL;
    lwip->pcb = NULL;
    lwip->peer_ended = 0;
    lwip->state = OSFT_LWIP_NOT_OPEN;
    if (pcb != NULL) {
        tcp_recv(pcb, NULL);
        tcp_err(pcb, NULL);
        /* Retries over a dead network must not use up all pcbs, so tcp_new() may reuse this one. */
        tcp_setprio(pcb, TCP_PRIO_MIN);
        if (tcp_close(pcb) != ERR_OK) {
            tcp_abort(pcb);
        }
    }
}

static void osft_lwip_on_error(void *arg, err_t error)
{
    struct osft_lwip *lwip = arg;
    lwip->pcb = NULL; /* lwIP has freed it */
    osft_lwip_fail(lwip, OSFT_LWIP_DEAD, error);
}

static err_t osft_lwip_on_connected(void *arg, struct tcp_pcb *pcb, err_t error)
{
    struct osft_lwip *lwip = arg;
    (void)pcb, (void)error; /* always ERR_OK */
    lwip->state = OSFT_LWIP_CONNECTED;
    return ERR_OK;
}

static err_t osft_lwip_on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *data, err_t error)
{
    struct osft_lwip *lwip = arg;
    (void)pcb, (void)error; /* always ERR_OK */
    if (data == NULL) {
        lwip->peer_ended = 1;
    } else if (lwip->received == NULL) {
        lwip->received = data;
    } else {
#if LWIP_WND_SCALE
        if (lwip->received->tot_len > 0xffff - data->tot_len) {
            return ERR_MEM; /* a chain cannot count so many bytes: lwIP keeps data, and offers it
                             * again */
        }
#endif
        pbuf_cat(lwip->received, data);
    }
    return ERR_OK;
}

#if LWIP_DNS
static void osft_lwip_on_found(const char *name, const ip_addr_t *address, void *arg)
{
    struct osft_lwip *lwip = arg;
    (void)name;
    lwip->lookup_in_flight = 0;
    if (lwip->state != OSFT_LWIP_LOOKING_UP) {
        return; /* the port was closed since; open may be waiting to look up another name */
    }
    if (address == NULL) {
        osft_lwip_fail(lwip, OSFT_LWIP_LOOKUP_FAILED, ERR_VAL);
    } else {
        lwip->address = *address;
        lwip->state = OSFT_LWIP_HAS_ADDRESS;
    }
}

static err_t osft_lwip_look_up(struct osft_lwip *lwip, const char *name)
{
    err_t error;

    lwip->lookup_in_flight = 1; /* set before the call, which may call osft_lwip_on_found() */
    error = dns_gethostbyname(name, &lwip->address, osft_lwip_on_found, lwip);
    if (error != ERR_INPROGRESS) {
        lwip->lookup_in_flight = 0;
    }
    return error;
}
#else
static err_t osft_lwip_look_up(struct osft_lwip *lwip, const char *name)
{
    return ipaddr_aton(name, &lwip->address) ? ERR_OK : ERR_VAL;
}
#endif

static void osft_lwip_start_lookup(struct osft_lwip *lwip, const char *host)
{
    char name[OSFT_NAME_ROOM]; /* lwIP copies it. Large for a stack, but TLS needs several times
                                * more */
    err_t error = osft_lwip_read_host(host, name, &lwip->address);

    lwip->state = OSFT_LWIP_LOOKING_UP;
    if (error == ERR_INPROGRESS) {
        error = osft_lwip_look_up(lwip, name);
    }
    if (error == ERR_OK) {
        lwip->state = OSFT_LWIP_HAS_ADDRESS;
    } else if (error != ERR_INPROGRESS) {
        osft_lwip_fail(lwip, OSFT_LWIP_LOOKUP_FAILED, error);
    }
}

static void osft_lwip_start_connecting(struct osft_lwip *lwip, uint16_t tcp_port)
{
    err_t error = ERR_MEM;

    lwip->state = OSFT_LWIP_CONNECTING;
    lwip->pcb = tcp_new_ip_type(IP_GET_TYPE(&lwip->address));
    if (lwip->pcb != NULL) {
        tcp_nagle_disable(lwip->pcb); /* a request is one small write; TLS sends whole records */
        tcp_arg(lwip->pcb, lwip);
        tcp_recv(lwip->pcb, osft_lwip_on_received);
        tcp_err(lwip->pcb, osft_lwip_on_error);
        error = tcp_connect(lwip->pcb, &lwip->address, tcp_port, osft_lwip_on_connected);
    }
    if (error != ERR_OK) {
        osft_lwip_fail(lwip, OSFT_LWIP_DEAD, error);
    }
}

static int osft_lwip_open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_lwip *lwip = ctx;
    int has_no_address;

    if (lwip->state == OSFT_LWIP_NOT_OPEN) {
        lwip->state = OSFT_LWIP_LOOKUP_WAITS;
        lwip->open_start_ms = sys_now();
        lwip->code = 0;
    }
    if (lwip->state == OSFT_LWIP_LOOKUP_WAITS && !lwip->lookup_in_flight) {
        osft_lwip_start_lookup(lwip, host);
    }
    if (lwip->state == OSFT_LWIP_HAS_ADDRESS) {
        osft_lwip_start_connecting(lwip, tcp_port);
    }
    if (lwip->state == OSFT_LWIP_CONNECTED) {
        lwip->state = OSFT_LWIP_OPEN;
    }
    if (lwip->state == OSFT_LWIP_OPEN) {
        return 1;
    }
    if (lwip->state != OSFT_LWIP_LOOKUP_FAILED && lwip->state != OSFT_LWIP_DEAD) {
        if (osft_lwip_connect_ms_left(lwip) > 0) {
            return 0;
        }
        lwip->code = ERR_TIMEOUT;
    }
    has_no_address = lwip->state == OSFT_LWIP_LOOKUP_WAITS || lwip->state == OSFT_LWIP_LOOKING_UP ||
                     lwip->state == OSFT_LWIP_LOOKUP_FAILED;
    osft_lwip_close_connection(lwip);
    return has_no_address ? OSFT_E_RESOLVE : OSFT_E_IO;
}

static int osft_lwip_fail_not_open(struct osft_lwip *lwip)
{
    if (lwip->state != OSFT_LWIP_DEAD) {
        lwip->code = ERR_CONN;
    }
    return OSFT_E_IO;
}

/* Send bytes. lwIP copies them, because the buffer belongs to the caller again when this
 * returns. */
static int osft_lwip_send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct osft_lwip *lwip = ctx;
    size_t count;
    err_t error = ERR_MEM;

    if (lwip->state != OSFT_LWIP_OPEN) {
        return osft_lwip_fail_not_open(lwip);
    }
    count = LWIP_MIN(len, tcp_sndbuf(lwip->pcb));
    while (count != 0 &&
           (error = tcp_write(lwip->pcb, bytes, (u16_t)count, TCP_WRITE_FLAG_COPY)) == ERR_MEM) {
        count /= 2; /* there may be memory for less */
    }
    if (error == ERR_MEM) {
        return 0;
    }
    if (error != ERR_OK) {
        osft_lwip_fail(lwip, OSFT_LWIP_DEAD, error);
        return OSFT_E_IO;
    }
    (void)tcp_output(lwip->pcb); /* lwIP's timers send what cannot be sent now */
    return (int)count;
}

static int osft_lwip_recv_bytes(void *ctx, void *buffer, size_t room)
{
    struct osft_lwip *lwip = ctx;
    u16_t count;

    if (lwip->received != NULL) { /* also bytes that came before the connection died */
        count = pbuf_copy_partial(lwip->received, buffer, (u16_t)LWIP_MIN(room, 0xffff), 0);
        lwip->received = pbuf_free_header(lwip->received, count);
        if (lwip->pcb != NULL) {
            tcp_recved(lwip->pcb, count);
        }
        return count;
    }
    if (lwip->peer_ended) {
        return OSFT_EOF;
    }
    return lwip->state == OSFT_LWIP_OPEN ? 0 : osft_lwip_fail_not_open(lwip);
}

/* Return the events as they are: the caller's loop serves the whole network, and there is no single
 * socket to wait for. Lowers *ms when there is something to do without an event. */
static unsigned osft_lwip_awaited_events(void *ctx, unsigned events, uint32_t *ms)
{
    const struct osft_lwip *lwip = ctx;
    int has_input = lwip->received != NULL || lwip->peer_ended;
    int may_look_up = lwip->state == OSFT_LWIP_LOOKUP_WAITS && !lwip->lookup_in_flight;
    uint32_t left_ms;

    if (lwip->state == OSFT_LWIP_LOOKUP_FAILED || lwip->state == OSFT_LWIP_HAS_ADDRESS ||
        lwip->state == OSFT_LWIP_CONNECTED || lwip->state == OSFT_LWIP_DEAD || may_look_up ||
        ((events & OSFT_READABLE) != 0 && has_input)) {
        *ms = 0;
    } else if (lwip->state != OSFT_LWIP_NOT_OPEN && lwip->state != OSFT_LWIP_OPEN) {
        left_ms = osft_lwip_connect_ms_left(lwip);
        *ms = LWIP_MIN(*ms, left_ms);
    }
    return events;
}

void osft_lwip_init(struct osft_lwip *lwip, int (*random)(void *ctx, void *buffer, size_t len))
{
    osft_lwip_set_common(lwip, random);
    lwip->port.open = osft_lwip_open_connection;
    lwip->port.send = osft_lwip_send_bytes;
    lwip->port.recv = osft_lwip_recv_bytes;
    lwip->port.awaits = osft_lwip_awaited_events;
    lwip->port.close = osft_lwip_close_connection;
}
#endif
