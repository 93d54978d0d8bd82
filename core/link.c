/* SPDX-License-Identifier: Apache-2.0 */
/* The patient client: attempt after attempt over one client, and what lies between them. */
#include <string.h>
#include "answer.h"
#include "client.h"
#include "http.h"
#include "osft_link.h"
#include "osft_stream.h"
#include "text.h"
#include "when.h"

enum { IDLE, TRYING, WAITING };

/* Clocks. */
enum { NONE, UTC, TICKS };

/* What a failure calls for. ANYWAY: something has changed, so it is tried once however few the tries. */
enum { FINAL, ANYWAY, AT_ONCE, LATER };

static uint32_t or_usual(uint32_t set, uint32_t usual)
{
    return set != 0 ? set : usual;
}

static uint32_t left(const struct osft_link *l, const struct osft_deadline *d)
{
    return osft_time_left(d, l->set->port);
}

/* The device's clock as it is; where there is none, the one that counts from some start: l->clock says
 * which it was. */
static int64_t device_clock(struct osft_link *l)
{
    const struct osft_port *port = l->set->port;
    int64_t utc_s = port->utc_s(port->ctx);

    l->clock = UTC;
    if (utc_s < 0) {
        l->clock = TICKS;
        utc_s = port->ticks_ms(port->ctx) / 1000;
    }
    return utc_s;
}

/* What is known of the service's. 1970, where nothing is: the refusal then says better. */
static int64_t service_clock(struct osft_link *l)
{
    int64_t now = device_clock(l);

    if (l->learned == l->clock) { /* else: the clock has been set, or lost, since */
        return now + l->skew_s;
    }
    return l->clock == UTC ? now : 0;
}

/* The service has refused the date. Returns 1 when another can be tried. */
static int learn_clock(struct osft_link *l)
{
    const struct osft_port *port = l->set->port;
    int64_t date = osft_http_date(&l->page->date);

    if (date < 0 || l->clock_tried || date == service_clock(l)) {
        return 0;
    }
    l->clock_tried = 1;
    if (l->clock == TICKS && port->learn_utc != NULL) {
        port->learn_utc(port->ctx, date); /* from now on utc_s knows it */
        (void)device_clock(l);
        if (l->clock == TICKS) {
            return 0; /* the port does not believe it, and knows more of who said it */
        }
    }
    l->skew_s = date - device_clock(l);
    l->learned = l->clock;
    return 1;
}

/* Over for good. */
static void end(struct osft_link *l, int result)
{
    l->result = result;
    l->state = IDLE;
}

static void attempt(struct osft_link *l)
{
    const struct osft_settings *set = l->set;
    const struct osft_port *port = set->port;
    uint32_t ms = or_usual(set->attempt_ms, 10000), most = left(l, &l->call);

    l->state = TRYING;
    l->was_kept = l->is_open;
    l->attempts++;
    ms = most < ms ? most : ms;
    ms += ms == 0; /* 0 would be no bound */
    l->set->skew_s = service_clock(l) - port->utc_s(port->ctx);
    if (set->renew != NULL && set->renew(set->renew_ctx, l->expired) < 0) {
        osft_answer_init(&l->client, l->page, 0);
        end(l, OSFT_E_TOKEN);
        return;
    }
    (void)osft_begin(&l->client, l->query, ms, l->page); /* what it failed with, over() hears */
}

/* The token has expired: what then? */
static int ask_for_token(struct osft_link *l)
{
    const struct osft_span *code = &l->page->code;
    const size_t at = sizeof("InvalidSecurityToken.") - 1;

    if (code->len <= at || code->ptr[at] != 'E') { /* Expired */
        return FINAL;                              /* no other token would be this AccessKey's */
    }
    if (l->set->renew == NULL || l->token_tried) {
        l->client.result = OSFT_E_TOKEN;
        return FINAL;
    }
    l->token_tried = l->expired = 1;
    return ANYWAY;
}

