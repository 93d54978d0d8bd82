/* SPDX-License-Identifier: Apache-2.0 */
/* The blocking call: the state machine, a port and patience. */
#include "osft.h"

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
        if (want == OSFT_WANT_SEND) {
            n = port->send(port->ctx, buf, len);
        } else if (want == OSFT_WANT_RECV) {
            n = port->recv(port->ctx, buf, len);
        } else if (want == OSFT_WANT_OPEN) {
            n = port->open(port->ctx, c->set->host, osft_tcp_port(c->set));
        } else {
            port->close(port->ctx);
            n = 1;
        }
        if (n == 0 && port->wait != NULL) {
            n = port->wait(port->ctx, want & 3, osft_left(c));
            n = n < 0 ? n : 0;
        }
        osft_did(c, n);
    }
    return osft_result(c);
}
