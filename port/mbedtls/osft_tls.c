/* SPDX-License-Identifier: Apache-2.0 */
/* The TLS transport itself: connect, move bytes, close. */
#include "osft_tls_internal.h"

#include "mbedtls/net_sockets.h" /* two error numbers; none of its functions */

#include <limits.h>
#include <string.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define OSFT_TLS_BAD_CERTIFICATE MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE
#else
#define OSFT_TLS_BAD_CERTIFICATE MBEDTLS_ERR_SSL_BAD_CERTIFICATE
#endif

/* What t->want holds beside osft_event bits: call again at once, nothing need happen first. */
#define OSFT_TLS_GO_ON 4

static int bio_send(void *ctx, const unsigned char *src, size_t len)
{
    struct osft_tls *t = ctx;
    int n = t->lower->send(t->lower->ctx, src, len);
    if (n < 0) {
        t->lower_error = n;
        return MBEDTLS_ERR_NET_SEND_FAILED;
    }
    t->pending = (size_t)n < len; /* it is always given all that mbedTLS has to send */
    return n > 0 ? n : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int bio_recv(void *ctx, unsigned char *dst, size_t cap)
{
    struct osft_tls *t = ctx;
    int n = t->lower->recv(t->lower->ctx, dst, cap);
    if (n == OSFT_EOF) {
        t->lower_eof = 1;
        return 0; /* which mbedTLS reports as MBEDTLS_ERR_SSL_CONN_EOF */
    }
    if (n < 0) {
        t->lower_error = n;
        return MBEDTLS_ERR_NET_RECV_FAILED;
    }
    return n > 0 ? n : MBEDTLS_ERR_SSL_WANT_READ;
}

static int die(struct osft_tls *t, int result, int32_t code)
{
    t->state = OSFT_TLS_DEAD;
    t->result = result;
    t->code = code;
    if (result == OSFT_E_TLS) {
        osft_tls_session_drop(t); /* RFC 5246, section 7.2: a fatal alert ends the session, too */
    }
    return result;
}

static int lower_failed(struct osft_tls *t, int result)
{
    return die(t, result == OSFT_EOF ? OSFT_E_CUT : result,
               t->lower->code != NULL ? *t->lower->code : result);
}

/* A certificate that cannot even be parsed: mbedTLS's X.509 numbers, but for out of memory. */
static int is_x509_error(int error)
{
    int high = -error & 0x7F80;
    return high >= 0x2080 && high <= 0x3000 && high != -MBEDTLS_ERR_X509_ALLOC_FAILED;
}

static int certificate_failed(struct osft_tls *t, int error)
{
    const uint32_t time_flags = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
    uint32_t flags = mbedtls_ssl_get_verify_result(&t->ssl);

    t->verify_flags = flags == UINT32_MAX ? 0 : flags; /* all bits: it came to no verdict */
    if (t->verify_flags != 0 && (t->verify_flags & ~time_flags) == 0) {
        return die(t, OSFT_E_CERT_TIME, error);
    }
    return die(t, OSFT_E_CERT, error);
}

/* 0 when mbedTLS only wants to be called again; else the connection is dead, and why. */
static int judge(struct osft_tls *t, int error)
{
    switch (error) {
    case MBEDTLS_ERR_SSL_WANT_READ: t->want = OSFT_READABLE; return 0;
    case MBEDTLS_ERR_SSL_WANT_WRITE: t->want = OSFT_WRITABLE; return 0;
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
    case MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET:
        t->ticket = 1;
        t->want = OSFT_TLS_GO_ON;
        return 0;
#endif
    case MBEDTLS_ERR_SSL_CRYPTO_IN_PROGRESS:
    case MBEDTLS_ERR_SSL_ASYNC_IN_PROGRESS: t->want = OSFT_TLS_GO_ON; return 0;
    case MBEDTLS_ERR_NET_SEND_FAILED:
    case MBEDTLS_ERR_NET_RECV_FAILED: return lower_failed(t, t->lower_error);
    case MBEDTLS_ERR_SSL_CONN_EOF: return die(t, OSFT_E_CUT, error);
    case OSFT_TLS_BAD_CERTIFICATE:
    case MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED: return certificate_failed(t, error);
    default: break;
    }
    if (is_x509_error(error)) {
        return certificate_failed(t, error);
    }
    /* It may be the session that is refused. It is forgotten already, so trying again may help. */
    return die(t, t->state == OSFT_TLS_HANDSHAKE && t->offered ? OSFT_E_IO : OSFT_E_TLS, error);
}

/* Everything that is new with each connection. */
static int start(struct osft_tls *t, const char *host, uint16_t tcp_port)
{
    if (!t->ready) {
        return die(t, OSFT_E_TLS, t->code != 0 ? t->code : MBEDTLS_ERR_SSL_BAD_INPUT_DATA);
    }
    if (host == NULL || host[0] == '\0') {
        return die(t, OSFT_E_RESOLVE, 0); /* mbedTLS would check no name at all */
    }
    t->code = 0;
    t->verify_flags = 0;
    t->lower_error = 0;
    t->unsent = 0;
    t->want = t->lower_eof = t->flush = t->pending = 0;
    t->judged = t->verified = t->by_floor = t->trusted = t->offered = t->resumed = t->ticket = 0;
    t->ip_len = osft_tls_address(host, t->ip);

    int r = osft_tls_session_for(t, host, tcp_port);
    if (r == 0) {
        r = mbedtls_ssl_setup(&t->ssl, &t->conf);
    }
    if (r == 0) {
        /* An address is no server name (RFC 6066, section 3): osft_tls_verify() checks it. */
        r = mbedtls_ssl_set_hostname(&t->ssl, t->ip_len != 0 ? NULL : host);
    }
    if (r != 0) {
        return die(t, OSFT_E_TLS, r);
    }
    mbedtls_ssl_set_bio(&t->ssl, t, bio_send, bio_recv, NULL);
    t->state = OSFT_TLS_CONNECTING;
    return OSFT_OK;
}

static int handshake(struct osft_tls *t)
{
    int r = mbedtls_ssl_handshake(&t->ssl);
    if (r != 0) {
        return judge(t, r);
    }
    /* Without a certificate only a session can have brought it this far, and the one that was
     * offered was made with this host, and verified. */
    t->resumed = t->offered && !t->judged;
    /* mbedTLS vouches for this; without it nothing else here is worth anything, so look again. */
    if (!(t->verified || t->resumed) || mbedtls_ssl_get_verify_result(&t->ssl) != 0) {
        return certificate_failed(t, MBEDTLS_ERR_X509_CERT_VERIFY_FAILED);
    }
    osft_tls_session_made(t);
    t->state = OSFT_TLS_OPEN;
    t->want = 0;
    return 1;
}

static int tls_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_tls *t = ctx;
    int r;

    if (t->state == OSFT_TLS_DEAD) {
        return t->result;
    }
    if (t->state == OSFT_TLS_OPEN) {
        return 1;
    }
    if (t->state == OSFT_TLS_CLOSED && (r = start(t, host, tcp_port)) != OSFT_OK) {
        return r;
    }
    if (t->state == OSFT_TLS_CONNECTING) {
        r = t->lower->open != NULL ? t->lower->open(t->lower->ctx, host, tcp_port) : 1;
        if (r <= 0) {
            return r == 0 ? 0 : lower_failed(t, r);
        }
        osft_tls_session_offer(t);
        t->state = OSFT_TLS_HANDSHAKE;
    }
    return handshake(t);
}

