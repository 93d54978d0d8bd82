/* SPDX-License-Identifier: Apache-2.0 */
/* The call as a state machine: what it wants next, and what became of it. */
#include <string.h>
#include "answer.h"
#include "http.h"
#include "request.h"

enum { IDLE, OPENING, SENDING, RECEIVING, CLOSING };

void osft_init(struct osft_client *c, const struct osft_settings *set)
{
    memset(c, 0, sizeof(*c));
    c->set = set;
}

uint32_t osft_left(const struct osft_client *c)
{
    const struct osft_port *port = c->set->port;
    uint32_t gone;

    if (port->ticks_ms == NULL || c->budget == 0) {
        return UINT32_MAX;
    }
    gone = port->ticks_ms(port->ctx) - c->began; /* right across a wrap, too */
    return gone < c->budget ? c->budget - gone : 0;
}

/* The request holds the STS token and the signature: it goes as soon as it has been sent. */
static void drop_request(struct osft_client *c)
{
    osft_wipe(c->mem, c->request < c->size ? c->request : c->size);
    c->request = 0;
}

/* The call is over, but for closing what was opened. */
static void finish(struct osft_client *c, int result)
{
    drop_request(c);
    c->result = (int8_t)result;
    c->state = c->state == IDLE ? IDLE : CLOSING;
}

static int build(struct osft_client *c, const struct osft_query *query)
{
    const struct osft_port *port = c->set->port;
    struct osft_request r;
    char nonce[32], date[OSFT_DATE_SIZE];
    int err;

    memset(&r, 0, sizeof(r));
    r.set = c->set;
    r.query = query;
    r.nonce.ptr = nonce;
    r.nonce.len = sizeof(nonce);
    r.date.ptr = date;
    r.date.len = sizeof(date);
    r.mem = c->mem;
    r.size = c->size;
    if (port->random(port->ctx, nonce, sizeof(nonce) / 2) != 0) {
        return OSFT_E_RANDOM;
    }
    osft_to_hex(nonce, sizeof(nonce) / 2);
    err = osft_date(port->utc_s(port->ctx), date);
    if (err == OSFT_OK) {
        err = osft_request_build(&r);
        c->page->expected = r.bad;
        c->page->need = c->request = r.len;
    }
    return err;
}

int osft_begin(struct osft_client *c, const struct osft_query *query, uint32_t budget_ms,
               struct osft_page *page)
{
    const struct osft_settings *set = c->set;
    int err;

    if (c->state != IDLE) {
        return OSFT_E_STATE;
    }
    osft_answer_init(c, page, query->generation.ptr != NULL);
    c->mem = set->work;
    c->size = set->work_size;
    c->budget = budget_ms;
    c->began = set->port->ticks_ms != NULL ? set->port->ticks_ms(set->port->ctx) : 0;
    err = build(c, query);
    if (err != OSFT_OK) {
        finish(c, err);
    } else {
        c->state = OPENING;
    }
    return err;
}

enum osft_want osft_step(struct osft_client *c, void **buf, size_t *len)
{
    *buf = NULL;
    *len = 0;
    if (c->state != IDLE && c->state != CLOSING && osft_left(c) == 0) {
        finish(c, OSFT_E_TIMEOUT);
    }
    switch (c->state) {
    case OPENING: return OSFT_WANT_OPEN;
    case SENDING:
        *buf = c->mem + c->sent;
        *len = c->request - c->sent;
        return OSFT_WANT_SEND;
    case RECEIVING:
        *buf = c->mem + c->used;
        *len = c->size - c->used;
        return OSFT_WANT_RECV;
    case CLOSING: return OSFT_WANT_CLOSE;
    default: return OSFT_DONE;
    }
}

/* The body is over, or can only be wrong: what the status line said counts more than why. */
static void finish_answer(struct osft_client *c, int err)
{
    if (c->page->http_status >= 400 && (err == OSFT_E_JSON || err == OSFT_E_ANSWER)) {
        err = OSFT_E_REFUSED;
    }
    finish(c, err);
}

/* n bytes lie behind work.used. Reading runs ahead of writing, byte by byte, in the same memory. */
static void receive(struct osft_client *c, size_t n)
{
    const char *p = c->mem + c->used;
    const char *end = p + n;

    for (; p < end && !osft_http_done(c); p++) {
        int event = osft_http_byte(c, (uint8_t)*p);
        if (event == OSFT_HTTP_BODY) {
            event = osft_answer_byte(c, (uint8_t)*p);
        }
        if (event < 0) {
            finish_answer(c, event);
            return;
        }
    }
    if (osft_http_done(c)) {
        finish_answer(c, osft_answer_end(c));
    }
}

static void lost_connection(struct osft_client *c, int n)
{
    const struct osft_port *port = c->set->port;

    if (n == OSFT_EOF && c->state == RECEIVING) {
        int err = osft_http_ends_with_connection(c) ? osft_answer_end(c)
                                                           : OSFT_E_CUT;
        finish_answer(c, err == OSFT_E_JSON ? OSFT_E_CUT : err);
        return;
    }
    c->page->port_code = port->code != NULL ? *port->code : n;
    finish(c, n <= OSFT_E_IO && n > OSFT_E_HTTP ? n : OSFT_E_IO);
}

void osft_did(struct osft_client *c, int n)
{
    if (c->state == CLOSING) {
        c->state = IDLE;
    } else if (c->state == IDLE || n == 0) {
        return;
    } else if (n < 0) {
        lost_connection(c, n);
    } else if (c->state == OPENING) {
        c->state = SENDING;
    } else if (c->state == SENDING && (size_t)n <= c->request - c->sent) {
        c->sent += (size_t)n;
        if (c->sent == c->request) {
            drop_request(c);
            c->state = RECEIVING;
        }
    } else if (c->state == RECEIVING && (size_t)n <= c->size - c->used) {
        receive(c, (size_t)n);
    } else {
        finish(c, OSFT_E_IO); /* more than was offered: not a port to trust */
    }
}

int osft_result(const struct osft_client *c)
{
    return c->state == IDLE ? c->result : OSFT_E_STATE;
}
