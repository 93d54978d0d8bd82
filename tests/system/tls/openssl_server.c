/* SPDX-License-Identifier: Apache-2.0 */
/* A server of OpenSSL as the lower port of the client. It runs in the client's thread, in each call
 * of the port, and time passes only when the client waits. */
#include "tls_matrix.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#define BODY                                                                \
    "{\"requestId\":\"r-1\",\"totalCount\":1,\"result\":[{\"runId\":\"" RUN \
    "\",\"generation\":\"3\"}]}"

static const char *response(void)
{
    static char text[512];

    snprintf(text, sizeof text,
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %u\r\n\r\n" BODY,
             (unsigned)strlen(BODY));
    return text;
}

/* ---- what the server does ---- */

static void put_output(struct openssl_server *s, const void *bytes, size_t len)
{
    if (len > sizeof s->output - s->output_len) {
        give_up("a server sends too much");
    }
    memcpy(s->output + s->output_len, bytes, len);
    s->output_len += len;
}

/* Do what the server must do before the response. Returns 1 when that is done. */
static int act_before_response(struct openssl_server *s)
{
    if (s->spec->behaviour == RENEGOTIATE && !s->has_acted) {
        s->has_acted = 1;
        return SSL_renegotiate(s->ssl) == 1 && SSL_do_handshake(s->ssl) == 1;
    }
    if (s->spec->behaviour == UPDATE_KEYS && !s->has_acted) {
        s->has_acted = 1;
        return SSL_key_update(s->ssl, SSL_KEY_UPDATE_REQUESTED) == 1 &&
               SSL_do_handshake(s->ssl) == 1;
    }
    return 1;
}

static void respond(struct openssl_server *s)
{
    const char *text = response();

    s->has_responded = 1;
    if (!act_before_response(s)) {
        s->has_ended = 1;
        return;
    }
    for (size_t at = 0, len = strlen(text); at < len;) {
        int count = SSL_write(s->ssl, text + at, (int)(len - at));
        if (count <= 0) {
            break;
        }
        at += (size_t)count;
    }
    if (s->spec->behaviour != CLOSE_RUDELY) {
        SSL_shutdown(s->ssl);
    }
    s->has_ended = 1;
}

static void serve_tls(struct openssl_server *s)
{
    char bytes[1024];
    int count;

    if (!SSL_is_init_finished(s->ssl)) {
        int result = SSL_do_handshake(s->ssl);
        if (result != 1 && SSL_get_error(s->ssl, result) != SSL_ERROR_WANT_READ) {
            s->has_ended = 1;
        }
        if (result != 1) {
            return;
        }
        s->resumed += SSL_session_reused(s->ssl) != 0;
    }
    while (!s->has_responded && (count = SSL_read(s->ssl, bytes, sizeof bytes)) > 0) {
        if ((size_t)count >= sizeof s->request - s->request_len) {
            give_up("a request is too long");
        }
        memcpy(s->request + s->request_len, bytes, (size_t)count);
        s->request_len += (size_t)count;
        s->request[s->request_len] = '\0';
        if (strstr(s->request, "\r\n\r\n") != NULL) {
            respond(s);
        }
    }
}