static int not_open(const struct osft_tls *t)
{
    return t->state == OSFT_TLS_DEAD && t->result != OSFT_EOF ? t->result : OSFT_E_IO;
}

static int tls_send(void *ctx, const void *src, size_t len)
{
    struct osft_tls *t = ctx;
    int r;

    if (t->state != OSFT_TLS_OPEN) {
        return not_open(t);
    }
    if (len == 0) {
        return 0;
    }
    len = len < INT_MAX ? len : INT_MAX;
    if (t->unsent == 0 && t->flush) {
        /* An alert is stuck in mbedTLS's buffer. It would take our bytes for those and drop them. */
        r = mbedtls_ssl_write(&t->ssl, (const unsigned char *)"", 0);
        if (r < 0) {
            return judge(t, r);
        }
    }
    t->flush = 0;
    if (t->unsent != 0) {
        /* Its record is made already, of just these bytes: it must be told the same length. */
        if (len < t->unsent) {
            return die(t, OSFT_E_TLS, MBEDTLS_ERR_SSL_BAD_INPUT_DATA);
        }
        len = t->unsent;
        if (!t->pending) {
            /* What made way for a ticket that came in between is out; again would be twice. */
            t->unsent = 0;
            t->want = 0;
            return (int)len;
        }
    }
    r = mbedtls_ssl_write(&t->ssl, src, len);
    if (r >= 0) {
        t->unsent = 0;
        t->want = 0;
        return r;
    }
    if (r == MBEDTLS_ERR_SSL_WANT_WRITE) {
        t->unsent = len; /* with anything else no record was made */
    }
    return judge(t, r);
}