static int verdict(struct osft_link *l, int err)
{
    enum osft_cause cause;

    if (err == OSFT_E_IO || err == OSFT_E_TIMEOUT || err == OSFT_E_RESOLVE || err == OSFT_E_CUT) {
        return LATER;
    }
    if (err != OSFT_E_REFUSED && err != OSFT_E_HTML && err != OSFT_E_EMPTY) {
        return FINAL;
    }
    cause = osft_refusal(l->page);
    if (cause == OSFT_CAUSE_CLOCK) {
        return learn_clock(l) ? ANYWAY : FINAL;
    }
    if (cause == OSFT_CAUSE_TOKEN) {
        return ask_for_token(l);
    }
    if (cause == OSFT_CAUSE_NONCE) {
        return AT_ONCE;
    }
    return cause == OSFT_CAUSE_THROTTLED || cause == OSFT_CAUSE_BUSY ? LATER : FINAL;
}

/* So many units in ms, where that is not too long to heed. */
static uint32_t bounded(int64_t count, uint32_t unit_ms)
{
    if (count < 0) {
        return 0;
    }
    if (count > OSFT_RETRY_AFTER_MAX_MS / unit_ms) {
        return OSFT_RETRY_AFTER_MAX_MS;
    }
    return (uint32_t)count * unit_ms;
}

/* Milliseconds that the service asks to wait. */
static uint32_t asked_wait(const struct osft_page *page)
{
    const struct osft_span *text = &page->acs_retry_after;
    uint32_t ms = bounded(osft_integer(text->ptr, text->len), 1), longest;
    int64_t s, now = osft_http_date(&page->date);

    text = &page->retry_after;
    s = osft_integer(text->ptr, text->len);
    if (s < 0 && now >= 0) { /* a date: its distance from the service's own now */
        s = osft_http_date(text) - now;
    }
    longest = bounded(s, 1000);
    return longest > ms ? longest : ms;
}

/* Full jitter: anything up to a bound that doubles with each failure. */
static uint32_t backoff(const struct osft_link *l)
{
    const struct osft_settings *set = l->set;
    uint32_t most = or_usual(set->backoff_ms, 500);
    uint32_t max = or_usual(set->backoff_max_ms, 20000), r = 0;
    unsigned n;

    for (n = l->attempts; n > 1 && most < max; n--) {
        most += most;
    }
    most = most < max ? most : max;
    if (set->port->random(set->port->ctx, &r, sizeof(r)) != 0) {
        return most;
    }
    return (uint32_t)((uint64_t)r * most >> 32);
}

/* Could and should this be tried again? When yes, it is under way. */
static int again(struct osft_link *l, int err)
{
    const struct osft_stream *s = l->page->stream;
    uint32_t asked, wait_ms = 0;
    int what = verdict(l, err);

    /* What a stream has delivered would come twice, where nobody filters it. */
    if (what == FINAL || (what != ANYWAY && l->attempts >= or_usual(l->set->tries, 4)) ||
        (s != NULL && s->fresh == NULL && l->page->seen != 0)) {
        return 0;
    }
    if (what == LATER) {
        asked = asked_wait(l->page);
        wait_ms = backoff(l);
        wait_ms = asked > wait_ms ? asked : wait_ms;
    }
    if (wait_ms >= left(l, &l->call)) {
        return 0; /* there is not the time for it */
    }
    l->last = err;
    if (wait_ms == 0) {
        attempt(l);
    } else {
        l->state = WAITING;
        osft_count_from_now(&l->wait, l->set->port, wait_ms);
    }
    return 1;
}

/* An attempt is over. */
static void over(struct osft_link *l)
{
    struct osft_client *c = &l->client;
    int err = c->result;

    l->expired = 0;
    if ((err == OSFT_E_IO || err == OSFT_E_CUT) && l->was_kept && c->head == 0 && !l->reopened) {
        /* The service had closed what was kept: no failure of this request, which it never saw. */
        l->reopened = 1;
        l->attempts--;
        attempt(l);
    } else if (err == OSFT_OK || !again(l, err)) {
        end(l, c->result);
    }
}