static void speak_without_tls(struct openssl_server *s)
{
    const unsigned char alert[] = { 21, 3, 3, 0, 2, 2, s->spec->alert };
    static const char refusal[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

    if (s->has_responded || BIO_pending(s->in) == 0) {
        return;
    }
    s->has_responded = 1;
    if (s->spec->behaviour == SEND_ALERT) {
        put_output(s, alert, sizeof alert);
    }
    if (s->spec->behaviour == SPEAK_PLAIN_HTTP) {
        put_output(s, refusal, sizeof refusal - 1);
    }
    s->has_ended = s->spec->behaviour != SAY_NOTHING;
}

static void damage_record(struct openssl_server *s, size_t at, size_t len)
{
    if (s->spec->damaged != 0 && s->records == s->spec->damaged) {
        s->output[at + len - 1] ^= 1;
    }
}

/* Count the records in the latest output, find the place where the server must end or stall, and
 * damage the record that must be damaged. */
static void count_records(struct openssl_server *s, size_t *at)
{
    const struct server *spec = s->spec;

    while (*at + 5 <= s->output_len) {
        size_t len = 5 + (size_t)(s->output[*at + 3] << 8 | s->output[*at + 4]);
        s->records++;
        if (s->records == spec->cut_before || s->records == spec->stall_before) {
            s->limit = *at;
        }
        if (s->records == spec->cut_within || s->records == spec->stall_within) {
            s->limit = *at + len / 2;
        }
        if (*at + len > s->output_len) {
            give_up("OpenSSL wrote a part of a record");
        }
        damage_record(s, *at, len);
        *at += len;
    }
    s->is_cut = spec->cut_before != 0 || spec->cut_within != 0;
}

static void step_server(struct openssl_server *s)
{
    size_t at = s->output_len;
    unsigned char bytes[4096];
    int count;

    ERR_clear_error();
    switch (s->spec->behaviour) {
    case SPEAK_PLAIN_HTTP:
    case SAY_NOTHING:
    case CLOSE_AT_ONCE:
    case SEND_ALERT: speak_without_tls(s); return;
    default: break;
    }
    serve_tls(s);
    while ((count = BIO_read(s->out, bytes, sizeof bytes)) > 0) {
        put_output(s, bytes, (size_t)count);
    }
    count_records(s, &at);
}

/* ---- the port ---- */

static int port_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct openssl_server *s = ctx;

    (void)host, (void)tcp_port;
    SSL_free(s->ssl);
    s->ssl = SSL_new(s->context);
    s->in = BIO_new(BIO_s_mem());
    s->out = BIO_new(BIO_s_mem());
    if (s->ssl == NULL || s->in == NULL || s->out == NULL) {
        give_up("OpenSSL has no connection");
    }
    BIO_set_mem_eof_return(s->in, -1);
    SSL_set_bio(s->ssl, s->in, s->out);
    SSL_set_accept_state(s->ssl);
    s->output_len = s->output_at = s->request_len = 0;
    s->limit = SIZE_MAX;
    s->has_ended = s->has_responded = s->has_acted = 0;
    s->records = 0;
    s->connections++;
    return 1;
}

static int port_send(void *ctx, const void *bytes, size_t len)
{
    struct openssl_server *s = ctx;

    return BIO_write(s->in, bytes, (int)len);
}

static int port_recv(void *ctx, void *buffer, size_t room)
{
    struct openssl_server *s = ctx;

    step_server(s);
    size_t end = s->output_len < s->limit ? s->output_len : s->limit;
    size_t len = end - s->output_at < room ? end - s->output_at : room;
    if (len > 0 && s->spec->split) {
        len = 1;
    }
    memcpy(buffer, s->output + s->output_at, len);
    s->output_at += len;
    if (len > 0) {
        return (int)len;
    }
    if (s->output_at == s->limit) {
        return s->is_cut ? OSFT_EOF : 0;
    }
    return s->has_ended ? OSFT_EOF : 0;
}

static int port_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct openssl_server *s = ctx;
    size_t before = s->output_len;

    step_server(s);
    if ((events & OSFT_WRITABLE) != 0 || s->output_len != before) {
        return 1;
    }
    s->ticks += ms; /* no event can happen any more, so the time passes */
    return 0;
}

static unsigned port_awaits(void *ctx, unsigned events, uint32_t *ms)
{
    (void)ctx, (void)ms;
    return events;
}

static void port_close(void *ctx)
{
    struct openssl_server *s = ctx;
    SSL_free(s->ssl);
    s->ssl = NULL;
    s->in = s->out = NULL;
}

static int64_t port_utc_s(void *ctx)
{
    (void)ctx;
    return NOW;
}

static uint32_t port_ticks_ms(void *ctx)
{
    return ((struct openssl_server *)ctx)->ticks;
}

static int port_random(void *ctx, void *buffer, size_t len)
{
    (void)ctx;
    memset(buffer, 0x5a, len); /* only nonces are made of these bytes */
    return 0;
}