static int tls_recv(void *ctx, void *dst, size_t cap)
{
    struct osft_tls *t = ctx;

    if (t->state != OSFT_TLS_OPEN) {
        return t->state == OSFT_TLS_DEAD ? t->result : OSFT_E_IO;
    }
    if (cap == 0) {
        return 0;
    }
    int r = mbedtls_ssl_read(&t->ssl, dst, cap < INT_MAX ? cap : INT_MAX);
    t->want = 0;
    if (r > 0) {
        return r;
    }
    if (r == 0) {
        /* The end of the lower stream; or only an empty record. */
        if (t->lower_eof) {
            return die(t, OSFT_E_CUT, MBEDTLS_ERR_SSL_CONN_EOF);
        }
        t->want = OSFT_TLS_GO_ON;
        return 0;
    }
    if (r == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        return die(t, OSFT_EOF, 0);
    }
    t->flush = t->flush || r == MBEDTLS_ERR_SSL_WANT_WRITE;
    return judge(t, r);
}

static int tls_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct osft_tls *t = ctx;

    if (t->want == OSFT_TLS_GO_ON) {
        return 1;
    }
    /* What is decrypted already, the socket below will not announce. */
    if (t->state == OSFT_TLS_OPEN && (events & OSFT_READABLE) && t->want != OSFT_WRITABLE &&
        mbedtls_ssl_check_pending(&t->ssl)) {
        return 1;
    }
    int r = t->lower->wait(t->lower->ctx, t->want != 0 ? t->want : events, ms);
    return r >= 0 ? r : lower_failed(t, r);
}

static void tls_close(void *ctx)
{
    struct osft_tls *t = ctx;

    if (t->state == OSFT_TLS_OPEN || (t->state == OSFT_TLS_DEAD && t->result == OSFT_EOF)) {
        (void)mbedtls_ssl_close_notify(&t->ssl); /* as far as it goes without waiting */
    }
    if (t->lower->close != NULL) {
        t->lower->close(t->lower->ctx);
    }
    osft_tls_session_take(t);
    mbedtls_ssl_free(&t->ssl); /* wipes the session's keys */
    mbedtls_ssl_init(&t->ssl);
    t->state = OSFT_TLS_CLOSED;
    t->want = 0;
}

static uint32_t tls_ticks_ms(void *ctx)
{
    const struct osft_tls *t = ctx;
    return t->lower->ticks_ms(t->lower->ctx);
}

static int tls_random(void *ctx, void *dst, size_t len)
{
    const struct osft_tls *t = ctx;
    return t->lower->random(t->lower->ctx, dst, len);
}

void osft_tls_bind(struct osft_tls *t)
{
    t->port.ctx = t;
    t->port.open = tls_open;
    t->port.send = tls_send;
    t->port.recv = tls_recv;
    t->port.wait = t->lower->wait != NULL ? tls_wait : NULL;
    t->port.close = tls_close;
    t->port.utc_s = osft_tls_utc_s;
    t->port.ticks_ms = t->lower->ticks_ms != NULL ? tls_ticks_ms : NULL;
    t->port.random = tls_random;
    t->port.code = &t->code;
    if (t->lower->learn_utc != NULL || t->lower->ticks_ms != NULL) {
        t->port.learn_utc = osft_tls_learn_utc;
    }
}
