/* SPDX-License-Identifier: Apache-2.0 */
/* The blocking call: the state machine, a port and patience. */
#include "client.h"

int osft_do(const struct osft_client *c, enum osft_want want, void *buf, size_t len)
{
    const struct osft_port *port = c->set->port;
    int n = 1;

    if (want == OSFT_WANT_SEND) {
        n = port->send(port->ctx, buf, len);
    } else if (want == OSFT_WANT_RECV) {
        n = port->recv(port->ctx, buf, len);
    } else if (want == OSFT_WANT_OPEN) {
        n = port->open(port->ctx, c->set->host, osft_tcp_port(c->set));
    } else {
        port->close(port->ctx);
    }
    if (n == 0 && port->wait != NULL) {
        n = port->wait(port->ctx, want & 3, osft_left(c));
        n = n < 0 ? n : 0;
    }
    return n;
}

int osft_list(struct osft_client *c, const struct osft_query *query, uint32_t budget_ms,
              struct osft_page *page)
{
    enum osft_want want;
    void *buf;
    size_t len;
    int err = osft_begin(c, query, budget_ms, page);

    if (err == OSFT_E_STATE) {
        return err;
    }
    while ((want = osft_step(c, &buf, &len)) != OSFT_DONE) {
        osft_did(c, osft_do(c, want, buf, len));
    }
    return c->result;
}