static void set_port(struct openssl_server *s)
{
    s->port.ctx = s;
    s->port.open = port_open;
    s->port.send = port_send;
    s->port.recv = port_recv;
    s->port.wait = port_wait;
    s->port.awaits = port_awaits;
    s->port.close = port_close;
    s->port.utc_s = port_utc_s;
    s->port.ticks_ms = port_ticks_ms;
    s->port.random = port_random;
}

/* ---- how the server is set up ---- */

static int note_name(SSL *ssl, int *alert, void *ctx)
{
    struct openssl_server *s = ctx;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    (void)alert;
    snprintf(s->name, sizeof s->name, "%s", name != NULL ? name : "");
    return SSL_TLSEXT_ERR_OK;
}

/* Set a list, such as that of groups. OpenSSL's function takes no const text, so it gets a copy. */
static void set_list(struct openssl_server *s, int command, const char *list)
{
    char text[128];

    if (list != NULL) {
        snprintf(text, sizeof text, "%s", list);
        if (SSL_CTX_ctrl(s->context, command, 0, text) != 1) {
            give_up(list);
        }
    }
}

static void set_versions(struct openssl_server *s, const struct server *spec)
{
    SSL_CTX_set_min_proto_version(s->context, spec->min != 0 ? spec->min : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(s->context, spec->max != 0 ? spec->max : TLS1_3_VERSION);
    if ((spec->ciphers != NULL && SSL_CTX_set_cipher_list(s->context, spec->ciphers) != 1) ||
        (spec->suites != NULL && SSL_CTX_set_ciphersuites(s->context, spec->suites) != 1)) {
        give_up("OpenSSL does not know a cipher");
    }
    set_list(s, SSL_CTRL_SET_GROUPS_LIST, spec->groups);
    set_list(s, SSL_CTRL_SET_SIGALGS_LIST, spec->signatures);
}

static void set_certificates(struct openssl_server *s, const struct chain *chain,
                             const struct made_chain *made)
{
    size_t last = made->count - 1;

    if (SSL_CTX_use_certificate(s->context, made->certificates[last]) != 1 ||
        SSL_CTX_use_PrivateKey(s->context, made->keys[last]) != 1) {
        give_up("OpenSSL does not take a certificate");
    }
    for (size_t n = 1; n < last; n++) {
        size_t i = chain->is_in_disorder ? n : last - n;
        if ((chain->missing >> i & 1) == 0 &&
            SSL_CTX_add1_chain_cert(s->context, made->certificates[i]) != 1) {
            give_up("OpenSSL does not take a chain");
        }
    }
}

void server_make(struct openssl_server *s, const struct server *spec, const struct chain *chain,
                 const struct made_chain *made)
{
    static const unsigned char id[] = "tls-matrix";

    memset(s, 0, sizeof *s);
    s->spec = spec;
    s->context = SSL_CTX_new(TLS_server_method());
    if (s->context == NULL) {
        give_up("OpenSSL has no server");
    }
    /* At OpenSSL's default level, the server itself would refuse the weak certificates of some
     * cells. */
    SSL_CTX_set_security_level(s->context, 0);
    set_versions(s, spec);
    set_certificates(s, chain, made);
    SSL_CTX_set_options(s->context, (uint64_t)spec->options | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                        SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    SSL_CTX_set_session_id_context(s->context, id, sizeof id - 1);
    if (spec->without_tickets) {
        SSL_CTX_set_options(s->context, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(s->context, 0);
    }
    if (spec->fragment != 0) {
        SSL_CTX_set_max_send_fragment(s->context, spec->fragment);
    }
    if (spec->behaviour == DEMAND_CERTIFICATE || spec->behaviour == WISH_CERTIFICATE) {
        SSL_CTX_set_verify(
            s->context,
            SSL_VERIFY_PEER |
                (spec->behaviour == DEMAND_CERTIFICATE ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
            NULL);
    }
    SSL_CTX_set_tlsext_servername_callback(s->context, note_name);
    SSL_CTX_set_tlsext_servername_arg(s->context, s);
    set_port(s);
}

void server_free(struct openssl_server *s)
{
    SSL_free(s->ssl);
    SSL_CTX_free(s->context);
    memset(s, 0, sizeof *s);
}
