/* SPDX-License-Identifier: Apache-2.0 */
/* The blocking call: the state machine, a port and patience. */
#include "osft.h"

/* What the port made of a want: > 0, 0 for would block, or < 0. */
static int serve(struct osft_client *c, enum osft_want want, void *buf, size_t len)
{
    const struct osft_port *port = c->set->port;

    switch (want) {
    case OSFT_WANT_SEND: return port->send(port->ctx, buf, len);
    case OSFT_WANT_RECV: return port->recv(port->ctx, buf, len);
    case OSFT_WANT_OPEN:
        return port->open == NULL ? 1 : port->open(port->ctx, c->set->host, osft_tcp_port(c->set));
    default:
        if (port->close != NULL) {
            port->close(port->ctx);
        }
        return 1;
    }
}

int osft_list(struct osft_client *c, const struct osft_query *query, uint32_t budget_ms,
              struct osft_page *page)
{
    const struct osft_port *port = c->set->port;
    enum osft_want want;
    void *buf;
    size_t len;
    int n = osft_begin(c, query, budget_ms, page);

    if (n == OSFT_E_STATE) {
        return n;
    }
    while ((want = osft_step(c, &buf, &len)) != OSFT_DONE) {
        n = serve(c, want, buf, len);
        if (n == 0 && port->wait != NULL) {
            n = port->wait(port->ctx, want == OSFT_WANT_RECV ? OSFT_READABLE : OSFT_WRITABLE,
                           osft_left(c));
            n = n < 0 ? n : 0;
        }
        osft_did(c, n);
    }
    return osft_result(c);
}
