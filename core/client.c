/* SPDX-License-Identifier: Apache-2.0 */
/* The call as a state machine: what it wants next, and what became of it. */
#include <string.h>
#include "answer.h"
#include "client.h"
#include "http.h"
#include "request.h"

void osft_init(struct osft_client *c, const struct osft_settings *set)
{
    c->set = set;
    c->state = OSFT_DONE; /* all else is begun anew with each call */
    c->result = OSFT_OK;
}

void osft_count_from_now(struct osft_deadline *d, const struct osft_port *port, uint32_t budget_ms)
{
    d->budget = budget_ms;
    if (budget_ms != 0) {
        d->began = port->ticks_ms(port->ctx);
    }
}

uint32_t osft_time_left(const struct osft_deadline *d, const struct osft_port *port)
{
    uint32_t gone;

    if (d->budget == 0) {
        return UINT32_MAX;
    }
    gone = port->ticks_ms(port->ctx) - d->began; /* right across a wrap, too */
    return gone < d->budget ? d->budget - gone : 0;
}

uint32_t osft_left(const struct osft_client *c)
{
    return osft_time_left(&c->deadline, c->set->port);
}

/* The call is over, but for closing what was opened. The request holds the STS token and the
 * signature: it goes as soon as it is of no more use. */
static void finish(struct osft_client *c, int result)
{
    if (c->state != OSFT_WANT_RECV) {
        osft_wipe(c->mem, c->size);
    }
    if (result == OSFT_E_JSON) {
        c->page->expected = c->json.state;
        if (c->page->http_status >= 400) {
            result = OSFT_E_REFUSED; /* what the status line said counts more */
        }
    }
    c->result = result;
    if (c->state != OSFT_DONE) {
        c->state = OSFT_WANT_CLOSE;
    }
}

static int build(struct osft_client *c, const struct osft_query *query)
{
    const struct osft_port *port = c->set->port;
    struct osft_request r;
    char nonce[32], date[OSFT_DATE_SIZE];
    int err;

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
    err = osft_date(port->utc_s(port->ctx) + c->set->skew_s, date);
    if (err == OSFT_OK) {
        err = osft_request_build(&r);
        c->page->expected = r.bad;
        c->page->need = r.len;
        if (r.len < r.size) {
            c->size = r.len;
        }
    }
    return err;
}

int osft_begin(struct osft_client *c, const struct osft_query *query, uint32_t budget_ms,
               struct osft_page *page)
{
    const struct osft_settings *set = c->set;
    int err;

    if (c->state != OSFT_DONE) {
        return OSFT_E_STATE;
    }
    osft_answer_init(c, page, query->generation.ptr != NULL);
    c->mem = set->work;
    c->size = set->work_size;
    osft_count_from_now(&c->deadline, set->port, budget_ms);
    err = build(c, query);
    if (err != OSFT_OK) {
        finish(c, err);
    } else {
        c->state = OSFT_WANT_OPEN;
    }
    return err;
}

enum osft_want osft_step(struct osft_client *c, void **buf, size_t *len)
{
    if ((c->state & 3) != 0 && osft_left(c) == 0) {
        finish(c, OSFT_E_TIMEOUT);
    }
    *buf = c->mem + c->used;
    *len = c->size - c->used;
    return (enum osft_want)c->state;
}

/* n bytes lie behind c->used. Reading runs ahead of writing, byte by byte, in the same memory. */
static void receive(struct osft_client *c, size_t n)
{
    const char *p = c->mem + c->used;
    int err = OSFT_OK;

    while (n > 0 && c->http != OSFT_HTTP_OVER && err == OSFT_OK) {
        err = osft_http_byte(c, (uint8_t)*p++);
        n--;
    }
    if (err == OSFT_OK) {
        if (c->http != OSFT_HTTP_OVER) {
            return;
        }
        c->is_1_0 |= n != 0; /* bytes that nobody asked for: no connection to keep */
        err = osft_answer_end(c);
    }
    finish(c, err);
}

/* What the end of the stream makes of an answer that was not whole before. */
static int stream_end(struct osft_client *c)
{
    int err = c->http == OSFT_HTTP_TO_END ? osft_answer_end(c) : OSFT_E_CUT;
    return err == OSFT_E_JSON ? OSFT_E_CUT : err;
}

void osft_did(struct osft_client *c, int n)
{
    const struct osft_port *port = c->set->port;

    if (n == 0 || c->state == OSFT_DONE) {
        return;
    }
    if (c->state == OSFT_WANT_CLOSE) {
        c->state = OSFT_DONE;
    } else if (n == OSFT_EOF && c->state == OSFT_WANT_RECV) {
        finish(c, stream_end(c));
    } else if (n < 0) {
        c->page->port_code = port->code != NULL ? *port->code : n;
        finish(c, n <= OSFT_E_IO && n > OSFT_E_HTTP ? n : OSFT_E_IO);
    } else if (c->state == OSFT_WANT_OPEN) {
        c->state = OSFT_WANT_SEND;
    } else if ((size_t)n > c->size - c->used) {
        finish(c, OSFT_E_IO); /* more than was offered: not a port to trust */
    } else if (c->state == OSFT_WANT_RECV) {
        receive(c, (size_t)n);
    } else if ((c->used += (size_t)n) == c->size) {
        osft_wipe(c->mem, c->used);
        c->size = c->set->work_size;
        c->used = 0;
        c->state = OSFT_WANT_RECV;
    }
}

int osft_result(const struct osft_client *c)
{
    return c->state == OSFT_DONE ? c->result : OSFT_E_STATE;
}
