/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

struct peer peer;

static void drop(void)
{
    if (peer.pcb != NULL) {
        tcp_arg(peer.pcb, NULL);
        tcp_recv(peer.pcb, NULL);
        tcp_sent(peer.pcb, NULL);
        tcp_poll(peer.pcb, NULL, 0);
        tcp_err(peer.pcb, NULL);
    }
    peer.pcb = NULL;
}

static void end_side(void)
{
    struct tcp_pcb *pcb = peer.pcb;
    if (tcp_shutdown(pcb, 0, 1) != ERR_OK) {
        return; /* again with the next poll */
    }
    peer.fin = 2;
}

/* Says what there is room for. */
static err_t go_on(void)
{
    struct tcp_pcb *pcb = peer.pcb;

    if (pcb == NULL || peer.heard_len < peer.after) {
        return ERR_OK;
    }
    if (peer.on_request != NULL && peer.requests == 0) {
        return ERR_OK;
    }
    while (peer.said < peer.say_len && tcp_sndbuf(pcb) > 0) {
        size_t n = LWIP_MIN(peer.say_len - peer.said, tcp_sndbuf(pcb));
        size_t some = 1 + wire_random() % 1000;
        n = LWIP_MIN(n, some);
        if (tcp_write(pcb, peer.say + peer.said, (u16_t)n, TCP_WRITE_FLAG_COPY) != ERR_OK) {
            break;
        }
        peer.said += n;
    }
    (void)tcp_output(pcb);
    if (peer.said == peer.say_len && peer.fin == 1) {
        end_side();
    }
    return ERR_OK;
}

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    (void)arg, (void)err;
    if (p == NULL) {
        peer.ended++;
        drop();
        if (tcp_close(pcb) != ERR_OK) {
            tcp_abort(pcb);
            return ERR_ABRT;
        }
        return ERR_OK;
    }
    assert_true(peer.heard_len + p->tot_len <= peer.room);
    peer.heard_len += pbuf_copy_partial(p, peer.heard + peer.heard_len, p->tot_len, 0);
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    if (peer.on_request != NULL && peer.heard_len >= 4 &&
        memcmp(peer.heard + peer.heard_len - 4, "\r\n\r\n", 4) == 0) {
        peer.requests++;
        peer.said = 0;
        peer.on_request();
    }
    return go_on();
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
    (void)arg, (void)pcb, (void)len;
    return go_on();
}

static err_t on_poll(void *arg, struct tcp_pcb *pcb)
{
    (void)arg;
    /* Here and not in on_sent: lwIP 2.2 loses the data that came with an ACK when that aborts. */
    if (peer.reset && peer.said == peer.say_len && pcb->unacked == NULL && pcb->unsent == NULL) {
        drop();
        tcp_abort(pcb);
        return ERR_ABRT;
    }
    return go_on();
}

static void on_err(void *arg, err_t err)
{
    (void)arg;
    peer.pcb = NULL;
    peer.broken++;
    peer.why = err;
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
    (void)arg;
    if (err != ERR_OK || pcb == NULL) {
        return ERR_VAL;
    }
    peer.accepted++;
    if (peer.pcb != NULL) { /* the one before is of no interest any more */
        struct tcp_pcb *old = peer.pcb;
        drop();
        tcp_abort(old);
    }
    peer.pcb = pcb;
    peer.said = 0;
    peer.requests = 0;
    tcp_nagle_disable(pcb);
    tcp_recv(pcb, on_recv);
    tcp_sent(pcb, on_sent);
    tcp_poll(pcb, on_poll, 1);
    tcp_err(pcb, on_err);
    return go_on();
}

void peer_start(void)
{
    struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);

    memset(&peer, 0, sizeof peer);
    peer.room = 1 << 20;
    peer.heard = malloc(peer.room);
    assert_non_null(peer.heard);
    assert_non_null(pcb);
    assert_int_equal(tcp_bind(pcb, IP_ANY_TYPE, PEER_PORT), ERR_OK);
    peer.listener = tcp_listen(pcb);
    assert_non_null(peer.listener);
    tcp_accept(peer.listener, on_accept);
}

void peer_reset(void)
{
    struct tcp_pcb *pcb = peer.pcb;

    drop();
    if (pcb != NULL) {
        tcp_abort(pcb);
    }
}

void peer_stop(void)
{
    peer_reset();
    assert_int_equal(tcp_close(peer.listener), ERR_OK);
    free(peer.heard);
    memset(&peer, 0, sizeof peer);
}
