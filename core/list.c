/* SPDX-License-Identifier: Apache-2.0 */
/* The blocking call: the state machine, a port and patience. */
#include "osft.h"

int osft_list(struct osft_client *c, const struct osft_query *query, uint32_t budget_ms,
              struct osft_page *page)
{
    const struct osft_port *port = c->set->port;
    int err = osft_begin(c, query, budget_ms, page);

    if (err == OSFT_E_STATE) {
        return err;
    }
    for (;;) {
        void *buf;
        size_t len;
        int n = 1;
        enum osft_want want = osft_step(c, &buf, &len);

        if (want == OSFT_DONE) {
            return osft_result(c);
        }
        if (want == OSFT_WANT_SEND) {
            n = port->send(port->ctx, buf, len);
        } else if (want == OSFT_WANT_RECV) {
            n = port->recv(port->ctx, buf, len);
        } else if (want == OSFT_WANT_OPEN && port->open != NULL) {
            n = port->open(port->ctx, c->set->host, osft_tcp_port(c->set));
        } else if (want == OSFT_WANT_CLOSE && port->close != NULL) {
            port->close(port->ctx);
        }
        if (n == 0 && port->wait != NULL) {
            n = port->wait(port->ctx, want == OSFT_WANT_RECV ? OSFT_READABLE : OSFT_WRITABLE,
                           osft_left(c));
            n = n < 0 ? n : 0;
        }
        osft_did(c, n);
    }
}
