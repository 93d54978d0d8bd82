/* SPDX-License-Identifier: Apache-2.0 */
/* What would be sent, by the same functions that send it. */
#include <string.h>
#include "cmd.h"
#include "request.h"

static char text[1024 * 1024];

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

static int print_canonical(const struct osft_request *r, size_t *need)
{
    struct osft_text t = { text, sizeof(text), 0, NULL, 0 };
    osft_canonical(r, &t);
    *need = t.len;
    if (t.len > sizeof(text)) {
        return OSFT_E_SPACE;
    }
    title("canonical request");
    out_put(&cmd_out, text, t.len);
    out_str(&cmd_out, "\n");
    return OSFT_OK;
}

static int print_string_to_sign(const struct osft_request *r)
{
    char string[OSFT_STRING_TO_SIGN_SIZE];
    int err = osft_string_to_sign(r, string);
    if (err == OSFT_OK) {
        title("string to sign");
        out_put(&cmd_out, string, sizeof(string));
        out_str(&cmd_out, "\n");
    }
    return err;
}

static int print_request(const struct osft_request *r, size_t *need)
{
    int err = osft_request_build(r, text, sizeof(text), need);
    if (err == OSFT_OK) {
        title("request");
        out_put(&cmd_out, text, *need);
    }
    return err;
}

static int print_all(const struct plan *p, struct osft_page *page)
{
    static struct osft_settings set;
    static char nonce[32];
    struct osft_request r;
    int err;

    set.sha256 = net_sha256();
    set.credentials = &cmd_credentials;
    set.host = p->endpoint.host;
    set.tcp_port = p->endpoint.tcp_port;
    set.plain_http = (uint8_t)p->plain_http;
    r.set = &set;
    r.query = &p->query;
    r.nonce.ptr = p->nonce != NULL ? p->nonce : nonce;
    r.nonce.len = p->nonce != NULL ? strlen(p->nonce) : sizeof(nonce);
    err = p->nonce != NULL ? OSFT_OK : make_nonce(nonce);
    if (err == OSFT_OK) {
        err = osft_date(p->now_ms / 1000, r.date);
    }
    if (err == OSFT_OK) {
        err = osft_request_check(&r, &page->member);
    }
    if (err == OSFT_OK) {
        err = print_canonical(&r, &page->need);
    }
    if (err == OSFT_OK) {
        err = print_string_to_sign(&r);
    }
    return err == OSFT_OK ? print_request(&r, &page->need) : err;
}

int run_dry(const struct plan *p)
{
    static const struct limits limits = { sizeof(text), 0 };
    struct osft_page page;
    int err, status = credentials_read();

    if (status != EXIT_DONE) {
        return status;
    }
    memset(&page, 0, sizeof(page));
    err = print_all(p, &page);
    osft_wipe(text, sizeof(text));
    return err == OSFT_OK ? EXIT_DONE : report_call(err, &page, p, &limits);
}
