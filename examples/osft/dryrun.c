/* SPDX-License-Identifier: Apache-2.0 */
/* What would be sent, by the same functions that send it. */
#include <string.h>
#include "cmd.h"
#include "request.h"

static char head[1024 * 1024];

static void title(const char *s)
{
    out_str(&cmd_out, "# ");
    out_str(&cmd_out, s);
    out_str(&cmd_out, "\n");
}

/* 32 hex digits, as the client itself makes them. */
static int make_nonce(char nonce[32])
{
    if (net_random(nonce, 16) != 0) {
        return OSFT_E_RANDOM;
    }
    osft_to_hex(nonce, 16, 'a');
    return OSFT_OK;
}

/* Stands where a hash would: what is to be signed comes by, and is shown. */
static int print_update(void *ctx, const void *src, size_t len)
{
    out_put(ctx, src, len);
    return 0;
}

static void print_canonical(const struct osft_request *r)
{
    static const struct osft_sha256 printer = { &cmd_out, NULL, print_update, NULL };
    struct osft_text t;

    memset(&t, 0, sizeof(t));
    t.sha256 = &printer;
    title("canonical request");
    osft_canonical(r, head, &t);
    out_str(&cmd_out, "\n");
}

static int print_string_to_sign(const struct osft_request *r)
{
    char string[OSFT_STRING_TO_SIGN_SIZE];
    int err = osft_string_to_sign(r, head, string);
    if (err == OSFT_OK) {
        title("string to sign");
        out_put(&cmd_out, string, sizeof(string));
        out_str(&cmd_out, "\n");
    }
    return err;
}

static int print_request(const struct osft_request *r, struct osft_page *page)
{
    struct osft_text t;
    int err;

    memset(&t, 0, sizeof(t));
    t.mem = head;
    t.size = sizeof(head);
    err = osft_request_build(r, &t);
    page->expected = t.bad;
    page->need = t.len;
    if (err != OSFT_OK) {
        return err;
    }
    print_canonical(r);
    err = print_string_to_sign(r);
    if (err == OSFT_OK) {
        title("request");
        out_put(&cmd_out, head, t.len);
    }
    return err;
}

static int print_all(const struct plan *p, struct osft_page *page)
{
    static struct osft_settings set;
    static char nonce[32], date[OSFT_DATE_SIZE];
    struct osft_request r;
    int err = p->nonce != NULL ? OSFT_OK : make_nonce(nonce);

    set.sha256 = net_sha256();
    set.credentials = &cmd_credentials;
    set.host = p->endpoint.host;
    set.tcp_port = p->endpoint.tcp_port;
    set.plain_http = (uint8_t)p->plain_http;
    osft_request_init(&r, &set, &p->query);
    r.text[OSFT_T_NONCE].ptr = p->nonce != NULL ? p->nonce : nonce;
    r.text[OSFT_T_NONCE].len = p->nonce != NULL ? strlen(p->nonce) : sizeof(nonce);
    r.text[OSFT_T_DATE].ptr = date;
    r.text[OSFT_T_DATE].len = sizeof(date);
    if (err == OSFT_OK) {
        err = osft_date(p->now_ms / 1000, date);
    }
    return err == OSFT_OK ? print_request(&r, page) : err;
}

int run_dry(const struct plan *p)
{
    static const struct limits limits = { sizeof(head), 0 };
    struct osft_page page;
    int err, status = credentials_read();

    if (status != EXIT_DONE) {
        return status;
    }
    memset(&page, 0, sizeof(page));
    err = print_all(p, &page);
    osft_wipe(head, sizeof(head));
    return err == OSFT_OK ? EXIT_DONE : report_call(err, &page, p, &limits);
}
