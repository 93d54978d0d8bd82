/* SPDX-License-Identifier: Apache-2.0 */
/* What would be sent, by the same functions that send it. */
#include <string.h>
#include "cmd.h"
#include "request.h"

static char head[1024 * 1024], canonical[sizeof(head)];
static size_t canonical_len;

static void title(const char *s)
{
    out_str(&cmd_out, "# ");
    out_str(&cmd_out, s);
    out_str(&cmd_out, "\n");
}

/* 32 hex digits, as the client itself makes them. */
static int make_nonce(char nonce[32])
{
    uint8_t bytes[16];
    size_t i;
    if (net_random(bytes, sizeof(bytes)) != 0) {
        return OSFT_E_RANDOM;
    }
    for (i = 0; i < sizeof(bytes); i++) {
        nonce[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        nonce[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return OSFT_OK;
}

/* The token alone is left out: all else may be shared. (The hashes are of the text with it.) */
static void put_without_token(const char *src, size_t len)
{
    const struct osft_span *token = &cmd_credentials.token;
    size_t at = 0, from = 0;

    while (token->len > 0 && at + token->len <= len) {
        if (memcmp(src + at, token->ptr, token->len) == 0) {
            out_put(&cmd_out, src + from, at - from);
            out_str(&cmd_out, "(the token)");
            at += token->len;
            from = at;
        } else {
            at++;
        }
    }
    out_put(&cmd_out, src + from, len - from);
}

/* A hash that keeps what is signed as it comes by, and shows it. The key it does not show. */
static int show_start(void *ctx)
{
    const struct osft_sha256 *real = ctx;
    canonical_len = 0;
    return real->start(real->ctx);
}

static int show_update(void *ctx, const void *src, size_t len)
{
    const struct osft_sha256 *real = ctx;
    if (len > sizeof(canonical) - canonical_len) {
        return -1;
    }
    memcpy(canonical + canonical_len, src, len);
    canonical_len += len;
    return real->update(real->ctx, src, len);
}

static int show_finish(void *ctx, uint8_t digest[32])
{
    const struct osft_sha256 *real = ctx;
    title("canonical request");
    put_without_token(canonical, canonical_len);
    out_str(&cmd_out, "\n");
    return real->finish(real->ctx, digest);
}

static int show_hmac(void *ctx, const void *key, size_t key_len, const void *src, size_t len,
                     uint8_t mac[32])
{
    const struct osft_sha256 *real = ctx;
    title("string to sign");
    out_put(&cmd_out, src, len);
    out_str(&cmd_out, "\n");
    return real->hmac(real->ctx, key, key_len, src, len, mac);
}

static int build(struct osft_request *r, struct osft_page *page)
{
    int err;
    r->mem = head;
    r->size = sizeof(head);
    err = osft_request_build(r);
    page->expected = r->bad;
    page->need = r->len;
    return err;
}

/* Twice: nothing is shown of a request that cannot be sent. */
static int print_request(const struct osft_request *request, struct osft_settings *set,
                         struct osft_page *page)
{
    static struct osft_sha256 shows = { NULL, show_start, show_update, show_finish, show_hmac };
    static struct osft_sha256 real;
    struct osft_request r = *request;
    int err = build(&r, page);

    if (err == OSFT_OK) {
        real = *set->sha256;
        shows.ctx = &real;
        set->sha256 = &shows;
        r = *request;
        err = build(&r, page);
    }
    if (err == OSFT_OK) {
        title("request");
        put_without_token(head, r.len);
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
    memset(&r, 0, sizeof(r));
    r.set = &set;
    r.query = &p->query;
    r.nonce.ptr = p->nonce != NULL ? p->nonce : nonce;
    r.nonce.len = p->nonce != NULL ? strlen(p->nonce) : sizeof(nonce);
    r.date.ptr = date;
    r.date.len = sizeof(date);
    if (err == OSFT_OK) {
        err = osft_date(p->now_ms / 1000, date);
    }
    return err == OSFT_OK ? print_request(&r, &set, page) : err;
}

int run_dry(const struct plan *p)
{
    static const struct limits limits = { sizeof(head), 0 };
    struct call call = { p, &limits, NULL, -1 };
    struct osft_page page;
    int err, status = credentials_read();

    if (status != EXIT_DONE) {
        return status;
    }
    memset(&page, 0, sizeof(page));
    err = print_all(p, &page);
    osft_wipe(head, sizeof(head));
    osft_wipe(canonical, sizeof(canonical));
    return err == OSFT_OK ? EXIT_DONE : report_call(err, &page, &call);
}
