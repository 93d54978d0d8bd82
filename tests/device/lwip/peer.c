/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

struct peer peer;

/* Remove the callbacks from the connection, which lwIP then completes by itself. */
static void detach(void)
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

/* Send as much as there is room for, in pieces of random length. End the peer's side when all is
 * sent, if it is to end. */
static err_t send_more(void)
{
    struct tcp_pcb *pcb = peer.pcb;

    if (pcb == NULL || peer.received_len < peer.send_after) {
        return ERR_OK;
    }
    if (peer.on_request != NULL && peer.requests == 0) {
        return ERR_OK;
    }
    while (peer.sent < peer.to_send_len && tcp_sndbuf(pcb) > 0) {
        size_t len = LWIP_MIN(peer.to_send_len - peer.sent, tcp_sndbuf(pcb));
        size_t piece = 1 + wire_random() % 1000;
        len = LWIP_MIN(len, piece);
        if (tcp_write(pcb, peer.to_send + peer.sent, (u16_t)len, TCP_WRITE_FLAG_COPY) != ERR_OK) {
            break;
        }
        peer.sent += len;
    }
    (void)tcp_output(pcb);
    /* When there is no memory to end the connection, on_poll tries again. */
    if (peer.sent == peer.to_send_len && peer.ends == 1 && tcp_shutdown(pcb, 0, 1) == ERR_OK) {
        peer.ends = 2;
    }
    return ERR_OK;
}

static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *data, err_t error)
{
    (void)arg, (void)error;
    if (data == NULL) {
        peer.ended++;
        detach();
        if (tcp_close(pcb) != ERR_OK) {
            tcp_abort(pcb);
            return ERR_ABRT;
        }
        return ERR_OK;
    }
    assert_true(peer.received_len + data->tot_len <= peer.received_room);
    peer.received_len +=
        pbuf_copy_partial(data, peer.received + peer.received_len, data->tot_len, 0);
    tcp_recved(pcb, data->tot_len);
    pbuf_free(data);
    if (peer.on_request != NULL && peer.received_len >= 4 &&
        memcmp(peer.received + peer.received_len - 4, "\r\n\r\n", 4) == 0) {
        peer.requests++;
        peer.sent = 0;
        peer.on_request();
    }
    return send_more();
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
    (void)arg, (void)pcb, (void)len;
    return send_more();
}

static err_t on_poll(void *arg, struct tcp_pcb *pcb)
{
    (void)arg;
    /* The reset is here and not in on_sent, as lwIP 2.2 loses the data that came with an ACK when
     * on_sent aborts the connection. */
    if (peer.resets && peer.sent == peer.to_send_len && pcb->unacked == NULL &&
        pcb->unsent == NULL) {
        detach();
        tcp_abort(pcb);
        return ERR_ABRT;
    }
    return send_more();
}

static void on_error(void *arg, err_t error)
{
    (void)arg;
    peer.pcb = NULL;
    peer.broken++;
    peer.break_reason = error;
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t error)
{
    (void)arg;
    if (error != ERR_OK || pcb == NULL) {
        return ERR_VAL;
    }
    peer.accepted++;
    if (peer.pcb != NULL) { /* the connection before is abandoned */
        struct tcp_pcb *old = peer.pcb;
        detach();
        tcp_abort(old);
    }
    peer.pcb = pcb;
    peer.sent = 0;
    peer.requests = 0;
    tcp_nagle_disable(pcb);
    tcp_recv(pcb, on_received);
    tcp_sent(pcb, on_sent);
    tcp_poll(pcb, on_poll, 1);
    tcp_err(pcb, on_error);
    return send_more();
}

void peer_start(void)
{
    struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);

    memset(&peer, 0, sizeof peer);
    peer.received_room = 1 << 20;
    peer.received = malloc(peer.received_room);
    assert_non_null(peer.received);
    assert_non_null(pcb);
    assert_int_equal(tcp_bind(pcb, IP_ANY_TYPE, PEER_PORT), ERR_OK);
    peer.listener = tcp_listen(pcb);
    assert_non_null(peer.listener);
    tcp_accept(peer.listener, on_accept);
}

void peer_reset_connection(void)
{
    struct tcp_pcb *pcb = peer.pcb;

    detach();
    if (pcb != NULL) {
        tcp_abort(pcb);
    }
}

void peer_stop(void)
{
    peer_reset_connection();
    assert_int_equal(tcp_close(peer.listener), ERR_OK);
    free(peer.received);
    memset(&peer, 0, sizeof peer);
}