/* May the connection serve another request? */
static int can_stay_open(const struct osft_link *l)
{
    const struct osft_client *c = &l->client;
    const struct osft_span *said = &l->page->connection;

    return c->result > OSFT_E_IO && c->http == OSFT_HTTP_OVER && !c->is_1_0 &&
           (said->ptr == NULL || (said->ptr[0] | 0x20) == 'k'); /* keep-alive */
}

void osft_link_init(struct osft_link *l, struct osft_settings *set)
{
    memset(l, 0, sizeof(*l));
    l->set = set;
    l->client.set = set;
}

int osft_link_begin(struct osft_link *l, const struct osft_query *query, uint32_t budget_ms,
                    struct osft_page *page)
{
    if (l->state != IDLE) {
        return OSFT_E_STATE;
    }
    l->query = query;
    l->page = page;
    osft_count_from_now(&l->call, l->set->port, budget_ms);
    l->last = 0;
    l->attempts = 0;
    l->reopened = l->clock_tried = l->token_tried = l->expired = 0;
    attempt(l);
    return OSFT_OK;
}

enum osft_want osft_link_step(struct osft_link *l, void **buf, size_t *len)
{
    struct osft_client *c = &l->client;
    enum osft_want want;

    *buf = NULL;
    for (;;) {
        if (l->state == WAITING) {
            *len = osft_link_left(l);
            if (*len != 0) {
                return OSFT_WANT_WAIT;
            }
            attempt(l);
        }
        if (l->state == IDLE) {
            *len = 0;
            return OSFT_DONE;
        }
        want = osft_step(c, buf, len);
        if (want == OSFT_DONE) {
            over(l);
        } else if ((want == OSFT_WANT_OPEN && l->is_open) ||
                   (want == OSFT_WANT_CLOSE && can_stay_open(l))) {
            osft_did(c, 1);
        } else {
            return want;
        }
    }
}

void osft_link_did(struct osft_link *l, int n)
{
    if (l->state == TRYING && n != 0) {
        if (l->client.state == OSFT_WANT_OPEN) {
            l->is_open = n > 0;
        } else if (l->client.state == OSFT_WANT_CLOSE) {
            l->is_open = 0;
        }
        osft_did(&l->client, n);
    }
}

int osft_link_result(const struct osft_link *l)
{
    return l->state == IDLE ? l->result : OSFT_E_STATE;
}

uint32_t osft_link_left(const struct osft_link *l)
{
    if (l->state == WAITING) {
        return left(l, &l->wait);
    }
    return osft_left(&l->client);
}

int osft_link_list(struct osft_link *l, const struct osft_query *query, uint32_t budget_ms,
                   struct osft_page *page)
{
    int err = osft_link_begin(l, query, budget_ms, page);
    return err != OSFT_OK ? err : osft_link_run(l);
}

int osft_link_run(struct osft_link *l)
{
    const struct osft_port *port = l->set->port;
    enum osft_want want;
    void *buf;
    size_t len;

    while ((want = osft_link_step(l, &buf, &len)) != OSFT_DONE) {
        if (want != OSFT_WANT_WAIT) {
            osft_link_did(l, osft_do(&l->client, want, buf, len));
        } else if (port->wait != NULL) {
            (void)port->wait(port->ctx, 0, (uint32_t)len);
        }
    }
    return l->result;
}

void osft_link_close(struct osft_link *l)
{
    const struct osft_port *port = l->set->port;

    osft_did(&l->client, OSFT_E_IO); /* which wipes the request, if there is one */
    l->client.state = OSFT_DONE;
    port->close(port->ctx);
    l->is_open = 0;
    if (l->state != IDLE) {
        end(l, OSFT_E_STOPPED);
    }
}
